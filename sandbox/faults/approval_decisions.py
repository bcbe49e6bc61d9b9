"""Faults of approving and rejecting (APR-2, APR-7 to APR-9)."""

from collections.abc import Callable

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import ApiError, conflict
from sandbox.faults.approval import approval
from sandbox.faults.lifecycle_results import assets, captions
from sandbox.faults.replacing import (
    Doc,
    container_shown,
    fresh,
    replacing,
    status_shown,
    together,
)
from sandbox.listing import Page
from sandbox.operations import Call
from sandbox.records import Answer, Container, Job, Snapshot

MOMENT_MS = 150


def decision(snapshot: Snapshot) -> str:
    """Return the decision on the latest result, or an empty string if there is none."""
    container = snapshot.container
    return container.approval if container.approval_job == snapshot.job.id else ""


def brief_shown(verdict: str, change: Callable[[Doc], Doc]) -> Install:
    """Let a decision change the brief."""
    return container_shown(
        lambda doc, snapshot, _: {**doc, "brief": change(doc["brief"])} if decision(snapshot) == verdict else doc
    )


def reverting(verdict: str) -> Install:
    """Forget a decision after some time."""
    return approval(
        lambda approved, snapshot, *_: (
            "pending"
            if decision(snapshot) == verdict and snapshot.now - snapshot.container.updated_at > MOMENT_MS
            else approved
        )
    )


def not_stored(verdict: str) -> Install:
    """Answer a decision without storing it."""

    def decide(backend: Backend, decide: Callable[..., Snapshot], snapshot: Snapshot, wanted: str) -> Snapshot:
        if wanted != verdict:
            return decide(snapshot, wanted)
        return snapshot._replace(container=backend.approval.decided(snapshot, wanted))

    return replacing("lifecycle", "decide", decide)


def reset_by_listing() -> Install:
    """Let a list that shows a rejected container make it pending."""
    listed: set[str] = set()

    def page(backend: Backend, page: Callable[[Page], Doc], found: Page) -> Doc:
        shown = page(found)
        listed.update(each.job.id for each in found.items if backend.approval.status_at(each) == "rejected")
        return shown

    return together(
        replacing("rendering", "page", page),
        approval(lambda approved, snapshot, *_: "pending" if snapshot.job.id in listed else approved),
    )


def deciding(when: Callable[[str], bool]) -> Install:
    """Accept decisions that the approval status should refuse."""

    def decided(backend: Backend, decided: Callable[..., Container], snapshot: Snapshot, wanted: str) -> Container:
        approval = backend.approval
        if wanted != "rejected" or not when(approval.status_at(snapshot)):
            return decided(snapshot, wanted)
        return snapshot.container._replace(
            approval=wanted, approval_job=snapshot.job.id, updated_at=approval.moment(snapshot)
        )

    return replacing("approval", "decided", decided)


def noting_refusals(note: Callable[[Snapshot], None]) -> Install:
    """Record each container whose rejection is refused."""

    def reject(backend: Backend, reject: Callable[[Call], Answer], call: Call) -> Answer:
        try:
            return reject(call)
        except ApiError as error:
            snapshot = backend.store.container(call.path["container_id"], backend.clock.now())
            if error.code == "CONFLICT" and snapshot is not None:
                note(snapshot)
            raise

    return replacing("operations", "reject_content", reject)


def refused_touches() -> Install:
    """Let a refused rejection change updatedAt."""
    touched: dict[str, int] = {}

    def updated_at(_: Backend, updated_at: Callable[..., int], container: Container, job: Job, now: int) -> int:
        return max(updated_at(container, job, now), touched.get(container.id, 0))

    return together(
        noting_refusals(lambda snapshot: touched.update({snapshot.container.id: snapshot.now})),
        replacing("generation", "updated_at", updated_at),
    )


def refused_rejects() -> Install:
    """Store the rejection of an approved container although it is refused."""
    written: set[str] = set()
    return together(
        noting_refusals(lambda snapshot: written.update([snapshot.job.id] * (decision(snapshot) == "approved"))),
        approval(lambda approved, snapshot, *_: "rejected" if snapshot.job.id in written else approved),
    )


