"""Faults of walks, order and what a list holds (LST-1 to LST-3, LST-7 to LST-10)."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn

from sandbox.backend import Backend
from sandbox.change import Install, together, using
from sandbox.errors import conflict
from sandbox.faults.installers import Doc, Query, before, fresh, jobs_of, replacing
from sandbox.listing import Filters, Listing, Page, Position
from sandbox.operations import Call
from sandbox.records import Answer, Job, Project, Snapshot
from sandbox.rendering import Json, Rendering

FAULTS = """
LST-1 deep keyset-on-created-at-alone: A cursor holds createdAt only, so what was created in the same millisecond is
    lost between pages.
LST-1 deep cursor-repeats-its-second: A cursor goes on at its second, so items of that second come again, for ever on
    small pages.
LST-1 stateful next-item-skipped: The item after a page is on no page.
LST-1 stateful lists-refused-as-archived: Every list answers 409, as if its project were archived.
LST-1 deep filtered-walk-begins-anew-without-its-item: A cursor whose container no longer passes the filters brings
    the first page again.
LST-2 stateful page-of-limit-plus-one: A page holds one item too many.
LST-2 deep limit-of-one-gives-two: A page never holds fewer than two items.
LST-3 deep pages-of-one-skip: With limit 1 every other item is skipped.
LST-3 deep large-pages-lose-the-oldest: With a limit of 100 or more the last item is lost.
LST-3 deep large-pages-oldest-first: With a limit of 100 or more the order turns.
LST-3 deep last-page-backwards: The last page of a walk has its items in the other order.
LST-7 deep offset-paging: A cursor is an offset, so what is created meanwhile shifts the pages.
LST-7 deep offset-paging-under-filter: Under a filter a cursor is an offset, so what is created meanwhile shifts the
    pages.
LST-7 deep cursor-refused-after-insert: A cursor is no longer good once a container was created, and the walk can't go
    on.
LST-8 deep list-of-all-projects-with-cursor: Pages after the first one hold containers of the organization's other
    projects.
LST-8 deep clone-listed-beside-its-source-too: A clone into another project is listed in the project of its source as
    well.
LST-9 deep list-item-status-cached: A list shows for ever the status that it showed first.
LST-9 stateful list-item-created-at-rounded-up: A list shows createdAt as the second that comes next.
LST-9 deep list-item-created-at-moves: A list shows the time of the last write as createdAt.
LST-9 deep list-item-format-stays-auto: A list shows auto where the container shows what it became.
LST-9 deep list-keeps-the-decision-through-a-regeneration: A list shows the decision of before a regeneration, which
    has made the container pending again.
LST-9 stateful canceled-regeneration-listed-as-completed: A list shows a container whose regeneration was canceled as
    completed, as it was before.
LST-9 deep pending-once-it-was-read: A completed container is pending only once getContent has read it; a list before
    that shows not_required.
