"""The commands on the contract: `conformance requirements`, `explain` and `diagram`."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from conformance.checks.judge import check_classes
from conformance.cli.options import group
from conformance.cli.sandbox import faults_of
from conformance.contract import lifecycle
from conformance.contract.document import Contract, load, sources_of
from conformance.exceptions import ConfigurationError
from conformance.reporting.console import console_for
from conformance.reporting.examples import NOTATION, examples
from conformance.reporting.text import counted, markdown_text
from conformance.run.planning.drivers import catalogue
from conformance.run.planning.profiles import ORDER
from conformance.run.settings.target import SETTING_OF_NEED

BEGIN, END = "<!-- diagram:begin -->", "<!-- diagram:end -->"
REGISTER_WIDTH = 160
"""Columns of the register where the output is no terminal."""
SHOWN_FAULTS = 12

app = group()


class Format(StrEnum):
    """The format of the register of requirements."""

    TABLE = "table"
    MARKDOWN = "markdown"
    JSON = "json"


@app.command()
def requirements(
    *,
    form: Annotated[Format, typer.Option("--format", help="The format of the list.")] = Format.TABLE,
) -> None:
    """List every requirement with its checks and drivers.

    Each with its sentence and source, the checks that judge it, the drivers that provoke it, and what it needs of the target.
    """
    contract = load()
    if form is Format.TABLE:
        show_register(contract)
    else:
        typer.echo(register_json(contract) if form is Format.JSON else register_markdown(contract), nl=False)


@app.command()
def explain(requirement: Annotated[str, typer.Argument(metavar="ID", help="A requirement, such as IDM-7.")]) -> None:
    """Explain a requirement: its source, what judges it and more.

    Its sentence and the quoted source, how open places are read, what provokes it at which price, what judges it, and the
    faults of the sandbox that show it.
    """
    contract, name = load(), requirement.upper()
    if name not in contract.requirements:
        near = get_close_matches(name, contract.requirements, n=1)
        guess = f"did you mean {near[0]}? " if near else ""
        raise ConfigurationError(
            f"There is no requirement {requirement[:40]!r}; {guess}`conformance requirements` lists them all."
        )
    for line in lines_of(name, contract):
        typer.echo(line)


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
    if write is None:
        typer.echo(lifecycle.diagram())
    else:
        replace_diagram(write, lifecycle.diagram())


def register_rows(contract: Contract) -> list[dict[str, Any]]:
    """Return every requirement with its checks, its drivers and the first profile that runs one of them."""
    rows = []
    for name, requirement in contract.requirements.items():
        drivers = [driver for driver in catalogue() if name in driver.requirements]
        rows.append(
            {
                "id": name,
                "family": contract.family_title(requirement.family),
                "level": requirement.level,
                "sentence": requirement.sentence,
                "sources": [contract.sources[source] for source in requirement.sources],
                "operations": list(requirement.operations),
                "needs": [SETTING_OF_NEED.get(need, f"capability {need}") for need in requirement.needs],
                "readings": [dict(reading) for reading in requirement.readings],
                "checks": [check.__name__ for check in check_classes() if name in check.judges],
                "drivers": [driver.name for driver in drivers],
                "profile": min((driver.profile for driver in drivers), key=ORDER.index, default=None),
            }
        )
    return rows


def register_json(contract: Contract) -> str:
    """Return the register as JSON."""
    return json.dumps({"version": contract.version, "requirements": register_rows(contract)}, indent=2) + "\n"


def register_markdown(contract: Contract) -> str:
    """Return the register as a Markdown page, one section a family."""
    lines = [
        "# Requirements",
        "",
        f"Version {contract.version} of the register. `conformance requirements --format markdown` writes this page.",
        "",
        "A MUST comes from the page on content items, a SHOULD from another page, and ADVICE is good practice that no page states.",
    ]
    family = None
    for row in register_rows(contract):
        if row["family"] != family:
            family = row["family"]
            prefix = row["id"].partition("-")[0]
            lines += ["", f"## {prefix} {family}", ""]
            lines += [
                "| Id | Level | Requirement | Source | Needs | Checks | Drivers | From profile |",
                "|---" * 8 + "|",
            ]
        lines.append(_markdown_row(row))
    return "\n".join(lines) + "\n"


def _markdown_row(row: dict[str, Any]) -> str:
    sentence = markdown_text(row["sentence"], 2000)
    for reading in row["readings"]:
        sentence += f"<br>*Open reading {reading['reading']}:* {markdown_text(reading['text'], 2000)}"
    cells = [
        row["id"],
        row["level"],
        sentence,
        "; ".join(row["sources"]),
        ", ".join(f"`{need}`" for need in row["needs"]),
        ", ".join(f"`{name}`" for name in row["checks"]),
        ", ".join(f"`{name}`" for name in row["drivers"]),
        row["profile"] or "—",
    ]
    return "| " + " | ".join(cells) + " |"


def replace_diagram(path: Path, diagram: str) -> None:
    """Write the diagrams between the two markers of a page; raises ConfigurationError if the page or a marker is missing."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ConfigurationError(f"Cannot read {path}: {reason}; give --write a Markdown page.") from None
    block = f"{BEGIN}\n{fenced(diagram)}{END}"
    changed, count = re.subn(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: block, text, flags=re.DOTALL)
    if not count:
        raise ConfigurationError(f"{path} has no block from {BEGIN} to {END}; put both markers where the diagram goes.")
    path.write_text(changed, encoding="utf-8")


