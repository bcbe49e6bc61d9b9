"""What a call with a key that was used before is answered (IDM-1 to IDM-4, IDM-6, IDM-11 to IDM-14)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.checks.findings import Check, Finding, failed, passed
from conformance.checks.late import LateCheck
from conformance.contract.validity import Validity
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.replays import Call, Slot, SlotKey, call_of, is_generating, slot_key

DAY = 86_400.0
MARGIN = 1.0
"""Seconds on either side of the 24 hours in which nobody can say whether a key is still taken."""
FAR = 3_600.0
"""Seconds of a moved clock from which a lost replay is a matter of the window."""
CONFLICT_CODE = "IDEMPOTENCY_CONFLICT"
_PASSING_TROUBLE = (401, 408, 429)
_MUST_BE_ACCEPTED = frozenset({Validity.PLAIN, Validity.VALID})


def _is_create(call: Call) -> bool:
    return call.seen.operation_id == "createContent"


def _what(call: Call) -> str:
    return f"{call.seen.operation_id} with job {(call.job_id or '')[:80]}"


def _answered(call: Call) -> str:
    code = call.code
    return f"{call.seen.status} {code[:80]}" if code else str(call.seen.status)


@dataclass(frozen=True, slots=True)
class Refused:
    """A 409 to a call that should have been replayed, or refused with another code, and what it was judged against."""

    slot: Slot
    original: Call
    call: Call


class Replaying(LateCheck[Refused]):
    """A key and a body stand for one answer for 24 hours."""

    judges = ("IDM-1", "IDM-2", "IDM-3", "IDM-4", "IDM-6", "IDM-11", "IDM-12", "IDM-13", "IDM-14")

    def __init__(self) -> None:
        super().__init__()
        self._slots: dict[SlotKey, Slot] = {}
        self._uses: Counter[tuple[str, str]] = Counter()
        self._moved_until = float("-inf")

    def look(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Judge one generating call by the earlier calls with its key, and keep a refusal."""
        if seen.advanced_seconds is not None:
            self._moved_until = max(self._moved_until, seen.exchange.received_at)
        if seen.advanced_seconds is not None and not seen.ok and not seen.refused:
            # Nobody knows by how much the clock has moved, so no key's age is known any more.
            self._slots.clear()
        key = slot_key(call := call_of(seen, ledger)) if is_generating(seen) else None
        if key is None:
            if seen.is_write and seen.key is not None:
                # Whether a key counts on other calls is open (reading 15).
                self._uses[seen.actor, seen.key] += 1
            return
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = Slot()
            self._uses[key[0], key[3]] += 1
        # While a test clock is being moved, nobody can say how old a key is.
        is_timed = seen.exchange.sent_at >= self._moved_until
        if is_timed and seen.status is not None and seen.status <= 500 and seen.status not in _PASSING_TROUBLE:
            yield from self._judge(slot, key, call, ledger)
        self._update(slot, call)

    def _judge(self, slot: Slot, key: SlotKey, call: Call, ledger: Ledger) -> Iterator[Finding]:
        original = slot.original
        if call.seen.refused and self._is_archived(call, ledger):
            return
        if original is None and call.seen.status == 500:
            return
        if original is None:
            yield from self._after_refusal(slot, key, call)
        elif call.earliest_age(original) >= DAY + MARGIN:
            yield from self._after_window(slot, original, call)
        elif not original.seen.precedes(call.seen):
            yield from self._parallel(slot, original, call)
        elif call.seen.status == 500:
            return  # ERR-1 tells of it, and nobody knows what came of the call
        elif call.latest_age(original) > DAY - MARGIN:
            return
        elif call.seen.status == 409 and (call.code != CONFLICT_CODE or call.body.same_value(original.body)):
            self.keep(call.seen, Refused(slot, original, call))
        else:
            yield from self._used_again(slot, original, call)

    def judge(self, call: Observation, known: Refused, ledger: Ledger) -> Iterator[Finding]:  # noqa: ARG002 - the base's signature
        """Judge a refusal, unless another call was under way with it, which may have locked the key (open reading 12)."""
        if not known.slot.overlaps(known.call):
            yield from self._used_again(known.slot, known.original, known.call)

    def _used_again(self, slot: Slot, original: Call, call: Call) -> Iterator[Finding]:
        if call.body.same_value(original.body):
            yield from self._replay(slot, original, call)
        elif call.body.differs(original.body) or call.seen.validity is Validity.MALFORMED:
            yield from self._conflict(slot, original, call)

    def _is_archived(self, call: Call, ledger: Ledger) -> bool:
        container = ledger.containers.get(call.path)
        project_id = call.path if _is_create(call) else (container.project_id if container else None)
        return project_id is not None and ledger.windows.archived(project_id)

    def _update(self, slot: Slot, call: Call) -> None:
        status = call.seen.status
        slot.recent.append(call)
        if call.accepted:
            original = slot.original
            is_over = original is not None and call.latest_age(original) > DAY - MARGIN
            if original is None or (is_over and not call.same_ids(original)):
                slot.restart(call)
            elif call.answer not in slot.answers:
                slot.answers.append(call.answer)
            slot.calls.clear()
        elif slot.original is None:
            slot.disturbed = slot.disturbed or status is None or status >= 500
            slot.calls.append(call)
            if status in {400, 422} and call.seen.validity in {Validity.INVALID, Validity.MALFORMED}:
                slot.refused = call

    def _replay(self, slot: Slot, original: Call, call: Call) -> Iterator[Finding]:
        evidence = (original.seen, *((slot.conflict.seen,) if slot.conflict else ()), call.seen)
        is_exact = call.body.raw == original.body.raw
        if call.accepted and call.answer in slot.answers:
            yield from (passed(name, *evidence) for name in self._held(slot, original, call, is_exact=is_exact))
            if is_exact:
                # The conflict has proved harmless, so that what is lost later is lost for another reason.
                slot.conflict = None
            return
        is_new = call.seen.ok and call.job_id is not None and not call.same_ids(original)
        broken = (("IDM-1", "IDM-2") if is_exact else ("IDM-2",)) if is_new else ("IDM-1",)
        if not _is_create(original):
            broken = ("IDM-11",)
        elif slot.conflict is not None and (is_new or not call.seen.ok):
            broken = ("IDM-4",)
        if call.clock - original.clock >= FAR:
            broken = ("IDM-12",)
        if not is_exact and not call.seen.ok:
            if call.seen.status == 409:
                message = (
                    f"A body with the same JSON value as that of {_what(original)} was answered {_answered(call)}."
                )
                yield failed("IDM-13", message, *evidence)
            return
        message = self._lost(original, call, is_new=is_new)
        yield from (failed(requirement, message, *evidence) for requirement in broken)

    def _held(self, slot: Slot, original: Call, call: Call, *, is_exact: bool) -> Iterator[str]:
        if not is_exact:
            yield "IDM-13"
            return
        yield from ("IDM-1", "IDM-2") if _is_create(original) else ("IDM-11",)
        if slot.conflict is not None and _is_create(original):
            yield "IDM-4"
        if call.clock > original.clock and call.earliest_age(original) >= DAY - FAR:
            yield "IDM-12"

    def _lost(self, original: Call, call: Call, *, is_new: bool) -> str:
        what = f"A replay of {_what(original)} was answered"
        if is_new:
            named = f"job {(call.job_id or '')[:80]} and container {(call.container_id or '')[:80]}"
            return f"{what} with {named}, not with container {(original.container_id or '')[:80]}."
        if call.seen.status != original.seen.status:
            return f"{what} {_answered(call)}, not with the original 202."
        names = [name for name in original.answer if self._field(call, name) != original.answer[name]]
        names += [name for name in call.answer if name not in original.answer] if isinstance(call.answer, dict) else []
        return f"{what} 202, but another body than the original: {', '.join(names)[:80]} differ."

    def _field(self, call: Call, name: str) -> object:
        return call.answer.get(name, ...) if isinstance(call.answer, dict) else ...

    def _conflict(self, slot: Slot, original: Call, call: Call) -> Iterator[Finding]:
        requirement = "IDM-3" if _is_create(original) else "IDM-11"
        is_conflict = call.seen.status == 409 and call.code == CONFLICT_CODE
        if is_conflict:
            slot.conflict = call
            yield passed(requirement, original.seen, call.seen)
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
        elif call.seen.status == 409:
            # A regeneration in flight may refuse another one before it looks at the key (open reading 6).
            if not is_valid or original.seen.operation_id == "regenerateContent":
                return
            code = call.code or "no code"
            message = f"Another body under the key of {_what(original)} was answered 409 with {code[:80]}, not {CONFLICT_CODE}."
        elif call.seen.status in {400, 422} and call.seen.validity is Validity.PLAIN:
            message = f"Another valid body under the key of {_what(original)} was answered {_answered(call)}, not 409."
        else:
            return
        yield failed(requirement, message, original.seen, call.seen)

    def _parallel(self, slot: Slot, original: Call, call: Call) -> Iterator[Finding]:
        same = call.body.same_value(original.body)
        if same:
            requirement = "IDM-6" if _is_create(original) else "IDM-11"
            if (call.accepted and call.answer in slot.answers) or call.seen.status == 409:
                yield passed(requirement, original.seen, call.seen)
            elif call.accepted:
                named = f"job {(call.job_id or '')[:80]} and container {(call.container_id or '')[:80]}"
                message = f"A retry in parallel to {_what(original)} was accepted with another answer: {named}."
                yield failed(requirement, message, original.seen, call.seen)
            elif call.seen.status in {400, 404, 422, 500} and call.body.raw == original.body.raw:
                message = f"A retry in parallel to {_what(original)} was answered {_answered(call)}."
                yield failed(requirement, message, original.seen, call.seen)
        elif call.accepted and call.body.differs(original.body) and call.seen.validity in _MUST_BE_ACCEPTED:
            requirement = "IDM-3" if _is_create(original) else "IDM-11"
            message = f"Two different bodies under one key were both accepted, one as {_what(original)}."
            yield failed(requirement, message, original.seen, call.seen)

    def _after_window(self, slot: Slot, original: Call, call: Call) -> Iterator[Finding]:
        hours = f"{call.earliest_age(original) / 3600:.2f} hours after {_what(original)}"
        if call.accepted and call.job_id != original.job_id:
            yield passed("IDM-12", original.seen, call.seen)
        elif call.accepted:
            yield failed(
                "IDM-12", f"A key was not free again {hours}: the call was a replay.", original.seen, call.seen
            )
        elif call.code == CONFLICT_CODE and call.seen.status == 409 and not slot.taken_since(original, DAY - MARGIN):
            message = f"A key was not free again {hours}: the call was answered {_answered(call)}."
            yield failed("IDM-12", message, original.seen, call.seen)

    def _after_refusal(self, slot: Slot, key: SlotKey, call: Call) -> Iterator[Finding]:
        refused = slot.refused
        if refused is None or slot.disturbed or call.seen.validity is not Validity.PLAIN:
            return
        if not refused.seen.precedes(call.seen):
            return
        if call.accepted:
            yield passed("IDM-14", refused.seen, call.seen)
        elif self._uses[key[0], key[3]] == 1 and (
            call.seen.status in {400, 422} or (call.seen.status == 409 and call.code == CONFLICT_CODE)
        ):
            message = f"A valid call was answered {_answered(call)}, though its key had only carried an invalid one."
            yield failed("IDM-14", message, refused.seen, call.seen)

    def finish(self, ledger: Ledger) -> Iterator[Finding]:
        """Judge the refusals that are left, and accuse where parallel retries refused each other and nothing was made."""
        yield from super().finish(ledger)
        for key, slot in self._slots.items():
            calls = slot.calls
            if slot.original or slot.disturbed or len(calls) < 2 or self._uses[key[0], key[3]] > 1:
                continue
            first, second = calls[0], calls[1]
            each_refused = all(
                call.seen.status == 409 and call.seen.validity is Validity.PLAIN and call.body.raw == first.body.raw
                for call in calls
            )
            is_parallel = not first.seen.precedes(second.seen)
            if each_refused and is_parallel and _is_create(first) and not self._is_archived(first, ledger):
                message = f"Of {len(calls)} parallel calls with one key and body, none was accepted."
                yield failed("IDM-6", message, first.seen, second.seen)


CHECKS: tuple[type[Check], ...] = (Replaying,)
