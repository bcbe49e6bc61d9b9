"""Accepted creates, and the reads of what they made."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.contract.validity import Unparsed, Validity
from conformance.history.facts import CancelSent, CreatedRead, CreateSent, RegenerateSent, RejectSent, Wrote
from conformance.history.keys import Use
from conformance.history.observation import Observation
from conformance.history.records import Container, Creation


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
