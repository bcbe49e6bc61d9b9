"""The target's test clock, and whether somebody else moves it, such as a second run on the same target."""

from __future__ import annotations

import time

from conformance.client.actors import HARNESS
from conformance.client.answers import answer_of, status_of
from conformance.exceptions import NotReached
from conformance.history.clock import TOLERANCE, first_moment
from conformance.history.fields import instant
from conformance.run.calls.api import Api


class SharedClock:
    """Moves the test clock. `is_disturbed`: by what it tells, somebody else has moved it since `began`, or since the last `watch`.

    Others can only move it on. A clock whose answers tell no time, or one that moving it does not change, as where only the window of keys is
    moved (open reading 23), is taken for undisturbed.
    """

    def __init__(self, api: Api, began: object = None, at: float = 0.0) -> None:
        """Begin with what a timestamp of the target told at a moment of ours, in seconds since the epoch.

        Raises NotReached, as every move does, where the target has no such clock or it refuses.
        """
        self._api = api
        moment = instant(began)
        self._ahead = None if moment is None else moment.microseconds / 1e6 - at
        self.is_disturbed = False
        self.advance(0.0)

    def watch(self) -> None:
        """Look at the clock anew, and forget what has disturbed it before."""
        self._ahead = None
        self.advance(0.0)
        self.is_disturbed = False

    def advance(self, seconds: float) -> None:
        """Move the clock, and look whether it tells the time that it should."""
        moment = self._moved(seconds)
        ahead = None if moment is None else moment - time.time()
        if ahead is not None and self._ahead is not None and ahead - self._ahead - seconds > TOLERANCE:
            self.is_disturbed = True
        self._ahead = ahead

    def _moved(self, seconds: float) -> float | None:
        """Move the clock; return the time that it tells, in seconds since the epoch."""
        url = self._api.target.hooks.clock_url
        if url is None:
            raise NotReached("no test clock is configured (hooks.clock_url)")
        call = self._api.call("POST", url, {"advanceSeconds": seconds}, actor=HARNESS)
        exchange = self._api.session.send(call)
        if status_of(exchange) not in range(200, 300):
            raise NotReached(f"the test clock answered {status_of(exchange) or exchange.failure}")
        return first_moment(answer_of(exchange))
