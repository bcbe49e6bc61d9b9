"""The stock under drivers that run side by side: what one makes, the others wait for, and nothing is made twice."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.client.call import Call
from conformance.exceptions import BudgetSpent, NotReached
from conformance.run.scheduler import Scheduler, Task
from conformance.suite.stock import Made, Stock


class Shop:
    """A stock without a target, and drivers that ask it."""

    def __init__(self) -> None:
        self.session = SimpleNamespace(waiting=None)
        self.stock = Stock(self)  # type: ignore[arg-type]
        self.log: list[str] = []
        self.begun = 0

    def make(self, seconds: float = 0.02, failure: BaseException | None = None) -> Callable[[], Made]:
        """Return what makes a container, or does not, after a while."""

        def making() -> Made:
            self.begun += 1
            self.session.waiting.rest(seconds)
            if failure is not None:
                raise failure
            return Made(f"cnt_{self.begun}", "job_1", Call("POST", "/"), {})

        return making

    def run(self, *drivers: Callable[[], object]) -> list[Task]:
        tasks = [Task(f"driver {number}", driver) for number, driver in enumerate(drivers)]
        self.session.waiting = Scheduler(tasks)
        for task in tasks:
            self.session.waiting.run_until_ended(task)
        return tasks


@pytest.fixture
def shop() -> Shop:
    return Shop()


def asks(shop: Shop, name: str, make: Callable[[], Made]) -> Callable[[], None]:
    once = shop.stock.once
    return lambda: shop.log.append(once(name, make).container_id)


def test_two_drivers_that_ask_for_the_same_thing_share_it(shop: Shop) -> None:
    tasks = shop.run(*[asks(shop, "first", shop.make())] * 3)
    assert [task.error for task in tasks] == [None] * 3
    assert shop.log == ["cnt_1"] * 3
    assert [made.container_id for made in shop.stock.made()] == ["cnt_1"]


def test_what_is_being_made_is_had(shop: Shop) -> None:
    seen: list[Any] = []
    shop.run(asks(shop, "first", shop.make()), lambda: seen.append((shop.stock.has("first"), shop.stock.has("other"))))
    assert seen == [(True, False)]
    assert shop.stock.has("first")


def test_those_who_wait_get_the_reason_why_nothing_came(shop: Shop) -> None:
    tasks = shop.run(*[asks(shop, "first", shop.make(failure=NotReached("no luck")))] * 2)
    assert [repr(task.error) for task in tasks] == ["NotReached('no luck')"] * 2
    assert shop.begun == 1
    assert not shop.stock.has("first")


def test_a_maker_that_may_spend_nothing_more_leaves_it_to_the_next(shop: Shop) -> None:
    tasks = shop.run(*[asks(shop, "first", shop.make(failure=BudgetSpent("all")))] * 2)
    assert [repr(task.error) for task in tasks] == ["BudgetSpent('all')"] * 2
    assert shop.begun == 2
