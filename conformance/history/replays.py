"""Which calls share an Idempotency-Key, what each of them sent, and which one the others must replay."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

from conformance.contract.document import GENERATING_OPERATIONS
from conformance.contract.validity import USABLE_KEY, Unparsed
from conformance.history.ledger import ACCEPTED, Ledger
from conformance.history.observation import Observation
from conformance.history.windows import UNANSWERED_FOR

SlotKey = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Body:
    """Digests of a request body: its bytes, its JSON value, and that value without members that say nothing.

    `json` and `meaning` are None where the body has no one JSON value.
    """

    raw: bytes
    json: bytes | None
    meaning: bytes | None

    def same_value(self, other: Body) -> bool:
        """Return whether both are the same bytes or the same JSON value."""
        return self.raw == other.raw or (self.json is not None and self.json == other.json)

    def differs(self, other: Body) -> bool:
        """Return whether the bodies surely ask for different things."""
        return self.meaning is not None and other.meaning is not None and self.meaning != other.meaning


RECENT = 32
"""Calls with one key that are remembered, to tell which were under way together."""


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One generating call without the bytes of its bodies.

    `answer` is kept where it was a 2xx, `code` where it was a refusal. `clock` is the offset of the target's clock at sending, in seconds.
    """

    seen: Observation
    body: Body
    answer: Any
    code: str | None
    key: str | None
    clock: float

    @property
    def accepted(self) -> bool:
        """Whether the answer was a 202 that names a job."""
        return self.seen.status == ACCEPTED and self.job_id is not None

    @property
    def job_id(self) -> str | None:
        """The job that the answer names."""
        return _text(self.answer, "jobId")

    @property
    def container_id(self) -> str | None:
        """The container that the answer names."""
        return _text(self.answer, "containerId")

    @property
    def path(self) -> str:
        """The project or the container that the path names."""
        return self.seen.params.get("projectId") or self.seen.params.get("containerId") or ""

    @property
    def ended_at(self) -> float:
        """The moment by which the target had surely done with the call, in seconds since the epoch."""
        return self.seen.exchange.received_at + (UNANSWERED_FOR if self.seen.uncertain else 0)

    def same_ids(self, other: Call) -> bool:
        """Return whether both answers name the same job and the same container."""
        return (self.job_id, self.container_id) == (other.job_id, other.container_id)

    def earliest_age(self, other: Call) -> float:
        """Return the least time by the target's clock that can lie between the other call's effect and this one's, in seconds."""
        return (self.seen.exchange.sent_at + self.clock) - (other.seen.exchange.received_at + other.clock)

    def latest_age(self, other: Call) -> float:
        """Return the most time by the target's clock that can lie between the other call's effect and this one's, in seconds."""
        return (self.seen.exchange.received_at + self.clock) - (other.seen.exchange.sent_at + other.clock)


@dataclass(slots=True, eq=False)
class Slot:
    """The calls of one organization with one key on one operation and resource.

    `original` is the first accepted call since the key was last free. `answers` are all accepted answers since then, also wrong ones.
    """

    calls: list[Call] = field(default_factory=list)
    original: Call | None = None
    answers: list[Any] = field(default_factory=list)
    conflict: Call | None = None
    refused: Call | None = None
    disturbed: bool = False
    recent: deque[Call] = field(default_factory=lambda: deque(maxlen=RECENT))

    def overlaps(self, call: Call) -> bool:
        """Return whether another call with the key, one that met no answer for a while longer, was under way together with this one."""
        return any(
            other is not call and not call.seen.precedes(other.seen) and call.seen.exchange.sent_at < other.ended_at
            for other in self.recent
        )

    def taken_since(self, original: Call, age: float) -> bool:
        """Return whether a call that met no answer may have taken the key anew, this age after the original, in seconds."""
        return any(other.seen.uncertain and other.latest_age(original) > age for other in self.recent)

    def restart(self, original: Call) -> None:
        """Let the key stand for a new original."""
        self.original = original
        self.answers = [original.answer]
        self.conflict = None


def key_of(seen: Observation) -> str | None:
    """Return the key of a call, None where it has none or one that targets may read differently."""
    sent = [value for name, value in seen.exchange.request.headers if name.lower() == "idempotency-key"]
    return sent[0] if len(sent) == 1 and USABLE_KEY.fullmatch(sent[0]) else None


def has_no_key(seen: Observation) -> bool:
    """Return whether a call was sent without any key."""
    return seen.idempotency_key is None


def is_generating(seen: Observation) -> bool:
    """Return whether an organization called an operation that generates whenever it is accepted."""
    return seen.operation_id in GENERATING_OPERATIONS and seen.authorized


def call_of(seen: Observation, ledger: Ledger) -> Call:
    """Take down what idempotency needs of a call."""
    light = seen.evidence
    request = replace(light.exchange.request, body=None)
    light = replace(light, exchange=replace(light.exchange, request=request), body=Unparsed.ABSENT)
    answer = seen.answer if seen.ok else None
    return Call(light, body_of(seen), answer, seen.error_code, key_of(seen), ledger.clock_offset)


def slot_key(call: Call) -> SlotKey | None:
    """Name the slot of a call, None where it has no key."""
    return None if call.key is None else (call.seen.actor, call.seen.operation_id, call.path, call.key)


def body_of(seen: Observation) -> Body:
    """Digest the body of a request."""
    raw = _digest(seen.exchange.request.body or b"")
    value = seen.body
    if value is Unparsed.ABSENT:
        value = {}
    elif isinstance(value, Unparsed):
        return Body(raw, None, None)
    try:
        # A number that was written differently is another value to some parsers and the same to others.
        return Body(raw, None if value == {} else _canonical(value), _canonical(_meaningful(value)))
    except (RecursionError, ValueError):
        return Body(raw, None, None)


def _canonical(value: Any) -> bytes:
    return _digest(json.dumps(value, sort_keys=True).encode())


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()


def _meaningful(value: Any, depth: int = 0) -> Any:
    """Leave out what a target may read as left out: null, an empty list or object, and the stated default of `mode`."""
    if not isinstance(value, dict):
        return int(value) if isinstance(value, float) and value.is_integer() else value
    kept = {name: _meaningful(member, depth + 1) if depth < 2 else member for name, member in value.items()}
    return {
        name: member
        for name, member in kept.items()
        if member is not None and member not in ([], {}) and not (depth == 0 and (name, member) == ("mode", "fork"))
    }


def _text(answer: Any, name: str) -> str | None:
    value = answer.get(name) if isinstance(answer, dict) else None
    return value if isinstance(value, str) else None
