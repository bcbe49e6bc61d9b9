"""IDM-3, IDM-6 and IDM-11 where calls with one key are under way together: which answers the lock of a key explains."""

from typing import Any

import pytest
from histories import KEY, PROJECT, HistoryBuilder, envelope, envelope_of_error, failures, results
from keyed_calls import (
    CONFLICT,
    FIRST,
    SAME_IN_OTHER_BYTES,
    SECOND,
    again,
    first,
    idempotency,
    parallel,
    refusing_each_other,
    regenerate,
)
from moves import approve

IN_FLIGHT: dict[str, Any] = {"status": 409, "answer": envelope_of_error("IN_FLIGHT")}


@pytest.mark.parametrize("answer", [{}, IN_FLIGHT])
def test_parallel_retries_get_the_original_or_a_conflict(answer: dict[str, Any]) -> None:
    story = parallel(**answer)
    assert results(story, "IDM-6") == ["passed"]
    assert failures(story) == {}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"answer": envelope(2)}, "accepted with another answer: job job_2 and container cnt_2"),
        ({"answer": envelope(1) | {"stage": "x"}}, "accepted with another answer"),
        ({"status": 400, "answer": envelope_of_error("VALIDATION")}, "answered 400 VALIDATION"),
    ],
)
def test_parallel_retries_that_are_answered_otherwise_fail(answer: dict[str, Any], message: str) -> None:
    story = parallel(**answer)
    assert list(idempotency(story)) == ["IDM-6"]
    assert message in idempotency(story)["IDM-6"][0]


def test_a_retry_is_parallel_until_the_first_is_answered() -> None:
    story = HistoryBuilder()
    again(story, sent=1000.0, took=1.0)
    again(story, sent=1001.0, **CONFLICT)
    assert list(idempotency(story)) == ["IDM-1"]


def test_after_a_double_either_answer_is_a_replay() -> None:
    story = parallel(answer=envelope(2))
    again(story, answer=envelope(2))
    assert list(idempotency(story)) == ["IDM-6"]


def test_two_bodies_in_parallel_are_not_both_accepted() -> None:
    story = parallel(answer=envelope(2), body=SECOND)
    assert list(idempotency(story)) == ["IDM-3"]
    assert idempotency(parallel(body=SECOND, **CONFLICT)) == {}


def test_parallel_retries_that_refuse_each_other_fail() -> None:
    assert idempotency(refusing_each_other(409, 409, 409)) == {
        "IDM-6": ["Of 3 parallel calls with one key and body, none was accepted."]
    }


@pytest.mark.parametrize(
    "story", [refusing_each_other(409), refusing_each_other(409, 503), refusing_each_other(409, None)]
)
def test_parallel_retries_of_which_one_may_have_been_accepted_pass(story: HistoryBuilder) -> None:
    assert idempotency(story) == {}


def test_retries_one_after_another_may_all_be_refused() -> None:
    assert idempotency(refusing_each_other(409, 409, gap=1.0)) == {}


def test_parallel_regenerations_are_judged_as_regenerations() -> None:
    story = first()
    regenerate(story, sent=1010.0, took=1.0)
    regenerate(story, job=3, sent=1010.5)
    assert list(idempotency(story)) == ["IDM-11"]


@pytest.mark.parametrize("status", [404, 405, 410, 422, 500])
def test_a_parallel_retry_that_is_told_of_no_lock_fails(status: int) -> None:
    story = parallel(status=status, answer=envelope_of_error("X"))
    assert (
        f"A retry in parallel to createContent with job job_1 was answered {status} X." in idempotency(story)["IDM-6"]
    )


@pytest.mark.parametrize("status", [401, 403, 429, 501, 503])
def test_a_parallel_retry_that_another_trouble_met_shows_nothing(status: int) -> None:
    story = parallel(status=status, answer=envelope_of_error("X"))
    assert results(story, "IDM-6") == []


def test_a_parallel_retry_in_other_bytes_may_be_refused_for_them() -> None:
    story = parallel(body=SAME_IN_OTHER_BYTES, status=400, answer=envelope_of_error("VALIDATION"))
    assert results(story, "IDM-6") == []


def test_a_parallel_retry_that_is_accepted_without_a_container_fails() -> None:
    story = parallel(answer={"jobId": "job_1"})
    assert "with another answer: job job_1 and container ." in idempotency(story)["IDM-6"][0]


def late_winner(body: Any = FIRST, **more: Any) -> HistoryBuilder:
    """Record a call that is refused while the call after it, sent before it is answered, is accepted."""
    story = HistoryBuilder()
    again(story, sent=1000.0, took=1.0, **IN_FLIGHT)
    again(story, sent=1000.5, took=1.0, body=body, **more)
    return story


