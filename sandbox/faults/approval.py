"""Faults of approvalStatus during and after generations (APR-1, APR-3 to APR-6, APR-10)."""

from collections.abc import Callable

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.replacing import everywhere_shown, listed, replacing, status_now
from sandbox.listing import Filters
from sandbox.records import Snapshot

LATE_MS = 150


def approval(change: Callable[[str, Snapshot, str, Backend], str]) -> Install:
    """Change the approval status; `change` gets the correct one, the snapshot and the container's status."""

    def status_at(backend: Backend, status_at: Callable[[Snapshot], str], snapshot: Snapshot) -> str:
        return change(status_at(snapshot), snapshot, status_now(backend, snapshot), backend)

    return replacing("approval", "status_at", status_at)


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

    return replacing("listing", "filter_matches", matches)


def carrying(kept: str) -> Install:
    """Keep the decision on the earlier result when a regeneration completes."""
    return approval(
        lambda approved, snapshot, status, _: (
            kept
            if status == "completed" and snapshot.container.approval == kept and snapshot.requires_review
            else approved
        )
    )


FAULTS: tuple[Fault, ...] = (
    Fault(
        "approval-auto-approved",
        "APR-1",
        "shallow",
        "Where no review is required, approvalStatus is `auto_approved`.",
        approval_shown(lambda shown, *_: "auto_approved" if shown == "not_required" else shown),
    ),
    Fault(
        "approval-changes-requested",
        "APR-1",
        "stateful",
        "A rejected container's approvalStatus is `changes_requested`.",
        approval_shown(lambda shown, *_: "changes_requested" if shown == "rejected" else shown),
    ),
    Fault(
        "list-approval-with-blanks",
        "APR-1",
        "deep",
        "Lists show approvalStatus for people: `Not required`.",
        listed(lambda item: {**item, "approvalStatus": item["approvalStatus"].replace("_", " ").capitalize()}),
    ),
    Fault(
        "completion-skips-review",
        "APR-3",
        "stateful",
        "Completion leaves approvalStatus not_required in a review project.",
        skipping(lambda _: True),
    ),
    Fault(
        "auto-skips-review",
        "APR-3",
        "deep",
        "A container with the format auto completes without review.",
        skipping(lambda snapshot: snapshot.container.format == "auto"),
    ),
    Fault(
        "without-influencer-skips-review",
        "APR-3",
        "deep",
        "A container whose brief names no influencer completes without review.",
        skipping(lambda snapshot: '"influencerId"' not in snapshot.container.brief),
    ),
    Fault(
        "pending-without-review",
        "APR-4",
        "stateful",
        "A completed container is pending though its project requires no review.",
        unreviewed(lambda _, status: status == "completed"),
    ),
    Fault(
        "in-flight-pending-without-review",
        "APR-4",
        "shallow",
        "A container in flight is pending though its project requires no review.",
        unreviewed(lambda _, status: status in {"queued", "generating"}),
    ),
    Fault(
        "failed-pending-without-review",
        "APR-4",
        "deep",
        "A failed container is pending though its project requires no review.",
        unreviewed(lambda _, status: status == "failed"),
    ),
    Fault(
        "failure-rejects",
        "APR-5",
        "deep",
        "A generation that fails in a review project is rejected.",
        under_review("failed", "rejected"),
    ),
    Fault(
        "completion-approves",
        "APR-5",
        "stateful",
        "A generation that completes in a review project is approved.",
        under_review("completed", "approved"),
    ),
    Fault(
        "rejected-leaves-the-completed-list",
        "APR-6",
        "stateful",
        "A rejected container is not listed under status=completed.",
        filtering(lambda approved, _: approved == "rejected"),
    ),
    Fault(
        "rejected-missing-under-two-filters",
        "APR-6",
        "deep",
        "A rejected container is not listed where status and format are both filtered.",
        filtering(lambda approved, filters: approved == "rejected" and "format" in filters),
    ),
    Fault(
        "pending-missing-under-two-filters",
        "APR-6",
        "deep",
        "A pending container is not listed where status and format are both filtered.",
        filtering(lambda approved, filters: approved == "pending" and "format" in filters),
    ),
    Fault(
        "regeneration-keeps-approved",
        "APR-10",
        "deep",
        "An approved container is approved again when a regeneration completes.",
        carrying("approved"),
    ),
    Fault(
        "regeneration-keeps-rejected",
        "APR-10",
        "stateful",
        "A rejected container is rejected still when a regeneration completes.",
        carrying("rejected"),
    ),
)
