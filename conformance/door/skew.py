"""How far the clock of a target is ahead of the one that recorded an exchange."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime

from conformance.door.exchange import Exchange


def ahead_of_ours(exchange: Exchange) -> float | None:
    """Return the seconds, told by the header Date (RFC 9110, section 6.6.1) to half a second; None where there is none."""
    value = exchange.response.header("date") if exchange.response else None
    try:
        date = parsedate_to_datetime(value) if value else None
        # A zone of -0000 means UTC too (RFC 5322, section 3.3).
        theirs = None if date is None else (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return None if theirs is None else theirs + 0.5 - (exchange.sent_at + exchange.received_at) / 2
