"""Faults of limits and cursors, and lists that show other projects (requirements LST-8, LST-11 to LST-13, LST-16, ERR-1)."""

from collections.abc import Callable, Iterator, Sequence

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import ApiError
from sandbox.faults.parts import using
from sandbox.listing import FILTERS, Filters, Listing, Page, Position
from sandbox.records import Project, Snapshot

EVERYTHING = 10**9
FIRST: Position = (10**15, 0)
FEWEST_CHARACTERS = 8

Query = Sequence[tuple[str, str]]
Limited = Callable[[str | None], int | None]


def limited(choose: Limited) -> Install:
    """Return an install that changes some limits; `choose` returns None for a limit that stays as it is."""

    class _Limited(Listing):
        def page_limit(self, text: str | None) -> int:
            chosen = choose(text)
            return super().page_limit(text) if chosen is None else chosen

    return using(_Limited)


def dividing(text: str | None) -> int | None:
    """Fail like a division by the limit."""
    if text and text.isdecimal() and int(text) == 0:
        raise ZeroDivisionError(text)
    return None


def converting(text: str | None) -> int | None:
    """Fail if the limit is not a number."""
    if text and not text.lstrip("-").isdecimal():
        raise RuntimeError(text)
    return None


def uncapped(text: str | None) -> int | None:
    """Return every number unchanged."""
    return int(text) if text and text.isascii() and text.isdecimal() and int(text) else None


def foreign_cursor_is(position: Position) -> Install:
    """Return an install that accepts a cursor that was never issued."""

    class _Foreign(Listing):
        def decode_cursor(self, cursor: str, binding: object) -> Position:
            try:
                return super().decode_cursor(cursor, binding)
            except ApiError:
                return position

    return using(_Foreign)


class _NumbersAreOffsets(Listing):
    def page(self, project: Project, query: Query) -> Page:
        cursor = self.single(query, "cursor")
        if cursor is None or not cursor.isdecimal():
            return super().page(project, query)
        filters, limit = self.filters(query), self.page_limit(self.single(query, "limit"))
        candidates = self.candidates(project.id, None, self.backend.clock.now())
        found = [snapshot for snapshot in candidates if self.filter_matches(snapshot, filters)]
        return Page(found[int(cursor) :][:limit], None)


class CursorsWithFilters(Listing):
    """Cursors that are valid under every filter; the filters of their issue are remembered."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self.issued: dict[str, Query] = {}

    def binding(self, project_id: str, filters: Filters) -> object:
        """Return what a cursor is bound to: its project, under any filter."""
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


class _CursorKeepsFilters(CursorsWithFilters):
    def page(self, project: Project, query: Query) -> Page:
        query = self.other_filters(query)
        return self.noted(super().page(project, query), query)


class _CursorKeepsNextItem(CursorsWithFilters):
    def page(self, project: Project, query: Query) -> Page:
        page = super().page(project, query)
        following = list(super().page(project, self.other_filters(query)).items[:1])
        if following and following[0].container.id not in [item.container.id for item in page.items]:
            limit = self.page_limit(self.single(query, "limit"))
            page = page._replace(items=[*following, *page.items][:limit])
        return self.noted(page, query)


class Wider(Listing):
    """Lists that include the containers of other projects."""

    backend: Backend

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self.wanted: Filters = {}

    def filters(self, query: Query) -> Filters:
        """Return the wanted values by filter, and remember them for `candidates`."""
        self.wanted = super().filters(query)
        return self.wanted

    def of_projects(self, wider: Callable[[Project, Project], bool], project_id: str, now: int) -> list[Snapshot]:
        """Return the containers of a project and of those that `wider` adds, in order."""
        store = self.backend.store
        known = [store.project(project[0]) for project in self.backend.settings.projects()]
        own = store.project(project_id)
        ids = [project.id for project in known if project and own and (project == own or wider(own, project))]
        found = [snapshot for one in ids for snapshot in store.containers(one, None, self.order, now)]
        return sorted(found, key=self.position, reverse=True)

    def widened(
        self, wider: Callable[[Project, Project], bool], project_id: str, after: Position | None, now: int
    ) -> Iterator[Snapshot]:
        """Yield the containers of more than one project after a position."""
        for snapshot in self.of_projects(wider, project_id, now):
            if after is None or self.position(snapshot) < after:
                yield snapshot


class _ProjectsWithCursor(Wider):
    def candidates(self, project_id: str, after: Position | None, now: int) -> Iterator[Snapshot]:
        if after is None:
            return super().candidates(project_id, after, now)
        return self.widened(lambda own, other: own.org == other.org, project_id, after, now)


FAULTS: tuple[Fault, ...] = (
    Fault(
        "list-of-all-projects-with-cursor",
        "LST-8",
        "deep",
        "Pages after the first one hold containers of the organization's other projects.",
        using(_ProjectsWithCursor),
    ),
    Fault(
        "default-limit-of-20",
        "LST-11",
        "deep",
        "Without a limit a page holds 20.",
        limited(lambda text: 20 if text is None else None),
    ),
    Fault(
        "default-limit-of-50",
        "LST-11",
        "deep",
        "Without a limit a page holds 50.",
        limited(lambda text: 50 if text is None else None),
    ),
    Fault("limit-without-a-cap", "LST-11", "deep", "A limit above 200 is granted.", limited(uncapped), containers=201),
    Fault("limit-zero-answers-500", "LST-13", "deep", "A limit of 0 answers 500.", limited(dividing)),
    Fault("limit-word-answers-500", "LST-13", "deep", "A limit that is no number answers 500.", limited(converting)),
    Fault(
        "negative-limit-lists-all",
        "LST-13",
        "deep",
        "A negative limit is no limit.",
        limited(lambda text: EVERYTHING if text and text.startswith("-") else None),
        containers=201,
    ),
    Fault(
        "foreign-cursor-is-first-page",
        "LST-12",
        "deep",
        "A foreign cursor answers the first page.",
        foreign_cursor_is(FIRST),
    ),
    Fault(
        "number-as-cursor-is-offset", "LST-12", "deep", "A number is accepted as a cursor.", using(_NumbersAreOffsets)
    ),
    Fault(
        "cursor-keeps-its-filters",
        "LST-16",
        "deep",
        "The filters under which a cursor was issued win over those that it is used with.",
        using(_CursorKeepsFilters),
    ),
    Fault(
        "cursor-keeps-the-next-item",
        "LST-16",
        "deep",
        "A cursor brings the next item of the page that it was issued with, whatever the filters are now.",
        using(_CursorKeepsNextItem),
    ),
)
