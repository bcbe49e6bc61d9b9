"""Which bodies under one key are the same request, which surely are not, and of which nobody can say."""

from __future__ import annotations

from typing import Any

import pytest
from histories import BRIEF, FACTS, HistoryBuilder, envelope, envelope_of_error, results
from keyed_calls import CONFLICT, again, first, idempotency, regenerate
from moves import clone

from conformance.contract.document import load
from conformance.contract.validity import Unparsed
from conformance.history.keyed_calls import generating_call
from conformance.history.observation import understand

KEY = {"Idempotency-Key": "c"}
POST = {"sourcePlatformPostId": "post_1"}


def weighed(weight: Any, name: str = "weight") -> Any:
    """Return a body with a member that no page names."""
    return {"format": "video_remix", "brief": BRIEF | {name: weight}}


@pytest.mark.parametrize(
    ("body", "other", "said"),
    [
        (weighed(1), weighed(2), ["passed"]),
        (weighed(1), weighed(1.5), ["passed"]),
        (weighed(1), weighed(1.0), []),
        (weighed({"x": 1}), weighed({"x": 1, "y": None}), []),
        (weighed({"x": {"y": 1}}), weighed({"x": {"y": 1, "z": None}}), ["passed"]),
        (weighed(None), weighed("fork", "mode"), ["passed"]),
    ],
)
def test_a_conflict_is_right_where_the_bodies_surely_differ(body: Any, other: Any, said: list[str]) -> None:
    story = HistoryBuilder()
    again(story, body=body)
    again(story, body=other, **CONFLICT)
    assert results(story, "IDM-3") == said


@pytest.mark.parametrize("other", [{}, {"patch": {}}, {"patch": None}, {"patch": {"hook": None}}])
@pytest.mark.parametrize("answer", [{}, CONFLICT])
def test_a_regeneration_with_an_empty_patch_may_be_the_one_without_a_body(other: Any, answer: dict[str, Any]) -> None:
    story = first()
    regenerate(story)
    regenerate(story, body=other, **answer)
    assert results(story, "IDM-11") == results(story, "IDM-13") == []


def test_two_empty_bodies_in_other_bytes_may_be_the_same() -> None:
    story = first()
    regenerate(story, body=b"{}")
    regenerate(story, body=b"{ }", **CONFLICT)
    assert results(story, "IDM-11") == results(story, "IDM-13") == []


@pytest.mark.parametrize("answer", [{}, CONFLICT])
@pytest.mark.parametrize(
    ("body", "other", "free"),
    [
        (POST, POST | {"mode": "fork"}, True),
        (POST | {"mode": "fork"}, POST | {"mode": None}, True),
        (POST, POST | {"mode": "reimagine"}, False),
    ],
)
def test_a_clone_by_the_stated_default_mode_may_be_the_one_that_names_none(
    body: Any, other: Any, free: Any, answer: dict[str, Any]
) -> None:
    story = first()
    clone(story, body=body, headers=KEY)
    clone(story, body=other, headers=KEY, **answer)
    assert results(story, "IDM-11") == ([] if free else ["passed" if answer else "failed"])


@pytest.mark.parametrize("name", [5, None])
def test_a_202_that_names_no_job_is_no_original(name: Any) -> None:
    story = HistoryBuilder()
    again(story, answer=envelope(1) | {"jobId": name})
    again(story, 2)
    assert idempotency(story) == {}


def test_a_call_is_remembered_without_its_bodies() -> None:
    story = HistoryBuilder()
    again(story, status=409, answer=envelope_of_error("CONFLICT"))
    call = generating_call(understand(story.exchanges[0], load(), FACTS), 0.0)
    assert call is not None
    assert call.seen.answer is Unparsed.ABSENT
    assert call.answer is None
    assert call.code == "CONFLICT"
