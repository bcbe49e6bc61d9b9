"""`conformance compare`: runs beside one another, on the terminal and in Markdown."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from rich.table import Table
from rich.text import Text

from conformance.contract.paths import quoted
from conformance.exceptions import ConfigurationError
from conformance.reporting import json_report
from conformance.reporting.comparison import WORSE, Change, Comparison, compare, matrix, point, target_of
from conformance.reporting.console import console_for
from conformance.reporting.report import Report, Verdict
from conformance.reporting.text import markdown_text, printable

FILE = "report.json"
PAGES = ("report.html", "report.md")
"""The forms of a report to which a link may lead, the best first."""
SIGNS = {Verdict.PASSED: "passed", Verdict.FAILED: "failed", Verdict.NOT_EXERCISED: "-", Verdict.INCONCLUSIVE: "?"}


@dataclass(frozen=True, slots=True)
class Linked:
    """A text, and where a page links it to."""

    text: str
    link: str

    def __str__(self) -> str:
        return self.text


Rows = list[tuple[str | Linked, ...]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A table; its texts are shown as they are, whatever they hold. The columns in `whole` are not broken on a narrow terminal."""

    title: str
    head: tuple[str, ...]
    rows: Rows
    whole: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Run:
    """A report, and the folder that it stands in."""

    folder: Path
    report: Report

    def page(self, requirement: str, beside: Path) -> str | None:
        """Return the link to a requirement in a page of this run, from a page in another folder; None where it has none."""
        name = next((each for each in PAGES if (self.folder / each).is_file()), None)
        if name is None:
            return None
        steps = Path(os.path.relpath(self.folder / name, beside)).parts
        return f"{'/'.join(step if step == '..' else quoted(step) for step in steps)}#{requirement}"


def show_comparison(given: Sequence[Path], *, trend: Path | None, page: Path | None) -> int:
    """Compare runs, print what was found, write the page, and return the exit status: 1 where a later run is worse."""
    if trend is not None:
        if given:
            raise ConfigurationError("Give --trend a folder with many runs, or name runs to compare, not both.")
        return _out([_trend(_below(trend))], [], page, 0)
    if len(given) < 2:
        raise ConfigurationError(
            "There is only one run to compare; give the folders of two or more, or --trend a folder."
        )
    runs = [_run(path) for path in given]
    if len({target_of(each.report) for each in runs}) > 1:
        return _out([_matrix(runs, page)], [], page, 0)
    found = [compare(one.report, other.report) for one, other in pairwise(runs)]
    tables: list[Shown] = []
    notes: list[str] = []
    for (one, other), each in zip(pairwise(runs), found, strict=True):
        tables += [_changes(one, other, each), _figures(one, other)]
        notes += [*each.notes, _conclusion(one, other, each)]
    return _out(tables, notes, page, int(any(each.is_worse for each in found)))


def _run(path: Path) -> Run:
    file = path / FILE if path.is_dir() else path
    return Run(file.parent, json_report.read(file))


def _below(folder: Path) -> list[Run]:
    found = [_run(path) for path in sorted(folder.glob(f"*/{FILE}"))]
    if not found:
        raise ConfigurationError(
            f"There is no {FILE} in the folders in {folder}; give the folder with the folders of the runs."
        )
    return sorted(found, key=lambda each: each.report.started_at)


def _changes(one: Run, other: Run, found: Comparison) -> Shown:
    rows: Rows = [
        (str(each.change), each.requirement, str(each.before), str(each.after), each.why) for each in found.changes
    ]
    title = f"{one.folder.name} → {other.folder.name}: {target_of(other.report)}"
    return Shown(title, ("change", "requirement", "before", "after", "why"), rows)


