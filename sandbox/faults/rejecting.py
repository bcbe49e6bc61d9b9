"""Faults of rejections: forgotten, incomplete, or without a reason (requirements REJ)."""

import json
from collections.abc import Callable
from typing import Any

from sandbox.backend import Backend
from sandbox.bodies import LONGEST_REASON, Bodies, Model, RejectBody
from sandbox.change import Fault, Install
from sandbox.errors import ApiError
from sandbox.faults.parts import using
from sandbox.lifecycle import Lifecycle
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Brief, Job, Snapshot


class _NotKept(Lifecycle):
    def decide(self, snapshot: Snapshot, decision: str) -> Snapshot:
        if decision != "rejected":
            return super().decide(snapshot, decision)
        return snapshot._replace(container=self.backend.approval.decided(snapshot, decision))


class _NotKeptForVideos(_NotKept):
    def decide(self, snapshot: Snapshot, decision: str) -> Snapshot:
        slides = snapshot.container.format == "slideshow_remix"
        return Lifecycle.decide(self, snapshot, decision) if slides else super().decide(snapshot, decision)


class _RejectsOnly(Lifecycle):
    def reject_and_regenerate(self, snapshot: Snapshot, patch: Brief) -> Job:
        container = self.decide(snapshot, "rejected").container
        brief = self.patched(json.loads(container.brief), patch)
        return self.start_job("content_regenerate", container.org, container.project_id, container.id, brief)


class _NamesEarlierJob(Lifecycle):
    def reject_and_regenerate(self, snapshot: Snapshot, patch: Brief) -> Job:
        super().reject_and_regenerate(snapshot, patch)
        return snapshot.job


class _ApprovesAndRegenerates(Lifecycle):
    def reject_and_regenerate(self, snapshot: Snapshot, patch: Brief) -> Job:
        return self.regenerate(self.decide(snapshot, "approved"), patch)


class _NothingDone(Operations):
    backend: Backend

    def reject_content(self, call: Call) -> Answer:
        body, _ = self.backend.bodies.read(RejectBody, call.content, call.content_type)
        snapshot = self.backend.access.container(call.org, call.path["container_id"])
        pending = self.backend.approval.status_at(snapshot) == "pending"
        return self.shown(snapshot) if pending and body.regenerate is not False else super().reject_content(call)


class _ProgressOfEarlierJob(Operations):
    def get_content_progress(self, call: Call) -> Answer:
        snapshot = self.backend.access.container(call.org, call.path["container_id"])
        if snapshot.container.approval != "rejected" or snapshot.job.kind != "content_regenerate":
            return super().get_content_progress(call)
        query = "SELECT id FROM jobs WHERE container_id = ? AND id <> ? ORDER BY started_at DESC, id DESC"
        row = self.backend.store.connection.execute(query, (snapshot.container.id, snapshot.job.id)).fetchone()
        job = self.backend.store.job(row[0]) or snapshot.job
        return self.backend.rendering.answer(200, self.backend.rendering.job(job, snapshot.now))


class Refused(Operations):
    """Base class of rejects with a side effect although they are refused."""

    backend: Backend

    def refused(self, snapshot: Snapshot, body: dict[str, Any], refusal: ApiError) -> None:
        """Cause the side effect of the refusal, inside a transaction."""
        raise NotImplementedError

    def reject_content(self, call: Call) -> Answer:
        """Answer rejectContent."""
        try:
            return super().reject_content(call)
        except ApiError as refusal:
            snapshot = self.backend.access.container(call.org, call.path["container_id"])
            if refusal.code in {"VALIDATION", "CONFLICT"} and (refusal.details or refusal.code == "CONFLICT"):
                body = json.loads(call.content)
                with self.backend.store.transaction():
                    self.refused(snapshot, body if isinstance(body, dict) else {}, refusal)
            raise

    def reject(self, snapshot: Snapshot) -> None:
        """Store a rejection if the container waits for a decision."""
        if self.backend.approval.status_at(snapshot) == "pending":
            self.backend.lifecycle.decide(snapshot, "rejected")


class _BadPatchRejects(Refused):
    def refused(self, snapshot: Snapshot, body: dict[str, Any], refusal: ApiError) -> None:
        if refusal.code == "VALIDATION" and body.get("regenerate"):
            self.reject(snapshot)


