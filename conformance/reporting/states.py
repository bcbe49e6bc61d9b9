"""Which operations were tried in which states of a container: a table, or a row a state where the table does not fit."""

from __future__ import annotations

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.reporting.report import Coverage, CoveredCombination
from conformance.reporting.text import printable

STATE = "status/approvalStatus"
_UNBOUNDED = 10_000
"""Columns that hold any table."""

_Cells = dict[tuple[str, str], CoveredCombination]


def show_states(coverage: Coverage, console: Console) -> None:
    """Print how often each operation was tried in each state."""
    cells: _Cells = {(item.situation, item.operation): item for item in coverage.combinations}
    if not cells:
        return
    title = "Operations by state of the container"
    if coverage.planned:
        title += f": {coverage.reached} of {coverage.planned} planned combinations reached"
    console.print()
    console.print(Text(title, "italic"))
    table = _table(cells)
    if console.measure(table, options=console.options.update(width=_UNBOUNDED)).maximum > console.width:
        table = _rows(cells)
    console.print(table)


def _table(cells: _Cells) -> Table:
    """Return a column an operation."""
    operations = operations_of(cells)
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column(STATE, no_wrap=True)
    for operation in operations:
        table.add_column(short(operation), justify="right", no_wrap=True)
    for situation in situations_of(cells):
        row = [_count(cells.get((situation, operation))) for operation in operations]
        if any(cell.plain for cell in row):
            table.add_row(Text(printable(situation, 60)), *row)
    return table


def _rows(cells: _Cells) -> Table:
    """Return a row a state: its operations, each with its count."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column(STATE, no_wrap=True)
    table.add_column("operations", overflow="fold")
    operations = operations_of(cells)
    for situation in situations_of(cells):
        tried = [
            Text.assemble(f"{short(item.operation)}:", _count(item))
            for item in cells.values()
            if item.situation == situation and item.operation in operations and (item.count or item.planned)
        ]
        if tried:
            table.add_row(Text(printable(situation, 60)), Text(" ").join(tried))
    return table


def operations_of(cells: _Cells) -> list[str]:
    """Return the operations of the plan, or all where there is none."""
    planned = [item.operation for item in cells.values() if item.planned]
    return list(dict.fromkeys(planned or [item.operation for item in cells.values()]))


def situations_of(cells: _Cells) -> Iterable[str]:
    """Return the situations in which something was tried or planned, each once."""
    return dict.fromkeys(situation for situation, _ in cells)


def short(operation: str) -> str:
    """Return the name of an operation without the word Content, which most names share."""
    return operation.replace("Content", "")


def _count(item: CoveredCombination | None) -> Text:
    if item is None or not (item.count or item.planned):
        return Text("")
    if item.count:
        return Text(str(item.count), "green" if item.planned else "dim")
    return Text("0", "bold yellow")
