"""The plan of a run on one target and its price, known before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.contract.document import load
from conformance.door.budget import Limits
from conformance.reporting.text import counted
from conformance.run.drivers import Driver, catalogue
from conformance.run.profiles import Profile
from conformance.run.selection import selects
from conformance.run.shards import Shard
from conformance.run.target import SETTING_OF_NEED, Target

INSTEAD: dict[str, dict[str, int]] = {"review_project": {"test_regenerating::test_a_regenerate_with_a_patch": 1}}
"""What a driver spends more where a need is not met, in place of the drivers that are out of reach then."""


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """What a setting that the target does not name keeps out of reach, and the most generations that naming it would add."""

    setting: str
    requirements: tuple[str, ...]
    drivers: tuple[Driver, ...]
    instead: int = 0

    @property
    def price(self) -> int:
        """The most generations that its drivers spend together, less those that others spend instead of them."""
        return sum(driver.generations for driver in self.drivers) - self.instead


@dataclass(frozen=True, slots=True)
class Plan:
    """The drivers of a run in their order, what they can show of this target, and what they may spend.

    `requirements` are those that the run promises as far as the configuration goes; what the target itself lacks, only the run finds out.
    """

    profile: str
    drivers: tuple[Driver, ...]
    requirements: tuple[str, ...]
    out_of_reach: tuple[OutOfReach, ...]
    limits: Limits
    requests_per_second: float | None = None
    instead: int = 0

    @property
    def idle(self) -> frozenset[str]:
        """The names of the drivers that the target gives nothing to do."""
        return frozenset(driver.name for each in self.out_of_reach for driver in each.drivers)

    @property
    def price(self) -> int:
        """The most generations that the other drivers spend together."""
        return sum(driver.generations for driver in self.drivers if driver.name not in self.idle) + self.instead

    @property
    def generations(self) -> int:
        """The most generations that the run spends: its drivers' price, or less where the budget is less."""
        return min(self.price, self.limits.generations)

    @property
    def seconds(self) -> float:
        """The most seconds that the run takes: those of its budget, or less where its requests are sooner spent at its pace."""
        if self.requests_per_second is None:
            return self.limits.seconds
        return min(self.limits.seconds, self.limits.requests / self.requests_per_second)

    def sentence(self) -> str:
        """Return the plan and its price in one line."""
        idle = f", {len(self.idle)} of them out of reach" if self.idle else ""
        return (
            f"Plan of {self.profile}: {counted(len(self.drivers), 'driver')}{idle}, for "
            f"{counted(len(self.requirements), 'requirement')}, at most {counted(self.generations, 'generation')} "
            f"of a budget of {self.limits.generations}."
        )


def limits_of(profile: Profile, target: Target | None) -> Limits:
    """Return what a run may spend: the configuration of the target overrides the profile."""
    if target is None:
        return Limits(profile.generations, profile.requests, profile.seconds)
    budget = target.budget
    return Limits(
        generations=profile.generations if budget.generations is None else budget.generations,
        requests=budget.requests or profile.requests,
        seconds=budget.seconds or profile.seconds,
    )


def plan_run(
    profile: Profile, only: Iterable[str] = (), target: Target | None = None, shard: Shard | None = None
) -> Plan:
    """Return the plan of a run limited to `only`; without a target, that of one that lacks nothing, as the sandbox does."""
    wanted, contract = tuple(only), load()
    missing = set() if target is None else set(SETTING_OF_NEED) - target.configured()
    drivers = every = tuple(driver for driver in catalogue() if driver.chosen(profile, wanted))
    limits = limits_of(profile, target)
    if shard is not None:
        drivers, limits = shard.drivers(every), shard.limits(every, limits)
    provoked = {name for driver in drivers for name in driver.requirements}
    selected = [name for name in contract.requirements if name in provoked and selects(wanted, contract, name)]

    def lacks(requirement: str) -> str | None:
        """Return the setting of the first need that the target does not meet."""
        needs = contract.requirements[requirement].needs
        return next((SETTING_OF_NEED[need] for need in needs if need in missing), None)

    chosen = {driver.name for driver in drivers}
    instead = {need: sum(more for name, more in INSTEAD.get(need, {}).items() if name in chosen) for need in missing}
    out_of_reach = tuple(
        OutOfReach(
            setting,
            tuple(name for name in selected if lacks(name) == setting),
            # A driver names first what it is for, and cannot go on without what that needs.
            tuple(driver for driver in drivers if lacks(driver.requirements[0]) == setting),
            instead[need],
        )
        for need, setting in SETTING_OF_NEED.items()
        if need in missing
    )
    return Plan(
        profile.name,
        drivers,
        tuple(name for name in selected if lacks(name) is None),
        tuple(each for each in out_of_reach if each.requirements or each.drivers),
        limits,
        target.budget.requests_per_second if target else None,
        sum(instead.values()),
    )
