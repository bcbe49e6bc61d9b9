"""ERR-7: a 429 has a Retry-After header."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from conformance.checks.base import Check, on
from conformance.checks.wording import short
from conformance.history.facts import Called


class RetryAfterGiven(Check):
    """ERR-7: a 429 says when to come back, in seconds or as a date (RFC 9110, section 10.2.3)."""

    judges = ("ERR-7",)

    @on(Called)
    def called(self, fact: Called) -> None:
        """Judge the headers of a 429 that came from below the base URL."""
        seen = fact.seen
        response = seen.exchange.response
        if seen.status != 429 or response is None:
            return
        if not seen.exchange.request.url.startswith(self.ledger.facts.base_url):
            return
        value = response.header("retry-after")
        if value is None:
            self.failed("ERR-7", "no Retry-After", f"{seen.name()} answered 429 without Retry-After.", seen)
            return
        self.verify(
            "ERR-7",
            "not a time",
            _is_a_time(value.strip()),
            lambda: (
                f"{seen.name()} answered 429 with Retry-After {short(value)}, which is neither a number of seconds nor a date."
            ),
            seen,
        )


def _is_a_time(value: str) -> bool:
    if value.isascii() and value.isdigit():
        return True
    try:
        parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return False
    return True


CHECKS: tuple[type[Check], ...] = (RetryAfterGiven,)
