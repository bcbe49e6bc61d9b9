"""Accepted approves and rejects, and what later reads of their containers show."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.contract.lifecycle import TERMINAL
from conformance.history.facts import ContainerRead, DecisionRead, DecisionSent
from conformance.history.fields import status_of
from conformance.history.observation import Observation
from conformance.history.windows import Windows, is_fresh_view, may_lag, may_regenerate

MAKES = {"rejectContent": "rejected", "approveContent": "approved"}
"""The approvalStatus that a decision makes, by operation."""
DECISIONS = frozenset(MAKES)


@dataclass(slots=True)
class _Decision:
    """A successful approve or reject, and whether a read has shown it yet.

    `is_certain`: the container was seen pending and at rest before, so that the decision must show.
    """

    call: Observation
    makes: str
    is_certain: bool
    was_shown: bool = False


class Decisions:
    """A fold over decisions and the reads of their containers."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows
        self._decisions: dict[str, _Decision] = {}

    def note(self, fact: DecisionSent) -> None:
        """Keep a successful decision that must show, or that has begun to show once a read has shown it."""
        seen, container = fact.seen, fact.container
        # Whether a key replays a decision is open (open reading 15): one that does decides nothing.
        if fact.key.may_replay or not (seen.ok and seen.authorized) or seen.may_regenerate:
            return
        if container is None or not container.is_vouched:
            return
        stood = fact.standing
        moving = stood is not None and may_regenerate(stood.causes_until(seen.exchange.received_at))
        pending = stood is not None and stood.read.fields.get("approvalStatus") == "pending"
        if pending or stood is None or moving:
            decision = _Decision(seen, MAKES[seen.operation_id], is_certain=pending and not moving)
            self._decisions[container.id] = decision

    def read(self, fact: ContainerRead) -> DecisionRead | None:
        """Return what a read shows of the latest decision, None where other calls or the generation leave it open."""
        seen, container = fact.seen, fact.container
        decision = self._decisions.get(container.id)
        if decision is None or not decision.call.precedes(seen):
            return None
        approval = seen.fields.get("approvalStatus")
        calls = self._windows.causes(container, decision.call, seen.exchange.received_at)
        if any(call.may_regenerate or MAKES.get(call.operation_id, decision.makes) != decision.makes for call in calls):
            del self._decisions[container.id]
            return None
        if status_of(seen.fields) not in TERMINAL or not isinstance(approval, str):
            return None
        if not (decision.is_certain or decision.was_shown):
            if not is_fresh_view(container, seen):
                return None
            if approval != decision.makes:
                del self._decisions[container.id]
                return None
        lags = approval != decision.makes and may_lag(seen, decision.call, self._windows.read_lag)
        found = DecisionRead(seen, container, decision.call, decision.makes, approval, decision.was_shown, lags)
        decision.was_shown = decision.was_shown or approval == decision.makes
        if approval != decision.makes and not lags:
            del self._decisions[container.id]
        return found
