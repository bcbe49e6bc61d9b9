"""Text of a target made safe to show: nothing of it commands a terminal or the log of a CI service, or breaks an XML file or a page.

Log readers take a line for a command where it begins with `::` (GitHub Actions) or holds `##[`, `##vso[` (Azure Pipelines) or
`##teamcity[`. A line that is wrapped begins anywhere, so that these signs are written as escapes wherever they stand.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from conformance.client.exchange import Exchange, path_and_query
from conformance.reporting.model import OUTDATED, SpentFacts
from conformance.reporting.report import Outcome, Report, RequirementResult, Verdict

SHOWN_FINDINGS = 3
"""Findings of one requirement that are shown where a person reads; `report.json` and `junit.xml` hold all that are kept."""
LEVELS = ("MUST", "SHOULD", "ADVICE")
MEANING_OF_STATUS = {
    0: "no MUST failed, and every promised MUST was exercised",
    1: "the target breaks a requirement",
    2: "what was promised was not shown, so nothing is proved",
    3: "the harness itself is wrong; please report it",
    130: "it was interrupted, so nothing is proved",
}
"""What each exit status means, in words for the user."""

_COMMAND = re.compile(r"##(?=[A-Za-z]*\[)|::(?=[A-Za-z])(?!test_)")
"""What begins a command of a CI service; none of them is called `test_`, as the drivers are."""
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKDOWN = re.compile(r"([\\`*_\[\]|~#])")


def counted(number: int, noun: str) -> str:
    """Return a number of things in words."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def printable(text: str, limit: int = 2000) -> str:
    r"""Return a text on one line: what is no visible character and no blank as an escape, `\n` or `\u202e`; cut after `limit` characters.

    What a CI service would take for a command is broken by an escape too. A text that was made printable stays as it is.
    """
    kept = text[:limit]
    if not kept.isprintable():
        kept = "".join(each if each.isprintable() else _escaped(each) for each in kept)
    kept = _COMMAND.sub(lambda found: f"\\x{ord(found.group()[0]):02x}{found.group()[1:]}", kept)
    return kept if len(text) <= limit else f"{kept}… ({len(text) - limit} characters more)"


def is_command(text: str) -> bool:
    """Return whether a CI service would take a part of the text for a command."""
    return _COMMAND.search(text) is not None


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def xml_text(text: str) -> str:
    """Replace the characters that XML 1.0 (section 2.2) allows nowhere, not even escaped."""
    return _NOT_XML.sub("\ufffd", text)


def markdown_text(text: str, limit: int = 500) -> str:
    """Return one line of text, escaped so that Markdown and HTML show it unchanged."""
    return _MARKDOWN.sub(r"\\\1", html.escape(printable(text, limit), quote=False))


def exchange_line(exchange: Exchange) -> str:
    """Return an exchange in one line: id, method, path, status or error, time, duration, and caller."""
    path, query = path_and_query(exchange.request.url)
    path += f"?{query}" if query else ""
    answer = str(exchange.response.status) if exchange.response else f"no answer ({exchange.failure or 'unknown'})"
    sent = datetime.fromtimestamp(exchange.sent_at, UTC).strftime("%H:%M:%S.%f")[:-3]
    took = (exchange.received_at - exchange.sent_at) * 1000
    actor = "" if exchange.actor == "owner" else f", as {exchange.actor}"
    return printable(
        f"{exchange.id} {exchange.request.method} {path} → {answer} (at {sent} UTC, {took:.0f} ms{actor})", 300
    )


def by_id(exchanges: Iterable[Exchange]) -> dict[str, Exchange]:
    """Return the exchanges of a history by id."""
    return {exchange.id: exchange for exchange in exchanges}


def worst_first(rows: Mapping[str, RequirementResult]) -> list[tuple[str, RequirementResult]]:
    """Return requirements in order: promised before others, MUST before SHOULD before ADVICE, else as they came."""
    return sorted(rows.items(), key=lambda item: (not item[1].promised, LEVELS.index(item[1].level)))


def more_line(row: RequirementResult) -> str:
    """Return what a reader does not see of a requirement: what else report.json holds, and how often it was seen broken; or nothing."""
    hidden = len(row.findings) - SHOWN_FINDINGS
    parts = [f"{counted(hidden, 'more finding')} in report.json"] if hidden > 0 else []
    # One failure of each kind is kept, the rest are counted.
    if row.verdict is Verdict.FAILED and row.failures > len(row.findings):
        parts.append(f"seen broken {row.failures} times in all")
    return "; ".join(parts)


def spent_line(report: Report) -> str:
    """Return a line with what a run spent, and what each part of it did where it was resumed."""
    parts = "; ".join(f"{each.started_at:%Y-%m-%d %H:%M} UTC {_amounts(each.spent)}" for each in report.parts)
    return _amounts(report.spent) + (f", in {len(report.parts)} parts ({parts})" if parts else "")


def _amounts(spent: SpentFacts) -> str:
    return f"{counted(spent.requests, 'request')}, {counted(spent.generations, 'generation')}, {spent.seconds:.1f} s"


def headline(report: Report) -> str:
    """Return the outcome and its scope in a few words, as a heading."""
    return printable(report.scope.title[:1].upper() + report.scope.title[1:])


def figures_line(report: Report) -> str:
    """Return a line with the two figures, and the counts of verdicts behind them."""
    counts, figures = report.summary, report.figures
    return (
        f"Divergence {figures.divergence} (failed of judged), coverage {figures.coverage} (judged of all): {counts.passed} passed, "
        f"{counts.failed} failed, {counts.not_exercised} not exercised, {counts.inconclusive} inconclusive"
    )


def summary_line(report: Report) -> str:
    """Return a line with the outcome, its scope and its meaning."""
    meaning = MEANING_OF_STATUS[report.exit_status]
    if report.outcome is Outcome.KNOWN_FAILURES:
        meaning = (
            "every failure that counts is a listed one, so that the target is not conformant and the run is not red"
        )
    elif report.exit_status == 2 and any(each.state in OUTDATED for each in report.known_failures):
        meaning = "the list of known failures is out of date, or what was promised was not shown"
    elif report.exit_status == 2 and report.stopped:
        meaning = "it did not come to its end, so nothing is proved"
    elif report.outcome is Outcome.NOT_CONFORMANT and not report.summary.failed_must:
        meaning = "no MUST failed, but under --strict a failed SHOULD counts too"
    return f"{printable(report.scope.sentence)} (exit status {report.exit_status}: {meaning})"


def compact_ids(ids: Iterable[str]) -> str:
    """Return the numbers of one family's ids, runs as `1-4`."""
    numbers = sorted(int(name.partition("-")[2]) for name in ids)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return " ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def families(report: Report) -> dict[str, dict[Verdict, list[str]]]:
    """Return the ids by family and verdict, families in the order of the register."""
    found: dict[str, dict[Verdict, list[str]]] = {}
    for name, row in report.requirements.items():
        found.setdefault(name.partition("-")[0], {verdict: [] for verdict in Verdict})[row.verdict].append(name)
    return found


def compact_by_family(ids: Iterable[str]) -> str:
    """Return ids of any families in the form `CRE 1-4 8, LST 1`."""
    families: dict[str, list[str]] = {}
    for name in ids:
        families.setdefault(name.partition("-")[0], []).append(name)
    return ", ".join(f"{family} {compact_ids(names)}" for family, names in families.items())
