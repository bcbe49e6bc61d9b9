"""The report on a terminal: what is wrong first, with its proof, and the outcome last, next to the prompt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from conformance.client.exchange import Exchange
from conformance.contract.document import load
from conformance.reporting.console import console_for
from conformance.reporting.model import TOLERATED
from conformance.reporting.proof import cause_line, curl_lines, history_of, place_lines, repro_line
from conformance.reporting.report import Outcome, Report, RequirementResult, Verdict
from conformance.reporting.states import show_states
from conformance.reporting.text import (
    SHOWN_FINDINGS,
    by_id,
    compact_ids,
    exchange_line,
    families,
    figures_line,
    headline,
    more_line,
    printable,
    spent_line,
    summary_line,
    worst_first,
)

_ORDER = (Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.NOT_EXERCISED, Verdict.PASSED)
_STYLES = {
    Verdict.FAILED: "bold red",
    Verdict.INCONCLUSIVE: "bold magenta",
    Verdict.NOT_EXERCISED: "bold yellow",
    Verdict.PASSED: "green",
}
_OUTCOME_STYLES = {
    Outcome.CONFORMANT: "bold green",
    Outcome.KNOWN_FAILURES: "bold yellow",
    Outcome.NOT_CONFORMANT: "bold red",
    Outcome.INCOMPLETE: "bold yellow",
}


_GOES_ON = 2
"""Columns by which a line is indented that goes on from the one above."""


def show(
    report: Report,
    exchanges: Mapping[str, Exchange],
    console: Console,
    *,
    paths: Mapping[str, Path] | None = None,
    quiet: bool = False,
) -> None:
    """Print the report; `paths` are the files that were written of it. Quiet prints the summary alone."""
    if not quiet:
        console.print(Text(headline(report), _OUTCOME_STYLES[report.outcome]))
        console.print()
        console.print(_family_table(report))
        for verdict in (Verdict.FAILED, Verdict.INCONCLUSIVE):
            _show_findings(verdict, report, exchanges, console)
        _show_not_exercised(report, console)
        _show_known(report, console)
        show_states(report.coverage, console)
    _show_summary(report, console, paths or {}, quiet=quiet)


def render(report: Report, exchanges: Iterable[Exchange], *, paths: Mapping[str, Path] | None = None) -> str:
    """Return what `show` prints, in the colours and the width of standard output."""
    console = console_for()
    with console.capture() as captured:
        show(report, by_id(exchanges), console, paths=paths)
    return captured.get()


def _show_known(report: Report, console: Console) -> None:
    if not report.known_failures:
        return
    console.print(Rule(Text(f"known failures ({len(report.known_failures)})", "bold yellow"), align="left"))
    for each in report.known_failures:
        style = "" if each.state in TOLERATED else "bold red"
        _say(console, Text(printable(f"{each.sentence}."), style))
    console.print()


def _family_table(report: Report) -> Table:
    contract = load()
    table = Table(title="Requirements by family", title_justify="left", expand=False)
    table.add_column("family", no_wrap=True)
    for verdict in _ORDER:
        longest = max(map(len, verdict.split()))
        table.add_column(str(verdict), style=_STYLES[verdict], header_style=_STYLES[verdict], min_width=longest)
    rows = list(families(report).items())
    rows.sort(key=lambda item: (not item[1][Verdict.FAILED], not item[1][Verdict.INCONCLUSIVE]))
    for family, verdicts in rows:
        cells = [compact_ids(verdicts[verdict]) for verdict in _ORDER]
        table.add_row(f"{family} {contract.family_title(family)}", *cells)
    return table


def _say(console: Console, text: Text, indent: int = 0) -> None:
    """Print a text; a line that goes on below is indented, so that no text of the target begins a line."""
    lines = text.wrap(console, max(20, console.width - indent - _GOES_ON))
    for number, line in enumerate(lines):
        line.rstrip()
        console.print(Text(" " * (indent + (_GOES_ON if number else 0))).append_text(line), soft_wrap=True)


def _heading(console: Console, title: str, style: str) -> None:
    console.print()
    console.print(Rule(Text(title, style), style=style, align="left"))


def _show_findings(verdict: Verdict, report: Report, exchanges: Mapping[str, Exchange], console: Console) -> None:
    rows = report.with_verdict(verdict)
    if not rows:
        return
    _heading(console, f"{verdict} ({len(rows)})", _STYLES[verdict])
    for name, row in worst_first(rows):
        _show_requirement(name, row, report, exchanges, console)


def _show_requirement(
    name: str, row: RequirementResult, report: Report, exchanges: Mapping[str, Exchange], console: Console
) -> None:
    _say(console, Text.assemble((f"{name} {row.level}", _STYLES[row.verdict]), "  ", row.sentence))
    for finding in row.findings[:SHOWN_FINDINGS]:
        _say(console, Text(printable(finding.message)), 2)
        known = history_of(finding, exchanges)
        for exchange in known:
            _say(console, Text(exchange_line(exchange), "cyan"), 4)
        for line in (*place_lines(finding), cause_line(finding, report)):
            if line:
                _say(console, Text(line), 4)
        if finding.smallest:
            _say(console, Text(f"send it anew: {repro_line(name, finding)}"), 4)
        if known:
            # A command that is broken over lines cannot be copied.
            for line in curl_lines(finding, known, report).splitlines():
                console.print(Text("    " + line, "dim"), soft_wrap=True)
    more = more_line(row)
    if more:
        console.print(Text(f"  …{more}", "dim"))


def _show_not_exercised(report: Report, console: Console) -> None:
    rows = report.with_verdict(Verdict.NOT_EXERCISED)
    if not rows:
        return
    promised = sum(row.promised for row in rows.values())
    _heading(console, f"not exercised ({len(rows)}, of which {promised} promised)", _STYLES[Verdict.NOT_EXERCISED])
    others: dict[str, list[str]] = {}
    for name, row in worst_first(rows):
        reason = printable(row.reason or "")
        if row.promised:
            style = "bold red" if row.level == "MUST" else "bold yellow"
            _say(console, Text.assemble((f"{name} {row.level}, promised", style), "  ", reason))
        else:
            others.setdefault(reason, []).append(name)
    for reason, names in others.items():
        _say(console, Text.assemble((", ".join(names), "yellow"), "  ", reason))


def _show_summary(report: Report, console: Console, paths: Mapping[str, Path], *, quiet: bool) -> None:
    if not quiet:
        console.print()
        base_url = report.target.get("target", {}).get("base_url", "")
        _say(console, Text(f"Target {printable(base_url)}, profile {report.profile}, seed {report.seed}"))
        console.print(Text(f"Spent {spent_line(report)}"))
        console.print(Text(figures_line(report)))
        if report.detection:
            console.print(Text(report.detection.sentence))
        for name, path in paths.items():
            console.print(Text(f"{name:<8} {path}"), soft_wrap=True)
    for warning in report.warnings:
        _say(console, Text(f"Warning: {printable(warning)}", "bold yellow"))
    if report.stopped:
        _say(console, Text(f"The run ended early: {printable(report.stopped)}.", "yellow"))
    for defect in report.defects:
        _say(console, Text(f"Defect of the harness: {printable(defect)}", "bold magenta"))
    console.print(Text(summary_line(report), _OUTCOME_STYLES[report.outcome]), soft_wrap=True)
