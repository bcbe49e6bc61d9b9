"""What one finding opens to: the place that differs, its smallest history, request and answer, and commands to paste."""

from __future__ import annotations

import json
import shlex
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.client.exchange import Exchange
from conformance.reporting.calls import Seen, value_of
from conformance.reporting.curl import curl
from conformance.reporting.excerpts import joined, steps_of
from conformance.reporting.model import Evidence, TextDifference, TextPart
from conformance.reporting.page.picture import Picture, picture
from conformance.reporting.page.sides import Line, side
from conformance.reporting.report import EMBEDDED, Report
from conformance.reporting.text import counted, exchange_line, printable
from conformance.reporting.view import FindingView

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

    is_smallest: bool
    difference: Difference | None
    picture: Picture | None
    exchanges: Sequence[Shown]
    missing: int
    commands: Sequence[Command]
    cause: str | None


def finding_of(finding: FindingView, report: Report) -> Finding:
    """Make one finding ready to be shown."""
    found = finding.evidence
    calls = sorted(finding.calls[-MOST_EXCHANGES:], key=lambda call: call.exchange.sent_at)
    last = found.exchanges[-1] if found.exchanges else None
    decisive = next((call for call in calls if call.exchange.id == last), None)
    return Finding(
        is_smallest=bool(found.smallest),
        difference=_difference(found),
        picture=picture(calls, last) if calls else None,
        exchanges=[
            shown_exchange(call.exchange, found.pointer, is_decisive=True)
            if call is decisive
            else Shown(call.exchange.id, exchange_line(call.exchange), is_decisive=False)
            for call in calls
        ],
        missing=len(found.smallest or found.exchanges) - len(calls),
        commands=list(_commands(finding, report, calls, decisive)),
        cause=found.cause if found.cause != found.id else None,
    )


def shown_exchange(exchange: Exchange, pointer: str | None = None, *, is_decisive: bool = False) -> Shown:
    """Return an exchange with both sides."""
    request, response = exchange.request, exchange.response
    sent = {"headers": joined(request.headers), "body": _body(request.body)}
    came = {"headers": joined(response.headers), "body": _body(response.body)} if response else {}
    start = f"HTTP {response.status}" if response else f"No answer: {exchange.failure or 'unknown'}"
    return Shown(
        exchange.id,
        exchange_line(exchange),
        is_decisive,
        side(f"{request.method} {request.url}", _REQUEST, sent, steps_of(pointer, "request")),
        side(start, _STATUS, came, steps_of(pointer, "response")),
    )


def _body(body: bytes | None) -> Any:
    if not body:
        return None
    value = value_of(body)
    # A text is shown as it came; a JSON text keeps its quotes.
    return body.decode("utf-8", "backslashreplace") if value is None or isinstance(value, str) else value


def _difference(found: Evidence) -> Difference | None:
    says_more = found.rule or found.is_absent or found.expected is not None or found.actual is not None
    if found.pointer is None or not says_more:
        return None
    texts = found.text_difference
    excerpts = []
    if texts and _are_alike(texts):
        excerpts = [_excerpt("expected", texts.expected), _excerpt("actual", texts.actual)]
    expected = None if found.expected is None else _value(found.expected)
    actual = "absent" if found.is_absent else _value(found.actual)
    # Of two long texts that begin alike, only the excerpts tell.
    is_long = bool(excerpts) and len(actual) >= LONGEST_BESIDE_EXCERPTS
    return Difference(
        pointer=printable(found.pointer, LONGEST_VALUE),
        expected=printable(found.rule, LONGEST_VALUE) if found.rule else None if is_long else expected,
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


def _commands(finding: FindingView, report: Report, calls: Sequence[Seen], decisive: Seen | None) -> Iterator[Command]:
    requirement, is_embedded = finding.requirement, bool(report.target.get(EMBEDDED))
    price = sum(call.may_cost for call in calls)
    if finding.evidence.smallest:
        warning = f"It may start {counted(price, 'generation')}, and asks before it does." if price else ""
        text = (
            f"python {SCRIPTS}/{requirement}.py"
            if finding.number == 1
            else f"conformance repro {finding.evidence.id} ."
        )
        yield Command("Reproduce it, in the folder of this page", text, warning)
    words = ["conformance", "run", "--profile", report.profile, "--only", requirement, "--seed", str(report.seed)]
    if is_embedded:
        words.insert(2, "--sandbox")
    warning = "" if is_embedded else "It may start generations; conformance plan with the same options tells how many."
    yield Command(f"Run {requirement} again", shlex.join(words), warning)
    if decisive is not None:
        costs = decisive.may_cost and not is_embedded
        warning = "This call may start a generation, which costs money." if costs else ""
        yield Command("The decisive request alone", curl(decisive.exchange, report.target), warning)
