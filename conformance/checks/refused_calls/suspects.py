"""Which call can have made a container that no answer named, and what that call has broken with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from conformance.checks.idempotency.replaying import CONFLICT_CODE
from conformance.history.ledger import Container, Ledger
from conformance.history.observation import Observation, mark_of
from conformance.history.settled import UNANSWERED_FOR
from conformance.history.timestamps import Instant, instant

TOLERANCE = 2.0
"""Seconds by which a target's timestamps may miss the times of a call."""
MAYBE = "maybe"
"""The call got no answer or a 5xx: whatever it made is nobody's fault."""
OPERATIONS = ("createContent", "regenerateContent", "cloneFromPost")


@dataclass(frozen=True, slots=True)
class Suspect:
    """A call, the requirement that a container made by it breaks (empty: none), and the container whose creation dates it.

    `moved` is by how many seconds a test clock was moved between the creation and the call.
    """

    call: Observation
    requirement: str
    reference: Container | None
    moved: float = 0.0


def project_of(call: Observation, ledger: Ledger) -> str | None:
    """Give the project in which a call can have made a container, None where nothing tells."""
    if "projectId" in call.params:
        return call.params["projectId"]
    container = ledger.containers.get(call.params.get("containerId", ""))
    return container.project_id if container else None


def blame(call: Observation, ledger: Ledger) -> str:
    """Name the requirement that a generating call breaks where it makes a container that its answer does not name."""
    if call.operation_id not in OPERATIONS:
        return ""
    if call.status is None or call.status >= 500:
        return MAYBE
    is_create = call.operation_id == "createContent"
    if call.refused:
        if not call.authorized:
            return "AUT-3"
        if call.actor == "other":
            return "" if project_of(call, ledger) in (None, ledger.facts.other_project_id) else "AUT-4"
        if call.status == 409 and _is_in_parallel(call, ledger):
            return "IDM-6" if is_create else "IDM-11"
        if call.error_code == CONFLICT_CODE:
            return "IDM-4" if is_create else "IDM-11"
        return {"createContent": "CRE-10", "regenerateContent": "REG-3"}.get(call.operation_id, "CLO-4")
    if not call.ok or call.actor != "owner":
        return ""
    return _blame_accepted(call, ledger)


def _blame_accepted(call: Observation, ledger: Ledger) -> str:
    first = ledger.named(call.fields.get("jobId"))
    if first is None or first.accepted is call:
        return "REG-3" if call.operation_id == "regenerateContent" else ""
    if call.operation_id != "createContent":
        return "IDM-11"
    return "IDM-2" if first.accepted.precedes(call) else "IDM-6"


def _is_in_parallel(call: Observation, ledger: Ledger) -> bool:
    """Tell whether a call with the same key and mark was accepted while this one was on its way."""
    if call.idempotency_key is None:
        return False
    mark = mark_of(call.sent_brief.get("hook")) if call.sent_brief else None
    return any(
        other.ok and other.key == call.key and other.overlaps(call) for other in ledger.attempts.get(mark or "", ())
    )


def suspects_of(
    calls: Iterable[Observation], project_id: str | None, ledger: Ledger, offsets: Mapping[str, float]
) -> list[Suspect]:
    """Turn calls into suspects for a container in a project; `offsets` gives a moved clock's offset by exchange id."""
    made = [container for call in calls if (container := _made_by(call, ledger)) is not None]
    found = []
    for call in calls:
        if project_id is not None and project_of(call, ledger) not in (None, project_id):
            continue
        own = ledger.containers.get(call.params.get("containerId", ""))
        reference = own or (made[0] if made else None)
        origin = reference.made_by.accepted if reference and reference.made_by else call
        moved = offsets.get(call.exchange.id, 0.0) - offsets.get(origin.exchange.id, 0.0)
        found.append(Suspect(call, blame(call, ledger), reference, moved))
    return found


def _made_by(call: Observation, ledger: Ledger) -> Container | None:
    container_id = call.fields.get("containerId") if call.operation_id == "createContent" and call.ok else None
    return ledger.containers.get(container_id) if isinstance(container_id, str) else None


def likeliest(suspects: list[Suspect], created_at: object) -> Suspect | None:
    """Give the suspect whose time fits best, None where none fits or where a call without an answer fits too.

    Where nothing dates the container or the calls, every suspect fits, and the last one is given.
    """
    made = instant(created_at)
    fitting = [(miss, suspect) for suspect in suspects if (miss := _misses_by(suspect, made)) <= TOLERANCE]
    if any(suspect.requirement == MAYBE for _, suspect in fitting):
        return None
    guilty = [(miss, -place, suspect) for place, (miss, suspect) in enumerate(fitting) if suspect.requirement]
    return min(guilty, key=lambda each: each[:2])[2] if guilty else None


def _misses_by(suspect: Suspect, made: Instant | None) -> float:
    """Give by how many seconds a creation misses the window of a call; 0 where it lies within or nothing tells.

    The target's clock is read off a container whose creating call is known. A test clock that was moved may have moved timestamps or not
    (open reading 23).
    """
    container = suspect.reference
    origin = container.made_by.accepted.exchange if container and container.made_by else None
    read = container.read or container.first_read if container else None
    reference = instant(read.fields.get("createdAt")) if read else None
    if made is None or origin is None or reference is None:
        return 0.0
    apart = (made.microseconds - reference.microseconds) / 1_000_000
    call = suspect.call.exchange
    earliest, latest = call.sent_at - origin.received_at, call.received_at - origin.sent_at
    if suspect.call.uncertain:
        latest += UNANSWERED_FOR
    return min(max(earliest - each, each - latest, 0.0) for each in (apart, apart - suspect.moved))
