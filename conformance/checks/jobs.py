"""Checks of jobs and progress (JOB)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from conformance.checks.base import Check, changes, on, short
from conformance.checks.shared import SidesAgree
from conformance.contract.lifecycle import JOB_ENDED, JOB_STATUSES, TERMINAL
from conformance.history.facts import (
    EndedJobReadAgain,
    JobRead,
    JobRequest,
    NamedJob,
    ProgressRead,
    ProgressRequest,
    SidesCompared,
)
from conformance.history.fields import instant, status_of
from conformance.history.ledger import Ledger
from conformance.history.messages import is_same_id
from conformance.history.observation import Observation
from conformance.history.windows import is_fresh_view


class JobCanBeRead(Check):
    """JOB-1: an accepted job is answered with its own id and kind; REG-5 speaks of the job of an earlier generation."""

    judges = ("JOB-1",)

    @on(JobRequest)
    def request(self, fact: JobRequest) -> None:
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
        message = f"Reading job {generation.job_id} shows {' and '.join(wrong.values())}."
        self.verify("JOB-1", f"another {' and '.join(wrong)}", not wrong, message, generation.accepted, seen)


class EndedJobsStay(Check):
    """JOB-4: a job's status is legal, and an ended job never changes; across a regeneration REG-5 says so."""

    judges = ("JOB-4",)

    @on(JobRead)
    def read(self, fact: JobRead) -> None:
        if "status" not in fact.view:
            return
        status = fact.view["status"]
        message = f"Job {short(fact.job_id)} shows the status {short(status)}."
        self.verify("JOB-4", "unknown status", isinstance(status, str) and status in JOB_STATUSES, message, fact.seen)

    @on(EndedJobReadAgain)
    def read_again(self, fact: EndedJobReadAgain) -> None:
        if fact.was_regenerated:
            return
        message = f"Job {short(fact.job_id)} changed its {changes(fact.changed)} after it had ended."
        if fact.runs_again and self.lagged("JOB-4", message, fact.first, fact.seen):
            return
        kind = f"changed its {' and '.join(fact.changed)}"
        self.verify("JOB-4", kind, not fact.changed, message, fact.first, fact.seen)


class ProgressNeverFalls(Check):
    """JOB-5: progress lies between 0 and 1, and later reads never show less."""

    judges = ("JOB-5",)

    def __init__(self) -> None:
        self._furthest: dict[str, tuple[Observation, float]] = {}

    @on(JobRead)
    def read(self, fact: JobRead) -> None:
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
            message = f"Job {job_id} finished at {short(finished)}, before it started at {short(started)}."
            self.verify(
                "JOB-6", "finished before it started", first is None or not first.after(last), message, fact.seen
            )

    def _result(self, fact: JobRead) -> None:
        generation, result = fact.generation, fact.view.get("result")
        if generation is None or generation.accepted.actor != fact.seen.actor:
            return
        named = result.get("containerId") if isinstance(result, dict) else None
        message = (
            f"The result of completed job {short(fact.job_id)} names the container {short(named)}, "
            f"but its envelope named {generation.container_id}."
        )
        self.verify(
            "JOB-7",
            "another container" if named is not None else "no container",
            isinstance(named, str) and is_same_id(named, generation.container_id),
            message,
            generation.accepted,
            fact.seen,
        )


class ProgressShowsLatestJob(Check):
    """JOB-3 and JOB-4: the owner of a container sees its latest job.

    A job that only a refused call can have started is that call's fault (see `refused_calls`).
    """

    judges = ("JOB-3", "JOB-4")

    @on(ProgressRequest)
    def request(self, fact: ProgressRequest) -> None:
        container, seen = fact.container, fact.seen
        if container is None or not fact.current or seen.actor != container.owner:
            return
        if seen.is_turned_away:
            message = f"Reading the progress of container {container.id} was answered {seen.status}."
            if not self.lagged("JOB-3", message, fact.current[-1].accepted, seen):
                self.failed("JOB-3", "cannot be read", message, seen)
        elif isinstance(fact, ProgressRead):
            self._judge(fact)

    def _judge(self, fact: ProgressRead) -> None:
        container, seen = fact.container, fact.seen
        if fact.named is NamedJob.NONE:
            self.failed("JOB-3", "no job", f"The progress of container {container.id} names no job.", seen)
        elif fact.named is NamedJob.OTHER and not _may_lag(fact):
            message = (
                f"The progress of container {container.id} names job {short(fact.view['jobId'])}, "
                f"but its latest job is {' or '.join(sorted(one.job_id for one in fact.current))}."
            )
            self.failed("JOB-3", "another job", message, *(one.accepted for one in fact.current), seen)
        elif fact.named not in {NamedJob.REFUSED, NamedJob.OTHER}:
            self._shape(fact)

    def _shape(self, fact: ProgressRead) -> None:
        seen, subject = fact.seen, f"The progress of container {fact.container.id}"
        named, status = fact.view.get("containerId"), fact.view.get("status")
        if isinstance(named, str) and named != fact.container.id:
            self.failed("JOB-3", "another container", f"{subject} names the container {short(named)}.", seen)
        elif not isinstance(status, str):
            self.failed("JOB-3", "no status", f"{subject} shows no status.", seen)
        elif status not in JOB_STATUSES:
            self.failed("JOB-4", "unknown status", f"{subject} shows the status {short(status)}.", seen)
        else:
            self.passed("JOB-3", seen)


