"""Variants of what a generation gives and when, and of how many run at a time."""

from sandbox.backend import Backend
from sandbox.change import using
from sandbox.errors import ApiError
from sandbox.generation import RENDERED, Generation
from sandbox.lifecycle import Lifecycle
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Asset, Brief, Container, Job, Project, Snapshot
from sandbox.rendering import Json, Rendering
from sandbox.store import JOB_WIDTH

VARIANTS = """
clone-of-the-post: A clone has the post's hook, not its source's.
captions-for-every-platform: Captions come for all.
asset-ids-stay: A regeneration keeps the ids of assets.
earlier-assets-readable: Assets of before can be read by id.
updated-by-heartbeat: updatedAt ticks in flight.
updated-by-a-second-worker: updatedAt moves after the end.
one-generation-at-a-time: The generations of a project wait for each other.
four-in-flight-at-most: One more is 429.
failures-at-once: What fails has failed when it is accepted.
job-follows-container: A job ends 60 ms after its container.
canceled-job-says-why: A canceled job has an error.
started-at-of-the-work: startedAt moves when work begins.
signed-urls-of-a-minute: A signed URL lasts for a while.
one-worker-for-all: One job at a time, whosever it is.
archive-takes-time: What is archived is canceled 400 ms later.
"""

PLATFORMS = ("tiktok", "instagram", "youtube", "x")
JOB_LAG_MS = 60
PROBED_AFTER_MS = 500
MOST_IN_FLIGHT = 4
SIGNED_ANEW_MS = 60_000
STOPS_AFTER_MS = 400


def _lasting(backend: Backend, job: Job, duration_ms: int) -> Job:
    """Give a new job another duration."""
    with backend.store.lock:
        backend.store.connection.execute("UPDATE jobs SET duration_ms = ? WHERE id = ?", (duration_ms, job.id))
    return job._replace(duration_ms=duration_ms)


class CloneOfThePost(Lifecycle):
    def clone(self, source: Snapshot, project: Project) -> Job:  # noqa: ARG002  # the post decides, not the source
        return self.create(project, "auto", {"hook": "What the post says", "themeTags": ["cloned"]}, "content_clone")


class CaptionsForEveryPlatform(Generation):
    def captions_for(self, brief: Brief) -> list[dict[str, str]]:
        text = super().captions_for(brief)[0]["text"]
        return [{"platform": platform, "text": text} for platform in PLATFORMS]


class AssetIdsStay(Generation):
    def assets_for(self, format_: str, job: Job) -> list[Asset]:
        return super().assets_for(format_, job._replace(id=job.container_id))


class EarlierAssetsReadable(Operations):
    def get_asset(self, call: Call) -> Answer:
        try:
            return super().get_asset(call)
        except ApiError:
            snapshot = self.backend.access.container(call.org, call.path["container_id"])
            found = [asset for asset in self.earlier(snapshot) if asset.id == call.path["asset_id"]]
            if not found:
                raise
            return self.backend.rendering.answer(200, self.backend.rendering.signed_asset(found[0], snapshot.now))

    def earlier(self, snapshot: Snapshot) -> list[Asset]:
        """Return what the container's earlier generations gave."""
        store, generation = self.backend.store, self.backend.generation
        container = snapshot.container
        query = "SELECT * FROM jobs WHERE container_id = ? AND id != ?"
        with store.lock:
            rows = store.connection.execute(query, (container.id, snapshot.job.id)).fetchall()
        jobs = [Job._make(row[:JOB_WIDTH]) for row in rows]
        format_ = container.format if container.format in RENDERED else container.resolved_format
        done = [job for job in jobs if generation.status_at(job, snapshot.now) == "completed"]
        return [asset for job in done for asset in generation.assets_for(format_, job)]


class UpdatedByHeartbeat(Generation):
    def updated_at(self, container: Container, job: Job, now: int) -> int:
        return now if self.in_flight(job, now) else super().updated_at(container, job, now)


