"""Where generations stand, as reads of containers, jobs and progresses show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.contract.lifecycle import JOB_ENDED, TERMINAL
from conformance.history.facts import GenerationSeen, Side, SidesCompared
from conformance.history.fields import status_of
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.records import Container, Generation
from conformance.history.windows import is_fresh_view, may_have_regenerated


def sighting(seen: Observation, ledger: Ledger) -> GenerationSeen | None:
    """Read an exchange as a sighting of a generation, None where it shows none, or one that can't be told from another."""
    if seen.operation_id == "getJob":
        return _in_job(seen, ledger)
    if seen.operation_id == "getContentProgress":
        return _in_progress(seen, ledger)
    return _in_container(seen, ledger) if seen.container_view is not None else None


def _in_job(seen: Observation, ledger: Ledger) -> GenerationSeen | None:
    if seen.job_view is None:
        return None
    job_id, status = seen.params["jobId"], seen.job_view.get("status")
    generation = ledger.jobs.get(job_id)
    if generation is None or not _is_job_status(status) or not generation.accepted.precedes(seen):
        return None
    return GenerationSeen(seen, generation, None if status == "running" else str(status), Side.JOB, f"Job {job_id}")


def _in_progress(seen: Observation, ledger: Ledger) -> GenerationSeen | None:
    if seen.status != 200 or not seen.authorized:
        return None
    job_id, status = seen.fields.get("jobId"), seen.fields.get("status")
    generation = ledger.named(job_id)
    if generation is None or not _is_job_status(status) or generation.container_id != seen.params["containerId"]:
        return None
    if not generation.accepted.precedes(seen):
        return None
    return GenerationSeen(
        seen, generation, None if status == "running" else str(status), Side.PROGRESS, f"Job {job_id}"
    )


def _is_job_status(status: object) -> bool:
    return status == "running" or (isinstance(status, str) and status in JOB_ENDED)


def _in_container(seen: Observation, ledger: Ledger) -> GenerationSeen | None:
    container = ledger.containers[seen.params["containerId"]]
    status, latest = status_of(seen.fields), container.latest
    if latest is None or status is None or not is_fresh_view(container, seen):
        return None
    # What an unanswered call has started shows no end that could be told from the one before.
    if may_have_regenerated(container, latest.accepted, latest.accepted):
        return None
    if latest.accepted.exchange.sent_at < container.latest_start:
        return None
    ended_as = status if status in TERMINAL else None
    return GenerationSeen(seen, latest, ended_as, Side.CONTAINER, f"Container {container.id}")


@dataclass(slots=True)
class _Told:
    """What one side said of a generation last, and the first read that showed it ended."""

    seen: Observation
    ended_as: str | None
    first_ended: Observation | None


class Sides:
    """A fold over sightings that lays what a container says of its latest generation beside what its job says."""

    def __init__(self) -> None:
        self._told: dict[tuple[bool, str], _Told] = {}

    def compare(self, found: GenerationSeen, ledger: Ledger) -> Iterator[SidesCompared]:
        """Compare a sighting with what the other side said last, then remember it."""
        generation, seen = found.generation, found.seen
        container = ledger.containers[generation.container_id]
        if not _is_latest(generation, container):
            return
        is_job = found.side is not Side.CONTAINER
        other = self._told.get((not is_job, generation.job_id))
        if other is not None and other.seen.precedes(seen):
            names = (f"container {container.id}", f"job {generation.job_id}")
            yield SidesCompared(
                seen,
                generation,
                ended_as=found.ended_as,
                here=names[is_job],
                other=other.seen,
                other_ended_as=other.ended_as,
                there=names[not is_job],
                first_ended=other.first_ended,
                is_cancelled=any(
                    call.operation_id == "cancelJob" and call.params["jobId"] == generation.job_id
                    for call in container.influences
                ),
            )
        self._remember(is_job, generation.job_id, found.ended_as, seen)

    def _remember(self, is_job: bool, job_id: str, ended_as: str | None, seen: Observation) -> None:  # noqa: FBT001 - a key of the table
        known = self._told.get((is_job, job_id))
        if known is not None and known.seen.exchange.sent_at > seen.exchange.sent_at:
            return
        evidence = seen.evidence
        first = known.first_ended if known and known.ended_as == ended_as else None
        self._told[is_job, job_id] = _Told(evidence, ended_as, (first or evidence) if ended_as else None)


def _is_latest(generation: Generation, container: Container) -> bool:
    accepted = generation.accepted
    started = accepted.exchange.sent_at
    return not may_have_regenerated(container, accepted, accepted) and all(
        call.exchange.received_at < started or call is accepted or container.is_repeat(call)
        for call in container.regenerating
    )
