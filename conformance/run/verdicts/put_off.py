"""What a report says of calls that the target put off for as long as they were repeated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from conformance.reporting.text import counted


def put_off_warnings(calls: Iterable[str]) -> list[str]:
    """Return what a reader has to know where calls, given by their names, were never answered otherwise than by 408 or 429."""
    times = Counter(calls)
    if not times:
        return []
    which = ", ".join(f"{name} {number}" for name, number in sorted(times.items()))
    told = f"The target put off {counted(times.total(), 'call')} with 408 or 429 for as long as they were repeated ({which})."
    return [f"{told} What they were to show was not looked at, and what passed was seen on others."]
