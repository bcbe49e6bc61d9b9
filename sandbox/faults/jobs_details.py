"""Faults of what the jobs page adds: states, progress, end times, results and entity tags (JOB-4 to JOB-8)."""

import json
from collections.abc import Callable
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.jobs import TERMINAL, ended_ago, jobs_where, slideshow
from sandbox.faults.replacing import Doc, before, fresh, job_shown, replacing, together
from sandbox.operations import Call
from sandbox.records import Answer, Job

EXPIRES_MS = 200


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


def late_cancel() -> Install:
    """Let a cancel after the end change the status of the job."""
    late: set[str] = set()

    def look(call: Call, backend: Backend) -> Answer | None:
        job = backend.access.job(call.org, call.path["job_id"])
        if not backend.generation.in_flight(job, backend.clock.now()):
            late.add(job.id)
        return None

    return together(
        before("cancel_job", look),
        job_shown(lambda doc, job, *_: {**doc, "status": "canceled"} if job.id in late else doc),
    )


def restarting(doc: Doc, *_: object) -> Doc:
    """Restart the progress at the rendering stage."""
    return {**doc, "progress": doc["progress"] - 0.5} if doc["stage"] in {"rendering", "captioning"} else doc


def result_of(change: Callable[[Doc, Job, Backend], Doc | None]) -> Install:
    """Change the result of completed jobs."""
    return member_of("completed", "result", lambda result, job, _now, backend: change(result, job, backend))


def not_modified(change: Callable[[bool, Call, str, Backend], bool]) -> Install:
    """Change how If-None-Match is compared."""
    return replacing(
        "operations",
        "not_modified",
        lambda backend, same, call, etag: change(same(call, etag), call, etag, backend),
    )


def tags(call: Call) -> list[str]:
    """Return the entity tags of If-None-Match as sent."""
    return [tag.strip() for value in call.headers.get("if-none-match", ()) for tag in value.split(",")]


def runs(call: Call, backend: Backend) -> bool:
    """Return whether the job of a call is running."""
    return backend.generation.in_flight(backend.access.job(call.org, call.path["job_id"]), backend.clock.now())


FAULTS: tuple[Fault, ...] = (
    Fault(
        "job-status-queued",
        "JOB-4",
        "shallow",
        "The status of a job that waits is `queued`.",
        job_shown(lambda doc, *_: {**doc, "status": "queued"} if doc["stage"] == "queued" else doc),
    ),
    Fault(
        "job-status-succeeded",
        "JOB-4",
        "stateful",
        "The status of a completed job is `succeeded`.",
        member_of("completed", "status", lambda *_: "succeeded"),
    ),
    Fault(
        "finished-at-moves",
        "JOB-4",
        "stateful",
        "finishedAt of an ended job is the time of the read.",
        ended_with("finishedAt", lambda _shown, _job, now, backend: backend.rendering.timestamp(now)),
    ),
    Fault(
        "job-result-expires", "JOB-4", "deep", "A job's result is null from 200 ms after its end.", expiring("result")
    ),
    Fault(
        "job-error-expires",
        "JOB-4",
        "deep",
        "A failed job's error is null from 200 ms after its end.",
        expiring("error"),
    ),
    Fault(
        "late-cancel-relabels-the-job",
        "JOB-4",
        "deep",
        "A cancel of a job that has ended turns the job canceled.",
        fresh(late_cancel),
    ),
    Fault(
        "progress-in-percent",
        "JOB-5",
        "shallow",
        "A job's progress runs from 0 to 100.",
        job_shown(lambda doc, *_: {**doc, "progress": doc["progress"] * 100}),
    ),
    Fault(
        "progress-restarts-with-rendering",
        "JOB-5",
        "deep",
        "A job's progress is counted anew when rendering begins.",
        job_shown(restarting),
    ),
    Fault(
        "progress-past-one",
        "JOB-5",
        "stateful",
        "A completed job's progress is 1.01.",
        member_of("completed", "progress", lambda *_: 1.01),
    ),
    Fault(
        "ended-job-without-finished-at",
        "JOB-6",
        "stateful",
        "A job that has ended has no finishedAt.",
        ended_with("finishedAt", lambda *_: None),
    ),
    Fault(
        "failed-job-without-finished-at",
        "JOB-6",
        "deep",
        "A failed job has no finishedAt.",
        member_of("failed", "finishedAt", lambda *_: None),
    ),
    Fault(
        "finished-before-started",
        "JOB-6",
        "stateful",
        "finishedAt comes from a host whose clock is behind, and lies before startedAt.",
        ended_with("finishedAt", lambda _shown, job, _now, backend: backend.rendering.timestamp(job.started_at - 1)),
    ),
    Fault(
        "result-names-the-job",
        "JOB-7",
        "stateful",
        "A job's result has the job's id where the container's belongs.",
        result_of(lambda _result, job, _backend: {"containerId": job.id}),
    ),
    Fault(
        "regeneration-without-result",
        "JOB-7",
        "deep",
        "The result of a completed regeneration is null.",
        result_of(lambda result, job, _backend: None if job.kind == "content_regenerate" else result),
    ),
    Fault(
        "slideshow-result-without-container",
        "JOB-7",
        "deep",
        "The result of a slideshow lists slides and no container.",
        result_of(lambda result, job, backend: {"slides": 3} if slideshow(backend, job) else result),
    ),
    Fault(
        "result-names-the-newest-container",
        "JOB-7",
        "deep",
        "A job's result names the container of the project's newest job.",
        result_of(
            lambda _result, job, backend: {
                "containerId": jobs_where(backend, "project_id", job.project_id)[-1].container_id
            }
        ),
    ),
    Fault("not-modified-forgotten", "JOB-8", "stateful", "If-None-Match is ignored.", not_modified(lambda *_: False)),
    Fault(
        "not-modified-forgotten-once-ended",
        "JOB-8",
        "deep",
        "If-None-Match is ignored for jobs that have ended.",
        not_modified(lambda same, call, _etag, backend: same and runs(call, backend)),
    ),
    Fault(
        "etag-never-changes",
        "JOB-8",
        "deep",
        "The ETag is the job's id, so a client with an old state is told that nothing has changed.",
        replacing("rendering", "etag", lambda _backend, _etag, body: f'"{json.loads(body)["jobId"]}"'),
    ),
)
