"""The base of checks that judge some calls late: once every call that overlapped them is known."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from conformance.checks.findings import Check, Finding
from conformance.door.exchange import judging_order
from conformance.history.causes import Keys
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation

_Known = TypeVar("_Known")


class LateCheck(Check, Generic[_Known]):
    """Keeps calls, with what was known of them when they were sent, until nothing can overlap them that is still to come."""

    def __init__(self) -> None:
        self._keys = Keys()
        self._kept: list[tuple[Observation, _Known]] = []

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge the calls that are due, then look at this exchange."""
        for call, known in self._due(seen):
            yield from self.judge(call, known, ledger)
        yield from self.look(seen, ledger)

    def finish(self, ledger: Ledger) -> Iterable[Finding]:
        """Judge what is left."""
        for call, known in self._kept:
            yield from self.judge(call, known, ledger)
        self._kept = []

    def keep(self, call: Observation, known: _Known) -> None:
        """Let a call be judged when it is due."""
        self._kept.append((call, known))

    @abstractmethod
    def look(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Say what this exchange shows at once, and keep it where that is to be told later."""

    @abstractmethod
    def judge(self, call: Observation, known: _Known, ledger: Ledger) -> Iterator[Finding]:
        """Say what a kept call shows."""

    def _due(self, seen: Observation) -> list[tuple[Observation, _Known]]:
        if not self._kept:
            return []
        now = judging_order(seen.exchange)
        due = [item for item in self._kept if item[0].exchange.received_at <= now and item[0] is not seen]
        if due:
            self._kept = [item for item in self._kept if item not in due]
        return due
