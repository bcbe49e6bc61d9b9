"""Lockouts: when a target no longer accepts the key that it has accepted, and what is then said."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from urllib.parse import urlsplit

from conformance.client.actors import OWNER
from conformance.client.exchange import Exchange

MANY = 20
"""So many refusals of the key in a row are suspicious: more than one driver meets on purpose."""
REFUSED = 401


class Lockout:
    """The owner's calls in a row that were answered with 401 after others were not; the threads of a session may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._first: Exchange | None = None
        self._calls = 0
        self._was_accepted = False

    def note(self, exchange: Exchange) -> None:
        """Take in a call."""
        if exchange.actor != OWNER or exchange.response is None:
            return
        with self._lock:
            if exchange.response.status != REFUSED:
                self._first, self._calls, self._was_accepted = None, 0, True
            elif self._was_accepted:
                self._first = self._first or exchange
                self._calls += 1

    @property
    def is_suspicious(self) -> bool:
        """Whether the key was refused so often in a row that it may have been withdrawn."""
        return self._calls >= MANY

    def sentence(self) -> str:
        """Return since when, first on which call and how often the key was refused."""
        words = "the target no longer accepts the API key that it has accepted"
        if self._first is None:
            return words
        request = self._first.request
        since = f"{datetime.fromtimestamp(self._first.sent_at, UTC):%H:%M:%S} UTC"
        return f"{words}: {self._calls} answers 401 in a row since {since}, first on {request.method} {urlsplit(request.url).path[:80]}"
