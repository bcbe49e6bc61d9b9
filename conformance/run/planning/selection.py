"""Which requirements a run is limited to, named by id (`CRE-1`), family (`CRE`) or the marker of a family (`creating`)."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.contract.document import Contract
from conformance.exceptions import ConfigurationError


def selects(only: Iterable[str], contract: Contract, requirement: str) -> bool:
    """Return whether one of the names, in any case, stands for a requirement; an empty selection holds all."""
    wanted = {name.strip().lower() for name in only} - {""}
    family = contract.requirements[requirement].family
    return not wanted or not wanted.isdisjoint({requirement.lower(), family.lower(), _marker(contract, family)})


def parse_selection(text: str, contract: Contract) -> tuple[str, ...]:
    """Return the names of a comma-separated list as the register writes them.

    Raises ConfigurationError for a name that stands for nothing.
    """
    markers = {_marker(contract, family) for family in contract.families}
    names = []
    for name in filter(None, map(str.strip, text.split(","))):
        if name.lower() in markers:
            names.append(name.lower())
        elif name.upper() in contract.requirements or name.upper() in contract.families:
            names.append(name.upper())
        else:
            known = ", ".join(contract.families)
            raise ConfigurationError(f"There is no requirement or family {name}; the families are {known}.")
    return tuple(names)


def _marker(contract: Contract, family: str) -> str:
    return contract.families[family]["marker"].lower()
