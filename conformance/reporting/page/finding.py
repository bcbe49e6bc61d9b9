"""What one finding opens to: the place that differs, its smallest history, request and answer, and commands to paste."""

from __future__ import annotations

import json
import shlex
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from conformance.client.exchange import Exchange
from conformance.reporting.calls import Seen, value_of
from conformance.reporting.curl import curl
from conformance.reporting.excerpts import joined, steps_of
from conformance.reporting.model import Evidence, TextPart
from conformance.reporting.page.picture import picture
from conformance.reporting.report import EMBEDDED, Report
from conformance.reporting.text import counted, exchange_line, printable
from conformance.reporting.view import FindingView

REPRO = "repro"
"""The folder beside the page that holds the smallest history of each failure."""
LONGEST_VALUE, LONGEST_BESIDE_EXCERPTS = 400, 160
MOST_EXCHANGES = 40
"""Exchanges of one finding that are drawn and listed; the smallest histories are far shorter."""
LONGEST_LINE = 600
MOST_LINES = 300
_STATUS, _REQUEST = ("status", "failure"), ("method", "url")
Steps = tuple[str, ...] | None
"""The steps from a JSON value to the place that is marked; None where it lies elsewhere."""


class Line(NamedTuple):
    """A line of a request or an answer; `is_marked` says that a finding is about it, `is_absent` that it stands for what is missing."""

    text: str
    is_marked: bool = False
    is_absent: bool = False


def opened(finding: FindingView, report: Report) -> dict[str, Any]:
    """Return what the template of a finding shows."""
    found = finding.evidence
    calls = sorted(finding.calls[-MOST_EXCHANGES:], key=lambda call: call.exchange.sent_at)
    last = found.exchanges[-1] if found.exchanges else None
    decisive = next((call for call in calls if call.exchange.id == last), None)
    return {
        "is_smallest": bool(found.smallest),
        "difference": _difference(found),
        "picture": picture(calls, last) if calls else None,
        "exchanges": [
            shown_exchange(call.exchange, found.pointer)
            if call is decisive
            else {"id": call.exchange.id, "line": exchange_line(call.exchange)}
            for call in calls
        ],
        "missing": len(found.smallest or found.exchanges) - len(calls),
        "commands": list(_commands(finding, report, calls, decisive)),
        "cause": found.cause if found.cause != found.id else None,
    }


def shown_exchange(exchange: Exchange, pointer: str | None = None) -> dict[str, Any]:
    """Return an exchange with both sides, and the place marked that a pointer names."""
    request, response = exchange.request, exchange.response
    sent = {"headers": joined(request.headers), "body": _body(request.body)}
    came = {"headers": joined(response.headers), "body": _body(response.body)} if response else {}
    start = f"HTTP {response.status}" if response else f"No answer: {exchange.failure or 'unknown'}"
    return {
        "id": exchange.id,
        "line": exchange_line(exchange),
        "request": side(f"{request.method} {request.url}", _REQUEST, sent, steps_of(pointer, "request")),
        "response": side(start, _STATUS, came, steps_of(pointer, "response")),
    }


def _body(body: bytes | None) -> Any:
    if not body:
        return None
    value = value_of(body)
    # A text is shown as it came; a JSON text keeps its quotes.
    return body.decode("utf-8", "backslashreplace") if value is None or isinstance(value, str) else value


def _difference(found: Evidence) -> dict[str, Any] | None:
    says_more = found.rule or found.is_absent or found.expected is not None or found.actual is not None
    if found.pointer is None or not says_more:
        return None
    texts = found.text_difference
    # Of texts that have nothing in common around their first difference the code points say nothing.
    is_alike = texts and (texts.index > 0 or (texts.expected.after and texts.expected.after == texts.actual.after))
    excerpts = [_excerpt("expected", texts.expected), _excerpt("actual", texts.actual)] if texts and is_alike else []
    expected = None if found.expected is None else _value(found.expected)
    actual = "absent" if found.is_absent else _value(found.actual)
    # Of two long texts that begin alike, only the excerpts tell.
    is_long = bool(excerpts) and len(actual) >= LONGEST_BESIDE_EXCERPTS
    return {
        "pointer": printable(found.pointer, LONGEST_VALUE),
        "expected": printable(found.rule, LONGEST_VALUE) if found.rule else None if is_long else expected,
        "actual": None if is_long else actual,
        "index": texts.index if texts else None,
        "excerpts": excerpts,
    }


def _value(value: Any) -> str:
    return printable(json.dumps(value, ensure_ascii=False), LONGEST_VALUE)