def test_the_retry_that_is_sent_later_may_be_the_one_that_is_accepted() -> None:
    assert results(late_winner(), "IDM-6") == ["passed"]
    assert failures(late_winner()) == {}


def test_a_lock_by_another_body_is_no_answer_to_a_retry() -> None:
    assert results(late_winner(body=SECOND), "IDM-6") == []


def test_two_patches_in_parallel_are_not_both_accepted() -> None:
    story = first()
    regenerate(story, sent=1010.0, took=1.0, body={"patch": {"hook": "Noons lcm-run-3"}})
    regenerate(story, job=3, sent=1010.5, body={"patch": {"hook": "Nights lcm-run-4"}})
    assert "Two different bodies under one key were both accepted" in idempotency(story)["IDM-11"][0]
    assert "IDM-3" not in idempotency(story)


def two_retries_at_once(**second: Any) -> HistoryBuilder:
    """Record a create, and of two replays of it of which the second is sent before the first is answered."""
    story = first()
    again(story, sent=1010.0, took=2.0)
    again(story, sent=1011.0, **second)
    return story


def test_a_key_may_be_locked_by_a_retry_that_is_under_way() -> None:
    story = two_retries_at_once(**IN_FLIGHT)
    assert results(story, "IDM-1") == ["passed"]
    assert failures(story) == {}


def test_no_lock_explains_another_refusal_of_a_replay() -> None:
    gone = {"status": 404, "answer": envelope_of_error("NOT_FOUND")}
    assert list(idempotency(two_retries_at_once(**gone))) == ["IDM-1"]


@pytest.mark.parametrize("refusal", [IN_FLIGHT, CONFLICT])
def test_a_lock_may_be_told_with_any_code_and_by_the_earlier_call_too(refusal: dict[str, Any]) -> None:
    assert failures(two_retries_at_once(**refusal)) == {}
    story = first()
    again(story, sent=1010.0, took=0.5, **refusal)
    again(story, sent=1010.1, took=1.0)
    assert failures(story) == {}


@pytest.mark.parametrize(("sent", "accused"), [(1010.1, False), (1010.6, True)])
def test_a_key_is_locked_only_while_another_call_is_under_way(sent: float, accused: bool) -> None:  # noqa: FBT001 - a table
    story = first()
    again(story, sent=1010.0, took=0.5, **IN_FLIGHT)
    again(story, sent=sent, took=1.0)
    assert (list(idempotency(story)) == ["IDM-1"]) == accused


def test_another_body_may_meet_the_lock_of_a_later_call() -> None:
    story = first()
    again(story, sent=1010.0, took=0.5, body=SECOND, **IN_FLIGHT)
    again(story, sent=1010.1, took=1.0)
    assert failures(story) == {}


@pytest.mark.parametrize("lost", [{"status": None, "error": "timeout"}, {"status": 503}])
@pytest.mark.parametrize(("sent", "accused"), [(1012.0, False), (1072.0, True)])
def test_a_lost_retry_may_hold_its_key_for_a_while(lost: dict[str, Any], sent: float, accused: bool) -> None:  # noqa: FBT001 - a table
    story = first()
    again(story, sent=1010.0, took=1.0, **({"answer": None} | lost))
    again(story, sent=sent, **IN_FLIGHT)
    assert ("IDM-1" in idempotency(story)) == accused


def refused_together(body: Any = FIRST, *, elsewhere: bool = False) -> HistoryBuilder:
    """Record two creates with one key, each refused while the other is under way."""
    story = HistoryBuilder()
    if elsewhere:
        story.create(5, key=KEY, project="prj_b")
    again(story, sent=1010.0, took=1.0, **IN_FLIGHT)
    again(story, sent=1010.5, body=body, **IN_FLIGHT)
    return story


def test_two_retries_that_refuse_each_other_may_both_meet_what_another_operation_made_of_their_key() -> None:
    story = HistoryBuilder()
    approve(story, headers={"Idempotency-Key": KEY})
    story.exchanges += refused_together().exchanges
    assert idempotency(story) == {}


def test_two_retries_that_refuse_each_other_fail() -> None:
    assert idempotency(refusing_each_other(409, 409)) == {
        "IDM-6": ["Of 2 parallel calls with one key and body, none was accepted."]
    }


def test_a_refusal_for_too_many_calls_is_none_by_the_other_retry() -> None:
    assert idempotency(refusing_each_other(409, 429)) == {}


