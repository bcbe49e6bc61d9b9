"""ERR-1: how much of a run was answered 502, 503 or 504, or broke the connection, although it went well when it was sent again."""

from __future__ import annotations

from conformance.checks.base import Check, on
from conformance.checks.errors.outages import GATEWAY_ERRORS
from conformance.client.exchange import UNASKED, TransportError
from conformance.history.facts import Called
from conformance.history.observation import Observation

FEW = 5
"""So many lapses are counted and shown; fewer are shown one by one."""
MOST = 0.02
"""The share of all calls above which lapses are no exceptions any more: then nothing shows that requests are answered."""
SHOWN = 3
UNTOLD = frozenset({TransportError.CONNECT, TransportError.ABANDONED, TransportError.DOUBTED})
"""The failures that tell nothing of what the target answers."""


class Lapses(Check):
    """ERR-1: one outage that does not recur accuses nobody (open reading 17), but a target that has many has not shown that it has none."""

    judges = ("ERR-1",)

    def __init__(self) -> None:
        self._calls = 0
        self._lapses = 0
        self._shown: list[Observation] = []

    @on(Called)
    def called(self, fact: Called) -> None:
        """Count a call, and what came of it; say what came without a call."""
        seen, facts = fact.seen, self.ledger.facts
        exchange = seen.exchange
        url = exchange.request.url
        if not url.startswith(facts.base_url) or (facts.clock_url and url.startswith(facts.clock_url)):
            return
        if unsolicited := exchange.tags.get(UNASKED):
            message = f"By the end of {seen.name()} the target had sent {unsolicited} bytes that nobody had asked for; \
their connection was closed, and the calls over it are judged as calls without an answer."
            self.inconclusive("ERR-1", "unasked", message, seen)
        # A repetition tells of the same call as what it repeats.
        if "retry_of" in exchange.tags or exchange.failed_with(TransportError.UNSENT):
            return
        if exchange.failure is not None and exchange.failure.error in UNTOLD:
            return
        self._calls += 1
        if seen.status in GATEWAY_ERRORS or exchange.failed_with(TransportError.BROKEN):
            self._lapses += 1
            if len(self._shown) < SHOWN:
                self._shown.append(seen.evidence)

    def finish(self) -> None:
        """Say how many calls lapsed, and that they were too many where they were."""
        if self._lapses < FEW:
            return
        message = f"{self._lapses:,} of {self._calls:,} calls were answered 502, 503 or 504, or broke the connection"
        if self._lapses > MOST * self._calls:
            self.withhold(
                "ERR-1", "many", f"{message}: more than {MOST:.0%}, so that the others show little.", *self._shown
            )
        else:
            self.inconclusive("ERR-1", "some", f"{message}.", *self._shown)


CHECKS: tuple[type[Check], ...] = (Lapses,)
