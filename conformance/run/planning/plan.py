"""The plan of a run on one target: its drivers, their price, and about how many requests and seconds they take."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil
from urllib.parse import urlsplit

from conformance.client.budget import Limits
from conformance.contract.document import load
from conformance.reporting.text import counted
from conformance.run.planning.drivers import Driver, catalogue, selects
from conformance.run.planning.price import Bill, Shard, bill, missing_of
from conformance.run.planning.profiles import Profile
from conformance.run.scheduler import Scheduler, Task
from conformance.run.settings.target import SETTING_OF_NEED, Target

LAST_LOOK = "test_looking_back::"
"""How the names of the drivers begin that look back at the containers of others."""
RESERVE = 1.5
"""How many times as long as estimated a run may take where its seconds follow from what a generation takes."""

SPARE = 8
"""Generations that replays may start where the keys of a whole stock have ended early."""
ASSUMED_GENERATION = 30.0
"""Seconds of a generation if the configuration does not say how long one takes."""
FAR_REQUEST, NEAR_REQUEST = 0.05, 0.005
"""Seconds of a request to a target somewhere else, and to one on this machine."""
SANDBOX_GENERATION, SANDBOX_POLL = 0.3, 0.02
"""Seconds of a generation of the embedded sandbox, and of the first pause between two polls there."""
CALLS_OF_SHARED = 20
"""About how many requests make and follow a container that drivers share."""


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """What a setting that the target does not name keeps out of reach, and the most generations that naming it would add.

    `drivers` are those that nothing else keeps out of reach.
    """

    setting: str
    requirements: tuple[str, ...]
    drivers: tuple[Driver, ...]
    price: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The drivers of a run in their order, what they can show of this target, and what they may spend.

    `requirements` are those that the run promises as far as the configuration goes; what the target itself lacks, only the run finds out.
    `idle` are the drivers that the target gives nothing to do, each with the setting for want of which. `bill` says what the others spend,
    `budget` what the run may spend at most, and `estimate` about how much and how long that is. `spent` are the generations of the earlier
    parts of a run that is resumed, which may have to make anew what was under way. `spare` are those that a budget of the user's own leaves for
    keys that end early, since somebody else moves the test clock too. `for_crowd` is the least budget of generations of the user's own that
    leaves room for a crowd of containers, where a driver could use one.
    """

    profile: str
    drivers: tuple[Driver, ...]
    requirements: tuple[str, ...]
    out_of_reach: tuple[OutOfReach, ...]
    idle: Mapping[str, str]
    bill: Bill
    budget: Limits
    estimate: Estimate
    spent: int = 0
    spare: int = 0
    for_crowd: int | None = None

    @property
    def price(self) -> int:
        """The most generations that the drivers spend together, with those that were spent before."""
        return self.bill.total + self.spent

    @property
    def generations(self) -> int:
        """The most generations that the run spends: its drivers' price and what is spare, or less where the budget is less."""
        return min(self.price + self.spare, self.budget.generations)

    @property
    def limits(self) -> Limits:
        """What the session lets the run spend: its budget, and no more generations than were told."""
        return replace(self.budget, generations=self.generations)

    @property
    def shortage(self) -> str:
        """A sentence that says which limits of the budget are likely to end the run before its promise is kept; empty if none is."""
        about, budget = self.estimate, self.budget
        needed = {
            "generations": (self.price, budget.generations),
            "requests": (about.requests, budget.requests),
            "seconds": (ceil(about.seconds), budget.seconds),
        }
        short = [f"{limit:g} {name}, of about {need}" for name, (need, limit) in needed.items() if need > limit]
        if not short:
            return ""
        return f"The budget may not last ({'; '.join(short)}), and the run would end as incomplete; raise it in [budget], or narrow the run."

    def sentence(self) -> str:
        """Return the plan and its price in one line."""
        idle = f", {len(self.idle)} of them out of reach" if self.idle else ""
        return (
            f"Plan of {self.profile}: {counted(len(self.drivers), 'driver')}{idle}, for "
            f"{counted(len(self.requirements), 'requirement')}, at most {counted(self.generations, 'generation')} "
            f"of a budget of {self.budget.generations}, about {self.estimate.text}."
        )


def budget_of(profile: Profile, target: Target | None) -> Limits:
    """Return what a run may spend at most: the configuration of the target overrides the profile."""
    if target is None:
        return Limits(profile.generations, profile.requests, profile.seconds)
    budget = target.budget
    return Limits(
        generations=profile.generations if budget.generations is None else budget.generations,
        requests=budget.requests or profile.requests,
        seconds=budget.seconds or profile.seconds,
    )


def chosen(
    profile: Profile, only: Iterable[str] = (), stop_on: Collection[str] = (), shard: Shard | None = None
) -> tuple[Driver, ...]:
    """Return the drivers of a run, or those of one of its shards, in the order in which one worker runs them.

    A run that one failure of a `fatal` requirement ends is shortest if the drivers that provoke it come first; the drivers that look back at
    the containers of others stay last, and so do those that move the clock: after a day a replay of what others have made would be paid for.
    Those that have to be alone would part the others if they came between them.
    """
    wanted = tuple(only)
    drivers = [driver for driver in catalogue() if driver.chosen(profile, wanted)]
    if shard is not None:
        drivers = [*shard.drivers(drivers)]
    drivers.sort(
        key=lambda driver: (
            driver.name.startswith(LAST_LOOK)
            or "clock" in driver.needs
            or set(stop_on).isdisjoint(driver.requirements),
            driver.alone,
        )
    )
    return tuple(drivers)


