"""Faults of jobs and progress (JOB)."""

import json
from collections.abc import Callable
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Install, together
from sandbox.errors import ApiError, not_found
from sandbox.faults.installers import (
    FOREVER_MS,
    Doc,
    answering,
    before,
    canceling,
    cloning,
    container_of,
    edited,
    fresh,
    job_shown,
    jobs_of,
    replacing,
    status_now,
)
from sandbox.operations import Call
from sandbox.records import Answer, Job, Snapshot

FAULTS = """
JOB-1 shallow job-kind-shortened-on-read: getJob shows the kind without `content_`.
JOB-1 stateful job-kind-changes-at-the-end: The kind of a job that has ended is `archived_job`.
JOB-1 shallow job-id-without-prefix-on-read: getJob shows the jobId without `job_`.
JOB-1 deep job-forgotten-after-its-end: A job answers 404 from 200 ms after its end, when its row expires.
JOB-1 deep job-of-review-project-unknown: Jobs of a project whose policy requires review answer 404.
JOB-2 stateful regeneration-ends-without-the-container: The job of a regeneration completes and its container stays
    queued for ever.
JOB-2 deep slideshow-job-runs-on: The job of a slideshow runs for ever, though the container has completed.
JOB-2 stateful canceled-container-of-failed-job: The job of a canceled container says failed.
JOB-2 deep retried-job-stays-failed: The job of a failed container's regeneration ends as failed, though the container
    completes.
JOB-3 stateful progress-of-the-first-job: A regenerated container's progress is the one of its first job.
JOB-3 deep progress-of-the-job-before: For a minute after a regeneration, the container's progress is a cached one of
    the job before.
JOB-3 stateful progress-unknown-once-ended: The progress of a container at rest answers 404.
JOB-3 shallow progress-lacks-the-job: A container's progress does not name its job.
JOB-3 stateful progress-of-a-source-names-its-clone: Progress of a container that was cloned shows the clone's job.
JOB-4 deep progress-shows-the-containers-status: While a regeneration runs, the container's progress has the
    container's status and not the job's.
JOB-4 shallow job-status-queued: The status of a job that waits is `queued`.
JOB-4 stateful job-status-succeeded: The status of a completed job is `succeeded`.
JOB-4 stateful finished-at-moves: finishedAt of an ended job is the time of the read.
JOB-4 deep job-result-expires: A job's result is null from 200 ms after its end.
JOB-4 deep job-error-expires: A failed job's error is null from 200 ms after its end.
JOB-4 deep late-cancel-relabels-the-job: A cancel of a job that has ended turns the job canceled.
JOB-4 stateful cancel-of-a-clone-cancels-its-source: A cancel of a clone turns the container that it was cloned from
    canceled too.
JOB-4 stateful finished-at-moves-with-a-clone: finishedAt of an ended job becomes the time at which its container was
    cloned.
JOB-5 shallow progress-in-percent: A job's progress runs from 0 to 100.
JOB-5 deep progress-restarts-with-rendering: A job's progress is counted anew when rendering begins.
JOB-5 stateful progress-past-one: A completed job's progress is 1.01.
JOB-5 deep progress-counted-by-project: A running job shows the progress of its project's newest one, so that a create
    sets it back.
JOB-6 stateful ended-job-without-finished-at: A job that has ended has no finishedAt.
JOB-6 deep failed-job-without-finished-at: A failed job has no finishedAt.
JOB-6 stateful finished-before-started: finishedAt comes from a host whose clock is behind, and lies before startedAt.
JOB-6 deep regeneration-finished-at-the-cancel-before: A completed regeneration of what was canceled shows the time of
    the cancel as finishedAt.
JOB-7 stateful result-names-the-job: A job's result has the job's id where the container's belongs.
JOB-7 deep regeneration-without-result: The result of a completed regeneration is null.
JOB-7 deep slideshow-result-without-container: The result of a slideshow lists slides and no container.
JOB-7 deep result-names-the-newest-container: A job's result names the container of the project's newest job.
JOB-8 stateful not-modified-forgotten: If-None-Match is ignored.
JOB-8 deep not-modified-forgotten-once-ended: If-None-Match is ignored for jobs that have ended.
JOB-8 deep etag-never-changes: The ETag is the job's id, so a client with an old state is told that nothing has
    changed.
JOB-8 stateful canceled-job-unchanged-since-it-ran: A canceled job that is read with a tag from when it ran is
    answered 304.
"""

