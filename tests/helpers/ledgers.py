"""Short ways to fold literal histories into a ledger."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from histories import FACTS, PROJECT, HistoryBuilder

from conformance.client.exchange import judging_order
from conformance.contract.document import load
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation, understand
from conformance.history.windows import Change


def folded(story: HistoryBuilder) -> tuple[Ledger, list[Change], dict[str, Observation]]:
    """Fold a history, and return every change that it showed on the way."""
    ledger, changes, seen = Ledger(FACTS), [], {}
    for exchange in sorted(story.exchanges, key=judging_order):
        seen[exchange.id] = understand(exchange, load(), FACTS)
        ledger.observe(seen[exchange.id])
        if ledger.change:
            changes.append(ledger.change)
    return ledger, changes, seen


def known(story: HistoryBuilder) -> Ledger:
    """Return what is known at the end of a history."""
    return folded(story)[0]


def ids(calls: Iterable[Observation]) -> list[str]:
    return [call.exchange.id for call in calls]


def archive(story: HistoryBuilder, status: Any = 200, **more: Any) -> str:
    return story.call("DELETE", f"/v1/projects/{PROJECT}", status, {} if status == 200 else None, **more)
