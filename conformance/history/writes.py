"""What accepted creates, accepted decisions and refused keys let later calls show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from conformance.contract.lifecycle import TERMINAL
from conformance.contract.validity import Unparsed, Validity
from conformance.history.containers import Container, Creation
from conformance.history.facts import (
    CancelSent,
    ContainerRead,
    CreatedRead,
    CreateSent,
    DecisionRead,
    DecisionSent,
    RefusedKeyUsed,
    RegenerateSent,
    RejectSent,
    Wrote,
)
from conformance.history.fields import status_of
from conformance.history.keyed_calls import key_of
from conformance.history.keys import Use
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.windows import Windows, is_fresh_view, may_lag, may_regenerate


class Creations:
    """A fold over writing calls that keeps the accepted create of each container."""

    def __init__(self, containers: Mapping[str, Container]) -> None:
        self._containers = containers
        self._created: dict[str, Creation] = {}

    def note(self, fact: Wrote) -> None:
        """Take in a writing call."""
        if isinstance(fact, CreateSent):
            self._note_create(fact)
        elif fact.container is not None and fact.container.id in self._created:
            _note_call(fact, self._created[fact.container.id])

    def read(self, seen: Observation, container: Container | None) -> CreatedRead | None:
        """Return what a getContent shows of its caller's own create, None where it shows none or where other calls leave it open."""
        creation = self._created.get(container.id) if container else None
        if container is None or creation is None or creation.is_unclear:
            return None
        # What stands before the application may read such a path in another way, unless the answer shows that it did not.
        if not seen.names_one_thing and seen.fields.get("id") != container.id:
            return None
        call = creation.call
        if call.actor != seen.actor or not call.precedes(seen):
            return None
        return CreatedRead(seen, container, creation)

    def _note_create(self, fact: CreateSent) -> None:
        seen, started = fact.seen, fact.started
        if started is None or not seen.authorized or seen.validity in {Validity.INVALID, Validity.MALFORMED}:
            return
        # A container that no call made before was not made by the call that used the key elsewhere.
        answers_this_call = fact.key.is_fresh or fact.key.use is Use.ELSEWHERE
        if answers_this_call and self._containers[started.container_id].made_by is started:
            self._created[started.container_id] = Creation(seen)


def _note_call(fact: Wrote, creation: Creation) -> None:
    seen = fact.seen
    # No requirement but the create's own speaks of a brief that a cancel changes.
    creation.is_touched = creation.is_touched or not isinstance(fact, CancelSent)
    if isinstance(fact, RegenerateSent | RejectSent) and not seen.did_nothing:
        creation.is_redone = True
        creation.is_patched = creation.is_patched or _may_patch(seen)
        creation.is_unclear = creation.is_unclear or seen.validity is Validity.UNCLEAR


def _may_patch(seen: Observation) -> bool:
    """Return whether a regenerate or a reject may change the brief."""
    if seen.body is Unparsed.ABSENT:
        return False
    if not isinstance(seen.body, dict):
        return True
    if seen.operation_id == "rejectContent":
        return seen.body.get("regenerate") not in (None, True, False)
    return bool(seen.body.get("patch"))


MAKES = {"rejectContent": "rejected", "approveContent": "approved"}
"""The approvalStatus that a decision makes, by operation."""
DECISIONS = frozenset(MAKES)


@dataclass(slots=True)
class _Decision:
    """A successful approve or reject, and whether a read has shown it yet.

    `is_certain`: the container was seen pending and at rest before, so that the decision must show.
    """

    call: Observation
    makes: str
    is_certain: bool
    was_shown: bool = False


class Decisions:
    """A fold over decisions and the reads of their containers."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows
        self._decisions: dict[str, _Decision] = {}

    def note(self, fact: DecisionSent) -> None:
        """Keep a successful decision that must show, or that has begun to show once a read has shown it."""
        seen, container = fact.seen, fact.container
        # Whether a key replays a decision is open (open reading 15): one that does decides nothing.
        if fact.key.may_replay or not (seen.ok and seen.authorized) or seen.may_regenerate:
            return
        if container is None or not container.is_vouched:
            return
        stood = fact.standing
        moving = stood is not None and may_regenerate(stood.causes_until(seen.exchange.received_at))
        pending = stood is not None and stood.read.fields.get("approvalStatus") == "pending"
        if pending or stood is None or moving:
            decision = _Decision(seen, MAKES[seen.operation_id], is_certain=pending and not moving)
            self._decisions[container.id] = decision

    def read(self, fact: ContainerRead) -> DecisionRead | None:
        """Return what a read shows of the latest decision, None where other calls or the generation leave it open."""
        seen, container = fact.seen, fact.container
        decision = self._decisions.get(container.id)
        if decision is None or not decision.call.precedes(seen):
            return None
        approval = seen.fields.get("approvalStatus")
        calls = self._windows.causes(container, decision.call, seen.exchange.received_at)
        if any(call.may_regenerate or MAKES.get(call.operation_id, decision.makes) != decision.makes for call in calls):
            del self._decisions[container.id]
            return None
        if status_of(seen.fields) not in TERMINAL or not isinstance(approval, str):
            return None
        if not (decision.is_certain or decision.was_shown):
            if not is_fresh_view(container, seen):
                return None
            if approval != decision.makes:
                del self._decisions[container.id]
                return None
        lags = approval != decision.makes and may_lag(seen, decision.call, self._windows.read_lag)
        found = DecisionRead(seen, container, decision.call, decision.makes, approval, decision.was_shown, lags)
        decision.was_shown = decision.was_shown or approval == decision.makes
        if approval != decision.makes and not lags:
            del self._decisions[container.id]
        return found


REFUSALS = frozenset({401, 403, 404})
"""The answers that tell a caller that it has no right, or that there is nothing for it."""
LONGEST = 4_096
"""Bytes of the longest answer that is kept to be compared."""


@dataclass(slots=True)
class _Refused:
    call: Observation
    answer: bytes | None


class RefusedKeys:
    """A fold over the writing calls that carry a key."""

    def __init__(self) -> None:
        self._refused: dict[str, _Refused] = {}
        self._used: set[str] = set()

    def take(self, wrote: Wrote, ledger: Ledger) -> RefusedKeyUsed | None:
        """Take in a writing call; tell of the first one that has a right to what it asks for, where only others sent its key before."""
        seen = wrote.seen
        key = key_of(seen)
        if key is None or key in self._used:
            return None
        if seen.refused and seen.status in REFUSALS and self._has_no_right(wrote, ledger):
            self._refused.setdefault(key, _Refused(seen.evidence, _answer_of(seen)))
            return None
        self._used.add(key)
        before = self._refused.pop(key, None)
        if before is None or not seen.authorized or not before.call.precedes(seen):
            return None
        answer = _answer_of(seen)
        return RefusedKeyUsed(seen, before.call, answer is not None and answer == before.answer)

    @staticmethod
    def _has_no_right(wrote: Wrote, ledger: Ledger) -> bool:
        seen = wrote.seen
        if not seen.authorized:
            return True
        project_id = seen.params.get("projectId")
        holder = ledger.holder_of_project(project_id) if project_id else None
        if wrote.container is not None:
            holder = ledger.holder_of(wrote.container)
        return holder is not None and holder != seen.actor


def _answer_of(seen: Observation) -> bytes | None:
    response = seen.exchange.response
    return response.body if response is not None and 0 < len(response.body) <= LONGEST else None
