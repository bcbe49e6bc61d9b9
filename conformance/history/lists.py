"""What a listContent establishes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from conformance.history import facts
from conformance.history.facts import Fact, ListedCreatedAtMoved, ListedElsewhere, PageRead
from conformance.history.fields import Instant, instant
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.walks import Cursors, entries_of, filters_of, limit_kind


class _Home(NamedTuple):
    page: Observation
    project_id: str
    created_at: Any


class ListedHomes:
    """A fold over the pages of the projects that the configuration names; other names may be aliases of these."""

    def __init__(self) -> None:
        self._first: dict[str, _Home] = {}

    def take(self, page: PageRead, ledger: Ledger) -> Iterator[ListedElsewhere]:
        """Take in a page of an organization, and compare each item with the first list that showed its container."""
        project_id = page.project_id
        if not page.seen.authorized or ledger.holder_of_project(project_id) is None:
            return
        evidence = page.seen.evidence
        for item in page.items:
            if item.project_id not in {None, project_id}:
                continue  # the item itself tells where its container belongs
            first = self._first.setdefault(item.id, _Home(evidence, project_id, item.created_at))
            if first.project_id != project_id and _may_be_one(first.created_at, item.created_at):
                yield ListedElsewhere(page.seen, item.id, project_id, first.page, first.project_id)


def _may_be_one(old: Any, new: Any) -> bool:
    """Return whether nothing tells two containers of one id apart: no page says that ids differ between organizations."""
    first, second = instant(old), instant(new)
    return first is None or second is None or first.same(second)


class _Listed(NamedTuple):
    seen: Observation
    created_at: str
    instant: Instant


class ListedTimes:
    """A fold over pages that keeps the first createdAt of each container."""

    def __init__(self) -> None:
        self._first: dict[str, _Listed] = {}

    def take(self, page: PageRead) -> Iterator[ListedCreatedAtMoved]:
        """Take in a page of an organization, and compare each item with the first list that showed its container."""
        if not page.seen.authorized:
            return
        evidence = page.seen.evidence
        for item in page.items:
            moment = instant(item.created_at)
            if moment is None:
                continue
            first = self._first.setdefault(item.id, _Listed(evidence, item.created_at, moment))
            if first.seen is not evidence and first.instant.microseconds != moment.microseconds:
                yield ListedCreatedAtMoved(page.seen, item.id, first.seen, first.created_at, item.created_at)


_NOT_OF_THE_QUERY = frozenset({401, 408, 429})
"""The refusals that speak of the caller or its pace."""


class Lists:
    """A fold over the lists of a history."""

    def __init__(self) -> None:
        self._cursors = Cursors()
        self._listed_homes = ListedHomes()
        self._listed_times = ListedTimes()

    def take(self, seen: Observation, ledger: Ledger) -> list[Fact]:
        """Take one listContent in, after the ledger has, and return what it establishes."""
        project_id, filters = seen.params["projectId"], filters_of(seen)
        is_own = (
            seen.actor == "owner"
            and project_id != ledger.facts.other_project_id
            and not ledger.windows.archived(project_id)
        )
        limit = limit_kind(seen.values("limit"))
        cursor = self._cursors.take(seen, filters)
        entries = entries_of(seen)
        if entries is None:
            waiting = ledger.walks.waiting_for(seen)
            return [facts.ListRequest(seen, is_own, filters, limit, cursor, _refuses_query(seen, ledger), waiting)]
        walk = ledger.walk
        items = walk.latest() if walk else ledger.walks.items_of(entries)
        items = [item for item in items if item.id not in ledger.unclear] if ledger.unclear else items
        page = facts.PageRead(seen, is_own, filters, limit, cursor, False, walk, entries, items)  # noqa: FBT003 - a page refuses nothing
        completed = [facts.WalkCompleted(seen, is_own, walk)] if walk is not None and walk.is_reliable else []
        return [page, *completed, *self._listed_times.take(page), *self._listed_homes.take(page, ledger)]


def _refuses_query(seen: Observation, ledger: Ledger) -> bool:
    return seen.refused and seen.status not in _NOT_OF_THE_QUERY and ledger.knows_project(seen.params["projectId"])
