"""The faults and variants of the sandbox, by which a defect or another backend can be seen: listed, looked up and completed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from rich.table import Table

from conformance.exceptions import ConfigurationError
from conformance.reporting.console import console_for
from sandbox.change import Fault, Variant
from sandbox.faults import all_faults
from sandbox.variants import all_variants


def arguments(faults: Iterable[str], variants: Iterable[str]) -> tuple[str, ...]:
    """Return the arguments of the sandbox for faults and variants; raises ConfigurationError for a name that it does not have."""
    pairs = [("--fault", _known("fault", name, all_faults())) for name in faults]
    pairs += [("--variant", _known("variant", name, all_variants())) for name in variants]
    return tuple(word for pair in pairs for word in pair)


def _known(kind: str, name: str, known: Mapping[str, object]) -> str:
    if name in known:
        return name
    near = get_close_matches(name, known, n=1)
    guess = f"did you mean {near[0]}? " if near else ""
    raise ConfigurationError(
        f"The sandbox has no {kind} {name!r}; {guess}`conformance sandbox --list` names its faults and variants."
    )


def faults_of(requirement: str) -> list[tuple[str, str]]:
    """Return the name and the summary of each fault that breaks a requirement."""
    faults: Iterable[Fault] = all_faults().values()
    return [(each.name, each.summary) for each in faults if each.requirement == requirement]


def show_list() -> None:
    """Print every fault with the requirement that it breaks, and every variant, each with its summary."""
    console = console_for()
    faults: Iterable[Fault] = all_faults().values()
    variants: Iterable[Variant] = all_variants().values()
    console.print(_table("Faults (--fault)", ((each.name, each.requirement, each.summary) for each in faults)))
    console.print(_table("Variants (--variant), all conformant", ((each.name, "", each.summary) for each in variants)))


def _table(title: str, rows: Iterable[tuple[str, str, str]]) -> Table:
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1), pad_edge=False)
    for column in ("name", "requirement", "summary"):
        table.add_column(column, no_wrap=column != "summary")
    for row in rows:
        table.add_row(*row)
    return table
