"""Whether somebody else moves the test clock, by what its answers tell."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from runs import exchange

from conformance.client.actors import HARNESS
from conformance.client.exchange import Exchange
from conformance.exceptions import NotReached
from conformance.run.calls.shared_clock import SharedClock

DAY = 86_400.0


class HistoryBuilder:
    """A target whose clock tells a moment that is ahead of ours, by what `answers` say in turn; None tells no time."""

    def __init__(self, *answers: float | None, clock_url: str | None = "/clock", status: int = 200) -> None:
        self._answers, self._status = list(answers), status
        self.target = SimpleNamespace(hooks=SimpleNamespace(clock_url=clock_url))
        self.session = self

    def call(self, method: str, path: str, body: object, actor: str) -> None:
        assert (method, path, set(body), actor) == ("POST", "/clock", {"advanceSeconds"}, HARNESS)  # type: ignore[call-overload]

    def send(self, _: None) -> Exchange:
        ahead = self._answers.pop(0)
        moment = None if ahead is None else datetime.fromtimestamp(time.time() + ahead, UTC).isoformat()
        return exchange(status=self._status, answer=json.dumps({"now": moment}).encode())


def disturbed(*answers: float | None, began: Any = None, by: float = DAY) -> bool:
    clock = SharedClock(HistoryBuilder(*answers), began, time.time())  # type: ignore[arg-type]  # all that it asks of an Api
    for _ in answers[1:]:
        clock.advance(by)
    return clock.is_disturbed


@pytest.mark.parametrize(
    ("answers", "is_disturbed"),
    [
        ((0, DAY, 2 * DAY), False),
        ((0, 2 * DAY), True),
        ((0, DAY, 3 * DAY), True),
        ((0, DAY + 5), False),
        ((0, DAY + 60), True),
        # It moves the window of keys and tells the time of all else.
        ((0, 0, 0), False),
        ((0, 60), False),
        ((None, None), False),
        ((0, None, 9 * DAY), False),
    ],
)
def test_others_have_moved_a_clock_that_is_further_ahead_than_it_was_moved(
    answers: tuple[float | None, ...], *, is_disturbed: bool
) -> None:
    assert disturbed(*answers) is is_disturbed


def test_a_clock_that_was_moved_since_the_target_dated_something_is_disturbed() -> None:
    began = datetime.fromtimestamp(time.time(), UTC).isoformat()
    assert disturbed(0, began=began) is False
    assert disturbed(DAY, began=began) is True


def test_what_has_disturbed_it_before_is_forgotten_where_it_is_watched_anew() -> None:
    clock = SharedClock(HistoryBuilder(0, 5 * DAY, 5 * DAY, 6 * DAY))  # type: ignore[arg-type]  # all that it asks of an Api
    clock.advance(DAY)
    assert clock.is_disturbed
    clock.watch()
    clock.advance(DAY)
    assert not clock.is_disturbed


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (HistoryBuilder(0, clock_url=None), "no test clock is configured"),
        (HistoryBuilder(0, status=404), "the test clock answered 404"),
    ],
)
def test_a_clock_that_is_not_there_or_refuses_is_not_reached(story: HistoryBuilder, said: str) -> None:
    with pytest.raises(NotReached, match=said):
        SharedClock(story)  # type: ignore[arg-type]  # all that it asks of an Api
