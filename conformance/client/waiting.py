"""How a caller waits: whether others may go on meanwhile, and whether the run still goes on at all."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from conformance.exceptions import HarnessDefect, RunStopped


class Waiting(Protocol):
    """The ways to wait; each raises Stopped, in a thread of a run that has other callers, once that run ends."""

    def rest(self, seconds: float, unless: Callable[[], bool]) -> None:
        """Wait, and let other callers go on meanwhile, who may make `unless` true and so end the wait."""

    def hold(self, seconds: float) -> None:
        """Wait, and let nobody else go on."""

    def until(self, ready: Callable[[], bool]) -> None:
        """Wait until another caller has brought about what `ready` asks for."""

    def check(self) -> None:
        """Return at once, unless the run ends."""


class Stopped(RunStopped):
    """The run ends: a caller that waits goes no further."""


class Alone:
    """The waiting of a process that has one caller."""

    def rest(self, seconds: float, unless: Callable[[], bool]) -> None:
        """Wait; nobody else could end it."""
        if not unless():
            time.sleep(seconds)

    def hold(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def until(self, ready: Callable[[], bool]) -> None:
        """Raise HarnessDefect unless it is so already: there is nobody who could bring it about."""
        if not ready():
            raise HarnessDefect("A driver waits for what no other driver makes.")

    def check(self) -> None:
        """Return."""