class _BadReasonRejects(Refused):
    def refused(self, snapshot: Snapshot, body: dict[str, Any], refusal: ApiError) -> None:
        if refusal.code == "VALIDATION" and not body.get("regenerate"):
            self.reject(snapshot)


class _ConflictRegenerates(Refused):
    def refused(self, snapshot: Snapshot, body: dict[str, Any], refusal: ApiError) -> None:
        at_rest = not self.backend.generation.in_flight(snapshot.job, snapshot.now)
        if refusal.code == "CONFLICT" and body.get("regenerate") and at_rest:
            self.backend.lifecycle.regenerate(snapshot, {})


class _ConflictRejects(Refused):
    def refused(self, snapshot: Snapshot, body: dict[str, Any], refusal: ApiError) -> None:
        decided = snapshot.container._replace(approval="rejected", approval_job=snapshot.job.id)
        if refusal.code == "CONFLICT" and body.get("regenerate") and snapshot.requires_review:
            self.backend.store.update_container(decided)


def repairing(repaired: Callable[[dict[str, Any]], dict[str, Any]]) -> Install:
    """Return an install that repairs the body of a reject before it is validated."""

    class _Repairing(Bodies):
        def validated(self, model: type[Model], value: object) -> Model:
            broken = model is RejectBody and isinstance(value, dict)
            return super().validated(model, repaired(value) if broken and isinstance(value, dict) else value)

    return using(_Repairing)


FAULTS: tuple[Fault, ...] = (
    Fault(
        "reject-does-not-hold", "REJ-1", "stateful", "A reject says rejected, and nothing is written.", using(_NotKept)
    ),
    Fault(
        "reject-of-video-does-not-hold",
        "REJ-1",
        "deep",
        "A reject of anything but a slideshow says rejected, and nothing is written.",
        using(_NotKeptForVideos),
    ),
    Fault(
        "reject-with-regeneration-only-rejects",
        "REJ-2",
        "deep",
        "A reject that should regenerate names a new job, and the container does not run under it.",
        using(_RejectsOnly),
    ),
    Fault(
        "reject-with-regeneration-names-earlier-job",
        "REJ-2",
        "deep",
        "A reject that regenerates answers with the job that has ended.",
        using(_NamesEarlierJob),
    ),
    Fault(
        "reject-with-regeneration-approves",
        "REJ-2",
        "deep",
        "A reject that regenerates leaves the container approved.",
        using(_ApprovesAndRegenerates),
    ),
    Fault(
        "reject-with-regeneration-unseen-by-progress",
        "REJ-2",
        "deep",
        "After a reject that regenerates, progress goes on to name the earlier job.",
        using(_ProgressOfEarlierJob),
    ),
    Fault(
        "reject-with-regeneration-does-nothing",
        "REJ-2",
        "deep",
        "A reject that should regenerate answers 200 with the container as it is, and neither rejects nor regenerates.",
        using(_NothingDone),
    ),
    Fault(
        "reject-with-bad-patch-rejects",
        "REJ-2",
        "deep",
        "A reject whose patch breaks the schema is refused, and the container is rejected.",
        using(_BadPatchRejects),
    ),
    Fault(
        "refused-reject-regenerates",
        "REJ-2",
        "deep",
        "A reject with regeneration that answers 409 starts the regeneration.",
        using(_ConflictRegenerates),
    ),
    Fault(
        "refused-reject-rejects",
        "REJ-2",
        "deep",
        "A reject with regeneration that answers 409 in a review project rejects all the same.",
        using(_ConflictRejects),
    ),
    Fault(
        "reject-without-reason-accepted",
        "REJ-3",
        "deep",
        "A reject without a reason is accepted.",
        repairing(lambda body: {"reason": "none", **body}),
    ),
    Fault(
        "reject-with-empty-reason-accepted",
        "REJ-3",
        "deep",
        "A reject whose reason is the empty text is accepted.",
        repairing(lambda body: {**body, "reason": "none"} if body.get("reason") == "" else body),
    ),
    Fault(
        "reject-with-long-reason-accepted",
        "REJ-3",
        "deep",
        "A reason of more than 1,024 characters is cut and accepted.",
        repairing(
            lambda body: (
                {**body, "reason": body["reason"][:LONGEST_REASON]} if isinstance(body.get("reason"), str) else body
            )
        ),
    ),
    Fault(
        "reject-with-bad-reason-rejects",
        "REJ-3",
        "deep",
        "A reject without a good reason is refused, and the container is rejected.",
        using(_BadReasonRejects),
    ),
)
