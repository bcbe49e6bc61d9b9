"""ERR-1: no request is answered 5xx or breaks the connection."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from conformance.checks.base import Check, on
from conformance.client.exchange import UNASKED, TransportError
from conformance.history.facts import Called
from conformance.history.messages import LARGEST_BODY
from conformance.history.observation import Observation

GATEWAY_ERRORS = frozenset({502, 503, 504})
NOT_IMPLEMENTED = 501
UNAVAILABLE = 503
REPETITIONS = 3
"""How often a 502, 503 or 504 is sent again before it counts as one that recurs."""
FORGOTTEN = 60.0
"""Seconds after which the same failure is another outage."""
CLOCKS = 0.05
"""Seconds by which a caller may measure a wait shorter than the target does."""
_NOT_SILENT = frozenset({TransportError.UNSENT, TransportError.ABANDONED, TransportError.DOUBTED})
"""The failures in which the target was never asked, nobody waited for its answer, or it did answer."""
_Asked = tuple[str, str, str, bytes]


@dataclass(slots=True)
class _Outage:
    """A request that failed, and its repetitions that failed too; `last` is the latest that counts."""

    first: Observation
    last: Observation
    only_broken: bool
    failures: int = 1

    def recurs_in(self, seen: Observation) -> bool:
        """Take in one more failure, and return whether it is the one that shows that the failure recurs."""
        if not self.last.precedes(seen) or seen.exchange.sent_at < self.last.exchange.received_at + _asked_to_wait(
            self.last
        ):
            return False
        self.last = seen.evidence
        self.only_broken = self.only_broken and seen.status is None
        self.failures += 1
        return self.failures >= (2 if self.only_broken else 1 + REPETITIONS)


def _asked_to_wait(seen: Observation) -> float:
    """Return the seconds for which a failure asked its caller to wait, 0 where it names none."""
    response = seen.exchange.response
    value = (response.header("retry-after") or "").strip() if response else ""
    return min(int(value), FORGOTTEN) - CLOCKS if value.isascii() and value.isdecimal() and len(value) < 10 else 0.0


class NoServerErrors(Check):
    """ERR-1: no 5xx, no broken connection.

    By open reading 17, a 501 may say that an optional operation, an unknown method or a transfer coding is not supported (RFC 9110,
    section 15.6.2). A connection that was closed without an answer fails where the same request meets that again, and a 502, 503 or 504 where
    three repetitions meet one too, none of them before the Retry-After of the one before (open reading 30); else it is inconclusive, and
    so is a connection that could not be made. What happens minutes later is another outage.
    """

    judges = ("ERR-1",)

    def __init__(self) -> None:
        self._open: dict[_Asked, _Outage] = {}

    @on(Called)
    def called(self, fact: Called) -> None:
        seen, facts = fact.seen, self.ledger.facts
        url, status = seen.exchange.request.url, seen.status
        if not url.startswith(facts.base_url) or (facts.clock_url and url.startswith(facts.clock_url)):
            return
        if status is None:
            self._judge_silence(seen)
        elif status < 500:
            if self._open and (outage := self._open.pop(_asked(seen), None)) is not None:
                message = f"{seen.name()} {_what(outage.first)}, but not when the same request was sent again."
                self.inconclusive("ERR-1", "only once", message, outage.first, seen)
            self.passed("ERR-1", seen)
        elif status in GATEWAY_ERRORS:
            self._judge_once_or_again(seen, f"answered {status}")
        elif not (status == NOT_IMPLEMENTED and _may_lack(seen)):
            self.failed("ERR-1", f"answered {status}", f"{seen.name()} answered {status}{_manner(seen)}.", seen)

    def finish(self) -> None:
        """Report requests that failed and were not sent again often enough."""
        for outage in self._open.values():
            self._leave(outage)

    def _leave(self, outage: _Outage) -> None:
        seen, often = outage.first, "" if outage.failures == 1 else " often enough"
        message = f"{seen.name()} {_what(seen)}, and the same request was not sent again{often}."
        self.inconclusive("ERR-1", "not asked again", message, seen)

    def _judge_silence(self, seen: Observation) -> None:
        if seen.exchange.failure is not None and seen.exchange.failure.error in _NOT_SILENT:
            return
        if seen.exchange.failed_with(TransportError.TOO_LARGE):
            # The harness cut it off, so that what it was is unknown, and that it was too much is a limit of ours.
            message = f"{seen.name()} got an answer that was cut off ({_shown(seen)}); limits.answer_bytes bounds it."
            self.inconclusive("ERR-1", "cut off", message, seen)
        elif not seen.exchange.failed_with(TransportError.BROKEN):
            message = f"{seen.name()} got no answer ({_shown(seen)})."
            self.inconclusive("ERR-1", "no answer", message, seen)
        elif len(seen.exchange.request.body or b"") > LARGEST_BODY:
            # A server may answer and close while a large body still comes in, and the reset eats the answer (RFC 9112, section 9.6).
            message = f"{seen.name()} lost its connection while a large body was being sent."
            self.inconclusive("ERR-1", "large body", message, seen)
        else:
            self._judge_once_or_again(seen, _what(seen))

    def _judge_once_or_again(self, seen: Observation, what: str) -> None:
        asked = _asked(seen)
        outage = self._open.get(asked)
        if outage is not None and seen.exchange.sent_at - outage.last.exchange.received_at > FORGOTTEN:
            self._leave(outage)
            outage = None
        if outage is None:
            self._open[asked] = _Outage(seen, seen, only_broken=seen.status is None)
        elif outage.recurs_in(seen):
            message = (
                f"{seen.name()} {what}{_manner(seen)}; it {_what(outage.first)} when the same request was sent before"
                f"{f', {outage.failures} times in all' if outage.failures > 2 else ''}."
            )
            del self._open[asked]
            self.failed("ERR-1", f"{what} again", message, outage.first, seen)


def _may_lack(seen: Observation) -> bool:
    return (
        seen.operation is None
        or seen.operation.capability is not None
        or seen.exchange.request.header("transfer-encoding") is not None
    )


def _asked(seen: Observation) -> _Asked:
    request = seen.exchange.request
    return seen.actor, request.method, request.url, hashlib.blake2b(request.body or b"", digest_size=16).digest()


def _shown(seen: Observation) -> str:
    return str(seen.exchange.failure or "no answer")[:120]


def _what(seen: Observation) -> str:
    return "broke the connection" if seen.status is None else f"answered {seen.status}"


def _manner(seen: Observation) -> str:
    """Say what was wrong or unusual in the request's body, if anything was."""
    return f" ({seen.invalid_because})" if seen.operation and seen.invalid_because else ""


