"""IDM-1 to IDM-4, IDM-11 to IDM-14: what a call with a key that was used before is answered."""

from typing import Any

import pytest
from histories import BRIEF, KEY, PROJECT, HistoryBuilder, envelope, envelope_of_error, failures, results
from keyed_calls import CONFLICT, FIRST, SAME_IN_OTHER_BYTES, SECOND, again, first, idempotency, regenerate

from conformance.contract.validity import strings


def test_a_replay_of_the_original_passes() -> None:
    story = first()
    again(story)
    assert results(story, "IDM-1") == ["passed"]
    assert results(story, "IDM-2") == ["passed"]
    assert failures(story) == {}


def test_a_first_call_is_no_replay() -> None:
    assert results(first(), "IDM-1") == results(first(), "IDM-2") == []


@pytest.mark.parametrize(
    ("answer", "requirements", "message"),
    [
        (
            {"status": 202, "answer": envelope(1) | {"status": "completed"}},
            "IDM-1",
            "another body than the original: status",
        ),
        ({"status": 202, "answer": envelope(1) | {"more": 1}}, "IDM-1", "more differ"),
        ({"status": 200}, "IDM-1", "answered 200, not with the original 202"),
        ({"status": 202, "answer": [1]}, "IDM-1", "another body"),
        (CONFLICT, "IDM-1", "answered 409 IDEMPOTENCY_CONFLICT, not with the original 202"),
        ({"status": 404, "answer": envelope_of_error("NOT_FOUND")}, "IDM-1", "answered 404 NOT_FOUND"),
        (
            {"status": 202, "answer": envelope(2)},
            "IDM-1 IDM-2",
            "with job job_2 and container cnt_2, not with container cnt_1",
        ),
        (
            {"status": 202, "answer": envelope(2, container_id="cnt_1")},
            "IDM-1 IDM-2",
            "with job job_2 and container cnt_1",
        ),
        ({"status": 201, "answer": envelope(2)}, "IDM-1 IDM-2", "with job job_2"),
        ({"answer": {"jobId": "job_2"}}, "IDM-1 IDM-2", "with job job_2 and container , not"),
    ],
)
def test_a_replay_that_is_answered_otherwise_fails(answer: dict[str, Any], requirements: str, message: str) -> None:
    story = first()
    again(story, **answer)
    assert list(idempotency(story)) == requirements.split()
    assert all(message in sentences[0] for sentences in idempotency(story).values())


@pytest.mark.parametrize("status", [401, 408, 429, 500, 503, None, 501])
def test_a_replay_in_trouble_shows_nothing(status: int | None) -> None:
    story = first()
    again(story, status=status, answer=None)
    assert results(story, "IDM-1") == []


@pytest.mark.parametrize("status", [409, 429, 500, None])
def test_a_first_call_that_was_not_accepted_is_no_original(status: int | None) -> None:
    story = HistoryBuilder()
    again(story, status=status, answer=None)
    again(story, 2)
    assert results(story, "IDM-1") == []
    assert idempotency(story) == {}


def test_a_key_that_targets_may_read_differently_is_not_judged() -> None:
    for key in ("a key", "", "é", "k" * 256):
        story = HistoryBuilder()
        story.create(1, key=key)
        story.create(2, key=key)
        assert results(story, "IDM-1") == results(story, "IDM-2") == []


def test_a_replay_in_an_archived_project_may_be_refused() -> None:
    story = first()
    story.call("DELETE", f"/v1/projects/{PROJECT}", 200, {})
    again(story, status=409, answer=envelope_of_error("CONFLICT"))
    assert idempotency(story) == {}


@pytest.mark.parametrize("status", [400, 422])
def test_a_target_that_looks_at_the_key_last_may_want_what_a_format_is_made_of_first(status: int) -> None:
    body = {"format": "ugc_remix", "brief": {"hook": "Mornings lcm-run-2"}}
    with_voice = {"format": "ugc_remix", "brief": {"hook": "Mornings lcm-run-2", "influencerId": "inf_1"}}
    story, voiced = first(), first()
    again(story, body=body, status=status, answer=envelope_of_error("VALIDATION"))
    again(voiced, body=with_voice, status=status, answer=envelope_of_error("VALIDATION"))
    assert "IDM-3" not in idempotency(story)
    assert "IDM-3" in idempotency(voiced)


def test_an_unauthorized_call_has_no_key() -> None:
    story = HistoryBuilder()
    again(story, actor="anonymous")
    again(story, 2, actor="anonymous")
    assert results(story, "IDM-2") == []