def _may_lag(fact: ProgressRead) -> bool:
    """Return whether the progress may still name an earlier job of the container, since it may follow it by a moment (open reading 36)."""
    container, job_id = fact.container, fact.view["jobId"]
    accepted = max(one.accepted.exchange.received_at for one in fact.current)
    is_earlier = any(one.job_id == job_id for one in container.generations)
    return is_earlier and fact.seen.exchange.sent_at < accepted + container.begins_within


class JobMatchesContainer(SidesAgree):
    """JOB-2: the latest job and its container agree, but for a moment around a change; after a cancel, LIF-10 says how."""

    judges = ("JOB-2",)

    def concerns(self, fact: SidesCompared) -> bool:
        """Return whether no call may have cancelled the job."""
        return not fact.is_cancelled

    def agree(self, fact: SidesCompared) -> None:
        """Count that the sides agree."""
        self.passed("JOB-2", fact.other, fact.seen)


@dataclass(frozen=True, slots=True)
class _Tagged:
    """The latest answer of a job that carried an ETag."""

    seen: Observation
    etag: str
    status: object
    digest: bytes


class ConditionalJobReads(Check):
    """JOB-8: a job that cannot have changed since its last ETag is answered 304, one that has changed is not."""

    judges = ("JOB-8",)

    def __init__(self) -> None:
        self._latest: dict[tuple[str, str, str | None], _Tagged] = {}

    @on(JobRequest)
    def request(self, fact: JobRequest) -> None:
        """Judge a getJob that names an ETag, then keep the ETag of its answer."""
        seen, job_id = fact.seen, fact.job_id
        if not seen.authorized:
            return
        # An ETag is that of one content coding (RFC 9110, section 8.8.3.3).
        key = (seen.actor, job_id, seen.exchange.request.header("accept-encoding"))
        latest = self._latest.get(key)
        asked = seen.exchange.request.header("if-none-match")
        if latest is not None and asked is not None and latest.seen.precedes(seen):
            self._judge(job_id, asked, latest, seen)
        response = seen.exchange.response
        etag = response.header("etag") if response else None
        if isinstance(fact, JobRead) and response is not None and etag:
            digest, status = hashlib.sha256(response.body).digest(), fact.view.get("status")
            if latest is not None and _opaque(latest.etag) == _opaque(etag) and latest.seen.precedes(seen):
                self._same_tag(job_id, latest, status, seen)
            self._latest[key] = _Tagged(seen.evidence, etag, status, digest)

    def _judge(self, job_id: str, asked: str, latest: _Tagged, seen: Observation) -> None:
        ended = isinstance(latest.status, str) and latest.status in JOB_ENDED
        named = _names(asked, latest.etag)
        if not ended:
            end = _known_end(job_id, seen, self.ledger) if seen.status == 304 and named else None
            if end is not None:
                message = f"Job {short(job_id)} had ended, and was answered 304 for the ETag that it had while running."
                self.failed("JOB-8", "304 after its end", message, latest.seen, end, seen)
            return
        if seen.status == 304 and named:
            self.passed("JOB-8", latest.seen, seen)
        elif seen.status == 304 and "," not in asked and _bare(asked) not in {"*", _bare(latest.etag)}:
            message = (
                f"Job {short(job_id)} was answered 304 for the ETag {short(asked)}, but its last ETag is {latest.etag}."
            )
            if not self.lagged("JOB-8", message, latest.seen, seen):
                self.failed("JOB-8", "304 for another ETag", message, latest.seen, seen)
        elif seen.status == 200 and named and seen.exchange.response is not None:
            unchanged = hashlib.sha256(seen.exchange.response.body).digest() == latest.digest
            if unchanged:
                message = f"Job {short(job_id)} has not changed since the ETag {latest.etag}, but was answered 200 instead of 304."
                self.failed("JOB-8", "200 although unchanged", message, latest.seen, seen)

    def _same_tag(self, job_id: str, latest: _Tagged, status: object, seen: Observation) -> None:
        if latest.status == "running" and isinstance(status, str) and status in JOB_ENDED:
            message = f"Job {short(job_id)} kept the ETag {latest.etag} although it went from running to {status}."
            self.failed("JOB-8", "same ETag after its end", message, latest.seen, seen)


def _opaque(etag: str) -> str:
    # If-None-Match compares weakly (RFC 9110, section 13.1.2).
    return etag.strip().removeprefix("W/")


def _bare(etag: str) -> str:
    # A target may forgive missing quotes.
    return _opaque(etag).strip('"')


def _names(asked: str, etag: str) -> bool:
    """Return whether the value of If-None-Match, a list of tags, names one."""
    return _opaque(etag) in {_opaque(asked), *re.findall(r'"[^"]*"', asked)}


def _known_end(job_id: str, seen: Observation, ledger: Ledger) -> Observation | None:
    """Return the read that showed the job at its end, or its container, where that was long enough before for the job to show it."""
    generation, container = ledger.jobs.get(job_id), ledger.container_of_job(job_id)
    if generation is None or container is None:
        return None
    ended, read = ledger.ended(generation), container.read
    is_its_own = container.latest is generation and container.latest_start <= generation.accepted.exchange.sent_at
    if ended is None and read is not None and is_its_own and status_of(read.fields) in TERMINAL:
        ended = read if generation.accepted.precedes(read) and is_fresh_view(container, read) else None
    if ended is None or ended.exchange.received_at + container.begins_within > seen.exchange.sent_at:
        return None
    return ended
