"""A clock of the target that jumps without this run, as Date shows: no window of a key is judged across that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from histories import HistoryBuilder, results
from keyed_calls import SECOND, again, first, idempotency
from test_idempotency_window import HOUR, advance

NOON = datetime(2026, 4, 18, 12, tzinfo=UTC)
DAY = 24 * HOUR
GONE = {"status": 202, "n": 2}
"""The answer to a key that is free again."""


def dated(story: HistoryBuilder, ahead: float = 0.0, **more: Any) -> dict[str, Any]:
    """Return an answer whose Date is so many seconds ahead of what it was at noon."""
    date = format_datetime(NOON + timedelta(seconds=story.at - 1_000 + ahead), usegmt=True)
    return {"answer_headers": {"Date": date} | more}


def keyed() -> HistoryBuilder:
    story = HistoryBuilder()
    again(story, **dated(story))
    return story


def look(story: HistoryBuilder, ahead: float, **more: Any) -> None:
    story.call("OPTIONS", "/v1/nothing", 204, **dated(story, ahead), **more)


def test_without_a_jump_a_key_that_is_free_too_early_is_accused() -> None:
    story = keyed()
    again(story, 2, **dated(story))
    assert sorted(idempotency(story)) == ["IDM-1", "IDM-2"]


@pytest.mark.parametrize("ahead", [DAY, DAY + 3, 10 * DAY])
def test_a_key_may_be_free_after_a_jump_of_a_day(ahead: float) -> None:
    story = keyed()
    again(story, 2, **dated(story, ahead))
    assert idempotency(story) == {}


@pytest.mark.parametrize("ahead", [-10 * DAY, -30.0, 1.0, 2.0, 30.0, 59.0, 3 * HOUR])
def test_a_jump_that_reaches_no_border_excuses_nothing(ahead: float) -> None:
    story = keyed()
    again(story, 2, **dated(story, ahead))
    assert sorted(idempotency(story)) == ["IDM-1", "IDM-2"]


def test_a_jump_forth_and_back_may_have_freed_the_key() -> None:
    story = keyed()
    look(story, DAY)
    look(story, 0.0)
    again(story, 2, **dated(story))
    assert idempotency(story) == {}


def test_a_jump_before_the_first_call_excuses_nothing() -> None:
    story = HistoryBuilder()
    look(story, 0.0)
    look(story, DAY)
    again(story, **dated(story, DAY))
    again(story, 2, **dated(story, DAY))
    assert sorted(idempotency(story)) == ["IDM-1", "IDM-2"]


@pytest.mark.parametrize(("ahead", "found"), [(4.0, []), (30.0, []), (1.5, ["IDM-12"])])
def test_a_jump_below_a_minute_counts_where_it_reaches_the_border(ahead: float, found: list[str]) -> None:
    """Date tells whole seconds, so that a jump of up to two seconds is not noticed; drivers keep half a minute from the border."""
    story = keyed()
    advance(story, DAY - 5)
    again(story, body=SECOND, **dated(story, DAY - 5 + ahead) | GONE)
    assert list(idempotency(story)) == found


@pytest.mark.parametrize("follows", [True, False], ids=["Date follows the test clock", "Date is another clock"])
def test_a_move_of_our_own_is_no_jump(follows: bool) -> None:  # noqa: FBT001 - a parameter
    story = keyed()
    advance(story, 23 * HOUR)
    again(story, **dated(story, 23 * HOUR if follows else 0.0))
    assert results(story, "IDM-12") == ["passed"]


def test_after_a_jump_back_a_key_may_still_be_taken() -> None:
    story = keyed()
    advance(story, DAY + 60)
    look(story, DAY + 60 - 90)
    again(story, **dated(story, DAY + 60 - 90))
    assert idempotency(story) == {}
    assert "passed" not in results(story, "IDM-12")


@pytest.mark.parametrize("more", [{"Age": "86400"}, {"Date": "Sat, 18 Apr 2026 99:00:00 GMT"}, {"Date": "x" * 400}])
def test_a_date_that_tells_nothing_is_no_jump(more: dict[str, str]) -> None:
    story = keyed()
    story.call("OPTIONS", "/v1/nothing", 204, answer_headers=dated(story, DAY)["answer_headers"] | more)
    again(story, 2, **dated(story))
    assert sorted(idempotency(story)) == ["IDM-1", "IDM-2"]


def test_an_answer_that_took_long_is_told_by_less() -> None:
    story = keyed()
    look(story, 14.0, took=30.0)
    again(story, **dated(story))
    assert idempotency(story) == {}
    assert results(story, "IDM-1") == ["passed"]


def test_of_a_clock_that_jumps_all_the_time_nothing_is_known() -> None:
    story = keyed()
    for number in range(1100):
        look(story, 60.0 * (number % 2))
    again(story, 2, **dated(story))
    assert idempotency(story) == {}


def test_without_dates_only_timestamps_tell() -> None:
    story = first()
    again(story, 2)
    assert sorted(idempotency(story)) == ["IDM-1", "IDM-2"]
