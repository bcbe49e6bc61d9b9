"""ERR-4: a malformed body and one that breaks the schema are refused as invalid."""

from __future__ import annotations

from conformance.checks.base import Check, on
from conformance.checks.wording import short
from conformance.contract.lifecycle import OPERATIONS_BY_STATE, Answer
from conformance.contract.validity import Validity
from conformance.history.facts import CallSettled, RegenerateSent, RejectSent, Wrote
from conformance.history.fields import status_of
from conformance.history.messages import ABOUT_THE_CALLER

OWNER = "owner"
NEVER_VALID = frozenset({Validity.INVALID, Validity.MALFORMED})
ABOUT_SOMETHING_ELSE = frozenset({404, 405, 409, 410, 415}) | ABOUT_THE_CALLER
"""Refusals that may come before a body is looked at, or for another reason, such as that a project is archived (open reading 33)."""


class InvalidBodiesRefused(Check):
    """ERR-4: the owner's malformed or ill-typed body is answered 400 or 422 with the code VALIDATION.

    Accepting one breaks CRE-9 or REG-6 as well, where they cover the operation.
    """

    judges = ("ERR-4",)

    @on(Wrote)
    def wrote(self, fact: Wrote) -> None:
        """Judge the answer to a body that breaks the documented types."""
        seen = fact.seen
        if seen.validity not in NEVER_VALID or seen.actor != OWNER or seen.status is None:
            return
        if not seen.names_one_thing or not (fact.container or seen.params.get("projectId") in self.ledger.projects):
            return
        if seen.status in {400, 422}:
            if seen.error_code == "VALIDATION":
                self.passed("ERR-4", seen)
            elif seen.error_code is not None:
                message = (
                    f"{seen.name()} refused an invalid body ({seen.invalid_because}) with {seen.status} and the code "
                    f"{short(seen.error_code)} instead of VALIDATION."
                )
                self.failed("ERR-4", "another code", message, seen)
        elif seen.ok or (seen.refused and seen.status not in ABOUT_SOMETHING_ELSE):
            message = f"{seen.name()} answered {seen.status} to a body that it should refuse as invalid ({seen.invalid_because})."
            self.failed("ERR-4", "accepted" if seen.ok else f"answered {seen.status}", message, seen)


class InvalidBodyBeforeConflict(Check):
    """ERR-4: an invalid body is not answered 409 where the container is at rest in a state that allows the call."""

    judges = ("ERR-4",)

    @on(CallSettled)
    def settled(self, fact: CallSettled) -> None:
        """Report a 409 where the container would have accepted a valid body."""
        call, wrote, stood = fact.seen, fact.wrote, fact.standing
        if call.status != 409 or stood is None or not isinstance(wrote, (RegenerateSent, RejectSent)):
            return
        if call.validity not in NEVER_VALID or not wrote.key.is_unused or call.actor != stood.container.owner:
            return
        container, shown = stood.container, stood.read.fields
        if stood.moved_before(call) or self.ledger.windows.archived(container.project_id):
            return
        status, approval = status_of(shown), shown.get("approvalStatus")
        if status is None or not isinstance(approval, str):
            return
        if OPERATIONS_BY_STATE.get((status, approval, call.operation_id)) is Answer.ALLOWED:
            message = (
                f"{call.name()} answered 409 to a body that it should refuse as invalid ({call.invalid_because}), although container "
                f"{container.id} was {status} and {approval}."
            )
            self.failed("ERR-4", "taken for a conflict", message, stood.read, call)


CHECKS: tuple[type[Check], ...] = (InvalidBodiesRefused, InvalidBodyBeforeConflict)
