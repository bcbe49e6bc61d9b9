"""`conformance run`."""

from __future__ import annotations

from typing import Annotated

import typer

from conformance.cli.options import (
    BaseUrlOption,
    ConfigOption,
    DriverOption,
    FaultOption,
    KnownFailuresOption,
    OnlyOption,
    ProfileChoice,
    ProjectOption,
    QuietOption,
    ReportDirOption,
    ResumeOption,
    SandboxOption,
    ShardOption,
    UpdateKnownFailuresOption,
    VariantOption,
    group,
    sandbox_arguments,
    workers_of,
)
from conformance.run.launch import RunOptions, execute

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
app = group()


@app.command(help=RUN_HELP)
def run(  # noqa: PLR0913 - one parameter a flag
    *,
    base_url: BaseUrlOption = None,
    config: ConfigOption = None,
    profile: ProfileChoice = None,
    workers: Annotated[
        str,
        typer.Option(
            "-n", "--workers", metavar="N|auto", callback=workers_of, help="Number of processes; 0 uses this one."
        ),
    ] = "0",
    report_dir: ReportDirOption = None,
    only: OnlyOption = "",
    driver: DriverOption = "",
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
    quiet: QuietOption = False,
    sandbox: SandboxOption = False,
    fault: FaultOption = None,
    variant: VariantOption = None,
) -> None:
    """Run the suite against a target and judge it."""
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
        driver=driver,
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
