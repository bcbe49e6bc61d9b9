"""Faults of paging: lost, repeated or reordered items, and wrong page sizes (requirements LST-1 to LST-3, LST-7 and LST-10)."""

from collections.abc import Callable, Sequence

from sandbox.change import Fault, Install
from sandbox.faults.parts import using
from sandbox.listing import Filters, Listing, Page, Position
from sandbox.records import Project, Snapshot

SECOND_MS = 1_000
LAG_MS = 1_000
LARGE_PAGE = 100


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
        """Return the page for a query."""
        limit = self.page_limit(self.single(query, "limit"))
        filters = self.filters(query)
        binding = self.binding(project.id, filters)
        cursor = self.single(query, "cursor")
        after = None if cursor is None else self.decode_cursor(cursor, binding)
        matching = self.matching(project, filters)
        items, following = self.cut(matching, self.start(matching, after), limit)
        return Page(items, None if following is None else self.encode_cursor(following, binding))


class _Offset(Sliced):
    def start(self, matching: Sequence[Snapshot], after: Position | None) -> int:
        return min(len(matching), after[0]) if after else 0

    def cut(self, matching: Sequence[Snapshot], start: int, limit: int) -> tuple[Sequence[Snapshot], Position | None]:
        items, following = super().cut(matching, start, limit)
        return items, following and (start + limit, 0)


class _OffsetUnderFilter(_Offset):
    def page(self, project: Project, query: Sequence[tuple[str, str]]) -> Page:
        return super().page(project, query) if self.filters(query) else Listing(self.backend).page(project, query)


class _RefusedAfterInsert(Listing):
    def binding(self, project_id: str, filters: Filters) -> object:
        newest = next(self.candidates(project_id, None, self.backend.clock.now()), None)
        return [super().binding(project_id, filters), newest and newest.container.id]


class _NextItemSkipped(Sliced):
    def cut(self, matching: Sequence[Snapshot], start: int, limit: int) -> tuple[Sequence[Snapshot], Position | None]:
        items, following = super().cut(matching, start, limit)
        return items, following and self.position(matching[start + limit])


class _SingleItemsSkip(_NextItemSkipped):
    def cut(self, matching: Sequence[Snapshot], start: int, limit: int) -> tuple[Sequence[Snapshot], Position | None]:
        return super().cut(matching, start, limit) if limit == 1 else Sliced.cut(self, matching, start, limit)


class _OneMore(Sliced):
    def cut(self, matching: Sequence[Snapshot], start: int, limit: int) -> tuple[Sequence[Snapshot], Position | None]:
        return super().cut(matching, start, limit + 1)


class _AtLeastTwo(Sliced):
    def cut(self, matching: Sequence[Snapshot], start: int, limit: int) -> tuple[Sequence[Snapshot], Position | None]:
        return super().cut(matching, start, max(limit, 2))


class _OldestLost(Sliced):
    def cut(self, matching: Sequence[Snapshot], start: int, limit: int) -> tuple[Sequence[Snapshot], Position | None]:
        items, following = super().cut(matching, start, limit)
        lost = limit >= LARGE_PAGE and following is None and len(items) > 1
        return items[:-1] if lost else items, following


class _LargePagesReversed(Sliced):
    def cut(self, matching: Sequence[Snapshot], start: int, limit: int) -> tuple[Sequence[Snapshot], Position | None]:
        items, following = super().cut(matching, start, limit)
        return items[::-1] if limit >= LARGE_PAGE else items, following


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


FAULTS: tuple[Fault, ...] = (
    Fault(
        "keyset-on-created-at-alone",
        "LST-1",
        "deep",
        "A cursor holds createdAt only, so what was created in the same millisecond is lost between pages.",
        continuing_at(lambda created_at, _: (created_at, 0)),
    ),
    Fault(
        "cursor-repeats-its-second",
        "LST-1",
        "deep",
        "A cursor goes on at its second, so items of that second come again, for ever on small pages.",
        continuing_at(lambda created_at, _: ((created_at // SECOND_MS + 1) * SECOND_MS, 0)),
    ),
    Fault("next-item-skipped", "LST-1", "stateful", "The item after a page is on no page.", using(_NextItemSkipped)),
    Fault("page-of-limit-plus-one", "LST-2", "stateful", "A page holds one item too many.", using(_OneMore)),
    Fault("limit-of-one-gives-two", "LST-2", "deep", "A page never holds fewer than two items.", using(_AtLeastTwo)),
    Fault("pages-of-one-skip", "LST-3", "deep", "With limit 1 every other item is skipped.", using(_SingleItemsSkip)),
    Fault(
        "large-pages-lose-the-oldest",
        "LST-3",
        "deep",
        "With a limit of 100 or more the last item is lost.",
        using(_OldestLost),
    ),
    Fault(
        "large-pages-oldest-first",
        "LST-3",
        "deep",
        "With a limit of 100 or more the order turns.",
        using(_LargePagesReversed),
    ),
    Fault(
        "offset-paging",
        "LST-7",
        "deep",
        "A cursor is an offset, so what is created meanwhile shifts the pages.",
        using(_Offset),
    ),
    Fault(
        "offset-paging-under-filter",
        "LST-7",
        "deep",
        "Under a filter a cursor is an offset, so what is created meanwhile shifts the pages.",
        using(_OffsetUnderFilter),
    ),
    Fault(
        "cursor-refused-after-insert",
        "LST-7",
        "deep",
        "A cursor is no longer good once a container was created, and the walk can't go on.",
        using(_RefusedAfterInsert),
    ),
    Fault(
        "ordered-oldest-first",
        "LST-10",
        "stateful",
        "The oldest container stands first.",
        ordered_by(lambda found: (-found.container.created_at, -found.container.seq)),
    ),
    Fault(
        "ordered-by-updated-at",
        "LST-10",
        "deep",
        "The list is ordered by updatedAt, which a regeneration or a decision moves.",
        ordered_by(lambda found: (found.container.updated_at, found.container.seq)),
    ),
)
