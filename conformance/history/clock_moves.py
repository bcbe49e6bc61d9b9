"""The moves of a target's test clock, and whether it is known how often it has moved."""

from __future__ import annotations

from typing import Any

from conformance.client.retry_after import began_nothing
from conformance.history.observation import Observation
from conformance.history.timestamps import instant

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
        told = told_moment(seen.fields)
        self._ahead = None if told is None else told - seen.exchange.sent_at
        if not doubted:
            return False
        return self._ahead is None or before is None or abs(self._ahead - before - step) > min(TOLERANCE, doubted / 2)

    def is_moving_at(self, moment: float) -> bool:
        """Return whether a call at a moment of ours may come before or after a move."""
        return self._doubted > 0 or moment < self._known_until


def told_moment(members: dict[str, Any]) -> float | None:
    """Return the first moment that a member of an answer names, in seconds since the epoch."""
    found = (instant(value) for value in members.values())
    return next((moment.microseconds / 1e6 for moment in found if moment is not None), None)
