"""What a person reads of a finding: the smallest history that shows it, where it shows, what differs there, and what it comes of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.client.exchange import Exchange
from conformance.contract.document import GENERATING_OPERATIONS, load
from conformance.reporting.curl import curl
from conformance.reporting.model import Evidence, TextPart
from conformance.reporting.report import Report
from conformance.reporting.text import printable

LONGEST_VALUE = 120
COSTS = "# this starts a generation, which costs the owner of the target money"
TRIGGERS_FIRST = "# this alone may not show it: what comes before it is left out"


def history_of(finding: Evidence, exchanges: Mapping[str, Exchange]) -> list[Exchange]:
    """Return the exchanges to show: the smallest history, or those that the check named."""
    return [exchanges[each] for each in finding.smallest or finding.exchanges if each in exchanges]


def place_lines(finding: Evidence) -> Iterator[str]:
    """Yield where a finding shows, what was expected there and what stands there; nothing where only the whole answer can be named."""
    if finding.pointer is None or finding.pointer.count("/") < 2:
        return
    found = "nothing" if finding.is_absent else _value(finding.actual)
    wanted = finding.rule or ("" if finding.expected is None else _value(finding.expected))
    yield printable(f"at {finding.pointer}: {found}{f', expected {wanted}' if wanted else ''}")
    difference = finding.text_difference
    if difference is not None:
        parts = f"{_part(difference.actual)}, expected {_part(difference.expected)}"
        yield printable(f"they differ first at character {difference.index}: {parts}")


def cause_line(finding: Evidence, report: Report) -> str | None:
    """Return that a finding comes of another one, or which findings come of it; None where it stands alone."""
    if finding.cause is None:
        return None
    if finding.cause != finding.id:
        return f"one cause with {finding.cause}"
    consequences = next((cause.consequences for cause in report.causes if cause.id == finding.id), [])
    return f"also brings about {', '.join(consequences)}" if consequences else None


def repro_line(name: str, finding: Evidence) -> str | None:
    """Return how to send the history of a finding anew."""
    return f"conformance repro {finding.id or name}" if finding.smallest else None


def curl_lines(finding: Evidence, shown: list[Exchange], report: Report) -> str:
    """Return the decisive request as a curl command, with a warning where it costs, or shows nothing by itself."""
    exchange = shown[-1]
    warnings = [COSTS] if may_cost(exchange, report) else []
    warnings += [TRIGGERS_FIRST] if len(finding.smallest) > 1 else []
    return "\n".join([*warnings, curl(exchange, report.target)])


def may_cost(exchange: Exchange, report: Report) -> bool:
    """Return whether sending a request again may start a generation."""
    base_url = str(report.target.get("target", {}).get("base_url", "")).rstrip("/")
    path = exchange.request.url.removeprefix(base_url).partition("?")[0]
    matched = load().match(exchange.request.method, path)
    if matched is None:
        return False
    regenerates = matched[0].id == "rejectContent" and b'"regenerate"' in (exchange.request.body or b"")
    return matched[0].id in GENERATING_OPERATIONS or regenerates


def _value(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _part(part: TextPart) -> str:
    return f"{part.before}[{part.differs}]{part.after} ({' '.join(part.code_points) or 'its end'})"
