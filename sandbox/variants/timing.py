"""Variants of the timing of generations, cancels and clocks (open readings 9, 12 and 23)."""

import json
import random
from collections.abc import Iterator
from typing import Any, cast

from sandbox.access import Access
from sandbox.backend import Backend
from sandbox.bodies import CloneBody
from sandbox.change import together, using
from sandbox.clock import Clock
from sandbox.errors import conflict
from sandbox.generation import Generation
from sandbox.idempotency import Idempotency
from sandbox.lifecycle import Lifecycle
from sandbox.listing import Listing, Position
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Container, Job, Project, Replay, Snapshot

VARIANTS = """
generations-slow: A generation takes two seconds.
generations-instant: A generation has ended when it is accepted.
generations-instant-but-running: The 202 says running, and the first read is terminal.
first-generations-instant: A new container has ended at its first read, and a regeneration takes its time.
generations-uneven: Generations take from nothing to a second.
never-generating: queued becomes completed.
never-queued: A container is generating at once.
queue-long: The queue takes almost all of the time.
updated-by-writes-alone: Time does not move updatedAt.
cancel-takes-time: A cancel is accepted, and comes 150 ms later unless the job ends first.
cancel-while-queued-only: Later it is 409.
cancel-of-ended-409: Canceling an ended job is 409.
container-follows-job: A container shows what its job has come to 40 ms later.
clock-of-window-alone: The test clock moves the window of keys and no timestamp.
clones-one-at-a-time: A clone is refused with 409 while another one of its source is in flight.
"""

CANCEL_TAKES_MS = 150
LAG_MS = 40


class _FirstAtOnce(Generation):
    """What is created or cloned has ended at its first read; a regeneration takes its time."""

    is_first = False

    def duration_ms(self) -> int:
        return 0 if self.is_first else super().duration_ms()


def _behind(snapshot: Snapshot) -> Snapshot:
    return snapshot._replace(now=max(snapshot.now - LAG_MS, snapshot.job.started_at))


class GenerationsSlow(Generation):
    def duration_ms(self) -> int:
        return 2_000


class GenerationsInstant(Generation):
    def duration_ms(self) -> int:
        return 0


class GenerationsUneven(Generation):
    def duration_ms(self) -> int:
        return random.choice((0, 5, 30, 300, 1_200))  # noqa: S311  # not for security


class NeverGenerating(Generation):
    def queue_ends_at(self, job: Job) -> int:
        return self.due_at(job)


class NeverQueued(Generation):
    def queue_ends_at(self, job: Job) -> int:
        return job.started_at


class QueueLong(Generation):
    def duration_ms(self) -> int:
        return 1_100

    def queue_ends_at(self, job: Job) -> int:
        return self.due_at(job) - 60


class UpdatedByWritesAlone(Generation):
    def updated_at(self, container: Container, job: Job, now: int) -> int:  # noqa: ARG002  # time does not change it
        return container.updated_at


class CancelWhileQueuedOnly(Operations):
    def cancel_job(self, call: Call) -> Answer:
        backend = self.backend
        job = backend.access.job(call.org, call.path["job_id"])
        if backend.generation.status_at(job, backend.clock.now()) == "generating":
            raise conflict("The generation runs already.")
        return super().cancel_job(call)


class CancelOfEnded409(Operations):
    def cancel_job(self, call: Call) -> Answer:
        backend = self.backend
        job = backend.access.job(call.org, call.path["job_id"])
        if not backend.generation.in_flight(job, backend.clock.now()):
            raise conflict("The job has ended.")
        return super().cancel_job(call)


class ClonesOneAtATime(Operations):
    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self._cloning: dict[str, str] = {}

    def clone_project(self, source: Snapshot, body: CloneBody, org: str) -> Project:
        job = self.backend.store.job(self._cloning.get(source.container.id, ""))
        if job is not None and self.backend.generation.in_flight(job, self.backend.clock.now()):
            raise conflict("The container is being cloned.")
        return super().clone_project(source, body, org)

    def clone_from_post(self, call: Call) -> Answer:
        answer = super().clone_from_post(call)
        self._cloning[call.path["container_id"]] = json.loads(answer.body)["jobId"]
        return answer


