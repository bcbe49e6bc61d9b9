"""What is known of the target's clock: moves of its test clock, jumps that its answers show, and gaps of a resumed run."""

from __future__ import annotations

from typing import Any

from conformance.client.exchange import RESUMED, Exchange
from conformance.client.retry_after import began_nothing
from conformance.client.skew import ahead_of_ours
from conformance.history.fields import instant
from conformance.history.observation import Observation

TOLERANCE = 10.0
"""Seconds by which the time that the clock tells may differ from what is expected, for the pace of the target and its rounding."""


class ClockMoves:
    """A fold over the calls that move the test clock.

    After a 503 the clock may have moved or not; the time that it tells after the next move says which, where its answers tell the time.
    """

    def __init__(self) -> None:
        self._ahead: float | None = None
        self._doubted = 0.0
        self._known_until = float("-inf")

    def note(self, seen: Observation) -> bool:
        """Take in a call that moves the clock; return whether nobody can say any more how far it has moved."""
        self._known_until = max(self._known_until, seen.exchange.received_at)
        if seen.refused:
            return False
        response, step, before = seen.exchange.response, seen.clock_step, self._ahead
        if step is not None and not seen.ok and response is not None and began_nothing(response) and before is not None:
            self._doubted = max(self._doubted, abs(step))
            return False
        doubted, self._doubted, self._ahead = self._doubted, 0.0, None
        if step is None or not seen.ok:
            return True
        moment = first_moment(seen.fields)
        self._ahead = None if moment is None else moment - seen.exchange.sent_at
        if not doubted:
            return False
        return self._ahead is None or before is None or abs(self._ahead - before - step) > min(TOLERANCE, doubted / 2)

    def is_moving_at(self, moment: float) -> bool:
        """Return whether a call at a moment of ours may come before or after a move."""
        return self._doubted > 0 or moment < self._known_until


def first_moment(members: dict[str, Any]) -> float | None:
    """Return the first moment that a member of an answer names, in seconds since the epoch."""
    found = (instant(value) for value in members.values())
    return next((moment.microseconds / 1e6 for moment in found if moment is not None), None)


MOST_DATE_DIFFERS = 2.0
"""Seconds, beside half the time that an answer took, by which Date may differ without a jump: it tells whole seconds."""
MOST_JUMPS = 1_000
"""Jumps after which nothing is known of the clock any more."""


class TargetClock:
    """A fold over the answers of a history.

    A test clock may move Date or not; either is expected after this run has moved one. Answers of a cache (with the header Age) tell nothing.
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._offset: float | None = None
        self._moved = 0.0
        self._strayed = 0.0
        self._jumps: list[tuple[float, float]] = []

    def note(self, seen: Observation, moved: float) -> None:
        """Take in an exchange; `moved` is by how much this run has moved the test clock until then, in seconds."""
        exchange = seen.exchange
        response = exchange.response
        if response is None or response.header("age") or not exchange.request.url.startswith(self._base_url):
            return
        offset = ahead_of_ours(exchange)
        if offset is None:
            return
        if self._offset is None:
            self._offset, self._moved = offset, moved
            return
        jump = min(offset - self._offset, offset - self._offset - (moved - self._moved), key=abs)
        if abs(jump) > MOST_DATE_DIFFERS + (exchange.received_at - exchange.sent_at) / 2:
            self._strayed += jump
            self._offset, self._moved = offset, moved
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


class Gaps:
    """The gaps of one history, told by the exchanges with which its later parts begin."""

    def __init__(self) -> None:
        self._spans: list[tuple[float, float]] = []

    def note(self, exchange: Exchange) -> bool:
        """Take in the gap that an exchange ends; return whether there is one."""
        try:
            began = float(exchange.tags[RESUMED])
        except (KeyError, ValueError):
            return False
        self._spans.append((began, exchange.sent_at))
        return True

    def lasted(self, since: float, until: float) -> float:
        """Return the seconds between two moments in which the target surely ran, so that it had the time to do something."""
        spans = ((max(since, began), min(until, ended)) for began, ended in self._spans)
        return until - since - sum(max(0.0, ended - began) for began, ended in spans)
