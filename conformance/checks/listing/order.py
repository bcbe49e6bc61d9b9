"""LST-3 and LST-10: the order of a list, and that the size of its pages does not change it."""

from __future__ import annotations

from itertools import pairwise

from conformance.checks.base import Check, on
from conformance.history.facts import PageRead, WalkCompleted
from conformance.history.fields import instant
from conformance.history.walks import Filters, Item, Walk

MUCH_OLDER = 60_000_000
"""A container this many microseconds older than another one of a walk existed when the walk began."""


MOST_COMPARED = 10_000
"""Items of the longest walk that is kept to be compared with the next one."""


class NewestFirst(Check):
    """LST-10: a list shows the newest container first."""

    judges = ("LST-10",)

    def __init__(self) -> None:
        self._reported: Walk | None = None

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        """Judge the order of the latest page of a walk, with the item before it."""
        walk = fact.walk
        if walk is None or walk is self._reported or walk.repeated or walk.looped or not fact.is_own:
            return
        latest = walk.sizes[-1]
        for older, newer in pairwise(walk.items[-latest - 1 :] if latest else ()):
            before, after = instant(older.created_at), instant(newer.created_at)
            if before and after and after.after(before):
                self._reported = walk
                message = (
                    f"Container {newer.id}, created at {newer.created_at}, is listed after {older.id}, "
                    f"created at {older.created_at}, which is older."
                )
                evidence = dict.fromkeys((walk.pages[older.page], walk.pages[newer.page]))
                self.failed("LST-10", "older before newer", message, *evidence)
                return
        if walk.complete and _shows_order(walk):
            self.passed("LST-10", fact.seen)


class PageSizeIndependence(Check):
    """LST-3: walks with different page sizes meet the same containers in the same order."""

    judges = ("LST-3",)

    def __init__(self) -> None:
        self._last: dict[tuple[str, Filters], Walk] = {}

    @on(WalkCompleted)
    def completed(self, fact: WalkCompleted) -> None:
        """Compare a walk with the one before it."""
        walk = fact.walk
        if not fact.is_own or walk.repeated:
            return
        before = self._last.get((walk.project_id, walk.filters))
        if len(walk.items) > MOST_COMPARED:
            self._last.pop((walk.project_id, walk.filters), None)
        else:
            self._last[walk.project_id, walk.filters] = walk
        if before is None or before.limit == walk.limit or before.ended > walk.began:
            return
        if self.ledger.windows.of_project(walk.project_id) <= before.began and not self._report_missing(before, walk):
            self._compare_order(before, walk)

    def _report_missing(self, before: Walk, walk: Walk) -> bool:
        """Report a container that only one of two walks includes, and return whether there is one."""
        if walk.filters:
            return False
        for earlier, later in ((before, walk), (walk, before)):
            missing = next((item for item in earlier.items if self._is_missing(item, later, before)), None)
            if missing is not None:
                sizes = f"limit={_size(before)} and limit={_size(walk)}"
                message = f"Of two walks with {sizes}, only the one with limit={_size(earlier)} includes container {missing.id}."
                self.failed("LST-3", "missing container", message, before.pages[-1], walk.pages[-1])
                return True
        return False

    def _compare_order(self, before: Walk, walk: Walk) -> None:
        common = [item for item in before.items if item.id in walk.by_id]
        if any(item.id in self.ledger.unclear for item in common):
            return
        if any(_moved(item, walk.by_id[item.id]) for item in common):
            return
        order = [item.id for item in walk.items if item.id in before.by_id]
        different = next((pair for pair in zip(common, order, strict=True) if pair[0].id != pair[1]), None)
        if different is None:
            if len(common) > 1 and len(before.pages) != len(walk.pages):
                self.passed("LST-3", before.pages[-1], walk.pages[-1])
        elif not any(self._may_still_move(item, before) for item in common):
            sizes = f"limit={_size(before)} and limit={_size(walk)}"
            message = f"Two walks with {sizes} differ in order: where one has {different[0].id}, the other has {different[1]}."
            self.failed("LST-3", "another order", message, before.pages[-1], walk.pages[-1])

    def _may_still_move(self, item: Item, before: Walk) -> bool:
        """Return whether a call may have changed the container after the first walk began."""
        container = self.ledger.containers.get(item.id)
        return container is not None and self.ledger.windows.of_container(container) > before.began

    def _is_missing(self, item: Item, walk: Walk, first: Walk) -> bool:
        """Return whether a walk does not include a container that must have existed when it began."""
        if item.id in walk.by_id or item.id in self.ledger.unclear:
            return False
        if walk is not first:
            return True
        container = self.ledger.containers.get(item.id)
        if container is not None and container.made_by is not None:
            return container.made_by.accepted.exchange.received_at <= walk.began
        made = instant(item.created_at)
        newest = max(filter(None, (instant(other.created_at) for other in walk.items)), default=None)
        return made is not None and newest is not None and newest.microseconds - made.microseconds >= MUCH_OLDER


def _shows_order(walk: Walk) -> bool:
    """Return whether two neighbours of a walk were made at different times."""
    instants = [moment for item in walk.items if (moment := instant(item.created_at))]
    return any(earlier.after(later) for earlier, later in pairwise(instants))


def _size(walk: Walk) -> str:
    return walk.limit[0][:80] if walk.limit else "default"


def _moved(one: Item, other: Item) -> bool:
    return one[1:-1] != other[1:-1]


CHECKS: tuple[type[Check], ...] = (NewestFirst, PageSizeIndependence)
