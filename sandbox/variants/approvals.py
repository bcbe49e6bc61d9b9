"""Variants of the approval gate and of regeneration (open readings 2, 5, 6, 19, 20, 24 and 35)."""

import json
from functools import cached_property
from typing import Any, cast

from sandbox.approval import Approval
from sandbox.backend import Backend
from sandbox.bodies import ApproveBody, Bodies, Model, RejectBody
from sandbox.change import using
from sandbox.errors import conflict, validation
from sandbox.generation import Generation
from sandbox.lifecycle import Lifecycle, encode_brief
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Brief, Container, Job, Snapshot

VARIANTS = """
pending-from-creation: Under review all is pending at once.
pending-on-regenerate: A regeneration is pending at once.
decisions-come-back: A canceled regeneration leaves them.
rejects-show-first: What a reject regenerates is queued a moment later.
approve-repeats: Approving twice is 200 twice.
approve-needs-a-body: Approve refuses no body.
approve-needs-a-note: Approve refuses no note with 422.
reject-never-regenerates: Reject ignores `regenerate`.
reject-refuses-regenerate: Reject refuses `regenerate` with 422.
reject-regenerate-is-a-switch: `regenerate` takes no patch.
regenerate-supersedes: It cancels the job in flight.
regenerate-overtakes: The job in flight runs to its end unseen.
regenerate-waits: It waits for the job in flight.
auto-kept: auto stays auto.
auto-resolved-at-once: auto is resolved on creation.
auto-resolved-in-render: auto is resolved on leaving the queue.
auto-always-slideshow: auto is always a slideshow.
decisions-undated: A decision leaves updatedAt.
decisions-in-flight: Pending is decidable in flight.
rejected-may-be-approved: Approving what was rejected is 200.
"""

MOMENT_MS = 300


class _WaitingTurn(Lifecycle):
    """A regeneration while a job is running is accepted, and waits until that job has ended; the container shows one after the other."""

    backend: Backend

    @cached_property
    def waiting(self) -> list[tuple[Job, Brief]]:
        """The jobs that have not begun, in order, each with its patch."""
        return []

    def regenerate(self, snapshot: Snapshot, patch: Brief) -> Job:
        job, container = snapshot.job, snapshot.container
        ahead = [job, *(other for other, _ in self.waiting if other.container_id == container.id)]
        if not self.backend.generation.in_flight(ahead[-1], snapshot.now):
            return super().regenerate(snapshot, patch)
        return self.put_off(snapshot, patch, self.backend.generation.due_at(ahead[-1]))

    def put_off(self, snapshot: Snapshot, patch: Brief, begins: int) -> Job:
        """Let a regeneration wait until a moment."""
        job, container = snapshot.job, snapshot.container
        self.ensure_open(container.project_id)
        brief = self.patched(json.loads(container.brief), patch)
        queued = job._replace(
            id=self.backend.ids.job(snapshot.now),
            kind="content_regenerate",
            started_at=begins,
            duration_ms=self.backend.generation.duration_ms(),
            outcome=self.backend.generation.outcome(brief),
        )
        self.backend.store.add_job(queued)
        self.waiting.append((queued, patch))
        return queued

    def cancel(self, job: Job, now: int) -> Job:
        # A job that has not begun cannot have ended before it would have.
        return super().cancel(job, max(now, job.started_at))

    def begin_due(self) -> None:
        """Let the containers go on whose next job is due."""
        now, store = self.backend.clock.now(), self.backend.store
        while self.waiting and self.waiting[0][0].started_at <= now:
            job, patch = self.waiting.pop(0)
            before = store.container(job.container_id, job.started_at)
            if before is None:
                continue
            brief = self.patched(json.loads(before.container.brief), patch)
            changed = before.container._replace(
                format=self.backend.generation.format_at(before.container, before.job, job.started_at),
                resolved_format=self.backend.generation.resolve_auto(brief),
                brief=encode_brief(brief),
                approval=self.backend.approval.carried_over(before),
                approval_job=None,
                job_id=job.id,
                updated_at=max(job.started_at, before.container.updated_at),
            )
            with store.transaction():
                store.update_container(changed)


class _InTurn(Operations):
    async def perform(self, operation: str, call: Call) -> Answer:
        cast("_WaitingTurn", self.backend.lifecycle).begin_due()
        return await super().perform(operation, call)


class PendingFromCreation(Approval):
    def status_at(self, snapshot: Snapshot) -> str:
        status = super().status_at(snapshot)
        return "pending" if snapshot.requires_review and status == "not_required" else status


class PendingOnRegenerate(Lifecycle):
    def regenerate(self, snapshot: Snapshot, patch: Brief) -> Job:
        job = super().regenerate(snapshot, patch)
        self.settle(snapshot, "pending")
        return job

    def reject_and_regenerate(self, snapshot: Snapshot, patch: Brief) -> Job:
        job = super().reject_and_regenerate(snapshot, patch)
        self.settle(snapshot, "rejected")
        return job

    def settle(self, before: Snapshot, approval: str) -> None:
        """Store the approval status with which the new generation starts."""
        store = self.backend.store
        after = store.container(before.container.id, before.now)
        if after is not None and after.requires_review:
            store.update_container(after.container._replace(approval=approval))


class DecisionsComeBack(Approval):
    def status_at(self, snapshot: Snapshot) -> str:
        status = super().status_at(snapshot)
        runs_again = snapshot.requires_review and self.backend.generation.in_flight(snapshot.job, snapshot.now)
        return "pending" if runs_again and status in {"approved", "rejected"} else status

    def carried_over(self, snapshot: Snapshot) -> str:
        return super().status_at(snapshot)


class ApproveRepeats(Lifecycle):
    def decide(self, snapshot: Snapshot, decision: str) -> Snapshot:
        if decision == self.backend.approval.status_at(snapshot) == "approved":
            return snapshot
        return super().decide(snapshot, decision)


class ApproveNeedsABody(Bodies):
    def read_optional(self, model: type[Model], content: bytes, content_type: str | None) -> tuple[Model, object]:
        if model is ApproveBody and not content:
            raise validation("The request needs a body.")
        return super().read_optional(model, content, content_type)


class ApproveNeedsANote(Bodies):
    def validated(self, model: type[Model], value: object) -> Model:
        if model is ApproveBody and not (isinstance(value, dict) and value.get("note")):
            raise validation("The member note is required.", status=422)
        return super().validated(model, value)


class RejectNeverRegenerates(Bodies):
    def validated(self, model: type[Model], value: object) -> Model:
        if model is RejectBody and isinstance(value, dict):
            value = {name: member for name, member in value.items() if name != "regenerate"}
        return super().validated(model, value)


class RejectRefusesRegenerate(Bodies):
    def validated(self, model: type[Model], value: object) -> Model:
        if model is RejectBody and isinstance(value, dict) and "regenerate" in value:
            raise validation("The request body breaks the schema.", status=422)
        return super().validated(model, value)


class RejectRegenerateIsASwitch(Bodies):
    def validated(self, model: type[Model], value: object) -> Model:
        if model is RejectBody and isinstance(value, dict) and isinstance(value.get("regenerate"), dict):
            raise validation("The member regenerate must be true or false.", status=422)
        return super().validated(model, value)


class RegenerateSupersedes(Lifecycle):
    def ensure_at_rest(self, snapshot: Snapshot) -> None:
        if self.backend.generation.in_flight(snapshot.job, snapshot.now):
            self.backend.store.cancel_job(snapshot.job.id, snapshot.now)


class RegenerateOvertakes(Lifecycle):
    def ensure_at_rest(self, snapshot: Snapshot) -> None:
        """Allow a regeneration at any time."""


class AutoKept(Generation):
    def format_at(self, container: Container, job: Job, now: int) -> str:  # noqa: ARG002  # the format does not depend on time
        return container.format

    def assets_for(self, format_: str, job: Job) -> list[Any]:
        return super().assets_for("video_remix" if format_ == "auto" else format_, job)


class AutoResolvedAtOnce(Generation):
    def format_at(self, container: Container, job: Job, now: int) -> str:  # noqa: ARG002  # the format does not depend on time
        return container.resolved_format if container.format == "auto" else container.format


class AutoResolvedInRender(Generation):
    def format_at(self, container: Container, job: Job, now: int) -> str:
        resolved = container.format == "auto" and self.queue_ends_at(job) <= (job.canceled_at or now)
        return container.resolved_format if resolved else container.format


class AutoAlwaysSlideshow(Generation):
    def resolve_auto(self, brief: Brief) -> str:  # noqa: ARG002  # this variant ignores the brief
        return "slideshow_remix"


class DecisionsUndated(Approval):
    def moment(self, snapshot: Snapshot) -> int:
        return snapshot.container.updated_at


class DecisionsInFlight(Approval):
    def ensure_decidable(self, snapshot: Snapshot) -> None:
        if self.status_at(snapshot) != "pending":
            raise conflict("Only what is pending can be decided on.")

    def decided(self, snapshot: Snapshot, decision: str) -> Container:
        container = super().decided(snapshot, decision)
        running = self.backend.generation.in_flight(snapshot.job, snapshot.now)
        return container._replace(approval_job=None) if running else container


class RejectedMayBeApproved(Approval):
    def decided(self, snapshot: Snapshot, decision: str) -> Container:
        rejected = self.status_at(snapshot) == "rejected"
        if decision == "approved" and rejected and not self.backend.generation.in_flight(snapshot.job, snapshot.now):
            return snapshot.container._replace(approval="approved", updated_at=self.moment(snapshot))
        return super().decided(snapshot, decision)


class _RejectsFirst(_WaitingTurn):
    """What a reject regenerates reads as rejected at once, and is queued a moment later."""

    backend: Backend

    def reject_and_regenerate(self, snapshot: Snapshot, patch: Brief) -> Job:
        return self.put_off(self.decide(snapshot, "rejected"), patch, snapshot.now + MOMENT_MS)


rejects_show_first = using(_RejectsFirst, _InTurn)
regenerate_waits = using(_WaitingTurn, _InTurn)
