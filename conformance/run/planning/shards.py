"""Shards: the parts of a run that machines make side by side, each with its share of the drivers and of the budget.

Drivers are dealt out by their group, as xdist deals them to workers: those of one group share a stock of containers, and what one of them
does to all others (it moves the clock, archives a project) has to come after the rest.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from conformance.client.budget import Limits
from conformance.exceptions import ConfigurationError
from conformance.run.planning.drivers import Driver
from conformance.run.planning.price import bill

REQUESTS_OF_A_DRIVER, REQUESTS_OF_A_GROUP = 1, 10
"""About how the requests of drivers and groups compare; only their ratio counts."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several parts of a run; the first has the number 1."""

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read `2/5`; raises ConfigurationError for anything else."""
        found = re.fullmatch(r"(\d{1,3})/(\d{1,3})", text)
        if found is None or not 1 <= int(found[1]) <= int(found[2]):
            raise ConfigurationError(
                f"There is no shard {text!r}; give the number of a shard and how many there are, such as --shard 2/5."
            )
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def drivers(self, chosen: Iterable[Driver]) -> tuple[Driver, ...]:
        """Return those of a run's drivers that are this shard's, in their order; raises ConfigurationError where none is left for it."""
        drivers = tuple(chosen)
        mine = {driver.group for driver in self._deal(drivers)[self.number - 1]}
        return tuple(driver for driver in drivers if driver.group in mine)

    def limits(self, chosen: Iterable[Driver], whole: Limits, missing: Collection[str] = ()) -> Limits:
        """Return this shard's share of a budget: those of all shards add up to it exactly, but each has all of the seconds.

        `missing` are the needs that the target does not meet.
        """
        drivers = tuple(chosen)
        shards = self._deal(drivers)
        needs = [len(shard) * REQUESTS_OF_A_DRIVER + REQUESTS_OF_A_GROUP * _groups(shard) for shard in shards]
        place = self.number - 1
        return replace(
            whole,
            generations=split(whole.generations, [_price(shard, missing) for shard in shards])[place],
            requests=split(whole.requests, needs)[place],
        )

    def _deal(self, drivers: Sequence[Driver]) -> list[list[Driver]]:
        """Deal the groups out, the dearest first and each to the shard that has least."""
        ordered = sorted(drivers, key=lambda driver: driver.group)
        groups = [list(group) for _, group in groupby(ordered, key=lambda driver: driver.group)]
        if self.of > max(1, len(groups)):
            raise ConfigurationError(
                f"The drivers of this run fall into {len(groups)} groups that cannot be divided, so that nothing is left for some of "
                f"{self.of} shards; give --shard N/{max(1, len(groups))} at most."
            )
        shards: list[list[Driver]] = [[] for _ in range(self.of)]
        for group in sorted(groups, key=_weight, reverse=True):
            min(shards, key=_weight).extend(group)
        return shards


def _weight(drivers: Sequence[Driver]) -> tuple[int, int]:
    return _price(drivers), len(drivers)


def _price(drivers: Sequence[Driver], missing: Collection[str] = ()) -> int:
    """Return the most generations of drivers whose groups share nothing, however many workers each machine has."""
    return bill(drivers, missing, workers=2).total


def _groups(drivers: Iterable[Driver]) -> int:
    return len({driver.group for driver in drivers})


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Split a number in proportion to weights, to the last unit: the largest remainders are rounded up (Hamilton's method)."""
    whole = sum(weights)
    exact = [total * weight / whole if whole else total / len(weights) for weight in weights]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(weights)), key=lambda place: shares[place] - exact[place])
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares
