"""Faults of approvalStatus along the lifecycle (APR-1, APR-3 to APR-6, APR-10)."""

from collections.abc import Callable
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Install, together
from sandbox.faults.installers import approval, everywhere_shown, fresh, listed, replacing
from sandbox.faults.listing_parameters import hiding
from sandbox.lifecycle import encode_brief
from sandbox.listing import Filters
from sandbox.records import Brief, Job, Project, Snapshot

FAULTS = """
APR-1 shallow approval-auto-approved: Where no review is required, approvalStatus is `auto_approved`.
APR-1 stateful approval-changes-requested: A rejected container's approvalStatus is `changes_requested`.
APR-1 deep list-approval-with-blanks: Lists show approvalStatus for people: `Not required`.
APR-3 stateful completion-skips-review: Completion leaves approvalStatus not_required in a review project.
APR-3 deep auto-skips-review: A container with the format auto completes without review.
APR-3 deep without-influencer-skips-review: A container whose brief names no influencer completes without review.
APR-4 stateful pending-without-review: A completed container is pending though its project requires no review.
APR-4 shallow in-flight-pending-without-review: A container in flight is pending though its project requires no
    review.
APR-4 deep failed-pending-without-review: A failed container is pending though its project requires no review.
APR-5 deep failure-rejects: A generation that fails in a review project is rejected.
APR-5 stateful completion-approves: A generation that completes in a review project is approved.
APR-5 deep clone-keeps-the-decision: A clone of a container that was approved or rejected is so too.
APR-5 stateful brief-approved-before-needs-no-review: A create with the brief of a container that was approved
    completes as approved.
APR-6 stateful rejected-leaves-the-completed-list: A rejected container is not listed under status=completed.
APR-6 deep rejected-missing-under-two-filters: A rejected container is not listed where status and format are both
    filtered.
APR-6 deep pending-missing-under-two-filters: A pending container is not listed where status and format are both
    filtered.
APR-6 deep status-filter-leaves-pending-out: Under a status filter containers that wait for review are left out.
APR-10 deep regeneration-keeps-approved: An approved container is approved again when a regeneration completes.
APR-10 stateful regeneration-keeps-rejected: A rejected container is rejected still when a regeneration completes.
"""


def approval_shown(change: Callable[[str, Snapshot, Backend], str | None]) -> Install:
    """Change the approval status that is shown; decisions still use the correct one."""
    return everywhere_shown(
        lambda doc, snapshot, backend: {**doc, "approvalStatus": change(doc["approvalStatus"], snapshot, backend)}
    )


def unreviewed(when: Callable[[Snapshot, str], bool]) -> Install:
    """Make some containers of a project without review pending."""
    return approval(
        lambda approved, snapshot, status, _: (
            "pending" if not snapshot.requires_review and when(snapshot, status) else approved
        )
    )


def under_review(status: str, verdict: str) -> Install:
    """Let a container status set the approval status under review, without a decision."""
    return approval(
        lambda approved, snapshot, now, _: (
            verdict
            if snapshot.requires_review and now == status and snapshot.container.approval_job is None
            else approved
        )
    )


def skipping(when: Callable[[Snapshot], bool]) -> Install:
    """Let some containers skip the review."""
    return approval(
        lambda approved, snapshot, *_: "not_required" if approved == "pending" and when(snapshot) else approved
    )


def filtering(drops: Callable[[str, Filters], bool]) -> Install:
    """Let the approval status influence the filters."""

    def matches(backend: Backend, matches: Callable[..., bool], snapshot: Snapshot, filters: Filters) -> bool:
        approved = backend.approval.status_at(snapshot)
        return matches(snapshot, filters) and not ("status" in filters and drops(approved, filters))

    return replacing("listing", "filter_matches")(matches)


def carrying(kept: str) -> Install:
    """Keep the decision on the earlier result when a regeneration completes."""
    return approval(
        lambda approved, snapshot, status, _: (
            kept
            if status == "completed" and snapshot.container.approval == kept and snapshot.requires_review
            else approved
        )
    )


@fresh
def brief_approved_before_needs_no_review() -> Install:
    approved: set[tuple[str, str]] = set()
    alike: set[str] = set()

    def decide(_: Backend, decide: Callable[[Snapshot, str], Snapshot], snapshot: Snapshot, decision: str) -> Snapshot:
        decided = decide(snapshot, decision)
        if decision == "approved":
            approved.add((snapshot.container.project_id, snapshot.container.brief))
        return decided

    def create(_: Backend, create: Callable[..., Job], project: Project, format_: str, brief: Brief, *rest: Any) -> Job:
        job = create(project, format_, brief, *rest)
        if (project.id, encode_brief(brief)) in approved and not rest:
            alike.add(job.id)
        return job

    def status_at(_: Backend, status_at: Callable[[Snapshot], str], snapshot: Snapshot) -> str:
        status = status_at(snapshot)
        return "approved" if status == "pending" and snapshot.job.id in alike else status

    return together(
        replacing("lifecycle", "decide")(decide),
        replacing("lifecycle", "create")(create),
        replacing("approval", "status_at")(status_at),
    )


approval_auto_approved = approval_shown(lambda shown, *_: "auto_approved" if shown == "not_required" else shown)
approval_changes_requested = approval_shown(lambda shown, *_: "changes_requested" if shown == "rejected" else shown)
list_approval_with_blanks = listed(
    lambda item: {**item, "approvalStatus": item["approvalStatus"].replace("_", " ").capitalize()}
)
completion_skips_review = skipping(lambda _: True)
auto_skips_review = skipping(lambda snapshot: snapshot.container.format == "auto")
without_influencer_skips_review = skipping(lambda snapshot: '"influencerId"' not in snapshot.container.brief)
pending_without_review = unreviewed(lambda _, status: status == "completed")
in_flight_pending_without_review = unreviewed(lambda _, status: status in {"queued", "generating"})
failed_pending_without_review = unreviewed(lambda _, status: status == "failed")
failure_rejects = under_review("failed", "rejected")
completion_approves = under_review("completed", "approved")


def _clone_keeps_the_decision(
    backend: Backend, clone: Callable[[Snapshot, Project], Job], source: Snapshot, project: Project
) -> Job:
    job = clone(source, project)
    made = backend.store.container(job.container_id, backend.clock.now())
    decision = backend.approval.status_at(source)
    if made is not None and decision in {"approved", "rejected"}:
        backend.store.update_container(made.container._replace(approval=decision, approval_job=job.id))
    return job


def _decided_clone_shown(_: Backend, status_at: Callable[[Snapshot], str], snapshot: Snapshot) -> str:
    decided = snapshot.job.kind == "content_clone" and snapshot.container.approval in {"approved", "rejected"}
    return snapshot.container.approval if decided else status_at(snapshot)


clone_keeps_the_decision = together(
    replacing("lifecycle", "clone")(_clone_keeps_the_decision), replacing("approval", "status_at")(_decided_clone_shown)
)
rejected_leaves_the_completed_list = filtering(lambda approved, _: approved == "rejected")
rejected_missing_under_two_filters = filtering(lambda approved, filters: approved == "rejected" and "format" in filters)
pending_missing_under_two_filters = filtering(lambda approved, filters: approved == "pending" and "format" in filters)


def approval_of(backend: Backend, snapshot: Snapshot) -> str:
    """Return the approval status of a container."""
    return backend.approval.status_at(snapshot)


status_filter_leaves_pending_out = hiding("status", lambda backend, found: approval_of(backend, found) == "pending")
regeneration_keeps_approved = carrying("approved")
regeneration_keeps_rejected = carrying("rejected")