def test_a_key_that_works_beside_it_excuses_no_retries_that_refuse_each_other() -> None:
    story = HistoryBuilder()
    story.create(5, key="other")
    again(story, sent=1010.0, took=1.0, **IN_FLIGHT)
    again(story, sent=1010.5, **IN_FLIGHT)
    assert list(idempotency(story)) == ["IDM-6"]


def test_two_bodies_that_refuse_each_other_are_no_retries() -> None:
    assert idempotency(refused_together(SECOND)) == {}


def test_two_retries_may_be_refused_for_a_call_in_another_project() -> None:
    assert list(idempotency(refused_together())) == ["IDM-6"]
    assert idempotency(refused_together(elsewhere=True)) == {}


def test_a_regeneration_in_an_archived_project_may_lose_its_replay() -> None:
    story = first()
    regenerate(story)
    story.call("DELETE", f"/v1/projects/{PROJECT}", 200, {})
    regenerate(story, status=409, answer=envelope_of_error("CONFLICT"))
    assert idempotency(story) == {}


def test_the_archiving_of_another_project_explains_no_lost_replay() -> None:
    story = first()
    regenerate(story)
    story.call("DELETE", "/v1/projects/prj_archive", 200, {})
    regenerate(story, status=409, answer=envelope_of_error("CONFLICT"))
    assert list(idempotency(story)) == ["IDM-11"]


def test_a_container_that_no_answer_has_named_is_regenerated_with_a_key_like_any_other() -> None:
    story = HistoryBuilder()
    regenerate(story, status=404, answer=envelope_of_error("NOT_FOUND"))
    regenerate(story, status=202, answer=envelope(2, container_id="cnt_1"))
    regenerate(story, status=202, answer=envelope(2, container_id="cnt_1"))
    assert results(story, "IDM-11") == ["passed"]


@pytest.mark.parametrize("status", [200, 201])
def test_a_parallel_retry_of_another_status_fails(status: int) -> None:
    assert f"was answered {status}." in idempotency(parallel(status=status))["IDM-6"][0]


def then(story: HistoryBuilder, **more: Any) -> HistoryBuilder:
    """Send the same call once more, when the others have been answered, and be accepted."""
    again(story, sent=1_010.0, **more)
    return story


@pytest.mark.parametrize(
    ("story", "accused"),
    [
        (then(refusing_each_other(409, 409, 409)), True),
        (then(refusing_each_other(409, 503)), False),
        (then(refusing_each_other(409, 409, gap=1.5)), False),
        (then(refusing_each_other(409)), False),
        (then(refusing_each_other(409, 409), body=SECOND), True),
        (then(refusing_each_other(409, 409), status=409, answer=envelope_of_error("CONFLICT")), True),
    ],
)
def test_retries_that_refused_each_other_fail_though_a_later_one_is_accepted(
    story: HistoryBuilder, accused: Any
) -> None:
    assert ("IDM-6" in idempotency(story)) is accused


def test_of_retries_at_once_one_may_be_accepted_after_the_others_were_refused() -> None:
    story = refusing_each_other(409, 409)
    again(story, sent=1_000.5, took=2.0)
    assert idempotency(story) == {}


@pytest.mark.parametrize(
    ("status", "expected"), [(409, ["passed"]), (422, ["failed"]), (500, ["failed"]), (429, []), (503, []), (None, [])]
)
def test_a_retry_that_was_sent_before_the_accepted_one_is_judged_as_one_after_it(
    status: Any, expected: list[str]
) -> None:
    story = HistoryBuilder()
    again(story, sent=1_000.0, took=1.0, status=status, answer=envelope_of_error("X"))
    again(story, sent=1_000.5, took=1.0)
    assert results(story, "IDM-6") == expected


def test_another_body_that_was_refused_beside_the_accepted_one_is_no_retry() -> None:
    story = HistoryBuilder()
    again(story, sent=1_000.0, took=1.0, status=422, answer=envelope_of_error("X"), body=SECOND)
    again(story, sent=1_000.5, took=1.0)
    assert results(story, "IDM-6") == []


@pytest.mark.parametrize(("second", "accused"), [(2, ["IDM-3"]), (3, ["IDM-3", "IDM-6"])])
def test_retries_of_each_of_two_bodies_at_once_get_one_answer(second: int, accused: list[str]) -> None:
    story = HistoryBuilder()
    again(story, sent=1_000.0, took=1.0)
    again(story, 2, sent=1_000.1, took=1.0, body=SECOND)
    again(story, second, sent=1_000.2, took=1.0, body=SECOND)
    assert list(idempotency(story)) == accused
