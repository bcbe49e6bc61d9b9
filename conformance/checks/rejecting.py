"""Judges of rejecting: the reason that it needs, and its regeneration in the same step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.checks.findings import Check, Finding, failed, passed
from conformance.checks.wording import short
from conformance.contract.lifecycle import IN_FLIGHT
from conformance.contract.validity import Unparsed
from conformance.history.causes import DECISIONS, MOMENT, Keys, Standing, causes, standing, status_of, vouched
from conformance.history.ledger import Generation, Ledger
from conformance.history.observation import Observation

LONGEST_REASON = 1024
MOVED_BY_A_REJECT = ("status", "approvalStatus", "updatedAt")


def lacks_a_reason(seen: Observation) -> str | None:
    """Say what is wrong with a reject's reason, None where it has one of 1 to 1,024 characters, or where that is open."""
    if seen.body is Unparsed.ABSENT:
        return "without a body"
    if not isinstance(seen.body, dict):
        return None
    reason = seen.body.get("reason")
    if reason is None or reason == "":
        return "without a reason"
    if not isinstance(reason, str):
        return "with a reason that is no string"
    return f"with a reason of {len(reason)} characters" if len(reason) > LONGEST_REASON else None


class Reasons(Check):
    """REJ-3: a reject without a reason, or with too long a one, is refused."""

    judges = ("REJ-3",)

    def __init__(self) -> None:
        self._keys = Keys()

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge the answer to a reject that has no good reason."""
        if not seen.is_write or not self._keys.is_fresh(seen) or seen.operation_id != "rejectContent":
            return
        fault = lacks_a_reason(seen)
        if fault is None or not seen.authorized or not vouched(ledger.containers.get(seen.params["containerId"])):
            return
        if seen.ok:
            yield failed("REJ-3", f"A reject {fault} was answered {seen.status}.", seen)
        elif seen.status in {400, 422}:
            yield passed("REJ-3", seen)


class RejectAndRegenerate(Check):
    """REJ-2: a reject that regenerates names a new job, and the container reads as rejected, or pending again, and generates."""

    judges = ("REJ-2",)

    def __init__(self) -> None:
        self._accepted: dict[str, Generation] = {}
        self._keys = Keys()

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge the answer, then the first read after it."""
        if seen.is_write:
            fresh = self._keys.is_fresh(seen)
            if fresh and seen.operation_id == "rejectContent" and seen.status == 202 and seen.authorized:
                yield from self._answer(seen, ledger)
            return
        if seen.operation_id == "getContentProgress" and seen.ok and seen.authorized:
            yield from self._progress(seen, ledger)
        if seen.container_view is None:
            return
        generation = self._accepted.get(seen.params["containerId"])
        if generation is not None and generation.accepted.precedes(seen):
            yield from self._first_read(generation, seen, ledger)

    def _progress(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Accuse where the container is still on the job from before the reject, so that it was rejected and nothing more."""
        container = ledger.containers.get(seen.params["containerId"])
        latest = container.generations[-1] if container is not None and container.generations else None
        if latest is None or latest.operation_id != "rejectContent" or not latest.accepted.precedes(seen):
            return
        earlier = {one.job_id for one in container.generations[:-1]} if container is not None else set()
        job_id = seen.fields.get("jobId")
        if isinstance(job_id, str) and job_id in earlier:
            message = (
                f"Rejecting container {latest.container_id} answered with the new job {latest.job_id}, "
                f"and its progress is still that of job {short(job_id)}."
            )
            yield failed("REJ-2", message, latest.accepted, seen)

    def _answer(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        container_id, job_id = seen.params["containerId"], seen.fields.get("jobId")
        started = ledger.started
        if started is not None and started.container_id == container_id:
            self._accepted[container_id] = started
        elif started is not None:
            message = f"Rejecting container {container_id} regenerates container {short(started.container_id)}."
            yield failed("REJ-2", message, seen)
        elif isinstance(job_id, str) and job_id in ledger.jobs:
            message = (
                f"Rejecting and regenerating container {container_id} answered with job {short(job_id)}, not a new one."
            )
            yield failed("REJ-2", message, ledger.jobs[job_id].accepted, seen)

    def _first_read(self, generation: Generation, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        container = ledger.containers[generation.container_id]
        others = [
            call
            for call in causes(container, generation.accepted, seen.exchange.received_at, ledger)
            if call is not generation.accepted
        ]
        if any(call.may_regenerate or call.operation_id in DECISIONS for call in others):
            del self._accepted[container.id]
            return
        approval, status = seen.fields.get("approvalStatus"), status_of(seen.fields)
        if not isinstance(approval, str) or status is None:
            return
        if approval not in {"rejected", "pending"}:
            del self._accepted[container.id]
            message = f"Container {container.id} was rejected and regenerates, and reads as {short(approval)}."
            yield failed("REJ-2", message, generation.accepted, seen)
        elif status in IN_FLIGHT or generation.accepted not in container.unshown:
            del self._accepted[container.id]
            yield passed("REJ-2", generation.accepted, seen)


class RejectsWithoutEffect(Check):
    """REJ-1 and REJ-2: a reject with regeneration that is accepted without a job rejects at least (reading 2)."""

    judges = ("REJ-1", "REJ-2")

    def __init__(self) -> None:
        self._accepted: dict[str, tuple[Observation, Standing]] = {}
        self._keys = Keys()

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Keep such a reject of a pending container at rest, and accuse it where nothing has come of it after a moment."""
        if seen.is_write and self._keys.is_fresh(seen) and seen.operation_id == "rejectContent":
            stood = standing(ledger.containers.get(seen.params["containerId"]), seen)
            silent = seen.ok and seen.authorized and seen.may_regenerate and "jobId" not in seen.fields
            if stood is not None and silent and stood.read.fields.get("approvalStatus") == "pending":
                self._accepted[stood.container.id] = (seen, stood)
        if seen.container_view is None or seen.params["containerId"] not in self._accepted:
            return
        call, stood = self._accepted[seen.params["containerId"]]
        if call.exchange.received_at + MOMENT > seen.exchange.sent_at:
            return
        del self._accepted[stood.container.id]
        calls = causes(stood.container, stood.read, seen.exchange.received_at, ledger, stood.unshown)
        if any(cause is not call and (cause.may_regenerate or cause.operation_id in DECISIONS) for cause in calls):
            return
        if all(seen.fields.get(name) == stood.read.fields.get(name) for name in MOVED_BY_A_REJECT):
            message = (
                f"Rejecting container {stood.container.id} with regeneration was answered {call.status} without a job, "
                "and has neither rejected nor regenerated it."
            )
            yield failed("REJ-1", message, stood.read, call, seen)
            yield failed("REJ-2", message, stood.read, call, seen)


CHECKS: tuple[type[Check], ...] = (Reasons, RejectAndRegenerate, RejectsWithoutEffect)
