"""The judge of whether a job and its container tell the same story."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from conformance.checks.findings import Check, Finding, failed, passed
from conformance.checks.lifecycle.ending import sighting
from conformance.contract.lifecycle import JOB_ENDED
from conformance.history.causes import MOMENT, may_have_regenerated, repeats
from conformance.history.ledger import Container, Generation, Ledger
from conformance.history.observation import Seen
from conformance.history.walks import without_body

CONTAINER, JOB = "container", "job"


@dataclass(slots=True)
class Told:
    """What one side said of a generation last, and the first read that showed it ended."""

    seen: Seen
    ended_as: str | None
    first_ended: Seen | None


class SameStory(Check):
    """JOB-2, and LIF-10 where a cancel was accepted: the latest job and its container agree, but for a moment around a change."""

    judges = ("JOB-2", "LIF-10")

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], Told] = {}
        self._judged: set[str] = set()

    def observe(self, seen: Seen, ledger: Ledger) -> Iterable[Finding]:
        """Compare a read of a job, a progress or a container with what the other side said last."""
        if seen.is_write:
            return
        side, generation, ended_as = JOB, *_progress(seen, ledger)
        if generation is None:
            found = sighting(seen, ledger)
            if found is None:
                return
            side, generation, ended_as = (
                CONTAINER if seen.container_view is not None else JOB,
                found.generation,
                found.ended_as,
            )
        container = ledger.containers[generation.container_id]
        if not _is_latest(generation, container):
            return
        other = self._told.get((CONTAINER if side == JOB else JOB, generation.job_id))
        if other is not None and other.seen.precedes(seen) and generation.job_id not in self._judged:
            yield from self._compare(side, generation, ended_as, other, seen, container)
        self._remember(side, generation, ended_as, seen)

    def _remember(self, side: str, generation: Generation, ended_as: str | None, seen: Seen) -> None:
        known = self._told.get((side, generation.job_id))
        if known is not None and known.seen.exchange.sent_at > seen.exchange.sent_at:
            return
        evidence = without_body(seen)
        first = known.first_ended if known and known.ended_as == ended_as else None
        self._told[side, generation.job_id] = Told(evidence, ended_as, (first or evidence) if ended_as else None)

    def _compare(
        self, side: str, generation: Generation, ended_as: str | None, other: Told, seen: Seen, container: Container
    ) -> Iterator[Finding]:
        if ended_as == other.ended_as:
            yield passed("JOB-2", other.seen, seen)
            return
        names = {JOB: f"job {generation.job_id}", CONTAINER: f"container {container.id}"}
        here, there = names[side], names[CONTAINER if side == JOB else JOB]
        cancelled = any(
            call.operation_id == "cancelJob" and call.params["jobId"] == generation.job_id
            for call in container.influences
        )
        requirement = "LIF-10" if cancelled else "JOB-2"
        if ended_as is not None and other.ended_as is not None:
            self._judged.add(generation.job_id)
            message = f"{here.capitalize()} is {ended_as}, and {there} is {other.ended_as}."
            yield failed(requirement, message, other.seen, seen)
        elif other.first_ended is not None:
            waited = seen.exchange.sent_at - other.first_ended.exchange.received_at
            if waited >= MOMENT:
                self._judged.add(generation.job_id)
                message = f"{here.capitalize()} is still in flight {waited:.1f} s after {there} was {other.ended_as}."
                yield failed(requirement, message, other.first_ended, seen)


def _progress(seen: Seen, ledger: Ledger) -> tuple[Generation | None, str | None]:
    if seen.operation_id != "getContentProgress" or seen.status != 200 or not seen.authorized:
        return None, None
    job_id, status = seen.fields.get("jobId"), seen.fields.get("status")
    generation = ledger.named(job_id)
    legal = status == "running" or (isinstance(status, str) and status in JOB_ENDED)
    if generation is None or not legal or generation.container_id != seen.params["containerId"]:
        return None, None
    if not generation.accepted.precedes(seen):
        return None, None
    return generation, None if status == "running" else str(status)


def _is_latest(generation: Generation, container: Container) -> bool:
    started = generation.accepted.exchange.sent_at
    return not may_have_regenerated(container, generation.accepted, generation.accepted) and all(
        call.exchange.received_at < started or call is generation.accepted or repeats(call, container)
        for call in container.influences
        if call.may_regenerate
    )
