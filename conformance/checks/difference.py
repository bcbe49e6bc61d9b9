"""Where in its decisive exchange a finding is to be seen, and what was expected there.

A place is a JSON Pointer (RFC 6901) into the exchange written as one JSON value: `/request` with `method`, `url`, `headers` and `body`, and
`/response` with `status`, `headers` and `body`. Names of headers are in lower case, a body that is JSON is its value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from conformance.client.exchange import Exchange

WHOLE_ANSWER = "/response"


class Answered(Protocol):
    """An exchange with the JSON value of its answer; an observation is one."""

    @property
    def exchange(self) -> Exchange:
        """The exchange."""

    @property
    def answer(self) -> Any:
        """The JSON value of the answer."""

    @property
    def status(self) -> int | None:
        """The status code, None where no answer came."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place, and what stands there instead of what was expected.

    `expected` is the value that should stand there; where more than one would do, `rule` says in words what would. `is_absent` says that
    nothing stands there at all.
    """

    pointer: str = WHOLE_ANSWER
    expected: Any = None
    actual: Any = None
    rule: str | None = None
    is_absent: bool = False

    def with_values(self, written: Callable[[Any], Any]) -> Difference:
        """Return the difference with its values written otherwise."""
        return replace(self, expected=written(self.expected), actual=written(self.actual))


def pointer(*steps: str | int) -> str:
    """Return the JSON Pointer of steps (RFC 6901, section 3)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def in_answer(
    seen: Answered, *steps: str | int, expected: Any = None, rule: str | None = None, body: Any = ...
) -> Difference:
    """Return the difference at a place in the body of an answer; `body` is given where the observation no longer holds it."""
    value: Any = seen.answer if body is ... else body
    for number, step in enumerate(steps, start=1):
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return Difference(pointer("response", "body", *steps[:number]), expected, None, rule, is_absent=True)
    return Difference(pointer("response", "body", *steps), expected, value, rule)


def in_status(seen: Answered, expected: int | None = None, rule: str | None = None) -> Difference:
    """Return the difference of a status code; without an answer, the whole answer is missing."""
    if seen.status is None:
        return Difference(WHOLE_ANSWER, None, None, rule or "an answer", is_absent=True)
    return Difference(pointer("response", "status"), expected, seen.status, rule)


def in_header(seen: Answered, name: str, expected: str | None = None, rule: str | None = None) -> Difference:
    """Return the difference of a header of an answer."""
    response = seen.exchange.response
    value = response.header(name) if response else None
    return Difference(pointer("response", "headers", name.lower()), expected, value, rule, is_absent=value is None)


def in_code(seen: Answered, expected: str) -> Difference:
    """Return the difference of the code in an error envelope."""
    return in_answer(seen, "error", "code", expected=expected)
