"""IDM-12: for how long a key stands for its answer."""

from datetime import UTC, datetime
from typing import Any

import pytest
from histories import BASE, HistoryBuilder, envelope, envelope_of_error, failures, results
from keyed_calls import CONFLICT, FIRST, SECOND, again, first, idempotency, regenerate

HOUR = 3600


def advance(story: HistoryBuilder, seconds: float, status: int | None = 200) -> None:
    story.call("POST", f"{BASE}/_sandbox/clock", status, {}, body={"advanceSeconds": seconds})


@pytest.mark.parametrize(("seconds", "found"), [(23 * HOUR, ["passed"]), (22 * HOUR, [])])
def test_a_replay_within_the_window_passes(seconds: float, found: list[str]) -> None:
    story = first()
    advance(story, seconds)
    again(story)
    assert results(story, "IDM-12") == found
    assert failures(story) == {}


@pytest.mark.parametrize(("seconds", "requirement"), [(HOUR - 1, "IDM-1"), (HOUR, "IDM-12"), (24 * HOUR - 4, "IDM-12")])
def test_a_replay_that_is_lost_within_the_window_fails(seconds: float, requirement: str) -> None:
    story = first()
    advance(story, seconds)
    again(story, **CONFLICT)
    assert list(idempotency(story)) == [requirement]


def test_a_key_that_is_free_too_early_fails() -> None:
    story = first()
    advance(story, 23 * HOUR)
    again(story, 2, body=SECOND)
    assert list(idempotency(story)) == ["IDM-12"]


@pytest.mark.parametrize(("seconds", "requirement"), [(HOUR - 1, "IDM-3"), (HOUR, "IDM-12")])
def test_another_body_that_is_accepted_is_a_matter_of_the_window_from_an_hour_on(
    seconds: float, requirement: str
) -> None:
    story = first()
    advance(story, seconds)
    again(story, 2, body=SECOND)
    assert list(idempotency(story)) == [requirement]


@pytest.mark.parametrize(("second", "requirement"), [(CONFLICT, "IDM-1"), ({"n": 2, "body": SECOND}, "IDM-3")])
def test_how_far_the_clock_had_moved_before_the_first_call_says_nothing_of_the_window(
    second: dict[str, Any], requirement: str
) -> None:
    story = HistoryBuilder()
    advance(story, 2 * HOUR)
    again(story)
    again(story, **second)
    assert list(idempotency(story)) == [requirement]


def test_a_wait_of_real_hours_is_no_move_of_a_test_clock() -> None:
    story = first()
    story.at += 23 * HOUR
    again(story)
    assert results(story, "IDM-1") == ["passed"]
    assert results(story, "IDM-12") == []


@pytest.mark.parametrize("body", [FIRST, SECOND])
def test_after_the_window_the_key_is_free_again(body: dict[str, Any]) -> None:
    story = first()
    advance(story, 24 * HOUR)
    again(story, 2, body=body)
    assert results(story, "IDM-12") == ["passed"]
    again(story, 2, body=body)
    assert results(story, "IDM-1") == ["passed"]
    assert failures(story) == {}


@pytest.mark.parametrize(
    ("answer", "message"),
    [({}, "the call was a replay"), (CONFLICT, "the call was answered 409 IDEMPOTENCY_CONFLICT")],
)
def test_a_key_that_is_still_taken_after_the_window_fails(answer: dict[str, Any], message: str) -> None:
    story = first()
    advance(story, 24 * HOUR)
    again(story, **answer)
    assert list(idempotency(story)) == ["IDM-12"]
    assert message in idempotency(story)["IDM-12"][0]


@pytest.mark.parametrize("answer", [{}, {"answer": envelope(2)}])
def test_about_the_end_of_the_window_either_is_right(answer: dict[str, Any]) -> None:
    story = first()
    advance(story, 24 * HOUR - 2)
    again(story, **answer)
    assert idempotency(story) == {}


def test_what_takes_the_key_about_the_end_of_the_window_is_what_later_retries_replay() -> None:
    story = first()
    advance(story, 24 * HOUR - 2)
    again(story, 2)
    again(story, 2)
    assert results(story, "IDM-1") == ["passed"]
    again(story, 3)
    assert list(idempotency(story)) == ["IDM-1", "IDM-2"]


def test_after_the_window_a_call_may_be_refused_for_something_else() -> None:
    story, regenerated = first(), first()
    advance(story, 24 * HOUR)
    again(story, status=422, answer=envelope_of_error("IDEMPOTENCY_CONFLICT"))
    regenerate(regenerated)
    advance(regenerated, 24 * HOUR)
    regenerate(regenerated, status=409, answer=envelope_of_error("CONFLICT"))
    assert idempotency(story) == idempotency(regenerated) == {}


