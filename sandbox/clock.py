"""The sandbox's clock: real time plus an offset that a test may move forward."""

import time

from sandbox.errors import validation
from sandbox.store import Store

# Year 9000: a timestamp later than this one still has a year of four digits.
LATEST_MS = 221_845_392_000_000


class Clock:
    """Milliseconds since the epoch, which never decrease. The store keeps the offset, so it survives restarts."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._latest = 0

    def real(self) -> int:
        """Return the machine's time in milliseconds."""
        return time.time_ns() // 1_000_000

    def now(self) -> int:
        """Return the sandbox's current time."""
        self._latest = max(self._latest, self.real() + self.store.offset())
        return self._latest

    def advance(self, seconds: float) -> int:
        """Move the clock forward and return its time. Raises ApiError for a move back or past the year 9000."""
        if not 0 <= seconds * 1000 <= LATEST_MS - self.now():
            raise validation("The clock moves forward only, and not past the year 9000.", status=422)
        self.store.add_offset(round(seconds * 1000))
        return self.now()
