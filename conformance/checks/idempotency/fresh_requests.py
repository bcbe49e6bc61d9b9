"""What must not be taken for a replay: another key, no key, another project, operation or organization (IDM-5, IDM-7 to IDM-10)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from conformance.checks.base import Check, failure, on
from conformance.checks.findings import Finding
from conformance.contract.document import IDEMPOTENCY_CONFLICT
from conformance.contract.validity import is_uuid
from conformance.history.containers import MAKING_OPERATIONS
from conformance.history.facts import GenerationRequest, KeyedCallSettled
from conformance.history.keyed_calls import CANCEL, DECISIONS, GeneratingCall, SlotKey
from conformance.history.writes import MAKES

Twin = tuple[str, str, str, bytes]


class FreshRequests(Check):
    """A call that is no retry of another one is a request of its own."""

    judges = ("IDM-5", "IDM-7", "IDM-8", "IDM-9", "IDM-10", "IDM-11")

    def __init__(self) -> None:
        self._by_job: dict[str, GeneratingCall] = {}
        self._by_container: dict[str, GeneratingCall] = {}
        self._twins: dict[tuple[Twin, bool], GeneratingCall] = {}
        self._by_key: dict[str, dict[SlotKey, GeneratingCall]] = defaultdict(dict)
        self._waiting: dict[str, tuple[GeneratingCall, Finding]] = {}

    @on(GenerationRequest)
    def request(self, fact: GenerationRequest) -> None:
        seen, call = fact.seen, fact.call
        if call.key is None and seen.idempotency_key is not None:
            return
        is_unused = fact.wrote.key.is_unused
        self._excuse(call)
        if seen.operation_id == CANCEL:
            self._cancel(call)
        elif seen.operation_id in DECISIONS:
            self._decision(call)
            if call.seen.ok:
                self._remember(call)
        elif seen.ok and not call.is_accepted:
            self._without_a_job(call)
        elif call.is_accepted:
            first = self._earlier(call)
            if first is None:
                self._fresh(call)
            else:
                self._taken(first, call)
            self._remember(call)
        elif seen.status == 409:
            self._refused(call, is_unused=is_unused)

    @on(KeyedCallSettled)
    def settled(self, fact: KeyedCallSettled) -> None:
        """Report a conflict that no other call with the key can have brought about."""
        call, finding = self._waiting.get(fact.keyed.call.key or "", (None, None))
        if finding is not None and call is fact.keyed.call:
            self.findings.add(finding)
            del self._waiting[fact.keyed.call.key or ""]

    def _excuse(self, call: GeneratingCall) -> None:
        """Drop a conflict under a key that this call carried at the same time: its body may have come first."""
        waiting = self._waiting.get(call.key or "")
        if waiting is not None and not waiting[0].seen.precedes(call.seen):
            del self._waiting[call.key or ""]

    def _earlier(self, call: GeneratingCall) -> GeneratingCall | None:
        """Return the call that was first answered with this call's job, or with the container that it claims to have made."""
        first = self._by_job.get(call.job_id or "")
        if first is None and call.seen.operation_id in MAKING_OPERATIONS:
            return self._by_container.get(call.container_id or "")
        return first

    def _remember(self, call: GeneratingCall) -> None:
        if call.job_id is not None:
            self._by_job.setdefault(call.job_id, call)
        if call.seen.operation_id in MAKING_OPERATIONS and call.container_id:
            self._by_container.setdefault(call.container_id, call)
            self._twins[_twin(call), call.key is None] = call
        elif call.key is None and call.job_id is not None:
            self._twins[_twin(call), True] = call
        self._remember_key(call)

    def _remember_key(self, call: GeneratingCall) -> None:
        if call.key is not None and call.slot_key is not None:
            self._by_key[call.key].setdefault(call.slot_key, call)

    def _fresh(self, call: GeneratingCall) -> None:
        twin = self._twins.get((_twin(call), call.key is None))
        if twin is not None and call.key is None:
            self.passed("IDM-7", twin.seen, call.seen)
        elif twin is not None and twin.key != call.key:
            self.passed("IDM-5", twin.seen, call.seen)
        self._kept_apart(call)

    def _kept_apart(self, call: GeneratingCall) -> None:
        for other in self._others(call):
            same_operation = other.seen.operation_id == call.seen.operation_id
            same_body = other.body.same_value(call.body)
            if other.seen.actor != call.seen.actor:
                # A conflict shows that the key is not the caller's own.
                if same_operation and same_body and call.seen.ok:
                    self.passed("IDM-8", other.seen, call.seen)
            elif not same_operation:
                self.passed("IDM-10", other.seen, call.seen)
            elif same_body and call.is_create:
                self.passed("IDM-9", other.seen, call.seen)

    def _cancel(self, call: GeneratingCall) -> None:
        """Judge a cancel, which may ignore its key, and show the job in its path, but never another call's."""
        for other in self._of_other_operations(call):
            if call.job_id is not None and call.job_id == other.job_id != call.path:
                self._answered_with(other, call)
        if call.seen.ok:
            self._remember_key(call)

    def _others(self, call: GeneratingCall) -> list[GeneratingCall]:
        """Return the accepted calls that used the key for something else."""
        used = self._by_key.get(call.key or "", {})
        return [other for other_key, other in used.items() if other_key != call.slot_key]

    def _taken(self, first: GeneratingCall, call: GeneratingCall) -> None:
        """Say why a call must not have been answered with an earlier one's result."""
        if call.key is not None and first.slot_key == call.slot_key:
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
            requirement = "IDM-9" if call.is_create else "IDM-11"
            who = f"the call on {first.path[:80]} with the same key"
        elif same_body and first.path == call.path and _needs_own_job(first, call):
            requirement = "IDM-7" if call.key is None or first.key is None else "IDM-5"
            who = "a call with the same body and " + ("no common key" if requirement == "IDM-7" else "another key")
        if requirement:
            named = f"job {(call.job_id or '')[:80]} and container {(call.container_id or '')[:80]}"
            message = f"{call.seen.name()} on {call.path[:80]} was answered with the result of {who}: {named}."
            self.failed(requirement, f"result of {first.seen.operation_id}", message, first.seen, call.seen)
            return
        for other in self._of_other_operations(call):
            if other.job_id == call.job_id is not None:
                self._answered_with(other, call)
                return

    def _refused(self, call: GeneratingCall, *, is_unused: bool) -> None:
        if call.code == IDEMPOTENCY_CONFLICT:
            if call.key is None:
                message = f"A call without a key was answered 409 {IDEMPOTENCY_CONFLICT}."
                self.failed("IDM-7", "conflict without a key", message, call.seen)
                return
            # Keys that drivers did not make up, be it a fuzzer's odd one, may be older than the history.
            if is_unused and call.seen.exchange.driver and is_uuid(call.key):
                finding = self._conflict_under_a_fresh_key(call)
                if finding is not None:
                    self._waiting[call.key] = call, finding
                    return
        self._kept_apart(call)

    def _conflict_under_a_fresh_key(self, call: GeneratingCall) -> Finding | None:
        """Return what a conflict breaks over a key that no call carried before; that of a create without a twin breaks CRE-1."""
        twin = self._twins.get((_twin(call), False))
        if twin is not None and twin.key != call.key:
            message = f"A call with a fresh key and the body of job {(twin.job_id or '')[:80]} was answered 409 {IDEMPOTENCY_CONFLICT}."
            return failure("IDM-5", "conflict under a fresh key", message, twin.seen, call.seen)
        if call.is_create:
            return None
        message = f"{call.seen.name()} under a key that no call had carried was answered 409 {IDEMPOTENCY_CONFLICT}."
        return failure("IDM-11", "conflict under a fresh key", message, call.seen)

    def _decision(self, call: GeneratingCall) -> None:
        """Judge a decision, which may ignore its key (open reading 15) but never give another operation's result."""
        makes = MAKES[call.seen.operation_id]
        for other in self._of_other_operations(call):
            same_job = call.is_accepted and call.job_id == other.job_id
            if same_job or (call.answer == other.answer and _text_of(call.answer, "approvalStatus") != makes):
                self._answered_with(other, call)

    def _without_a_job(self, call: GeneratingCall) -> None:
        """Judge a success that starts nothing: it may be the answer of a decision with the same key."""
        for other in self._of_other_operations(call):
            if isinstance(call.answer, dict) and call.answer and call.answer == other.answer:
                self._answered_with(other, call)

    def _of_other_operations(self, call: GeneratingCall) -> list[GeneratingCall]:
        """Return the successful calls of the same organization that used the key for another operation, where this one succeeded too."""
        if not call.seen.ok:
            return []
        return [
            other
            for other in self._others(call)
            if other.seen.actor == call.seen.actor and other.seen.operation_id != call.seen.operation_id
        ]

    def _answered_with(self, other: GeneratingCall, call: GeneratingCall) -> None:
        what = (
            f"job {other.job_id[:80]} of {other.seen.name()}" if other.job_id else f"the answer to {other.seen.name()}"
        )
        message = f"{call.seen.name()} on {call.path[:80]} was answered with {what}, which had the same key."
        self.failed("IDM-10", f"result of {other.seen.operation_id}", message, other.seen, call.seen)


def _needs_own_job(first: GeneratingCall, call: GeneratingCall) -> bool:
    """Return whether a call like an earlier one has to be answered with a job of its own (a regenerate with a key: REG-1 says so)."""
    return call.seen.operation_id in MAKING_OPERATIONS or call.key is None or first.key is None


def _text_of(answer: Any, name: str) -> str | None:
    value = answer.get(name) if isinstance(answer, dict) else None
    return value if isinstance(value, str) else None


def _twin(call: GeneratingCall) -> Twin:
    return call.seen.actor, call.seen.operation_id, call.path, call.body.raw