class _RunningEnvelopes(Operations):
    """The 202 shows the job as running, although it ends at once."""

    def started(self, job: Job) -> Answer:
        shown = self.backend.rendering.job(job._replace(duration_ms=1_000_000), self.backend.clock.now())
        return self.backend.rendering.answer(202, shown)


generations_instant_but_running = using(GenerationsInstant, _RunningEnvelopes)


class _TellsWhichIsFirst(Lifecycle):
    def start_job(self, kind: str, *of: Any) -> Job:
        cast(_FirstAtOnce, self.backend.generation).is_first = kind != "content_regenerate"
        return super().start_job(kind, *of)


first_generations_instant = using(_FirstAtOnce, _TellsWhichIsFirst)


class _AsksToCancel(Lifecycle):
    def cancel(self, job: Job, now: int) -> Job:
        store = self.backend.store
        moment = job.canceled_at or now + CANCEL_TAKES_MS
        with store.lock:
            store.connection.execute("UPDATE jobs SET canceled_at = ? WHERE id = ?", (moment, job.id))
        return job._replace(canceled_at=moment)


class _CancelsLater(Generation):
    """`canceled_at` may be in the future: until then the job runs, and may still end by itself."""

    def seen(self, job: Job, now: int) -> Job:
        """Return the job without a cancel that is in the future or was after the end."""
        takes = job.canceled_at is not None and job.canceled_at <= now and job.canceled_at < self.due_at(job)
        return job if takes else job._replace(canceled_at=None)

    def status_at(self, job: Job, now: int) -> str:
        return super().status_at(self.seen(job, now), now)

    def progress_at(self, job: Job, now: int) -> float:
        return super().progress_at(self.seen(job, now), now)

    def finished_at(self, job: Job, now: int) -> int | None:
        return super().finished_at(self.seen(job, now), now)

    def updated_at(self, container: Container, job: Job, now: int) -> int:
        seen = self.seen(job, now)
        moment = super().updated_at(container, seen, now)
        return moment if seen.canceled_at is None else max(moment, seen.canceled_at)


cancel_takes_time = using(_CancelsLater, _AsksToCancel)


class _LaggingAccess(Access):
    """A container shows the state of its job with a short delay."""

    def container(self, org: str, container_id: str) -> Snapshot:
        return _behind(super().container(org, container_id))


class _LaggingListing(Listing):
    def candidates(self, project_id: str, after: Position | None, now: int) -> Iterator[Snapshot]:
        return map(_behind, super().candidates(project_id, after, now))


class _PromptProgress(Operations):
    def get_content_progress(self, call: Call) -> Answer:
        backend = self.backend
        job = backend.access.container(call.org, call.path["container_id"]).job
        return backend.rendering.answer(200, backend.rendering.job(job, backend.clock.now()))


container_follows_job = using(_LaggingAccess, _LaggingListing, _PromptProgress)


class _MovedWindow(Idempotency):
    """The lifetime of keys still uses the moved clock."""

    def expired(self, replay: Replay, now: int) -> bool:
        return super().expired(replay, now + self.backend.store.offset())

    def remember(self, slot: str, fingerprint: str, answer: Answer, now: int) -> None:
        super().remember(slot, fingerprint, answer, now + self.backend.store.offset())


class _RealClock(Clock):
    """The clock hook changes the offset, which this clock ignores."""

    def now(self) -> int:
        self._latest = max(self._latest, self.real())
        return self._latest


clock_of_window_alone = together(
    lambda backend: setattr(backend, "clock", _RealClock(backend.store)), using(_MovedWindow)
)
