"""What getContentProgress shows of a container: which of its jobs it names."""

from __future__ import annotations

from conformance.history.facts import NamedJob, ProgressAsked, ProgressRead, Wrote
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.records import Container, Generation


class Progress:
    """A fold over refused calls and reads of progress."""

    def __init__(self) -> None:
        self._refused: dict[str, Observation] = {}

    def note(self, wrote: Wrote) -> None:
        """Keep the latest refused call that asked for another generation of a container."""
        seen, container = wrote.seen, wrote.container
        if seen.refused and seen.may_regenerate and container is not None and container.is_vouched:
            self._refused[container.id] = seen

    def read(self, seen: Observation, ledger: Ledger) -> ProgressAsked:
        """Return what a getContentProgress shows."""
        container = ledger.containers.get(seen.params["containerId"])
        current = _current(container, seen) if container is not None else ()
        if (
            container is None
            or not current
            or seen.status != 200
            or not (seen.authorized and isinstance(seen.answer, dict))
        ):
            return ProgressAsked(seen, container, current)
        named = self._named(container, current, seen)
        refused = self._refused[container.id] if named is NamedJob.REFUSED else None
        return ProgressRead(seen, container, current, seen.answer, named, refused)

    def _named(self, container: Container, current: tuple[Generation, ...], seen: Observation) -> NamedJob:
        job_id = seen.fields.get("jobId")
        if not isinstance(job_id, str):
            return NamedJob.NONE
        if any(one.job_id == job_id for one in current):
            return NamedJob.LATEST
        if any(one.job_id == job_id for one in container.generations):
            return NamedJob.OTHER
        accepted = {id(one.accepted) for one in container.generations}
        if any(id(call) not in accepted for call in container.regenerating):
            return NamedJob.UNANSWERED
        refused = self._refused.get(container.id)
        return NamedJob.REFUSED if refused is not None and refused.precedes(seen) else NamedJob.OTHER


def _current(container: Container, seen: Observation) -> tuple[Generation, ...]:
    started = [one.accepted.exchange.sent_at for one in container.generations if one.accepted.precedes(seen)]
    if not started:
        return ()
    latest = max(started)
    # What waits behind another generation may leave that one's job the container's latest until it begins (open reading 35).
    waiting = [call.exchange.sent_at for call, shown_by in container.queued.items() if shown_by > seen.exchange.sent_at]
    if waiting:
        latest = max((moment for moment in started if moment < min(waiting)), default=latest)
    return tuple(
        one
        for one in container.generations
        if one.accepted.exchange.sent_at >= latest or one.accepted.exchange.received_at > latest
    )
