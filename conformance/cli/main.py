"""The command line: `conformance run` and the other commands.

Every command imports what it needs in its own body, so that `conformance --help` loads typer and nothing else.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from conformance.cli import findings, saved
from conformance.cli.options import (
    BaseUrlOption,
    ConfigOption,
    FaultOption,
    Format,
    KnownFailuresOption,
    OnlyOption,
    ProfileOption,
    ProjectOption,
    ReportDirOption,
    ResumeOption,
    SandboxOption,
    ShardOption,
    UpdateKnownFailuresOption,
    VariantOption,
    sandbox_arguments,
    workers_of,
)
from conformance.exceptions import ConformanceError

RUN_HELP = """\
Run the suite against a target and judge it.

\b
Examples:
  conformance run --sandbox
      Certify the embedded sandbox, to see what a run shows.
  conformance run --base-url URL --project-id ID
      The least that a run needs, besides the key in LAYERS_API_KEY.
  conformance init; conformance run
      Run against the target that conformance.toml describes.
  conformance run --profile smoke
      Start one generation, within a minute.
  conformance run --only IDM,LST-4
      Provoke only these requirements.
  conformance run --resume reports/FOLDER
      Go on with a run that did not come to its end.
  conformance run --profile smoke --only CRE-1 --fault create-answers-201
      See what a failure looks like, on the sandbox with a defect.

\b
Exit status:
  0    nothing wrong in its scope: no MUST failed, and every promised MUST was exercised
  1    not conformant: a MUST failed; with --strict a SHOULD too
  2    incomplete, or the target could not be judged at all
  3    a defect of the harness
  130  interrupted before anything was found broken
"""
"""The help of `conformance run`; the backspaces keep click from wrapping the paragraphs that follow them."""
app = typer.Typer(
    name="conformance",
    help="Contract tests and a conformance harness for the content part of the Layers Partner API.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Typer's rich help imports a Markdown parser and a highlighter, which takes longer than all the rest of `--help`.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)


def _version(asked: bool) -> None:  # noqa: FBT001 - typer calls it so
    if asked:
        from conformance import __version__  # noqa: PLC0415 - reads the metadata of the package

        typer.echo(f"layers-conformance {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command(help=RUN_HELP)
def run(  # noqa: PLR0913 - one parameter a flag
    *,
    base_url: BaseUrlOption = None,
    config: ConfigOption = None,
    profile: Annotated[
        ProfileOption | None,
        typer.Option(help="How deep the run goes and what it may spend.", show_default="gate; certify for the sandbox"),
    ] = None,
    workers: Annotated[
        str,
        typer.Option(
            "-n", "--workers", metavar="N|auto", callback=workers_of, help="Number of processes; 0 uses this one."
        ),
    ] = "0",
    report_dir: ReportDirOption = None,
    only: OnlyOption = "",
    shard: ShardOption = "",
    resume: ResumeOption = None,
    strict: Annotated[bool, typer.Option("--strict", help="A failed SHOULD makes the run not conformant too.")] = False,
    stop_on: Annotated[
        str,
        typer.Option(metavar="LIST", help="End the run as soon as one of these requirements or families has failed."),
    ] = "",
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    project_id: ProjectOption = None,
    generations: Annotated[int | None, typer.Option(min=0, help="The most generations to start.")] = None,
    requests: Annotated[int | None, typer.Option(min=1, help="The most requests to send.")] = None,
    seconds: Annotated[float | None, typer.Option(min=1, help="The most seconds to take.")] = None,
    known_failures: KnownFailuresOption = None,
    update_known_failures: UpdateKnownFailuresOption = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print the outcome only.")] = False,
    sandbox: SandboxOption = False,
    fault: FaultOption = None,
    variant: VariantOption = None,
) -> None:
    """Run the suite against a target and judge it."""
    from conformance.run.launch import RunOptions, execute  # noqa: PLC0415

    overrides = {
        "CONFORMANCE_TARGET__PROJECT_ID": project_id,
        "CONFORMANCE_BUDGET__GENERATIONS": generations,
        "CONFORMANCE_BUDGET__REQUESTS": requests,
        "CONFORMANCE_BUDGET__SECONDS": seconds,
    }
    options = RunOptions(
        base_url=base_url,
        config=config,
        profile=profile.value if profile else None,
        workers=workers,
        report_dir=report_dir,
        only=only,
        shard=shard,
        resume=resume,
        strict=strict,
        stop_on=stop_on,
        seed=seed,
        quiet=quiet,
        known_failures=known_failures,
        update_known_failures=update_known_failures,
        overrides={name: None if value is None else str(value) for name, value in overrides.items()},
        sandbox=sandbox,
        changes=sandbox_arguments(fault, variant),
    )
    raise typer.Exit(execute(options))


saved.add_to(app)


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
        from conformance.cli import changes  # noqa: PLC0415 - loads every fault

        changes.show_list()
        return
    import signal  # noqa: PLC0415

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
    from conformance.run.signals import terminated_gently  # noqa: PLC0415 - no other command here needs it
    from conformance.selftest import command  # noqa: PLC0415 - loads every fault

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


@app.command()
def requirements(
    *,
    form: Annotated[Format, typer.Option("--format", help="The format of the list.")] = Format.TABLE,
) -> None:
    """List every requirement with its checks and drivers.

    Each with its sentence and source, the checks that judge it, the drivers that provoke it, and what it needs of the target.
    """
    from conformance.cli import pages  # noqa: PLC0415 - loads the suite
    from conformance.contract.document import load  # noqa: PLC0415

    contract = load()
    if form is Format.JSON:
        typer.echo(pages.register_json(contract), nl=False)
    elif form is Format.MARKDOWN:
        typer.echo(pages.register_markdown(contract), nl=False)
    else:
        from conformance.cli.tables import show_register  # noqa: PLC0415

        show_register(contract)


@app.command()
def init(
    *,
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("conformance.toml"),
    base_url: Annotated[
        str, typer.Option(metavar="URL", help="Base URL of the target.")
    ] = "https://staging.example.com",
    project_id: Annotated[str, typer.Option(metavar="ID", help="A project of the target.")] = "put-a-project-id-here",
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Write a commented conformance.toml."""
    from conformance.cli.pages import write_template  # noqa: PLC0415 - loads the suite

    write_template(path, base_url, project_id, force=force)
    typer.echo(f"Wrote {path}. Edit it, export LAYERS_API_KEY=…, and run `conformance run`.")


