"""AUT-3 and AUT-4: a call that was refused to whoever has no right has not used up its Idempotency-Key for those who have one."""

from __future__ import annotations

from collections import defaultdict

from conformance.checks.base import Check, failure, on
from conformance.checks.findings import Finding
from conformance.contract.document import GENERATING_OPERATIONS, IDEMPOTENCY_CONFLICT
from conformance.contract.validity import Validity
from conformance.history.facts import Called, CallSettled, RefusedKeyUsed, Wrote
from conformance.history.observation import Observation


class RefusedCallsTakeNoKey(Check):
    """The first valid call with a key, after others were refused with it, is neither a conflict nor answered with their refusal."""

    judges = ("AUT-3", "AUT-4")

    def __init__(self) -> None:
        self._waiting: dict[str, list[Finding]] = defaultdict(list)
        self._conflicts: dict[tuple[str, str | None], tuple[Observation, Finding]] = {}

    @on(RefusedKeyUsed)
    def used(self, fact: RefusedKeyUsed) -> None:
        """Judge the first call with the key by an organization that has the right to make it."""
        call, refused = fact.seen, fact.refused
        # Whether a key counts on other calls is open (open reading 15).
        if call.operation_id not in GENERATING_OPERATIONS or call.validity not in {Validity.PLAIN, Validity.VALID}:
            return
        requirement = "AUT-4" if refused.authorized else "AUT-3"
        told = f"{refused.name()} was refused with {refused.status} to whoever had no right, but {call.name()} by who has one"
        if call.ok:
            self.passed(requirement, refused, call)
        elif call.error_code == IDEMPOTENCY_CONFLICT:
            message = f"{told} met a conflict with its Idempotency-Key."
            finding = failure(requirement, "key taken", message, refused, call.evidence)
            self._conflicts[call.actor, call.idempotency_key] = call.evidence, finding
        elif call.status in {401, 403} and fact.is_same_answer:
            # The key of an organization may have been withdrawn, which its next call tells.
            message = f"{told} was answered {call.status} with the same body, under the same Idempotency-Key."
            self._waiting[call.actor].append(failure(requirement, "refusal replayed", message, refused, call.evidence))

    @on(Wrote)
    def wrote(self, fact: Wrote) -> None:
        """Drop a conflict that another call of the organization with the key may have brought about, since both were under way together."""
        place = fact.seen.actor, fact.seen.idempotency_key
        call, _ = self._conflicts.get(place, (None, None))
        if call is not None and not call.precedes(fact.seen) and fact.seen.exchange.id != call.exchange.id:
            del self._conflicts[place]

    @on(CallSettled)
    def settled(self, fact: CallSettled) -> None:
        """Report a conflict that no other call of the organization can have brought about."""
        place = fact.seen.actor, fact.seen.idempotency_key
        call, finding = self._conflicts.get(place, (None, None))
        if finding is not None and call is not None and call.exchange.id == fact.seen.exchange.id:
            del self._conflicts[place]
            self.findings.add(finding)

    @on(Called)
    def called(self, fact: Called) -> None:
        """Report what waited for a call that shows that the organization's key is a good one."""
        if fact.seen.ok and fact.seen.actor in self._waiting:
            for finding in self._waiting.pop(fact.seen.actor):
                self.findings.add(finding)


CHECKS: tuple[type[Check], ...] = (RefusedCallsTakeNoKey,)
