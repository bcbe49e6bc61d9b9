"""Faults of replays: answers that differ from the original, or that create something (requirements IDM-1 and IDM-2)."""

import json
from collections import deque
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import conflict
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


class _FreshRequestId(ReplayOfJob):
    def again(self, answer: Answer, job: Job) -> Answer:  # noqa: ARG002  # any job
        return self.rewritten(answer, requestId=self.backend.ids.request())


class _OtherLocation(ReplayOfJob):
    def again(self, answer: Answer, job: Job) -> Answer:
        return self.rewritten(answer, locationUrl=f"/v1/jobs/{job.id}?replayed=true")


class _StageFollows(ReplayOfJob):
    def again(self, answer: Answer, job: Job) -> Answer:
        now = self.backend.clock.now()
        return answer if self.backend.generation.in_flight(job, now) else self.rewritten(answer, stage="completed")


class _LatestJob(ReplayOfJob):
    def again(self, answer: Answer, job: Job) -> Answer:
        snapshot = self.backend.store.container(job.container_id, self.backend.clock.now())
        if snapshot is None or snapshot.job.id == job.id:
            return answer
        return self.rewritten(answer, jobId=snapshot.job.id, locationUrl=self.backend.rendering.location(snapshot.job))


class _RefusedOnceEnded(ReplayOfJob):
    def again(self, answer: Answer, job: Job) -> Answer:
        if self.backend.generation.in_flight(job, self.backend.clock.now()):
            return answer
        raise conflict("The job of this request has ended.")


class _ForgottenOnceEnded(ReplayOfJob):
    def lookup(self, slot: str, now: int) -> Replay | None:
        replay = super().lookup(slot, now)
        job = self.job_of(replay.body) if replay else None
        return None if job and not self.backend.generation.in_flight(job, now) else replay


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


class _FewKeys(Idempotency):
    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self.known: deque[str] = deque(maxlen=KEYS_REMEMBERED)

    def lookup(self, slot: str, now: int) -> Replay | None:
        return super().lookup(slot, now) if slot in self.known else None

    def remember(self, slot: str, fingerprint: str, answer: Answer, now: int) -> None:
        self.known.append(slot)
        super().remember(slot, fingerprint, answer, now)


class _HiddenContainer(ReplayOfJob):
    def again(self, answer: Answer, job: Job) -> Answer:
        project = self.backend.store.project(job.project_id)
        source = self.backend.store.container(job.container_id, self.backend.clock.now())
        if project and source and job.kind == "content_generate":
            self.backend.lifecycle.clone(source, project)
        return answer


class _SecondJob(ReplayOfJob):
    def again(self, answer: Answer, job: Job) -> Answer:
        now = self.backend.clock.now()
        snapshot = self.backend.store.container(job.container_id, now)
        if snapshot and not self.backend.generation.in_flight(snapshot.job, now):
            self.backend.lifecycle.regenerate(snapshot, {})
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
        "replay-with-fresh-request-id",
        "IDM-1",
        "stateful",
        "A replay carries a request id that the original does not have.",
        using(_FreshRequestId),
    ),
    Fault(
        "replay-with-other-location",
        "IDM-1",
        "stateful",
        "A replay's locationUrl carries a marker that the original does not have.",
        using(_OtherLocation),
    ),
    Fault(
        "replay-stage-follows-the-job",
        "IDM-1",
        "deep",
        "A replay after the end says the stage completed, and is otherwise the original.",
        using(_StageFollows),
    ),
    Fault(
        "replay-names-latest-job",
        "IDM-1",
        "deep",
        "After a regeneration, a replay of the create names the new job.",
        using(_LatestJob),
    ),
    Fault(
        "replay-refused-once-job-ended",
        "IDM-1",
        "deep",
        "A retry after the job has ended answers 409 instead of the original.",
        using(_RefusedOnceEnded),
    ),
    Fault(
        "replay-lost-once-job-ended",
        "IDM-1",
        "deep",
        "The record of a key is dropped when its job ends, so a late retry makes a second container.",
        using(_ForgottenOnceEnded),
    ),
    Fault(
        "replay-record-serves-once",
        "IDM-1",
        "deep",
        "The record of a key is consumed by its first replay; the second retry is a fresh request.",
        using(_OnceOnly),
    ),
    Fault(
        "only-few-keys-remembered",
        "IDM-1",
        "deep",
        "Records live in a small cache; five later keys push a key out.",
        using(_FewKeys),
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
        "replay-restarts-ended-container",
        "IDM-2",
        "deep",
        "A replay after the end gives the original answer and yet starts a second job.",
        using(_SecondJob),
    ),
    Fault(
        "replay-starts-second-job",
        "IDM-2",
        "deep",
        "A replay gives the original answer and yet puts the container under a second job.",
        using(_JobReplaced),
    ),
)
