"""The dates of HTTP headers, and how far the clock of a target is ahead of the one that recorded an exchange."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime

from conformance.client.exchange import Exchange


def moment_of(value: str) -> float:
    """Return the seconds since the epoch of a date (RFC 9110, section 5.6.7); raises ValueError or OverflowError for another text.

    A date without a zone, as asctime writes it, is one of UTC, and so is a zone of -0000 (RFC 5322, section 3.3).
    """
    date = parsedate_to_datetime(value)
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()


def ahead_of_ours(exchange: Exchange) -> float | None:
    """Return the seconds, told by the header Date (RFC 9110, section 6.6.1) to half a second; None where there is none."""
    value = exchange.response.header("date") if exchange.response else None
    try:
        theirs = moment_of(value) if value else None
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return None if theirs is None else theirs + 0.5 - (exchange.sent_at + exchange.received_at) / 2
