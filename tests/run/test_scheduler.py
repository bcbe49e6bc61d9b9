"""The scheduler: one task runs at a time, in an order that follows from the tasks and from when their waits end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from conformance.client.waiting import Alone, Stopped
from conformance.exceptions import BudgetSpent, HarnessDefect
from conformance.run import scheduler as scheduler_module
from conformance.run.scheduler import Scheduler, Task


class Stage:
    """A scheduler on a clock of its own, and a log of what its tasks did."""

    def __init__(self) -> None:
        self.now = 0.0
        self.log: list[str] = []
        self.tasks: list[Task] = []
        self.made: set[str] = set()
        self.scheduler: Scheduler

    def task(self, name: str, *steps: float | str | Callable[[], object], **more: object) -> Task:
        """Add a task: a number is a rest, a text in angle brackets a wait for what is made, another text a making, and the rest is called."""

        def body() -> None:
            for step in ("begins", *steps, "ends"):
                if isinstance(step, float):
                    self.scheduler.rest(step)
                    self.log.append(f"{name} {self.now:g}")
                elif not isinstance(step, str):
                    step()
                elif step.startswith("<"):
                    self.scheduler.until(lambda wanted=step[1:-1]: wanted in self.made)  # type: ignore[misc]
                    self.log.append(f"{name} has {step[1:-1]}")
                elif step in {"begins", "ends"}:
                    self.log.append(f"{name} {step}")
                else:
                    self.made.add(step)

        settings = {
            key: frozenset(str(value).split()) if isinstance(value, str) else value for key, value in more.items()
        }
        added = Task(name, body, **settings)  # type: ignore[arg-type]
        self.tasks.append(added)
        return added

    def open(self) -> Scheduler:
        def sleep(seconds: float) -> None:
            self.now += seconds

        self.scheduler = Scheduler(self.tasks, clock=lambda: self.now, sleep=sleep)
        return self.scheduler

    def play(self) -> list[str]:
        """Run every task to its end, as pytest asks for them, and return the log."""
        self.open()
        for task in self.tasks:
            self.scheduler.run_until_ended(task)
        return self.log


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.scheduler.stop()


def test_a_task_runs_on_until_it_waits(stage: Stage) -> None:
    stage.task("a", 2.0)
    stage.task("b", 1.0)
    assert stage.play() == ["a begins", "b begins", "b 1", "b ends", "a 2", "a ends"]


def test_time_that_is_up_goes_before_what_has_not_begun(stage: Stage) -> None:
    stage.task("a", 1.0)
    stage.task("b", lambda: setattr(stage, "now", 5.0), depth=0)
    stage.task("c")
    assert stage.play() == ["a begins", "b begins", "b ends", "a 5", "a ends", "c begins", "c ends"]


def test_the_longest_chain_of_generations_goes_first_and_then_the_order(stage: Stage) -> None:
    stage.task("short", depth=1)
    stage.task("reader", uses="shared")
    stage.task("changer", changes="shared", depth=3)
    stage.task("middle", depth=2)
    assert [line.split()[0] for line in stage.play() if "begins" in line] == ["reader", "changer", "middle", "short"]
    assert stage.scheduler.chains == [1, 3, 3, 2]


def test_an_urgent_task_goes_first_of_all(stage: Stage) -> None:
    stage.task("deep", depth=3)
    stage.task("urgent", is_urgent=True)
    assert stage.play()[0] == "urgent begins"


def test_who_changes_something_has_it_alone_until_it_ends(stage: Stage) -> None:
    stage.task("earlier", 1.0, uses="shared")
    stage.task("changer", 1.0, changes="shared")
    stage.task("later", uses="shared")
    stage.task("another", 1.0, changes="shared")
    stage.task("other", uses="something")
    log = stage.play()
    assert [line for line in log if not line.startswith("other")] == [
        *("earlier begins", "earlier 1", "earlier ends", "changer begins", "changer 2", "changer ends"),
        *("later begins", "later ends", "another begins", "another 3", "another ends"),
    ]
    assert log.index("other ends") < log.index("earlier ends")


def test_two_who_use_the_same_run_side_by_side(stage: Stage) -> None:
    stage.task("a", 1.0, uses="shared")
    stage.task("b", 1.0, uses="shared")
    assert stage.play()[:2] == ["a begins", "b begins"]


def test_who_waits_for_what_another_makes_goes_on_once_it_is_there(stage: Stage) -> None:
    stage.task("asks", "<first>")
    stage.task("makes", 1.0, "first", 1.0)
    assert stage.play() == [
        "asks begins",
        "makes begins",
        "makes 1",
        "asks has first",
        "asks ends",
        "makes 2",
        "makes ends",
    ]


def test_a_rest_ends_early_once_it_need_not_last(stage: Stage) -> None:
    stage.task("asks", lambda: stage.scheduler.rest(60.0, lambda: "room" in stage.made))
    stage.task("makes", 1.0, "room", 5.0)
    assert stage.play() == ["asks begins", "makes begins", "makes 1", "asks ends", "makes 6", "makes ends"]


def test_the_order_is_the_same_each_time() -> None:
    def play() -> list[str]:
        stage = Stage()
        for number in range(12):
            stage.task(
                f"t{number}",
                0.5 * (number % 3),
                1.0,
                uses="x" if number % 4 else "",
                changes="" if number % 5 else "x",
                depth=number % 4,
            )
        return stage.play()

    first = play()
    assert len(first) == 48
    assert play() == first


def test_waits_that_nobody_ends_are_a_defect_of_ours(stage: Stage) -> None:
    stage.task("a", "<nothing>")
    stage.task("b", "<neither>")
    with pytest.raises(HarnessDefect, match="No driver can go on: a, b wait for each other"):
        stage.play()


def test_what_a_task_raised_is_kept_for_who_asks_for_it_and_stops_no_other(stage: Stage) -> None:
    def spend() -> None:
        raise BudgetSpent("all of it")

    broken, well = stage.task("broken", spend), stage.task("well", 1.0)
    stage.play()
    assert (repr(broken.error), well.error) == ("BudgetSpent('all of it')", None)
    assert broken.ended
    assert "well ends" in stage.log


def test_the_seconds_of_a_task_are_those_in_which_it_had_the_turn(stage: Stage) -> None:
    def work() -> None:
        stage.now += 3

    waits, works = stage.task("waits", 10.0), stage.task("works", work, 1.0, work)
    stage.play()
    assert (waits.held, works.held) == (0, 6)


def test_each_turn_is_surrounded_and_no_two_are_open_at_once() -> None:
    opened: list[str] = []
    log: list[str] = []

    @contextmanager
    def turn(task: Task) -> Iterator[None]:
        opened.append(task.name)
        log.append("+".join(opened))
        yield
        opened.remove(task.name)

    def body() -> None:
        for _ in range(20):
            assert len(opened) == 1
            scheduler.rest(0)

    tasks = [Task(name, body) for name in "abc"]
    scheduler = Scheduler(tasks, turn)
    for task in tasks:
        scheduler.run_until_ended(task)
    assert [task.error for task in tasks] == [None] * 3
    assert set(log) == {"a", "b", "c"}
    assert len(log) == 63


def test_the_turn_is_kept_while_a_task_holds_it() -> None:
    log: list[str] = []

    def holds() -> None:
        log.append("holds")
        scheduler.hold(0.05)
        log.append("held")

    tasks = [Task("holds", holds), Task("other", lambda: log.append("other"))]
    scheduler = Scheduler(tasks)
    for task in tasks:
        scheduler.run_until_ended(task)
    assert log == ["holds", "held", "other"]


@pytest.mark.parametrize("way", ["rests", "holds", "waits", "sends"])
def test_every_thread_ends_at_its_next_wait_when_the_run_ends(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler_module, "PATIENCE", 600.0)
    began = threading.Event()

    def body() -> None:
        began.set()
        match way:
            case "rests":
                scheduler.rest(1_000)
            case "holds":
                scheduler.hold(1_000)
            case "waits":
                scheduler.until(lambda: False)
            case _:
                while True:
                    time.sleep(0.01)
                    scheduler.check()

    task, rested = Task("a", body), Task("b", lambda: scheduler.rest(1_000))
    scheduler = Scheduler([rested, task])
    # As after Ctrl-C, the thread that passes the turn stops it from outside while a task has it.
    runner = threading.Thread(target=lambda: _quietly(lambda: scheduler.run_until_ended(task)), daemon=True)
    runner.start()
    began.wait()
    scheduler.stop()
    for each in (task, rested):
        assert each.thread is not None
        assert not each.thread.is_alive()
        assert isinstance(each.error, Stopped)


def _quietly(call: Callable[[], None]) -> None:
    try:
        call()
    except HarnessDefect:
        return


def test_a_thread_that_never_waits_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler_module, "PATIENCE", 0.05)
    began, gate = threading.Event(), threading.Event()
    task = Task("a", lambda: (began.set(), gate.wait()))
    scheduler = Scheduler([task])
    threading.Thread(target=lambda: scheduler.run_until_ended(task), daemon=True).start()
    began.wait()
    scheduler.stop()
    assert task.thread is not None
    assert task.thread.is_alive()
    gate.set()


def test_a_halted_baton_lets_no_task_go_on(stage: Stage) -> None:
    stage.task("a", lambda: stage.scheduler.halt(), 1.0)  # noqa: PLW0108 - the scheduler is made later
    stage.task("b")
    assert stage.play() == ["a begins"]


def test_a_process_with_one_caller_waits_by_sleeping() -> None:
    alone = Alone()
    began = time.monotonic()
    alone.rest(0.02, lambda: False)
    alone.hold(0.02)
    assert time.monotonic() - began >= 0.04
    alone.rest(60, lambda: True)
    alone.until(lambda: True)
    alone.check()
    with pytest.raises(HarnessDefect):
        alone.until(lambda: False)
