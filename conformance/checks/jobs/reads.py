"""Judges of jobs: what a job shows, that it never changes once it has ended, and a container's progress."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from conformance.checks.creating.answers import ABOUT_THE_CALLER
from conformance.checks.findings import Check, Finding, failed, passed, verify
from conformance.checks.jobs.etags import UnchangedJob
from conformance.checks.jobs.stories import SameStory
from conformance.checks.refused_calls.effects import REFUSED_BY, requirement_of
from conformance.checks.wording import short
from conformance.contract.lifecycle import JOB_ENDED, JOB_STATUSES
from conformance.history.causes import vouched
from conformance.history.ledger import Container, Generation, Ledger
from conformance.history.observation import Observation
from conformance.history.requests import ABSENT, may_object_to_form
from conformance.history.timestamps import instant
from conformance.history.walks import without_body


def generation_of(seen: Observation, ledger: Ledger) -> Generation | None:
    """Give the generation whose job a getJob of its owner names, where it had been accepted before."""
    if seen.operation_id != "getJob":
        return None
    generation = ledger.jobs.get(seen.params["jobId"])
    if generation is None or not generation.accepted.precedes(seen) or generation.accepted.actor != seen.actor:
        return None
    return generation


def turned_away(seen: Observation) -> bool:
    """Tell whether a read was answered that there is no such thing, or refused for no reason that its caller or its form could give."""
    return seen.status in ABSENT or (
        seen.refused and seen.status not in ABOUT_THE_CALLER and not seen.may_object_to_form
    )


def was_superseded(generation: Generation, seen: Observation, ledger: Ledger) -> bool:
    """Tell whether a later generation of the same container had been accepted before an exchange."""
    return any(
        generation.accepted.precedes(other.accepted) and other.accepted.precedes(seen)
        for other in ledger.containers[generation.container_id].generations
    )


class JobCanBeRead(Check):
    """JOB-1, and REG-5 for the job of an earlier generation: a known job is answered with its own id and kind."""

    judges = ("JOB-1", "REG-5")

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge a getJob of a job that an envelope has named."""
        generation = generation_of(seen, ledger)
        if generation is None:
            return
        accepted = generation.accepted
        if turned_away(seen):
            requirement = "REG-5" if was_superseded(generation, seen, ledger) else "JOB-1"
            message = f"Job {generation.job_id} was accepted, and reading it was answered {seen.status}."
            yield failed(requirement, message, accepted, seen)
        elif seen.job_view is not None:
            kind, wrong = accepted.fields.get("kind"), []
            if seen.job_view.get("jobId") != generation.job_id:
                wrong.append(f"the jobId {short(seen.job_view.get('jobId'))}")
            if isinstance(kind, str) and seen.job_view.get("kind") != kind:
                wrong.append(f"the kind {short(seen.job_view.get('kind'))} where its envelope said {short(kind)}")
            message = f"Reading job {generation.job_id} shows {' and '.join(wrong)}."
            yield from verify("JOB-1", not wrong, message, accepted, seen)


@dataclass(frozen=True, slots=True)
class Ended:
    """The first view of a job that showed it ended, and what of it may never change."""

    seen: Observation
    lasting: dict[str, Any]


class EndedJobs(Check):
    """JOB-4, and REG-5 across a regeneration: a job's status is legal, and an ended job never changes."""

    judges = ("JOB-4", "REG-5")

    def __init__(self) -> None:
        self._ended: dict[str, Ended] = {}

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Compare a job with the first view that showed it ended."""
        view = seen.job_view
        if view is None or "status" not in view:
            return
        job_id, status = seen.params["jobId"], view["status"]
        legal = isinstance(status, str) and status in JOB_STATUSES
        yield from verify("JOB-4", legal, f"Job {short(job_id)} shows the status {short(status)}.", seen)
        if not legal:
            return
        known = self._ended.get(job_id)
        if known is None:
            if status in JOB_ENDED:
                self._ended[job_id] = Ended(seen.evidence, _lasting(view))
        elif known.seen.precedes(seen):
            yield from self._compare(job_id, known, seen, ledger)

    def _compare(self, job_id: str, known: Ended, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        new = _lasting(seen.fields)
        changed = [name for name, value in known.lasting.items() if not _same(value, new[name])]
        generation = ledger.jobs.get(job_id)
        regenerated = generation is not None and any(
            other is not generation and other.accepted.exchange.received_at > known.seen.exchange.sent_at
            for other in ledger.containers[generation.container_id].generations
        )
        changes = " and ".join(f"{name} from {short(known.lasting[name])} to {short(new[name])}" for name in changed)
        message = f"Job {short(job_id)} had ended and still changed its {changes}."
        yield from verify("REG-5" if regenerated else "JOB-4", not changed, message, known.seen, seen)


def _lasting(view: dict[str, Any]) -> dict[str, Any]:
    # A result may show a signed URL, which is another one at each read.
    result = view.get("result")
    named = result.get("containerId") if isinstance(result, dict) else None
    # An error may be told with the id of the request that asks for it, or in the caller's language.
    error = view.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    told = None if error is None else code or "told"
    lasting = {name: view.get(name) for name in ("status", "kind", "finishedAt")}
    return lasting | {"error": told, "result.containerId": named}


def _same(old: Any, new: Any) -> bool:
    first, second = instant(old), instant(new)
    return first.same(second) if first is not None and second is not None else bool(old == new)


class JobProgress(Check):
    """JOB-5: progress lies between 0 and 1, and later reads never show less."""

    judges = ("JOB-5",)

    def __init__(self) -> None:
        self._furthest: dict[str, tuple[Observation, float]] = {}

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:  # noqa: ARG002 - the job's own reads tell
        """Judge the progress that a getJob shows, where it shows one."""
        view = seen.job_view
        if view is None or view.get("progress") is None:
            return
        job_id, progress = seen.params["jobId"], view["progress"]
        if isinstance(progress, bool) or not isinstance(progress, int | float) or not 0 <= progress <= 1:
            yield failed(
                "JOB-5", f"Job {short(job_id)} shows the progress {short(progress)}, not a number from 0 to 1.", seen
            )
            return
        known = self._furthest.get(job_id)
        if known is not None and known[0].precedes(seen):
            message = f"The progress of job {short(job_id)} went back from {known[1]} to {progress}."
            yield from verify("JOB-5", progress >= known[1], message, known[0], seen)
        else:
            yield passed("JOB-5", seen)
        if known is None or progress >= known[1]:
            self._furthest[job_id] = (seen.evidence, progress)


class WhatAnEndedJobShows(Check):
    """JOB-6 and JOB-7: when a job ended, and which container a completed job made."""

    judges = ("JOB-6", "JOB-7")

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge a job that a getJob shows as ended."""
        view = seen.job_view
        status = view.get("status") if view else None
        if view is None or not isinstance(status, str) or status not in JOB_ENDED:
            return
        job_id = short(seen.params["jobId"])
        finished, started = view.get("finishedAt"), view.get("startedAt")
        first, last = instant(started), instant(finished)
        if finished is None:
            yield failed("JOB-6", f"Job {job_id} is {status} and has no finishedAt.", seen)
        elif last is not None:
            message = f"Job {job_id} finished at {short(finished)}, before it started at {short(started)}."
            yield from verify("JOB-6", first is None or not first.after(last), message, seen)
        generation = generation_of(seen, ledger)
        if status == "completed" and generation is not None:
            result = view.get("result")
            named = result.get("containerId") if isinstance(result, dict) else None
            message = (
                f"The result of completed job {job_id} names the container {short(named)}, "
                f"and its envelope named {generation.container_id}."
            )
            yield from verify("JOB-7", named == generation.container_id, message, generation.accepted, seen)


