"""Calls that meet: each is sent but for the last byte of its body, and all last bytes follow at one instant.

A target can finish none of them before the others have arrived, however slowly they were sent; that is known from the search for race
conditions as last-byte synchronization.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import httpx

PATIENCE = 5.0
"""Seconds that a call waits for the others before it goes alone."""


class Meeting:
    """Where as many calls as were announced wait for each other; where one stays away, the others go on without it."""

    def __init__(self, calls: int) -> None:
        self._barrier = threading.Barrier(calls)

    def hold(self, request: httpx.Request) -> None:
        """Let a request wait before the last byte of its body, or, where it has none, here and now."""
        body = request.content
        if body:
            request.stream = _Held(body, self._wait)
        else:
            self._wait()

    def leave(self) -> None:
        """Keep nobody waiting for a call that has ended; it does nothing where all have met."""
        self._barrier.abort()

    def _wait(self) -> None:
        try:
            self._barrier.wait(PATIENCE)
        except threading.BrokenBarrierError:
            return


class _Held(httpx.SyncByteStream):
    def __init__(self, body: bytes, wait: Callable[[], None]) -> None:
        self._body = body
        self._wait = wait

    def __iter__(self) -> Iterator[bytes]:
        yield self._body[:-1]
        self._wait()
        yield self._body[-1:]
