"""How long a target asks to wait."""

from __future__ import annotations

import math
import time

from conformance.client.exchange import Response
from conformance.client.skew import moment_of
from conformance.exceptions import NotReached

LONGEST_WAIT = 60.0
"""The longest Retry-After, in seconds, that is followed; a target that asks for more ends the driver."""


def retry_after(response: Response) -> float:
    """Read Retry-After as seconds or as a date (RFC 9110, section 10.2.3); a second where there is none.

    Raises NotReached where the wait is too long.
    """
    seconds = _seconds((response.header("retry-after") or "1").strip())
    if seconds > LONGEST_WAIT:
        shown = f"{seconds:.0f} seconds" if seconds < 1e12 else "longer than anybody can"
        raise NotReached(f"the target asked to wait for {shown} ({response.status})")
    return max(seconds, 0.05)


def _seconds(value: str) -> float:
    try:
        if value.isascii() and value.replace(".", "", 1).isdigit():
            return float(value)
        return moment_of(value) - time.time()
    except OverflowError:
        return math.inf
    except (ValueError, TypeError):
        return 1.0


def asks_to_come_again(response: Response) -> bool:
    """Return whether an answer says when to ask anew."""
    return response.status == 429 or (response.status == 503 and response.header("retry-after") is not None)


def began_nothing(response: Response) -> bool:
    """Return whether an answer says that the request was not handled for now (RFC 6585, section 4, and RFC 9110, section 15.6.4)."""
    return response.status in {429, 503}
