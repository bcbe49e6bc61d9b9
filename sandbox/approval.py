"""The approval gate, which is independent of a container's status (requirements APR, REJ)."""

from typing import Protocol

from sandbox.errors import conflict
from sandbox.generation import Generation
from sandbox.part import Part
from sandbox.records import Container, Snapshot


class ApprovalNeeds(Protocol):
    """What the approval gate asks of the backend."""

    generation: Generation


class Approval(Part[ApprovalNeeds]):
    """Computes the approval status and applies decisions."""

    def status_at(self, snapshot: Snapshot) -> str:
        """Return the approval status: under review, a completed job without a decision is pending."""
        container, job = snapshot.container, snapshot.job
        if not snapshot.requires_review:
            return "not_required"
        completed = self.backend.generation.status_at(job, snapshot.now) == "completed"
        if completed and container.approval_job != job.id:
            return "pending"
        return container.approval

    def ensure_decidable(self, snapshot: Snapshot) -> None:
        """Raise a conflict unless the container is pending and no generation is in flight."""
        if self.status_at(snapshot) != "pending":
            raise conflict("Only a container whose approvalStatus is pending can be approved or rejected.")
        if self.backend.generation.in_flight(snapshot.job, snapshot.now):
            raise conflict("The container is regenerating. Decide when it has ended.")

    def decided(self, snapshot: Snapshot, decision: str) -> Container:
        """Return a copy of the container with a decision. Raises a conflict as `ensure_decidable` does."""
        self.ensure_decidable(snapshot)
        return snapshot.container._replace(
            approval=decision, approval_job=snapshot.job.id, updated_at=self.moment(snapshot)
        )

    def moment(self, snapshot: Snapshot) -> int:
        """Return the updatedAt for a decision made now."""
        return max(snapshot.now, snapshot.container.updated_at)

    def carried_over(self, snapshot: Snapshot) -> str:
        """Return the approval status that a regeneration starts with and keeps until it completes."""
        return self.status_at(snapshot)
