"""JOB-1 and JOB-4 to JOB-7: what a job shows, and that it never changes once it has ended."""

from __future__ import annotations

from conformance.checks.base import Check, on
from conformance.checks.wording import changes, short
from conformance.contract.lifecycle import JOB_ENDED, JOB_STATUSES
from conformance.history.facts import EndedJobReadAgain, JobAsked, JobRead
from conformance.history.fields import instant
from conformance.history.messages import is_same_id
from conformance.history.observation import Observation


class JobCanBeRead(Check):
    """JOB-1: an accepted job is answered with its own id and kind; REG-5 speaks of the job of an earlier generation."""

    judges = ("JOB-1",)

    @on(JobAsked)
    def asked(self, fact: JobAsked) -> None:
        """Judge whether a job that an envelope has named is found by its owner."""
        generation, seen = fact.generation, fact.seen
        if generation is None or generation.accepted.actor != seen.actor:
            return
        if seen.is_turned_away and not fact.was_superseded:
            message = f"Job {generation.job_id} was accepted, but reading it was answered {seen.status}."
            if not self.lagged("JOB-1", message, generation.accepted, seen):
                self.failed("JOB-1", "cannot be read", message, generation.accepted, seen)

    @on(JobRead)
    def read(self, fact: JobRead) -> None:
        """Judge the id and the kind that a job shows to its owner, and that it is not the job of another container."""
        generation, seen, view = fact.generation, fact.seen, fact.view
        if generation is None or generation.accepted.actor != seen.actor:
            return
        kind, wrong = generation.accepted.fields.get("kind"), {}
        if view.get("jobId") != generation.job_id:
            wrong["jobId"] = f"the jobId {short(view.get('jobId'))}"
        if isinstance(kind, str) and view.get("kind") != kind:
            wrong["kind"] = f"the kind {short(view.get('kind'))} where its envelope said {short(kind)}"
        named = view.get("containerId")
        if isinstance(named, str) and not is_same_id(named, generation.container_id):
            wrong["containerId"] = f"the containerId {short(named)}, not {generation.container_id}"
        self.verify(
            "JOB-1",
            f"another {' and '.join(wrong)}",
            not wrong,
            lambda: f"Reading job {generation.job_id} shows {' and '.join(wrong.values())}.",
            generation.accepted,
            seen,
        )


class EndedJobsStay(Check):
    """JOB-4: a job's status is legal, and an ended job never changes; across a regeneration REG-5 says so."""

    judges = ("JOB-4",)

    @on(JobRead)
    def read(self, fact: JobRead) -> None:
        """Judge the status that a job shows, where it shows one."""
        if "status" not in fact.view:
            return
        status = fact.view["status"]
        self.verify(
            "JOB-4",
            "unknown status",
            isinstance(status, str) and status in JOB_STATUSES,
            lambda: f"Job {short(fact.job_id)} shows the status {short(status)}.",
            fact.seen,
        )

    @on(EndedJobReadAgain)
    def read_again(self, fact: EndedJobReadAgain) -> None:
        """Compare a job with the first view that showed it ended."""
        if fact.was_regenerated:
            return
        message = f"Job {short(fact.job_id)} changed its {changes(fact.changed)} after it had ended."
        if fact.runs_again and self.lagged("JOB-4", message, fact.first, fact.seen):
            return
        kind = f"changed its {' and '.join(fact.changed)}"
        self.verify("JOB-4", kind, not fact.changed, lambda: message, fact.first, fact.seen)


class ProgressNeverFalls(Check):
    """JOB-5: progress lies between 0 and 1, and later reads never show less."""

    judges = ("JOB-5",)

    def __init__(self) -> None:
        self._furthest: dict[str, tuple[Observation, float]] = {}

    @on(JobRead)
    def read(self, fact: JobRead) -> None:
        """Judge the progress that a job shows, where it shows one."""
        seen, job_id, progress = fact.seen, fact.job_id, fact.view.get("progress")
        if progress is None:
            return
        if isinstance(progress, bool) or not isinstance(progress, int | float) or not 0 <= progress <= 1:
            message = f"Job {short(job_id)} shows the progress {short(progress)}, not a number from 0 to 1."
            self.failed("JOB-5", "not from 0 to 1", message, seen)
            return
        known = self._furthest.get(job_id)
        if known is None or not known[0].precedes(seen):
            self.passed("JOB-5", seen)
        elif progress >= known[1]:
            self.passed("JOB-5", known[0], seen)
        else:
            message = f"The progress of job {short(job_id)} went back from {known[1]} to {progress}."
            if not self.lagged("JOB-5", message, known[0], seen):
                self.failed("JOB-5", "went back", message, known[0], seen)
        if known is None or progress >= known[1]:
            self._furthest[job_id] = (seen.evidence, progress)


class EndedJobContents(Check):
    """JOB-6 and JOB-7: when a job ended, and which container a completed job made."""

    judges = ("JOB-6", "JOB-7")

    @on(JobRead)
    def read(self, fact: JobRead) -> None:
        """Judge a job that a read shows as ended."""
        status = fact.view.get("status")
        if not isinstance(status, str) or status not in JOB_ENDED:
            return
        self._times(fact, status)
        if status == "completed":
            self._result(fact)

    def _times(self, fact: JobRead, status: str) -> None:
        job_id, finished, started = short(fact.job_id), fact.view.get("finishedAt"), fact.view.get("startedAt")
        first, last = instant(started), instant(finished)
        if finished is None:
            self.failed("JOB-6", "no finishedAt", f"Job {job_id} is {status} and has no finishedAt.", fact.seen)
        elif last is not None:  # what is no timestamp is SCH-3's
            self.verify(
                "JOB-6",
                "finished before it started",
                first is None or not first.after(last),
                lambda: f"Job {job_id} finished at {short(finished)}, before it started at {short(started)}.",
                fact.seen,
            )

    def _result(self, fact: JobRead) -> None:
        generation, result = fact.generation, fact.view.get("result")
        if generation is None or generation.accepted.actor != fact.seen.actor:
            return
        named = result.get("containerId") if isinstance(result, dict) else None
        self.verify(
            "JOB-7",
            "another container" if named is not None else "no container",
            isinstance(named, str) and is_same_id(named, generation.container_id),
            lambda: (
                f"The result of completed job {short(fact.job_id)} names the container {short(named)}, "
                f"but its envelope named {generation.container_id}."
            ),
            generation.accepted,
            fact.seen,
        )


CHECKS: tuple[type[Check], ...] = (JobCanBeRead, EndedJobsStay, ProgressNeverFalls, EndedJobContents)
