"""What a call with a key that was used before is answered, and does (IDM-1 to IDM-4, IDM-6, IDM-11 to IDM-14)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from conformance.checks.base import Check, on
from conformance.checks.findings import Difference, in_answer, in_status
from conformance.checks.shared import RepeatsStartNothing
from conformance.contract.document import IDEMPOTENCY_CONFLICT
from conformance.contract.validity import Validity
from conformance.history.facts import KeyedCallSettled, KeyNeverAccepted, KeyUsed
from conformance.history.keyed_calls import MARGIN, WINDOW, GeneratingCall, KeyedCall, Relation
from conformance.history.messages import ABOUT_THE_CALLER
from conformance.history.windows import Standing, is_same_request

FAR = 3_600.0
"""Seconds of a moved clock from which a lost replay is a matter of the window."""
_PASSING_TROUBLE = (401, 408, 429)
_MUST_BE_ACCEPTED = frozenset({Validity.PLAIN, Validity.VALID})


def _what(call: GeneratingCall) -> str:
    return f"{call.seen.operation_id} with job {(call.job_id or '')[:80]}"


def _answered(call: GeneratingCall) -> str:
    code = call.code
    return f"{call.seen.status} {code[:80]}" if code else str(call.seen.status)


def _answer_kind(call: GeneratingCall) -> str:
    return f"answered {call.seen.status}"


def _named(call: GeneratingCall) -> str:
    return f"job {(call.job_id or '')[:80]} and container {(call.container_id or '')[:80]}"


class KeysReplayOneAnswer(Check):
    """A key and a body stand for one answer for 24 hours."""

    judges = ("IDM-1", "IDM-2", "IDM-3", "IDM-4", "IDM-6", "IDM-11", "IDM-12", "IDM-13", "IDM-14")

    def __init__(self) -> None:
        self._conflicts: dict[GeneratingCall, GeneratingCall] = {}

    @on(KeyUsed)
    def used(self, fact: KeyUsed) -> None:
        keyed = fact.keyed
        call, original, relation = keyed.call, keyed.original, keyed.relation
        status = call.seen.status
        if status is None or status > 500 or status in _PASSING_TROUBLE or relation is Relation.UNKNOWN:
            return
        if call.seen.refused and self._is_archived(call):
            return
        if original is None:
            if status != 500:
                self._after_refusal(keyed)
            if call.is_accepted:
                self._first_accepted(keyed)
        elif relation is Relation.AFTER_WINDOW:
            if not _may_be_locked(keyed):
                self._after_window(keyed, original)
        elif relation is Relation.PARALLEL:
            self._parallel(call, original, was_answered=keyed.was_answered)
            twin = keyed.slot.twin_of(call)
            if twin is not None and not call.body.same_value(original.body):
                # Two bodies were both accepted: each has retries of its own.
                self._parallel(call, twin, was_answered=call.answer == twin.answer)
        elif status != 500 and not _may_be_locked(
            keyed
        ):  # ERR-1 tells of a 500, and nobody knows what came of the call
            self._used_again(keyed, original)

    @on(KeyedCallSettled)
    def settled(self, fact: KeyedCallSettled) -> None:
        """Judge a refusal, unless another call was under way with it, which may have locked the key (open reading 12)."""
        keyed = fact.keyed
        call, original = keyed.call, keyed.original
        if original is None or not _may_be_locked(keyed) or keyed.slot.overlaps(call):
            return
        if self._is_archived(call):
            return
        if keyed.relation is Relation.AFTER_WINDOW:
            self._after_window(keyed, original)
        else:
            self._used_again(keyed, original, fact.standing)

    @on(KeyNeverAccepted)
    def never_accepted(self, fact: KeyNeverAccepted) -> None:
        self._none_accepted(fact.calls)

    def _none_accepted(self, calls: Sequence[GeneratingCall]) -> None:
        """Accuse where parallel retries refused each other, so that they made nothing; a later one may have."""
        if len(calls) < 2:
            return
        first, second = calls[0], calls[1]
        each_refused = all(
            call.seen.status == 409 and call.seen.validity is Validity.PLAIN and call.body.raw == first.body.raw
            for call in calls
        )
        is_parallel = not first.seen.precedes(second.seen)
        if each_refused and is_parallel and first.is_create and not self._is_archived(first):
            message = f"Of {len(calls)} parallel calls with one key and body, none was accepted."
            self.failed("IDM-6", "none accepted", message, first.seen, second.seen)

    def _first_accepted(self, keyed: KeyedCall) -> None:
        """Judge the calls before the first accepted one: those that were under way with it, and those that refused each other before."""
        call, before = keyed.call, keyed.slot.before
        if keyed.uses == 1 and not keyed.is_disturbed:
            self._none_accepted([earlier for earlier in before if earlier.seen.precedes(call.seen)])
        for earlier in before:
            status = earlier.seen.status
            if (
                not earlier.seen.precedes(call.seen)
                and status is not None
                and status <= 500
                and status not in _PASSING_TROUBLE
            ):
                self._parallel(earlier, call, was_answered=False)

    def _is_archived(self, call: GeneratingCall) -> bool:
        if call.is_create:
            return self.ledger.windows.archived(call.path)
        container = self.ledger.containers.get(call.path)
        return container is not None and self.ledger.windows.archived(container.project_id)

    def _used_again(self, keyed: KeyedCall, original: GeneratingCall, standing: Standing | None = None) -> None:
        if keyed.relation is Relation.REPLAY:
            self._replay(keyed, original)
        else:
            self._conflict(keyed.call, original, standing)

    def _replay(self, keyed: KeyedCall, original: GeneratingCall) -> None:
        call, conflict = keyed.call, self._conflicts.get(original)
        evidence = (original.seen, *((conflict.seen,) if conflict else ()), call.seen)
        is_exact = call.body.raw == original.body.raw
        if keyed.was_answered:
            for requirement in self._held(call, original, is_exact=is_exact):
                self.passed(requirement, *evidence)
            if is_exact:
                # The conflict has proved harmless, so that what is lost later is lost for another reason.
                self._conflicts.pop(original, None)
            return
        is_new = call.seen.ok and call.job_id is not None and not call.same_ids(original)
        if not is_exact and not call.seen.ok:
            if call.seen.status == 409 or _is_refused_create(call):
                message = (
                    f"A body with the same JSON value as that of {_what(original)} was answered {_answered(call)}."
                )
                self.failed("IDM-13", "refused", message, *evidence)
            return
        broken = (("IDM-1", "IDM-2") if is_exact else ("IDM-2",)) if is_new else ("IDM-1",)
        if not original.is_create:
            broken = ("IDM-11",)
        elif conflict is not None and (is_new or not call.seen.ok):
            broken = ("IDM-4",)
        if call.clock - original.clock >= FAR:
            broken = ("IDM-12",)
        kind, message, at = _lost(original, call, is_new=is_new)
        for requirement in broken:
            self.failed(requirement, kind, message, *evidence, at=at)

    def _held(self, call: GeneratingCall, original: GeneratingCall, *, is_exact: bool) -> Iterator[str]:
        if not is_exact:
            yield "IDM-13"
            return
        yield from ("IDM-1", "IDM-2") if original.is_create else ("IDM-11",)
        if original in self._conflicts and original.is_create:
            yield "IDM-4"
        if call.clock > original.clock and call.earliest_age(original) >= WINDOW - FAR:
            yield "IDM-12"

    def _conflict(self, call: GeneratingCall, original: GeneratingCall, standing: Standing | None) -> None:
        requirement = "IDM-3" if original.is_create else "IDM-11"
        if call.seen.status == 409 and call.code == IDEMPOTENCY_CONFLICT:
            self._conflicts[original] = call
            self.passed(requirement, original.seen, call.seen)
            return
        if call.seen.validity is Validity.UNCLEAR:
            return
        is_valid = call.seen.validity in _MUST_BE_ACCEPTED
        if call.seen.ok:
            if not is_valid and not (call.job_id is not None and call.same_ids(original)):
                return
            is_new = call.job_id is not None and not call.same_ids(original)
            if is_new and call.clock - original.clock >= FAR:
                requirement = "IDM-12"
            how = "and started another job" if is_new else "as if it were the first body"
            message = f"Another body under the key of {_what(original)} was answered {call.seen.status} {how}."
            kind = "another body accepted" if is_new else "another body replayed"
        elif call.seen.status == 409:
            # A regeneration in flight may refuse another one before it looks at the key (open reading 6).
            if not is_valid or (
                original.seen.operation_id == "regenerateContent" and not _is_at_rest(call, original, standing)
            ):
                return
            code = call.code or "no code"
            message = f"Another body under the key of {_what(original)} was answered 409 with {code[:80]}, not {IDEMPOTENCY_CONFLICT}."
            kind = "another code"
        elif (call.seen.status in {400, 422} and call.seen.validity is Validity.PLAIN) or _is_refused_create(call):
            message = f"Another valid body under the key of {_what(original)} was answered {_answered(call)}, not 409."
            kind = _answer_kind(call)
        else:
            return
        self.failed(requirement, kind, message, original.seen, call.seen)

    def _parallel(self, call: GeneratingCall, original: GeneratingCall, *, was_answered: bool) -> None:
        evidence = (original.seen, call.seen)
        if call.body.same_value(original.body):
            requirement = "IDM-6" if original.is_create else "IDM-11"
            if was_answered or call.seen.status == 409:
                self.passed(requirement, *evidence)
            elif call.is_accepted:
                message = f"A retry in parallel to {_what(original)} was accepted with another answer: {_named(call)}."
                self.failed(requirement, "parallel retry accepted anew", message, *evidence)
            elif call.body.raw == original.body.raw and (
                call.seen.ok or call.seen.status in {400, 404, 422, 500} or _is_refused_create(call)
            ):
                message = f"A retry in parallel to {_what(original)} was answered {_answered(call)}."
                self.failed(requirement, f"parallel retry {_answer_kind(call)}", message, *evidence)
        elif call.is_accepted and call.body.differs(original.body) and call.seen.validity in _MUST_BE_ACCEPTED:
            requirement = "IDM-3" if original.is_create else "IDM-11"
            message = f"Two different bodies under one key were both accepted, one as {_what(original)}."
            self.failed(requirement, "parallel bodies both accepted", message, *evidence)

    def _after_window(self, keyed: KeyedCall, original: GeneratingCall) -> None:
        call, evidence = keyed.call, (original.seen, keyed.call.seen)
        hours = f"{call.earliest_age(original) / 3600:.2f} hours after {_what(original)}"
        is_new = call.job_id != original.job_id
        if call.is_accepted and is_new and call.is_create and call.container_id == original.container_id:
            message = f"A key was not free again {hours}: the call was answered with the same container."
            self.failed("IDM-12", "same container after the window", message, *evidence)
        elif call.is_accepted and is_new:
            self.passed("IDM-12", *evidence)
        elif call.is_accepted:
            message = f"A key was not free again {hours}: the call was a replay."
            self.failed("IDM-12", "replayed after the window", message, *evidence)
        elif (
            call.seen.status == 409
            and (call.code == IDEMPOTENCY_CONFLICT or _is_refused_create(call))
            and not keyed.slot.taken_since(original, WINDOW - MARGIN)
        ):
            message = f"A key was not free again {hours}: the call was answered {_answered(call)}."
            self.failed("IDM-12", "conflict after the window", message, *evidence)

    def _after_refusal(self, keyed: KeyedCall) -> None:
        call, refused = keyed.call, keyed.refused
        if refused is None or keyed.is_disturbed or call.seen.validity not in _MUST_BE_ACCEPTED:
            return
        if not refused.seen.precedes(call.seen):
            return
        if call.is_accepted:
            self.passed("IDM-14", refused.seen, call.seen)
        elif keyed.uses == 1 and (
            # A conflict of keys has nothing to do with what is unusual in a body.
            (call.seen.status == 409 and call.code == IDEMPOTENCY_CONFLICT)
            or (call.seen.status in {400, 422} and call.seen.validity is Validity.PLAIN)
        ):
            message = f"A valid call was answered {_answered(call)}, though its key had only carried an invalid one."
            self.failed("IDM-14", _answer_kind(call), message, refused.seen, call.seen)


def _is_at_rest(call: GeneratingCall, original: GeneratingCall, standing: Standing | None) -> bool:
    """Return whether the container of a regeneration had surely completed, so that only its key is a reason for a conflict (open reading 26).

    A replay of the original starts nothing.
    """
    if standing is None or standing.read.fields.get("status") != "completed":
        return False
    first = original.seen
    return all(
        other is call.seen or (first.precedes(other) and is_same_request(other, first))
        for other in standing.causes_until(call.seen.exchange.received_at)
    )


def _may_be_locked(keyed: KeyedCall) -> bool:
    """Return whether a refusal may come from a lock that another call with the key held meanwhile."""
    call = keyed.call
    if call.seen.status != 409:
        return False
    if keyed.relation is Relation.OTHER_BODY:
        return call.code != IDEMPOTENCY_CONFLICT
    return keyed.relation in {Relation.REPLAY, Relation.AFTER_WINDOW}


def _is_refused_create(call: GeneratingCall) -> bool:
    """Return whether a create that no target has a reason to refuse, as its project took one before, was refused for what it asks."""
    seen = call.seen
    return (
        call.is_create
        and seen.refused
        and seen.validity is Validity.PLAIN
        and seen.status not in ABOUT_THE_CALLER
        and seen.is_ordinary
        and not seen.query
    )


def _lost(original: GeneratingCall, call: GeneratingCall, *, is_new: bool) -> tuple[str, str, Difference]:
    """Return what became of a lost replay, as a kind and as a sentence, and the place where it shows."""
    what = f"A replay of {_what(original)} was answered"
    if is_new:
        at = in_answer(call.seen, "jobId", expected=original.job_id, body=call.answer)
        return (
            "started anew",
            f"{what} with {_named(call)}, not with container {(original.container_id or '')[:80]}.",
            at,
        )
    if call.seen.status != original.seen.status:
        at = in_status(call.seen, original.seen.status)
        return _answer_kind(call), f"{what} {_answered(call)}, not with the original 202.", at
    answer = call.answer if isinstance(call.answer, dict) else {}
    names = [name for name in original.answer if answer.get(name, ...) != original.answer[name]]
    names += [name for name in answer if name not in original.answer]
    at = in_answer(call.seen, *names[:1], expected=original.answer.get(names[0]) if names else None, body=call.answer)
    return "another body", f"{what} 202, but another body than the original: {', '.join(names)[:80]} differ.", at


class ReplaysStartNothing(RepeatsStartNothing):
    """IDM-2 and IDM-11: a replay starts nothing."""

    judges = ("IDM-2", "IDM-11")
    requirements: ClassVar = {"createContent": "IDM-2", "regenerateContent": "IDM-11", "cloneFromPost": "IDM-11"}
