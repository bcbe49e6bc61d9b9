"""A clock of the target that jumps without this run, as Date shows: no window of a key is judged across that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from histories import HistoryBuilder
from keyed_calls import again, idempotency

NOON = datetime(2026, 4, 18, 12, tzinfo=UTC)
DAY = 86_400


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


@pytest.mark.parametrize("more", [{"Age": "86400"}, {"Date": "Sat, 18 Apr 2026 99:00:00 GMT"}, {"Date": "x" * 400}])
def test_a_date_that_tells_nothing_is_no_jump(more: dict[str, str]) -> None:
    story = keyed()
    story.call("OPTIONS", "/v1/nothing", 204, answer_headers=dated(story, DAY)["answer_headers"] | more)
    again(story, 2, **dated(story))
    assert sorted(idempotency(story)) == ["IDM-1", "IDM-2"]


def test_of_a_clock_that_jumps_all_the_time_nothing_is_known() -> None:
    story = keyed()
    for number in range(1100):
        look(story, 60.0 * (number % 2))
    again(story, 2, **dated(story))
    assert idempotency(story) == {}
