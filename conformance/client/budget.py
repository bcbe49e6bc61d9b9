"""What a run has spent, counted exactly over all of its workers, and what else all of them must know.

The counters are kept in one SQLite file that every worker opens: a request is counted before it is sent, in one transaction, so that
two workers can never spend the same last unit. The same transaction sees whether another worker has found that the target is gone.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.exceptions import BudgetSpent, CannotWrite, TargetGone

PATIENCE = 500
"""Attempts to open the file while others open it too."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a run may spend: numbers of generations and requests, and seconds."""

    generations: int
    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Spent:
    """What a run has spent so far; `waiting` says for what it waits, where it does."""

    generations: int
    requests: int
    seconds: float
    waiting: str | None = None


class Budget:
    """The counters of one run; the threads of a worker may share it."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.limits = limits
        self._path = path
        # Python's sqlite3 lets threads share a connection only if none uses it while another does.
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        self._switch_to_wal()
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS spent (only_row INTEGER PRIMARY KEY CHECK (only_row = 1),"
            " generations INTEGER NOT NULL, requests INTEGER NOT NULL, started REAL NOT NULL, waiting TEXT, gone TEXT)"
        )
        self._connection.execute("INSERT OR IGNORE INTO spent VALUES (1, 0, 0, ?, NULL, NULL)", (time.time(),))
        self._started: float = self._connection.execute("SELECT started FROM spent").fetchone()[0]

    def _switch_to_wal(self) -> None:
        """Let readers and a writer work side by side; SQLite does not wait for its lock here when several processes open the file."""
        for attempt in range(PATIENCE):
            try:
                self._connection.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError:
                if attempt == PATIENCE - 1:
                    raise
                time.sleep(0.02)
            else:
                return

    def reserve(self, generations: int, *, may_generate: bool = False) -> None:
        """Count one request and the generations that it is expected to start; raises BudgetSpent where a limit would be passed.

        It raises TargetGone where a worker has found the target gone. A call that `may_generate` although none is expected, such as
        a replay, is sent until a target has proved that it starts what it should not: once more was spent than the limit allows, no
        such call is sent again.
        """
        limits = self.limits
        if self.seconds > limits.seconds:
            raise BudgetSpent(f"the budget of {limits.seconds:g} seconds is spent")
        if may_generate and self.spent().generations > limits.generations:
            raise BudgetSpent(
                f"the budget of {limits.generations} generations is overspent by what the target should not have started"
            )
        with self._lock:
            counted = self._execute(
                "UPDATE spent SET generations = generations + :g, requests = requests + 1"
                " WHERE gone IS NULL AND requests < :requests AND (:g = 0 OR generations + :g <= :generations)",
                {"g": generations, "requests": limits.requests, "generations": limits.generations},
            ).rowcount
        if counted:
            return
        self._require_target()
        if self.spent().requests >= limits.requests:
            raise BudgetSpent(f"the budget of {limits.requests} requests is spent")
        raise BudgetSpent(f"the budget of {limits.generations} generations is spent")

    def count(self, generations: int, requests: int) -> None:
        """Count what the earlier parts of a run that is resumed have spent, or, below zero, give back what was reserved and not sent."""
        with self._lock:
            self._execute(
                "UPDATE spent SET generations = generations + ?, requests = requests + ?", (generations, requests)
            )

    def settle(self, difference: int) -> None:
        """Correct the count of generations once the answer shows how many really began."""
        if difference:
            with self._lock:
                self._execute("UPDATE spent SET generations = generations + ?", (difference,))

    def _require_target(self) -> None:
        with self._lock:
            (gone,) = self._execute("SELECT gone FROM spent").fetchone()
        if gone:
            raise TargetGone(gone)

    def wait_for(self, what: str | None) -> None:
        """Let whoever follows the run see for what it waits; None where it goes on."""
        with self._lock:
            self._execute("UPDATE spent SET waiting = ?", (what,))

    def give_up(self, reason: str) -> None:
        """Let no worker send anything more, since the target is gone; the first reason stays."""
        with self._lock:
            self._execute("UPDATE spent SET gone = coalesce(gone, ?), waiting = NULL", (reason,))
        self._require_target()

    @property
    def left(self) -> float:
        """The seconds until the run has taken as long as it may."""
        return self.limits.seconds - self.seconds

    @property
    def seconds(self) -> float:
        """The seconds since the first worker opened the file."""
        return time.time() - self._started

    def spent(self) -> Spent:
        """Return what the run has spent so far, over all workers."""
        with self._lock:
            generations, requests, waiting = self._execute(
                "SELECT generations, requests, waiting FROM spent"
            ).fetchone()
        return Spent(generations, requests, self.seconds, waiting)

    def _execute(self, statement: str, values: Any = ()) -> sqlite3.Cursor:
        try:
            return self._connection.execute(statement, values)
        except sqlite3.OperationalError as error:
            raise CannotWrite(self._path, error) from None

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
