"""APR-2 and APR-7 to APR-9: what an approve or a reject changes and answers, that later reads show it, and when a reject is refused."""

from __future__ import annotations

from typing import Any

from conformance.checks.approval.policy import DECISIONS_BY_OPERATION
from conformance.checks.base import Check, changes, on, short
from conformance.checks.shared import DecisionShows, NamesItsContainer, RejectAnswers
from conformance.contract.lifecycle import APPROVAL_STATUSES, Answer
from conformance.contract.validity import Validity
from conformance.history.containers import Container
from conformance.history.facts import ApproveSent, CallSettled, Changed, DecisionSent, RejectSent
from conformance.history.fields import assets_of, kept, lost, status_of
from conformance.history.observation import Observation
from conformance.history.windows import Standing
from conformance.history.writes import DECISIONS

UNCHANGED = ("status", "assets", "captions", "brief")
"""The fields that a decision does not change."""


class DecisionsChangeNothingElse(Check):
    """APR-2: between two reads with only accepted decisions between, nothing but approvalStatus changes."""

    judges = ("APR-2",)

    @on(Changed)
    def changed(self, fact: Changed) -> None:
        change = fact.change
        calls = change.causes
        if not calls or not change.container.is_vouched or not all(map(_is_decision, calls)):
            return
        if change.may_move_alone:
            moved = ["brief"] if lost(change.old("brief"), change.new("brief")) else []
            moved += (
                ["status"] if change.new("status") == "canceled" and not self._may_be_canceled(change.container) else []
            )
        else:
            moved = [
                name
                for name in UNCHANGED
                if not kept(name, _lasting(name, change.old(name)), _lasting(name, change.new(name)))
            ]
        if not moved:
            self.passed("APR-2", change.before, *calls, change.after)
            return
        done = " and ".join(
            sorted({"a reject" if call.operation_id == "rejectContent" else "an approve" for call in calls})
        )
        changed = changes(change.values_of(moved))
        message = f"{done[:1].upper() + done[1:]} changed the {changed} of container {change.container.id}."
        self.failed_by("APR-2", f"changed {' and '.join(moved)}", message, change, *calls)

    def _may_be_canceled(self, container: Container) -> bool:
        """Return whether a call may ever have cancelled or superseded a generation of a container, or archived its project."""
        is_stopped = any(call.operation_id == "cancelJob" or call.may_regenerate for call in container.influences)
        return is_stopped or self.ledger.windows.archived(container.project_id)


def _is_decision(call: Observation) -> bool:
    return call.ok and call.operation_id in DECISIONS and not call.may_regenerate


def _lasting(name: str, value: Any) -> Any:
    # AST-2 judges the URLs of assets.
    if name == "assets":
        return [{**asset, "url": None} for asset in assets_of({"assets": value})]
    return value


class RejectStands(DecisionShows):
    """APR-7: a rejected container reads as rejected."""

    judges = ("APR-7",)
    makes = "rejected"


class ApproveStands(DecisionShows):
    """APR-8: an approved container reads as approved."""

    judges = ("APR-8",)
    makes = "approved"


class RejectNeedsPending(RejectAnswers):
    """APR-9: a reject of a container that is not pending is refused with 409 CONFLICT."""

    judges = ("APR-9",)

    def judge(self, call: Observation, stood: Standing, stated: Answer) -> None:
        """Judge the answer to a reject that the documents refuse."""
        if stated is not Answer.REFUSED:
            return
        read, container_id = stood.read, stood.container.id
        start = (
            f"Rejecting container {container_id}, which is {read.fields['approvalStatus']}, was answered {call.status}"
        )
        if call.ok or (call.status in {400, 410, 422} and call.validity is Validity.PLAIN):
            self.failed("APR-9", "not 409", f"{start}, not 409.", read, call)
        elif call.status == 409 and call.error_code == "CONFLICT":
            self.passed("APR-9", read, call)
        elif call.status == 409:
            message = f"{start} with the code {short(call.error_code)}, not CONFLICT."
            self.failed("APR-9", "another code", message, read, call)


class RejectsNotTwice(Check):
    """APR-9: of two rejects of what was pending, one finds it rejected, in whatever order they are done."""

    judges = ("APR-9",)

    def __init__(self) -> None:
        self._accepted: dict[str, tuple[Observation, Standing]] = {}

    @on(CallSettled)
    def settled(self, fact: CallSettled) -> None:
        """Judge a plain reject that was accepted by an earlier one that was, where no other call may have made the container pending again."""
        call, stood, wrote = fact.seen, fact.standing, fact.wrote
        if not isinstance(wrote, RejectSent) or stood is None or stood.read.fields.get("approvalStatus") != "pending":
            return
        if call.status != 200 or not call.authorized or call.may_regenerate:
            return
        # A key may count (open reading 15), and what lags may lead a target astray, as it does its callers.
        if wrote.key.may_replay or self.ledger.facts.read_lag:
            return
        container_id = stood.container.id
        first, before = self._accepted.get(container_id, (None, None))
        self._accepted[container_id] = (call.evidence, stood)
        if first is None or before is None or before.read is not stood.read:
            return
        until = max(first.exchange.received_at, call.exchange.received_at)
        if {other.exchange.id for other in stood.causes_until(until)} <= {first.exchange.id, call.exchange.id}:
            message = f"Two rejects of container {container_id}, which was pending, were both answered {call.status}."
            self.failed("APR-9", "both accepted", message, stood.read, first, call)


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


class ApproveNamesItsContainer(NamesItsContainer):
    """APR-8: the answer to an approve speaks of the container that was approved, whatever its key was used for before."""

    judges = ("APR-8",)

    @on(ApproveSent)
    def approve(self, fact: ApproveSent) -> None:
        self.judge(fact, "Approving", "id", "APR-8")
