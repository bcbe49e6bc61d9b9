"""ERR-1: whatever was asked, the target stays up and answers below 500."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import ClassVar

from conformance.checks.findings import Check, Finding, failed, inconclusive, passed
from conformance.door.exchange import TransportError
from conformance.history.documented import CAPABILITIES
from conformance.history.ledger import Ledger
from conformance.history.observation import Seen
from conformance.history.requests import LARGEST_BODY

GATEWAY_ERRORS = frozenset({502, 503, 504})
NOT_IMPLEMENTED = 501
_Asked = tuple[str, str, str, bytes]


class StaysUp(Check):
    """ERR-1: no 5xx, no broken connection.

    Of open reading 17: a 501 tells that an optional operation, an unknown method or a transfer coding is not supported (RFC 9110,
    section 15.6.2). A 502, 503 or 504, and a connection closed without an answer, fail where the same request meets one again;
    met once they are inconclusive, and so is a request that never reached the target.
    """

    judges: ClassVar[tuple[str, ...]] = ("ERR-1",)

    def __init__(self) -> None:
        self._once: dict[_Asked, Seen] = {}

    def observe(self, seen: Seen, ledger: Ledger) -> Iterable[Finding]:
        """Judge whether an answer came, and its class of status."""
        url, facts = seen.exchange.request.url, ledger.facts
        if not url.startswith(facts.base_url) or (facts.clock_url and url.startswith(facts.clock_url)):
            return
        if seen.status is None:
            yield from self._judge_silence(seen)
        elif seen.status in GATEWAY_ERRORS:
            yield from self._judge_once_or_again(seen, f"answered {seen.status}")
        elif seen.status >= 500:
            if not (seen.status == NOT_IMPLEMENTED and self._may_lack(seen)):
                yield failed("ERR-1", f"{seen.name()} answered {seen.status}{_manner(seen)}.", seen)
        else:
            if self._once and (before := self._once.pop(_asked(seen), None)) is not None:
                yield inconclusive(
                    "ERR-1", f"{seen.name()} {_what(before)} once, and not when asked again.", before, seen
                )
            yield passed("ERR-1", seen)

    def finish(self, ledger: Ledger) -> Iterable[Finding]:  # noqa: ARG002 - the base's signature
        """Tell of what was met once and never asked again."""
        for seen in self._once.values():
            yield inconclusive("ERR-1", f"{seen.name()} {_what(seen)}, and was not asked the same again.", seen)

    def _judge_silence(self, seen: Seen) -> Iterator[Finding]:
        if seen.exchange.failed_with(TransportError.UNSENT):
            return  # HTTP cannot carry the request, so the target was never asked
        if not seen.exchange.failed_with(TransportError.BROKEN):
            reason = str(seen.exchange.failure or "no answer")[:80]
            yield inconclusive("ERR-1", f"{seen.name()} got no answer ({reason}).", seen)
        elif len(seen.exchange.request.body or b"") > LARGEST_BODY:
            # A server may answer and close while a large body still comes in, and the reset eats the answer (RFC 9112, section 9.6).
            yield inconclusive("ERR-1", f"{seen.name()} lost its connection while it sent a large body.", seen)
        else:
            yield from self._judge_once_or_again(seen, _what(seen))

    def _judge_once_or_again(self, seen: Seen, what: str) -> Iterator[Finding]:
        asked = _asked(seen)
        before = self._once.get(asked)
        if before is None:
            self._once[asked] = seen
        elif before.precedes(seen):
            message = f"{seen.name()} {what}{_manner(seen)}, and had {_what(before)} when asked the same before."
            yield failed("ERR-1", message, before, seen)

    @staticmethod
    def _may_lack(seen: Seen) -> bool:
        return (
            seen.operation is None
            or seen.operation_id in CAPABILITIES
            or seen.exchange.request.header("transfer-encoding") is not None
        )


def _asked(seen: Seen) -> _Asked:
    request = seen.exchange.request
    return seen.actor, request.method, request.url, hashlib.blake2b(request.body or b"", digest_size=16).digest()


def _what(seen: Seen) -> str:
    return "broke the connection" if seen.status is None else f"answered {seen.status}"


def _manner(seen: Seen) -> str:
    """Say what was odd about the request's body, where anything was."""
    return f" ({seen.invalid_because})" if seen.operation and seen.invalid_because else ""


CHECKS: tuple[type[Check], ...] = (StaysUp,)
