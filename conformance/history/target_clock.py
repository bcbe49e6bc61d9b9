"""Jumps of the target's clock that this run has not made, as the header Date of its answers shows them."""

from __future__ import annotations

from conformance.client.skew import ahead_of_ours
from conformance.history.observation import Observation

TOLERANCE = 2.0
"""Seconds, beside half the time that an answer took, by which Date may differ without a jump: it tells whole seconds."""
MOST_JUMPS = 1_000
"""Jumps after which nothing is known of the clock any more."""


class TargetClock:
    """A fold over the answers of a history.

    A test clock may move Date or not; either is expected after this run has moved one. Answers of a cache (with the header Age) tell nothing.
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._told: float | None = None
        self._moved = 0.0
        self._strayed = 0.0
        self._jumps: list[tuple[float, float]] = []

    def note(self, seen: Observation, moved: float) -> None:
        """Take in an exchange; `moved` is by how much this run has moved the test clock until then, in seconds."""
        exchange = seen.exchange
        response = exchange.response
        if response is None or response.header("age") or not exchange.request.url.startswith(self._base_url):
            return
        told = ahead_of_ours(exchange)
        if told is None:
            return
        if self._told is None:
            self._told, self._moved = told, moved
            return
        jump = min(told - self._told, told - self._told - (moved - self._moved), key=abs)
        if abs(jump) > TOLERANCE + (exchange.received_at - exchange.sent_at) / 2:
            self._strayed += jump
            self._told, self._moved = told, moved
            if len(self._jumps) <= MOST_JUMPS:
                self._jumps.append((exchange.received_at, self._strayed))

    def strayed_since(self, moment: float) -> tuple[float, float]:
        """Return the least and the most seconds by which the clock has jumped between a moment of ours and any later one."""
        if not self._jumps or self._jumps[-1][0] < moment:
            return 0.0, 0.0
        if len(self._jumps) > MOST_JUMPS:
            return float("-inf"), float("inf")
        before, since = 0.0, [0.0]
        for at, strayed in self._jumps:
            if at < moment:
                before = strayed
            else:
                since.append(strayed - before)
        return min(since), max(since)
