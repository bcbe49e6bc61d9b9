"""Faults of approving and rejecting (APR-2, APR-7 to APR-9)."""

import json
import unicodedata
from collections.abc import Callable

from sandbox.backend import Backend
from sandbox.change import Install, together
from sandbox.errors import ApiError, conflict
from sandbox.faults.installers import Doc, answering, approval, before, container_shown, fresh, replacing, status_shown
from sandbox.faults.lifecycle_results import assets, captions
from sandbox.lifecycle import encode_brief
from sandbox.listing import Page
from sandbox.operations import Call
from sandbox.records import Answer, Brief, Container, Job, Snapshot

FAULTS = """
APR-2 stateful reject-fails-the-container: A rejected container's status is failed.
APR-2 deep approve-shows-generating-for-a-moment: An approved container is generating for 150 ms, while it is
    published.
APR-2 stateful reject-hides-the-assets: A rejected container has no assets.
APR-2 stateful reject-gives-assets-other-ids: A rejected container's assets are moved, and get other ids.
APR-2 stateful approve-rewrites-captions: An approval ends each caption with a mark of advertising.
APR-2 deep reject-of-slideshow-drops-captions: A rejected slideshow has no captions.
APR-2 stateful approve-drops-the-brief: An approval leaves of the brief its hook alone.
APR-2 stateful approve-takes-back-the-patch: An approval of a container that was regenerated with a patch brings back
    its first brief.
APR-2 deep decision-folds-the-hook: A decision writes the hook back in Unicode's form NFKC.
APR-7 stateful reject-not-stored: A rejection is answered as rejected, and the container stays pending.
APR-7 deep rejected-reset-by-a-list: A list that shows a rejected container makes it pending.
APR-7 stateful refused-approve-of-what-is-rejected-approves: An approve of a rejected container answers 409, and the
    container is approved.
APR-7 stateful rejected-reset-by-reading-progress: A rejected container is pending again once its progress was read.
APR-8 stateful approve-not-stored: An approval is answered as approved, and the container stays pending.
APR-8 deep approve-shows-in-lists-alone: getContent shows an approved container as pending.
APR-8 deep approved-reverts-after-a-moment: An approved container is pending again after 150 ms.
APR-9 stateful rejected-can-be-rejected: Rejecting a rejected container answers 200.
APR-9 deep refused-rejection-touches-the-container: A rejection that is refused changes updatedAt.
APR-9 deep refused-rejection-is-written: Rejecting an approved container answers 409, and rejects it.
APR-9 stateful second-rejection-answers-422: Rejecting a rejected container answers 422 with a code of its own.
APR-9 stateful regenerated-without-review-can-be-rejected: A container of a project without review can be rejected
    once it was regenerated.
"""

MOMENT_MS = 150


def decision(snapshot: Snapshot) -> str:
    """Return the decision on the latest result, or an empty string if there is none."""
    container = snapshot.container
    return container.approval if container.approval_job == snapshot.job.id else ""


def not_stored(verdict: str) -> Install:
    """Answer a decision without storing it."""

    def decide(backend: Backend, decide: Callable[..., Snapshot], snapshot: Snapshot, wanted: str) -> Snapshot:
        if wanted != verdict:
            return decide(snapshot, wanted)
        return snapshot._replace(container=backend.approval.decided(snapshot, wanted))

    return replacing("lifecycle", "decide")(decide)


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

    return replacing("operations", "reject_content")(reject)


@fresh
def approve_takes_back_the_patch() -> Install:
    first: dict[str, str] = {}

    def add_container(_: Backend, add: Callable[[Container], None], container: Container) -> None:
        first[container.id] = container.brief
        add(container)

    def decide(
        backend: Backend, decide: Callable[[Snapshot, str], Snapshot], snapshot: Snapshot, decision: str
    ) -> Snapshot:
        decided = decide(snapshot, decision)
        brief = first.get(decided.container.id)
        if decision == "approved" and brief is not None:
            backend.store.update_container(decided.container._replace(brief=brief))
        return decided

    return together(replacing("store", "add_container")(add_container), replacing("lifecycle", "decide")(decide))


@replacing("approval", "decided")
def decision_folds_the_hook(
    _: Backend, decided: Callable[[Snapshot, str], Container], snapshot: Snapshot, decision: str
) -> Container:
    container = decided(snapshot, decision)
    brief: Brief = json.loads(container.brief)
    brief["hook"] = unicodedata.normalize("NFKC", brief["hook"])
    return container._replace(brief=encode_brief(brief))


@fresh
def rejected_reset_by_a_list() -> Install:
    listed: set[str] = set()

    def page(backend: Backend, page: Callable[[Page], Doc], found: Page) -> Doc:
        shown = page(found)
        listed.update(each.job.id for each in found.items if backend.approval.status_at(each) == "rejected")
        return shown

    return together(
        replacing("rendering", "page")(page),
        approval(lambda approved, snapshot, *_: "pending" if snapshot.job.id in listed else approved),
    )


