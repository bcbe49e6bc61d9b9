"""How far a run is, while it runs: a live line on a terminal, a plain line every few seconds anywhere else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.live import Live
from rich.text import Text

from conformance.door.budget import Budget, Limits, Spent

REFRESH = 0.5
"""Seconds between two looks at the budget."""
PLAIN_EVERY = 5.0
"""Seconds between two lines where the output is not a terminal."""


class Progress:
    """A pytest plugin that follows the suite's own plugin and counts the drivers that ended."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self.total = 0
        self._console = console
        self._quiet = quiet
        self._ended: set[str] = set()
        self._done = threading.Event()
        self._thread: threading.Thread | None = None
        self._began = time.monotonic()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Begin to show, now that the drivers are known."""
        self._begin(session.config, len(session.items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        """Begin to show, now that a worker of xdist knows the drivers."""
        self._begin(node.config, len(ids))

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Count a driver that ended."""
        self._ended.add(nodeid)

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

    def line(self, spent: Spent, limits: Limits) -> str:
        """Return one line that says how far the run is."""
        return (
            f"{spent.seconds:4.0f} s  {len(self._ended)}/{self.total} drivers  "
            f"{spent.requests}/{limits.requests} requests  {spent.generations}/{limits.generations} generations"
        )

    def _begin(self, config: pytest.Config, total: int) -> None:
        self.total = max(self.total, total)
        suite = config.pluginmanager.get_plugin("conformance-suite")
        spec = getattr(suite, "spec", None)
        if self._quiet or self._thread is not None or spec is None or not total:
            return
        path, limits = spec.parts / "budget.sqlite", spec.limits
        self._thread = threading.Thread(target=self._follow, args=(path, limits), daemon=True)
        self._thread.start()

    def _follow(self, path: Path, limits: Limits) -> None:
        budget = Budget(path, limits)
        try:
            if self._console.is_terminal:
                with Live(console=self._console, transient=True, auto_refresh=False) as live:
                    self._poll(budget, REFRESH, lambda text: live.update(Text(text, "cyan"), refresh=True))
            else:
                self._poll(budget, PLAIN_EVERY, lambda text: self._console.print(Text(text), soft_wrap=True))
        finally:
            budget.close()

    def _poll(self, budget: Budget, every: float, show: Callable[[str], object]) -> None:
        while not self._done.wait(every):
            show(self.line(budget.spent(), budget.limits))
