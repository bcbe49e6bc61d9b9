"""`conformance explain`: all that there is to know of one requirement."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from difflib import get_close_matches

import typer

from conformance.checks.judge import check_classes
from conformance.cli.changes import faults_of
from conformance.cli.pages import register_rows
from conformance.contract.document import Contract, load, sources_of
from conformance.exceptions import ConfigurationError
from conformance.reporting.examples import examples
from conformance.reporting.examples import lines_of as history_lines
from conformance.reporting.text import counted
from conformance.run.planning.drivers import catalogue

SHOWN_FAULTS = 12


def explain_requirement(name: str) -> None:
    """Print a page on one requirement; raises ConfigurationError for an id that the register does not have."""
    contract = load()
    asked = name.upper()
    if asked not in contract.requirements:
        near = get_close_matches(asked, contract.requirements, n=1)
        guess = f"did you mean {near[0]}? " if near else ""
        raise ConfigurationError(
            f"There is no requirement {name[:40]!r}; {guess}`conformance requirements` lists them all."
        )
    for line in lines_of(asked, contract):
        typer.echo(line)


def lines_of(name: str, contract: Contract) -> Iterator[str]:
    """Yield the page on a requirement in lines."""
    row = next(row for row in register_rows(contract) if row["id"] == name)
    yield f"{name} ({row['level']}, {row['family']})"
    yield f"  {row['sentence']}"
    yield from _sources(name, contract)
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
    yield from _examples(name, contract)
    yield from _faults(name)


def _sources(name: str, contract: Contract) -> Iterator[str]:
    yield "Follows from:"
    for title, quotes in sources_of(contract, name):
        yield f"  {title}"
        for quote in quotes:
            yield f"    “{quote.text}” ({quote.anchor})"


def _drivers(name: str) -> Iterator[str]:
    drivers = [driver for driver in catalogue() if name in driver.requirements]
    yield "Provoked by:" if drivers else "Provoked by: no driver of its own; it is judged wherever it shows"
    for driver in drivers:
        price = (
            f"{counted(driver.generations, 'generation')} at most" if driver.generations else "no generation of its own"
        )
        shared = f", and the shared containers {', '.join(driver.takes)}" if driver.takes else ""
        yield f"  {driver.name} (from {driver.profile}; {price}{shared})"


def _examples(name: str, contract: Contract) -> Iterator[str]:
    example = examples().get(name)
    if example is None:
        return
    yield "A history that breaks it:"
    yield from (f"  {line}" for line in history_lines(example.bad, contract))
    yield f"  {example.says}"
    yield "One that keeps it:"
    yield from (f"  {line}" for line in history_lines(example.good, contract))


def _faults(name: str) -> Iterator[str]:
    faults = faults_of(name)
    yield f"Faults of the sandbox that show it ({len(faults)}; conformance run --only {name} --fault NAME):"
    for fault, summary in faults[:SHOWN_FAULTS]:
        yield f"  {fault}: {summary}"
    if len(faults) > SHOWN_FAULTS:
        yield f"  and {len(faults) - SHOWN_FAULTS} more: conformance sandbox --list"