LST-10 stateful ordered-oldest-first: The oldest container stands first.
LST-10 deep ordered-by-updated-at: The list is ordered by updatedAt, which a regeneration or a decision moves.
"""

SECOND_MS = 1_000
LARGE_PAGE = 100
DECIDED = frozenset({"approved", "rejected"})
Pages = Callable[[Project, Sequence[tuple[str, str]]], Page]


class Sliced(Listing):
    """Pages cut from the whole list of matches; a subclass replaces one step."""

    def position(self, snapshot: Snapshot) -> Position:
        """Return the sort key of the list, which is descending."""
        return snapshot.container.created_at, snapshot.container.seq

    def matching(self, project: Project, filters: Filters) -> list[Snapshot]:
        """Return all containers that the pages should show, in order."""
        candidates = self.candidates(project.id, None, self.backend.clock.now())
        found = [snapshot for snapshot in candidates if self.filter_matches(snapshot, filters)]
        return sorted(found, key=self.position, reverse=True)

    def start(self, matching: Sequence[Snapshot], after: Position | None) -> int:
        """Return the index at which a page begins."""
        return 0 if after is None else sum(self.position(snapshot) >= after for snapshot in matching)

    def cut(self, matching: Sequence[Snapshot], start: int, limit: int) -> tuple[Sequence[Snapshot], Position | None]:
        """Return the items of a page and the index of the next page."""
        items = matching[start : start + limit]
        return items, self.position(items[-1]) if len(matching) > start + limit else None

    def page(self, project: Project, query: Sequence[tuple[str, str]]) -> Page:
        limit = self.page_limit(self.single(query, "limit"))
        filters = self.filters(query)
        binding = self.binding(project.id, filters)
        cursor = self.single(query, "cursor")
        after = None if cursor is None else self.decode_cursor(cursor, binding)
        matching = self.matching(project, filters)
        items, following = self.cut(matching, self.start(matching, after), limit)
        return Page(items, None if following is None else self.encode_cursor(following, binding))


def continuing_at(position: Callable[[int, int], Position]) -> Install:
    """Return an install that makes another cursor from the (createdAt, seq) of the last item."""

    class _Position(Listing):
        def position(self, snapshot: Snapshot) -> Position:
            return position(*super().position(snapshot))

    return using(_Position)


def ordered_by(key: Callable[[Snapshot], Position]) -> Install:
    """Return an install that lists and pages by another descending sort key."""

    class _Ordered(Sliced):
        def position(self, snapshot: Snapshot) -> Position:
            return key(snapshot)

    return using(_Ordered)


def showing(shown: Callable[[Rendering, Snapshot, Json], Json]) -> Install:
    """Return an install that changes list items only; `shown` gets the correct item and returns the changed members."""

    class _Showing(Rendering):
        def page(self, page: Page) -> Json:
            items = [{**(item := self.list_item(found)), **shown(self, found, item)} for found in page.items]
            return {"items": items, "nextCursor": page.next_cursor}

    return using(_Showing)


class NextItemSkipped(Sliced):
    def cut(self, matching: Sequence[Snapshot], start: int, limit: int) -> tuple[Sequence[Snapshot], Position | None]:
        items, following = super().cut(matching, start, limit)
        return items, following and self.position(matching[start + limit])


@before("list_content")
def lists_refused_as_archived(_call: Call, _backend: Backend) -> NoReturn:
    raise conflict("The project is archived.")


@replacing("listing", "page")
def filtered_walk_begins_anew_without_its_item(
    backend: Backend, page: Callable[..., Page], project: Project, query: Sequence[tuple[str, str]]
) -> Page:
    listing, now = backend.listing, backend.clock.now()
    cursor, filters = listing.single(query, "cursor"), listing.filters(query)
    if cursor is None or not filters:
        return page(project, query)
    position = listing.decode_cursor(cursor, listing.binding(project.id, filters))
    found = listing.candidates(project.id, None, now)
    if any(listing.position(each) == position and listing.filter_matches(each, filters) for each in found):
        return page(project, query)
    return page(project, [pair for pair in query if pair[0] != "cursor"])


class PageOfLimitPlusOne(Sliced):
    def cut(self, matching: Sequence[Snapshot], start: int, limit: int) -> tuple[Sequence[Snapshot], Position | None]:
        return super().cut(matching, start, limit + 1)


class LimitOfOneGivesTwo(Sliced):
    def cut(self, matching: Sequence[Snapshot], start: int, limit: int) -> tuple[Sequence[Snapshot], Position | None]:
        return super().cut(matching, start, max(limit, 2))


class PagesOfOneSkip(NextItemSkipped):
    def cut(self, matching: Sequence[Snapshot], start: int, limit: int) -> tuple[Sequence[Snapshot], Position | None]:
        return super().cut(matching, start, limit) if limit == 1 else Sliced.cut(self, matching, start, limit)


class LargePagesLoseTheOldest(Sliced):
    def cut(self, matching: Sequence[Snapshot], start: int, limit: int) -> tuple[Sequence[Snapshot], Position | None]:
        items, following = super().cut(matching, start, limit)
        lost = limit >= LARGE_PAGE and following is None and len(items) > 1
        return items[:-1] if lost else items, following


class LargePagesOldestFirst(Sliced):
    def cut(self, matching: Sequence[Snapshot], start: int, limit: int) -> tuple[Sequence[Snapshot], Position | None]:
        items, following = super().cut(matching, start, limit)
        return items[::-1] if limit >= LARGE_PAGE else items, following


@replacing("listing", "page")
def last_page_backwards(_: Backend, page: Pages, project: Project, query: Query) -> Page:
    found = page(project, query)
    is_last = found.next_cursor is None and any(name == "cursor" for name, _value in query)
    return found._replace(items=found.items[::-1]) if is_last else found


class OffsetPaging(Sliced):
    def start(self, matching: Sequence[Snapshot], after: Position | None) -> int:
        return min(len(matching), after[0]) if after else 0

    def cut(self, matching: Sequence[Snapshot], start: int, limit: int) -> tuple[Sequence[Snapshot], Position | None]:
        items, following = super().cut(matching, start, limit)
        return items, following and (start + limit, 0)


class OffsetPagingUnderFilter(OffsetPaging):
    def page(self, project: Project, query: Sequence[tuple[str, str]]) -> Page:
        return super().page(project, query) if self.filters(query) else Listing(self.backend).page(project, query)


class CursorRefusedAfterInsert(Listing):
    def binding(self, project_id: str, filters: Filters) -> object:
        newest = next(self.candidates(project_id, None, self.backend.clock.now()), None)
        return [super().binding(project_id, filters), newest and newest.container.id]


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


class ListOfAllProjectsWithCursor(Wider):
    def candidates(self, project_id: str, after: Position | None, now: int) -> Iterator[Snapshot]:
        if after is None:
            return super().candidates(project_id, after, now)
        return self.widened(lambda own, other: own.org == other.org, project_id, after, now)


@fresh
def clone_listed_beside_its_source_too() -> Install:
    homes: dict[str, str] = {}

    def clone(_: Backend, clone: Callable[[Snapshot, Project], Job], source: Snapshot, project: Project) -> Job:
        job = clone(source, project)
        if project.id != source.container.project_id:
            homes[job.container_id] = source.container.project_id
        return job

    def candidates(backend: Backend, candidates: Callable[..., Any], project_id: str, after: Any, now: int) -> Any:
        if after is None:
            strays = [name for name, home in homes.items() if home == project_id]
            yield from filter(None, (backend.store.container(name, now) for name in strays))
        yield from candidates(project_id, after, now)

    return together(replacing("lifecycle", "clone")(clone), replacing("listing", "candidates")(candidates))


class ListItemStatusCached(Rendering):
    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self.first_seen: dict[str, object] = {}

    def page(self, page: Page) -> Json:
        items = [self.list_item(found) for found in page.items]
        cached = [{**item, "status": self.first_seen.setdefault(str(item["id"]), item["status"])} for item in items]
        return {"items": cached, "nextCursor": page.next_cursor}


@showing
def list_item_created_at_rounded_up(rendering: Rendering, found: Snapshot, _: Json) -> Json:
    return {"createdAt": rendering.timestamp((found.container.created_at // 1000 + 1) * 1000)}


@showing
def list_item_created_at_moves(rendering: Rendering, found: Snapshot, _: Json) -> Json:
    return {"createdAt": rendering.timestamp(found.container.updated_at)}


list_item_format_stays_auto = showing(lambda _, found, __: {"format": found.container.format})


@replacing("rendering", "page")
def list_keeps_the_decision_through_a_regeneration(_: Backend, page: Callable[[Page], Doc], found: Page) -> Doc:
    shown = page(found)
    for item, snapshot in zip(shown["items"], found.items, strict=True):
        if snapshot.requires_review and snapshot.container.approval in DECIDED:
            item["approvalStatus"] = snapshot.container.approval
    return shown


def _earlier_outcomes(backend: Backend, job: Job, outcome: str) -> list[Job]:
    """Return the earlier jobs of a job's container that ended so, the latest last."""
    earlier = [each for each in jobs_of(backend, job.container_id) if each.started_at < job.started_at]
    return [each for each in earlier if each.canceled_at is None and each.outcome == outcome]


