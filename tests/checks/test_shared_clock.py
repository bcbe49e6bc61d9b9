"""A test clock that another run on the same target moves: no window is judged across that, as far as the target tells of it."""

from __future__ import annotations

from typing import Any

import pytest
from histories import CREATED, KEY, HistoryBuilder, envelope, failures, results
from keyed_calls import SECOND, again, first
from moves import regenerate
from test_idempotency_window import HOUR, advance

NEXT_DAY = "2026-04-19T12:04:12.000Z"
SAME_DAY = "2026-04-19T12:03:00.000Z"
"""Less than a day after CREATED."""


def dated(n: int, moment: str, **more: Any) -> dict[str, Any]:
    return {"answer": envelope(n) | {"startedAt": moment} | more}


@pytest.mark.parametrize(
    ("moment", "found"), [(NEXT_DAY, []), (SAME_DAY, ["IDM-1", "IDM-2"]), (CREATED, ["IDM-1", "IDM-2"])]
)
def test_a_replay_starts_anew_where_the_target_tells_of_another_day(moment: str, found: list[str]) -> None:
    story = first()
    again(story, 2, **dated(2, moment))
    assert sorted(failures(story)) == found


@pytest.mark.parametrize(("moment", "found"), [(NEXT_DAY, []), (SAME_DAY, ["IDM-3"])])
def test_another_body_is_accepted_where_the_target_tells_of_another_day(moment: str, found: list[str]) -> None:
    story = first()
    again(story, 2, body=SECOND, **dated(2, moment))
    assert sorted(failures(story)) == found


def test_just_inside_the_window_of_ours_another_run_has_ended_it() -> None:
    story = first()
    advance(story, 23 * HOUR)
    again(story, 2, **dated(2, "2026-04-20T11:04:11.000Z"))
    assert failures(story) == {}


def test_a_key_that_was_taken_anew_is_judged_by_its_new_call() -> None:
    story = first()
    again(story, 2, **dated(2, NEXT_DAY))
    again(story, 2, **dated(2, NEXT_DAY))
    assert failures(story) == {}
    again(story, 3, **dated(3, "2026-04-19T12:04:15.000Z"))
    assert "IDM-1" in failures(story)


def test_a_regenerate_may_be_taken_anew_too() -> None:
    story = HistoryBuilder()
    story.create()
    story.read()
    for n, moment in ((2, CREATED), (3, NEXT_DAY)):
        answer = envelope(n, kind="content_regenerate", container_id="cnt_1") | {"startedAt": moment}
        regenerate(story, n, answer=answer, headers={"Idempotency-Key": KEY})
        story.read()
    assert "failed" not in results(story, "IDM-11")
