"""Generating calls by their Idempotency-Keys: which of them share a key, what each sent, and which one the others must replay."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from hashlib import blake2b
from typing import Any

from conformance.contract.document import GENERATING_OPERATIONS
from conformance.contract.validity import USABLE_KEY, Unparsed, Validity
from conformance.history.clock import ClockMoves, TargetClock
from conformance.history.fields import Instant, instant
from conformance.history.messages import LARGE, scalars
from conformance.history.observation import Observation
from conformance.history.windows import acts_until

DECISIONS = frozenset({"approveContent", "rejectContent"})
CANCEL = "cancelJob"
SlotKey = tuple[str, str, str, str]

WINDOW = 86_400.0
"""Seconds for which a key stands for its first accepted call."""
MARGIN = 1.0
"""Seconds on either side of the window's end in which nobody can say whether a key is still taken."""
DEEPEST = 20
"""How deep an answer is looked into for nulls; no documented one is as deep."""
RECENT = 32
"""Calls with one key that are remembered, to tell which were under way together."""


class Relation(Enum):
    """How a call with a key relates to the call that the key stands for.

    `first`: no call with the key has been accepted yet. `parallel`: both were under way together. `after window`: the key is free again.
    `replay`: the body has the same bytes or the same JSON value. `other body`: the body surely asks for something else.
    `unknown`: the bodies may or may not mean the same, the window ends about now, or the target's clock was being moved or, as the target
    tells, was moved by somebody else.
    """

    FIRST = "first"
    PARALLEL = "parallel"
    AFTER_WINDOW = "after window"
    REPLAY = "replay"
    OTHER_BODY = "other body"
    UNKNOWN = "unknown"


class Body:
    """A request body as its bytes, as its JSON value, and as that value without members that say nothing; each is digested when asked."""

    def __init__(self, seen: Observation) -> None:
        self.raw = _digest(seen.exchange.request.body or b"")
        self._value: Any = {} if seen.body is Unparsed.ABSENT else seen.body

    @cached_property
    def json(self) -> bytes | None:
        """A digest of the JSON value, None where the body has no one value, or an empty one."""
        return None if self._value == {} else _canonical(self._value)

    @cached_property
    def meaning(self) -> bytes | None:
        """A digest of what the JSON value asks for, None where the body has no one value."""
        # A number that was written differently is another value to some parsers and the same to others.
        return _canonical(self._value, _meaningful)

    def same_value(self, other: Body) -> bool:
        """Return whether both are the same bytes or the same JSON value."""
        return self.raw == other.raw or (self.json is not None and self.json == other.json)

    def differs(self, other: Body) -> bool:
        """Return whether the bodies surely ask for different things."""
        if self.raw == other.raw:
            return False
        return self.meaning is not None and other.meaning is not None and self.meaning != other.meaning


