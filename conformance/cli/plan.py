"""`conformance plan`: what a run on this target would do and cost; nothing is sent."""

from __future__ import annotations

import json
from math import ceil
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from conformance.cli.options import BaseUrlOption, ConfigOption, OnlyOption, ProfileChoice, ProjectOption, group
from conformance.contract.document import load
from conformance.reporting.console import console_for, plain_table
from conformance.reporting.progress import title_of
from conformance.reporting.text import compact_by_family, counted
from conformance.run.launch import RunOptions
from conformance.run.planning.drivers import parse_selection
from conformance.run.planning.plan import Plan, duration, plan_run
from conformance.run.planning.profiles import PROFILES
from conformance.run.settings.loading import load as load_target

SANDBOX = "the built-in sandbox"


app = group()


@app.command()
def plan(
    *,
    base_url: BaseUrlOption = None,
    config: ConfigOption = None,
    profile: ProfileChoice = None,
    only: OnlyOption = "",
    project_id: ProjectOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="List the drivers too.")] = False,
) -> None:
    """Show what a run would do and cost.

    What `conformance run` would do on this target with the same options: its drivers and requirements, what it spends at most,
    and what is out of reach for want of which setting. Nothing is sent, and no key is needed.
    """
    depth = profile.value if profile else None
    show_plan(
        RunOptions(base_url=base_url, config=config, profile=depth, only=only),
        project_id,
        as_json=as_json,
        verbose=verbose,
    )


def show_plan(
    options: RunOptions, project_id: str | None = None, *, as_json: bool = False, verbose: bool = False
) -> None:
    """Print the plan of the run that `conformance run` would make with the same options."""
    target = None
    if not options.is_on_sandbox:
        flags = {"target": {"base_url": options.base_url, "project_id": project_id}}
        # Nothing is sent, so no key is needed.
        target = load_target(options.config_file, flags, needs_key=False)
    only = parse_selection(options.only, load())
    plan = plan_run(PROFILES[options.depth], only, target)
    where = target.base_url if target else SANDBOX
    if as_json:
        typer.echo(json.dumps(_facts(plan, where, only), indent=2, ensure_ascii=False))
    else:
        _show(plan, where, verbose=verbose)


def _facts(plan: Plan, where: str, only: tuple[str, ...]) -> dict[str, Any]:
    """Return the plan as JSON; every number is the most that the run can come to, but those of `about`."""
    pace = plan.estimate.pace
    return {
        "schemaVersion": 1,
        "target": where,
        "profile": plan.profile,
        "only": only,
        "requirements": plan.requirements,
        "generations": plan.generations,
        "generationsBudget": plan.budget.generations,
        "requests": plan.budget.requests,
        "seconds": plan.budget.seconds,
        "requestsPerSecond": pace.requests_per_second,
        "about": {
            "requests": plan.estimate.requests,
            "seconds": ceil(plan.estimate.seconds),
            "generationSeconds": pace.generation_seconds,
            "assumed": pace.assumed,
        },
        "outOfReach": [
            {
                "setting": setting.setting,
                "requirements": setting.requirements,
                "drivers": len(setting.drivers),
                "generations": setting.price,
            }
            for setting in plan.out_of_reach
        ],
        "drivers": [
            {
                "name": driver.name,
                "summary": driver.summary,
                "requirements": driver.requirements,
                "generations": plan.bill.of.get(driver.name, 0),
                "outOfReach": plan.idle.get(driver.name),
            }
            for driver in plan.drivers
        ],
    }


def _show(plan: Plan, where: str, *, verbose: bool) -> None:
    console = console_for()
    console.print(Text(plan.sentence(), "bold"))
    facts = Table.grid(padding=(0, 2))
    facts.add_row("target", Text(where, overflow="fold"))
    facts.add_row("requirements", compact_by_family(plan.requirements))
    facts.add_row("reckoned with", plan.estimate.basis)
    facts.add_row("never more", f"than {plan.budget.requests:,} requests and {duration(plan.budget.seconds)}")
    if plan.for_crowd is not None and not plan.bill.crowd:
        facts.add_row(
            "left out",
            f"pages above limit=200 of a small project (LST-11); --generations {plan.for_crowd} pays for a crowd",
        )
    console.print(facts)
    if plan.shortage:
        console.print(Text(plan.shortage, "bold yellow"))
    if plan.out_of_reach:
        console.print()
        console.print(_out_of_reach(plan))
    if verbose:
        console.print()
        console.print(_drivers(plan))


def _out_of_reach(plan: Plan) -> Table:
    missing = "the setting that is missing"
    table = plain_table("Out of reach", missing, "requirements", "naming it adds at most", whole={missing})
    for setting in plan.out_of_reach:
        adds = f"{counted(len(setting.drivers), 'driver')}, {counted(setting.price, 'generation')}"
        table.add_row(setting.setting, compact_by_family(setting.requirements), adds)
    return table


def _drivers(plan: Plan) -> Table:
    table = plain_table("Drivers in their order", "driver", "what it does", "requirements", "generations")
    for driver in plan.drivers:
        price = "out of reach" if driver.name in plan.idle else str(plan.bill.of[driver.name] or "")
        table.add_row(title_of(driver.name), driver.summary, compact_by_family(driver.requirements), price)
    return table