@before("approve_content")
def refused_approve_of_what_is_rejected_approves(call: Call, backend: Backend) -> None:
    snapshot = backend.access.container(call.org, call.path["container_id"])
    if backend.approval.status_at(snapshot) == "rejected":
        backend.store.update_container(snapshot.container._replace(approval="approved", approval_job=snapshot.job.id))


@answering("get_content_progress")
def rejected_reset_by_reading_progress(answer: Answer, call: Call, backend: Backend) -> Answer:
    snapshot = backend.access.container(call.org, call.path["container_id"])
    if backend.approval.status_at(snapshot) == "rejected":
        backend.store.update_container(snapshot.container._replace(approval_job=None))
    return answer


@fresh
def refused_rejection_touches_the_container() -> Install:
    touched: dict[str, int] = {}

    def updated_at(_: Backend, updated_at: Callable[..., int], container: Container, job: Job, now: int) -> int:
        return max(updated_at(container, job, now), touched.get(container.id, 0))

    return together(
        noting_refusals(lambda snapshot: touched.update({snapshot.container.id: snapshot.now})),
        replacing("generation", "updated_at")(updated_at),
    )


@fresh
def refused_rejection_is_written() -> Install:
    written: set[str] = set()
    return together(
        noting_refusals(lambda snapshot: written.update([snapshot.job.id] * (decision(snapshot) == "approved"))),
        approval(lambda approved, snapshot, *_: "rejected" if snapshot.job.id in written else approved),
    )


@replacing("approval", "ensure_decidable")
def second_rejection_answers_422(backend: Backend, ensure: Callable[[Snapshot], None], snapshot: Snapshot) -> None:
    try:
        ensure(snapshot)
    except ApiError as error:
        if backend.approval.status_at(snapshot) == "rejected":
            raise ApiError(422, "INVALID_STATE", error.message) from error
        raise conflict(error.message) from error


@replacing("approval", "ensure_decidable")
def regenerated_without_review_can_be_rejected(
    backend: Backend, ensure: Callable[[Snapshot], None], snapshot: Snapshot
) -> None:
    ended = not backend.generation.in_flight(snapshot.job, snapshot.now)
    if snapshot.job.kind == "content_regenerate" and not snapshot.requires_review and ended:
        return
    ensure(snapshot)


reject_fails_the_container = status_shown(
    lambda status, snapshot, _: "failed" if decision(snapshot) == "rejected" else status
)
approve_shows_generating_for_a_moment = status_shown(
    lambda status, snapshot, _: (
        "generating"
        if decision(snapshot) == "approved" and snapshot.now - snapshot.container.updated_at < MOMENT_MS
        else status
    )
)
reject_hides_the_assets = assets(lambda found, snapshot, _: [] if decision(snapshot) == "rejected" else found)
reject_gives_assets_other_ids = assets(
    lambda found, snapshot, backend: (
        [
            asset._replace(id=backend.ids.asset(f"{snapshot.job.id}:rejected", index))
            for index, asset in enumerate(found)
        ]
        if decision(snapshot) == "rejected"
        else found
    )
)
approve_rewrites_captions = captions(
    lambda found, snapshot, _: (
        [{**caption, "text": f"{caption['text']} #ad"} for caption in found]
        if decision(snapshot) == "approved"
        else found
    )
)
reject_of_slideshow_drops_captions = captions(
    lambda found, snapshot, _: (
        [] if decision(snapshot) == "rejected" and snapshot.container.format == "slideshow_remix" else found
    )
)


def brief_shown(verdict: str, change: Callable[[Doc], Doc]) -> Install:
    """Let a decision change the brief."""
    return container_shown(
        lambda doc, snapshot, _: {**doc, "brief": change(doc["brief"])} if decision(snapshot) == verdict else doc
    )


approve_drops_the_brief = brief_shown("approved", lambda brief: {"hook": brief["hook"]})
reject_not_stored = not_stored("rejected")
approve_not_stored = not_stored("approved")
approve_shows_in_lists_alone = container_shown(
    lambda doc, *_: {**doc, "approvalStatus": "pending"} if doc["approvalStatus"] == "approved" else doc
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


approved_reverts_after_a_moment = reverting("approved")


def deciding(when: Callable[[str], bool]) -> Install:
    """Accept decisions that the approval status should refuse."""

    def decided(backend: Backend, decided: Callable[..., Container], snapshot: Snapshot, wanted: str) -> Container:
        approval = backend.approval
        if wanted != "rejected" or not when(approval.status_at(snapshot)):
            return decided(snapshot, wanted)
        return snapshot.container._replace(
            approval=wanted, approval_job=snapshot.job.id, updated_at=approval.moment(snapshot)
        )

    return replacing("approval", "decided")(decided)


rejected_can_be_rejected = deciding(lambda approved: approved == "rejected")
