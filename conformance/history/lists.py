"""What a listContent establishes."""

from __future__ import annotations

from conformance.history import facts
from conformance.history.cursors import Cursors
from conformance.history.facts import Fact
from conformance.history.ledger import Ledger
from conformance.history.limits import limit_kind
from conformance.history.listed_homes import ListedHomes
from conformance.history.listed_times import ListedTimes
from conformance.history.observation import Observation
from conformance.history.walks import entries_of, filters_of

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
            return [facts.ListAsked(seen, is_own, filters, limit, cursor, _refuses_query(seen, ledger), waiting)]
        walk = ledger.walk
        items = walk.latest() if walk else ledger.walks.items_of(entries)
        items = [item for item in items if item.id not in ledger.unclear] if ledger.unclear else items
        page = facts.PageRead(seen, is_own, filters, limit, cursor, False, walk, entries, items)  # noqa: FBT003 - a page refuses nothing
        completed = [facts.WalkCompleted(seen, is_own, walk)] if walk is not None and walk.is_reliable else []
        return [page, *completed, *self._listed_times.take(page), *self._listed_homes.take(page, ledger)]


def _refuses_query(seen: Observation, ledger: Ledger) -> bool:
    return seen.refused and seen.status not in _NOT_OF_THE_QUERY and ledger.knows_project(seen.params["projectId"])
