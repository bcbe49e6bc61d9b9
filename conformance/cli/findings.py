"""`conformance repro`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from conformance.cli.options import group
from conformance.cli.repro import reproduce

app = group()


@app.command()
def repro(
    *,
    finding: Annotated[str, typer.Argument(metavar="ID", help="A failure, such as IDM-7, or IDM-7.2 for its second.")],
    report_dir: Annotated[
        Path | None, typer.Argument(help="The report folder of the run.", show_default="the latest below reports")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Another base URL.", show_default="that of the run")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Start generations without being asked.")] = False,
    write: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the script, and send nothing.", show_default=False)
    ] = None,
) -> None:
    """Send the smallest history of a failure anew.

    Says the price first. Ends with "still broken" (exit status 1) or "fixed" (0) by the same judge, or with "undecided" (2).
    """
    raise typer.Exit(reproduce(finding, report_dir, base_url=base_url, yes=yes, write=write))
