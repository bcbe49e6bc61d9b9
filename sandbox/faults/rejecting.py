"""Faults of rejecting with regeneration (REJ)."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sandbox.backend import Backend
from sandbox.bodies import LONGEST_REASON, Bodies, Model, RejectBody
from sandbox.change import Install, using
from sandbox.errors import ApiError
from sandbox.faults.idempotency import Sharing, Slot
from sandbox.faults.installers import replacing
from sandbox.lifecycle import Lifecycle
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Brief, Job, Snapshot

FAULTS = """
REJ-1 stateful reject-does-not-hold: A reject says rejected, and nothing is written.
REJ-1 deep reject-of-video-does-not-hold: A reject of anything but a slideshow says rejected, and nothing is written.
REJ-2 deep reject-with-regeneration-only-rejects: A reject that should regenerate names a new job, and the container
    does not run under it.
REJ-2 deep reject-with-regeneration-names-earlier-job: A reject that regenerates answers with the job that has ended.
REJ-2 deep reject-with-regeneration-approves: A reject that regenerates leaves the container approved.
REJ-2 deep reject-with-regeneration-unseen-by-progress: After a reject that regenerates, progress goes on to name the
    earlier job.
REJ-2 deep reject-with-regeneration-does-nothing: A reject that should regenerate answers 200 with the container as it
    is, and neither rejects nor regenerates.
REJ-2 deep reject-with-bad-patch-rejects: A reject whose patch breaks the schema is refused, and the container is
    rejected.
REJ-2 deep refused-reject-regenerates: A reject with regeneration that answers 409 starts the regeneration.
REJ-2 deep refused-reject-rejects: A reject with regeneration that answers 409 in a review project rejects all the
    same.
REJ-2 deep reject-answers-for-another-container: A reject under a key and a body that another container's reject had
    is answered as that one was.
REJ-3 deep reject-without-reason-accepted: A reject without a reason is accepted.
REJ-3 deep reject-with-empty-reason-accepted: A reject whose reason is the empty text is accepted.
REJ-3 deep reject-with-long-reason-accepted: A reason of more than 1,024 characters is cut and accepted.
REJ-3 deep reject-with-bad-reason-rejects: A reject without a good reason is refused, and the container is rejected.
REJ-3 stateful reject-without-reason-regenerates: A reject with regeneration and without a reason is refused, and the
    regeneration starts.
