"""APR-1, and APR-3 to APR-6 and APR-10: which approvalStatus is legal, which a project's policy requires, and how lists filter it."""

from __future__ import annotations

from typing import ClassVar

from conformance.checks.base import Check, on, short
from conformance.checks.shared import LegalValue
from conformance.contract.lifecycle import APPROVAL_STATUSES, TERMINAL
from conformance.history.containers import Container
from conformance.history.facts import ContainerRead, DecisionSent, PageRead
from conformance.history.fields import status_of
from conformance.history.observation import Observation
from conformance.history.windows import NEVER, Change, acts_until, is_fresh_view, may_have_regenerated
from conformance.history.writes import DECISIONS


class LegalApproval(LegalValue):
    """APR-1: an approvalStatus is one of the four values, wherever a container or the answer to a decision shows it."""

    judges = ("APR-1",)
    field, values = "approvalStatus", APPROVAL_STATUSES

    @on(DecisionSent)
    def decision(self, fact: DecisionSent) -> None:
        if fact.seen.status == 200 and fact.seen.authorized:
            self.judge(fact.seen, [(fact.seen.params["containerId"], fact.seen.fields)])


DECIDED_BY = {"approved": "approveContent", "rejected": "rejectContent"}
"""The operation that makes an approvalStatus."""
DECISIONS_BY_OPERATION = {operation: approval for approval, operation in DECIDED_BY.items()}


class _Decided(Check):
    """Notes which calls may explain an approvalStatus.

    A refused decision that took effect breaks another requirement, the one by which it is refused. An accepted one stays a cause until a read
    has shown it, however late that is (open reading 27).
    """

    judges: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        self._refused_at: dict[tuple[str, str], float] = {}
        self._unshown: dict[tuple[str, str], Observation] = {}

    @on(DecisionSent)
    def decision(self, fact: DecisionSent) -> None:
        seen = fact.seen
        if seen.refused:
            self._refused_at[seen.params["containerId"], seen.operation_id] = seen.exchange.received_at
        elif not seen.did_nothing and seen.authorized:
            self._unshown[seen.params["containerId"], DECISIONS_BY_OPERATION[seen.operation_id]] = seen

    def shows_late(self, container: Container, approval: str, seen: Observation) -> bool:
        """Return whether a read is the first to show a decision that was accepted before it."""
        decision = self._unshown.get((container.id, approval))
        return decision is not None and decision.exchange.sent_at < seen.exchange.received_at

    def note_shown(self, container: Container, approval: str, seen: Observation) -> None:
        """Note that a read has shown a decision."""
        decision = self._unshown.get((container.id, approval))
        if decision is not None and decision.precedes(seen):
            del self._unshown[container.id, approval]

    def refused_at(self, container: Container, approval: str) -> float | None:
        """Return when a decision that makes this approvalStatus was refused last, None where none was."""
        return self._refused_at.get((container.id, DECIDED_BY.get(approval, "")))