class UpdatedByASecondWorker(Generation):
    def updated_at(self, container: Container, job: Job, now: int) -> int:
        ended = self.finished_at(job, now)
        probed = ended + PROBED_AFTER_MS if ended is not None else now + 1
        moment = super().updated_at(container, job, now)
        return max(moment, probed) if probed <= now else moment


class FourInFlightAtMost(Lifecycle):
    backend: Backend

    def start_job(self, kind: str, org: str, project_id: str, container_id: str, brief: Brief) -> Job:
        settings, now = self.backend.settings, self.backend.clock.now()
        projects = [name for name, owner, _ in settings.projects() if owner == org]
        running = [job for name in projects for job in self.backend.store.unfinished_jobs(name, now)]
        if len(running) >= MOST_IN_FLIGHT:
            raise self.backend.limits.too_many("Four generations are in flight.", 1)
        return super().start_job(kind, org, project_id, container_id, brief)


class FailuresAtOnce(Lifecycle):
    backend: Backend

    def start_job(self, kind: str, org: str, project_id: str, container_id: str, brief: Brief) -> Job:
        job = super().start_job(kind, org, project_id, container_id, brief)
        return _lasting(self.backend, job, 0) if job.outcome == "failed" else job


class JobFollowsContainer(Operations):
    def get_job(self, call: Call) -> Answer:
        job = self.backend.access.job(call.org, call.path["job_id"])
        self.backend.limits.check_polls(job.id)
        answer = self.later(job)
        etag = self.backend.rendering.etag(answer.body)
        if self.not_modified(call, etag):
            return Answer(304, b"", {"ETag": etag})
        return answer._replace(headers={"ETag": etag})

    def get_content_progress(self, call: Call) -> Answer:
        return self.later(self.backend.access.container(call.org, call.path["container_id"]).job)

    def later(self, job: Job) -> Answer:
        """Return a job as it was a moment ago."""
        moment = max(self.backend.clock.now() - JOB_LAG_MS, job.started_at)
        return self.backend.rendering.answer(200, self.backend.rendering.job(job, moment))


class CanceledJobSaysWhy(Rendering):
    def job(self, job: Job, now: int) -> Json:
        reason = {"code": "CANCELED", "message": "The generation was canceled by request."}
        shown = super().job(job, now)
        return {**shown, "error": reason} if shown["status"] == "canceled" else shown


class StartedAtOfTheWork(Rendering):
    def job(self, job: Job, now: int) -> Json:
        begun = self.backend.generation.queue_ends_at(job)
        shown = super().job(job, now)
        works = begun <= now and (job.canceled_at is None or begun <= job.canceled_at)
        return {**shown, "startedAt": self.timestamp(begun)} if works else shown


class SignedUrlsOfAMinute(Rendering):
    def signed_asset(self, asset: Asset, now: int) -> Json:
        return super().signed_asset(asset, now - now % SIGNED_ANEW_MS)


class _InTurn(Lifecycle):
    """The generations of a project run one after the other."""

    backend: Backend

    def start_job(self, kind: str, org: str, project_id: str, container_id: str, brief: Brief) -> Job:
        now = self.backend.clock.now()
        ahead = self.backend.store.unfinished_jobs(project_id, now)
        free_at = max([now, *(self.backend.generation.due_at(job) for job in ahead)])
        job = super().start_job(kind, org, project_id, container_id, brief)
        return _lasting(self.backend, job, job.duration_ms + free_at - now)


class _QueuedForItsTurn(Generation):
    def queue_ends_at(self, job: Job) -> int:
        return max(job.started_at, self.due_at(job) - self.duration_ms())


one_generation_at_a_time = using(_InTurn, _QueuedForItsTurn)


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


one_worker_for_all = using(_OneWorker, _OneWorkerQueue)


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


archive_takes_time = using(_StopsLater, _ArchivesLater)