FEW = 5
"""So many lapses are counted and shown; fewer are shown one by one."""
MOST = 0.02
"""The share of all calls above which lapses are no exceptions any more: then nothing shows that requests are answered."""
SHOWN = 3
UNTOLD = frozenset({TransportError.CONNECT, TransportError.ABANDONED, TransportError.DOUBTED})
"""The failures that tell nothing of what the target answers."""


class Lapses(Check):
    """ERR-1: one outage that does not recur accuses nobody (open reading 17), but a target that has many has not shown that it has none."""

    judges = ("ERR-1",)

    def __init__(self) -> None:
        self._calls = 0
        self._lapses = 0
        self._put_off = 0
        self._shown: list[Observation] = []

    @on(Called)
    def called(self, fact: Called) -> None:
        seen, facts = fact.seen, self.ledger.facts
        exchange = seen.exchange
        url = exchange.request.url
        if not url.startswith(facts.base_url) or (facts.clock_url and url.startswith(facts.clock_url)):
            return
        if unsolicited := exchange.tags.get(UNASKED):
            message = f"By the end of {seen.name()} the target had sent {unsolicited} bytes that nobody had asked for; \
their connection was closed, and the calls over it are judged as calls without an answer."
            self.inconclusive("ERR-1", "unasked", message, seen)
        # A repetition tells of the same call as what it repeats.
        if "retry_of" in exchange.tags or exchange.failed_with(TransportError.UNSENT):
            return
        if exchange.failure is not None and exchange.failure.error in UNTOLD:
            return
        self._calls += 1
        if seen.status == UNAVAILABLE and exchange.response is not None and exchange.response.header("retry-after"):
            # It says when to come back (RFC 9110, section 15.6.4); that it is answered then is judged call by call.
            self._put_off += 1
        elif seen.status in GATEWAY_ERRORS or exchange.failed_with(TransportError.BROKEN):
            self._lapses += 1
            if len(self._shown) < SHOWN:
                self._shown.append(seen.evidence)

    def finish(self) -> None:
        """Say how many calls were put off or lapsed, and withhold the verdict where too many lapsed."""
        if self._put_off >= FEW:
            message = f"{self._put_off:,} of {self._calls:,} calls were put off with 503 and Retry-After."
            self.inconclusive("ERR-1", "put off", message)
        if self._lapses < FEW:
            return
        message = f"{self._lapses:,} of {self._calls:,} calls were answered 502, 503 or 504, or broke the connection"
        if self._lapses > MOST * self._calls:
            self.withhold(
                "ERR-1", "many", f"{message}: more than {MOST:.0%}, so that the others show little.", *self._shown
            )
        else:
            self.inconclusive("ERR-1", "some", f"{message}.", *self._shown)
