"""Jobs: what of an ended one may never change, which one a progress names, and what job and container say of a generation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conformance.contract.lifecycle import JOB_ENDED, JOB_STATUSES, TERMINAL
from conformance.history.containers import Container, Generation
from conformance.history.facts import (
    EndedJobReadAgain,
    GenerationSeen,
    NamedJob,
    ProgressRead,
    ProgressRequest,
    Side,
    SidesCompared,
    Wrote,
)
from conformance.history.fields import instant, status_of
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.windows import is_fresh_view, may_have_regenerated


@dataclass(frozen=True, slots=True)
class _Ended:
    seen: Observation
    lasting: dict[str, Any]


class EndedJobs:
    """A fold over reads of jobs."""

    def __init__(self) -> None:
        self._ended: dict[str, _Ended] = {}

    def take(self, seen: Observation, ledger: Ledger) -> EndedJobReadAgain | None:
        """Take in a read of a job, and compare it with the first one that showed it ended."""
        view = seen.job_view
        status = view.get("status") if view is not None else None
        if view is None or not isinstance(status, str) or status not in JOB_STATUSES:
            return None
        job_id = seen.params["jobId"]
        known = self._ended.get(job_id)
        if known is None:
            if status in JOB_ENDED:
                self._ended[job_id] = _Ended(seen.evidence, _lasting(view))
            return None
        if not known.seen.precedes(seen):
            return None
        new, since = _lasting(view), known.seen.exchange.sent_at
        generation = ledger.jobs.get(job_id)
        was_regenerated = generation is not None and any(
            other is not generation and other.accepted.exchange.received_at > since
            for other in ledger.containers[generation.container_id].generations
        )
        changed = {name: (value, new[name]) for name, value in known.lasting.items() if not _is_same(value, new[name])}
        return EndedJobReadAgain(seen, job_id, known.seen, changed, was_regenerated)


def _lasting(view: dict[str, Any]) -> dict[str, Any]:
    # A result may show a signed URL, which is another one at each read.
    result = view.get("result")
    named = result.get("containerId") if isinstance(result, dict) else None
    # An error may be told with the id of the request that asks for it, or in the caller's language.
    error = view.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    error_code = None if error is None else code or "told"
    lasting = {name: view.get(name) for name in ("status", "kind", "finishedAt")}
    return lasting | {"error": error_code, "result.containerId": named}


def _is_same(old: Any, new: Any) -> bool:
    if old == new:
        return True
    first, second = instant(old), instant(new)
    return first is not None and second is not None and first.same(second)


class Progress:
    """A fold over refused calls and reads of progress."""

    def __init__(self) -> None:
        self._refused: dict[str, Observation] = {}

    def note(self, wrote: Wrote) -> None:
        """Keep the latest refused call that asked for another generation of a container."""
        seen, container = wrote.seen, wrote.container
        if seen.refused and seen.may_regenerate and container is not None and container.is_vouched:
            self._refused[container.id] = seen

    def read(self, seen: Observation, ledger: Ledger) -> ProgressRequest:
        """Return what a getContentProgress shows."""
        container = ledger.containers.get(seen.params["containerId"])
        current = _current(container, seen) if container is not None else ()
        if (
            container is None
            or not current
            or seen.status != 200
            or not (seen.authorized and isinstance(seen.answer, dict))
        ):
            return ProgressRequest(seen, container, current)
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
class _View:
    """What one side said of a generation last, and the first read that showed it ended."""

    seen: Observation
    ended_as: str | None
    first_ended: Observation | None


class Sides:
    """A fold over sightings that lays what a container says of its latest generation beside what its job says.

    A job is told of by getJob and by getContentProgress, which are laid beside each other too.
    """

    def __init__(self) -> None:
        self._views: dict[tuple[Side, str], _View] = {}
        self._twins: dict[tuple[Side, str], _View] = {}

    def compare(self, found: GenerationSeen, ledger: Ledger) -> Iterator[SidesCompared]:
        """Compare a sighting with what the other side said last, then remember it."""
        generation, seen = found.generation, found.seen
        container = ledger.containers[generation.container_id]
        if not _is_latest(generation, container):
            return
        is_job = found.side is not Side.CONTAINER
        names = {Side.CONTAINER: f"container {container.id}", Side.JOB: f"job {generation.job_id}"}
        here, there = (Side.JOB, Side.CONTAINER) if is_job else (Side.CONTAINER, Side.JOB)
        other = self._views.get((there, generation.job_id))
        if other is not None and other.seen.precedes(seen):
            yield _compared(found, container, names[here], other, names[there])
        self._remember(self._views, here, found)
        if is_job:
            yield from self._compare_twins(found, container)

    def _compare_twins(self, found: GenerationSeen, container: Container) -> Iterator[SidesCompared]:
        """Compare what getJob and getContentProgress say of one job, where they differ."""
        names = {Side.JOB: f"job {found.generation.job_id}", Side.PROGRESS: f"the progress of container {container.id}"}
        there = Side.PROGRESS if found.side is Side.JOB else Side.JOB
        other = self._twins.get((there, found.generation.job_id))
        if other is not None and other.seen.precedes(found.seen) and other.ended_as != found.ended_as:
            yield _compared(found, container, names[found.side], other, names[there])
        self._remember(self._twins, found.side, found)

    @staticmethod
    def _remember(views: dict[tuple[Side, str], _View], side: Side, found: GenerationSeen) -> None:
        seen, ended_as, key = found.seen, found.ended_as, (side, found.generation.job_id)
        known = views.get(key)
        if known is not None and known.seen.exchange.sent_at > seen.exchange.sent_at:
            return
        evidence = seen.evidence
        first = known.first_ended if known and known.ended_as == ended_as else None
        views[key] = _View(evidence, ended_as, (first or evidence) if ended_as else None)


def _compared(found: GenerationSeen, container: Container, here: str, other: _View, there: str) -> SidesCompared:
    return SidesCompared(
        found.seen,
        found.generation,
        ended_as=found.ended_as,
        here=here,
        other=other.seen,
        other_ended_as=other.ended_as,
        there=there,
        first_ended=other.first_ended,
        is_cancelled=any(
            call.operation_id == "cancelJob" and call.params["jobId"] == found.generation.job_id
            for call in container.influences
        ),
    )


def _is_latest(generation: Generation, container: Container) -> bool:
    accepted = generation.accepted
    started = accepted.exchange.sent_at
    return not may_have_regenerated(container, accepted, accepted) and all(
        call.exchange.received_at < started or call is accepted or container.is_repeat(call)
        for call in container.regenerating
    )