def fenced(diagram: str) -> str:
    """Return a diagram in the fenced block that GitHub renders."""
    return f"```mermaid\n{diagram.rstrip()}\n```\n"


def show_register(contract: Contract) -> None:
    """Print every requirement with its checks and the number of its drivers."""
    table = Table(title=f"Requirements, version {contract.version}", title_justify="left")
    for column in ("id", "level", "requirement", "from profile", "drivers", "checks", "needs"):
        table.add_column(column, no_wrap=column in {"id", "level"}, overflow="fold")
    for row in register_rows(contract):
        counts = (str(len(row["drivers"])), ", ".join(row["checks"]), ", ".join(row["needs"]))
        table.add_row(row["id"], row["level"], row["sentence"], row["profile"] or "—", *counts)
    console_for(plain_width=REGISTER_WIDTH).print(table)


def lines_of(name: str, contract: Contract) -> Iterator[str]:
    """Yield the page on a requirement in lines."""
    row = next(row for row in register_rows(contract) if row["id"] == name)
    yield f"{name} ({row['level']}, {row['family']})"
    yield f"  {row['sentence']}"
    yield "Follows from:"
    for title, quotes in sources_of(contract, name):
        yield f"  {title}"
        yield from (f"    “{quote.text}” ({quote.anchor})" for quote in quotes)
    for reading in row["readings"]:
        setting = f" (setting {reading['setting']})" if reading["setting"] else ""
        yield f"  Open reading {reading['reading']}{setting}: {reading['text']}"
    if row["needs"]:
        yield f"Needs: {', '.join(row['needs'])}"
    yield from _drivers(name)
    yield "Judged by:"
    for check in check_classes():
        if name in check.judges:
            summary = (inspect.getdoc(check) or "").partition("\n")[0]
            yield f"  {check.__name__}: {summary}"
    example = examples().get(name)
    if example is not None:
        yield f"A history that breaks it {NOTATION}:"
        yield from (f"  {line}" for line in example.bad)
        yield f"  {example.says}"
        yield "One that keeps it:"
        yield from (f"  {line}" for line in example.good)
    yield from _faults(name)


def _drivers(name: str) -> Iterator[str]:
    drivers = [driver for driver in catalogue() if name in driver.requirements]
    yield "Provoked by:" if drivers else "Provoked by: no driver of its own; it is judged wherever it shows"
    for driver in drivers:
        price = (
            f"{counted(driver.generations, 'generation')} at most" if driver.generations else "no generation of its own"
        )
        shared = f", and the shared containers {', '.join(driver.takes)}" if driver.takes else ""
        yield f"  {driver.name} (from {driver.profile}; {price}{shared})"


def _faults(name: str) -> Iterator[str]:
    faults = faults_of(name)
    yield f"Faults of the sandbox that show it ({len(faults)}; conformance run --only {name} --fault NAME):"
    for fault, summary in faults[:SHOWN_FAULTS]:
        yield f"  {fault}: {summary}"
    if len(faults) > SHOWN_FAULTS:
        yield f"  and {len(faults) - SHOWN_FAULTS} more: conformance sandbox --list"
