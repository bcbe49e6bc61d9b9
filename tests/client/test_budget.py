"""The budget of a run: exact over processes that race for its last units."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conformance.client.budget import Budget, Limits
from conformance.exceptions import BudgetSpent

RACER = """
import sys
from pathlib import Path
from conformance.client.budget import Budget, Limits
from conformance.exceptions import BudgetSpent

path, generations, requests, costs = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
print("ready", flush=True)
sys.stdin.readline()
budget = Budget(path, Limits(generations, requests, 600))
won = 0
try:
    while True:
        budget.reserve(costs)
        won += 1
except BudgetSpent:
    print(won, flush=True)
"""


@pytest.mark.parametrize(("costs", "units"), [(0, 203), (1, 101)])
def test_four_processes_that_race_spend_the_budget_exactly(costs: int, units: int, tmp_path: Path) -> None:
    path = tmp_path / "budget.sqlite"
    command = [sys.executable, "-c", RACER, str(path), "101", "203", str(costs)]
    racers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own code
        for _ in range(4)
    ]
    for racer in racers:
        assert racer.stdout
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    won = [int(racer.communicate()[0]) for racer in racers]
    assert sum(won) == units
    budget = Budget(path, Limits(101, 203, 600))
    assert (budget.spent().generations, budget.spent().requests) == (units * costs, units)
    budget.close()


def budget(folder: Path, generations: int = 2, requests: int = 9, seconds: float = 600) -> Budget:
    return Budget(folder / "budget.sqlite", Limits(generations, requests, seconds))


def test_threads_that_settle_at_once_are_each_counted(tmp_path: Path) -> None:
    one = budget(tmp_path, generations=2000, requests=2000)

    def spend(_: int) -> None:
        one.reserve(2)
        one.settle(-1)
        one.spent()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(spend, range(500)))
    assert (one.spent().generations, one.spent().requests) == (500, 500)


def test_what_does_not_fit_is_not_counted(tmp_path: Path) -> None:
    one = budget(tmp_path)
    one.reserve(1)
    with pytest.raises(BudgetSpent, match="the budget of 2 generations is spent"):
        one.reserve(2)
    assert (one.spent().generations, one.spent().requests) == (1, 1)
    one.reserve(1)
    assert one.spent().generations == 2


def test_settling_gives_back_and_takes_more(tmp_path: Path) -> None:
    one = budget(tmp_path)
    one.reserve(2)
    one.settle(-2)
    one.reserve(1)
    one.settle(0)
    one.settle(4)
    assert one.spent().generations == 5
    one.reserve(0)
    with pytest.raises(BudgetSpent, match="overspent"):
        one.reserve(0, may_generate=True)


def test_a_budget_that_is_just_spent_lets_replays_through(tmp_path: Path) -> None:
    one = budget(tmp_path)
    one.reserve(2)
    one.reserve(0, may_generate=True)
    assert one.spent().requests == 2


def test_nothing_may_be_spent_where_the_limit_is_none(tmp_path: Path) -> None:
    one = budget(tmp_path, generations=0)
    one.reserve(0)
    with pytest.raises(BudgetSpent):
        one.reserve(1)


def test_a_second_process_goes_on_where_the_first_one_is(tmp_path: Path) -> None:
    first = budget(tmp_path)
    first.reserve(1)
    second = budget(tmp_path)
    second.reserve(1)
    assert first.spent().generations == second.spent().generations == 2
    assert second.spent().seconds >= 0
    first.close()
    second.close()


def test_the_clock_begins_with_the_run(tmp_path: Path) -> None:
    budget(tmp_path).close()
    late = budget(tmp_path, seconds=0.000001)
    with pytest.raises(BudgetSpent, match="seconds is spent"):
        late.reserve(0)
