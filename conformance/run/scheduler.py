"""The scheduler: drivers in threads of their own, of which the one that holds the turn runs.

It is passed on only where a driver waits, so that stock, session and judge see one caller at a time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from conformance.client.waiting import Stopped
from conformance.exceptions import HarnessDefect

PATIENCE = 2.0
"""Seconds that threads have to end when the run ends; one that waits for an answer of the target is left behind then."""


@dataclass(slots=True, eq=False)
class Task:
    """One driver: what it does, what it uses and changes of that which it shares, and how long it takes at least.

    `depth` is the number of generations that it waits for, one after the other. `held` counts the seconds in which it had the turn.
    """

    name: str
    body: Callable[[], object]
    uses: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()
    depth: int = 0
    is_urgent: bool = False
    ended: bool = False
    error: BaseException | None = None
    held: float = 0.0
    chain: int = 0
    due: float | None = None
    ready: Callable[[], bool] | None = None
    thread: threading.Thread | None = None
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def precedes(self, later: Task) -> bool:
        """Return whether a task that comes later in the order may not begin before this one has ended."""
        return not (
            self.changes.isdisjoint(later.changes)
            and self.changes.isdisjoint(later.uses)
            and self.uses.isdisjoint(later.changes)
        )


@contextmanager
def _nothing_else(_: Task) -> Iterator[None]:
    yield


class Scheduler:
    """Passes the turn between tasks, in an order that follows from the tasks and from when their waits end.

    The thread that calls `run_until_ended` has the turn in between, and passes it to a task whose time to wait is over or, if there is
    none, to one that what it waited for lets go on or begin. Among these the urgent ones come first, then the one on the longest chain of
    generations, then the first one.
    `turn` surrounds each time that a task has the turn.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        turn: Callable[[Task], AbstractContextManager[None]] = _nothing_else,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._tasks = tuple(tasks)
        self._turn = turn
        self._clock = clock
        self._sleep = sleep
        self._holder: Task | None = None
        self._returned = threading.Semaphore(0)
        self._stopping = threading.Event()
        self._threads: set[int] = set()
        self._places = {id(task): place for place, task in enumerate(self._tasks)}
        self._before: dict[int, tuple[Task, ...]] = {}
        for place in reversed(range(len(self._tasks))):
            task = self._tasks[place]
            later = [other for other in self._tasks[place + 1 :] if task.precedes(other)]
            task.chain = task.depth + max((other.chain for other in later), default=0)
            self._before[id(task)] = tuple(other for other in self._tasks[:place] if other.precedes(task))

    @property
    def is_stopping(self) -> bool:
        """Whether no task may go on."""
        return self._stopping.is_set()

    @property
    def chains(self) -> list[int]:
        """How many generations follow one another from each task on, in the order of the tasks."""
        return [task.chain for task in self._tasks]

    def run_until_ended(self, task: Task) -> None:
        """Pass the turn until a task has ended, or `halt` was called; raises HarnessDefect where no task can go on."""
        while not task.ended and not self.is_stopping:
            following = self._next()
            if following is not None:
                self._pass_to(following)
                continue
            dues = [other.due for other in self._tasks if other.due is not None]
            if not dues:
                stuck = ", ".join(other.name for other in self._tasks if not other.ended)
                raise HarnessDefect(f"No driver can go on: {stuck} wait for each other.")
            self._sleep(max(0.0, min(dues) - self._clock()))

    def halt(self) -> None:
        """Let no task go on; each ends where it waits next."""
        self._stopping.set()

    def stop(self) -> None:
        """End every task at its next wait, and wait for its thread, but not for long."""
        self.halt()
        deadline = time.monotonic() + PATIENCE
        for task in self._tasks:
            if task.thread is not None:
                task.go.release()
                task.thread.join(max(0.0, deadline - time.monotonic()))

    def rest(self, seconds: float, unless: Callable[[], bool] = lambda: False) -> None:
        """Wait, and pass the turn on meanwhile, to others who may make `unless` true and so end the wait."""
        self.check()
        if unless():
            return
        if self._holder is None:
            self._sleep(seconds)
            return
        self._holder.due, self._holder.ready = self._clock() + seconds, unless
        self._hand_back(self._holder)

    def until(self, ready: Callable[[], bool]) -> None:
        """Pass the turn on until another task has brought about what `ready` asks for."""
        self.check()
        if ready():
            return
        if self._holder is None:
            raise HarnessDefect("A driver waits for what no other driver makes.")
        self._holder.ready = ready
        self._hand_back(self._holder)

    def hold(self, seconds: float) -> None:
        """Wait, and keep the turn."""
        if self._holder is None:
            self._sleep(seconds)
        else:
            self._stopping.wait(seconds)
        self.check()

    def check(self) -> None:
        """Raise Stopped in a task once the run ends."""
        if self.is_stopping and threading.get_ident() in self._threads:
            raise Stopped

    def _next(self) -> Task | None:
        """Return the task that goes on or begins now."""
        now = self._clock()
        waiting = [task for task in self._tasks if task.thread is not None and not task.ended]
        ready = [task for task in waiting if task.ready is not None and task.ready()]
        due = [task for task in waiting if task.due is not None and task.due <= now and task not in ready]
        able = due or [*ready, *(task for task in self._tasks if task.thread is None and self._may_begin(task))]
        return min(able, key=self._rank, default=None)

    def _may_begin(self, task: Task) -> bool:
        return all(before.ended for before in self._before[id(task)])

    def _rank(self, task: Task) -> tuple[bool, int, int]:
        return not task.is_urgent, -task.chain, self._places[id(task)]

    def _pass_to(self, task: Task) -> None:
        task.due = task.ready = None
        began = self._clock()
        with self._turn(task):
            self._holder = task
            if task.thread is None:
                # A daemon, so that one that waits for an answer of the target cannot keep the process alive.
                task.thread = threading.Thread(target=self._run, args=(task,), name=task.name, daemon=True)
                task.thread.start()
            else:
                task.go.release()
            self._returned.acquire()  # noqa: SIM115, RUF100 - a task releases it, in another thread
            self._holder = None
        task.held += self._clock() - began

    def _run(self, task: Task) -> None:
        self._threads.add(threading.get_ident())
        try:
            task.body()
        except BaseException as error:  # noqa: BLE001 - it is raised again where the task is waited for
            task.error = error
        task.ended = True
        self._returned.release()

    def _hand_back(self, task: Task) -> None:
        self._returned.release()
        task.go.acquire()
        if self.is_stopping:
            raise Stopped
