"""What one answer may take: seconds until a deadline, and bytes."""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import Protocol

LARGEST_ANSWER = 32 * 1024 * 1024
"""The most bytes of an answer, as they come and decoded, unless the configuration says otherwise."""
MOST_MARKS = 750_000
"""The most commas, opening brackets and opening braces of an answer: as JSON each is a value, which takes many times the room of its text."""
MOST_ESCAPES = 750_000
"""The most signs of an answer with which an escape may begin, and NULs: each takes a step of ours where secrets are looked for."""
LARGE = 1024 * 1024
"""Fewer bytes cannot hold so many values that their room matters."""
MOST_HEADERS = 500
"""The most headers of an answer."""
_SHORT_ESCAPES = b'"\\\n\r\t'
_PLAIN = bytes(range(0x20, 0x80)) + _SHORT_ESCAPES
_ASCII, _FOLLOWING = bytes(range(0x80)), bytes(range(0x80, 0xC0))
_BELOW_U0100, _BELOW_U10000 = bytes(range(0xC4)), bytes(range(0xF0))
"""The bytes with which characters begin in UTF-8 of which Python keeps each in one byte, and in one or two."""
FOR_HEADERS = 256 * 1024
"""Bytes that an answer may have beside its body; the HTTP library takes no headers of more than 100 KiB."""


class AnswerTooLarge(Exception):  # noqa: N818 - it is what came of a call, not an error of ours
    """An answer passes a bound and was cut off; its text says which, `beginning` is what came of its body."""

    def __init__(self, bound: str) -> None:
        super().__init__(bound)
        self.status: int | None = None
        self.beginning = b""


class Looking(Protocol):
    """A connection over which more may come than an answer."""

    def look_behind(self) -> None:
        """Note what came together with the end of an answer."""


class Allowance:
    """What the answer to one call may still take; `exchange` is the id of the call's exchange, `connection` what it was sent over."""

    __slots__ = ("_deadline", "_limit", "_taken", "connection", "exchange", "is_answered")

    def __init__(self, seconds: float, limit: int = LARGEST_ANSWER, exchange: str = "") -> None:
        self.exchange = exchange
        self.connection: Looking | None = None
        self.is_answered = False
        self._deadline = time.monotonic() + seconds
        self._limit = limit
        self._taken = 0

    def seconds(self) -> float:
        """Return the seconds until the deadline; raises TimeoutError where it has passed."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def take(self, count: int) -> None:
        """Count bytes that came; raises AnswerTooLarge where they are more than an answer may have."""
        self._taken += count
        if self._taken > self._limit + FOR_HEADERS:
            raise AnswerTooLarge(f"more than {self._limit:,} bytes")

    def require_few(self, headers: int) -> None:
        """Raise AnswerTooLarge where so many headers are more than an answer may have."""
        if headers > MOST_HEADERS:
            raise AnswerTooLarge(f"more than {MOST_HEADERS} headers")

    def require_light(self, body: bytearray) -> None:
        """Raise AnswerTooLarge where a body would take too much room or time to be understood."""
        if len(body) <= LARGE:
            return
        if sum(body.count(mark) for mark in b",[{") > MOST_MARKS:
            raise AnswerTooLarge(f"more than {MOST_MARKS:,} values")
        if sum(body.count(sign) for sign in b"%\\&\0") > MOST_ESCAPES:
            raise AnswerTooLarge(f"more than {MOST_ESCAPES:,} escapes")
        if _room_as_text(body) > self._limit:
            raise AnswerTooLarge(f"more than {self._limit:,} bytes as text")

    def require_room(self, size: int) -> None:
        """Raise AnswerTooLarge where a body of so many decoded bytes is more than an answer may have."""
        if size > self._limit:
            raise AnswerTooLarge(f"more than {self._limit:,} bytes")


def _room_as_text(body: bytearray) -> int:
    """Return the bytes that a body takes as a text in memory, or in a history, where what is not ASCII is an escape of JSON."""
    odd = body.translate(None, _PLAIN)
    beyond_ascii = odd.translate(None, _ASCII)
    begun = beyond_ascii.translate(None, _FOLLOWING)
    wider, widest = len(begun.translate(None, _BELOW_U0100)), len(begun.translate(None, _BELOW_U10000))
    characters = len(body) - len(beyond_ascii) + len(begun)
    longer = sum(body.count(each) for each in _SHORT_ESCAPES) + 5 * (len(odd) - len(beyond_ascii) + len(begun) + widest)
    return max(characters + longer + widest, characters * (4 if widest else 2 if wider else 1))


SERVED: ContextVar[Allowance] = ContextVar("SERVED")
"""What the call may take that this thread is making; a connection serves many calls, and knows none."""
