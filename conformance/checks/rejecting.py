"""Checks of rejecting (REJ): its effect, the reason that it needs, and the regeneration that it may start."""

from __future__ import annotations

from typing import ClassVar

from conformance.checks.base import Check, on, short
from conformance.checks.findings import in_status
from conformance.checks.shared import DecisionShows, NamesItsContainer, RejectAnswers, RepeatsStartNothing
from conformance.contract.lifecycle import IN_FLIGHT, Answer
from conformance.contract.validity import Validity, reason_fault
from conformance.history.containers import Generation
from conformance.history.facts import (
    ContainerRead,
    JobRequest,
    NamedJob,
    ProgressRead,
    ProgressRequest,
    RejectSent,
)
from conformance.history.fields import differing_fields, status_of
from conformance.history.observation import Observation
from conformance.history.windows import Standing
from conformance.history.writes import DECISIONS


class RejectShows(DecisionShows):
    """REJ-1: the first read after a successful reject shows it."""

    judges = ("REJ-1",)
    makes = "rejected"
    only_first = True


class RejectIsAccepted(RejectAnswers):
    """REJ-1: the operation exists, and is not refused where the container's state allows it."""

    judges = ("REJ-1",)

    def judge(self, call: Observation, stood: Standing, stated: Answer) -> None:
        """Judge the answer."""
        container_id, read = stood.container.id, stood.read
        if call.status in {404, 405, 501}:
            message = f"Rejecting container {container_id} was answered {call.status}."
            self.failed("REJ-1", "no such operation", message, read, call)
        elif stated is Answer.ALLOWED and call.validity is Validity.PLAIN and call.status in {400, 409, 410, 422}:
            approval = read.fields["approvalStatus"]
            message = f"Rejecting container {container_id}, which is {approval}, was answered {call.status}."
            self.failed("REJ-1", "refused", message, read, call)


class RejectNamesItsContainer(NamesItsContainer):
    """REJ-1 and REJ-2: the answer to a reject speaks of the container that was rejected, whatever its key was used for before."""

    judges = ("REJ-1", "REJ-2")

    @on(RejectSent)
    def reject(self, fact: RejectSent) -> None:
        member, requirement = ("containerId", "REJ-2") if fact.seen.status == 202 else ("id", "REJ-1")
        if fact.started is None:
            self.judge(fact, "Rejecting", member, requirement)


class RejectNeedsReason(Check):
    """REJ-3: a reject without a reason, or with one that is too long, is refused."""

    judges = ("REJ-3",)

    @on(RejectSent)
    def reject(self, fact: RejectSent) -> None:
        seen, container = fact.seen, fact.container
        fault = None if fact.key.may_replay else reason_fault(seen.body)
        if fault is None or not seen.authorized or container is None or not container.is_vouched:
            return
        if seen.ok:
            kind = "too long a reason" if fault.endswith("characters") else fault
            self.failed("REJ-3", kind, f"A reject {fault} was answered {seen.status}.", seen)
        elif seen.status in {400, 422}:  # a 404 or a 409 may have another reason
            self.passed("REJ-3", seen)


