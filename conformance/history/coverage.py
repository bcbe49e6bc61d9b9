"""What a history tried, whoever made it: operations by the state of a container, and capabilities that only use can tell of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from conformance.contract.document import Contract
from conformance.contract.lifecycle import IN_FLIGHT
from conformance.contract.validity import Validity
from conformance.door.exchange import Exchange, judging_order
from conformance.history.ledger import ACCEPTED, Container, Ledger
from conformance.history.observation import Facts, Seen, understand


@dataclass(slots=True)
class Survey:
    """What a history tried.

    `combinations` counts pairs of situation (`status/approvalStatus`) and operation. `capabilities` tells of those that have no
    operation of their own: true where one showed, false where it was provoked and never showed.
    """

    combinations: Counter[tuple[str, str]] = field(default_factory=Counter)
    capabilities: dict[str, bool] = field(default_factory=dict)

    def note(self, capability: str, *, shown: bool) -> None:
        """Keep that a capability was provoked; once shown it stays shown."""
        self.capabilities[capability] = shown or self.capabilities.get(capability, False)


def survey(exchanges: Iterable[Exchange], contract: Contract, facts: Facts) -> Survey:
    """Look through a history.

    The situation of a call is that of the container's latest full read before it. A call after a write that may have changed the
    container unseen is not counted, since nobody knows what it met.
    """
    ledger, found = Ledger(facts), Survey()
    for exchange in sorted(exchanges, key=judging_order):
        seen = understand(exchange, contract, facts)
        if seen.operation and seen.authorized:
            container = ledger.touched(seen)
            situation = _situation(container, seen) if container else None
            if situation is not None:
                found.combinations[situation, seen.operation_id] += 1
            _note_capabilities(found, seen)
        ledger.observe(seen)
    return found


def _situation(container: Container, seen: Seen) -> str | None:
    read = container.read
    if read is None or not read.precedes(seen) or not all(call.refused for call in container.writes):
        return None
    return f"{read.fields.get('status')}/{read.fields.get('approvalStatus')}"


def _note_capabilities(found: Survey, seen: Seen) -> None:
    status = seen.container_view.get("status") if seen.container_view is not None else None
    if isinstance(status, str):
        found.note("in_flight", shown=status in IN_FLIGHT)
    response = seen.exchange.response
    if seen.job_view is not None and response is not None:
        found.note("etag", shown=response.header("etag") is not None)
    asks = isinstance(seen.body, dict) and bool(seen.body.get("regenerate"))
    if seen.operation_id == "rejectContent" and asks and (seen.ok or _refused_as_unknown(seen)):
        found.note("reject_regenerates", shown=seen.status == ACCEPTED)


LONGEST_REASON = 1024


def _refused_as_unknown(seen: Seen) -> bool:
    """Tell whether a reject with nothing wrong in it was refused for its body rather than for the container's state."""
    reason = seen.body.get("reason") if isinstance(seen.body, dict) else None
    sound = isinstance(reason, str) and 0 < len(reason) <= LONGEST_REASON and seen.body["regenerate"] is True
    return seen.status in {400, 422} and (sound or seen.validity is Validity.PLAIN)