def _figures(one: Run, other: Run) -> Shown:
    rows: Rows = []
    for what, values in (
        ("failures", [float(each.report.figures.divergence.count) for each in (one, other)]),
        ("requirements judged", [float(each.report.figures.coverage.count) for each in (one, other)]),
        ("generations", [float(each.report.spent.generations) for each in (one, other)]),
        ("requests", [float(each.report.spent.requests) for each in (one, other)]),
        ("seconds", [each.report.spent.seconds for each in (one, other)]),
    ):
        rows.append((what, *(f"{value:,.0f}" for value in values), f"{values[1] - values[0]:+,.0f}"))
    return Shown("Cost and time", ("figure", one.folder.name, other.folder.name, "difference"), rows)


def _conclusion(one: Run, other: Run, found: Comparison) -> str:
    told = [
        f"{len(rows)} {change} ({', '.join(each.requirement for each in rows)})"
        for change in Change
        if (rows := found.of(change))
    ]
    verdict = "is worse than" if found.is_worse else "is no worse than"
    return (
        f"{other.folder.name} {verdict} {one.folder.name}: {'; '.join(told) or 'no requirement changed its verdict'}."
    )


def _matrix(runs: Sequence[Run], page: Path | None) -> Shown:
    rows: Rows = []
    for name, verdicts in matrix([each.report for each in runs]).items():
        cells: list[str | Linked] = []
        for run, verdict in zip(runs, verdicts, strict=True):
            sign = SIGNS[verdict] if verdict else ""
            link = run.page(name, page.resolve().parent) if page and sign else None
            cells.append(Linked(sign, link) if link else sign)
        rows.append((name, *cells))
    totals = [f"{each.report.figures.divergence} failed" for each in runs]
    rows.append(("divergence", *totals))
    rows.append(("coverage", *(f"{each.report.figures.coverage} judged" for each in runs)))
    heads = [f"{each.folder.name} ({target_of(each.report)})" for each in runs]
    return Shown("Requirements by implementation", ("requirement", *heads), rows)


def _trend(runs: Iterable[Run]) -> Shown:
    rows: Rows = []
    for run in runs:
        each = point(run.report)
        rows.append(
            (
                *(each.started, run.folder.name, each.title, str(each.failures), each.coverage),
                *(str(each.generations), f"{each.seconds:.0f}"),
                "" if each.generation is None else f"{each.generation:.1f}",
            )
        )
    head = ("started", "run", "outcome", "failed", "judged", "generations", "s", "s each")
    return Shown("Runs in their order", head, rows, frozenset(head) - {"run", "outcome"})


def _out(tables: Sequence[Shown], notes: Sequence[str], page: Path | None, status: int) -> int:
    console = console_for()
    for each in tables:
        if not each.rows:
            continue
        table = Table(title=Text(printable(each.title)), title_justify="left", box=None, padding=(0, 1), pad_edge=False)
        for head in each.head:
            table.add_column(printable(head), overflow="fold", no_wrap=head in each.whole)
        for row in each.rows:
            style = "red" if row[0] in WORSE else ""
            table.add_row(*(Text(printable(str(cell)), style) for cell in row))
        console.print(table)
        console.print()
    for line in notes:
        console.print(Text(printable(line)), soft_wrap=True)
    if page is not None:
        _write(page, tables, notes)
    return status


def _write(page: Path, tables: Sequence[Shown], notes: Sequence[str]) -> None:
    lines = ["# Comparison", ""]
    lines += [f"- {markdown_text(line, 2000)}" for line in notes]
    for each in tables:
        if each.rows:
            lines += ["", f"## {markdown_text(each.title)}", "", _line(each.head), f"{'| --- ' * len(each.head)}|"]
            lines += [_line(row) for row in each.rows]
    try:
        page.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"Cannot write {page}: {error.strerror}; give --markdown another file.") from None


def _line(cells: Iterable[str | Linked]) -> str:
    return f"| {' | '.join(_cell(each) for each in cells)} |"


def _cell(cell: str | Linked) -> str:
    text = markdown_text(str(cell))
    return f"[{text}]({cell.link})" if isinstance(cell, Linked) else text