class RejectRegenerates(Check):
    """REJ-2: a reject with regeneration names a new job, and its container reads as rejected, or as pending again, and is regenerated."""

    judges = ("REJ-2",)

    def __init__(self) -> None:
        self._accepted: dict[str, Generation] = {}

    @on(RejectSent)
    def reject(self, fact: RejectSent) -> None:
        """Judge the answer of 202 to a reject, and keep the generation that the reject started."""
        seen, started = fact.seen, fact.started
        if fact.key.may_replay or seen.status != 202 or not seen.authorized:
            return
        container_id = seen.params["containerId"]
        if started is None and not fact.key.is_unused:
            return  # the result of another call with the key belongs to idempotency
        if started is None:
            known = self.ledger.named(seen.fields.get("jobId"))
            if known is not None:
                message = f"Rejecting container {container_id} with regeneration was answered with job {short(known.job_id)}, which is not new."
                self.failed("REJ-2", "an old job", message, known.accepted, seen)
        elif started.container_id == container_id:
            self._accepted[container_id] = started
        else:
            message = f"Rejecting container {container_id} with regeneration regenerated container {short(started.container_id)}."
            self.failed("REJ-2", "another container", message, seen)

    @on(ProgressRequest)
    def progress(self, fact: ProgressRequest) -> None:
        """Judge whether the container's progress is still that of a job from before the reject, so that nothing was regenerated."""
        seen, container = fact.seen, fact.container
        latest = container.latest if container is not None and seen.ok and seen.authorized else None
        if container is None or latest is None:
            return
        if isinstance(fact, ProgressRead) and fact.named is NamedJob.UNANSWERED:
            self._unannounced(fact)
        if latest.operation_id != "rejectContent" or not latest.accepted.precedes(seen):
            return
        if latest.accepted in container.queued:
            return  # it may wait behind another generation (open reading 35)
        if seen.exchange.sent_at < latest.accepted.exchange.received_at + container.begins_within:
            return  # a progress may follow its container by a moment (open reading 36)
        shown = self.ledger.named(seen.fields.get("jobId"))
        # Of two rejects at the same moment either may have come last.
        if shown is not None and shown.accepted.precedes(latest.accepted) and shown.container_id == container.id:
            message = (
                f"Rejecting container {container.id} was answered with the new job {latest.job_id}, "
                f"but its progress is still that of job {short(shown.job_id)}."
            )
            self.failed("REJ-2", "still the old job", message, latest.accepted, seen)

    @on(JobRequest)
    def job(self, fact: JobRequest) -> None:
        """Report a job that is not there, of one of two rejects at the same moment: that one regenerates nothing; JOB-1 judges the others."""
        seen, generation, container = fact.seen, fact.generation, fact.container
        if generation is None or container is None or generation.operation_id != "rejectContent":
            return
        accepted = generation.accepted
        if seen.status not in {404, 410} or not seen.is_turned_away or seen.actor != accepted.actor:
            return
        met = (one.accepted for one in container.generations if one.operation_id == "rejectContent")
        other = next((call for call in met if call is not accepted and call.overlaps(accepted)), None)
        if other is None:
            return
        message = (
            f"Two rejects with regeneration of container {container.id} were accepted at one moment, "
            f"and job {generation.job_id} of one of them was answered {seen.status}."
        )
        if not self.lagged("REJ-2", message, accepted, seen):
            self.failed("REJ-2", "lost", message, other, accepted, seen, at=in_status(seen, 200))

    def _unannounced(self, fact: ProgressRead) -> None:
        """Report a job that can only be that of a reject which was answered as one that does not regenerate."""
        container, seen = fact.container, fact.seen
        accepted = {id(one.accepted) for one in container.generations}
        unnamed = [call for call in container.regenerating if id(call) not in accepted]
        call = unnamed[0]
        if len(unnamed) > 1 or call.operation_id != "rejectContent" or not call.ok or call.status == 202:
            return
        if "jobId" not in call.fields and call.precedes(seen):
            message = (
                f"Rejecting container {container.id} was answered {call.status} without a job, "
                f"and regenerates it under job {short(fact.view['jobId'])}."
            )
            self.failed("REJ-2", "a job that no answer named", message, call, seen)

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        seen, container = fact.seen, fact.container
        generation = self._accepted.get(container.id)
        if generation is None or not generation.accepted.precedes(seen):
            return
        accepted = generation.accepted
        calls = self.ledger.windows.causes(container, accepted, seen.exchange.received_at)
        if _is_touched(calls, accepted):
            del self._accepted[container.id]
            return
        approval, status = fact.view.get("approvalStatus"), status_of(fact.view)
        if not isinstance(approval, str) or status is None:
            return
        if approval not in {"rejected", "pending"}:
            del self._accepted[container.id]
            if approval == "not_required" and not self.ledger.project(container.project_id or "").review:
                return  # what must not be rejected there (APR-9) goes back to what its project makes it (APR-4)
            message = f"Container {container.id} was rejected with regeneration and reads as {short(approval)}, not as rejected or pending."
            self.failed("REJ-2", "neither rejected nor pending", message, accepted, seen)
        elif status in IN_FLIGHT or accepted not in container.unshown:
            del self._accepted[container.id]
            self.passed("REJ-2", accepted, seen)


class RejectHasEffect(Check):
    """REJ-1 and REJ-2: a reject with regeneration that is accepted has an effect: without a job it at least rejects (open reading 2)."""

    judges = ("REJ-1", "REJ-2")

    def __init__(self) -> None:
        self._accepted: dict[str, tuple[Observation, Standing]] = {}

    @on(RejectSent)
    def reject(self, fact: RejectSent) -> None:
        seen, stood = fact.seen, fact.standing
        if stood is None or fact.key.may_replay or stood.read.fields.get("approvalStatus") != "pending":
            return
        if (
            seen.ok
            and seen.authorized
            and seen.may_regenerate
            and (fact.started is None) is ("jobId" not in seen.fields)
        ):
            self._accepted[stood.container.id] = (seen, stood)

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        seen, kept = fact.seen, self._accepted.get(fact.container.id)
        if kept is None or kept[0].exchange.received_at + fact.container.begins_within > seen.exchange.sent_at:
            return
        del self._accepted[fact.container.id]
        call, stood = kept
        # Another reject takes nothing back, so that it explains no more why nothing has changed.
        others = [
            other for other in stood.causes_until(seen.exchange.received_at) if other.operation_id != "rejectContent"
        ]
        if _is_touched(others, call):
            return
        old = stood.read.fields
        if fact.view.get("updatedAt") == old.get("updatedAt") and not differing_fields(old, fact.view):
            with_job = "jobId" in call.fields
            message = (
                f"Rejecting container {stood.container.id} with regeneration was answered {call.status} "
                f"{'with' if with_job else 'without'} a job, and neither rejected nor regenerated it."
            )
            for requirement in ("REJ-2",) if with_job else self.judges:
                self.failed(requirement, "no effect", message, stood.read, call, seen)


class RejectRepeats(RepeatsStartNothing):
    """REJ-2: a reject that names an old job regenerates nothing, whether its key counts or not (open reading 15)."""

    judges = ("REJ-2",)
    requirements: ClassVar = {"rejectContent": "REJ-2"}


def _is_touched(calls: list[Observation], reject: Observation) -> bool:
    """Return whether another call than the reject may have approved, rejected or regenerated the container."""
    return any(call is not reject and (call.may_regenerate or call.operation_id in DECISIONS) for call in calls)