def _excerpt(label: str, part: TextPart) -> dict[str, Any]:
    texts = {name: printable(getattr(part, name)) for name in ("before", "differs", "after")}
    return texts | {"label": label, "points": [(point, _name(point)) for point in part.code_points]}


def _name(point: str) -> str:
    try:
        return unicodedata.name(chr(int(point.removeprefix("U+"), 16)), "no name")
    except ValueError:
        return "no character"


def _commands(
    finding: FindingView, report: Report, calls: Sequence[Seen], decisive: Seen | None
) -> Iterator[dict[str, str]]:
    """Yield commands to paste, each with what to know before."""
    requirement, is_embedded = finding.requirement, bool(report.target.get(EMBEDDED))
    price = sum(call.may_cost for call in calls)
    if finding.evidence.smallest:
        warning = f"It may start {counted(price, 'generation')}, and asks before it does." if price else ""
        text = f"conformance repro {finding.evidence.id} ."
        yield {"title": "Reproduce it, in the folder of this page", "text": text, "warning": warning}
    words = ["conformance", "run", "--profile", report.profile, "--only", requirement, "--seed", str(report.seed)]
    if is_embedded:
        words.insert(2, "--sandbox")
    warning = "" if is_embedded else "It may start generations; conformance plan with the same options tells how many."
    yield {"title": f"Run {requirement} again", "text": shlex.join(words), "warning": warning}
    if decisive is not None:
        costs = decisive.may_cost and not is_embedded
        warning = "This call may start a generation, which costs money." if costs else ""
        text = curl(decisive.exchange, report.target)
        yield {"title": "The decisive request alone", "text": text, "warning": warning}


def side(start: str, start_steps: Sequence[str], shown: Mapping[str, Any], at: Steps) -> list[Line]:
    """Return the lines of one side: `start` is its first line, marked where the pointer's first step is among `start_steps`."""
    first = at[0] if at else None
    lines = [Line(start, at == () or first in start_steps)]
    headers = shown.get("headers") or {}
    lines += [Line(f"{name}: {value}", at == ("headers", name)) for name, value in headers.items()]
    if at and first == "headers" and len(at) > 1 and at[1] not in headers:
        lines.append(Line(f"{at[1]}: absent", is_marked=True, is_absent=True))
    body = shown.get("body")
    if body is not None or first == "body":
        lines.append(Line(""))
        below = at[1:] if at and first == "body" else None
        if isinstance(body, str):
            lines += [Line(line, below is not None) for line in body.splitlines()]
        else:
            lines += _lines(body, below)
    return [line._replace(text=printable(line.text, LONGEST_LINE)) for line in _bounded(lines)]


def _bounded(lines: list[Line]) -> list[Line]:
    """Keep the beginning, and of a long text the lines around the place that is marked."""
    if len(lines) <= MOST_LINES:
        return lines
    marked = next((number for number, line in enumerate(lines) if line.is_marked), 0)
    start = max(0, min(marked - MOST_LINES // 2, len(lines) - MOST_LINES))
    after = len(lines) - start - MOST_LINES
    before_line, after_line = ([Line(f"… {counted(n, 'line')} …")] if n else [] for n in (start, after))
    return [*before_line, *lines[start : start + MOST_LINES], *after_line]


def _lines(value: Any, at: Steps, indent: str = "", key: str = "", comma: str = "") -> Iterator[Line]:
    """Write a JSON value over lines, as json.dumps indents it."""
    is_marked = at == ()
    if not isinstance(value, dict | list) or not value:
        is_missing = is_marked and value is None and not indent
        yield Line(f"{indent}{key}{'absent' if is_missing else _json(value)}{comma}", is_marked)
        yield from _absent(at, indent)
        return
    pairs = value.items() if isinstance(value, dict) else ((str(number), part) for number, part in enumerate(value))
    brackets = "{}" if isinstance(value, dict) else "[]"
    yield Line(f"{indent}{key}{brackets[0]}", is_marked)
    found = False
    for number, (step, part) in enumerate(pairs, start=1):
        leads = bool(at) and at is not None and at[0] == step
        found = found or leads
        below = () if is_marked else at[1:] if leads and at else None
        name = f"{_json(step)}: " if isinstance(value, dict) else ""
        yield from _lines(part, below, f"{indent}  ", name, "," if number < len(value) else "")
    if not found:
        yield from _absent(at, indent)
    yield Line(f"{indent}{brackets[1]}{comma}", is_marked)


def _absent(at: Steps, indent: str) -> Iterator[Line]:
    """Write a line in the place of what is not there."""
    if at:
        yield Line(f"{indent}  {_json(at[0])}: absent", is_marked=True, is_absent=True)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
