"""Idempotency-Keys that a refused call has sent first: AUT-3, and AUT-4 where the caller was another organization."""

from __future__ import annotations

from typing import Any

import pytest
from histories import BRIEF, KEY, LIST, HistoryBuilder, envelope, envelope_of_error, failures, results
from moves import read_once

KEYED = {"Idempotency-Key": KEY}
BODY = {"format": "auto", "brief": BRIEF}
OTHER_BODY = {"format": "auto", "brief": {"hook": "Mornings lcm-run-2"}}
REGENERATE = "/v1/content/cnt_1/regenerate"


def refused(actor: str = "anonymous", status: int = 401, path: str = LIST, body: Any = OTHER_BODY) -> HistoryBuilder:
    story = read_once()
    story.error(
        "POST", path, status, "UNAUTHENTICATED" if status == 401 else "NOT_FOUND", body=body, actor=actor, headers=KEYED
    )
    return story


def conflict(
    story: HistoryBuilder, path: str = LIST, body: Any = BODY, code: str = "IDEMPOTENCY_CONFLICT"
) -> HistoryBuilder:
    story.error("POST", path, 409, code, body=body, headers=KEYED)
    return story


def test_a_key_that_a_stranger_has_taken_is_accused() -> None:
    assert "AUT-3" in failures(conflict(refused()))
    assert "AUT-3" in failures(conflict(refused(path=REGENERATE), REGENERATE, {}))


def test_a_key_that_a_refused_call_of_another_organization_has_taken_is_accused() -> None:
    assert list(failures(conflict(refused("other", 404, REGENERATE), REGENERATE, {}))) == ["AUT-4"]


@pytest.mark.parametrize(("actor", "status", "requirement"), [("anonymous", 401, "AUT-3"), ("other", 403, "AUT-4")])
def test_a_key_that_is_free_after_a_refusal_passes(actor: str, status: int, requirement: str) -> None:
    story = refused(actor, status)
    story.create(2, key=KEY, body=BODY)
    assert "passed" in results(story, requirement)
    assert failures(story) == {}


@pytest.mark.parametrize(
    "story",
    [
        conflict(refused(), code="CONFLICT"),
        conflict(refused(), body={"format": 7}),
        conflict(refused(path=REGENERATE), "/v1/content/cnt_1/reject", {"reason": "No."}, "IDEMPOTENCY_CONFLICT"),
        conflict(refused("anonymous", 429)),
        conflict(refused("owner", 404, "/v1/content/cnt_9/regenerate")),
    ],
    ids=["another code", "invalid", "a decision", "too many calls", "its own"],
)
def test_what_something_else_explains_is_not_held_against_the_refused_call(story: HistoryBuilder) -> None:
    assert not {"AUT-3", "AUT-4"} & failures(story).keys()


def test_a_key_that_its_owner_used_first_is_taken_rightly() -> None:
    story = read_once()
    story.create(2, key=KEY)
    story.error("POST", LIST, 401, "UNAUTHENTICATED", body=OTHER_BODY, actor="anonymous", headers=KEYED)
    assert "AUT-3" not in failures(conflict(story))


def replayed(*, later: bool) -> HistoryBuilder:
    story = refused()
    story.error("POST", LIST, 401, "UNAUTHENTICATED", body=BODY, headers=KEYED)
    if later:
        story.read()
    return story


def test_a_refusal_that_is_replayed_to_who_has_a_right_is_accused_once_its_key_is_seen_to_be_good() -> None:
    assert "with the same body, under the same Idempotency-Key." in failures(replayed(later=True))["AUT-3"][0]
    assert "AUT-3" not in failures(replayed(later=False))


def test_a_refusal_in_other_words_is_another_one() -> None:
    story = refused()
    story.call(
        "POST",
        LIST,
        401,
        {"error": {"code": "UNAUTHENTICATED", "message": "Gone.", "requestId": "r"}},
        body=BODY,
        headers=KEYED,
    )
    story.read()
    assert "AUT-3" not in failures(story)


def test_a_replay_to_another_organization_is_a_matter_of_idempotency() -> None:
    story = read_once()
    story.create(2, key=KEY, body=BODY)
    story.call("POST", LIST, 202, envelope(2), body=BODY, headers=KEYED, actor="anonymous")
    assert "AUT-3" not in failures(story)


def at_once(conflicting: Any, accepted: Any, *, gap: float = 0.1) -> HistoryBuilder:
    """Record two creates of the owner under a key that a stranger has sent: the first is a conflict, the one `gap` later is accepted."""
    story = refused()
    story.call(
        "POST", LIST, 409, envelope_of_error("IDEMPOTENCY_CONFLICT"), body=conflicting, headers=KEYED, sent=1100.0
    )
    story.create(2, key=KEY, body=accepted, sent=1100.0 + gap)
    story.read(2)
    return story


def test_a_conflict_with_another_body_of_the_owner_that_was_under_way_is_not_held_against_the_stranger() -> None:
    assert "AUT-3" not in failures(at_once(BODY, OTHER_BODY, gap=0.05))
    assert "AUT-3" in failures(at_once(BODY, OTHER_BODY, gap=5.0))
