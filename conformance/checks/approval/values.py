"""APR-1: an approvalStatus is a legal one."""

from __future__ import annotations

from typing import Any

from conformance.checks.base import Check, on
from conformance.checks.wording import short
from conformance.contract.lifecycle import APPROVAL_STATUSES
from conformance.history.facts import ContainerRead, DecisionSent, PageRead
from conformance.history.observation import Observation


class LegalApproval(Check):
    """APR-1: an approvalStatus is one of the four values, wherever a container shows it."""

    judges = ("APR-1",)

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        """Judge the approvalStatus in a container."""
        if "approvalStatus" in fact.view:
            self._judge(fact.seen, [(fact.container.id, fact.view["approvalStatus"])])

    @on(DecisionSent)
    def decision(self, fact: DecisionSent) -> None:
        """Judge the approvalStatus in the answer to a successful decision."""
        seen = fact.seen
        if seen.status == 200 and seen.authorized and "approvalStatus" in seen.fields:
            self._judge(seen, [(seen.params["containerId"], seen.fields["approvalStatus"])])

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        """Judge every approvalStatus in a list."""
        shown = [
            (each.get("id"), each["approvalStatus"])
            for each in fact.entries
            if isinstance(each, dict) and "approvalStatus" in each
        ]
        if shown:
            self._judge(fact.seen, shown)

    def _judge(self, seen: Observation, shown: list[tuple[Any, Any]]) -> None:
        wrong = [pair for pair in shown if not (isinstance(pair[1], str) and pair[1] in APPROVAL_STATUSES)]
        for container_id, value in wrong:
            message = f"Container {short(container_id)} shows the approvalStatus {short(value)}."
            self.failed("APR-1", "unknown approvalStatus", message, seen)
        if not wrong:
            self.passed("APR-1", seen)


CHECKS: tuple[type[Check], ...] = (LegalApproval,)
