"""APR-2, APR-7 and APR-8: what the answer of a successful decision shows, and of which container (open reading 25)."""

from __future__ import annotations

from conformance.checks.approval.policy import DECISIONS_BY_OPERATION
from conformance.checks.base import Check, on
from conformance.checks.wording import short
from conformance.contract.lifecycle import APPROVAL_STATUSES
from conformance.history.facts import ApproveSent, CallSettled, DecisionSent
from conformance.history.fields import status_of

_REQUIREMENTS = {"rejectContent": "APR-7", "approveContent": "APR-8"}


class DecisionAnswers(Check):
    """The answer of a decision on a pending container at rest shows what it has decided, and the status that the container had."""

    judges = ("APR-2", "APR-7", "APR-8")

    @on(CallSettled)
    def settled(self, fact: CallSettled) -> None:
        """Judge an answer, unless it may be that of an earlier call, or another call may have moved the container meanwhile."""
        call, stood, wrote = fact.seen, fact.standing, fact.wrote
        if not isinstance(wrote, DecisionSent) or stood is None or call.status != 200 or not call.authorized:
            return
        # A target whose reads lag may read what it answers with.
        if wrote.key.may_replay or call.may_regenerate or self.ledger.facts.read_lag or stood.moved_before(call):
            return
        container_id, old = stood.container.id, stood.read.fields
        approval, made = call.fields.get("approvalStatus"), DECISIONS_BY_OPERATION[call.operation_id]
        if (
            old.get("approvalStatus") == "pending"
            and isinstance(approval, str)
            and approval in APPROVAL_STATUSES - {made}
        ):
            message = (
                f"{call.name()} on container {container_id} was answered with the approvalStatus {short(approval)}."
            )
            self.failed(_REQUIREMENTS[call.operation_id], "answered otherwise", message, stood.read, call)
        status = status_of(call.fields)
        if call.fields.get("id") == container_id and status is not None and status != old.get("status"):
            message = f"{call.name()} was answered with the status {status} of container {container_id}, which was {old['status']}."
            self.failed("APR-2", "changed status in its answer", message, stood.read, call)


class ApproveNamesItsContainer(Check):
    """APR-8: the answer to an approve speaks of the container that was approved, whatever its key was used for before."""

    judges = ("APR-8",)

    @on(ApproveSent)
    def approve(self, fact: ApproveSent) -> None:
        """Judge the container that a successful answer names, where it is another one that answers have shown."""
        seen, container = fact.seen, fact.container
        shown = seen.fields.get("id")
        named = self.ledger.containers.get(shown) if seen.ok and seen.authorized and isinstance(shown, str) else None
        if container is not None and named not in {None, container} and not {shown, container.id} & self.ledger.unclear:
            message = f"Approving container {container.id} was answered with container {shown}."
            self.failed("APR-8", "answers for another container", message, seen)


CHECKS: tuple[type[Check], ...] = (DecisionAnswers, ApproveNamesItsContainer)
