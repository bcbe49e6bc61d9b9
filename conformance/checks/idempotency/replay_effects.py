"""What a replay must not do behind its answer: start the generation that it only repeats once more (IDM-2, IDM-11)."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.findings import Check, Finding, failed
from conformance.history.causes import causes_of
from conformance.history.ledger import Change, Ledger
from conformance.history.observation import Observation
from conformance.history.replays import is_generating
from conformance.history.settled import is_terminal
from conformance.history.walks import without_body


class ReplaysStartNothing(Check):
    """A replay that names the original job leaves the container at rest, and its progress on a job that some answer has named."""

    judges = ("IDM-2", "IDM-11")

    def __init__(self) -> None:
        self._replays: dict[str, Observation] = {}

    def observe(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Note a replay, and judge what is read of its container afterwards."""
        container_id = seen.fields.get("containerId")
        if is_generating(seen) and seen.status == 202 and ledger.started is None and isinstance(container_id, str):
            if ledger.named(seen.fields.get("jobId")):
                self._replays[container_id] = seen.evidence
            return
        replay = self._replays.get(seen.params.get("containerId", ""))
        if replay is None:
            return
        requirement = "IDM-2" if replay.operation_id == "createContent" else "IDM-11"
        if ledger.change is not None and self._moved_by(replay, ledger.change, ledger):
            old, new = ledger.change.old("status"), ledger.change.new("status")
            message = (
                f"A replay of {replay.operation_id} took container {ledger.change.container.id} from {old} to {new}."
            )
            yield failed(requirement, message, ledger.change.before, replay, seen)
        elif seen.operation_id == "getContentProgress" and seen.ok and replay.precedes(seen):
            yield from self._unnamed_job(requirement, replay, seen, ledger)

    @staticmethod
    def _moved_by(replay: Observation, change: Change, ledger: Ledger) -> bool:
        # What was accepted or lost before may begin to show only now.
        calls = (*change.between, *causes_of(change, ledger))
        return (
            all(call.exchange.id == replay.exchange.id for call in calls)
            and change.container.made_by is not None
            and is_terminal(change.old("status"))
            and change.new("status") in ("queued", "generating")
            and change.before.precedes(replay)
            and replay.precedes(change.after)
        )

    @staticmethod
    def _unnamed_job(requirement: str, replay: Observation, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        job_id = seen.fields.get("jobId")
        container = ledger.containers.get(seen.params["containerId"])
        if container is None or container.made_by is None or not seen.authorized:
            return
        # Whoever regenerated without an answer has a job that this history cannot name.
        unnamed = any(
            call.may_regenerate and not ledger.named(call.fields.get("jobId")) for call in container.influences
        )
        if not unnamed and isinstance(job_id, str) and job_id not in ledger.jobs:
            message = (
                f"After a replay of {replay.operation_id}, its container is on job {job_id}, which no answer has named."
            )
            yield failed(requirement, message, replay, seen)


CHECKS: tuple[type[Check], ...] = (ReplaysStartNothing,)
