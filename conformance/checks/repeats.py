"""What IDM-2, IDM-11 and REJ-2 have in common: a replay must not start behind its answer the generation that it only repeats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from conformance.checks.base import Check, on
from conformance.contract.lifecycle import is_terminal
from conformance.history.facts import Changed, GenerationAsked, ProgressAsked
from conformance.history.observation import Observation
from conformance.history.windows import Change


class RepeatsStartNothing(Check):
    """A replay that names the original job leaves the container at rest, and its progress on a job that some answer has named.

    `requirements` are those that say so, by the operation that is repeated.
    """

    requirements: ClassVar[Mapping[str, str]]

    def __init__(self) -> None:
        self._replays: dict[str, Observation] = {}

    @on(GenerationAsked)
    def asked(self, fact: GenerationAsked) -> None:
        """Note a replay."""
        seen, container_id = fact.seen, fact.call.container_id
        is_accepted = seen.status == 202 and seen.operation_id in self.requirements
        if is_accepted and fact.wrote.started is None and container_id and self.ledger.named(fact.call.job_id):
            self._replays[container_id] = seen.evidence

    @on(Changed)
    def changed(self, fact: Changed) -> None:
        """Judge what two reads around a replay show."""
        change = fact.change
        replay = self._replays.get(change.container.id)
        if replay is None or not _is_moved_by(replay, change):
            return
        old, new = change.old("status"), change.new("status")
        message = f"A replay of {replay.operation_id} took container {change.container.id} from {old} to {new}."
        self.failed_by(self.requirements[replay.operation_id], "started anew", message, change, replay)

    @on(ProgressAsked)
    def progress(self, fact: ProgressAsked) -> None:
        """Judge the job that a progress after a replay names."""
        seen, container = fact.seen, fact.container
        replay = self._replays.get(container.id) if container is not None else None
        if container is None or container.made_by is None or replay is None:
            return
        if not (seen.ok and seen.authorized and replay.precedes(seen)):
            return
        # Whoever regenerated without an answer has a job that this history cannot name.
        unnamed = any(not self.ledger.named(call.fields.get("jobId")) for call in container.regenerating)
        job_id = seen.fields.get("jobId")
        if not unnamed and isinstance(job_id, str) and job_id not in self.ledger.jobs:
            message = (
                f"After a replay of {replay.operation_id}, its container is on job {job_id}, which no answer has named."
            )
            self.failed(self.requirements[replay.operation_id], "unnamed job", message, replay, seen)


def _is_moved_by(replay: Observation, change: Change) -> bool:
    # What was accepted or lost before may begin to show only now.
    return (
        all(call.exchange.id == replay.exchange.id for call in (*change.between, *change.causes))
        and change.container.made_by is not None
        and is_terminal(change.old("status"))
        and change.new("status") in ("queued", "generating")
        and change.before.precedes(replay)
        and replay.precedes(change.after)
    )
