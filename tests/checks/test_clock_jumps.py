"""A clock of the target that jumps without this run, as Date shows: no window of a key is judged across that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from histories import Told, results
from keyed_calls import SECOND, again, first, idempotency
from test_idempotency_window import HOUR, advance

NOON = datetime(2026, 4, 18, 12, tzinfo=UTC)
DAY = 24 * HOUR
GONE = {"status": 202, "n": 2}
"""The answer to a key that is free again."""


def dated(told: Told, ahead: float = 0.0, **more: Any) -> dict[str, Any]:
    """Return an answer whose Date is so many seconds ahead of what it was at noon."""
    date = format_datetime(NOON + timedelta(seconds=told.at - 1_000 + ahead), usegmt=True)
    return {"answer_headers": {"Date": date} | more}


def keyed() -> Told:
    told = Told()
    again(told, **dated(told))
    return told


def look(told: Told, ahead: float, **more: Any) -> None:
    told.call("OPTIONS", "/v1/nothing", 204, **dated(told, ahead), **more)


def test_without_a_jump_a_key_that_is_free_too_early_is_accused() -> None:
    told = keyed()
    again(told, 2, **dated(told))
    assert sorted(idempotency(told)) == ["IDM-1", "IDM-2"]


@pytest.mark.parametrize("ahead", [DAY, DAY + 3, 10 * DAY])
def test_a_key_may_be_free_after_a_jump_of_a_day(ahead: float) -> None:
    told = keyed()
    again(told, 2, **dated(told, ahead))
    assert idempotency(told) == {}


@pytest.mark.parametrize("ahead", [-10 * DAY, -30.0, 1.0, 2.0, 30.0, 59.0, 3 * HOUR])
def test_a_jump_that_reaches_no_border_excuses_nothing(ahead: float) -> None:
    told = keyed()
    again(told, 2, **dated(told, ahead))
    assert sorted(idempotency(told)) == ["IDM-1", "IDM-2"]


def test_a_jump_forth_and_back_may_have_freed_the_key() -> None:
    told = keyed()
    look(told, DAY)
    look(told, 0.0)
    again(told, 2, **dated(told))
    assert idempotency(told) == {}


def test_a_jump_before_the_first_call_excuses_nothing() -> None:
    told = Told()
    look(told, 0.0)
    look(told, DAY)
    again(told, **dated(told, DAY))
    again(told, 2, **dated(told, DAY))
    assert sorted(idempotency(told)) == ["IDM-1", "IDM-2"]


@pytest.mark.parametrize(("ahead", "found"), [(4.0, []), (30.0, []), (1.5, ["IDM-12"])])
def test_a_jump_below_a_minute_counts_where_it_reaches_the_border(ahead: float, found: list[str]) -> None:
    """Date tells whole seconds, so that a jump of up to two seconds is not noticed; drivers keep half a minute from the border."""
    told = keyed()
    advance(told, DAY - 5)
    again(told, body=SECOND, **dated(told, DAY - 5 + ahead) | GONE)
    assert list(idempotency(told)) == found


@pytest.mark.parametrize("follows", [True, False], ids=["Date follows the test clock", "Date is another clock"])
def test_a_move_of_our_own_is_no_jump(follows: bool) -> None:  # noqa: FBT001 - a parameter
    told = keyed()
    advance(told, 23 * HOUR)
    again(told, **dated(told, 23 * HOUR if follows else 0.0))
    assert results(told, "IDM-12") == ["passed"]


def test_after_a_jump_back_a_key_may_still_be_taken() -> None:
    told = keyed()
    advance(told, DAY + 60)
    look(told, DAY + 60 - 90)
    again(told, **dated(told, DAY + 60 - 90))
    assert idempotency(told) == {}
    assert "passed" not in results(told, "IDM-12")


@pytest.mark.parametrize("more", [{"Age": "86400"}, {"Date": "Sat, 18 Apr 2026 99:00:00 GMT"}, {"Date": "x" * 400}])
def test_a_date_that_tells_nothing_is_no_jump(more: dict[str, str]) -> None:
    told = keyed()
    told.call("OPTIONS", "/v1/nothing", 204, answer_headers=dated(told, DAY)["answer_headers"] | more)
    again(told, 2, **dated(told))
    assert sorted(idempotency(told)) == ["IDM-1", "IDM-2"]


def test_an_answer_that_took_long_is_told_by_less() -> None:
    told = keyed()
    look(told, 14.0, took=30.0)
    again(told, **dated(told))
    assert idempotency(told) == {}
    assert results(told, "IDM-1") == ["passed"]


def test_of_a_clock_that_jumps_all_the_time_nothing_is_known() -> None:
    told = keyed()
    for number in range(1100):
        look(told, 60.0 * (number % 2))
    again(told, 2, **dated(told))
    assert idempotency(told) == {}


def test_without_dates_only_timestamps_tell() -> None:
    told = first()
    again(told, 2)
    assert sorted(idempotency(told)) == ["IDM-1", "IDM-2"]
