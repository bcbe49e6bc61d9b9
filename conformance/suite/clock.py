"""The target's test clock, and whether somebody else moves it, such as a second run on the same target."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from conformance.run.calls.api import Api

TOLERANCE = 10.0
"""Seconds by which the time that the clock tells may differ from what is expected, for the pace of the target and its rounding."""


class SharedClock:
    """Moves the test clock. `is_disturbed`: by what it tells, somebody else has moved it since `began`, or since the last `watch`.

    Others can only move it on. A clock whose answers tell no time, or one that moving it does not change, as where only the window of keys is
    moved (open reading 23), is taken for undisturbed.
    """

    def __init__(self, api: Api, began: object = None, at: float = 0.0) -> None:
        """Begin with what a timestamp of the target told at a moment of ours, in seconds since the epoch."""
        self._api = api
        moment = _moment(began)
        self._ahead = None if moment is None else moment - at
        self.is_disturbed = False
        self.advance(0.0)

    def watch(self) -> None:
        """Look at the clock anew, and forget what has disturbed it before."""
        self._ahead = None
        self.advance(0.0)
        self.is_disturbed = False

    def advance(self, seconds: float) -> None:
        """Move the clock, and look whether it tells the time that it should."""
        told = self._api.advance_clock(seconds)
        ahead = None if told is None else told - time.time()
        if ahead is not None and self._ahead is not None and ahead - self._ahead - seconds > TOLERANCE:
            self.is_disturbed = True
        self._ahead = ahead


def _moment(value: Any) -> float | None:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment.timestamp() if moment.tzinfo else None
