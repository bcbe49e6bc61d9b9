"""Short ways to fold literal histories into a ledger."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from histories import FACTS, PROJECT, Told

from conformance.contract.document import load
from conformance.door.exchange import judging_order
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation, understand
from conformance.history.windows import Change


def folded(told: Told) -> tuple[Ledger, list[Change], dict[str, Observation]]:
    """Fold a history, and return every change that it showed on the way."""
    ledger, changes, seen = Ledger(FACTS), [], {}
    for exchange in sorted(told.exchanges, key=judging_order):
        seen[exchange.id] = understand(exchange, load(), FACTS)
        ledger.observe(seen[exchange.id])
        if ledger.change:
            changes.append(ledger.change)
    return ledger, changes, seen


def known(told: Told) -> Ledger:
    """Return what is known at the end of a history."""
    return folded(told)[0]


def ids(calls: Iterable[Observation]) -> list[str]:
    return [call.exchange.id for call in calls]


def archive(told: Told, status: Any = 200, **more: Any) -> str:
    return told.call("DELETE", f"/v1/projects/{PROJECT}", status, {} if status == 200 else None, **more)
