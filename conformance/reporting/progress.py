"""How far a run is, while it runs: two lines that are redrawn on a terminal, and a line when something changes anywhere else."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.live import Live
from rich.text import Text

from conformance.client.budget import Budget, Limits, Spent
from conformance.reporting.console import takes_redrawing
from conformance.reporting.text import compact_by_family

REFRESH = 0.5
"""Seconds between two looks at the budget."""
PLAIN_EVERY = 15.0
"""The fewest seconds between two lines of a log."""
_FAILED = re.compile(r"^([A-Z]{3}-\d+): ", re.MULTILINE)
"""How a line of a failed driver's test begins: with the requirement."""


def driver_of(nodeid: str) -> str:
    """Return the driver that a test of pytest belongs to, as the catalogue names it: module and function."""
    path, _, test = nodeid.partition("@")[0].partition("::")
    return f"{Path(path).stem}::{test.partition('[')[0]}"


def title_of(driver: str) -> str:
    """Return the name of a driver in words."""
    module, _, function = driver.partition("::")
    return f"{module.removeprefix('test_')}: {function.removeprefix('test_')}".replace("_", " ")


class Drivers:
    """Which drivers run, which have ended, and what has failed; a driver with parameters is several tests of pytest."""

    def __init__(self) -> None:
        self._open: dict[str, set[str]] = {}
        self._running: dict[str, str] = {}
        self._failed: dict[str, None] = {}
        self._broken: dict[str, None] = {}

    @property
    def total(self) -> int:
        """The number of drivers."""
        return len(self._open)

    @property
    def ended(self) -> int:
        """The number of drivers whose tests have all ended."""
        return sum(not tests for tests in self._open.values())

    def expect(self, nodeids: Iterable[str]) -> None:
        """Take in the tests that will run; the same tests, from another worker, change nothing."""
        if not self._open:
            for nodeid in nodeids:
                self._open.setdefault(driver_of(nodeid), set()).add(_plain(nodeid))

    def start(self, nodeid: str) -> None:
        """Note that a test began."""
        self._running[nodeid] = driver_of(nodeid)

    def fail(self, nodeid: str, text: str) -> None:
        """Note a failed test; its text names the requirements, unless the driver itself broke down."""
        found = _FAILED.findall(text)
        self._failed |= dict.fromkeys(found)
        if not found:
            self._broken[driver_of(nodeid)] = None

    def end(self, nodeid: str) -> None:
        """Note that a test ended."""
        self._running.pop(nodeid, None)
        self._open.get(driver_of(nodeid), set()).discard(_plain(nodeid))

    def failures(self) -> str:
        """Return what has failed so far, in a few words."""
        words = f"{len(self._failed)} failed"
        words += f" ({compact_by_family(sorted(self._failed))})" if self._failed else ""
        return words + (f", {len(self._broken)} broke down" if self._broken else "")

    def now(self) -> str:
        """Return what runs now, in words."""
        # A copy, since the thread that shows it is not the one that runs the drivers.
        return "; ".join(dict.fromkeys(title_of(driver) for driver in list(self._running.values())))


def _plain(nodeid: str) -> str:
    # xdist adds the group of a test to its id.
    return nodeid.partition("@")[0]


def time_left(ended: int, total: int, spent: Spent, limits: Limits) -> str:
    """Return how long the run will still take if the rest takes as long as what has ended, and never longer than its budget."""
    longest = max(0.0, limits.seconds - spent.seconds)
    if not ended:
        return f"at most {_duration(longest)} left"
    return f"about {_duration(min(longest, spent.seconds * (total - ended) / ended))} left"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


class Progress:
    """A pytest plugin that follows the suite's own plugin and shows how far the drivers are."""

    def __init__(self, console: Console, *, quiet: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self.drivers = Drivers()
        self._console = console
        self._quiet = quiet
        self._clock = clock
        self._last, self._state = clock(), ""
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Begin to show, now that the drivers are known."""
        self._begin(session.config, [item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        """Begin to show, now that a worker of xdist knows the drivers."""
        self._begin(node.config, ids)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note what runs."""
        self.drivers.start(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what failed."""
        if report.failed:
            self.drivers.fail(report.nodeid, report.longreprtext)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Count a driver that ended."""
        self.drivers.end(nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Stop before the judgement closes the budget."""
        self.stop()

    def stop(self) -> None:
        """End the display; calling it again does nothing."""
        self._done.set()
        if self._thread is not None:
            self._thread.join(5)
            self._thread = None

    def lines(self, spent: Spent, limits: Limits) -> tuple[str, str]:
        """Return how far the run is, and what runs now."""
        drivers = self.drivers
        far = (
            f"{_duration(spent.seconds)}, {time_left(drivers.ended, drivers.total, spent, limits)}; "
            f"{drivers.ended}/{drivers.total} drivers, {drivers.failures()}; "
            f"{spent.generations}/{limits.generations} generations, {spent.requests}/{limits.requests} requests"
        )
        return far, spent.waiting or f"now {drivers.now()}"

    def _begin(self, config: pytest.Config, nodeids: list[str]) -> None:
        self.drivers.expect(nodeids)
        spec = getattr(config.pluginmanager.get_plugin("conformance-suite"), "spec", None)
        if not self._quiet and self._thread is None and spec is not None and nodeids:
            path = spec.parts / "budget.sqlite"
            self._thread = threading.Thread(target=self._follow, args=(path, spec.limits), daemon=True)
            self._thread.start()

    def _follow(self, path: Path, limits: Limits) -> None:
        budget = Budget(path, limits)
        is_redrawn = takes_redrawing(self._console.file)
        try:
            with (
                Live(console=self._console, transient=True, auto_refresh=False) if is_redrawn else nullcontext() as live
            ):
                while not self._done.wait(REFRESH):
                    if live is None:
                        self.log(budget.spent(), limits)
                    else:
                        live.update(Text("\n".join(self.lines(budget.spent(), limits)), "cyan"), refresh=True)
        finally:
            budget.close()

    def log(self, spent: Spent, limits: Limits) -> None:
        """Write a line if something has changed but requests and seconds, and none for `PLAIN_EVERY` seconds."""
        state = f"{self.drivers.ended} {self.drivers.failures()} {self.drivers.now()} {spent.waiting}"
        now = self._clock()
        if state != self._state and now - self._last >= PLAIN_EVERY:
            self._last, self._state = now, state
            self._console.print(Text("; ".join(self.lines(spent, limits))), soft_wrap=True)
