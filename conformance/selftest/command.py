"""`conformance selftest`: measure a profile, show the table, write `detection.json`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from conformance.exceptions import ConfigurationError
from conformance.reporting.console import console_for, takes_redrawing
from conformance.reporting.text import markdown_text, printable
from conformance.run.verdicts.detection import ConformantRun, Detection, FaultRun, figure_of
from conformance.selftest import results
from conformance.selftest.matrix import EVERYTHING, Job, Matrix, chosen, for_figures, sampled
from conformance.selftest.pool import Ended, Pool

PLAIN_EVERY = 10
"""Runs between two lines of progress if the output is not a terminal."""
FAULT_COLUMNS = ("fault", "depth", "breaks", "detected", "requests", "generations", "seconds", "also failed")
VARIANT_COLUMNS = ("variant", "accused", "outcome", "requests", "generations", "seconds", "open")


@dataclass(frozen=True, slots=True)
class SelftestOptions:
    """The options of `conformance selftest`; `share` is the part of the faults that has to be detected."""

    profile: str
    seeds: tuple[int, ...] = (0,)
    workers: int = 0
    faults: tuple[str, ...] = EVERYTHING
    variants: tuple[str, ...] = EVERYTHING
    sample: bool = False
    out: Path | None = None
    share: float = 1.0
    timeout: float | None = None
    everything: bool = False
    whole: bool = False

    @property
    def jobs(self) -> int:
        """The number of runs in parallel."""
        return self.workers or os.cpu_count() or 1

    @property
    def folder(self) -> Path:
        """The folder for the measurement and the runs."""
        return (self.out or Path("reports") / f"selftest-{datetime.now(UTC):%Y%m%d-%H%M%S}").resolve()

    def matrix(self) -> Matrix:
        """Return what is run with every seed; raises ConfigurationError if the patterns match nothing."""
        matrix = chosen(self.faults, self.variants)
        for kind, patterns, found in (
            ("fault", self.faults, matrix.faults),
            ("variant", self.variants, matrix.variants),
        ):
            if patterns not in {(), EVERYTHING} and not found:
                raise ConfigurationError(
                    f"No {kind} matches {' or '.join(patterns)}; see sandbox/{kind}s for their names."
                )
        if self.sample:
            return sampled(matrix)
        is_narrowed = (self.faults, self.variants) != (EVERYTHING, EVERYTHING)
        return matrix if self.whole or is_narrowed else for_figures(matrix)


class RunCounter:
    """Shows how many runs have ended, and how many of them with a problem: as a bar on a terminal, else as lines."""

    def __init__(self, title: str, total: int) -> None:
        columns = (
            TextColumn(title),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
        )
        self._console = console_for(sys.stderr)
        self._progress = Progress(*columns, console=self._console, disable=not takes_redrawing(sys.stderr))
        self._title, self._total, self._ended = title, total, 0
        self._task = self._progress.add_task("", total=total)
        self._wrong: list[str] = []

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def count(self, job: Job, *, well: bool) -> None:
        """Count a run that ended."""
        if not well:
            self._wrong.append(job.name)
        wrong = f"{len(self._wrong)} with problems, the last {self._wrong[-1]}" if self._wrong else "no problems"
        self._ended += 1
        if self._progress.disable and (self._ended == self._total or self._ended % PLAIN_EVERY == 0):
            self._console.print(
                f"{self._title}: {self._ended} of {self._total}, {wrong}", soft_wrap=True, highlight=False
            )
        self._progress.update(self._task, advance=1, description=wrong)


def execute(options: SelftestOptions) -> int:
    """Measure with each seed and return the exit status: 0 if nothing falls short, else 1."""
    folder = options.folder
    console = console_for(plain_width=160)
    short: list[str] = []
    matrix = options.matrix()
    for seed in options.seeds:
        place = folder / f"seed-{seed}" if len(options.seeds) > 1 else folder
        measured = measure(options, matrix, seed, place)
        show(measured, console, everything=options.everything)
        console.print(f"Written: {place / 'detection.json'} and detection.md", soft_wrap=True)
        short += [f"Seed {seed}: {sentence}" for sentence in results.shortfalls(measured, options.share)]
    for sentence in short:
        console.print(sentence, style="bold red", soft_wrap=True)
    return 1 if short else 0


def measure(options: SelftestOptions, matrix: Matrix, seed: int, folder: Path) -> Detection:
    """Run a matrix with one seed, and write `detection.json`, `detection.md` and the runs into the folder."""
    began = time.monotonic()
    jobs = matrix.jobs(options.profile, seed)
    ended: dict[str, Ended] = {}
    pool = Pool(folder / "runs", options.jobs, options.timeout)
    faults = {fault.name: fault for fault in matrix.faults}

    def keep(result: Ended) -> None:
        job = result.job
        ended[job.label] = result
        fault = faults.get(job.name) if job.kind == "fault" else None
        run = results.fault_run(fault, result) if fault else results.conformant_run(job.name, "", result)
        well = results.went_well(run)
        if well:
            pool.tidy(job)
        counter.count(job, well=well)

    with RunCounter(f"{options.profile}, seed {seed}", len(jobs)) as counter:
        pool.run(jobs, keep)
    measured = results.detection(matrix, ended, options.profile, seed, time.monotonic() - began)
    (folder / "detection.json").write_text(measured.model_dump_json(by_alias=True, indent=2) + "\n", encoding="utf-8")
    (folder / "detection.md").write_text(markdown(measured), encoding="utf-8")
    return measured


def show(measured: Detection, console: Console, *, everything: bool) -> None:
    """Print the runs with problems, or all runs, and the figures."""
    faults = [run for run in measured.faults if everything or not run.detected or run.collateral]
    if faults:
        console.print(_table("Faults", FAULT_COLUMNS, (_fault_cells(run) for run in faults)))
    runs = [measured.clean, *measured.variants]
    listed = [run for run in runs if everything or run.accused or run.note or run.open]
    if listed:
        console.print(_table("Conformant sandboxes", VARIANT_COLUMNS, (_variant_cells(run) for run in listed)))
        for run in listed:
            for failure in run.accused:
                console.print(
                    Text(f"{run.name}: {failure.requirement} {failure.level}  {printable(failure.message, 300)}", "red")
                )
    every: list[FaultRun | ConformantRun] = [*measured.faults, *runs]
    for result in every:
        if result.note:
            console.print(Text(f"{result.name}: {printable(result.note, 300)}", "magenta"))
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
    accused = ", ".join(f"{failure.requirement} {failure.level}" for failure in run.accused)
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
    yield from _rows(VARIANT_COLUMNS, (_variant_cells(run) for run in [measured.clean, *measured.variants]))
    for run in [measured.clean, *measured.variants]:
        for failure in run.accused:
            yield f"\n- {run.name}: {failure.requirement} ({failure.level}): {markdown_text(failure.message)}"


def fault_table(faults: Iterable[FaultRun]) -> Iterator[str]:
    """Yield the table of faults with their summaries."""
    rows = ((*_fault_cells(run), run.summary) for run in faults)
    yield from _rows((*FAULT_COLUMNS, "what it does"), rows)


def _rows(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(columns) + " |"
    yield "| --- " * len(columns) + "|"
    for row in rows:
        yield "| " + " | ".join(markdown_text(cell) for cell in row) + " |"
