"""How far the clock of a target is ahead of the one that recorded an exchange."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from conformance.door.exchange import Exchange


def ahead_of_ours(exchange: Exchange) -> float | None:
    """Return the seconds, told by the header Date (RFC 9110, section 6.6.1) to half a second; None where there is none."""
    value = exchange.response.header("date") if exchange.response else None
    try:
        theirs = parsedate_to_datetime(value).timestamp() if value else None
    except ValueError:
        return None
    return None if theirs is None else theirs + 0.5 - (exchange.sent_at + exchange.received_at) / 2