class ApprovalFollowsPolicy(_Decided):
    """APR-3, APR-4 and APR-10: a container that no call has approved or rejected shows what its project's policy requires."""

    judges = ("APR-3", "APR-4", "APR-10")

    def __init__(self) -> None:
        super().__init__()
        self._borne_out: set[str | None] = set()

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        """Judge the approvalStatus of a container of a project whose policy is known."""
        seen, container = fact.seen, fact.container
        approval = fact.view.get("approvalStatus")
        review = self.ledger.project(container.project_id).review if container.project_id else None
        if container.made_by is None or review is None or not isinstance(approval, str):
            return
        refused_at = self.refused_at(container, approval)
        is_late = self.shows_late(container, approval, seen)
        self.note_shown(container, approval, seen)
        if is_late or (refused_at is not None and refused_at > container.latest_start):
            return
        expected = "pending" if review else "not_required"
        # Before completion a container may be not_required under either policy (open reading 20).
        if approval == expected and status_of(seen.fields) == "completed":
            self._borne_out.add(container.project_id)
        if review:
            self._with_review(seen, container, approval)
            return
        made = container.made_by.accepted
        if not _may_be_decided(container, made.exchange.sent_at):
            message = (
                f"Container {container.id} is {short(approval)} instead of not_required "
                f"in a project that requires no review{self._doubt(container, 'target.project_id')}."
            )
            self.verify("APR-4", "not not_required", approval == "not_required", message, made, seen)

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        """Accuse an item of a project without review that is anything but not_required, where no call may have decided on it."""
        project = self.ledger.projects.get(fact.project_id)
        if not fact.seen.authorized or project is None or project.review is not False:
            return
        for item in fact.items:
            container, approval = self.ledger.containers.get(item.id), item.approval_status
            if container is None or container.made_by is None or not isinstance(approval, str):
                continue
            made = container.made_by.accepted
            is_own = container.project_id == fact.project_id and container.owner == fact.seen.actor
            if approval == "not_required" or not is_own or _may_be_decided(container, made.exchange.sent_at):
                continue
            if approval in DECIDED_BY:
                continue  # APR-5 says so of an approval by nobody
            message = (
                f"A list shows container {item.id} as {short(approval)} instead of not_required "
                f"in a project that requires no review{self._doubt(container, 'target.project_id')}."
            )
            self.failed("APR-4", "not not_required in a list", message, made, fact.seen.evidence)

    def _with_review(self, seen: Observation, container: Container, approval: str) -> None:
        started_at = container.latest_start
        if status_of(seen.fields) != "completed" or container.made_by is None or container.latest is None:
            return
        if _may_be_decided(container, started_at) or not is_fresh_view(container, seen):
            return
        if container.in_first_generation:
            message = (
                f"Container {container.id} completed in a project that requires review, "
                f"and is {short(approval)} instead of pending{self._doubt(container, 'target.review_project_id')}."
            )
            self.verify("APR-3", "not pending", approval == "pending", message, container.made_by.accepted, seen)
            return
        latest = container.latest.accepted
        # A generation that an unanswered call may have started cannot be told from the one before it.
        if latest.exchange.sent_at >= started_at and not may_have_regenerated(container, latest, latest):
            message = (
                f"Container {container.id} completed again in a project that requires review, "
                f"and is {short(approval)} instead of pending{self._doubt(container, 'target.review_project_id')}."
            )
            self.verify("APR-10", "not pending again", approval == "pending", message, latest, seen)

    def _doubt(self, container: Container, setting: str) -> str:
        """Return what else may be wrong: the policy is what a setting says, until a container of the project bears it out."""
        return "" if container.project_id in self._borne_out else f"; if its policy says otherwise, {setting} is wrong"


def _may_be_decided(container: Container, since: float) -> bool:
    """Return whether a call may have approved or rejected a container after a moment, in seconds since the epoch."""
    for call in container.influences:
        if call.operation_id not in DECISIONS or acts_until(call) <= since:
            continue
        # A reject that regenerates is sent before the generation that it starts, and does not reject the result.
        if not (call.may_regenerate and call.status == 202 and call.exchange.sent_at <= since):
            return True
    return False


