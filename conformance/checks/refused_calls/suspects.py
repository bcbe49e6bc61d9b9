"""Which call can have made a container that no answer named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from conformance.checks.refused_calls.blame import blame_for_making, may_have_made
from conformance.history.containers import Container
from conformance.history.fields import Instant, instant
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.windows import UNANSWERED_FOR

TOLERANCE = 2.0
"""Seconds by which a target's timestamps may miss the times of a call."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A call, the requirement that a container made by it breaks (empty: none), and the container whose creation dates it.

    `moved` is by how many seconds a test clock was moved between the creation and the call.
    """

    call: Observation
    requirement: str
    reference: Container | None
    moved: float = 0.0


def suspects_of(
    calls: Iterable[Observation], project_id: str | None, ledger: Ledger, offsets: Mapping[str, float]
) -> list[Suspect]:
    """Return the calls that can have made a container in a project; `offsets` holds the offset of a moved test clock by exchange id."""
    made = [container for call in calls if (container := _made_by(call, ledger)) is not None]
    found = []
    for call in calls:
        if project_id is not None and ledger.project_of(call) not in (None, project_id):
            continue
        own = ledger.containers.get(call.params.get("containerId", ""))
        reference = own or (made[0] if made else None)
        origin = reference.made_by.accepted if reference and reference.made_by else call
        moved = offsets.get(call.exchange.id, 0.0) - offsets.get(origin.exchange.id, 0.0)
        found.append(Suspect(call, blame_for_making(call, ledger), reference, moved))
    return found


def _made_by(call: Observation, ledger: Ledger) -> Container | None:
    container_id = call.fields.get("containerId") if call.operation_id == "createContent" and call.ok else None
    return ledger.containers.get(container_id) if isinstance(container_id, str) else None


def likeliest(suspects: list[Suspect], created_at: object) -> Suspect | None:
    """Return the suspect whose time fits best, None where none fits or where a call without an answer fits too.

    Where nothing dates the container or the calls, every suspect fits, and the last one is returned.
    """
    made = instant(created_at)
    fitting = [(miss, suspect) for suspect in suspects if (miss := _misses_by(suspect, made)) <= TOLERANCE]
    if any(may_have_made(suspect.call) for _, suspect in fitting):
        return None
    guilty = [(miss, -place, suspect) for place, (miss, suspect) in enumerate(fitting) if suspect.requirement]
    return min(guilty, key=lambda each: each[:2])[2] if guilty else None


def _misses_by(suspect: Suspect, made: Instant | None) -> float:
    """Return by how many seconds a creation misses the window of a call; 0 where it lies within or nothing tells.

    A container whose creating call is known tells the target's clock. Whether moving a test clock moves timestamps is open (reading 23).
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