@replacing("rendering", "page")
def canceled_regeneration_listed_as_completed(backend: Backend, page: Callable[[Page], Doc], found: Page) -> Doc:
    document = page(found)
    for item, snapshot in zip(document["items"], found.items, strict=True):
        if item["status"] == "canceled" and _earlier_outcomes(backend, snapshot.job, "completed"):
            item["status"] = "completed"
    return document


@fresh
def pending_once_it_was_read() -> Install:
    read: set[str] = set()

    def look(call: Call, backend: Backend) -> Answer | None:
        snapshot = backend.store.container(call.path["container_id"], backend.clock.now())
        if snapshot is not None and not backend.generation.in_flight(snapshot.job, snapshot.now):
            read.add(snapshot.job.id)
        return None

    def status_at(_: Backend, status_at: Callable[[Snapshot], str], snapshot: Snapshot) -> str:
        status = status_at(snapshot)
        unread = status == "pending" and snapshot.job.id not in read
        return snapshot.container.approval if unread else status

    return together(before("get_content")(look), replacing("approval", "status_at")(status_at))


keyset_on_created_at_alone = continuing_at(lambda created_at, _: (created_at, 0))
cursor_repeats_its_second = continuing_at(lambda created_at, _: ((created_at // SECOND_MS + 1) * SECOND_MS, 0))
ordered_oldest_first = ordered_by(lambda found: (-found.container.created_at, -found.container.seq))
ordered_by_updated_at = ordered_by(lambda found: (found.container.updated_at, found.container.seq))
