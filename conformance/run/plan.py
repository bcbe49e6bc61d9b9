"""The plan of a run and its price, shown before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.run.drivers import Driver, catalogue
from conformance.run.profiles import Profile


@dataclass(frozen=True, slots=True)
class Plan:
    """The drivers of a run in their order, and the budget of generations that it has."""

    profile: str
    drivers: tuple[Driver, ...]
    budget: int

    @property
    def price(self) -> int:
        """The most generations that the drivers spend together."""
        return sum(driver.generations for driver in self.drivers)

    @property
    def requirements(self) -> frozenset[str]:
        """The requirements that the drivers provoke."""
        return frozenset(requirement for driver in self.drivers for requirement in driver.requirements)

    def sentence(self) -> str:
        """Return the plan and its price in one line."""
        return (
            f"Plan of {self.profile}: {len(self.drivers)} drivers for {len(self.requirements)} requirements, "
            f"at most {self.price} generations of a budget of {self.budget}."
        )


def plan_run(profile: Profile, only: Iterable[str] = (), budget: int | None = None) -> Plan:
    """Return the plan of a run limited to `only`; `budget` overrides the generations of the profile."""
    wanted = tuple(only)
    drivers = tuple(driver for driver in catalogue() if driver.chosen(profile, wanted))
    return Plan(profile.name, drivers, profile.generations if budget is None else budget)