@dataclass(frozen=True, slots=True, eq=False)
class GeneratingCall:
    """A generating call, a decision or a cancel of an organization.

    `answer` is kept, without nulls, where it was a 2xx, `code` where it was a refusal. `key` is None where there is none or one that targets
    may read differently. `clock` is the offset of the target's clock at sending, in seconds.
    """

    seen: Observation
    body: Body
    answer: Any
    code: str | None
    key: str | None
    clock: float

    @property
    def is_accepted(self) -> bool:
        """Whether the answer was a 202 that names a job."""
        return self.seen.status == 202 and self.job_id is not None

    @property
    def job_id(self) -> str | None:
        """The job that the answer names."""
        return _text(self.answer, "jobId")

    @property
    def container_id(self) -> str | None:
        """The container that the answer names."""
        return _text(self.answer, "containerId")

    @property
    def started_at(self) -> Instant | None:
        """When the job began, by the target's clock."""
        return instant(_text(self.answer, "startedAt"))

    @property
    def path(self) -> str:
        """The project, the container or the job that the path names."""
        params = self.seen.params
        return params.get("projectId") or params.get("containerId") or params.get("jobId") or ""

    @property
    def is_create(self) -> bool:
        """Whether it is a createContent."""
        return self.seen.operation_id == "createContent"

    @property
    def slot_key(self) -> SlotKey | None:
        """What names the slot of the call, None where it has no key."""
        return None if self.key is None else (self.seen.actor, self.seen.operation_id, self.path, self.key)

    def same_ids(self, other: GeneratingCall) -> bool:
        """Return whether both answers name the same job and the same container."""
        return (self.job_id, self.container_id) == (other.job_id, other.container_id)

    def earliest_age(self, other: GeneratingCall) -> float:
        """Return the least time by the target's clock that can lie between the other call's effect and this one's, in seconds."""
        return (self.seen.exchange.sent_at + self.clock) - (other.seen.exchange.received_at + other.clock)

    def latest_age(self, other: GeneratingCall) -> float:
        """Return the most time by the target's clock that can lie between the other call's effect and this one's, in seconds."""
        return (self.seen.exchange.received_at + self.clock) - (other.seen.exchange.sent_at + other.clock)

    def tells_of_another_day(self, original: GeneratingCall) -> bool:
        """Return whether the target itself dates the new job that a key has started so late that the key was free again.

        Somebody else, such as a second run on the same target, then has moved its test clock.
        """
        if self.started_at is None or original.started_at is None or self.same_ids(original):
            return False
        return (self.started_at.microseconds - original.started_at.microseconds) / 1e6 > WINDOW - MARGIN

    def relation_to(self, original: GeneratingCall, strayed: tuple[float, float]) -> Relation:
        """Return how this call relates to the one that its key stands for.

        `strayed` are the least and the most seconds by which others have moved the target's clock in between.
        """
        back, forth = strayed
        if self.earliest_age(original) + back >= WINDOW + MARGIN:
            return Relation.AFTER_WINDOW
        if not original.seen.precedes(self.seen):
            return Relation.PARALLEL
        if self.latest_age(original) + forth > WINDOW - MARGIN or self.tells_of_another_day(original):
            return Relation.UNKNOWN
        if self.body.same_value(original.body):
            return Relation.REPLAY
        if self.body.differs(original.body) or self.seen.validity is Validity.MALFORMED:
            return Relation.OTHER_BODY
        return Relation.UNKNOWN


@dataclass(slots=True, eq=False)
class Slot:
    """The calls of one organization with one key on one operation and resource.

    `original` is the first accepted call since the key was last free, `answers` are all accepted answers since then, also wrong ones.
    `unaccepted` are the calls while there is none, `before` those before the first one, `refused` the latest of them that was refused as
    invalid; `is_disturbed`: one of them got no answer or a 5xx.
    """

    unaccepted: list[GeneratingCall] = field(default_factory=list)
    before: tuple[GeneratingCall, ...] = ()
    original: GeneratingCall | None = None
    answers: list[Any] = field(default_factory=list)
    refused: GeneratingCall | None = None
    is_disturbed: bool = False
    _recent: deque[GeneratingCall] = field(default_factory=lambda: deque(maxlen=RECENT))

    def overlaps(self, call: GeneratingCall) -> bool:
        """Return whether another call with the key, one that met no answer for a while longer, was under way together with this one."""
        return any(
            other is not call
            and not call.seen.precedes(other.seen)
            and call.seen.exchange.sent_at < acts_until(other.seen)
            for other in self._recent
        )

    def twin_of(self, call: GeneratingCall) -> GeneratingCall | None:
        """Return the first call with the key and this call's body that was accepted while this one was under way."""
        return next(
            (
                other
                for other in self._recent
                if other is not call
                and other.is_accepted
                and not other.seen.precedes(call.seen)
                and other.body.same_value(call.body)
            ),
            None,
        )

    def taken_since(self, original: GeneratingCall, age: float) -> bool:
        """Return whether a call that met no answer may have taken the key anew, this age after the original, in seconds."""
        return any(other.seen.uncertain and other.latest_age(original) > age for other in self._recent)

    def take(self, call: GeneratingCall, forth: float = 0.0) -> None:
        """Take in a call, until which others may have moved the target's clock forth by so many seconds since the original."""
        status = call.seen.status
        self._recent.append(call)
        if call.is_accepted:
            original = self.original
            is_over = original is not None and (
                call.latest_age(original) + forth > WINDOW - MARGIN or call.tells_of_another_day(original)
            )
            if original is None or (is_over and not call.same_ids(original)):
                self.original = call
                self.answers = [call.answer]
            elif call.answer not in self.answers:
                self.answers.append(call.answer)
            self.before = tuple(self.unaccepted)
            self.unaccepted.clear()
        elif self.original is None:
            self.is_disturbed = self.is_disturbed or status is None or status >= 500
            self.unaccepted.append(call)
            if status in {400, 422} and call.seen.validity in {Validity.INVALID, Validity.MALFORMED}:
                self.refused = call


