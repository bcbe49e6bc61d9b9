"""Lists of what is still in flight: a container that had a status before and after a walk by that status must be in it (LST-4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.checks.findings import Check, Finding, failed, passed
from conformance.checks.listing.paging import Limit, is_own_list, limit_kind
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation

IN_FLIGHT = ("queued", "generating")


@dataclass(frozen=True, slots=True)
class Walked:
    """A whole walk by one status: its first and last page, and the ids that it met."""

    first: Observation
    last: Observation
    ids: frozenset[str]


class InFlight(Check):
    """A list by a status in flight holds what had that status all the while."""

    judges = ("LST-4",)

    def __init__(self) -> None:
        self._walked: dict[tuple[str, str], Walked] = {}

    def observe(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Keep the last walk by each status, and judge it at a read that finds the status unmoved since before it began."""
        walk = ledger.walk
        if walk is not None and walk.complete and is_own_list(seen, ledger):
            status = walk.filters[0][1] if len(walk.filters) == 1 and walk.filters[0][0] == "status" else ""
            if status in IN_FLIGHT and not walk.malformed and limit_kind(walk.limit) not in {Limit.WRONG, Limit.OPEN}:
                walked = Walked(walk.pages[0], walk.pages[-1], frozenset(walk.by_id))
                self._walked[walk.project_id, status] = walked
            return
        change = ledger.change
        if change is None or seen.actor != "owner" or not change.container.generations:
            return
        status = change.new("status")
        if status not in IN_FLIGHT or change.old("status") != status or change.container.project_id is None:
            return
        found = self._walked.get((change.container.project_id, status))
        if found is None or not (change.before.precedes(found.first) and found.last.precedes(seen)):
            return
        if ledger.windows.of_container(change.container) > change.before.exchange.sent_at:
            return
        if change.container.id in found.ids:
            yield passed("LST-4", change.before, found.last, seen)
        else:
            message = f"The list with status={status} lacks container {change.container.id}, which was {status} all the while."
            yield failed("LST-4", message, change.before, found.last, seen)


CHECKS: tuple[type[Check], ...] = (InFlight,)
