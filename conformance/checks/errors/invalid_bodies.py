"""ERR-4: a body that breaks the schema is refused for that, where the container's state gives no other reason."""

from __future__ import annotations

from conformance.checks.base import Check, on
from conformance.contract.lifecycle import OPERATIONS_BY_STATE, Answer
from conformance.contract.validity import Validity
from conformance.history.facts import CallSettled, RegenerateSent, RejectSent
from conformance.history.fields import status_of

BROKEN = frozenset({Validity.INVALID, Validity.MALFORMED})


class BreachesTakenForConflicts(Check):
    """A 409 to a body that breaks the schema, sent to a container at rest that would take a valid one."""

    judges = ("ERR-4",)

    @on(CallSettled)
    def settled(self, fact: CallSettled) -> None:
        """Accuse where the container would have taken a valid body."""
        call, wrote, stood = fact.seen, fact.wrote, fact.standing
        if call.status != 409 or stood is None or not isinstance(wrote, (RegenerateSent, RejectSent)):
            return
        if call.validity not in BROKEN or not wrote.key.is_unused or call.actor != stood.container.owner:
            return
        container, shown = stood.container, stood.read.fields
        if stood.moved_before(call) or self.ledger.windows.archived(container.project_id):
            return
        status, approval = status_of(shown), shown.get("approvalStatus")
        if status is None or not isinstance(approval, str):
            return
        if OPERATIONS_BY_STATE.get((status, approval, call.operation_id)) is Answer.ALLOWED:
            message = (
                f"{call.name()} answered 409 to a body that it should refuse ({call.invalid_because}), though container "
                f"{container.id} was {status} and {approval}."
            )
            self.failed("ERR-4", "taken for a conflict", message, stood.read, call)


CHECKS: tuple[type[Check], ...] = (BreachesTakenForConflicts,)
