"""What APR-9 and REJ-1 have in common: how a reject of a container at rest is answered."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from conformance.checks.base import Check, on
from conformance.contract.lifecycle import OPERATIONS_BY_STATE, Answer
from conformance.contract.validity import Validity
from conformance.history.facts import CallSettled, RejectSent
from conformance.history.observation import Observation
from conformance.history.windows import Standing


class RejectAnswers(Check):
    """Judges by the one requirement in `judges` a valid reject, without regeneration, of a container at rest by its owner."""

    judges: ClassVar[tuple[str, ...]]

    @on(CallSettled)
    def settled(self, fact: CallSettled) -> None:
        """Judge a reject by the state of its container."""
        call, stood = fact.seen, fact.standing
        if stood is None or not isinstance(fact.wrote, RejectSent):
            return
        # What a key was used for elsewhere may explain a refusal; only what it was used for here explains a success.
        key = fact.wrote.key
        if key.may_replay or not (call.ok or key.is_unused):
            return
        if call.validity not in {Validity.PLAIN, Validity.VALID} or call.body.get("regenerate"):
            return
        if call.actor != stood.container.owner or call.may_object_to_form:
            return
        if not (call.refused and self.ledger.windows.archived(stood.container.project_id)):
            self.judge(call, stood, _stated(call, stood))

    @abstractmethod
    def judge(self, call: Observation, stood: Standing, stated: Answer) -> None:
        """Judge the answer; `stated` is what the documents say of a reject in the container's state, EITHER where that is not known."""


def _stated(call: Observation, stood: Standing) -> Answer:
    status, approval = stood.read.fields.get("status"), stood.read.fields.get("approvalStatus")
    if not isinstance(status, str) or not isinstance(approval, str) or stood.moved_before(call):
        return Answer.EITHER
    return OPERATIONS_BY_STATE.get((status, approval, "rejectContent"), Answer.EITHER)
