"""Calls with a key whose histories a story cannot hold: numbers, dates and bodies beyond what JSON of a line says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from histories import BASE, FACTS, KEY, HistoryBuilder, envelope_of_error, failures

from conformance.contract.document import load
from conformance.contract.validity import Unparsed
from conformance.history.keyed_calls import generating_call
from conformance.history.observation import understand

NOON = datetime(2026, 4, 18, 12, tzinfo=UTC)
DAY = 86_400


def dated(story: HistoryBuilder, ahead: float = 0.0) -> dict[str, Any]:
    """Return an answer whose Date is so many seconds ahead of what it was at noon."""
    date = format_datetime(NOON + timedelta(seconds=story.at - 1_000 + ahead), usegmt=True)
    return {"answer_headers": {"Date": date}}


def keyed() -> HistoryBuilder:
    story = HistoryBuilder()
    story.create(key=KEY, **dated(story))
    return story


@pytest.mark.parametrize("seconds", [10**400, -(10**400), 1e308, "60", True, [60]], ids="abcdef")
def test_a_clock_that_nobody_can_say_how_far_it_moved_leaves_every_key_open(seconds: Any) -> None:
    story = HistoryBuilder()
    story.create(key=KEY)
    story.call("POST", f"{BASE}/_sandbox/clock", 200, {}, body={"advanceSeconds": seconds})
    story.create(2, key=KEY)
    assert failures(story) == {}
    story.create(3, key=KEY)
    assert list(failures(story)) == ["IDM-1", "IDM-2"]


@pytest.mark.parametrize("more", [{"Age": "86400"}, {"Date": "Sat, 18 Apr 2026 99:00:00 GMT"}, {"Date": "x" * 400}])
def test_a_date_that_tells_nothing_is_no_jump(more: dict[str, str]) -> None:
    story = keyed()
    story.call("OPTIONS", "/v1/nothing", 204, answer_headers=dated(story, DAY)["answer_headers"] | more)
    story.create(2, key=KEY, **dated(story))
    assert sorted(failures(story)) == ["IDM-1", "IDM-2"]


def test_of_a_clock_that_jumps_all_the_time_nothing_is_known() -> None:
    story = keyed()
    for number in range(1100):
        story.call("OPTIONS", "/v1/nothing", 204, **dated(story, 60.0 * (number % 2)))
    story.create(2, key=KEY, **dated(story))
    assert failures(story) == {}


def test_a_call_is_remembered_without_its_bodies() -> None:
    story = HistoryBuilder()
    story.create(key=KEY, status=409, answer=envelope_of_error("CONFLICT"))
    call = generating_call(understand(story.exchanges[0], load(), FACTS), 0.0)
    assert call is not None
    assert call.seen.answer is Unparsed.ABSENT
    assert call.answer is None
    assert call.code == "CONFLICT"
