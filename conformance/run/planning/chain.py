"""How many generations the drivers of a run wait for one after the other, which no overlap can shorten."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from conformance.run.planning.drivers import Driver
from conformance.run.scheduler import Scheduler, Task


def deepest(drivers: Iterable[Driver]) -> int:
    """Return how many generations a run of these drivers waits for one after the other at least."""
    total = 0
    for is_alone, batch in groupby(drivers, lambda each: each.alone):
        tasks = [Task(each.name, lambda: None, each.shares, frozenset(each.changes), each.depth) for each in batch]
        chains = Scheduler(tasks).chains
        total += sum(task.depth for task in tasks) if is_alone else max(chains, default=0)
    return total
