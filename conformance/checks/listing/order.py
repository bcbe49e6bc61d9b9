"""The order of a list, and that the size of its pages does not change it (LST-3, LST-10)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from conformance.checks.findings import Check, Finding, failed, passed
from conformance.checks.listing.paging import Limit, is_own_list, limit_kind
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.timestamps import instant
from conformance.history.walks import Filters, Item, Walk

MUCH_OLDER = 60_000_000
"""Microseconds by which a container must be older than another of a walk to have existed when the walk began."""


class NewestFirst(Check):
    """A list shows the newest container first."""

    judges = ("LST-10",)

    def __init__(self) -> None:
        self._accused: Walk | None = None

    def observe(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Judge the latest page of a walk, with the item before it."""
        walk = ledger.walk
        if walk is None or walk is self._accused or walk.repeated or walk.looped or not is_own_list(seen, ledger):
            return
        latest = len(walk.latest())
        for older, newer in pairwise(walk.items[-latest - 1 :] if latest else ()):
            before, after = instant(older.created_at), instant(newer.created_at)
            if before and after and after.after(before):
                self._accused = walk
                message = (
                    f"Container {newer.id} of {newer.created_at} stands behind {older.id} of {older.created_at}, "
                    "which is older."
                )
                yield failed("LST-10", message, *dict.fromkeys((walk.pages[older.page], walk.pages[newer.page])))
                return
        if walk.complete and self._tells_order(walk):
            yield passed("LST-10", seen)

    def _tells_order(self, walk: Walk) -> bool:
        instants = [moment for item in walk.items if (moment := instant(item.created_at))]
        return any(earlier.after(later) for earlier, later in pairwise(instants))


class PageSizeIndependence(Check):
    """Walks with different page sizes meet the same containers in the same order."""

    judges = ("LST-3",)

    def __init__(self) -> None:
        self._last: dict[tuple[str, Filters], Walk] = {}

    def observe(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Compare a walk that ends here with the one before it."""
        walk = ledger.walk
        if walk is None or not walk.complete or not is_own_list(seen, ledger):
            return
        if walk.malformed or walk.repeated or limit_kind(walk.limit) in {Limit.WRONG, Limit.OPEN}:
            return
        before = self._last.get((walk.project_id, walk.filters))
        self._last[walk.project_id, walk.filters] = walk
        if before is None or before.limit == walk.limit or before.ended > walk.began:
            return
        if ledger.windows.of_project(walk.project_id) <= before.began:
            yield from self._compare(before, walk, ledger)

    def _compare(self, before: Walk, walk: Walk, ledger: Ledger) -> Iterator[Finding]:
        evidence = (before.pages[-1], walk.pages[-1])
        sizes = f"limit={_size(before)} and limit={_size(walk)}"
        if not walk.filters:
            for earlier, later in ((before, walk), (walk, before)):
                lacking = next((item for item in earlier.items if self._is_lacking(item, later, before, ledger)), None)
                if lacking:
                    message = f"Of two walks with {sizes}, only the one with limit={_size(earlier)} meets container {lacking.id}."
                    yield failed("LST-3", message, *evidence)
                    return
        common = [item for item in before.items if item.id in walk.by_id]
        if any(_moved(item, walk.by_id[item.id]) for item in common):
            return
        order = [item.id for item in walk.items if item.id in before.by_id]
        different = next((pair for pair in zip(common, order, strict=True) if pair[0].id != pair[1]), None)
        if different and any(self._may_still_move(item, before, ledger) for item in common):
            return
        if different:
            message = f"Two walks with {sizes} differ in order: where one has {different[0].id}, the other has {different[1]}."
            yield failed("LST-3", message, *evidence)
        elif len(common) > 1 and len(before.pages) != len(walk.pages):
            yield passed("LST-3", *evidence)

    def _may_still_move(self, item: Item, before: Walk, ledger: Ledger) -> bool:
        """Tell whether a regeneration may begin to show after the first walk began."""
        container = ledger.containers.get(item.id)
        return container is not None and ledger.windows.of_container(container) > before.began

    def _is_lacking(self, item: Item, walk: Walk, first: Walk, ledger: Ledger) -> bool:
        """Tell whether a walk lacks a container that surely existed when it began."""
        if item.id in walk.by_id:
            return False
        if walk is not first:
            return True
        container = ledger.containers.get(item.id)
        if container is not None and container.made_by is not None:
            return container.made_by.accepted.exchange.received_at <= walk.began
        made, newest = (
            instant(item.created_at),
            max(filter(None, (instant(other.created_at) for other in walk.items)), default=None),
        )
        return made is not None and newest is not None and newest.microseconds - made.microseconds >= MUCH_OLDER


def _size(walk: Walk) -> str:
    return walk.limit[0][:80] if walk.limit else "default"


def _moved(one: Item, other: Item) -> bool:
    return one[1:-1] != other[1:-1]


CHECKS: tuple[type[Check], ...] = (NewestFirst, PageSizeIndependence)