def plan_run(
    profile: Profile,
    only: Iterable[str] = (),
    target: Target | None = None,
    *,
    workers: int = 1,
    stop_on: Collection[str] = (),
    shard: Shard | None = None,
    spent: int = 0,
) -> Plan:
    """Return the plan of a run limited to `only`; without a target, that of one that lacks nothing, as the sandbox does."""
    wanted, contract = tuple(only), load()
    missing = frozenset() if target is None else frozenset(SETTING_OF_NEED) - target.configured()
    drivers = chosen(profile, wanted, stop_on, shard)
    budget = budget_of(profile, target)
    if shard is not None:
        budget = shard.limits(chosen(profile, wanted), budget, missing)
    found, crowded = (bill(drivers, missing, workers, with_crowd=crowd) for crowd in (False, True))
    is_own = target is not None and target.budget.generations is not None
    spare = SPARE if target is None or target.hooks.clock_url else 0
    for_crowd = crowded.total + spent + spare if crowded.crowd else None
    if is_own and for_crowd is not None and for_crowd <= budget.generations:
        found = crowded
    provoked = {name for driver in drivers for name in driver.requirements}
    selected = [name for name in contract.requirements if name in provoked and selects(wanted, contract, name)]

    def lacks(requirement: str) -> str | None:
        """Return the first need that the target does not meet."""
        return next((need for need in contract.requirements[requirement].needs if need in missing), None)

    out_of_reach = tuple(
        OutOfReach(
            setting,
            tuple(name for name in selected if lacks(name) == need),
            tuple(
                driver for driver in drivers if missing_of(driver, missing) and not missing_of(driver, missing - {need})
            ),
            bill(drivers, missing - {need}, workers, with_crowd=found.crowd).total - found.total,
        )
        for need, setting in SETTING_OF_NEED.items()
        if need in missing
    )
    about = estimate(drivers, found, budget.generations, Pace.of(target))
    if target is not None and target.budget.seconds is None and not about.pace.assumed:
        # The seconds of a profile are meant for quick targets: where generations take longer, as many as they need follow from that.
        budget = replace(budget, seconds=max(budget.seconds, ceil(RESERVE * about.seconds)))
    return Plan(
        profile.name,
        drivers,
        tuple(name for name in selected if lacks(name) is None),
        tuple(row for row in out_of_reach if row.requirements or row.drivers),
        {driver.name: SETTING_OF_NEED[need] for driver in drivers if (need := missing_of(driver, missing))},
        found,
        budget,
        about,
        spent,
        spare if is_own else 0,
        for_crowd,
    )


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a target is: seconds of a generation (which may be assumed), of a request and of a poll interval, and the limit of its rate."""

    generation_seconds: float
    request_seconds: float
    poll_interval: float
    requests_per_second: float | None = None
    assumed: bool = False
    in_flight: int = 8

    @classmethod
    def of(cls, target: Target | None) -> Pace:
        """Return the pace of a target; without one, that of the embedded sandbox."""
        if target is None:
            return cls(SANDBOX_GENERATION, NEAR_REQUEST, SANDBOX_POLL)
        seconds = target.timing.generation_seconds
        return cls(
            ASSUMED_GENERATION if seconds is None else seconds,
            NEAR_REQUEST if _is_near(target.base_url) else FAR_REQUEST,
            target.timing.poll_interval,
            target.budget.requests_per_second,
            assumed=seconds is None,
            in_flight=target.budget.max_in_flight,
        )


@dataclass(frozen=True, slots=True)
class Estimate:
    """About how many requests a run sends, how many seconds it takes, and at which pace."""

    requests: int
    seconds: float
    pace: Pace

    @property
    def text(self) -> str:
        """Requests and time in words."""
        return f"{self.requests:,} requests and {duration(self.seconds)}"

    @property
    def basis(self) -> str:
        """The pace in words."""
        pace = self.pace
        rate = f" at {pace.requests_per_second:g} requests a second" if pace.requests_per_second else ""
        how = "assumed, see timing.generation_seconds" if pace.assumed else "each"
        requests = rate or " and requests without a pause"
        return f"generations of {pace.generation_seconds:g} s ({how}), at most {pace.in_flight} at once,{requests}"


def estimate(drivers: Sequence[Driver], bill: Bill, generations: int, pace: Pace) -> Estimate:
    """Return the estimate for a run of drivers that spends what a bill says, but no more than a budget of generations.

    requests = the sum of the drivers' `calls`, and 20 for each container that they share
    rounds   = max(the longest chain of generations by `depth`, generations / in flight)
    seconds  = rounds x (seconds of a generation + poll interval) + requests x max(seconds of a request, 1 / rate)
    """
    reached = [driver for driver in drivers if driver.name in bill.of]
    requests = sum(driver.calls for driver in reached) + CALLS_OF_SHARED * len(bill.shared)
    spent = min(bill.total, generations)
    rounds = max(min(longest_chain(reached), spent), ceil(spent / pace.in_flight))
    request_seconds = max(pace.request_seconds, 1 / pace.requests_per_second if pace.requests_per_second else 0.0)
    seconds = rounds * (pace.generation_seconds + pace.poll_interval) + requests * request_seconds
    return Estimate(requests if requests < 100 else round(requests, -1), seconds, pace)


def longest_chain(drivers: Iterable[Driver]) -> int:
    """Return how many generations a run waits for one after the other at least, which no overlap can shorten."""
    total = 0
    for is_alone, batch in groupby(drivers, lambda driver: driver.alone):
        tasks = [Task(item.name, lambda: None, item.shares, frozenset(item.changes), item.depth) for item in batch]
        total += sum(task.depth for task in tasks) if is_alone else max(Scheduler(tasks).chains, default=0)
    return total


def duration(seconds: float) -> str:
    """Return a time in words: whole seconds below two minutes, else whole minutes."""
    return counted(ceil(seconds), "second") if seconds < 120 else f"{ceil(seconds / 60)} minutes"


def _is_near(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
