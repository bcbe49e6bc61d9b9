"""About how many requests a run sends and how long it takes, from the marks of its drivers and the pace of the target."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from urllib.parse import urlsplit

from conformance.reporting.text import counted
from conformance.run.planning.drivers import Driver
from conformance.run.planning.price import Bill
from conformance.run.scheduler import Scheduler, Task
from conformance.run.settings.target import Target

ASSUMED_GENERATION = 30.0
"""Seconds of a generation if the configuration does not say how long one takes."""
FAR_REQUEST, NEAR_REQUEST = 0.05, 0.005
"""Seconds of a request to a target somewhere else, and to one on this machine."""
SANDBOX_GENERATION, SANDBOX_POLL = 0.3, 0.02
"""Seconds of a generation of the embedded sandbox, and of the first pause between two polls there."""
CALLS_OF_SHARED = 20
"""About how many requests make and follow a container that drivers share."""


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
