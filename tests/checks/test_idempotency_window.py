"""IDM-12: for how long a key stands for its answer."""

from typing import Any

import pytest
from histories import BASE, HistoryBuilder
from keyed_calls import again, first, idempotency


def advance(story: HistoryBuilder, seconds: float, status: int | None = 200) -> None:
    story.call("POST", f"{BASE}/_sandbox/clock", status, {}, body={"advanceSeconds": seconds})


@pytest.mark.parametrize("seconds", [10**400, -(10**400), 1e308, "60", True, [60]], ids="abcdef")
def test_a_clock_that_nobody_can_say_how_far_it_moved_leaves_every_key_open(seconds: Any) -> None:
    story = first()
    advance(story, seconds)
    again(story, 2)
    assert idempotency(story) == {}
    again(story, 3)
    assert list(idempotency(story)) == ["IDM-1", "IDM-2"]