def invalid_state(backend: Backend, ensure: Callable[[Snapshot], None], snapshot: Snapshot) -> None:
    """Refuse a decision with an internal error code."""
    try:
        ensure(snapshot)
    except ApiError as error:
        if backend.approval.status_at(snapshot) == "rejected":
            raise ApiError(422, "INVALID_STATE", error.message) from error
        raise conflict(error.message) from error


FAULTS: tuple[Fault, ...] = (
    Fault(
        "reject-fails-the-container",
        "APR-2",
        "stateful",
        "A rejected container's status is failed.",
        status_shown(lambda status, snapshot, _: "failed" if decision(snapshot) == "rejected" else status),
    ),
    Fault(
        "approve-shows-generating-for-a-moment",
        "APR-2",
        "deep",
        "An approved container is generating for 150 ms, while it is published.",
        status_shown(
            lambda status, snapshot, _: (
                "generating"
                if decision(snapshot) == "approved" and snapshot.now - snapshot.container.updated_at < MOMENT_MS
                else status
            )
        ),
    ),
    Fault(
        "reject-hides-the-assets",
        "APR-2",
        "stateful",
        "A rejected container has no assets.",
        assets(lambda found, snapshot, _: [] if decision(snapshot) == "rejected" else found),
    ),
    Fault(
        "reject-gives-assets-other-ids",
        "APR-2",
        "stateful",
        "A rejected container's assets are moved, and get other ids.",
        assets(
            lambda found, snapshot, backend: (
                [
                    asset._replace(id=backend.ids.asset(f"{snapshot.job.id}:rejected", index))
                    for index, asset in enumerate(found)
                ]
                if decision(snapshot) == "rejected"
                else found
            )
        ),
    ),
    Fault(
        "approve-rewrites-captions",
        "APR-2",
        "stateful",
        "An approval ends each caption with a mark of advertising.",
        captions(
            lambda found, snapshot, _: (
                [{**caption, "text": f"{caption['text']} #ad"} for caption in found]
                if decision(snapshot) == "approved"
                else found
            )
        ),
    ),
    Fault(
        "reject-of-slideshow-drops-captions",
        "APR-2",
        "deep",
        "A rejected slideshow has no captions.",
        captions(
            lambda found, snapshot, _: (
                [] if decision(snapshot) == "rejected" and snapshot.container.format == "slideshow_remix" else found
            )
        ),
    ),
    Fault(
        "approve-drops-the-brief",
        "APR-2",
        "stateful",
        "An approval leaves of the brief its hook alone.",
        brief_shown("approved", lambda brief: {"hook": brief["hook"]}),
    ),
    Fault(
        "reject-not-stored",
        "APR-7",
        "stateful",
        "A rejection is answered as rejected, and the container stays pending.",
        not_stored("rejected"),
    ),
    Fault(
        "rejected-reset-by-a-list",
        "APR-7",
        "deep",
        "A list that shows a rejected container makes it pending.",
        fresh(reset_by_listing),
    ),
    Fault(
        "approve-not-stored",
        "APR-8",
        "stateful",
        "An approval is answered as approved, and the container stays pending.",
        not_stored("approved"),
    ),
    Fault(
        "approve-shows-in-lists-alone",
        "APR-8",
        "deep",
        "getContent shows an approved container as pending.",
        container_shown(
            lambda doc, *_: {**doc, "approvalStatus": "pending"} if doc["approvalStatus"] == "approved" else doc
        ),
    ),
    Fault(
        "approved-reverts-after-a-moment",
        "APR-8",
        "deep",
        "An approved container is pending again after 150 ms.",
        reverting("approved"),
    ),
    Fault(
        "rejected-can-be-rejected",
        "APR-9",
        "stateful",
        "Rejecting a rejected container answers 200.",
        deciding(lambda approved: approved == "rejected"),
    ),
    Fault(
        "refused-rejection-touches-the-container",
        "APR-9",
        "deep",
        "A rejection that is refused changes updatedAt.",
        fresh(refused_touches),
    ),
    Fault(
        "refused-rejection-is-written",
        "APR-9",
        "deep",
        "Rejecting an approved container answers 409, and rejects it.",
        fresh(refused_rejects),
    ),
    Fault(
        "second-rejection-answers-422",
        "APR-9",
        "stateful",
        "Rejecting a rejected container answers 422 with a code of its own.",
        replacing("approval", "ensure_decidable", invalid_state),
    ),
)