@app.command()
def plan(
    *,
    base_url: BaseUrlOption = None,
    config: ConfigOption = None,
    profile: Annotated[
        ProfileOption | None,
        typer.Option(help="The profile to plan.", show_default="gate; certify for the sandbox"),
    ] = None,
    only: OnlyOption = "",
    project_id: ProjectOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="List the drivers too.")] = False,
) -> None:
    """Show what a run would do and cost.

    What `conformance run` would do on this target with the same options: its drivers and requirements, what it spends at most,
    and what is out of reach for want of which setting. Nothing is sent, and no key is needed.
    """
    from conformance.cli.plan import PlanOptions, show_plan  # noqa: PLC0415 - loads the suite

    depth = profile.value if profile else None
    show_plan(PlanOptions(base_url, config, depth, only, project_id), as_json=as_json, verbose=verbose)


@app.command()
def doctor(
    *,
    base_url: BaseUrlOption = None,
    config: ConfigOption = None,
    project_id: ProjectOption = None,
    sandbox: SandboxOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Look whether each setting of the target works.

    Asks the target, but starts no generation, changes nothing and writes nothing. Shows where each setting comes from, what each
    missing one would add, and the lines for a CI. The exit status is 0 if everything that is configured works, else 2.
    """
    from conformance.cli.doctor import show_doctor  # noqa: PLC0415 - loads the suite
    from conformance.run.launch import RunOptions  # noqa: PLC0415

    overrides = {"CONFORMANCE_TARGET__PROJECT_ID": project_id}
    options = RunOptions(base_url=base_url, config=config, overrides=overrides, sandbox=sandbox)
    raise typer.Exit(show_doctor(options, as_json=as_json))


@app.command()
def diagram(
    *,
    write: Annotated[
        Path | None, typer.Option("--write", metavar="FILE", help="Write it between the markers of this page.")
    ] = None,
) -> None:
    """Draw the legal transitions as a Mermaid diagram.

    Those of containers, of jobs and of approvals.
    """
    from conformance.cli import pages  # noqa: PLC0415 - help must not wait for them
    from conformance.contract import lifecycle  # noqa: PLC0415 - help must not wait for them

    if write is None:
        typer.echo(lifecycle.diagram())
    else:
        pages.replace_diagram(write, lifecycle.diagram())


findings.add_to(app)


def main() -> None:
    """Run the command line; every error reaches the user as one sentence."""
    try:
        app()
    except ConformanceError as error:
        status = error.exit_status
        from conformance.cli.failing import on_one_line  # noqa: PLC0415 - help must not wait for it

        print(on_one_line(error), file=sys.stderr)  # noqa: T201 - errors go to stderr
    except Exception as error:  # noqa: BLE001 - no other place can turn it into a sentence
        from conformance.cli.failing import explain  # noqa: PLC0415 - help must not wait for it

        status = explain(error)
    else:
        return
    sys.exit(status)


if __name__ == "__main__":
    main()
