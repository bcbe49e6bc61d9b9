"""What the documents say of a `limit` that a list was asked for with."""

from __future__ import annotations

import re
from enum import Enum

HIGHEST_LIMIT = 200
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_PLAIN = re.compile(r"[1-9]\d*", re.ASCII)


class Limit(Enum):
    """What the documents say of a value of `limit`."""

    ABSENT = "absent"
    WITHIN = "1 to 200"
    ABOVE = "above 200"
    WRONG = "not a positive whole number"
    OPEN = "an unusual spelling, or several values"

    @property
    def is_defined(self) -> bool:
        """Whether the documents say how large the pages are, so that a list must answer with all of them."""
        return self not in {Limit.WRONG, Limit.OPEN}


def limit_kind(values: tuple[str, ...]) -> Limit:
    """Classify the values of `limit` that a request carried."""
    if not values:
        return Limit.ABSENT
    if len(values) > 1:
        return Limit.OPEN
    text = values[0]
    if _PLAIN.fullmatch(text):
        return Limit.WITHIN if len(text) <= 3 and int(text) <= HIGHEST_LIMIT else Limit.ABOVE
    if not _WHOLE.fullmatch(text.strip()):
        return Limit.WRONG
    is_positive = text.strip().strip("+0") != "" and not text.strip().startswith("-")
    return Limit.OPEN if is_positive else Limit.WRONG
