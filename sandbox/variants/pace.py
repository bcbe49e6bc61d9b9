"""Variants of how fast a backend is, and what it says on the way."""

from functools import cached_property
from typing import cast

from starlette.types import Message, Receive, Scope, Send

from sandbox.backend import Backend
from sandbox.change import using
from sandbox.generation import Generation
from sandbox.lifecycle import Lifecycle
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Brief, Container, Job, Project, Snapshot
from sandbox.variants.assets import AssetsKept
from sandbox.variants.copies import BEHIND_MS
from sandbox.variants.renders import _lasting
from sandbox.variants.transport import _Before

VARIANTS = """
polls-hinted: Successes have Retry-After.
one-worker-for-all: One job at a time, whosever it is.
archive-takes-time: What is archived is canceled 400 ms later.
containers-by-turns: Every second read of a container is 250 ms behind.
assets-come-back: Earlier assets show again after a failure.
"""


STOPS_AFTER_MS = 400


class PollsHinted(_Before):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def hinted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in {200, 202}:
                message = {**message, "headers": [*message["headers"], (b"retry-after", b"20"), (b"refresh", b"20")]}
            await send(message)

        await self.app(scope, receive, hinted)


class _OneWorker(Lifecycle):
    """One worker serves all projects, one job after the other; what waits is queued, and ends within the time (LIF-7)."""

    backend: Backend

    def start_job(self, kind: str, org: str, project_id: str, container_id: str, brief: object) -> Job:
        now = self.backend.clock.now()
        projects = [name for name, _, _ in self.backend.settings.projects()]
        ahead = [job for name in projects for job in self.backend.store.unfinished_jobs(name, now)]
        free_at = max([now, *(self.backend.generation.due_at(job) for job in ahead)])
        job = super().start_job(kind, org, project_id, container_id, brief)  # type: ignore[arg-type]
        return _lasting(self.backend, job, job.duration_ms + free_at - now)


class _OneWorkerQueue(Generation):
    def queue_ends_at(self, job: Job) -> int:
        return max(job.started_at, self.due_at(job) - self.duration_ms())


class _StopsLater(Generation):
    """What is to stop stands still until it is canceled: archiving cancels what is in flight (LIF-11), and JOB-2 has its moment (reading 36)."""

    def shown_at(self, job: Job, now: int) -> tuple[Job, int]:
        """Return the job and the moment that it shows now."""
        if job.canceled_at is None or job.canceled_at <= now:
            return job, now
        return job._replace(canceled_at=None), min(now, job.canceled_at - STOPS_AFTER_MS)

    def status_at(self, job: Job, now: int) -> str:
        return super().status_at(*self.shown_at(job, now))

    def progress_at(self, job: Job, now: int) -> float:
        return super().progress_at(*self.shown_at(job, now))

    def finished_at(self, job: Job, now: int) -> int | None:
        return super().finished_at(*self.shown_at(job, now))

    def updated_at(self, container: Container, job: Job, now: int) -> int:
        seen, moment = self.shown_at(job, now)
        if seen.canceled_at is None:
            return super().updated_at(container, seen, moment)
        before = super().updated_at(container, job._replace(canceled_at=None), seen.canceled_at - STOPS_AFTER_MS)
        return max(before, seen.canceled_at)


class _ArchivesLater(Lifecycle):
    backend: Backend

    def archive(self, project: Project, now: int) -> int:
        if project.archived_at is not None:
            return project.archived_at
        store = self.backend.store
        with store.lock:
            for job in store.unfinished_jobs(project.id, now):
                moment = now + STOPS_AFTER_MS
                store.connection.execute("UPDATE jobs SET canceled_at = ? WHERE id = ?", (moment, job.id))
        store.archive_project(project.id, now)
        return now


class _KeepsVersions(Lifecycle):
    """Remembers what each container was before each change, with the moment of the change."""

    backend: Backend

    @cached_property
    def versions(self) -> dict[str, list[tuple[int, Snapshot]]]:
        """What each container was until a moment, the earliest first."""
        return {}

    def keep(self, snapshot: Snapshot) -> None:
        """Remember a container that is about to change."""
        self.versions.setdefault(snapshot.container.id, []).append((self.backend.clock.now(), snapshot))

    def decide(self, snapshot: Snapshot, decision: str) -> Snapshot:
        decided = super().decide(snapshot, decision)
        self.keep(snapshot)
        return decided

    def regenerate(self, snapshot: Snapshot, patch: Brief) -> Job:
        job = super().regenerate(snapshot, patch)
        self.keep(snapshot)
        return job

    def cancel(self, job: Job, now: int) -> Job:
        snapshot = self.backend.store.container(job.container_id, now)
        canceled = super().cancel(job, now)
        if snapshot is not None:
            self.keep(snapshot)
        return canceled

    def as_of(self, snapshot: Snapshot, moment: int) -> Snapshot:
        """Return a container as it was at a moment, or when it was made if that is later."""
        moment = max(moment, snapshot.container.created_at)
        earlier = self.versions.get(snapshot.container.id, ())
        return next((was for until, was in earlier if moment < until), snapshot)._replace(now=moment)


class _Turns(Operations):
    """Every second read of a container comes from a replica that is behind in all it shows (open reading 27)."""

    turns = 0

    def get_content(self, call: Call) -> Answer:
        snapshot = self.backend.access.container(call.org, call.path["container_id"])
        self.turns += 1
        if self.turns % 2 == 0:
            snapshot = cast("_KeepsVersions", self.backend.lifecycle).as_of(snapshot, snapshot.now - BEHIND_MS)
        return self.shown(snapshot)


class AssetsComeBack(AssetsKept):
    def assets_at(self, snapshot: Snapshot) -> list:  # type: ignore[type-arg]
        return [] if self.in_flight(snapshot.job, snapshot.now) else super().assets_at(snapshot)

    def captions_at(self, snapshot: Snapshot) -> list:  # type: ignore[type-arg]
        return [] if self.in_flight(snapshot.job, snapshot.now) else super().captions_at(snapshot)


one_worker_for_all = using(_OneWorker, _OneWorkerQueue)
archive_takes_time = using(_StopsLater, _ArchivesLater)
containers_by_turns = using(_KeepsVersions, _Turns)
