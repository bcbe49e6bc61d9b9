"""Judges of approve and reject: what a decision makes of a container, and where it must be refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from conformance.checks.findings import Check, Finding, failed, passed, verify
from conformance.checks.late import LateCheck
from conformance.checks.wording import short
from conformance.contract.lifecycle import OPERATIONS_BY_STATE, TERMINAL, Answer
from conformance.contract.validity import Validity
from conformance.history.causes import (
    Keys,
    Standing,
    causes,
    is_fresh_view,
    may_regenerate,
    standing,
    status_of,
    vouched,
)
from conformance.history.ledger import Container, Ledger
from conformance.history.observation import Observation
from conformance.history.requests import may_object_to_form

MAKES = {"rejectContent": "rejected", "approveContent": "approved"}


@dataclass(slots=True)
class Decision:
    """A successful approve or reject, and whether a read has shown it yet.

    `certain`: the container was seen pending and at rest before, so that the decision must show.
    """

    call: Observation
    makes: str
    certain: bool
    shown: bool = False

    def requirements(self) -> tuple[str, ...]:
        """Name what the next read is judged by: a reject's first read by REJ-1 too, a later one by APR-7 alone."""
        if self.makes == "approved":
            return ("APR-8",)
        return ("APR-7",) if self.shown else ("REJ-1", "APR-7")


class DecisionsShow(Check):
    """REJ-1, APR-7 and APR-8: a successful decision reads as such until another call may have moved it."""

    judges = ("REJ-1", "APR-7", "APR-8")

    def __init__(self) -> None:
        self._decisions: dict[str, Decision] = {}
        self._keys = Keys()

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Keep a decision, and judge what later reads show of it; where it need not show, once a read has shown it."""
        # Whether a key replays a decision is open: one that does decides nothing.
        fresh = seen.is_write and self._keys.is_fresh(seen)
        if fresh and seen.operation_id in MAKES and seen.ok and seen.authorized and not seen.may_regenerate:
            container_or_none = ledger.containers.get(seen.params["containerId"])
            stood = standing(container_or_none, seen)
            moving = stood is not None and may_regenerate(
                causes(stood.container, stood.read, seen.exchange.received_at, ledger, stood.unshown)
            )
            pending = stood is not None and stood.read.fields.get("approvalStatus") == "pending"
            if vouched(container_or_none) and (pending or stood is None or moving):
                certain = pending and not moving
                self._decisions[seen.params["containerId"]] = Decision(seen, MAKES[seen.operation_id], certain)
        if seen.container_view is None:
            return
        container = ledger.containers[seen.params["containerId"]]
        decision = self._decisions.get(container.id)
        if decision is not None and decision.call.precedes(seen):
            yield from self._judge(decision, container, seen, ledger)

    def _judge(self, decision: Decision, container: Container, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        approval = seen.fields.get("approvalStatus")
        others = [
            call
            for call in causes(container, decision.call, seen.exchange.received_at, ledger)
            if call is not decision.call
        ]
        if any(call.may_regenerate or call.operation_id in MAKES for call in others):
            del self._decisions[container.id]
            return
        if status_of(seen.fields) not in TERMINAL or not isinstance(approval, str):
            return
        if not (decision.certain or decision.shown):
            if not is_fresh_view(container, seen):
                return
            if approval != decision.makes:
                del self._decisions[container.id]
                return
        message = (
            f"Container {container.id} reads as {short(approval)} after it was {decision.makes}"
            f"{' and had read so' if decision.shown else ''}."
        )
        for name in decision.requirements():
            yield from verify(name, approval == decision.makes, message, decision.call, seen)
        decision.shown = decision.shown or approval == decision.makes
        if approval != decision.makes:
            del self._decisions[container.id]


class RejectingWhatCannotBeRejected(LateCheck[Standing]):
    """APR-9, and REJ-1 for a target without the operation: a reject is refused where the container's state forbids it."""

    judges = ("APR-9", "REJ-1")

    def look(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Keep a reject of a container at rest."""
        if seen.is_write and self._keys.is_fresh(seen) and seen.operation_id == "rejectContent":
            stood = standing(ledger.containers.get(seen.params["containerId"]), seen)
            honest = seen.validity in {Validity.PLAIN, Validity.VALID} and not seen.body.get("regenerate")
            if stood is not None and honest and seen.actor == stood.container.owner and not seen.may_object_to_form:
                self.keep(seen, stood)
        return ()

    def judge(self, call: Observation, stood: Standing, ledger: Ledger) -> Iterator[Finding]:
        """Judge the answer by the state that the container was in."""
        container, read = stood.container, stood.read
        if container.project_id is not None and ledger.windows.archived(container.project_id) and call.refused:
            return
        if call.status in {404, 405, 501}:
            yield failed("REJ-1", f"Rejecting container {container.id} was answered {call.status}.", read, call)
            return
        if stood.moved_before(call, ledger):
            return
        status, approval = status_of(read.fields), read.fields.get("approvalStatus")
        if status is None or not isinstance(approval, str):
            return
        answer = OPERATIONS_BY_STATE.get((status, approval, "rejectContent"))
        if answer is Answer.REFUSED:
            told = f"Rejecting container {container.id}, which is {approval}, was answered {call.status}"
            if call.ok or (call.status in {400, 410, 422} and call.validity is Validity.PLAIN):
                yield failed("APR-9", f"{told}, not 409.", read, call)
            elif call.status == 409 and call.error_code == "CONFLICT":
                yield passed("APR-9", read, call)
            elif call.status == 409:
                yield failed("APR-9", f"{told} with the code {short(call.error_code)}, not CONFLICT.", read, call)
        elif answer is Answer.ALLOWED and call.validity is Validity.PLAIN and call.status in {400, 409, 410, 422}:
            yield failed(
                "REJ-1",
                f"Rejecting container {container.id}, which is {approval}, was answered {call.status}.",
                read,
                call,
            )


DECIDING_CHECKS: tuple[type[Check], ...] = (DecisionsShow, RejectingWhatCannotBeRejected)
