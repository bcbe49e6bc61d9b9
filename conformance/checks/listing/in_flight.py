"""LST-4: a list by an in-flight status includes what had that status before and after the walk."""

from __future__ import annotations

from conformance.checks.base import Check, on
from conformance.contract.lifecycle import IN_FLIGHT
from conformance.history.facts import Changed, WalkCompleted
from conformance.history.fields import status_of
from conformance.history.walks import Walk


class InFlightFilter(Check):
    """LST-4: a list by an in-flight status includes what had that status throughout the walk."""

    judges = ("LST-4",)

    def __init__(self) -> None:
        self._walks: dict[tuple[str, str], Walk] = {}

    @on(WalkCompleted)
    def completed(self, fact: WalkCompleted) -> None:
        """Keep the last walk by each status."""
        walk = fact.walk
        if not fact.is_own or len(walk.filters) != 1:
            return
        name, status = walk.filters[0]
        if name == "status" and status in IN_FLIGHT:
            self._walks[walk.project_id, status] = walk

    @on(Changed)
    def changed(self, fact: Changed) -> None:
        """Judge the last walk at a read that shows the same status as the read before the walk."""
        change, container = fact.change, fact.change.container
        if fact.seen.actor != "owner" or not container.is_vouched or container.project_id is None:
            return
        status = status_of(change.after.fields)
        if status is None or status not in IN_FLIGHT or change.old("status") != status:
            return
        walk = self._walks.get((container.project_id, status))
        if walk is None or not (change.before.precedes(walk.pages[0]) and walk.pages[-1].precedes(fact.seen)):
            return
        if self.ledger.windows.of_container(container) > change.before.exchange.sent_at:
            return
        # A list, and a read too, may show what was some time before (open reading 27).
        lag = self.ledger.facts.read_lag
        if change.before.exchange.received_at + lag > walk.began or walk.ended + lag > fact.seen.exchange.sent_at:
            return
        self.verify(
            "LST-4",
            f"lacks what is {status}",
            container.id in walk.by_id,
            lambda: (
                f"The list with status={status} lacks container {container.id}, which was {status} before and after the walk."
            ),
            change.before,
            walk.pages[-1],
            fact.seen,
        )


CHECKS: tuple[type[Check], ...] = (InFlightFilter,)
