"""Drivers side by side under pytest: it calls them one by one, and while it waits for one, the others that may overlap go on.

pytest's own protocol stays serial: the call of a test passes the turn until that driver has ended, and gets its outcome. A driver that
has ended before its test was called hands over what it came to then.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from conformance.checks.findings import Finding
from conformance.run.planning.drivers import Driver
from conformance.run.process import Run
from conformance.run.scheduler import Scheduler, Task

Selected = tuple[pytest.Item, Driver]


class Overlap:
    """The drivers of one process that run side by side, and what the judge said while each had the turn.

    `selected` are the tests in pytest's order. Those between two drivers that have to be alone may overlap; `is_grouped` says that this
    process gets some groups of them only, each whole.
    """

    def __init__(self, run: Run, selected: Iterable[Selected], *, is_grouped: bool = False) -> None:
        self._run = run
        self._lent: dict[str, Any] = {}
        self._tasks: dict[pytest.Item, Task] = {}
        self._schedulers: dict[pytest.Item, Scheduler] = {}
        self._drivers: dict[str, str] = {}
        self._failures: dict[str, list[Finding]] = {}
        for batch in _batches(selected, is_grouped=is_grouped):
            tasks: dict[pytest.Item, Task] = {
                item: self._task(item, driver) for item, driver in batch if isinstance(item, pytest.Function)
            }
            self._tasks.update(tasks)
            self._schedulers.update(dict.fromkeys(tasks, Scheduler(list(tasks.values()), self._turn)))

    @property
    def is_halted(self) -> bool:
        """Whether a requirement failed that ends the run."""
        return any(scheduler.is_stopping for scheduler in self._schedulers.values())

    def lend(self, fixtures: Mapping[str, Any]) -> None:
        """Take the fixtures that all drivers share; pytest makes them when the first test begins."""
        self._lent.update(fixtures)

    def call(self, item: pytest.Item) -> bool:
        """Run a driver, and others beside it, until it has ended, and raise what it raised; return False for one that runs alone."""
        if item not in self._tasks:
            return False
        task, scheduler, session = self._tasks[item], self._schedulers[item], self._run.session
        label, session.waiting = session.driver, scheduler
        try:
            scheduler.run_until_ended(task)
        finally:
            session.driver = label
        if task.error is not None:
            raise task.error
        return True

    def failures_of(self, item: pytest.Item) -> list[Finding]:
        """Return the failures that came while a driver ran, and were not returned before."""
        return [*self._failures.pop(item.nodeid, []), *self._run.fresh_failures()]

    def seconds_of(self, item: pytest.Item) -> float | None:
        """Return how long a driver had the turn; None for one that runs alone."""
        task = self._tasks.get(item)
        return task.held if task else None

    def stop(self) -> None:
        """End every driver that has begun and not ended, at its next wait."""
        for scheduler in dict.fromkeys(self._schedulers.values()):
            scheduler.stop()

    def _task(self, item: pytest.Function, driver: Driver) -> Task:
        self._drivers[item.nodeid] = driver.name
        return Task(
            item.nodeid,
            lambda: self._call(item, driver),
            driver.shares,
            frozenset(driver.changes),
            driver.depth,
            is_urgent=not set(self._run.spec.stop_on).isdisjoint(driver.requirements),
        )

    def _call(self, item: pytest.Function, driver: Driver) -> None:
        with self._run.ending(label_of(item), driver.name):
            item.obj(**self._arguments(item))

    def _arguments(self, item: pytest.Function) -> dict[str, Any]:
        """Return what a driver is called with: its own parameters, and what all drivers share."""
        own: Mapping[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
        return {name: own[name] if name in own else self._lent[name] for name in inspect.signature(item.obj).parameters}

    @contextmanager
    def _turn(self, task: Task) -> Iterator[None]:
        """Attribute what is sent and found while a driver has the turn to it."""
        self._run.session.driver = self._drivers[task.name]
        yield
        failures = self._run.fresh_failures()
        self._failures.setdefault(task.name, []).extend(failures)
        if any(finding.requirement in self._run.spec.stop_on for finding in failures):
            for scheduler in self._schedulers.values():
                scheduler.halt()


def label_of(item: pytest.Item) -> str:
    """Return the name of a test that every run of it has, wherever pytest was called."""
    return f"{Path(item.path).stem}::{item.name}"


def _batches(selected: Iterable[Selected], *, is_grouped: bool) -> Iterator[list[Selected]]:
    """Yield the drivers that may overlap each other."""
    groups: dict[str, list[Selected]] = {}
    for item, driver in selected:
        mark = item.get_closest_marker("xdist_group") if is_grouped else None
        groups.setdefault(mark.args[0] if mark else "", []).append((item, driver))
    for group in groups.values():
        for is_alone, batch in groupby(group, lambda selected: selected[1].alone):
            if not is_alone:
                yield list(batch)
