"""Which operations were tried in which states of a container, as a table whose cells are darker the more often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.reporting.report import Coverage, CoveredCombination
from conformance.reporting.states import operations_of, short, situations_of
from conformance.reporting.text import printable

_DARKEST = 5
"""Levels of the scale; each holds four times the count of the one below."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One count; `level` is its darkness, 0 where it was not tried; `is_missed` says that it was planned all the same."""

    count: int
    level: int
    is_missed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One status and approval."""

    status: str
    approval: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Heat:
    """The table."""

    operations: Sequence[str]
    rows: Sequence[Row]
    planned: int
    reached: int


def heat(coverage: Coverage) -> Heat | None:
    """Build the table, None where nothing was tried or planned."""
    cells = {(item.situation, item.operation): item for item in coverage.combinations}
    operations = operations_of(cells)
    rows = []
    for situation in situations_of(cells):
        found = [_cell(cells.get((situation, operation))) for operation in operations]
        if any(cell.count or cell.is_missed for cell in found):
            status, _, approval = printable(situation, 60).partition("/")
            rows.append(Row(status, approval, found))
    if not rows:
        return None
    rows.sort(key=lambda row: (row.status, row.approval))
    return Heat([short(operation) for operation in operations], rows, coverage.planned, coverage.reached)


def _cell(item: CoveredCombination | None) -> Cell:
    count = item.count if item else 0
    level = min(_DARKEST, (count.bit_length() + 1) // 2)
    return Cell(count, level, is_missed=not count and item is not None and item.planned)
