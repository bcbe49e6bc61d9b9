"""The commands that look into a failure: `conformance repro`, `show` and `explain`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_RequirementArgument = Annotated[str, typer.Argument(metavar="ID", help="A requirement, such as IDM-7.")]


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
    from conformance.cli.repro import reproduce  # noqa: PLC0415 - help must not wait for the checks

    raise typer.Exit(reproduce(finding, report_dir, base_url=base_url, yes=yes, write=write))


def show(
    *,
    report_dir: Annotated[Path, typer.Argument(help="The report folder of a run.")],
    exchange: Annotated[str, typer.Argument(metavar="EXCHANGE", help="The id of an exchange, such as main-8.")],
) -> None:
    """Print one exchange of a run.

    As it is recorded, without secrets.
    """
    from conformance.cli.show import show_exchange  # noqa: PLC0415 - help must not wait for it

    show_exchange(report_dir, exchange)


def explain(requirement: _RequirementArgument) -> None:
    """Explain a requirement: its source, what judges it and more.

    Its sentence and the quoted source, how open places are read, what provokes it at which price, what judges it, and the
    faults of the sandbox that show it.
    """
    from conformance.cli.explain import explain_requirement  # noqa: PLC0415 - loads the suite

    explain_requirement(requirement)


def add_to(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (repro, show, explain):
        app.command()(command)
