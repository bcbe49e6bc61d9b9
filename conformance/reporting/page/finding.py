"""What one finding opens to: the place that differs, its smallest history, request and answer, and commands to paste."""

from __future__ import annotations

import json
import shlex
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.client.exchange import Exchange, Headers
from conformance.contract.document import Contract
from conformance.reporting.curl import curl
from conformance.reporting.excerpts import steps_of
from conformance.reporting.model import Evidence, TextDifference, TextPart
from conformance.reporting.page.calls import Seen, seen, value_of
from conformance.reporting.page.picture import Picture, picture
from conformance.reporting.page.sides import Line, side
from conformance.reporting.report import EMBEDDED, Report
from conformance.reporting.text import counted, exchange_line, printable

SCRIPTS = "repro"
"""The folder beside the page that holds a script for each failed requirement."""
LONGEST_VALUE, LONGEST_BESIDE_EXCERPTS = 400, 160
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
    expected: str | None
    actual: str | None
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

    @property
    def base_url(self) -> str:
        """The base URL of the target."""
        return str(self.report.target.get("target", {}).get("base_url", ""))


def finding(source: Source, requirement: str, number: int, given: Evidence) -> Finding:
    """Make one finding ready to be shown; `number` counts those of its requirement from 1."""
    named = given.smallest or given.exchanges
    known = [source.exchanges[each] for each in named if each in source.exchanges]
    shown = sorted(known[-MOST_EXCHANGES:], key=lambda exchange: exchange.sent_at)
    decisive = given.exchanges[-1] if given.exchanges else None
    calls = [seen(exchange, source.contract, source.base_url) for exchange in shown]
    return Finding(
        anchor=f"{requirement}.{number}",
        message=printable(given.message),
        times=given.times,
        is_smallest=bool(given.smallest),
        difference=_difference(given),
        picture=picture(calls, decisive) if calls else None,
        exchanges=[
            shown_exchange(call.exchange, pointer=given.pointer, is_decisive=True)
            if call.exchange.id == decisive
            else Shown(call.exchange.id, exchange_line(call.exchange), is_decisive=False)
            for call in calls
        ],
        missing=len(named) - len(shown),
        commands=list(_commands(source, requirement, number, given, calls)),
        cause=given.cause if given.cause != given.id else None,
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
    is_told = given.rule or given.is_absent or given.expected is not None or given.actual is not None
    if given.pointer is None or not is_told:
        return None
    texts = given.text_difference
    excerpts = []
    if texts and _are_alike(texts):
        excerpts = [_excerpt("expected", texts.expected), _excerpt("actual", texts.actual)]
    expected = None if given.expected is None else _value(given.expected)
    actual = "absent" if given.is_absent else _value(given.actual)
    # Of two long texts that begin alike, only the excerpts tell.
    is_long = bool(excerpts) and len(actual) >= LONGEST_BESIDE_EXCERPTS
    return Difference(
        pointer=printable(given.pointer, LONGEST_VALUE),
        expected=printable(given.rule, LONGEST_VALUE) if given.rule else None if is_long else expected,
        actual=None if is_long else actual,
        index=texts.index if texts else None,
        excerpts=excerpts,
    )


def _are_alike(texts: TextDifference) -> bool:
    """Return whether two texts have anything in common around their first difference; of others the code points say nothing."""
    return texts.index > 0 or bool(texts.expected.after and texts.expected.after == texts.actual.after)


def _value(value: Any) -> str:
    return printable(json.dumps(value, ensure_ascii=False), LONGEST_VALUE)


def _excerpt(label: str, part: TextPart) -> Excerpt:
    points = [(point, _name(point)) for point in part.code_points]
    return Excerpt(label, printable(part.before), printable(part.differs), printable(part.after), points)


def _name(point: str) -> str:
    try:
        return unicodedata.name(chr(int(point.removeprefix("U+"), 16)), "no name")
    except ValueError:
        return "no character"


def _commands(
    source: Source, requirement: str, number: int, given: Evidence, calls: Sequence[Seen]
) -> Iterator[Command]:
    report, is_embedded = source.report, bool(source.report.target.get(EMBEDDED))
    price = sum(call.may_cost for call in calls)
    if given.smallest:
        told = f"It may start {counted(price, 'generation')}, and asks before it does." if price else ""
        text = f"python {SCRIPTS}/{requirement}.py" if number == 1 else f"conformance repro {given.id} ."
        yield Command("Reproduce it, in the folder of this page", text, told)
    words = ["conformance", "run", "--profile", report.profile, "--only", requirement, "--seed", str(report.seed)]
    if is_embedded:
        words.insert(2, "--sandbox")
    told = "" if is_embedded else "It may start generations; conformance plan with the same options tells how many."
    yield Command(f"Run {requirement} again", shlex.join(words), told)
    last = next((call for call in calls if given.exchanges and call.exchange.id == given.exchanges[-1]), None)
    if last is not None:
        told = "This call may start a generation, which costs money." if last.may_cost and not is_embedded else ""
        yield Command("The decisive request alone", curl(last.exchange, report.target), told)
