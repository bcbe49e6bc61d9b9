"""Regenerations that wait behind another one, were lost, or are tried again: REG-1, REG-2, REG-4 and LIF-2.

What they say of REG-6 is approved too.
"""

from typing import Any

import pytest
from histories import BRIEF, HistoryBuilder, asset, failures
from moves import LATER, read_once, regenerate


def late_end(pause: float) -> HistoryBuilder:
    """Regenerate what still reads as generating, and see its first end after a pause, and then the regeneration."""
    story = read_once(status="generating")
    regenerate(story, patch={"hook": "New"})
    story.at += pause
    story.read()
    story.read(status="queued", assets=[asset()])
    return story


def test_a_read_that_lags_may_show_the_first_end_after_a_regeneration_was_accepted() -> None:
    assert failures(late_end(-0.5)) == {}


@pytest.mark.parametrize("pause", [3, 40])
def test_a_regeneration_may_wait_behind_the_one_in_flight_as_long_as_that_takes(pause: int) -> None:
    story = late_end(pause)
    story.read(status="generating", assets=[])
    story.read(brief=BRIEF | {"hook": "New"}, assets=[asset(url="https://media.test/2.mp4")])
    assert failures(story) == {}


def test_two_regenerations_one_after_the_other_may_each_have_their_turn() -> None:
    story = read_once()
    regenerate(story, 2)
    regenerate(story, 3)
    story.read(status="queued", assets=[])
    story.read(status="generating", assets=[])
    story.job(2, kind="content_regenerate", containerId="cnt_1", result={"containerId": "cnt_1"})
    story.read(status="queued", assets=[])
    story.read(assets=[asset("med_3")])
    assert failures(story) == {}


def test_a_first_end_after_the_regeneration_has_ended_explains_nothing() -> None:
    story = read_once(status="generating")
    regenerate(story, patch={"hook": "New"})
    story.job(2, kind="content_regenerate", containerId="cnt_1", result={"containerId": "cnt_1"})
    story.at += 3
    story.read()
    assert set(failures(story)) == {"REG-2"}


def test_a_second_regeneration_after_the_waiting_one_is_none() -> None:
    story = late_end(3)
    story.read(brief=BRIEF | {"hook": "New"})
    story.read(brief=BRIEF | {"hook": "New"}, status="generating")
    assert set(failures(story)) == {"LIF-2"}


def test_a_regeneration_of_a_container_at_rest_has_nothing_to_wait_behind() -> None:
    story = read_once()
    regenerate(story, patch={"hook": "New"})
    story.at += 3
    story.read(updatedAt=LATER)
    assert set(failures(story)) == {"REG-2"}


def test_a_patch_that_the_end_does_not_show_either_is_accused_once_no_lag_explains_it() -> None:
    story = late_end(-0.5)
    story.at += 5
    story.read(updatedAt=LATER)
    assert set(failures(story)) == {"REG-2"}


def lost_before(key: str | None = None, lost_key: str | None = None) -> HistoryBuilder:
    """Regenerate without an answer, then with one, and read what must be the outcome of the one or of the other."""
    story = read_once()
    sent = [{"Idempotency-Key": each} if each else {} for each in (lost_key, key)]
    regenerate(story, status=504, answer={}, patch={"hook": "New"}, headers=sent[0])
    story.read()
    patch = {"hook": "New"} if key and key == lost_key else {"language": "en"}
    regenerate(story, patch=patch, headers=sent[1])
    story.at += 62
    story.read(brief=BRIEF | {"hook": "Newer"}, updatedAt=LATER)
    return story


def test_a_lost_regeneration_may_come_after_the_accepted_one_and_leave_its_own_brief() -> None:
    assert failures(lost_before()) == {}


@pytest.mark.parametrize(("key", "lost_key"), [("k", "l"), ("k", None), (None, "l")])
def test_a_lost_regeneration_under_another_key_is_another_one(key: str | None, lost_key: str | None) -> None:
    assert failures(lost_before(key, lost_key)) == {}


def test_a_lost_try_of_the_accepted_regeneration_excuses_nothing() -> None:
    assert set(failures(lost_before("k", "k"))) == {"REG-2"}


@pytest.mark.parametrize(
    ("n", "fields", "found"),
    [
        (2, {}, {"REG-2"}),
        (2, {"brief": BRIEF | {"hook": "New"}}, set()),
        (2, {"brief": BRIEF | {"hook": "New"}, "status": "generating"}, {"LIF-7", "REG-4"}),
        (3, {"brief": BRIEF | {"hook": "New"}}, set()),
    ],
)
def test_a_retry_that_names_the_same_job_starts_nothing_and_excuses_nothing(n: int, fields: Any, found: Any) -> None:
    story = read_once()
    regenerate(story, patch={"hook": "New"}, headers={"Idempotency-Key": "k"})
    regenerate(story, n, patch={"hook": "New"}, headers={"Idempotency-Key": "k"})
    story.at += 70
    story.read(**({"updatedAt": LATER} | fields))
    assert set(failures(story)) & {"REG-2", "REG-4", "LIF-7"} == found