TERMINAL = frozenset({"completed", "failed", "canceled"})
CACHED_MS = 60_000
EXPIRES_MS = 200


def job_read(change: Callable[[Doc], Doc]) -> Install:
    """Change how getJob shows a job; envelopes stay correct."""
    return answering("get_job")(lambda answer, *_: edited(answer, change) if answer.status == 200 else answer)


def job_refused(when: Callable[[Job, int, Backend], bool], refusal: ApiError) -> Install:
    """Let getJob refuse some jobs."""

    def look(call: Call, backend: Backend) -> Answer | None:
        job, now = backend.store.job(call.path["job_id"]), backend.clock.now()
        if job is not None and when(job, now, backend):
            raise refusal
        return None

    return before("get_job")(look)


def ended_ago(job: Job, now: int, backend: Backend) -> int:
    """Return how many milliseconds ago a job ended, or -1 if it has not."""
    finished_at = backend.generation.finished_at(job, now)
    return -1 if finished_at is None else now - finished_at


def slideshow(backend: Backend, job: Job) -> bool:
    """Return whether a job makes a slideshow."""
    snapshot = container_of(backend, job)
    return snapshot is not None and snapshot.container.format == "slideshow_remix"


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

    return answering("get_content_progress")(change)


def expiring(member: str) -> Install:
    """Let a member of a job become null some time after its end."""
    return job_shown(
        lambda doc, job, now, backend: {**doc, member: None} if ended_ago(job, now, backend) > EXPIRES_MS else doc
    )


def member_of(status: str, member: str, change: Callable[[Any, Job, int, Backend], Any]) -> Install:
    """Change a member in jobs of one status."""
    return job_shown(
        lambda doc, job, now, backend: (
            {**doc, member: change(doc[member], job, now, backend)} if doc["status"] == status else doc
        )
    )


def ended_with(member: str, change: Callable[[Any, Job, int, Backend], Any]) -> Install:
    """Change a member in jobs that have ended."""
    return together(*(member_of(status, member, change) for status in sorted(TERMINAL)))


def result_of(change: Callable[[Doc, Job, Backend], Doc | None]) -> Install:
    """Change the result of completed jobs."""
    return member_of("completed", "result", lambda result, job, _now, backend: change(result, job, backend))


def not_modified(change: Callable[[bool, Call, str, Backend], bool]) -> Install:
    """Change how If-None-Match is compared."""
    return replacing("operations", "not_modified")(
        lambda backend, same, call, etag: change(same(call, etag), call, etag, backend)
    )


@replacing("store", "container")
def regeneration_ends_without_the_container(
    _: Backend, read: Callable[..., Snapshot | None], *where: object
) -> Snapshot | None:
    snapshot = read(*where)
    if snapshot is None or snapshot.job.kind != "content_regenerate":
        return snapshot
    return snapshot._replace(job=snapshot.job._replace(duration_ms=FOREVER_MS))


@fresh
def retried_job_stays_failed() -> Install:
    doomed: set[str] = set()

    def regenerate(backend: Backend, regenerate: Callable[..., Job], snapshot: Snapshot, patch: Doc) -> Job:
        job = regenerate(snapshot, patch)
        doomed.update([job.id] * (status_now(backend, snapshot) == "failed"))
        return job

    return together(
        replacing("lifecycle", "regenerate")(regenerate),
        job_shown(
            lambda doc, job, now, backend: (
                {**doc, "status": "failed", "stage": "failed"}
                if job.id in doomed and not backend.generation.in_flight(job, now)
                else doc
            )
        ),
    )


@progress_of
def progress_of_the_job_before(snapshot: Snapshot, backend: Backend) -> Job:
    jobs = jobs_where(backend, "container_id", snapshot.container.id)
    return jobs[-2] if len(jobs) > 1 and snapshot.now < snapshot.job.started_at + CACHED_MS else snapshot.job


