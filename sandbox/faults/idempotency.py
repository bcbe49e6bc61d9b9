"""Faults of replays: answers that differ from the original, or that create something (requirements IDM-1 and IDM-2)."""

import json
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.parts import using
from sandbox.idempotency import Idempotency
from sandbox.records import Answer, Job, Replay

GENERATES = ("content_generate", "content_regenerate", "content_clone")
KEYS_REMEMBERED = 5


class ReplayOfJob(Idempotency):
    """Base class with a hook for replays that answer with a job."""

    backend: Backend

    def again(self, answer: Answer, job: Job) -> Answer:  # noqa: ARG002  # for subclasses
        """Return the answer to a repeated request; `answer` is the original."""
        return answer

    def job_of(self, body: bytes) -> Job | None:
        """Return the job that an answer names."""
        return self.backend.store.job(str(json.loads(body).get("jobId")))

    def replayed(self, replay: Replay, fingerprint: str) -> Answer:
        """Return the first answer as changed by `again`."""
        answer = super().replayed(replay, fingerprint)
        job = self.job_of(answer.body)
        return self.again(answer, job) if job else answer

    def rewritten(self, answer: Answer, **members: Any) -> Answer:
        """Return an answer with some members of its body replaced."""
        return answer._replace(body=self.backend.rendering.encode(json.loads(answer.body) | members))


class _Answers200(ReplayOfJob):
    def again(self, answer: Answer, job: Job) -> Answer:  # noqa: ARG002  # any job
        return answer._replace(status=200)


class _FreshStart(ReplayOfJob):
    def again(self, answer: Answer, job: Job) -> Answer:  # noqa: ARG002  # any job
        return self.rewritten(answer, startedAt=self.backend.rendering.timestamp(self.backend.clock.now()))


class _WrittenOnceEnded(ReplayOfJob):
    def lookup(self, slot: str, now: int) -> Replay | None:
        replay = super().lookup(slot, now)
        job = self.job_of(replay.body) if replay else None
        return None if job and self.backend.generation.in_flight(job, now) else replay


class _OnceOnly(Idempotency):
    def lookup(self, slot: str, now: int) -> Replay | None:
        replay = super().lookup(slot, now)
        if replay:
            self.backend.store.keep_replay(slot, replay._replace(created_at=0))
        return replay


class _HiddenContainer(ReplayOfJob):
    def again(self, answer: Answer, job: Job) -> Answer:
        project = self.backend.store.project(job.project_id)
        source = self.backend.store.container(job.container_id, self.backend.clock.now())
        if project and source and job.kind == "content_generate":
            self.backend.lifecycle.clone(source, project)
        return answer


class _JobReplaced(ReplayOfJob):
    def again(self, answer: Answer, job: Job) -> Answer:
        snapshot = self.backend.store.container(job.container_id, self.backend.clock.now())
        if snapshot and snapshot.job.id == job.id:
            brief = json.loads(snapshot.container.brief)
            second = self.backend.lifecycle.start_job(job.kind, job.org, job.project_id, job.container_id, brief)
            self.backend.store.update_container(snapshot.container._replace(job_id=second.id))
        return answer


def current_state(*kinds: str) -> Install:
    """Return an install that builds replays of jobs of these kinds from the current state of the job."""

    class _CurrentState(ReplayOfJob):
        def again(self, answer: Answer, job: Job) -> Answer:
            return self.backend.operations.started(job) if job.kind in kinds else answer

    return using(_CurrentState)


FAULTS: tuple[Fault, ...] = (
    Fault("replay-answers-200", "IDM-1", "stateful", "A replay answers 200 instead of 202.", using(_Answers200)),
    Fault(
        "replay-built-from-current-state",
        "IDM-1",
        "deep",
        "A replay shows the job as it is now, so it differs once the job has moved on.",
        current_state(*GENERATES),
    ),
    Fault("replay-with-fresh-started-at", "IDM-1", "stateful", "A replay says that it starts now.", using(_FreshStart)),
    Fault(
        "replay-record-serves-once",
        "IDM-1",
        "deep",
        "The record of a key is consumed by its first replay; the second retry is a fresh request.",
        using(_OnceOnly),
    ),
    Fault(
        "record-written-after-job-ended",
        "IDM-2",
        "deep",
        "A key is recorded when the job has ended, so a retry before that makes a second container.",
        using(_WrittenOnceEnded),
    ),
    Fault(
        "replay-makes-hidden-container",
        "IDM-2",
        "deep",
        "A replay gives the original answer and yet makes one more container.",
        using(_HiddenContainer),
    ),
    Fault(
        "replay-starts-second-job",
        "IDM-2",
        "deep",
        "A replay gives the original answer and yet puts the container under a second job.",
        using(_JobReplaced),
    ),
)
