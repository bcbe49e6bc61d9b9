"""`conformance compare`: two runs beside one another, on the terminal, in Markdown and as a page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from conformance.cli.options import group
from conformance.exceptions import ConfigurationError
from conformance.reporting import json_report
from conformance.reporting.comparison import WORSE, Comparison, Run
from conformance.reporting.comparison import compare as compared
from conformance.reporting.comparison import html as page
from conformance.reporting.comparison import markdown as markdown_page
from conformance.reporting.console import console_for, plain_table
from conformance.reporting.text import printable

FILE = "report.json"

app = group()


@app.command()
def compare(
    *,
    runs: Annotated[
        list[Path] | None, typer.Argument(metavar="EARLIER LATER", help="The report folders of the two runs.")
    ] = None,
    trend: Annotated[str | None, typer.Option(hidden=True)] = None,
    markdown: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the tables as Markdown too.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write them as a page too.")] = None,
) -> None:
    """Compare two runs.

    Shows what is newly failing, newly passing or gone silent, cost and time.

    Nothing is sent. The exit status is 1 if the later run is worse than the earlier one, else 0.
    """
    if trend is not None:
        raise ConfigurationError("--trend is gone; compare two runs with `conformance compare EARLIER LATER`.")
    raise typer.Exit(show_comparison(runs or [], markdown_file=markdown, html_file=html))


def show_comparison(runs: Sequence[Path], *, markdown_file: Path | None = None, html_file: Path | None = None) -> int:
    """Compare two runs, print what changed, write the pages, and return the exit status: 1 if the later run is worse."""
    if len(runs) != 2:
        raise ConfigurationError(
            f"`conformance compare` takes the folders of two runs, the earlier one first, and not {len(runs)}."
        )
    before, after = map(_run, runs)
    if before.report == after.report:
        raise ConfigurationError(f"{before.folder} and {after.folder} hold the same run; give two different runs.")
    if not before.report.figures.divergence.of:
        raise ConfigurationError(
            f"The run in {before.folder} judged nothing, so that no later one can be worse; give another one."
        )
    found = compared(before, after)
    _print(found)
    for file, option, form in ((markdown_file, "--markdown", markdown_page), (html_file, "--html", page)):
        if file is not None:
            _save(file, form(found, file.parent), option)
    return int(found.is_worse)


def _run(path: Path) -> Run:
    file = path / FILE if path.is_dir() else path
    return Run(file.parent, json_report.read(file))


def _print(found: Comparison) -> None:
    console = console_for()
    for shown in found.tables:
        table = plain_table(printable(shown.title), *map(printable, shown.head))
        for row in shown.rows:
            table.add_row(*(Text(printable(cell), "red" if row[0] in WORSE else "") for cell in row))
        console.print(table)
        console.print()
    for line in [*found.notes, found.conclusion]:
        console.print(Text(printable(line)), soft_wrap=True)


def _save(file: Path, text: str, option: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"Cannot write {file}: {error.strerror}; give {option} another file.") from None