@before("get_content_progress")
def progress_unknown_once_ended(call: Call, backend: Backend) -> Answer | None:
    snapshot = backend.access.container(call.org, call.path["container_id"])
    if not backend.generation.in_flight(snapshot.job, snapshot.now):
        raise not_found("generation")
    return None


@fresh
def progress_of_a_source_names_its_clone() -> Install:
    clones: dict[str, str] = {}

    def cloned(source: Snapshot, job: Job, _: Backend) -> None:
        clones[source.container.id] = job.id

    def progress(backend: Backend, progress: Callable[[Call], Answer], call: Call) -> Answer:
        granted = progress(call)
        job = backend.store.job(clones.get(call.path["container_id"], ""))
        if job is None:
            return granted
        return backend.rendering.answer(200, backend.rendering.job(job, backend.clock.now()))

    return together(cloning(cloned), replacing("operations", "get_content_progress")(progress))


@fresh
def late_cancel_relabels_the_job() -> Install:
    late: set[str] = set()

    def look(call: Call, backend: Backend) -> Answer | None:
        job = backend.access.job(call.org, call.path["job_id"])
        if not backend.generation.in_flight(job, backend.clock.now()):
            late.add(job.id)
        return None

    return together(
        before("cancel_job")(look),
        job_shown(lambda doc, job, *_: {**doc, "status": "canceled"} if job.id in late else doc),
    )


@fresh
def cancel_of_a_clone_cancels_its_source() -> Install:
    sources: dict[str, str] = {}

    def cloned(source: Snapshot, job: Job, _: Backend) -> None:
        sources[job.id] = source.job.id

    def canceled(job: Job, now: int, backend: Backend) -> None:
        if job.id in sources:
            backend.store.cancel_job(sources[job.id], now)

    return together(cloning(cloned), canceling(canceled))


@fresh
def finished_at_moves_with_a_clone() -> Install:
    cloned_at: dict[str, int] = {}

    def cloned(source: Snapshot, job: Job, _: Backend) -> None:
        cloned_at[source.job.id] = job.started_at

    def show(doc: Doc, job: Job, _: int, backend: Backend) -> Doc:
        if job.id not in cloned_at or doc["finishedAt"] is None:
            return doc
        return {**doc, "finishedAt": backend.rendering.timestamp(cloned_at[job.id])}

    return together(cloning(cloned), job_shown(show))


@job_shown
def progress_restarts_with_rendering(doc: Doc, *_: object) -> Doc:
    return {**doc, "progress": doc["progress"] - 0.5} if doc["stage"] in {"rendering", "captioning"} else doc


@replacing("generation", "progress_at")
def progress_counted_by_project(backend: Backend, progress: Callable[[Job, int], float], job: Job, now: int) -> float:
    running = backend.store.unfinished_jobs(job.project_id, now)
    if job.id not in [each.id for each in running]:
        return progress(job, now)
    return progress(max(running, key=lambda each: (each.started_at, each.id)), now)


def _earlier(backend: Backend, job: Job) -> list[Job]:
    return [each for each in jobs_of(backend, job.container_id) if each.started_at < job.started_at]


def _after_a_cancel(backend: Backend, job: Job) -> Job | None:
    before = _earlier(backend, job)
    return before[-1] if before and before[-1].canceled_at is not None else None


@job_shown
def regeneration_finished_at_the_cancel_before(doc: Doc, job: Job, _: int, backend: Backend) -> Doc:
    stopped = _after_a_cancel(backend, job)
    if stopped is None or doc["status"] != "completed":
        return doc
    return {**doc, "finishedAt": backend.rendering.timestamp(stopped.canceled_at or 0)}


@fresh
def canceled_job_unchanged_since_it_ran() -> Install:
    tags: dict[str, set[str]] = {}

    def get_job(backend: Backend, get_job: Callable[[Call], Answer], call: Call) -> Answer:
        job = backend.access.job(call.org, call.path["job_id"])
        for tag in call.headers.get("if-none-match", ()):
            if job.canceled_at is not None and tag in tags.get(job.id, ()):
                return Answer(304, b"", {"ETag": tag})
        answer = get_job(call)
        if job.canceled_at is None and "ETag" in answer.headers:
            tags.setdefault(job.id, set()).add(answer.headers["ETag"])
        return answer

    return replacing("operations", "get_job")(get_job)


job_kind_shortened_on_read = job_read(lambda doc: {**doc, "kind": doc["kind"].removeprefix("content_")})
job_kind_changes_at_the_end = job_read(
    lambda doc: {**doc, "kind": "archived_job"} if doc["status"] in TERMINAL else doc
)
job_id_without_prefix_on_read = job_read(lambda doc: {**doc, "jobId": doc["jobId"].removeprefix("job_")})
job_forgotten_after_its_end = job_refused(
    lambda job, now, backend: ended_ago(job, now, backend) > 200, not_found("job")
)
job_of_review_project_unknown = job_refused(
    lambda job, _now, backend: job.project_id == backend.settings.review_project_id, not_found("job")
)


def running(doc: Doc) -> Doc:
    """Return an ended job as if it were running."""
    return {**doc, "status": "running", "stage": "captioning", "progress": 0.99, "finishedAt": None, "result": None}


slideshow_job_runs_on = job_shown(
    lambda doc, job, _now, backend: running(doc) if doc["status"] == "completed" and slideshow(backend, job) else doc
)
canceled_container_of_failed_job = job_shown(
    lambda doc, *_: {**doc, "status": "failed"} if doc["status"] == "canceled" else doc
)
progress_of_the_first_job = progress_of(
    lambda snapshot, backend: jobs_where(backend, "container_id", snapshot.container.id)[0]
)
progress_lacks_the_job = answering("get_content_progress")(
    lambda answer, *_: edited(answer, lambda doc: {name: doc[name] for name in doc if name != "jobId"})
)
progress_shows_the_containers_status = answering("get_content_progress")(
    lambda answer, *_: edited(
        answer,
        lambda doc: (
            {**doc, "status": "generating"}
            if doc["status"] == "running" and doc["kind"] == "content_regenerate"
            else doc
        ),
    )
)
job_status_queued = job_shown(lambda doc, *_: {**doc, "status": "queued"} if doc["stage"] == "queued" else doc)
job_status_succeeded = member_of("completed", "status", lambda *_: "succeeded")
finished_at_moves = ended_with("finishedAt", lambda _shown, _job, now, backend: backend.rendering.timestamp(now))
job_result_expires = expiring("result")
job_error_expires = expiring("error")
progress_in_percent = job_shown(lambda doc, *_: {**doc, "progress": doc["progress"] * 100})
progress_past_one = member_of("completed", "progress", lambda *_: 1.01)
ended_job_without_finished_at = ended_with("finishedAt", lambda *_: None)
failed_job_without_finished_at = member_of("failed", "finishedAt", lambda *_: None)
finished_before_started = ended_with(
    "finishedAt", lambda _shown, job, _now, backend: backend.rendering.timestamp(job.started_at - 1)
)
result_names_the_job = result_of(lambda _result, job, _backend: {"containerId": job.id})
regeneration_without_result = result_of(
    lambda result, job, _backend: None if job.kind == "content_regenerate" else result
)
slideshow_result_without_container = result_of(
    lambda result, job, backend: {"slides": 3} if slideshow(backend, job) else result
)
result_names_the_newest_container = result_of(
    lambda _result, job, backend: {"containerId": jobs_where(backend, "project_id", job.project_id)[-1].container_id}
)
not_modified_forgotten = not_modified(lambda *_: False)


def runs(call: Call, backend: Backend) -> bool:
    """Return whether the job of a call is running."""
    return backend.generation.in_flight(backend.access.job(call.org, call.path["job_id"]), backend.clock.now())


not_modified_forgotten_once_ended = not_modified(lambda same, call, _etag, backend: same and runs(call, backend))
etag_never_changes = replacing("rendering", "etag")(lambda _backend, _etag, body: f'"{json.loads(body)["jobId"]}"')
