"""Faults of jobs and of a container's progress (JOB-1 to JOB-3)."""

from collections.abc import Callable

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import ApiError, not_found
from sandbox.faults.replacing import (
    FOREVER_MS,
    Doc,
    answering,
    before,
    container_of,
    edited,
    fresh,
    job_shown,
    replacing,
    status_now,
    together,
)
from sandbox.operations import Call
from sandbox.records import Answer, Job, Snapshot

TERMINAL = frozenset({"completed", "failed", "canceled"})
CACHED_MS = 60_000


def job_read(change: Callable[[Doc], Doc]) -> Install:
    """Change how getJob shows a job; envelopes stay correct."""
    return answering("get_job", lambda answer, *_: edited(answer, change) if answer.status == 200 else answer)


def job_refused(when: Callable[[Job, int, Backend], bool], refusal: ApiError) -> Install:
    """Let getJob refuse some jobs."""

    def look(call: Call, backend: Backend) -> Answer | None:
        job, now = backend.store.job(call.path["job_id"]), backend.clock.now()
        if job is not None and when(job, now, backend):
            raise refusal
        return None

    return before("get_job", look)


def ended_ago(job: Job, now: int, backend: Backend) -> int:
    """Return how many milliseconds ago a job ended, or -1 if it has not."""
    finished_at = backend.generation.finished_at(job, now)
    return -1 if finished_at is None else now - finished_at


def without_end(_: Backend, read: Callable[..., Snapshot | None], *where: object) -> Snapshot | None:
    """Return a container as if its regeneration never ended."""
    snapshot = read(*where)
    if snapshot is None or snapshot.job.kind != "content_regenerate":
        return snapshot
    return snapshot._replace(job=snapshot.job._replace(duration_ms=FOREVER_MS))


def running(doc: Doc) -> Doc:
    """Return an ended job as if it were running."""
    return {**doc, "status": "running", "stage": "captioning", "progress": 0.99, "finishedAt": None, "result": None}


def slideshow(backend: Backend, job: Job) -> bool:
    """Return whether a job makes a slideshow."""
    snapshot = container_of(backend, job)
    return snapshot is not None and snapshot.container.format == "slideshow_remix"


def retried_stays_failed() -> Install:
    """Let the regeneration of a failed container always report the earlier failure."""
    doomed: set[str] = set()

    def regenerate(backend: Backend, regenerate: Callable[..., Job], snapshot: Snapshot, patch: Doc) -> Job:
        job = regenerate(snapshot, patch)
        doomed.update([job.id] * (status_now(backend, snapshot) == "failed"))
        return job

    return together(
        replacing("lifecycle", "regenerate", regenerate),
        job_shown(
            lambda doc, job, now, backend: (
                {**doc, "status": "failed", "stage": "failed"}
                if job.id in doomed and not backend.generation.in_flight(job, now)
                else doc
            )
        ),
    )


def rejected(backend: Backend, job: Job) -> bool:
    """Return whether the result of a job was rejected."""
    snapshot = container_of(backend, job)
    return (
        snapshot is not None and snapshot.container.approval == "rejected" and snapshot.container.approval_job == job.id
    )


def jobs_where(backend: Backend, column: str, value: str) -> list[Job]:
    """Return the jobs of a container or project, oldest first."""
    query = f"SELECT * FROM jobs WHERE {column} = ? ORDER BY started_at, id"  # noqa: S608  # our own column name
    with backend.store.lock:
        return [Job._make(row) for row in backend.store.connection.execute(query, (value,))]


def progress_of(pick: Callable[[Snapshot, Backend], Job]) -> Install:
    """Let getContentProgress show another job."""

    def change(_answer: Answer, call: Call, backend: Backend) -> Answer:
        snapshot = backend.access.container(call.org, call.path["container_id"])
        return backend.rendering.answer(200, backend.rendering.job(pick(snapshot, backend), snapshot.now))

    return answering("get_content_progress", change)


def job_before(snapshot: Snapshot, backend: Backend) -> Job:
    """Return the job before the latest one for a minute after that one began."""
    jobs = jobs_where(backend, "container_id", snapshot.container.id)
    return jobs[-2] if len(jobs) > 1 and snapshot.now < snapshot.job.started_at + CACHED_MS else snapshot.job


