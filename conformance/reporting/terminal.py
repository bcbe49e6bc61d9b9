"""The report on a terminal: what is wrong first, with its proof, and the outcome last, next to the prompt."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from conformance.contract.document import load
from conformance.door.exchange import Exchange
from conformance.reporting.curl import curl
from conformance.reporting.report import Outcome, Report, RequirementResult, Verdict
from conformance.reporting.text import (
    by_id,
    compact_ids,
    exchange_line,
    families,
    figures_line,
    headline,
    one_line,
    printable,
    spent_line,
    summary_line,
    worst_first,
)

SHOWN_FINDINGS = 3
"""Findings of one requirement that are shown; `report.json` has more."""
_ORDER = (Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.NOT_EXERCISED, Verdict.PASSED)
_STYLES = {
    Verdict.FAILED: "bold red",
    Verdict.INCONCLUSIVE: "bold magenta",
    Verdict.NOT_EXERCISED: "bold yellow",
    Verdict.PASSED: "green",
}
_OUTCOME_STYLES = {
    Outcome.CONFORMANT: "bold green",
    Outcome.NOT_CONFORMANT: "bold red",
    Outcome.INCOMPLETE: "bold yellow",
}


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
        _show_coverage(report, console)
    _show_summary(report, console, paths or {}, quiet=quiet)


def render(report: Report, exchanges: Iterable[Exchange], *, paths: Mapping[str, Path] | None = None) -> str:
    """Return what `show` prints, in the colours and the width of standard output."""
    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    width = Console().width if sys.stdout.isatty() else 120
    console = Console(file=io.StringIO(), force_terminal=coloured, no_color=not coloured, width=width)
    with console.capture() as captured:
        show(report, by_id(exchanges), console, paths=paths)
    return captured.get()


def _family_table(report: Report) -> Table:
    contract = load()
    table = Table(title="Requirements by family", title_justify="left", expand=False)
    table.add_column("family", no_wrap=True)
    for verdict in _ORDER:
        table.add_column(str(verdict), style=_STYLES[verdict], header_style=_STYLES[verdict])
    rows = list(families(report).items())
    rows.sort(key=lambda item: (not item[1][Verdict.FAILED], not item[1][Verdict.INCONCLUSIVE]))
    for family, verdicts in rows:
        cells = [compact_ids(verdicts[verdict]) for verdict in _ORDER]
        table.add_row(f"{family} {contract.family_title(family)}", *cells)
    return table


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
    console.print(Text.assemble((f"{name} {row.level}", _STYLES[row.verdict]), "  ", row.sentence))
    for finding in row.findings[:SHOWN_FINDINGS]:
        console.print(Padding(Text(printable(finding.message)), (0, 0, 0, 2), expand=False))
        known = [exchanges[each] for each in finding.exchanges if each in exchanges]
        for exchange in known:
            console.print(Padding(Text(exchange_line(exchange), "cyan"), (0, 0, 0, 4), expand=False))
        if known:
            # A command that is broken over lines cannot be copied.
            console.print(Text("    " + curl(known[-1], report.target), "dim"), soft_wrap=True)
    more = max(0, row.failures - SHOWN_FINDINGS) if row.verdict is Verdict.FAILED else 0
    if more:
        console.print(Text(f"  …and {more} more observations; see report.json", "dim"))


def _show_not_exercised(report: Report, console: Console) -> None:
    rows = report.with_verdict(Verdict.NOT_EXERCISED)
    if not rows:
        return
    promised = sum(row.promised for row in rows.values())
    _heading(console, f"not exercised ({len(rows)}, of which {promised} promised)", _STYLES[Verdict.NOT_EXERCISED])
    others: dict[str, list[str]] = {}
    for name, row in worst_first(rows):
        reason = one_line(row.reason or "")
        if row.promised:
            style = "bold red" if row.level == "MUST" else "bold yellow"
            console.print(Text.assemble((f"{name} {row.level}, promised", style), "  ", reason))
        else:
            others.setdefault(reason, []).append(name)
    for reason, names in others.items():
        console.print(Text.assemble((", ".join(names), "yellow"), "  ", reason))


def _show_coverage(report: Report, console: Console) -> None:
    cells = {(item.situation, item.operation): item for item in report.coverage.combinations}
    if not cells:
        return
    planned = [item.operation for item in cells.values() if item.planned]
    columns = list(dict.fromkeys(planned or [item.operation for item in cells.values()]))
    title = "Operations by state of the container"
    if report.coverage.planned:
        title += f": {report.coverage.reached} of {report.coverage.planned} planned combinations reached"
    console.print()
    console.print(Text(title, "italic"))
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column("status/approvalStatus", no_wrap=True)
    for operation in columns:
        # Without the word Content, which most names share, the table fits a terminal.
        table.add_column(operation.replace("Content", ""), justify="right", overflow="fold")
    for situation in dict.fromkeys(item.situation for item in cells.values()):
        row = [_cell(cells.get((situation, operation))) for operation in columns]
        if any(cell.plain for cell in row):
            table.add_row(Text(one_line(situation, 60)), *row)
    console.print(table)


def _cell(item: object) -> Text:
    count, planned = getattr(item, "count", 0), getattr(item, "planned", False)
    if count:
        return Text(str(count), "green" if planned else "dim")
    return Text("0", "bold yellow") if planned else Text("")


def _show_summary(report: Report, console: Console, paths: Mapping[str, Path], *, quiet: bool) -> None:
    if not quiet:
        console.print()
        base_url = report.target.get("target", {}).get("base_url", "")
        console.print(Text(f"Target {one_line(base_url)}, profile {report.profile}, seed {report.seed}"))
        console.print(Text(f"Spent {spent_line(report)}"))
        console.print(Text(figures_line(report)))
        if report.detection:
            console.print(Text(report.detection.sentence))
        for name, path in paths.items():
            console.print(Text(f"{name:<8} {path}"), soft_wrap=True)
    if report.stopped:
        console.print(Text(f"The run ended early: {one_line(report.stopped)}.", "yellow"))
    for defect in report.defects:
        console.print(Text(f"Defect of the harness: {one_line(defect)}", "bold magenta"))
    console.print(Text(summary_line(report), _OUTCOME_STYLES[report.outcome]), soft_wrap=True)
