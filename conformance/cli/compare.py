"""`conformance compare`: runs beside one another, on the terminal, in Markdown and as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

from rich.table import Table
from rich.text import Text

from conformance.exceptions import ConfigurationError
from conformance.reporting import json_report
from conformance.reporting.comparison import WORSE, Change, Comparison, compare, matrix, point, series_of, target_of
from conformance.reporting.console import console_for
from conformance.reporting.page.comparison import comparison_page
from conformance.reporting.report import Report, Verdict
from conformance.reporting.series import Series, blocks, sentence
from conformance.reporting.tables import Linked, Rows, Shown, markdown
from conformance.reporting.text import printable

FILE = "report.json"
PAGES = ("report.html", "report.md")
"""The forms of a report to which a link may lead, the best first."""
SIGNS = {Verdict.PASSED: "passed", Verdict.FAILED: "failed", Verdict.NOT_EXERCISED: "-", Verdict.INCONCLUSIVE: "?"}


@dataclass(frozen=True, slots=True)
class Pages:
    """The files to write beside what is printed, None for those that nobody asked for."""

    markdown: Path | None = None
    html: Path | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A report, and the folder that it stands in."""

    folder: Path
    report: Report

    def linked(self, text: str, requirement: str = "") -> str | Linked:
        """Return a text that leads to a requirement (its own, where none is given) in a page of this run, where it has one."""
        name = next((each for each in PAGES if (self.folder / each).is_file()), None)
        return Linked(text, (self.folder / name).resolve(), requirement or text) if name else text


@dataclass(frozen=True, slots=True)
class Found:
    """What a comparison shows, and its exit status."""

    tables: Sequence[Shown]
    notes: Sequence[str] = ()
    series: Sequence[Series] = ()
    status: int = 0


def show_comparison(given: Sequence[Path], *, trend: Path | None = None, pages: Pages | None = None) -> int:
    """Compare runs, print what was found, write the pages, and return the exit status: 1 where a later run is worse."""
    if trend is None:
        found = _compared(given)
    elif given:
        raise ConfigurationError("Give --trend a folder with many runs, or name runs to compare, not both.")
    else:
        found = _trend(_below(trend))
    _print(found)
    _write(found, pages or Pages())
    return found.status


def _compared(given: Sequence[Path]) -> Found:
    if len(given) < 2:
        raise ConfigurationError(
            "There is only one run to compare; give the folders of two or more, or --trend a folder."
        )
    runs = [_run(path) for path in given]
    for one, other in combinations(runs, 2):
        if one.report == other.report:
            raise ConfigurationError(
                f"{one.folder} and {other.folder} hold one run, which is no worse than itself; give different runs."
            )
    if len({target_of(each.report) for each in runs}) > 1:
        return Found([_matrix(runs)])
    silent = next((each.folder for each in runs[:-1] if not each.report.figures.divergence.of), None)
    if silent is not None:
        raise ConfigurationError(
            f"The run in {silent} judged nothing, so that no later one can be worse; give another one."
        )
    found = [compare(one.report, other.report) for one, other in pairwise(runs)]
    tables: list[Shown] = []
    notes: list[str] = []
    for (one, other), each in zip(pairwise(runs), found, strict=True):
        tables += [_changes(one, other, each), _figures(one, other)]
        notes += [*each.notes, _conclusion(one, other, each)]
    return Found(tables, notes, status=int(any(each.is_worse for each in found)))


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
        (str(each.change), other.linked(each.requirement), str(each.before), str(each.after), each.why)
        for each in found.changes
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
    ] or ["no requirement changed its verdict"]
    told += ["it is incomplete, so that it proves nothing"] if found.is_incomplete else []
    verdict = "is worse than" if found.is_worse else "is no worse than"
    return f"{other.folder.name} {verdict} {one.folder.name}: {'; '.join(told)}."


def _matrix(runs: Sequence[Run]) -> Shown:
    rows: Rows = []
    for name, verdicts in matrix([each.report for each in runs]).items():
        cells: list[str | Linked] = []
        for run, verdict in zip(runs, verdicts, strict=True):
            cells.append(run.linked(SIGNS[verdict], name) if verdict else "")
        rows.append((name, *cells))
    totals = [f"{each.report.figures.divergence} failed" for each in runs]
    rows.append(("divergence", *totals))
    rows.append(("coverage", *(f"{each.report.figures.coverage} judged" for each in runs)))
    heads = [f"{each.folder.name} ({target_of(each.report)})" for each in runs]
    return Shown("Requirements by implementation", ("requirement", *heads), rows)


def _trend(runs: Sequence[Run]) -> Found:
    points = [point(run.folder.name, run.report) for run in runs]
    rows: Rows = [
        (
            *(each.started, each.run, each.title, str(each.failures), f"{each.judged}/{each.requirements}"),
            *(str(each.generations), f"{each.seconds:.0f}"),
            "" if each.generation is None else f"{each.generation:.1f}",
        )
        for each in points
    ]
    head = ("started", "run", "outcome", "failed", "judged", "generations", "s", "s each")
    table = Shown("Runs in their order", head, rows, frozenset(head) - {"run", "outcome"})
    return Found([table], series=series_of(points))


def _print(found: Found) -> None:
    console = console_for()
    for each in found.tables:
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
    for one in found.series:
        console.print(Text(f"{blocks(one)}  {sentence(one)}"), soft_wrap=True)
    for line in found.notes:
        console.print(Text(printable(line)), soft_wrap=True)


def _write(found: Found, pages: Pages) -> None:
    notes = [*(sentence(each) for each in found.series), *found.notes]
    if pages.markdown:
        _save(pages.markdown, markdown("Comparison", found.tables, notes, pages.markdown.parent), "--markdown")
    if pages.html:
        text = comparison_page(found.tables, found.notes, found.series, pages.html.parent)
        _save(pages.html, text, "--html")


def _save(file: Path, text: str, option: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"Cannot write {file}: {error.strerror}; give {option} another file.") from None