@dataclass(frozen=True, slots=True)
class KeyedCall:
    """A generating call with a usable key, and how its key stood when it was sent.

    `was_answered` tells whether its answer is one that an accepted call with the key had been given before; `refused` and `is_disturbed`
    are those of the slot; `uses` counts the operations and resources for which its organization has used the key so far.
    """

    call: GeneratingCall
    slot: Slot
    relation: Relation
    original: GeneratingCall | None
    was_answered: bool
    refused: GeneratingCall | None
    is_disturbed: bool
    uses: int


class KeyedCalls:
    """A fold over the writing calls of a history."""

    def __init__(self, clock: TargetClock) -> None:
        self._clock = clock
        self._slots: dict[SlotKey, Slot] = {}
        self._uses: Counter[tuple[str, str]] = Counter()
        self._moves = ClockMoves()

    def take(self, seen: Observation, call: GeneratingCall | None) -> KeyedCall | None:
        """Take in a writing call; return how it uses its key where it is a generating call with a usable one.

        `call` is that call where it generates or rejects, else None.
        """
        if seen.advanced_seconds is not None and self._moves.note(seen):
            self.forget()
        key = call.slot_key if call is not None and seen.operation_id in GENERATING_OPERATIONS else None
        if call is None or key is None:
            # Whether a key counts on other calls is open (open reading 15).
            idempotency_key = seen.idempotency_key
            if idempotency_key is not None:
                self._uses[seen.actor, idempotency_key] += 1
            return None
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = Slot()
            self._uses[key[0], key[3]] += 1
        original = slot.original
        strayed = (0.0, 0.0) if original is None else self._clock.strayed_since(original.seen.exchange.sent_at)
        relation = Relation.FIRST if original is None else call.relation_to(original, strayed)
        if self._moves.is_moving_at(seen.exchange.sent_at):
            # While a test clock is being moved, nobody can say how old a key is.
            relation = Relation.UNKNOWN
        was_answered = call.is_accepted and call.answer in slot.answers
        uses = self._uses[key[0], key[3]]
        found = KeyedCall(call, slot, relation, original, was_answered, slot.refused, slot.is_disturbed, uses)
        slot.take(call, strayed[1])
        return found

    def forget(self) -> None:
        """Let no key's age be known any more, since nobody knows by how much the target's clock has moved."""
        self._slots.clear()

    def never_accepted(self) -> Iterator[list[GeneratingCall]]:
        """Yield the calls of every key that no call was accepted for, though each was answered and nothing else used the key."""
        for key, slot in self._slots.items():
            if slot.original is None and not slot.is_disturbed and self._uses[key[0], key[3]] <= 1:
                yield slot.unaccepted


def without_nulls(value: Any, depth: int = 0) -> Any:
    """Return a JSON value without the members of objects that are null: a null and an absent one are the same (open reading 11)."""
    if depth > DEEPEST:
        return value
    if isinstance(value, dict):
        return {name: without_nulls(member, depth + 1) for name, member in value.items() if member is not None}
    return [without_nulls(item, depth + 1) for item in value] if isinstance(value, list) else value


def generating_call(seen: Observation, clock: float) -> GeneratingCall | None:
    """Take down what idempotency needs of a generating call, a decision or a cancel by an organization; None for any other call."""
    if not seen.authorized or seen.operation_id not in GENERATING_OPERATIONS | DECISIONS | {CANCEL}:
        return None
    answer = without_nulls(seen.answer) if seen.ok else None
    response = seen.exchange.response
    if response is not None and len(response.body) > LARGE and isinstance(answer, dict):
        answer = scalars(answer) | {"another member": _canonical(answer)}
    return GeneratingCall(seen.evidence, Body(seen), answer, seen.error_code, key_of(seen), clock)


def key_of(seen: Observation) -> str | None:
    """Return the key of a call, None where it has none or one that targets may read differently."""
    sent = [value for name, value in seen.exchange.request.headers if name.lower() == "idempotency-key"]
    return sent[0] if len(sent) == 1 and USABLE_KEY.fullmatch(sent[0]) else None


def _canonical(value: Any, simplified: Callable[[Any], Any] = lambda value: value) -> bytes | None:
    if isinstance(value, Unparsed):
        return None
    try:
        return _digest(json.dumps(simplified(value), sort_keys=True).encode())
    except (RecursionError, ValueError):
        return None


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
