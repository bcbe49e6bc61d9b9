"""What one finding opens to: the place that differs, its smallest history, request and answer, and commands to paste."""

from __future__ import annotations

import json
import shlex
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.contract.document import Contract
from conformance.door.exchange import Exchange, Headers
from conformance.reporting.curl import curl
from conformance.reporting.page.calls import Seen, seen, value_of
from conformance.reporting.page.picture import Picture, picture
from conformance.reporting.page.sides import Line, side, steps_of
from conformance.reporting.report import EMBEDDED, Evidence, Report
from conformance.reporting.text import exchange_line, printable

LONGEST_VALUE = 400
MOST_EXCHANGES = 40
"""Exchanges of one finding that are drawn and listed; the smallest histories are far shorter."""
_STATUS, _REQUEST = ("status", "failure"), ("method", "url")


@dataclass(frozen=True, slots=True)
class Command:
    """A command to paste, and what to know before."""

    title: str
    text: str
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The surroundings of the first difference in a text, with its code points and their names."""

    label: str
    before: str
    differs: str
    after: str
    points: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Difference:
    """The place, and what stands there instead of what should; `excerpts` where both are texts."""

    pointer: str
    expected: str
    actual: str
    index: int | None
    excerpts: Sequence[Excerpt]


@dataclass(frozen=True, slots=True)
class Shown:
    """An exchange in the list of a finding; its sides are given where they are shown with it."""

    id: str
    line: str
    is_decisive: bool
    request: Sequence[Line] = ()
    response: Sequence[Line] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Everything that the template of a finding shows."""

    anchor: str
    message: str
    times: int
    is_smallest: bool
    difference: Difference | None
    picture: Picture | None
    exchanges: Sequence[Shown]
    missing: int
    commands: Sequence[Command]
    cause: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """What findings are made from."""

    report: Report
    exchanges: Mapping[str, Exchange]
    contract: Contract
    folder: str

    @property
    def base_url(self) -> str:
        """The base URL of the target."""
        return str(self.report.target.get("target", {}).get("base_url", ""))


def finding(source: Source, requirement: str, number: int, given: Evidence) -> Finding:
    """Make one finding ready to be shown; `number` counts those of its requirement from 1."""
    smallest: list[str] = getattr(given, "smallest", None) or []
    named = smallest or given.exchanges
    known = [source.exchanges[each] for each in named if each in source.exchanges]
    shown = known[-MOST_EXCHANGES:]
    decisive = given.exchanges[-1] if given.exchanges else None
    calls = [seen(exchange, source.contract, source.base_url) for exchange in shown]
    pointer: str | None = getattr(given, "pointer", None)
    return Finding(
        anchor=requirement if number == 1 else f"{requirement}.{number}",
        message=printable(given.message),
        times=getattr(given, "times", 1),
        is_smallest=bool(smallest),
        difference=_difference(given),
        picture=picture(calls, decisive) if calls else None,
        exchanges=[
            shown_exchange(call.exchange, pointer=pointer, is_decisive=True)
            if call.exchange.id == decisive
            else Shown(call.exchange.id, exchange_line(call.exchange), is_decisive=False)
            for call in calls
        ],
        missing=len(named) - len(shown),
        commands=_commands(source, requirement, calls, decisive),
        cause=_cause(given),
    )


def shown_exchange(exchange: Exchange, *, pointer: str | None = None, is_decisive: bool = False) -> Shown:
    """Return an exchange with both sides."""
    request, response = exchange.request, exchange.response
    sent = {"headers": _headers(request.headers), "body": _body(request.body)}
    sent_lines = side(f"{request.method} {request.url}", _REQUEST, sent, steps_of(pointer, "request"))
    given = {"headers": _headers(response.headers), "body": _body(response.body)} if response else {}
    start = f"HTTP {response.status}" if response else f"No answer: {exchange.failure or 'unknown'}"
    lines = side(start, _STATUS, given, steps_of(pointer, "response"))
    return Shown(exchange.id, exchange_line(exchange), is_decisive, sent_lines, lines)


def _headers(headers: Headers) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        lower = name.lower()
        found[lower] = f"{found[lower]}, {value}" if lower in found else value
    return found


def _body(body: bytes | None) -> Any:
    if not body:
        return None
    value = value_of(body)
    # A text is shown as it came; a JSON text keeps its quotes.
    return body.decode("utf-8", "backslashreplace") if value is None or isinstance(value, str) else value


def _difference(given: Evidence) -> Difference | None:
    pointer: str | None = getattr(given, "pointer", None)
    if pointer is None:
        return None
    rule: str | None = getattr(given, "rule", None)
    expected: Any = getattr(given, "expected", None)
    texts = getattr(given, "text_difference", None)
    is_absent: bool = getattr(given, "is_absent", False)
    return Difference(
        pointer=printable(pointer, LONGEST_VALUE),
        expected=printable(rule, LONGEST_VALUE) if rule else _value(expected),
        actual="absent" if is_absent else _value(getattr(given, "actual", None)),
        index=texts.index if texts else None,
        excerpts=[_excerpt("expected", texts.expected), _excerpt("actual", texts.actual)] if texts else [],
    )


def _value(value: Any) -> str:
    return printable(json.dumps(value, ensure_ascii=False), LONGEST_VALUE)


def _excerpt(label: str, part: Any) -> Excerpt:
    points = [(point, _name(point)) for point in part.code_points]
    return Excerpt(label, printable(part.before), printable(part.differs), printable(part.after), points)


def _name(point: str) -> str:
    try:
        return unicodedata.name(chr(int(point.removeprefix("U+"), 16)), "no name")
    except ValueError:
        return "no character"


def _cause(given: Evidence) -> str | None:
    cause: str | None = getattr(given, "cause", None)
    return cause if cause and cause != getattr(given, "id", None) else None


def _commands(source: Source, requirement: str, calls: Sequence[Seen], decisive: str | None) -> list[Command]:
    report = source.report
    found = []
    last = next((call for call in calls if call.exchange.id == decisive), None)
    if last is not None:
        costs = last.operation is not None and last.operation.may_generate
        warning = "This call may start a generation, which costs money." if costs else ""
        found.append(Command("The decisive request alone, as curl", curl(last.exchange, report.target), warning))
    words = ["conformance", "run", "--profile", report.profile, "--only", requirement, "--seed", str(report.seed)]
    if report.target.get(EMBEDDED):
        words.insert(2, "--sandbox")
    warning = (
        ""
        if report.target.get(EMBEDDED)
        else "It starts generations; conformance plan with the same options tells how many."
    )
    found.append(Command(f"Run {requirement} again", shlex.join(words), warning))
    return found
