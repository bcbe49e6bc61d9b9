"""What LIF-7, REG-4 and CLO-2 have in common: a generation reaches a terminal status in time."""

from __future__ import annotations

from typing import ClassVar

from conformance.checks.base import Check, on
from conformance.history.facts import GenerationSeen, Side


class EndsInTime(Check):
    """Judges the first end of a generation, or a sighting of it that comes too late, by the one requirement in `judges`.

    `operations` are those that start the generations it speaks of; empty: all.
    """

    judges: ClassVar[tuple[str, ...]]
    operations: ClassVar[frozenset[str]] = frozenset()

    def __init__(self) -> None:
        self._judged: set[str] = set()

    @on(GenerationSeen)
    def seen(self, fact: GenerationSeen) -> None:
        """Judge a sighting by the container's reads or the job's own."""
        generation, seen = fact.generation, fact.seen
        if fact.side is Side.PROGRESS or generation.job_id in self._judged:
            return
        if self.operations and generation.operation_id not in self.operations:
            return
        accepted = generation.accepted
        if fact.ended_as is not None:
            self._judged.add(generation.job_id)
            self.passed(self.judges[0], accepted, seen)
            return
        waited = self.ledger.gaps.lasted(accepted.exchange.received_at, seen.exchange.sent_at)
        if waited <= self.ledger.facts.generation_timeout or self._was_stopped(fact):
            return
        self._judged.add(generation.job_id)
        message = f"{fact.subject} is still in flight {waited:.0f} s after job {generation.job_id} was accepted."
        self.failed(self.judges[0], "never ends", message, accepted, seen)

    def _was_stopped(self, fact: GenerationSeen) -> bool:
        """Return whether a call may have cancelled or archived it, so that LIF-10 and LIF-11 say how it must end."""
        generation = fact.generation
        container = self.ledger.containers[generation.container_id]
        cancelled = any(
            call.operation_id == "cancelJob" and call.params["jobId"] == generation.job_id
            for call in container.influences
        )
        return cancelled or self.ledger.windows.archived(container.project_id)
