"""`conformance plan`: what a run on this target would do and cost; nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from pathlib import Path

from rich.table import Table
from rich.text import Text

from conformance.contract.document import load
from conformance.reporting.console import console_for
from conformance.reporting.model import Model
from conformance.reporting.progress import title_of
from conformance.reporting.text import compact_by_family, counted
from conformance.run.launch import RunOptions
from conformance.run.planning.drivers import parse_selection
from conformance.run.planning.plan import Plan, duration, plan_run
from conformance.run.planning.profiles import PROFILES
from conformance.run.settings.loading import load as load_target
from conformance.run.settings.target import Target

SANDBOX = "the built-in sandbox"


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """The options of `conformance plan`; None and empty values mean that an option was not given."""

    base_url: str | None = None
    config: Path | None = None
    profile: str | None = None
    only: str = ""
    project_id: str | None = None


class PlannedDriver(Model):
    """A driver; `out_of_reach` names the setting for want of which it can do nothing."""

    name: str
    summary: str
    requirements: list[str]
    generations: int
    out_of_reach: str | None


class Reachable(Model):
    """What naming a setting would add: requirements, drivers and at most so many generations."""

    setting: str
    requirements: list[str]
    drivers: int
    generations: int


class About(Model):
    """About what the run comes to, by the marks of its drivers; `assumed` says that no setting gives the seconds of a generation."""

    requests: int
    seconds: int
    generation_seconds: float
    assumed: bool


class PlanFacts(Model):
    """The plan as JSON; every number is the most that the run can come to, but those of `about`."""

    schema_version: int = 1
    target: str
    profile: str
    only: list[str]
    requirements: list[str]
    generations: int
    generations_budget: int
    requests: int
    seconds: float
    requests_per_second: float | None
    about: About
    out_of_reach: list[Reachable]
    drivers: list[PlannedDriver]


def show_plan(options: PlanOptions, *, as_json: bool = False, verbose: bool = False) -> None:
    """Print the plan of the run that `conformance run` would make with the same options."""
    run = RunOptions(base_url=options.base_url, config=options.config, profile=options.profile)
    target = _target(options, run) if not run.is_on_sandbox else None
    only = parse_selection(options.only, load())
    plan = plan_run(PROFILES[run.depth], only, target)
    where = target.base_url if target else SANDBOX
    if as_json:
        print(_facts(plan, where, only).model_dump_json(by_alias=True, indent=2))  # noqa: T201 - the output of this command
    else:
        _show(plan, where, verbose=verbose)


def _target(options: PlanOptions, run: RunOptions) -> Target:
    flags = {"target": {"base_url": options.base_url, "project_id": options.project_id}}
    # Nothing is sent, so no key is needed.
    return load_target(run.config_file, flags, needs_key=False)


def _facts(plan: Plan, where: str, only: tuple[str, ...]) -> PlanFacts:
    return PlanFacts(
        target=where,
        profile=plan.profile,
        only=list(only),
        requirements=list(plan.requirements),
        generations=plan.generations,
        generations_budget=plan.budget.generations,
        requests=plan.budget.requests,
        seconds=plan.budget.seconds,
        requests_per_second=plan.estimate.pace.requests_per_second,
        about=About(
            requests=plan.estimate.requests,
            seconds=ceil(plan.estimate.seconds),
            generation_seconds=plan.estimate.pace.generation_seconds,
            assumed=plan.estimate.pace.assumed,
        ),
        out_of_reach=[
            Reachable(
                setting=each.setting,
                requirements=list(each.requirements),
                drivers=len(each.drivers),
                generations=each.price,
            )
            for each in plan.out_of_reach
        ],
        drivers=[
            PlannedDriver(
                name=driver.name,
                summary=driver.summary,
                requirements=list(driver.requirements),
                generations=plan.bill.of.get(driver.name, 0),
                out_of_reach=plan.idle.get(driver.name),
            )
            for driver in plan.drivers
        ],
    )


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
    table = Table(title="Out of reach", title_justify="left", box=None, padding=(0, 1), pad_edge=False)
    table.add_column("the setting that is missing", no_wrap=True)
    table.add_column("requirements")
    table.add_column("naming it adds at most")
    for each in plan.out_of_reach:
        adds = f"{counted(len(each.drivers), 'driver')}, {counted(each.price, 'generation')}"
        table.add_row(each.setting, compact_by_family(each.requirements), adds)
    return table


def _drivers(plan: Plan) -> Table:
    table = Table(title="Drivers in their order", title_justify="left")
    for heading in ("driver", "what it does", "requirements"):
        table.add_column(heading, overflow="fold")
    table.add_column("generations", justify="right")
    for driver in plan.drivers:
        price = "out of reach" if driver.name in plan.idle else str(plan.bill.of[driver.name] or "")
        table.add_row(title_of(driver.name), driver.summary, compact_by_family(driver.requirements), price)
    return table
