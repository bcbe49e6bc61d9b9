"""`conformance sandbox` and `selftest`: the reference backend, its faults and variants, and how many faults the suite finds."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Annotated

import typer

from conformance.cli.options import FaultOption, ProfileOption, VariantOption, group, sandbox_arguments
from conformance.reporting.console import console_for, plain_table
from conformance.run.signals import terminated_gently
from sandbox.faults import all_faults
from sandbox.variants import all_variants

app = group()


@app.command()
def sandbox(
    *,
    port: Annotated[int, typer.Option(help="Loopback port; 0 takes a free one.")] = 8080,
    db: Annotated[Path | None, typer.Option(metavar="FILE", help="Keep the data in this SQLite file.")] = None,
    generation_seconds: Annotated[float, typer.Option(help="How long a generation takes.")] = 0.3,
    containers: Annotated[int, typer.Option(help="Earlier containers that the project holds.")] = 0,
    fault: FaultOption = None,
    variant: VariantOption = None,
    listed: Annotated[bool, typer.Option("--list", help="List the faults and variants, and serve nothing.")] = False,
) -> None:
    """Serve the reference backend until Ctrl-C.

    Prints a conformance.toml for it.
    """
    if listed:
        show_list()
        return
    from sandbox.__main__ import leave  # noqa: PLC0415 - no other command needs a server
    from sandbox.command import main as serve  # noqa: PLC0415

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    arguments = ["--port", str(port), "--generation-seconds", str(generation_seconds)]
    arguments += ["--containers", str(containers), *(["--db", str(db)] if db else [])]
    serve([*arguments, *sandbox_arguments(fault, variant)])


@app.command()
def selftest(  # noqa: PLR0913 - one parameter a flag
    *,
    profile: Annotated[ProfileOption, typer.Option(help="The profile to measure.")] = ProfileOption.GATE,
    seed: Annotated[list[int] | None, typer.Option(help="Seed of the runs; may be repeated.", show_default="0")] = None,
    jobs: Annotated[int, typer.Option(min=0, help="Runs in parallel; 0 is one for each core.")] = 0,
    only_faults: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Faults by name or requirement, such as IDM-*; no variants."),
    ] = None,
    only_variants: Annotated[
        list[str] | None, typer.Option(metavar="PATTERN", help="Variants by name; no faults.")
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="One fault of each family and depth, and six variants.")
    ] = False,
    at_least: Annotated[
        float, typer.Option(min=0, max=100, help="Percentage of the faults that have to be detected.")
    ] = 100,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The folder for the results.", show_default="reports/selftest-<time>"),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="List all runs, not only those with problems.")] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="The whole collection, not only the part for the published figures.")
    ] = False,
) -> None:
    """Measure which faults of the sandbox a profile detects.

    Runs the profile against the sandbox, against seeded faults of it, and against conformant variants of it.
    The exit status is 0 if enough faults were detected, no variant was accused and no run exceeded its budget, else 1.
    """
    from conformance.selftest import command  # noqa: PLC0415 - `sandbox` needs no run

    options = command.SelftestOptions(
        profile=profile.value,
        seeds=tuple(seed or (0,)),
        workers=jobs,
        faults=tuple(only_faults or () if only_faults or only_variants else ("*",)),
        variants=tuple(only_variants or () if only_faults or only_variants else ("*",)),
        sample=sample,
        out=out,
        share=at_least / 100,
        everything=everything,
        whole=whole,
    )
    with terminated_gently():
        status = command.execute(options)
    raise typer.Exit(status)


def faults_of(requirement: str) -> list[tuple[str, str]]:
    """Return the name and the summary of each fault that breaks a requirement."""
    return [(fault.name, fault.summary) for fault in all_faults().values() if fault.requirement == requirement]


def show_list() -> None:
    """Print every fault with the requirement that it breaks, and every variant, each with its summary."""
    faults = plain_table("Faults (--fault)", "name", "requirement", "summary", whole={"name", "requirement"})
    for fault in all_faults().values():
        faults.add_row(fault.name, fault.requirement, fault.summary)
    variants = plain_table("Variants (--variant), all conformant", "name", "summary", whole={"name"})
    for variant in all_variants().values():
        variants.add_row(variant.name, variant.summary)
    console_for().print(faults, variants)
