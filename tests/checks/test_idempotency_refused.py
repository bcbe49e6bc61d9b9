"""IDM-3, IDM-13, IDM-14: what shows that an invalid request has used up its key, or that a key is used, and what has another reason."""

from typing import Any

import pytest
from histories import KEY, LIST, HistoryBuilder, envelope_of_error, results
from keyed_calls import CONFLICT, FIRST, SECOND, again, first, idempotency
from moves import approve

VALIDATION = envelope_of_error("VALIDATION")
INVALID = FIRST | {"format": "hologram"}
REORDERED = b'{"brief": {"hook": "Evenings lcm-run-1", "referenceMediaIds": ["med_r1"]}, "format": "video_remix"}'
UNUSUAL = FIRST | {"brief": {"hook": "lcm-run-1 " * 500}}


def refused(status: int = 422, body: Any = INVALID) -> HistoryBuilder:
    """Record an invalid create with the key `k` that was refused."""
    story = HistoryBuilder()
    again(story, body=body, status=status, answer=VALIDATION)
    return story


@pytest.mark.parametrize(("status", "body"), [(400, INVALID), (422, b"{"), (400, b"{")])
def test_a_key_is_free_after_any_invalid_call(status: int, body: Any) -> None:
    story = refused(status, body)
    again(story)
    assert results(story, "IDM-14") == ["passed"]


@pytest.mark.parametrize("status", [400, 422])
def test_a_valid_call_that_is_refused_as_its_invalid_forerunner_was_fails(status: int) -> None:
    story = refused()
    again(story, body=FIRST | {"format": "auto"}, status=status, answer=VALIDATION)
    assert f"A valid call was answered {status} VALIDATION" in idempotency(story)["IDM-14"][0]


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 409, "answer": envelope_of_error("CONFLICT")},
        {"status": 403, "answer": envelope_of_error("IDEMPOTENCY_CONFLICT")},
        {"status": 404, "answer": envelope_of_error("NOT_FOUND")},
    ],
)
def test_a_valid_call_may_be_refused_for_something_else(answer: dict[str, Any]) -> None:
    story = refused()
    again(story, **answer)
    assert results(story, "IDM-14") == []


@pytest.mark.parametrize("status", [500, 503, None])
def test_a_valid_call_that_was_lost_may_have_taken_the_key(status: int | None) -> None:
    story = refused()
    again(story, body=FIRST | {"format": "auto"}, status=status, answer=None)
    again(story, **CONFLICT)
    assert results(story, "IDM-14") == []


@pytest.mark.parametrize("when", ["before", "between"])
def test_a_key_that_another_operation_carried_too_may_be_taken_by_it(when: str) -> None:
    story = HistoryBuilder() if when == "before" else refused()
    approve(story, headers={"Idempotency-Key": KEY})
    if when == "before":
        again(story, body=INVALID, status=422, answer=VALIDATION)
    again(story, **CONFLICT)
    assert results(story, "IDM-14") == []


def test_a_call_that_an_unstated_limit_may_refuse_shows_nothing_of_its_key() -> None:
    story = refused()
    again(story, body=UNUSUAL, status=422, answer=VALIDATION)
    assert results(story, "IDM-14") == []
    again(story, body=UNUSUAL)
    assert results(story, "IDM-14") == ["passed"], "whatever it carries, it was accepted"


def test_a_conflict_of_keys_has_nothing_to_do_with_an_unstated_limit() -> None:
    story = refused()
    again(story, body=UNUSUAL, **CONFLICT)
    assert results(story, "IDM-14") == ["failed"]


@pytest.mark.parametrize(("status", "body"), [(404, INVALID), (422, FIRST)])
def test_only_a_refusal_of_an_invalid_body_is_one_that_leaves_the_key_free(status: int, body: Any) -> None:
    story = refused(status, body)
    again(story)
    assert results(story, "IDM-14") == []


@pytest.mark.parametrize("status", [404, 405, 410, 422])
def test_a_create_in_a_project_that_took_one_is_refused_for_its_key_alone(status: int) -> None:
    other, reordered = first(), first()
    again(other, body=SECOND, status=status, answer=envelope_of_error("X"))
    again(reordered, body=REORDERED, status=status, answer=envelope_of_error("X"))
    assert list(idempotency(other)) == ["IDM-3"]
    assert list(idempotency(reordered)) == ["IDM-13"]


@pytest.mark.parametrize(
    "more", [{"status": 403}, {"status": 429}, {"status": 413}, {"status": 404, "headers": {"X-Odd": "é"}}]
)
def test_one_that_is_refused_for_its_caller_or_its_form_is_not_judged(more: dict[str, Any]) -> None:
    story = first()
    headers = {"Idempotency-Key": KEY} | more.pop("headers", {})
    story.call("POST", LIST, answer=envelope_of_error("X"), body=SECOND, headers=headers, **more)
    assert idempotency(story) == {}
