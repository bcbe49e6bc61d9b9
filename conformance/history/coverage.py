"""What a history tried, whoever made it: operations by the state of a container, and capabilities that only use can tell of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from conformance.contract.lifecycle import IN_FLIGHT
from conformance.contract.validity import Validity, reason_fault
from conformance.history.ledger import ACCEPTED, Ledger
from conformance.history.observation import Observation
from conformance.history.records import Container

PUT_OFF = frozenset({408, 429})
"""Answers that ask for the call again, and say nothing else of it."""
IN_A_ROW = 20
"""Reads of one job with no other call in between, as no polling makes them, after which a limit to the pace may be expected to show."""


@dataclass(slots=True)
class Coverage:
    """What a history tried.

    `combinations` counts pairs of situation (`status/approvalStatus`) and operation. `capabilities` tells of those that have no
    operation of their own: true where one showed, false where it was provoked and never showed. `used_up` are the needs whose fixture
    was there already as no run may find it. `put_off` are the calls whose last repetition was put off again, by the id of its exchange.
    """

    combinations: Counter[tuple[str, str]] = field(default_factory=Counter)
    capabilities: dict[str, bool] = field(default_factory=dict)
    used_up: set[str] = field(default_factory=set)
    put_off: dict[str, str] = field(default_factory=dict)
    _read_last: tuple[str | None, int] = (None, 0)

    def note(self, seen: Observation, ledger: Ledger) -> None:
        """Take in one exchange, before the ledger does.

        The situation of a call is that of the container's latest full read before it. A call after a write that may have changed the
        container unseen is not counted, since nobody knows what it met.
        """
        if seen.status == 429:
            self._note("rate_limit", shown=True)
        repeated = seen.exchange.tags.get("retry_of")
        if repeated is not None:
            self.put_off.pop(repeated, None)
            if seen.status in PUT_OFF:
                self.put_off[seen.exchange.id] = seen.operation_id or "other calls"
        if seen.operation is None or not seen.authorized:
            return
        container = ledger.touched(seen)
        situation = _situation(container, seen) if container else None
        if situation is not None:
            self.combinations[situation, seen.operation_id] += 1
        self._note_capabilities(seen)
        if container is not None and seen.container_view is not None:
            self._note_flight(container, seen.container_view.get("status"), ledger)
        if _finds_archived(seen, ledger):
            self.used_up.add("archive_project")

    def _note_capabilities(self, seen: Observation) -> None:
        status = seen.container_view.get("status") if seen.container_view is not None else None
        if isinstance(status, str):
            self._note("in_flight", shown=status in IN_FLIGHT)
        self._note_pace(seen)
        response = seen.exchange.response
        if seen.job_view is not None and response is not None:
            self._note("etag", shown=response.header("etag") is not None)
        asks = isinstance(seen.body, dict) and bool(seen.body.get("regenerate"))
        if seen.operation_id == "rejectContent" and asks and (seen.ok or _refused_as_unknown(seen)):
            self._note("reject_regenerates", shown=seen.status == ACCEPTED)

    def _note_pace(self, seen: Observation) -> None:
        job_id = seen.params.get("jobId") if seen.operation_id == "getJob" else None
        last, times = self._read_last
        self._read_last = job_id, times + 1 if job_id == last else 1
        if job_id is not None and self._read_last[1] >= IN_A_ROW:
            self._note("rate_limit", shown=False)

    def _note_flight(self, container: Container, status: Any, ledger: Ledger) -> None:
        """Note whether a read came in time to show a first generation in flight, and an archiving to stop one."""
        if isinstance(status, str) and container.in_first_generation:
            self._note("first_in_flight", shown=status in IN_FLIGHT)
            if ledger.windows.archived(container.project_id):
                self._note("archived_in_flight", shown=status in {*IN_FLIGHT, "canceled"})

    def _note(self, capability: str, *, shown: bool) -> None:
        self.capabilities[capability] = shown or self.capabilities.get(capability, False)


def _situation(container: Container, seen: Observation) -> str | None:
    read = container.read
    if read is None or not read.precedes(seen) or not all(call.refused for call in container.writes):
        return None
    return f"{read.fields.get('status')}/{read.fields.get('approvalStatus')}"


def _refused_as_unknown(seen: Observation) -> bool:
    """Return whether a reject with nothing wrong in it was refused for its body rather than for the container's state."""
    sound = reason_fault(seen.body) is None and seen.body["regenerate"] is True
    return seen.status in {400, 422} and (sound or seen.validity is Validity.PLAIN)


def _finds_archived(seen: Observation, ledger: Ledger) -> bool:
    """Return whether the project that a run may archive refuses creates, though no call of this history has archived it."""
    project_id = seen.params.get("projectId")
    return (
        seen.operation_id == "createContent"
        and project_id is not None
        and project_id == ledger.facts.archive_project_id
        and seen.status in {404, 409, 410}
        and seen.error_code != "IDEMPOTENCY_CONFLICT"
        and not ledger.windows.archived(project_id)
        and not any(made.project_id == project_id for made in ledger.containers.values())
    )
