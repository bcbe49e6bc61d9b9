"""Instants of RFC 3339 timestamps that were written with different precision."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.(?P<fraction>\d+))?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(NamedTuple):
    """A point of time in microseconds since the epoch, and the microseconds that its writer could tell apart."""

    microseconds: int
    unit: int

    def same(self, other: Instant) -> bool:
        """Return whether both can be the same point, each cut or rounded to its own precision."""
        apart = abs(self.microseconds - other.microseconds)
        return apart == 0 if self.unit == other.unit else apart < max(self.unit, other.unit)

    def after(self, other: Instant) -> bool:
        """Return whether this point is surely later than the other."""
        return self.microseconds > other.microseconds and not self.same(other)


def instant(text: object) -> Instant | None:
    """Read a timestamp (RFC 3339, section 5.6), None where it is none."""
    return _read(text) if isinstance(text, str) else None


@lru_cache(maxsize=4096)  # polls and lists repeat them
def _read(text: str) -> Instant | None:
    found = _TIMESTAMP.fullmatch(text)
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found.string.upper())
    except ValueError:
        return None
    elapsed = moment - _EPOCH
    microseconds = (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds
    return Instant(microseconds, 10 ** max(0, 6 - len(found["fraction"] or "")))
