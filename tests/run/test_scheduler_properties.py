"""The baton, whatever drivers there are: one has it at a time, each ends, the order is theirs alone, and Ctrl-C ends them all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.client.waiting import Stopped
from conformance.run.scheduler import Scheduler, Task

SHARED = ("first", "failed", "review")


@dataclass(frozen=True)
class Drawn:
    """A driver: the rests between its steps, what it uses and changes, and the length of its chain of generations."""

    rests: list[float]
    uses: frozenset[str]
    changes: frozenset[str]
    depth: int
    is_urgent: bool
    waits: bool


SHARES = st.frozensets(st.sampled_from(SHARED), max_size=2)
DRIVERS = st.lists(
    st.builds(
        Drawn,
        rests=st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0]), max_size=4),
        uses=SHARES,
        changes=SHARES,
        depth=st.integers(0, 4),
        is_urgent=st.booleans(),
        waits=st.booleans(),
    ),
    min_size=1,
    max_size=7,
)


@dataclass
class Play:
    """A scheduler on a clock of its own. Each driver holds a lock while it has the turn, and may wait for what the one before it makes.

    After so many waits for a moment, the thread that passes the turn is interrupted.
    """

    drawn: list[Drawn]
    interrupted_after: int | None = None
    now: float = 0.0
    log: list[str] = field(default_factory=list)
    made: set[int] = field(default_factory=set)
    sleeps: int = 0

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self.tasks = [
            Task(f"t{place}", self.body(place, each), each.uses, each.changes, each.depth, each.is_urgent)
            for place, each in enumerate(self.drawn)
        ]
        self.scheduler = Scheduler(self.tasks, clock=lambda: self.now, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        if self.sleeps == self.interrupted_after:
            raise KeyboardInterrupt
        self.sleeps += 1
        self.now += seconds

    def body(self, place: int, each: Drawn) -> Callable[[], object]:
        def away(wait: Callable[[], object]) -> None:
            self.lock.release()
            wait()
            assert self.lock.acquire(blocking=False), "another one has the turn too"
            self.log.append(f"{place} goes on at {self.now:g}")

        def run() -> None:
            assert self.lock.acquire(blocking=False), "another one has the turn too"
            self.log.append(f"{place} begins at {self.now:g}")
            for seconds in each.rests:
                away(lambda seconds=seconds: self.scheduler.rest(seconds))  # type: ignore[misc]
            if each.waits and place:
                away(lambda: self.scheduler.until(lambda: place - 1 in self.made))
            self.made.add(place)
            self.log.append(f"{place} ends at {self.now:g}")
            self.lock.release()

        return run

    def run(self) -> list[str]:
        """Let all of them run, as pytest asks for them one by one, and return the log."""
        try:
            for task in self.tasks:
                self.scheduler.run_until_ended(task)
        finally:
            self.scheduler.stop()
        return self.log


@settings(max_examples=150, deadline=None)
@given(DRIVERS)
def test_one_has_the_turn_at_a_time_and_each_ends(drawn: list[Drawn]) -> None:
    play = Play(drawn)
    log = play.run()
    assert [task.error for task in play.tasks] == [None] * len(drawn)
    assert all(task.ended and task.thread is not None and not task.thread.is_alive() for task in play.tasks)
    assert sum("ends" in line for line in log) == sum("begins" in line for line in log) == len(drawn)


@settings(max_examples=100, deadline=None)
@given(DRIVERS)
def test_the_order_follows_from_the_drivers_alone(drawn: list[Drawn]) -> None:
    assert Play(drawn).run() == Play(drawn).run()


@settings(max_examples=150, deadline=None)
@given(DRIVERS)
def test_what_one_changes_nobody_else_has_meanwhile(drawn: list[Drawn]) -> None:
    open_ones: list[int] = []
    for line in Play(drawn).run():
        place = int(line.split()[0])
        if "begins" in line:
            for other in open_ones:
                mine, others = drawn[place], drawn[other]
                assert mine.changes.isdisjoint(others.uses | others.changes), (place, other)
                assert others.changes.isdisjoint(mine.uses | mine.changes), (place, other)
            open_ones.append(place)
        elif "ends" in line:
            open_ones.remove(place)


@settings(max_examples=100, deadline=None)
@given(DRIVERS, st.integers(0, 8))
def test_ctrl_c_ends_every_driver(drawn: list[Drawn], sleeps: int) -> None:
    play = Play(drawn, interrupted_after=sleeps)
    try:
        play.run()
    except KeyboardInterrupt:
        assert any(task.thread is None or isinstance(task.error, Stopped) for task in play.tasks)
    else:
        assert all(task.ended and task.error is None for task in play.tasks)
    for task in play.tasks:
        assert task.thread is None or not task.thread.is_alive()
        assert task.error is None or isinstance(task.error, Stopped)
