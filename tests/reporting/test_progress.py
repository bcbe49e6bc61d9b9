"""How far a run is: what is counted, how long is left, and when a log gets a line."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from conformance.client.budget import Limits, Spent
from conformance.reporting.progress import Progress, driver_of, time_left, title_of

LIFE = "conformance/suite/test_life.py::test_one_container"
FORMATS = [f"conformance/suite/test_formats.py::test_a_format[{name}]" for name in ("auto", "video_remix")]
LIMITS = Limits(25, 3000, 300)


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def following(clock: Clock | None = None) -> tuple[Progress, io.StringIO]:
    out = io.StringIO()
    progress = Progress(Console(file=out, width=80), clock=clock or Clock())
    progress.drivers.expect([LIFE, *FORMATS])
    progress.drivers.expect([LIFE, *FORMATS])
    return progress, out


def test_the_lines_of_progress() -> None:
    progress, _ = following()
    progress.pytest_runtest_logstart(LIFE)
    progress.drivers.fail(LIFE, "CRE-2: A create was refused.\nLST-4: An item was twice in a walk.\nCRE-1: No jobId.")
    progress.pytest_runtest_logfinish(LIFE)
    progress.pytest_runtest_logfinish(LIFE)
    progress.pytest_runtest_logstart(FORMATS[0])
    assert progress.lines(Spent(3, 70, 70.4), LIMITS) == (
        "1 min 10 s, about 1 min 10 s left; 1/2 drivers, 3 failed (CRE 1-2, LST 4); 3/25 generations, 70/3000 requests",
        "now formats: a format",
    )


def test_a_driver_of_several_tests_is_one_driver_that_ends_with_the_last() -> None:
    progress, _ = following()
    drivers = progress.drivers
    assert drivers.total == 2
    for nodeid, ended in zip(FORMATS, (0, 1), strict=True):
        progress.pytest_runtest_logstart(nodeid)
        progress.pytest_runtest_logfinish(f"{nodeid}@tour")
        assert drivers.ended == ended


def test_a_driver_that_breaks_down_is_told_apart_from_a_failed_requirement() -> None:
    progress, _ = following()
    progress.drivers.fail(LIFE, "ZeroDivisionError: division by zero")
    assert progress.drivers.failures() == "0 failed, 1 broke down"


@pytest.mark.parametrize(
    ("ended", "seconds", "left"),
    [
        (0, 10, "at most 4 min 50 s left"),
        (1, 10, "about 30 s left"),
        (4, 10, "about 0 s left"),
        (1, 200, "about 1 min 40 s left"),
        (1, 400, "about 0 s left"),
    ],
)
def test_the_time_left_is_that_of_the_rest_and_never_more_than_the_budget(
    ended: int, seconds: float, left: str
) -> None:
    assert time_left(ended, 4, Spent(0, 0, seconds), LIMITS) == left


def test_a_log_gets_a_line_when_something_changes_and_at_most_one_in_15_seconds() -> None:
    clock = Clock()
    progress, out = following(clock)
    written = []
    for second in range(91):
        clock.now = 1000.0 + second
        if second == 3:
            progress.pytest_runtest_logstart(LIFE)
        if second == 20:
            progress.drivers.fail(LIFE, "CRE-2: A create was refused.")
        if second == 62:
            progress.pytest_runtest_logfinish(LIFE)
        before = out.getvalue()
        progress.log(Spent(1, second, second), LIMITS)
        if out.getvalue() != before:
            written.append(second)
    # At 15 what began at 3; at 30 the failure of 20; nothing until the driver ends at 62.
    assert written == [15, 30, 62]
    assert all(
        line.startswith(f"{word}, ")
        for line, word in zip(out.getvalue().splitlines(), ("15 s", "30 s", "1 min 02 s"), strict=True)
    )


def test_the_names_of_drivers() -> None:
    assert {driver_of(each) for each in FORMATS} == {"test_formats::test_a_format"}
    assert driver_of(f"{LIFE}@tour") == "test_life::test_one_container"
    assert title_of("test_life::test_one_container") == "life: one container"


def test_a_run_that_waits_for_its_target_says_so() -> None:
    waiting = "waiting for the target, which has not answered since 12:04:11 UTC"
    progress = Progress(Console(file=io.StringIO()))
    assert progress.lines(Spent(0, 0, 0, waiting), LIMITS)[1] == waiting
