"""The report on a terminal: what is wrong first, with its proof, and the outcome last, next to the prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from conformance.reporting.console import console_for
from conformance.reporting.model import TOLERATED
from conformance.reporting.report import Outcome, Verdict
from conformance.reporting.text import compact_ids, printable
from conformance.reporting.view import SHOWN_FINDINGS, VERDICTS, Cell, Row, States, View

STATE = "status/approvalStatus"
_STYLES = {
    Verdict.FAILED: "bold red",
    Verdict.INCONCLUSIVE: "bold magenta",
    Verdict.NOT_EXERCISED: "bold yellow",
    Verdict.PASSED: "green",
}
_OUTCOME_STYLES = {Outcome.CONFORMANT: "bold green", Outcome.NOT_CONFORMANT: "bold red"}
_NOTICES = {"Warning": "bold yellow", "The run ended early": "yellow", "Defect of the harness": "bold magenta"}
_GOES_ON = 2
"""Columns by which a line is indented that goes on from the one above."""
_UNBOUNDED = 10_000
"""Columns that hold any table."""


def show(view: View, console: Console, *, paths: Mapping[str, Path] | None = None, quiet: bool = False) -> None:
    """Print the report; `paths` are the files that were written of it. Quiet prints notices and the outcome."""
    report = view.report
    style = _OUTCOME_STYLES.get(report.outcome, "bold yellow")
    if not quiet:
        console.print(Text(view.headline, style))
        console.print()
        console.print(_families(view))
        for verdict in (Verdict.FAILED, Verdict.INCONCLUSIVE):
            rows = view.with_verdict(verdict)
            if rows:
                _heading(console, f"{verdict} ({len(rows)})", _STYLES[verdict])
            for row in rows:
                _show_row(row, console)
        _show_not_exercised(view, console)
        if report.known_failures:
            _heading(console, f"known failures ({len(report.known_failures)})", "bold yellow")
        for known in report.known_failures:
            _say(console, Text(printable(f"{known.sentence}."), "" if known.state in TOLERATED else "bold red"))
        _show_states(view.states, console)
        console.print()
        _say(console, Text(f"Target {printable(view.target)}, profile {report.profile}, seed {report.seed}"))
        console.print(Text(f"Spent {view.spent}"))
        console.print(Text(view.figures))
        if report.detection:
            console.print(Text(report.detection.sentence))
        for name, path in (paths or {}).items():
            console.print(Text(f"{name:<8} {path}"), soft_wrap=True)
    for title, text in view.notices:
        _say(console, Text(f"{title}: {text}", _NOTICES[title]))
    console.print(Text(view.summary, style), soft_wrap=True)


def render(view: View) -> str:
    """Return what `show` prints, in the colours and the width of standard output."""
    console = console_for()
    with console.capture() as captured:
        show(view, console)
    return captured.get()


def _families(view: View) -> Table:
    table = Table(title="Requirements by family", title_justify="left", expand=False)
    table.add_column("family", no_wrap=True)
    for verdict in VERDICTS:
        longest = max(map(len, verdict.split()))
        table.add_column(str(verdict), style=_STYLES[verdict], header_style=_STYLES[verdict], min_width=longest)
    worst_first = sorted(view.families, key=lambda of: [not of.ids(verdict) for verdict in VERDICTS[:2]])
    for family in worst_first:
        table.add_row(f"{family.id} {family.title}", *(compact_ids(family.ids(verdict)) for verdict in VERDICTS))
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


def _show_row(row: Row, console: Console) -> None:
    result = row.result
    _say(console, Text.assemble((f"{row.id} {result.level}", _STYLES[result.verdict]), "  ", result.sentence))
    for finding in row.findings[:SHOWN_FINDINGS]:
        _say(console, Text(finding.message), 2)
        for line in finding.lines:
            _say(console, Text(line, "cyan"), 4)
        for line in finding.notes:
            _say(console, Text(line), 4)
        # A command that is broken over lines cannot be copied.
        for line in finding.command.splitlines():
            console.print(Text("    " + line, "dim"), soft_wrap=True)
    if row.more:
        console.print(Text(f"  …{row.more}", "dim"))


def _show_not_exercised(view: View, console: Console) -> None:
    rows = view.with_verdict(Verdict.NOT_EXERCISED)
    if not rows:
        return
    promised = sum(row.result.promised for row in rows)
    _heading(console, f"not exercised ({len(rows)}, of which {promised} promised)", _STYLES[Verdict.NOT_EXERCISED])
    for reason in view.reasons:
        if not reason.promised:
            names = ", ".join(row.id for row in reason.rows)
            _say(console, Text.assemble((names, "yellow"), "  ", reason.text))
            continue
        for row in reason.rows:
            style = "bold red" if row.result.level == "MUST" else "bold yellow"
            _say(console, Text.assemble((f"{row.id} {row.result.level}, promised", style), "  ", reason.text))


def _show_states(states: States | None, console: Console) -> None:
    """Print how often each operation was tried in each state: a column an operation, or a row a state if that does not fit."""
    if states is None:
        return
    title = "Operations by state of the container"
    if states.planned:
        title += f": {states.reached} of {states.planned} planned combinations reached"
    console.print()
    console.print(Text(title, "italic"))
    table = _state_table(states.operations)
    for state, cells in states.rows:
        table.add_row(Text(state), *map(_count, cells))
    if console.measure(table, options=console.options.update(width=_UNBOUNDED)).maximum > console.width:
        table = _state_table(["operations"])
        for state, cells in states.rows:
            pairs = zip(states.operations, map(_count, cells), strict=True)
            table.add_row(Text(state), Text(" ").join(Text.assemble(f"{name}:", text) for name, text in pairs if text))
    console.print(table)


def _state_table(columns: Sequence[str]) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column(STATE, no_wrap=True)
    for column in columns:
        is_count = len(columns) > 1
        table.add_column(column, justify="right" if is_count else "left", no_wrap=is_count, overflow="fold")
    return table


def _count(cell: Cell) -> Text:
    if cell.count:
        return Text(str(cell.count), "green" if cell.is_planned else "dim")
    return Text("0", "bold yellow") if cell.is_missed else Text("")