def test_after_the_window_no_conflict_of_whatever_code_explains_that_a_create_is_refused() -> None:
    story = first()
    advance(story, 24 * HOUR)
    again(story, status=409, answer=envelope_of_error("CONFLICT"))
    assert "A key was not free again" in idempotency(story)["IDM-12"][0]


def test_after_the_window_a_create_makes_a_container_of_its_own() -> None:
    story = first()
    advance(story, 24 * HOUR)
    again(story, answer=envelope(2, container_id="cnt_1"))
    assert "answered with the same container" in idempotency(story)["IDM-12"][0]


@pytest.mark.parametrize("sent", [(1010.0, 1010.2), (1010.2, 1010.0)])
def test_after_the_window_one_of_two_retries_at_once_may_meet_the_lock_of_the_other(sent: tuple[float, float]) -> None:
    story = first()
    advance(story, 24 * HOUR)
    again(story, sent=sent[0], took=1.0, **CONFLICT)
    again(story, 2, sent=sent[1], took=1.0)
    assert idempotency(story) == {}


def test_a_clock_that_refused_to_move_has_not_moved() -> None:
    story = first()
    advance(story, 24 * HOUR, status=404)
    again(story)
    assert results(story, "IDM-1") == ["passed"]
    assert results(story, "IDM-12") == []


def test_a_clock_that_may_have_moved_leaves_every_key_open() -> None:
    story = first()
    advance(story, 24 * HOUR, status=None)
    again(story, 2)
    assert idempotency(story) == {}


@pytest.mark.parametrize(
    ("status", "moved", "known"),
    [(503, 24, True), (503, 48, False), (504, 24, False), (None, 24, False), (429, 24, True)],
    ids=["not moved", "moved twice", "a gateway gave up", "no answer", "refused"],
)
def test_a_clock_whose_move_was_put_off_tells_by_its_time_how_often_it_has_moved(
    status: int | None, moved: int, *, known: bool
) -> None:
    story = first()
    for answered, hours, ahead in ((200, 0, 0), (status, 24, None), (200, 24, moved)):
        now = None if ahead is None else datetime.fromtimestamp(story.at + ahead * HOUR, UTC).isoformat()
        story.call("POST", f"{BASE}/_sandbox/clock", answered, {"now": now}, body={"advanceSeconds": hours * HOUR})
    story.at += 60
    again(story)
    assert ("IDM-12" in idempotency(story)) == known


@pytest.mark.parametrize("seconds", [10**400, -(10**400), 1e308, "60", True, [60]], ids="abcdef")
def test_a_clock_that_nobody_can_say_how_far_it_moved_leaves_every_key_open(seconds: Any) -> None:
    story = first()
    advance(story, seconds)
    again(story, 2)
    assert idempotency(story) == {}
    again(story, 3)
    assert list(idempotency(story)) == ["IDM-1", "IDM-2"]


@pytest.mark.parametrize(("took", "accused"), [(0.1, ["IDM-12"]), (1.0, [])])
def test_a_call_that_was_sent_while_the_clock_moved_may_have_come_before(took: float, accused: list[str]) -> None:
    story = first()
    story.call("POST", f"{BASE}/_sandbox/clock", 200, {}, body={"advanceSeconds": 25 * HOUR}, sent=1010.0, took=took)
    again(story, sent=1010.5)
    assert list(idempotency(story)) == accused


def test_a_lost_call_may_have_taken_a_key_that_was_free_again() -> None:
    for lost, accused in ((True, False), (False, True)):
        story = first()
        advance(story, 90_000)
        if lost:
            again(story, status=503, answer=None)
        again(story, body=FIRST, status=409, answer=envelope_of_error("IDEMPOTENCY_CONFLICT"))
        assert ("IDM-12" in idempotency(story)) == accused


def test_a_call_that_was_lost_about_the_end_of_the_window_may_have_taken_the_key_anew() -> None:
    story = first()
    advance(story, 24 * HOUR - 2)
    again(story, status=503, answer=None)
    advance(story, 10)
    again(story, **CONFLICT)
    assert idempotency(story) == {}


def test_a_refusal_after_the_window_takes_no_key() -> None:
    story = first()
    advance(story, 24 * HOUR)
    again(story, status=422, answer=envelope_of_error("VALIDATION"))
    again(story, **CONFLICT)
    assert list(idempotency(story)) == ["IDM-12"]
