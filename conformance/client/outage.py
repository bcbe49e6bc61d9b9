"""Outages: when a target counts as gone, how long a session waits for it, and what is then said.

A call that finds no connection was never sent, so it may be sent again, whatever it costs. A call without an answer in time may have had its
effect; only where several in a row got none is a harmless read asked whether anybody is there. A target that breaks connections, or that
hangs in one operation only, is there: that is a matter for the checks.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from conformance.client.actors import OWNER
from conformance.client.budget import Budget
from conformance.client.exchange import Exchange, TransportError
from conformance.client.lockout import REFUSED, Lockout
from conformance.contract.document import Operation

OUTAGE_TIMEOUT = 60.0
"""Seconds that a run waits for a target that has stopped answering, unless its configuration says otherwise."""
FEW = 3
"""So many calls in a row without an answer in time are suspicious."""
FIRST_WAIT, GROWTH, LONGEST_WAIT = 0.2, 2.0, 5.0
"""The seconds between two tries: at first, what each wait is multiplied by, and at most."""


def is_unanswered(exchange: Exchange) -> bool:
    """Return whether nothing shows that anybody is there."""
    return exchange.failed_with(TransportError.CONNECT) or exchange.failed_with(TransportError.TIMEOUT)


def never_left(exchange: Exchange) -> bool:
    """Return whether a call found no connection, so that sending it again is the first time."""
    return exchange.failed_with(TransportError.CONNECT)


class Silence:
    """The calls in a row that a target has not answered; the threads of a session may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._first: Exchange | None = None
        self._last: Exchange | None = None
        self._calls = 0

    def note(self, exchange: Exchange) -> None:
        """Take in a call; any answer, and a connection that broke, show that somebody is there."""
        if exchange.failed_with(TransportError.UNSENT):
            return
        with self._lock:
            if not is_unanswered(exchange):
                self._first, self._last, self._calls = None, None, 0
                return
            self._first = self._first or exchange
            self._last = exchange
            self._calls += 1

    @property
    def is_suspicious(self) -> bool:
        """Whether so many calls in a row had no answer that the target may be gone."""
        return self._calls >= FEW

    def waiting(self) -> str:
        """Return for what a run waits, in words."""
        return f"waiting for the target, which has not answered{self._since()}"

    def sentence(self) -> str:
        """Return since when, first on which call and in how many tries the target has not answered."""
        tries = "1 try" if self._calls == 1 else f"{self._calls} tries"
        words = f"the target has not answered{self._since()}"
        if self._first is None or self._last is None:
            return words
        request = self._first.request
        words += f", first on {request.method} {urlsplit(request.url).path[:80]}, in {tries}"
        return f"{words} ({str(self._last.failure)[:120]})"

    def _since(self) -> str:
        return f" since {datetime.fromtimestamp(self._first.sent_at, UTC):%H:%M:%S} UTC" if self._first else ""


class Watch:
    """Follows whether a target answers, and waits for it where it does not.

    `probe` is the path of a read that any target answers; it is asked where no other read is known to be answered.
    """

    def __init__(
        self, budget: Budget, timeout: float, probe: str | None, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self.silence = Silence()
        self._lockout = Lockout()
        self._budget = budget
        self._timeout = timeout
        self._probe = probe
        self._answered: dict[str, str] = {}
        self._sleep = sleep

    def note(self, exchange: Exchange, operation: Operation | None) -> None:
        """Take in a call of an operation."""
        self.silence.note(exchange)
        self._lockout.note(exchange)
        request, response = exchange.request, exchange.response
        is_plain = request.method == "GET" and exchange.actor == OWNER and "?" not in request.url
        if operation is not None and is_plain and response is not None and 200 <= response.status < 300:
            self._answered.pop(operation.id, None)
            self._answered[operation.id] = request.url

    def probe_beside(self, operation: Operation | None) -> str | None:
        """Return the read of another operation that was answered last, so that one operation that hangs is no outage."""
        others = [url for name, url in self._answered.items() if operation is None or name != operation.id]
        return others[-1] if others else self._probe

    def expect_key(self, ask: Callable[[str], Exchange]) -> None:
        """Where the key was refused again and again, ask for what was read with it before; raise TargetGone if that is refused too."""
        known = self.probe_beside(None) if self._lockout.is_suspicious else None
        if known is not None:
            answer = ask(known).response
            if answer is not None and answer.status == REFUSED:
                self._budget.give_up(self._lockout.sentence())

    def outlast(
        self, exchange: Exchange, is_out: Callable[[Exchange], bool], ask: Callable[[Exchange], Exchange]
    ) -> Exchange:
        """Ask again, in growing waits, while the target is out; return the last exchange.

        Raises TargetGone where the target is out for too long, and BudgetSpent where that takes too many requests.
        """
        if not is_out(exchange):
            return exchange
        self._budget.wait_for(self.silence.waiting())
        ends = time.monotonic() + min(self._timeout, self._budget.left)
        for wait in _growing():
            left = ends - time.monotonic()
            if left <= 0:
                self._budget.give_up(self.silence.sentence())
            self._sleep(min(wait, max(left, 0)))
            exchange = ask(exchange)
            if not is_out(exchange):
                break
        self._budget.wait_for(None)
        return exchange


def _growing() -> Iterator[float]:
    wait = FIRST_WAIT
    while True:
        yield wait
        wait = min(wait * GROWTH, LONGEST_WAIT)