class OnlyCallsDecide(_Decided):
    """APR-5: a container of this history is approved or rejected only where a call may have done it."""

    judges = ("APR-5",)

    def __init__(self) -> None:
        super().__init__()
        self._accused: set[tuple[str, str]] = set()
        self._kept: dict[str, object] = {}

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        """Judge the approvalStatus in a container, by itself and beside the read before."""
        seen, container, change = fact.seen, fact.container, fact.change
        approval, status = fact.view.get("approvalStatus"), status_of(fact.view)
        self._judge(container, approval, seen, seen, change.before.exchange.sent_at if change is not None else NEVER)
        if container.made_by is None or not isinstance(approval, str) or status is None:
            return
        is_late = self.shows_late(container, approval, seen)
        self.note_shown(container, approval, seen)
        if change is not None:
            self._moved(change, approval, status, is_late=is_late)
        elif status in TERMINAL and approval not in DECIDED_BY:
            # No container begins with a terminal status, so that its first read has shown a move too.
            self.passed("APR-5", seen)
        if status in TERMINAL:
            self._kept[container.id] = approval

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        if not fact.seen.authorized:
            return
        for item in fact.items:
            container = self.ledger.containers.get(item.id)
            if container is not None:
                self._judge(container, item.approval_status, fact.seen, fact.seen.evidence, NEVER)

    def _judge(
        self, container: Container, approval: object, seen: Observation, evidence: Observation, since: float
    ) -> None:
        if container.made_by is None or not isinstance(approval, str) or approval not in DECIDED_BY:
            return
        wanted, until = DECIDED_BY[approval], seen.exchange.received_at
        refused_at = self.refused_at(container, approval)
        if (refused_at is not None and refused_at > since) or any(
            call.operation_id == wanted and call.exchange.sent_at < until for call in container.influences
        ):
            return
        if (container.id, approval) not in self._accused:
            self._accused.add((container.id, approval))
            message = f"Container {container.id} is {approval} although no call has {approval} it."
            self.failed("APR-5", f"{approval} by nobody", message, container.made_by.accepted, evidence)

    def _moved(self, change: Change, approval: str, status: str, *, is_late: bool) -> None:
        container, before, old_status = change.container, change.old("approvalStatus"), change.old("status")
        if not isinstance(before, str) or (approval == before and status == old_status):
            return
        # A refused call that took effect breaks the requirement by which it is refused.
        calls = [*change.causes, *(call for call in change.between if call.refused)]
        # A generation that comes to nothing may leave its container with the decision on what was there before.
        is_back = status in {"failed", "canceled"} and approval == self._kept.get(container.id)
        is_decided = is_late or is_back or any(call.operation_id == DECIDED_BY.get(approval) for call in calls)
        if approval in DECIDED_BY and approval != before and not is_decided:
            if (container.id, approval) not in self._accused:
                message = f"Container {container.id} went from {short(before)} to {approval} although no call in between has {approval} it."
                self.failed_by("APR-5", f"became {approval} by nobody", message, change)
        elif status != old_status:
            self.passed("APR-5", change.before, change.after)


class FilterIgnoresApproval(Check):
    """APR-6: a walk under `status=completed` shows every completed container, whether it is pending, approved or rejected."""

    judges = ("APR-6",)

    def __init__(self) -> None:
        self._resting: dict[str, dict[str, Observation]] = {}

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        """Keep the read of a completed container that is pending or rejected."""
        seen, container = fact.seen, fact.container
        if container.project_id is None or not container.is_vouched:
            return
        resting = self._resting.setdefault(container.project_id, {})
        resting.pop(container.id, None)
        if status_of(seen.fields) == "completed" and seen.fields.get("approvalStatus") in ("pending", "rejected"):
            resting[container.id] = seen

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        walk = fact.walk
        if walk is None or {name for name, _ in walk.filters} - {"status", "format"}:
            return
        if not walk.is_reliable or walk.values("status") != {"completed"}:
            return
        for container_id, read in self._resting.get(walk.project_id, {}).items():
            container = self.ledger.containers[container_id]
            if read.exchange.received_at > walk.began or container.owner != fact.seen.actor:
                continue
            if container_id in self.ledger.unclear:
                continue
            if any(asked != read.fields.get("format") for asked in walk.values("format")):
                continue
            if self.ledger.windows.causes(container, read, walk.ended):
                continue
            if container_id in walk.by_id:
                self.passed("APR-6", read, *walk.pages)
                continue
            approval = read.fields.get("approvalStatus")
            message = (
                f"Container {container_id} is completed and {approval}, but a list with status=completed omits it."
            )
            self.failed("APR-6", f"{approval} left out", message, read, *walk.pages)
