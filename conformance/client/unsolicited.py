"""What came over connections although nobody had asked for it, and the calls that it casts doubt on.

An answer that nobody asked for may pass for the answer to a call that was just sent. Then the call's own answer is left over, or passes for that
of the next call, so that in the end something is left over that may be an answer: all calls over that connection are doubted. It may come late,
so that connections are looked at until their other side ends them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Protocol

ANSWER = b"HTTP/"
"""How each answer begins."""
SHOWN_FOR = 5.0
"""Seconds for which a closed connection is looked at after its last answer."""
MOST_LINGERING = 64
"""The most closed connections that are looked at."""
LOOKS = 0.01
"""Seconds between two of the last looks."""


def may_be_an_answer(surplus: bytes) -> bool:
    """Return whether what was left over may hold an answer, or the beginning of one; anything else would not have passed for one."""
    return ANSWER in surplus or ANSWER.startswith(surplus)


class Watched(Protocol):
    """A connection that may bring what nobody asked for; `active` is when it was used last."""

    active: float

    def look(self) -> bool:
        """Note what came, and return whether nothing more can come."""

    def end(self) -> None:
        """Give the connection back to the system."""


class Unsolicited:
    """Counts the bytes that came over connections although nobody had asked for them; `ever` says whether any did.

    `doubted` are the exchanges over these connections. Where the target has spoken first on a new connection, `spoke_first`, it may have done so
    on any other a moment later, and nothing tells that from an answer.
    """

    def __init__(self) -> None:
        self.ever = False
        self.spoke_first = False
        self.doubted: list[str] = []
        self._count = 0
        self._lingering: list[Watched] | None = []
        self._lock = threading.RLock()

    def add(self, count: int) -> None:
        """Count more of them."""
        with self._lock:
            self._count += count
            self.ever = True

    def doubt(self, exchanges: Iterable[str]) -> None:
        """Doubt the answers to these calls."""
        with self._lock:
            self.doubted.extend(exchanges)

    def take(self) -> int:
        """Return how many there were since the last call."""
        if not self._count:
            return 0
        with self._lock:
            taken, self._count = self._count, 0
        return taken

    def linger(self, connection: Watched) -> None:
        """Look at a connection that nobody uses any more, for as long as its own answer may still come."""
        with self._lock:
            if self._lingering is None:
                connection.end()
                return
            self._lingering.append(connection)
            if len(self._lingering) > MOST_LINGERING:
                self._lingering.pop(0).end()

    def look(self) -> None:
        """Look at what came over connections that nobody uses any more."""
        if not self._lingering:
            return
        with self._lock:
            oldest = time.monotonic() - SHOWN_FOR
            kept = []
            for connection in self._lingering or ():
                if connection.look() or connection.active < oldest:
                    connection.end()
                else:
                    kept.append(connection)
            self._lingering = kept

    def look_a_last_time(self, idle: Iterable[Watched], seconds: float) -> None:
        """Look at every connection for so many seconds after its last use; none lingers from then on."""
        with self._lock:
            left = [*idle, *(self._lingering or ())]
            while left := [each for each in left if not each.look()]:
                now = time.monotonic()
                left = [each for each in left if now < each.active + seconds]
                if not left:
                    break
                time.sleep(LOOKS)
            for connection in self._lingering or ():
                connection.end()
            self._lingering = None