def test_another_body_conflicts() -> None:
    story = first()
    again(story, body=SECOND, **CONFLICT)
    again(story)
    assert results(story, "IDM-3") == ["passed"]
    assert results(story, "IDM-4") == ["passed"]
    assert failures(story) == {}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"answer": envelope(1)}, "answered 202 as if it were the first body"),
        ({"answer": envelope(2)}, "answered 202 and started another job"),
        ({"status": 409, "answer": envelope_of_error("CONFLICT")}, "409 with CONFLICT, not IDEMPOTENCY_CONFLICT"),
        ({"status": 409, "answer": None}, "409 with no code"),
        ({"status": 422, "answer": envelope_of_error("IDEMPOTENCY_CONFLICT")}, "answered 422 IDEMPOTENCY_CONFLICT"),
        ({"status": 400, "answer": envelope_of_error("VALIDATION")}, "answered 400 VALIDATION, not 409"),
    ],
)
def test_another_body_that_is_answered_otherwise_fails(answer: dict[str, Any], message: str) -> None:
    story = first()
    again(story, body=SECOND, **answer)
    assert list(idempotency(story)) == ["IDM-3"]
    assert message in idempotency(story)["IDM-3"][0]


@pytest.mark.parametrize("change", ["Evenings lcm-run-1 ", "evenings lcm-run-1", "E\u0301 lcm-run-1"])
def test_hooks_that_differ_by_one_code_point_are_different_bodies(change: str) -> None:
    story = HistoryBuilder()
    again(story, brief={"hook": "\u00c9 lcm-run-1" if change.startswith("E\u0301") else "Evenings lcm-run-1"})
    again(story, brief={"hook": change})
    assert list(idempotency(story)) == ["IDM-3"]


@pytest.mark.parametrize(
    "body",
    [
        FIRST | {"brief": BRIEF | {"themeTags": []}},
        FIRST | {"brief": BRIEF | {"language": None}},
        FIRST | {"unknown": 1},
        b'{"format": "video_remix", "format": "auto"}',
        FIRST | {"brief": {"hook": "half \ud800 lcm-run-1"}},
    ],
)
def test_a_body_that_may_be_read_as_the_same_is_not_judged(body: Any) -> None:
    story = first()
    again(story, body=body)
    assert idempotency(story) == {}


@pytest.mark.parametrize("status", [400, 422])
def test_an_invalid_second_body_may_be_refused_first(status: int) -> None:
    story = first()
    again(story, body=FIRST | {"format": "hologram"}, status=status, answer=envelope_of_error("VALIDATION"))
    assert idempotency(story) == {}


def test_a_body_over_an_unstated_limit_may_be_refused_first() -> None:
    story = first()
    long = FIRST | {"brief": {"hook": "lcm-run-1 " * 500}}
    again(story, body=long, status=400, answer=envelope_of_error("VALIDATION"))
    assert idempotency(story) == {}


@pytest.mark.parametrize("body", [FIRST | {"format": "hologram"}, b"{"])
def test_an_invalid_second_body_that_is_replayed_fails(body: Any) -> None:
    story = first()
    again(story, body=body)
    assert list(idempotency(story)) == ["IDM-3"]


def test_an_invalid_second_body_that_starts_a_job_is_not_idempotencys_to_judge() -> None:
    story = first()
    again(story, 2, body=FIRST | {"format": "hologram"})
    assert idempotency(story) == {}


@pytest.mark.parametrize("answer", [CONFLICT, {"answer": envelope(2)}])
def test_an_original_that_is_lost_after_a_conflict_fails_as_such(answer: dict[str, Any]) -> None:
    story = first()
    again(story, body=SECOND, **CONFLICT)
    again(story, **answer)
    assert list(idempotency(story)) == ["IDM-4"]


def test_a_regeneration_replays_and_conflicts_in_the_same_way() -> None:
    story = first()
    regenerate(story)
    regenerate(story)
    regenerate(story, body={"patch": {"hook": "Noons lcm-run-3"}}, **CONFLICT)
    assert results(story, "IDM-11") == ["passed", "passed"]
    assert results(story, "IDM-1") == results(story, "IDM-3") == []
    assert failures(story) == {}


@pytest.mark.parametrize(
    "second",
    [
        {"job": 3},
        {"status": 409, "answer": envelope_of_error("CONFLICT")},
        {"body": {"patch": {"hook": "Noons lcm-run-3"}}},
        {"job": 3, "body": {"patch": {"hook": "Noons lcm-run-3"}}},
    ],
)
def test_a_regeneration_that_does_not_fails(second: dict[str, Any]) -> None:
    story = first()
    regenerate(story)
    regenerate(story, **second)
    assert list(idempotency(story)) == ["IDM-11"]


def test_another_regeneration_may_be_refused_while_one_is_in_flight() -> None:
    story = first()
    regenerate(story)
    other = {"patch": {"hook": "Noons lcm-run-3"}}
    regenerate(story, body=other, status=409, answer=envelope_of_error("CONFLICT"))
    assert idempotency(story) == {}


