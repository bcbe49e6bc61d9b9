"""A measurement as a table on a terminal and as a Markdown page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.reporting.text import markdown_text, printable
from conformance.run.verdicts.detection import ConformantRun, Detection, FaultRun, figure_of

FAULT_COLUMNS = ("fault", "depth", "breaks", "detected", "requests", "generations", "seconds", "also failed")
VARIANT_COLUMNS = ("variant", "accused", "outcome", "requests", "generations", "seconds", "open")


def show(measured: Detection, console: Console, *, everything: bool) -> None:
    """Print the runs with problems, or all runs, and the figures."""
    faults = [run for run in measured.faults if everything or not run.detected or run.collateral]
    if faults:
        console.print(_table("Faults", FAULT_COLUMNS, (_fault_cells(run) for run in faults)))
    runs = [measured.clean, *measured.variants]
    shown = [run for run in runs if everything or run.accused or run.note or run.open]
    if shown:
        console.print(_table("Conformant sandboxes", VARIANT_COLUMNS, (_variant_cells(run) for run in shown)))
        for run in shown:
            for failure in run.accused:
                console.print(
                    Text(f"{run.name}: {failure.requirement} {failure.level}  {printable(failure.message, 300)}", "red")
                )
    every: list[FaultRun | ConformantRun] = [*measured.faults, *runs]
    for each in every:
        if each.note:
            console.print(Text(f"{each.name}: {printable(each.note, 300)}", "magenta"))
    console.print(Text(_depths(measured)))
    console.print(Text(figure_of(measured).sentence, "bold"), soft_wrap=True)


def _table(title: str, columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell, "bold red" if cell == "no" else "") for cell in row))
    return table


def _fault_cells(run: FaultRun) -> tuple[str, ...]:
    detected = "yes" if run.detected else "no"
    return (run.name, run.depth, run.requirement, detected, *_numbers(run), ", ".join(run.collateral))


def _variant_cells(run: ConformantRun) -> tuple[str, ...]:
    accused = ", ".join(f"{each.requirement} {each.level}" for each in run.accused)
    return (run.name, accused or "—", run.outcome, *_numbers(run), ", ".join(run.open))


def _numbers(run: FaultRun | ConformantRun) -> tuple[str, str, str]:
    return str(run.requests), str(run.generations), f"{run.seconds:.1f}"


def _depths(measured: Detection) -> str:
    parts = ", ".join(f"{depth} {found} of {count}" for depth, (found, count) in measured.totals.by_depth.items())
    totals = measured.totals
    return (
        f"Detected by depth: {parts}; {totals.collateral} with other failures too; "
        f"at most {totals.most_generations} generations a run; {totals.seconds:.0f} s in all, seed {measured.seed}."
    )


def markdown(measured: Detection) -> str:
    """Return the Markdown page."""
    return "\n".join(_page(measured)) + "\n"


def _page(measured: Detection) -> Iterator[str]:
    yield f"# Detection of the profile {measured.profile}\n"
    yield f"{figure_of(measured).sentence}\n"
    yield f"{_depths(measured)}\n"
    yield "## Faults\n"
    yield from fault_table(measured.faults)
    yield "\n## Conformant sandboxes\n"
    yield from _rows(VARIANT_COLUMNS, (_variant_cells(each) for each in [measured.clean, *measured.variants]))
    for run in [measured.clean, *measured.variants]:
        for failure in run.accused:
            yield f"\n- {run.name}: {failure.requirement} ({failure.level}): {markdown_text(failure.message)}"


def fault_table(faults: Iterable[FaultRun]) -> Iterator[str]:
    """Yield the table of faults with their summaries."""
    rows = ((*_fault_cells(each), each.summary) for each in faults)
    yield from _rows((*FAULT_COLUMNS, "what it does"), rows)


def _rows(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(columns) + " |"
    yield "| --- " * len(columns) + "|"
    for row in rows:
        yield "| " + " | ".join(markdown_text(cell) for cell in row) + " |"