"""


class Refused(Operations):
    """Base class of rejects with a side effect although they are refused."""

    backend: Backend

    def refused(self, snapshot: Snapshot, body: dict[str, Any], refusal: ApiError) -> None:
        """Cause the side effect of the refusal, inside a transaction."""
        raise NotImplementedError

    def reject_content(self, call: Call) -> Answer:
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


def repairing(repaired: Callable[[dict[str, Any]], dict[str, Any]]) -> Install:
    """Return an install that repairs the body of a reject before it is validated."""

    class _Repairing(Bodies):
        def validated(self, model: type[Model], value: object) -> Model:
            broken = model is RejectBody and isinstance(value, dict)
            return super().validated(model, repaired(value) if broken and isinstance(value, dict) else value)

    return using(_Repairing)


class RejectDoesNotHold(Lifecycle):
    def decide(self, snapshot: Snapshot, decision: str) -> Snapshot:
        if decision != "rejected":
            return super().decide(snapshot, decision)
        return snapshot._replace(container=self.backend.approval.decided(snapshot, decision))


class RejectOfVideoDoesNotHold(RejectDoesNotHold):
    def decide(self, snapshot: Snapshot, decision: str) -> Snapshot:
        slides = snapshot.container.format == "slideshow_remix"
        return Lifecycle.decide(self, snapshot, decision) if slides else super().decide(snapshot, decision)


class RejectWithRegenerationOnlyRejects(Lifecycle):
    def reject_and_regenerate(self, snapshot: Snapshot, patch: Brief) -> Job:
        container = self.decide(snapshot, "rejected").container
        brief = self.patched(json.loads(container.brief), patch)
        return self.start_job("content_regenerate", container.org, container.project_id, container.id, brief)


class RejectWithRegenerationNamesEarlierJob(Lifecycle):
    def reject_and_regenerate(self, snapshot: Snapshot, patch: Brief) -> Job:
        super().reject_and_regenerate(snapshot, patch)
        return snapshot.job


class RejectWithRegenerationApproves(Lifecycle):
    def reject_and_regenerate(self, snapshot: Snapshot, patch: Brief) -> Job:
        return self.regenerate(self.decide(snapshot, "approved"), patch)


class RejectWithRegenerationUnseenByProgress(Operations):
    def get_content_progress(self, call: Call) -> Answer:
        snapshot = self.backend.access.container(call.org, call.path["container_id"])
        if snapshot.container.approval != "rejected" or snapshot.job.kind != "content_regenerate":
            return super().get_content_progress(call)
        query = "SELECT id FROM jobs WHERE container_id = ? AND id <> ? ORDER BY started_at DESC, id DESC"
        row = self.backend.store.connection.execute(query, (snapshot.container.id, snapshot.job.id)).fetchone()
        job = self.backend.store.job(row[0]) or snapshot.job
        return self.backend.rendering.answer(200, self.backend.rendering.job(job, snapshot.now))


class RejectWithRegenerationDoesNothing(Operations):
    backend: Backend

    def reject_content(self, call: Call) -> Answer:
        body, _ = self.backend.bodies.read(RejectBody, call.content, call.content_type)
        snapshot = self.backend.access.container(call.org, call.path["container_id"])
        pending = self.backend.approval.status_at(snapshot) == "pending"
        return self.shown(snapshot) if pending and body.regenerate is not False else super().reject_content(call)


class RejectWithBadPatchRejects(Refused):
    def refused(self, snapshot: Snapshot, body: dict[str, Any], refusal: ApiError) -> None:
        if refusal.code == "VALIDATION" and body.get("regenerate"):
            self.reject(snapshot)


class RefusedRejectRegenerates(Refused):
    def refused(self, snapshot: Snapshot, body: dict[str, Any], refusal: ApiError) -> None:
        at_rest = not self.backend.generation.in_flight(snapshot.job, snapshot.now)
        if refusal.code == "CONFLICT" and body.get("regenerate") and at_rest:
            self.backend.lifecycle.regenerate(snapshot, {})


class RefusedRejectRejects(Refused):
    def refused(self, snapshot: Snapshot, body: dict[str, Any], refusal: ApiError) -> None:
        decided = snapshot.container._replace(approval="rejected", approval_job=snapshot.job.id)
        if refusal.code == "CONFLICT" and body.get("regenerate") and snapshot.requires_review:
            self.backend.store.update_container(decided)


class RejectAnswersForAnotherContainer(Sharing):
    def shares(self, mine: Slot, other: Slot) -> bool:
        return other[:2] == mine[:2] and mine[1] == "rejectContent"


class RejectWithBadReasonRejects(Refused):
    def refused(self, snapshot: Snapshot, body: dict[str, Any], refusal: ApiError) -> None:
        if refusal.code == "VALIDATION" and not body.get("regenerate"):
            self.reject(snapshot)


def _regenerate_if_asked(backend: Backend, call: Call) -> None:
    body = json.loads(call.content)
    if not isinstance(body, dict) or body.get("reason") or not body.get("regenerate"):
        return
    snapshot = backend.access.container(call.org, call.path["container_id"])
    if backend.approval.status_at(snapshot) == "pending":
        with suppress(ApiError), backend.store.transaction():
            backend.lifecycle.regenerate(snapshot, {})


@replacing("operations", "reject_content")
def reject_without_reason_regenerates(backend: Backend, answer: Callable[[Call], Answer], call: Call) -> Answer:
    try:
        return answer(call)
    except ApiError as error:
        if error.status == 422:
            _regenerate_if_asked(backend, call)
        raise


reject_without_reason_accepted = repairing(lambda body: {"reason": "none", **body})
reject_with_empty_reason_accepted = repairing(
    lambda body: {**body, "reason": "none"} if body.get("reason") == "" else body
)
reject_with_long_reason_accepted = repairing(
    lambda body: {**body, "reason": body["reason"][:LONGEST_REASON]} if isinstance(body.get("reason"), str) else body
)
