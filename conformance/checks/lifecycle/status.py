"""LIF-1 and LIF-2: a container's status is a legal one, and only moves forward."""

from __future__ import annotations

from typing import Any

from conformance.checks.base import Check, on
from conformance.checks.wording import short
from conformance.contract.lifecycle import STATUSES, reachable
from conformance.history.containers import Container
from conformance.history.facts import ContainerRead, PageRead
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.writes import DECISIONS


class LegalStatus(Check):
    """LIF-1: a status is one of the five values, wherever a container shows it."""

    judges = ("LIF-1",)

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        """Judge the status in a container."""
        if "status" in fact.view:
            self._judge(fact.seen, [(fact.container.id, fact.view["status"])])

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        """Judge every status in a list."""
        shown = [
            (each.get("id"), each["status"]) for each in fact.entries if isinstance(each, dict) and "status" in each
        ]
        if shown:
            self._judge(fact.seen, shown)

    def _judge(self, seen: Observation, shown: list[tuple[Any, Any]]) -> None:
        wrong = [pair for pair in shown if not (isinstance(pair[1], str) and pair[1] in STATUSES)]
        for container_id, status in wrong:
            message = f"Container {short(container_id)} shows the status {short(status)}."
            self.failed("LIF-1", "unknown status", message, seen)
        if not wrong:
            self.passed("LIF-1", seen)


class StatusMoves(Check):
    """LIF-2: between any two observations, by getContent or in a list, a status only moves forward."""

    judges = ("LIF-2",)

    def __init__(self) -> None:
        self._latest: dict[str, tuple[Observation, str]] = {}

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        """Compare the status in a container with the one that was seen before."""
        self._compare(fact.seen, fact.seen, fact.container, fact.view.get("status"))

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        """Compare each status in a list with the one that was seen before."""
        if not fact.seen.authorized:
            return
        for item in fact.items:
            container = self.ledger.containers.get(item.id)
            if container is not None:
                self._compare(fact.seen, fact.seen.evidence, container, item.status)

    def _compare(self, seen: Observation, evidence: Observation, container: Container, status: object) -> None:
        if not isinstance(status, str) or status not in STATUSES or not container.is_vouched:
            return
        known = self._latest.get(container.id)
        if known is not None and known[0].precedes(seen):
            before, old = known
            if status in reachable(old):
                self.passed("LIF-2", before, evidence)
            elif not _is_explained(container, before, seen, self.ledger):
                message = f"Container {container.id} went from {old} to {status} without a regeneration."
                if self.lagged("LIF-2", message, before, seen):
                    return  # the one before is the newer of the two
                self.failed("LIF-2", f"from {old} to {status}", message, before, evidence)
        if known is None or known[0].exchange.sent_at <= seen.exchange.sent_at:
            self._latest[container.id] = (seen.evidence, status)


def _is_explained(container: Container, before: Observation, seen: Observation, ledger: Ledger) -> bool:
    """Return whether a call may have moved the status, or must not have and is accused for it by another requirement.

    A decision that moves it breaks APR-2, a clone CLO-3, and a refused call the requirement that refuses it.
    """
    change = ledger.change
    unshown = change.unshown if change else container.unshown
    calls = ledger.windows.causes(container, before, seen.exchange.received_at, unshown)
    if any(call.may_regenerate or call.operation_id in {*DECISIONS, "cloneFromPost"} for call in calls):
        return True
    writes = change.between if change else container.writes
    return any(call.refused and call.exchange.received_at > before.exchange.sent_at for call in writes)


CHECKS: tuple[type[Check], ...] = (LegalStatus, StatusMoves)