def unknown_once_ended(call: Call, backend: Backend) -> Answer | None:
    """Refuse the progress of a container at rest."""
    snapshot = backend.access.container(call.org, call.path["container_id"])
    if not backend.generation.in_flight(snapshot.job, snapshot.now):
        raise not_found("generation")
    return None


FAULTS: tuple[Fault, ...] = (
    Fault(
        "job-kind-shortened-on-read",
        "JOB-1",
        "shallow",
        "getJob shows the kind without `content_`.",
        job_read(lambda doc: {**doc, "kind": doc["kind"].removeprefix("content_")}),
    ),
    Fault(
        "job-kind-changes-at-the-end",
        "JOB-1",
        "stateful",
        "The kind of a job that has ended is `archived_job`.",
        job_read(lambda doc: {**doc, "kind": "archived_job"} if doc["status"] in TERMINAL else doc),
    ),
    Fault(
        "job-id-without-prefix-on-read",
        "JOB-1",
        "shallow",
        "getJob shows the jobId without `job_`.",
        job_read(lambda doc: {**doc, "jobId": doc["jobId"].removeprefix("job_")}),
    ),
    Fault(
        "job-forgotten-after-its-end",
        "JOB-1",
        "deep",
        "A job answers 404 from 200 ms after its end, when its row expires.",
        job_refused(lambda job, now, backend: ended_ago(job, now, backend) > 200, not_found("job")),
    ),
    Fault(
        "job-of-review-project-unknown",
        "JOB-1",
        "deep",
        "Jobs of a project whose policy requires review answer 404.",
        job_refused(lambda job, _now, backend: job.project_id == backend.settings.review_project_id, not_found("job")),
    ),
    Fault(
        "regeneration-ends-without-the-container",
        "JOB-2",
        "stateful",
        "The job of a regeneration completes and its container stays queued for ever.",
        replacing("store", "container", without_end),
    ),
    Fault(
        "slideshow-job-runs-on",
        "JOB-2",
        "deep",
        "The job of a slideshow runs for ever, though the container has completed.",
        job_shown(
            lambda doc, job, _now, backend: (
                running(doc) if doc["status"] == "completed" and slideshow(backend, job) else doc
            )
        ),
    ),
    Fault(
        "canceled-container-of-failed-job",
        "JOB-2",
        "stateful",
        "The job of a canceled container says failed.",
        job_shown(lambda doc, *_: {**doc, "status": "failed"} if doc["status"] == "canceled" else doc),
    ),
    Fault(
        "retried-job-stays-failed",
        "JOB-2",
        "deep",
        "The job of a failed container's regeneration ends as failed, though the container completes.",
        fresh(retried_stays_failed),
    ),
    Fault(
        "progress-of-the-first-job",
        "JOB-3",
        "stateful",
        "A regenerated container's progress is the one of its first job.",
        progress_of(lambda snapshot, backend: jobs_where(backend, "container_id", snapshot.container.id)[0]),
    ),
    Fault(
        "progress-of-the-job-before",
        "JOB-3",
        "deep",
        "For a minute after a regeneration, the container's progress is a cached one of the job before.",
        progress_of(job_before),
    ),
    Fault(
        "progress-unknown-once-ended",
        "JOB-3",
        "stateful",
        "The progress of a container at rest answers 404.",
        before("get_content_progress", unknown_once_ended),
    ),
    Fault(
        "progress-shows-the-containers-status",
        "JOB-4",
        "deep",
        "While a regeneration runs, the container's progress has the container's status and not the job's.",
        answering(
            "get_content_progress",
            lambda answer, *_: edited(
                answer,
                lambda doc: (
                    {**doc, "status": "generating"}
                    if doc["status"] == "running" and doc["kind"] == "content_regenerate"
                    else doc
                ),
            ),
        ),
    ),
    Fault(
        "progress-lacks-the-job",
        "JOB-3",
        "shallow",
        "A container's progress does not name its job.",
        answering(
            "get_content_progress",
            lambda answer, *_: edited(answer, lambda doc: {name: doc[name] for name in doc if name != "jobId"}),
        ),
    ),
)
