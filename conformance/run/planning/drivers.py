"""The catalogue of drivers: which test of the suite provokes which requirements, and which of them a selection (`--only`) needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any, TypeVar

import pytest

from conformance.contract.document import Contract, load
from conformance.exceptions import ConfigurationError
from conformance.run.planning.profiles import Profile, ProfileName
from conformance.run.settings.target import SETTING_OF_NEED

MODULES = (
    "test_life",
    "test_access",
    "test_replaying",
    "test_errors",
    "test_organizations",
    "test_regenerating",
    "test_formats",
    "test_listing",
    "test_review",
    "test_cloning",
    "test_callers",
    "test_ending",
    "test_situations",
    "test_clock",
    "test_looking_back",
    "test_tour",
    "test_at_once",
    "test_crowd",
    "test_fuzz",
)
"""The modules of the suite in the order in which one worker runs them: cheap ones that show much come first."""

_Test = TypeVar("_Test", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Driver:
    """One test of the suite: its name, what it provokes, and the shallowest profile that runs it.

    `group` names the drivers that run on one worker. `generations` is the most that it spends itself, and `without` the most that it
    spends more, or the shared containers that it takes, where a need is not met; for `takes`, `leaves` and `spoils` see `price`. Without
    its `needs` it can do nothing. `fills` of its generations can only be new containers of the plain project. One with `up_to` fills
    that project up to so many containers, and up to a `crowd` of so many where a budget of the user's own leaves room for it.

    Drivers run side by side. One that `changes` what others take or use has it for itself, and those that come later wait until then.
    `uses` names what a driver shares at no price, and `any_state` what it takes as it is, such as for its create alone. `depth` is how many
    generations it waits for one after the other, those that it takes included, and `calls` about how many requests it sends. One that has to be
    `alone` runs last, beside no other.
    """

    name: str
    requirements: tuple[str, ...]
    profile: ProfileName
    summary: str = ""
    group: str = "tour"
    generations: int = 0
    takes: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    spoils: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    without: Mapping[str, int | str] = field(default_factory=dict)
    fills: int = 0
    up_to: int = 0
    crowd: int = 0
    uses: tuple[str, ...] = ()
    any_state: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    depth: int = 0
    calls: int = 20
    alone: bool = False

    @property
    def shares(self) -> frozenset[str]:
        """The names of what may not change while it runs, taken at a price or not."""
        instead = (name for name in self.without.values() if isinstance(name, str))
        return frozenset((*self.takes, *self.uses, *instead)) - frozenset(self.any_state)

    def chosen(self, profile: Profile, only: Iterable[str]) -> bool:
        """Return whether a run of this profile, limited to `only` (see `selection`), needs this driver."""
        wanted, contract = tuple(only), load()
        return profile.includes(self.profile) and any(
            selects(wanted, contract, requirement) for requirement in self.requirements
        )


def provokes(
    *requirements: str, profile: ProfileName = "smoke", group: str = "tour", **more: Any
) -> Callable[[_Test], _Test]:
    """Mark a test as a driver of requirements, from a profile on; drivers of one group run on one worker and share its stock.

    Each of `requirements` holds one id or several, separated by spaces. `more` are the further fields of `Driver` that say what the driver
    spends, needs and shares.
    """
    ids = " ".join(requirements).split()

    def mark(test: _Test) -> _Test:
        pytest.mark.xdist_group(group)(test)
        marked: _Test = pytest.mark.provokes(*ids, profile=profile, group=group, **more)(test)
        return marked

    return mark


@lru_cache(maxsize=1)
def catalogue() -> tuple[Driver, ...]:
    """Return every driver of the suite, in the order in which one worker runs them."""
    found = []
    for module_name in MODULES:
        module = import_module(f"conformance.suite.{module_name}")
        for name, value in vars(module).items():
            marks = getattr(value, "pytestmark", ()) if name.startswith("test_") else ()
            for mark in marks:
                if mark.name == "provokes":
                    summary = (value.__doc__ or "").strip().partition("\n")[0]
                    fields = mark.kwargs | {"needs": _needs(mark.args[0], mark.kwargs.get("needs", ()))}
                    found.append(Driver(f"{module_name}::{name}", mark.args, summary=summary, **fields))
    return tuple(found)


def _needs(first: str, more: tuple[str, ...]) -> tuple[str, ...]:
    """Return the settings that a driver needs: a driver names first what it is for, and cannot go on without what that needs."""
    return (*(need for need in load().requirements[first].needs if need in SETTING_OF_NEED), *more)


def by_requirement(drivers: Iterable[Driver]) -> dict[str, list[str]]:
    """Return the names of the drivers of each requirement."""
    found: dict[str, list[str]] = {}
    for driver in drivers:
        for requirement in driver.requirements:
            found.setdefault(requirement, []).append(driver.name)
    return found


def promise_of(
    selected: Collection[str], left_out: Collection[str], elsewhere: Collection[str] = ()
) -> dict[str, list[str]]:
    """Return what the selected drivers promise together, with their names; `elsewhere` are the drivers of other shards.

    Drivers of one requirement may depend on each other: if one was left out, the rest do not promise it. Nor do they if one belongs to
    another shard, but for what a driver names first, which it is for and shows by itself.
    """
    provoking = by_requirement(catalogue())
    mine = [driver for driver in catalogue() if driver.name in selected]
    firsts = {driver.requirements[0] for driver in mine}
    return {
        requirement: drivers
        for requirement, drivers in by_requirement(mine).items()
        if set(left_out).isdisjoint(provoking[requirement])
        and (requirement in firsts or set(elsewhere).isdisjoint(provoking[requirement]))
    }


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