OTHER_PATCH: dict[str, Any] = {
    "body": {"patch": {"hook": "Noons lcm-run-3"}},
    "status": 409,
    "answer": envelope_of_error("CONFLICT"),
}


def regenerated() -> HistoryBuilder:
    story = first()
    story.read()
    regenerate(story)
    story.read(status="generating")
    return story


def test_another_regeneration_is_refused_for_its_key_where_the_container_has_completed() -> None:
    story = regenerated()
    story.read()
    regenerate(story, **OTHER_PATCH)
    assert "answered 409 with CONFLICT, not IDEMPOTENCY_CONFLICT" in idempotency(story)["IDM-11"][0]


def test_another_regeneration_is_refused_for_its_key_after_replays_of_the_first() -> None:
    story = regenerated()
    story.read()
    regenerate(story)
    regenerate(story, **OTHER_PATCH)
    assert list(idempotency(story)) == ["IDM-11"]


@pytest.mark.parametrize("status", ["generating", "failed", "canceled"])
def test_another_regeneration_may_be_refused_for_the_state_of_its_container(status: str) -> None:
    story = regenerated()
    story.read(status=status)
    regenerate(story, **OTHER_PATCH)
    assert idempotency(story) == {}


def test_another_regeneration_may_be_refused_while_a_third_may_have_begun() -> None:
    story = regenerated()
    story.read()
    regenerate(story, job=3, headers={"Idempotency-Key": "other"})
    regenerate(story, **OTHER_PATCH)
    assert idempotency(story) == {}


def test_a_reject_may_ignore_its_key() -> None:
    story = first()
    for reason in ("Dull.", "Long."):
        story.call(
            "POST",
            "/v1/content/cnt_1/reject",
            409,
            envelope_of_error("CONFLICT"),
            body={"reason": reason},
            headers={"Idempotency-Key": "j"},
        )
    assert idempotency(story) == {}


def test_the_same_value_in_other_bytes_is_the_same_body() -> None:
    story, refused, doubled = first(), first(), first()
    again(story, body=SAME_IN_OTHER_BYTES)
    again(refused, body=SAME_IN_OTHER_BYTES, **CONFLICT)
    again(doubled, 2, body=SAME_IN_OTHER_BYTES)
    assert results(story, "IDM-13") == ["passed"]
    assert results(story, "IDM-1") == []
    assert list(idempotency(refused)) == ["IDM-13"]
    assert list(idempotency(doubled)) == ["IDM-2"]


def test_an_invalid_request_does_not_use_up_its_key() -> None:
    invalid = {"body": FIRST | {"format": "hologram"}, "status": 422, "answer": envelope_of_error("VALIDATION")}
    free, taken = HistoryBuilder(), HistoryBuilder()
    for story in (free, taken):
        again(story, **invalid)
    again(free)
    again(taken, **CONFLICT)
    assert results(free, "IDM-14") == ["passed"]
    assert list(idempotency(taken)) == ["IDM-14"]


def test_a_key_that_may_be_taken_elsewhere_is_not_used_up_by_an_invalid_request() -> None:
    story = HistoryBuilder()
    story.create(1, key=KEY, project="prj_b")
    again(story, body=FIRST | {"format": "hologram"}, status=422, answer=envelope_of_error("VALIDATION"))
    again(story, **CONFLICT)
    assert idempotency(story) == {}


def test_messages_carry_no_keys() -> None:
    story = HistoryBuilder()
    story.create(1, key="very-secret")
    story.create(2, key="very-secret")
    assert idempotency(story)
    assert not [text for text in strings(failures(story)) if "very-secret" in text]


def test_a_replay_that_differs_in_other_fields_is_not_blamed_on_an_earlier_conflict() -> None:
    story = first()
    again(story, body=SECOND, **CONFLICT)
    again(story, answer=envelope(1) | {"stage": "done"})
    assert list(idempotency(story)) == ["IDM-1"]


def test_what_is_lost_after_a_good_replay_is_not_blamed_on_an_earlier_conflict() -> None:
    story = first()
    again(story, body=SECOND, **CONFLICT)
    again(story)
    again(story, **CONFLICT)
    assert list(idempotency(story)) == ["IDM-1"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (envelope(1) | {"note": 1}, "another body than the original: note differ"),
        ({"jobId": "job_0"}, "with job job_1 and container cnt_1, not with container ."),
    ],
)
def test_a_replay_of_another_answer_than_the_usual_fails_too(answer: Any, message: str) -> None:
    story = HistoryBuilder()
    again(story, answer=answer)
    again(story)
    assert message in idempotency(story)["IDM-1"][0]
