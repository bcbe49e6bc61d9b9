"""About how many requests a run sends and how long it takes: what was measured on the sandbox, at the pace of the target.

`python scripts/measure_work.py` measures again, which is needed once drivers send other requests.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import ceil
from urllib.parse import urlsplit

from conformance.reporting.text import counted
from conformance.run.planning.chain import deepest
from conformance.run.planning.drivers import Driver
from conformance.run.planning.price import Bill
from conformance.run.settings.target import Target

ASSUMED_GENERATION = 30.0
"""Seconds of a generation where the configuration does not say how long one takes."""
FAR_REQUEST, NEAR_REQUEST = 0.05, 0.005
"""Seconds of a request to a target somewhere else, and to one on this machine."""
SANDBOX_GENERATION, SANDBOX_POLL = 0.3, 0.02
"""Seconds of a generation of the embedded sandbox, and of the first pause between two polls there."""
PREFLIGHT = "preflight"
"""The name under which sessions send what comes before the first driver."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a driver, or making what drivers share, came to: requests, generations waited for, and pauses in poll intervals and in seconds.

    A driver that walks lists, or reads what others have made, sends fewer requests in a narrow run: `few` in one of `narrow` generations.
    """

    requests: int = 0
    waits: int = 0
    intervals: float = 0
    seconds: float = 0
    few: int = 0
    narrow: int = 0

    def requests_of(self, generations: int, whole: int) -> float:
        """Return the requests in a run of so many generations, where a whole one has `whole`."""
        share = (generations - self.narrow) / max(1, whole - self.narrow)
        return self.few + (self.requests - self.few) * min(1.0, max(0.0, share))


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured profile: the generations of the whole run, and the work by the name of a driver or of what drivers share.

    `pairs` is how many pairs of the table of factors it met that cost nothing, None where that was not measured.
    """

    generations: int
    work: Mapping[str, Work]
    pairs: int | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a target is: seconds of a generation (which may be assumed), of a request, and of a poll interval, and the rate asked for."""

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
        """From what the time is reckoned, in words."""
        pace = self.pace
        rate = f" at {pace.requests_per_second:g} requests a second" if pace.requests_per_second else ""
        how = "assumed, see timing.generation_seconds" if pace.assumed else "each"
        requests = rate or " and requests without a pause"
        return f"generations of {pace.generation_seconds:g} s ({how}), at most {pace.in_flight} at once,{requests}"


def estimate(profile: str, drivers: Sequence[Driver], bill: Bill, generations: int, pace: Pace) -> Estimate:
    """Return the estimate for a run of drivers that spends what a bill says, but no more than a budget of generations."""
    measured = measured_work().get(profile, Measured(0, {}))
    work = {name: measured.work.get(name, Work()) for name in (PREFLIGHT, *bill.shared, *bill.of)}
    requests = round(sum(each.requests_of(bill.total, measured.generations) for each in work.values()))
    alone = [driver for driver in drivers if driver.alone and driver.name in work]
    waits = min(sum(each.waits for each in work.values()), generations)
    # Drivers that run alone wait in turn; what others share with them is made while those wait.
    in_turn = min(sum(max(driver.depth, work[driver.name].waits) for driver in alone), waits)
    chain = min(deepest(driver for driver in drivers if not driver.alone), waits - in_turn)
    rounds = in_turn + rounds_of(waits - in_turn, chain, pace.in_flight)
    request_seconds = max(pace.request_seconds, 1 / pace.requests_per_second if pace.requests_per_second else 0.0)
    seconds = rounds * pace.generation_seconds + requests * request_seconds
    pauses = {name: each.seconds + each.intervals * pace.poll_interval for name, each in work.items()}
    beside = [driver for driver in drivers if not driver.alone and driver.name in pauses]
    # A driver pauses while others wait for generations, unless it takes longer than they do together.
    longest = max((min(each.depth, chain) * pace.generation_seconds + pauses[each.name] for each in beside), default=0)
    paused = sum(pauses.values()) - sum(pauses[each.name] for each in beside)
    waiting = (rounds - in_turn) * pace.generation_seconds
    return Estimate(_rounded(requests), seconds + paused + max(0, longest - waiting), pace)


def rounds_of(generations: int, chain: int, in_flight: int) -> int:
    """Return how many generations a run waits for one after the other, of which `in_flight` run side by side and `chain` cannot."""
    return max(chain, ceil(generations / in_flight))


@lru_cache(maxsize=1)
def measured_work() -> dict[str, Measured]:
    """Return what was measured, by profile."""
    found = json.loads(files("conformance").joinpath("data", "work.json").read_text("utf-8"))
    return {
        profile: Measured(
            each["generations"], {name: Work(*row) for name, row in each["work"].items()}, each.get("pairs")
        )
        for profile, each in found.items()
    }


def duration(seconds: float) -> str:
    """Return a time in words: whole seconds below two minutes, else whole minutes."""
    return counted(ceil(seconds), "second") if seconds < 120 else f"{ceil(seconds / 60)} minutes"


def _rounded(requests: int) -> int:
    return requests if requests < 100 else round(requests, -1)


def _is_near(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
