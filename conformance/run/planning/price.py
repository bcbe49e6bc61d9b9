"""The most generations that drivers spend, of which those for the containers that they share are spent once.

A driver's mark says what it spends itself, which shared containers it takes (they cost something only where no driver before has made
them), which it leaves to those after it, and which state of one it spoils.

Shards deal drivers out by their group, as xdist deals them to workers: those of one group share a stock of containers, and what one of them
does to all others (it moves the clock, archives a project) has to come after the rest.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from conformance.client.budget import Limits
from conformance.exceptions import ConfigurationError
from conformance.run.planning.drivers import Driver

REQUESTS_OF_A_DRIVER, REQUESTS_OF_A_GROUP = 1, 10
"""About how the requests of drivers and groups compare; only their ratio counts."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Containers that drivers share: what making them costs, what else that takes and leaves, and the need without which nobody can."""

    generations: int
    takes: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    need: str | None = None


SHARED: dict[str, Shared] = {
    "first": Shared(1),
    "slideshow_remix": Shared(1),
    "auto": Shared(1),
    "odd": Shared(1),
    "spare": Shared(1),
    # The canceled one is spare.
    "twins": Shared(2, takes=("first",), leaves=("spare",)),
    "failed": Shared(1, need="failing_brief"),
    "approved": Shared(1, need="review_project"),
    "across": Shared(1, takes=("first",), leaves=("undecided",), need="review_project"),
    # A container that waits for a decision: where a driver has decided, the next one that needs it so has to regenerate it.
    "undecided": Shared(1, takes=("across",), need="review_project"),
    "alike in review": Shared(1, takes=("first",)),
    "alike in another format": Shared(1, takes=("first",)),
    "alike by its hook": Shared(1, takes=("first",)),
    "archived": Shared(1, need="archive_project"),
}
"""What drivers share, by the names in their marks; all but `undecided`, a state, are kept in the stock."""


@dataclass(frozen=True, slots=True)
class Bill:
    """The most generations of each driver, in the order of their run, and what they make to share, by its names.

    `crowd` says whether a crowd of containers is among them.
    """

    of: dict[str, int]
    shared: tuple[str, ...]
    crowd: bool = False

    @property
    def total(self) -> int:
        """The most generations that the drivers spend together."""
        return sum(self.of.values())


def bill(
    drivers: Iterable[Driver], missing: Collection[str] = (), workers: int = 1, *, with_crowd: bool = False
) -> Bill:
    """Return what drivers spend on a target that does not meet the `missing` needs.

    The workers of a run share no containers; drivers of one group run on one worker.
    """
    reached = [driver for driver in drivers if missing_of(driver, missing) is None]
    worker_of: dict[str, _Worker] = defaultdict(lambda: _Worker(missing, with_crowd=with_crowd))
    prices = {driver.name: worker_of[driver.group if workers > 1 else ""].run(driver) for driver in reached}
    crowd = with_crowd and any(driver.crowd for driver in reached)
    return Bill(prices, tuple(name for worker in worker_of.values() for name in worker.made), crowd)


def missing_of(driver: Driver, missing: Collection[str]) -> str | None:
    """Return the first need without which a driver can do nothing, if the target does not meet it."""
    return next((need for need in driver.needs if need in missing), None)


class _Worker:
    """What is there already while one worker goes through its drivers."""

    def __init__(self, missing: Collection[str], *, with_crowd: bool) -> None:
        self._missing = missing
        self._with_crowd = with_crowd
        self._there: set[str] = set()
        self.made: list[str] = []
        self._filled = 0

    def run(self, driver: Driver) -> int:
        """Return the price of a driver, and note what it makes."""
        price = driver.generations + sum(map(self._take, driver.takes))
        instead = [more for need, more in driver.without.items() if need in self._missing]
        price += sum(self._take(more) if isinstance(more, str) else more for more in instead)
        # Of two drivers, the earlier has put its containers there, or has not spent their generations.
        price += max(0, max(driver.up_to, driver.crowd if self._with_crowd else 0) - self._filled)
        self._filled += driver.fills
        self._there.update(driver.leaves)
        self._there.difference_update(driver.spoils)
        return price

    def _take(self, name: str) -> int:
        shared = SHARED[name]
        if shared.need in self._missing:
            return 0
        price = sum(map(self._take, shared.takes))
        if name in self._there:
            return price
        self._there.update((name, *shared.leaves))
        self.made.append(name)
        return price + shared.generations


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
