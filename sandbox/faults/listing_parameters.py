"""Faults of filters, limits and cursors (LST-4 to LST-6, LST-11 to LST-16)."""

from collections.abc import Callable, Mapping, Sequence

from sandbox.backend import Backend
from sandbox.change import Install, together, using
from sandbox.errors import ApiError, validation
from sandbox.faults.installers import Query, fresh, jobs_of, replacing, status_now
from sandbox.listing import FILTERS, HIGHEST_LIMIT, Filters, Listing, Page, Position
from sandbox.records import Brief, Job, Project, Snapshot

FAULTS = """
LST-4 stateful status-filter-of-last-write: The status filter looks at a column that only writes update, so what ended
    by itself stays queued.
LST-4 deep status-filter-lags: The status filter looks at a copy that is a second and a half old.
LST-4 stateful recovered-listed-as-failed: A container that failed and has completed since is listed under
    status=failed.
LST-4 stateful regenerating-listed-as-completed: What has completed once stays under status=completed while it
    regenerates.
LST-5 deep format-filter-misses-resolved-auto: The format filter looks at what was asked for, so a resolved auto is
    not found under its format.
LST-5 stateful format-filter-takes-videos-alike: Under format=video_remix containers of ugc_remix are listed too.
LST-5 deep format-filter-leaves-regenerated-out: Under a format filter regenerated containers are left out.
LST-6 stateful filters-combine-as-or: A container that passes one of two filters is listed.
LST-6 deep filters-forgotten-after-first-page: Pages after the first one are not filtered.
LST-6 deep two-filters-compare-the-format-asked-for: Beside another filter, `format` compares what the create said, so
    that a resolved `auto` is not found.
LST-11 deep default-limit-of-20: Without a limit a page holds 20.
LST-11 deep default-limit-of-50: Without a limit a page holds 50.
LST-11 deep limit-without-a-cap: A limit above 200 is granted.
LST-11 deep page-of-201: A limit above 200 counts as 201.
LST-12 deep foreign-cursor-is-first-page: A foreign cursor answers the first page.
LST-12 deep number-as-cursor-is-offset: A number is accepted as a cursor.
LST-13 deep limit-zero-answers-500: A limit of 0 answers 500.
LST-13 deep limit-word-answers-500: A limit that is no number answers 500.
LST-13 deep negative-limit-lists-all: A negative limit is no limit.
LST-14 deep unknown-status-is-no-filter: A status filter with an unknown value is ignored.
LST-14 deep unknown-format-is-no-filter: A format filter with an unknown value is ignored.
LST-15 deep repeated-filter-takes-last: Of a repeated filter only the last value counts.
LST-15 deep repeated-filter-refused: A repeated filter answers 400.
LST-15 deep second-value-lost-after-the-first-page: The second value of a repeated status filter counts on the first
    page alone.
LST-16 deep cursor-keeps-its-filters: The filters under which a cursor was issued win over those that it is used with.
LST-16 deep cursor-keeps-the-next-item: A cursor brings the next item of the page that it was issued with, whatever
    the filters are now.
"""

STATUS_LAG_MS = 1_500
EVERYTHING = 10**9
FIRST: Position = (10**15, 0)
Limited = Callable[[str | None], int | None]
Regenerate = Callable[[Snapshot, Brief], Job]
Matches = Callable[[Snapshot, Filters], bool]


def seeing(seen: Callable[[Backend, Snapshot], Mapping[str, str]]) -> Install:
    """Return an install that lets filters compare other values of a container; `seen` returns the changed ones."""

    class _Seeing(Listing):
        backend: Backend

        def filter_values(self, snapshot: Snapshot) -> Mapping[str, str]:
            return {**super().filter_values(snapshot), **seen(self.backend, snapshot)}

    return using(_Seeing)


def matching(matches: Callable[[Mapping[str, str], Filters], bool]) -> Install:
    """Return an install that changes whether the values of a container pass the filters."""

    class _Matching(Listing):
        def filter_matches(self, snapshot: Snapshot, filters: Filters) -> bool:
            return matches(self.filter_values(snapshot), filters)

    return using(_Matching)


def ignoring_unknown(ignored: str) -> Install:
    """Return an install that ignores a filter with an unknown value."""

    class _Ignoring(Listing):
        def filters(self, query: Query) -> Filters:
            return super().filters([(n, v) for n, v in query if n != ignored or v in FILTERS[ignored]])

    return using(_Ignoring)


def status(backend: Backend, snapshot: Snapshot, moment: int) -> str:
    """Return the status of a container at another time."""
    return backend.generation.status_at(snapshot.job, moment)


def limited(choose: Limited) -> Install:
    """Return an install that changes some limits; `choose` returns None for a limit that stays as it is."""

    class _Limited(Listing):
        def page_limit(self, text: str | None) -> int:
            chosen = choose(text)
            return super().page_limit(text) if chosen is None else chosen

    return using(_Limited)


class CursorsWithFilters(Listing):
    """Cursors that are valid under every filter; the filters of their issue are remembered."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self.issued: dict[str, Query] = {}

    def binding(self, project_id: str, filters: Filters) -> object:
        del filters
        return super().binding(project_id, {})

    def other_filters(self, query: Query) -> Query:
        """Return a query with the filters under which its cursor was last issued."""
        earlier = self.issued.get(self.single(query, "cursor") or "")
        if earlier is None:
            return query
        return [pair for pair in query if pair[0] not in FILTERS] + [pair for pair in earlier if pair[0] in FILTERS]

    def noted(self, page: Page, query: Query) -> Page:
        """Return a page and remember its cursor."""
        if page.next_cursor:
            self.issued[page.next_cursor] = query
        return page


def without_filter(filters: Filters, name: str) -> Mapping[str, frozenset[str]]:
    """Return the other filters."""
    return {each: wanted for each, wanted in filters.items() if each != name}


@replacing("listing", "filter_matches")
def regenerating_listed_as_completed(backend: Backend, matches: Matches, snapshot: Snapshot, filters: Filters) -> bool:
    if matches(snapshot, filters) or "completed" not in filters.get("status", ()):
        return matches(snapshot, filters)
    *earlier, latest = jobs_of(backend, snapshot.container.id)
    was_completed = any(backend.generation.status_at(job, snapshot.now) == "completed" for job in earlier)
    is_regenerating = was_completed and backend.generation.in_flight(latest, snapshot.now)
    return is_regenerating and matches(snapshot, without_filter(filters, "status"))


@matching
def format_filter_takes_videos_alike(values: Mapping[str, str], filters: Filters) -> bool:
    videos = {"video_remix", "ugc_remix"}
    return all(
        values[name] in wanted or (values[name] in videos and wanted & videos) for name, wanted in filters.items()
    )


@replacing("listing", "filter_matches")
def two_filters_compare_the_format_asked_for(
    _: Backend, matches: Matches, snapshot: Snapshot, filters: Filters
) -> bool:
    if len(filters) == 1 or "format" not in filters:
        return matches(snapshot, filters)
    return snapshot.container.format in filters["format"] and matches(snapshot, without_filter(filters, "format"))


@limited
def limit_without_a_cap(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and int(text) else None


@replacing("listing", "page_limit")
def page_of_201(_: Backend, page_limit: Callable[[str | None], int], text: str | None) -> int:
    limit = page_limit(text)
    return HIGHEST_LIMIT + 1 if limit == HIGHEST_LIMIT and text != str(HIGHEST_LIMIT) else limit


class NumberAsCursorIsOffset(Listing):
    def page(self, project: Project, query: Query) -> Page:
        cursor = self.single(query, "cursor")
        if cursor is None or not cursor.isdecimal():
            return super().page(project, query)
        filters, limit = self.filters(query), self.page_limit(self.single(query, "limit"))
        candidates = self.candidates(project.id, None, self.backend.clock.now())
        found = [snapshot for snapshot in candidates if self.filter_matches(snapshot, filters)]
        return Page(found[int(cursor) :][:limit], None)


@limited
def limit_zero_answers_500(text: str | None) -> int | None:
    if text and text.isdecimal() and int(text) == 0:
        raise ZeroDivisionError(text)
    return None


@limited
def limit_word_answers_500(text: str | None) -> int | None:
    if text and not text.lstrip("-").isdecimal():
        raise RuntimeError(text)
    return None


class RepeatedFilterRefused(Listing):
    def filters(self, query: Query) -> Filters:
        found = super().filters(query)
        if any(len(values) > 1 for values in found.values()):
            raise validation("A filter may be given once.")
        return found


@replacing("listing", "page")
def second_value_lost_after_the_first_page(
    backend: Backend, page: Callable[..., Page], project: Project, query: Sequence[tuple[str, str]]
) -> Page:
    values = [value for name, value in query if name == "status"]
    if len(values) < 2 or not any(name == "cursor" for name, _ in query):
        return page(project, query)
    found = page(project, query)
    return found._replace(items=[item for item in found.items if status_now(backend, item) == values[0]])


class CursorKeepsItsFilters(CursorsWithFilters):
    def page(self, project: Project, query: Query) -> Page:
        query = self.other_filters(query)
        return self.noted(super().page(project, query), query)


class CursorKeepsTheNextItem(CursorsWithFilters):
    def page(self, project: Project, query: Query) -> Page:
        page = super().page(project, query)
        following = list(super().page(project, self.other_filters(query)).items[:1])
        if following and following[0].container.id not in [item.container.id for item in page.items]:
            limit = self.page_limit(self.single(query, "limit"))
            page = page._replace(items=[*following, *page.items][:limit])
        return self.noted(page, query)


status_filter_of_last_write = seeing(
    lambda backend, found: {"status": status(backend, found, found.container.updated_at)}
)
status_filter_lags = seeing(lambda backend, found: {"status": status(backend, found, found.now - STATUS_LAG_MS)})


def _jobs_of_regenerated(take: Callable[[dict[str, Job]], Install]) -> Install:
    """Install what needs the job that each container had before its latest regeneration."""
    earlier: dict[str, Job] = {}

    def regenerate(_: Backend, regenerate: Regenerate, snapshot: Snapshot, patch: Brief) -> Job:
        earlier[snapshot.container.id] = snapshot.job
        return regenerate(snapshot, patch)

    return together(replacing("lifecycle", "regenerate")(regenerate), take(earlier))


def _listed_as_failed(earlier: dict[str, Job]) -> Install:
    def values(_: Backend, values: Callable[[Snapshot], Mapping[str, str]], snapshot: Snapshot) -> Mapping[str, str]:
        found, job = values(snapshot), earlier.get(snapshot.container.id)
        has_recovered = job is not None and job.outcome == "failed" and found["status"] == "completed"
        return {**found, "status": "failed"} if has_recovered else found

    return replacing("listing", "filter_values")(values)


recovered_listed_as_failed = fresh(lambda: _jobs_of_regenerated(_listed_as_failed))
format_filter_misses_resolved_auto = seeing(lambda _, found: {"format": found.container.format})


def hiding(name: str, hidden: Callable[[Backend, Snapshot], bool]) -> Install:
    """Return an install that hides some containers from a filtered list."""

    class _Hiding(Listing):
        backend: Backend

        def filter_matches(self, snapshot: Snapshot, filters: Filters) -> bool:
            return super().filter_matches(snapshot, filters) and not (
                name in filters and hidden(self.backend, snapshot)
            )

    return using(_Hiding)


format_filter_leaves_regenerated_out = hiding("format", lambda _, found: found.job.kind == "content_regenerate")
filters_combine_as_or = matching(
    lambda values, filters: not filters or any(values[name] in wanted for name, wanted in filters.items())
)


def forgetting_after_first_page(*forgotten: str) -> Install:
    """Return an install that applies some filters on the first page only."""

    class _Forgetting(Listing):
        def binding(self, project_id: str, filters: Filters) -> object:
            return super().binding(project_id, {name: filters[name] for name in filters if name not in forgotten})

        def filters(self, query: Query) -> Filters:
            later = any(name == "cursor" for name, _ in query)
            found = super().filters(query)
            return {name: found[name] for name in found if not (later and name in forgotten)}

    return using(_Forgetting)


filters_forgotten_after_first_page = forgetting_after_first_page("status", "format")
default_limit_of_20 = limited(lambda text: 20 if text is None else None)
default_limit_of_50 = limited(lambda text: 50 if text is None else None)


def foreign_cursor_is(position: Position) -> Install:
    """Return an install that accepts a cursor that was never issued."""

    class _Foreign(Listing):
        def decode_cursor(self, cursor: str, binding: object) -> Position:
            try:
                return super().decode_cursor(cursor, binding)
            except ApiError:
                return position

    return using(_Foreign)


foreign_cursor_is_first_page = foreign_cursor_is(FIRST)
negative_limit_lists_all = limited(lambda text: EVERYTHING if text and text.startswith("-") else None)
unknown_status_is_no_filter = ignoring_unknown("status")
unknown_format_is_no_filter = ignoring_unknown("format")


def repeated(chosen: Callable[[list[str]], Sequence[str]]) -> Install:
    """Return an install that uses only some values of a repeated filter."""

    class _Repeated(Listing):
        def filters(self, query: Query) -> Filters:
            super().filters(query)
            kept = [(name, value) for name in FILTERS for value in chosen([v for n, v in query if n == name])]
            return super().filters(kept)

    return using(_Repeated)


repeated_filter_takes_last = repeated(lambda values: values[-1:])