class ContainerProgress(Check):
    """JOB-3, and JOB-4 of its status: getContentProgress shows the container's latest job, in its shape; a refused call has started none."""

    judges = ("JOB-3", "JOB-4", *REFUSED_BY)

    def __init__(self) -> None:
        self._refused: dict[str, Observation] = {}

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge the progress of a container that this history made."""
        container = ledger.containers.get(seen.params.get("containerId", ""))
        if container is None or not vouched(container):
            return
        if seen.refused and seen.may_regenerate:
            self._refused[container.id] = seen
        if seen.operation_id != "getContentProgress" or seen.actor != container.owner:
            return
        if not any(generation.accepted.precedes(seen) for generation in container.generations):
            return
        if turned_away(seen):
            yield failed("JOB-3", f"The progress of container {container.id} was answered {seen.status}.", seen)
        elif seen.status == 200 and isinstance(seen.answer, dict):
            yield from self._judge(container, seen)

    def _judge(self, container: Container, seen: Observation) -> Iterator[Finding]:
        candidates = latest_jobs(container, seen)
        view = seen.fields
        job_id = view.get("jobId")
        if not isinstance(job_id, str):
            yield failed("JOB-3", f"The progress of container {container.id} names no job.", seen)
            return
        known = {generation.job_id for generation in container.generations}
        # Whoever regenerated without an answer has a job that this history can't name.
        unnamed = any(call.may_regenerate and not _started(call, container) for call in container.influences)
        refused = self._refused.get(container.id)
        if job_id not in known and refused is not None and refused.precedes(seen) and not unnamed:
            message = f"{refused.name()} was answered {refused.status}, and container {container.id} has the new job {short(job_id)}."
            yield failed(requirement_of(refused, container), message, refused, seen)
        elif job_id not in candidates and not (unnamed and job_id not in known):
            accepted = [one.accepted for one in container.generations if one.job_id in candidates]
            message = (
                f"The progress of container {container.id} names job {short(job_id)}, "
                f"and its latest job is {' or '.join(sorted(candidates))}."
            )
            yield failed("JOB-3", message, *accepted, seen)
        else:
            yield from self._shape(container, view, seen)

    def _shape(self, container: Container, view: dict[str, Any], seen: Observation) -> Iterator[Finding]:
        named, status = view.get("containerId"), view.get("status")
        if isinstance(named, str) and named != container.id:
            yield failed("JOB-3", f"The progress of container {container.id} names the container {short(named)}.", seen)
        elif not isinstance(status, str):
            yield failed("JOB-3", f"The progress of container {container.id} shows no status.", seen)
        elif status not in JOB_STATUSES:
            yield failed("JOB-4", f"The progress of container {container.id} shows the status {short(status)}.", seen)
        else:
            yield passed("JOB-3", seen)


def _started(call: Observation, container: Container) -> bool:
    return any(generation.accepted is call for generation in container.generations)


def latest_jobs(container: Container, seen: Observation) -> set[str]:
    """Give the jobs that may be a container's latest while an exchange was on its way."""
    accepted = [one.accepted for one in container.generations if one.accepted.precedes(seen)]
    return {one.job_id for one in container.generations if not any(one.accepted.precedes(later) for later in accepted)}


CHECKS: tuple[type[Check], ...] = (
    JobCanBeRead,
    EndedJobs,
    JobProgress,
    WhatAnEndedJobShows,
    ContainerProgress,
    SameStory,
    UnchangedJob,
)
