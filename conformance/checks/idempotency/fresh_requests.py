"""What must not be taken for a replay: another key, no key, another project, operation or organization (IDM-5, IDM-7 to IDM-10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from conformance.checks.findings import Check, Finding, failed, passed
from conformance.checks.idempotency.replaying import CONFLICT_CODE
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.replays import Call, SlotKey, call_of, has_no_key, is_generating, slot_key

_MAKING = ("createContent", "cloneFromPost")

Twin = tuple[str, str, str, bytes]


class FreshRequests(Check):
    """A call that is no retry of another one is a request of its own."""

    judges = ("IDM-5", "IDM-7", "IDM-8", "IDM-9", "IDM-10", "IDM-11")

    def __init__(self) -> None:
        self._by_job: dict[str, Call] = {}
        self._by_container: dict[str, Call] = {}
        self._twins: dict[tuple[Twin, bool], Call] = {}
        self._by_key: dict[str, dict[SlotKey, Call]] = defaultdict(dict)
        self._used: set[str] = set()

    def observe(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Judge one call by the calls whose result it may have been given."""
        yield from self._judge(seen, ledger)
        if seen.is_write and seen.key is not None:
            self._used.add(seen.key)

    def _judge(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        is_reject = seen.operation_id == "rejectContent" and seen.authorized
        if not is_generating(seen) and not is_reject:
            return
        call = call_of(seen, ledger)
        if call.key is None and not has_no_key(seen):
            return
        if is_reject:
            yield from self._reject(call)
            return
        if call.accepted:
            first = self._earlier(call)
            yield from self._fresh(call) if first is None else self._taken(first, call)
            self._remember(call)
        elif seen.status == 409:
            yield from self._refused(call)

    def _earlier(self, call: Call) -> Call | None:
        """Give the call that was first answered with this call's job, or with the container that it claims to have made."""
        first = self._by_job.get(call.job_id or "")
        if first is None and call.seen.operation_id in _MAKING:
            return self._by_container.get(call.container_id or "")
        return first

    def _remember(self, call: Call) -> None:
        self._by_job.setdefault(call.job_id or "", call)
        if call.seen.operation_id in _MAKING and call.container_id:
            self._by_container.setdefault(call.container_id, call)
            self._twins[_twin(call), call.key is None] = call
        key = slot_key(call)
        if key is not None and call.key is not None:
            self._by_key[call.key].setdefault(key, call)

    def _fresh(self, call: Call) -> Iterator[Finding]:
        twin = self._twins.get((_twin(call), call.key is None))
        if twin is not None and call.seen.operation_id in _MAKING:
            if call.key is None:
                yield passed("IDM-7", twin.seen, call.seen)
            elif call.key not in self._used:
                yield passed("IDM-5", twin.seen, call.seen)
        yield from self._kept_apart(call)

    def _kept_apart(self, call: Call) -> Iterator[Finding]:
        for other in self._others(call):
            same_operation = other.seen.operation_id == call.seen.operation_id
            same_body = other.body.same_value(call.body)
            if other.seen.actor != call.seen.actor:
                if same_operation and same_body:
                    yield passed("IDM-8", other.seen, call.seen)
            elif not same_operation:
                yield passed("IDM-10", other.seen, call.seen)
            elif same_body and call.seen.operation_id == "createContent":
                yield passed("IDM-9", other.seen, call.seen)

    def _others(self, call: Call) -> list[Call]:
        """Give the accepted calls that used the key for something else."""
        key = slot_key(call)
        used = self._by_key.get(call.key or "", {})
        return [other for other_key, other in used.items() if other_key != key]

    def _taken(self, first: Call, call: Call) -> Iterator[Finding]:
        """Say why a call must not have been answered with an earlier one's result."""
        if call.key is not None and slot_key(first) == slot_key(call):
            return
        same_key = call.key is not None and first.key == call.key
        same_body = first.body.same_value(call.body)
        requirement, who = "", ""
        if first.seen.actor != call.seen.actor:
            requirement, who = ("IDM-8", "another organization's call with the same key") if same_key else ("", "")
        elif first.seen.operation_id != call.seen.operation_id:
            who = f"the {first.seen.operation_id} with the same key"
            requirement = "IDM-10" if same_key else ""
        elif same_key:
            requirement = "IDM-9" if call.seen.operation_id == "createContent" else "IDM-11"
            who = f"the call on {first.path[:80]} with the same key"
        elif same_body and first.path == call.path and self._is_its_own(first, call):
            requirement = "IDM-7" if call.key is None or first.key is None else "IDM-5"
            who = "a call with the same body and " + ("no common key" if requirement == "IDM-7" else "another key")
        if requirement:
            named = f"job {(call.job_id or '')[:80]} and container {(call.container_id or '')[:80]}"
            message = f"{call.seen.name()} on {call.path[:80]} was answered with the result of {who}: {named}."
            yield failed(requirement, message, first.seen, call.seen)

    def _is_its_own(self, first: Call, call: Call) -> bool:
        """Tell whether a call like an earlier one has to be answered with a job of its own (REG-1 says so of a regenerate with a key)."""
        return call.seen.operation_id in _MAKING or call.key is None or first.key is None

    def _refused(self, call: Call) -> Iterator[Finding]:
        if call.code == CONFLICT_CODE:
            if call.key is None:
                yield failed("IDM-7", f"A call without a key was answered 409 {CONFLICT_CODE}.", call.seen)
                return
            twin = self._twins.get((_twin(call), False))
            if call.key not in self._used and twin is not None and twin.key != call.key:
                message = f"A call with a fresh key and the body of job {(twin.job_id or '')[:80]} was answered 409 {CONFLICT_CODE}."
                yield failed("IDM-5", message, twin.seen, call.seen)
                return
        yield from self._kept_apart(call)

    def _reject(self, call: Call) -> Iterator[Finding]:
        """Judge a reject, which may ignore its key (open reading 15) but never give another operation's result."""
        for other in self._others(call):
            same_job = call.accepted and call.job_id == other.job_id
            if other.seen.actor == call.seen.actor and call.seen.ok and (same_job or call.answer == other.answer):
                message = f"A reject of {call.path[:80]} was answered with job {(other.job_id or '')[:80]} of {other.seen.name()}."
                yield failed("IDM-10", message, other.seen, call.seen)


def _twin(call: Call) -> Twin:
    return call.seen.actor, call.seen.operation_id, call.path, call.body.raw


CHECKS: tuple[type[Check], ...] = (FreshRequests,)
