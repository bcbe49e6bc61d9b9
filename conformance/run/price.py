"""The most generations that drivers spend, of which those for the containers that they share are spent once.

A driver's mark says what it spends itself, which shared containers it takes (they cost something only where no driver before has made
them), which it leaves to those after it, and which state of one it spoils.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby

from conformance.run.drivers import Driver


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
    "twins": Shared(2, takes=("first",)),
    "failed": Shared(1, need="failing_brief"),
    "across": Shared(1, leaves=("undecided",), need="review_project"),
    # A container that waits for a decision: where a driver has decided, the next one that needs it so has to regenerate it.
    "undecided": Shared(1, takes=("across",), need="review_project"),
    # On a target that is instant, every attempt to have a container in flight is made.
    "archived": Shared(3, need="archive_project"),
}
"""What drivers share, by the names in their marks; all but `undecided`, a state, are kept in the stock."""


def price_of(drivers: Iterable[Driver], missing: Collection[str] = (), workers: int = 1) -> int:
    """Return the most generations that drivers spend on a target that does not meet the `missing` needs, in the order in which they run.

    The workers of a run share no containers; drivers of one group run on one worker.
    """
    reached = [driver for driver in drivers if missing_of(driver, missing) is None]
    if workers == 1:
        return _Worker(missing).price_of(reached)
    groups = groupby(sorted(reached, key=lambda driver: driver.group), key=lambda driver: driver.group)
    return sum(_Worker(missing).price_of(group) for _, group in groups)


def missing_of(driver: Driver, missing: Collection[str]) -> str | None:
    """Return the first need without which a driver can do nothing, if the target does not meet it."""
    return next((need for need in driver.needs if need in missing), None)


class _Worker:
    """What is there already while one worker goes through its drivers."""

    def __init__(self, missing: Collection[str]) -> None:
        self._missing = missing
        self._there: set[str] = set()

    def price_of(self, drivers: Iterable[Driver]) -> int:
        return sum(map(self._run, drivers))

    def _run(self, driver: Driver) -> int:
        price = driver.generations + sum(map(self._take, driver.takes))
        price += sum(more for need, more in driver.without.items() if need in self._missing)
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
        return price + shared.generations
