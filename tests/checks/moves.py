"""Short ways to write the calls on container `cnt_1`, for the tests of the checks."""

from __future__ import annotations

from typing import Any

from histories import REVIEW, HistoryBuilder, envelope, envelope_of_error, job

LATER = "2026-04-18T12:30:00.000Z"
SIGNED = {"id": "med_1", "kind": "video", "url": "https://media.test/med_1.mp4?X-Amz-Expires=900&X-Amz-Signature=ab"}
CODES = {404: "NOT_FOUND", 409: "CONFLICT", 400: "VALIDATION", 422: "VALIDATION", 401: "UNAUTHENTICATED"}


def answer_of(status: int | None, accepted: Any, code: str | None = None) -> Any:
    """Return the body that goes with a status: the accepted one, an error envelope, or none."""
    if status is None:
        return None
    if status < 300:
        return accepted
    return envelope_of_error(code or CODES.get(status, "INTERNAL"))


def regenerate(story: HistoryBuilder, n: int = 2, status: int | None = 202, patch: Any = None, **more: Any) -> str:
    """Regenerate the container under `job_n`."""
    answer = answer_of(status, envelope(n, more.pop("project", "prj_plain"), "content_regenerate", "cnt_1"))
    answer = more.pop("answer", answer)
    body = more.pop("body", {} if patch is None else {"patch": patch})
    return story.call("POST", "/v1/content/cnt_1/regenerate", status, answer, body=body, **more)


def reject(story: HistoryBuilder, status: int | None = 200, regenerates: Any = None, **more: Any) -> str:
    """Reject the container, under `job_n` where it is answered 202."""
    made = envelope(more.pop("n", 2), "prj_review", "content_regenerate", "cnt_1")
    answer = answer_of(
        status, made if status == 202 else {"id": "cnt_1", "approvalStatus": "rejected"}, more.pop("code", None)
    )
    answer = more.pop("answer", answer)
    body = more.pop("body", {"reason": "Too loud."} | ({} if regenerates is None else {"regenerate": regenerates}))
    return story.call("POST", "/v1/content/cnt_1/reject", status, answer, body=body, **more)


def approve(story: HistoryBuilder, status: int | None = 200, **more: Any) -> str:
    """Approve the container."""
    answer = more.pop("answer", answer_of(status, {"id": "cnt_1", "approvalStatus": "approved"}))
    return story.call("POST", "/v1/content/cnt_1/approve", status, answer, **more)


def clone(story: HistoryBuilder, n: int = 2, status: int | None = 202, post: Any = "post_1", **more: Any) -> str:
    """Clone the source post over the container into `cnt_n` under `job_n`."""
    answer = more.pop("answer", answer_of(status, envelope(n, kind="content_clone")))
    body = more.pop("body", {"sourcePlatformPostId": post})
    path = more.pop("path", "/v1/content/cnt_1/clone-from-post")
    return story.call("POST", path, status, answer, body=body, **more)


def cancel(story: HistoryBuilder, status: int = 202) -> str:
    """Cancel the container's first job."""
    return story.call("POST", "/v1/jobs/job_1/cancel", status, answer_of(status, {"jobId": "job_1"}))


def progress(story: HistoryBuilder, n: int = 1, code: int = 200, sent: float | None = None, **fields: Any) -> str:
    """Read the container's progress, under `job_n`."""
    answer = answer_of(code, job(n, **({"containerId": "cnt_1"} | fields)))
    return story.call("GET", "/v1/content/cnt_1/progress", code, answer, sent=sent)


def life(*statuses: str) -> HistoryBuilder:
    story = HistoryBuilder()
    story.create()
    for status in statuses:
        story.read(status=status, lastError="why" if status == "failed" else None)
    return story


def fetch(
    story: HistoryBuilder, asset_id: str = "med_1", status: Any = 200, answer: Any = SIGNED, n: int = 1, **more: Any
) -> str:
    """Read an asset of container `cnt_n`; a refusal and a lost answer have no body."""
    answer = answer if status is not None and status < 300 else None
    return story.call("GET", f"/v1/content/cnt_{n}/assets/{asset_id}", status, answer, **more)


def wait(story: HistoryBuilder, seconds: Any) -> None:
    story.at += seconds


def created_in(project: Any = REVIEW) -> HistoryBuilder:
    """Create the container in a project, by default in the one with review."""
    story = HistoryBuilder()
    story.create(project=project)
    return story


def shown(story: HistoryBuilder, approval: Any, project: Any = REVIEW, **fields: Any) -> str:
    """Read the container with an approvalStatus."""
    return story.read(**({"approvalStatus": approval, "projectId": project} | fields))
