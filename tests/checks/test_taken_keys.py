"""Idempotency-Keys that a refused call has sent first: AUT-3, and AUT-4 where the caller was another organization."""

from __future__ import annotations

from typing import Any

import pytest
from histories import BRIEF, KEY, LIST, Told, envelope, envelope_of_error, failures, results
from moves import read_once

KEYED = {"Idempotency-Key": KEY}
BODY = {"format": "auto", "brief": BRIEF}
OTHER_BODY = {"format": "auto", "brief": {"hook": "Mornings lcm-run-2"}}
REGENERATE = "/v1/content/cnt_1/regenerate"


def refused(actor: str = "anonymous", status: int = 401, path: str = LIST, body: Any = OTHER_BODY) -> Told:
    told = read_once()
    told.error(
        "POST", path, status, "UNAUTHENTICATED" if status == 401 else "NOT_FOUND", body=body, actor=actor, headers=KEYED
    )
    return told


def conflict(told: Told, path: str = LIST, body: Any = BODY, code: str = "IDEMPOTENCY_CONFLICT") -> Told:
    told.error("POST", path, 409, code, body=body, headers=KEYED)
    return told


def test_a_key_that_a_stranger_has_taken_is_accused() -> None:
    assert "AUT-3" in failures(conflict(refused()))
    assert "AUT-3" in failures(conflict(refused(path=REGENERATE), REGENERATE, {}))


def test_a_key_that_a_refused_call_of_another_organization_has_taken_is_accused() -> None:
    assert list(failures(conflict(refused("other", 404, REGENERATE), REGENERATE, {}))) == ["AUT-4"]


@pytest.mark.parametrize(("actor", "status", "requirement"), [("anonymous", 401, "AUT-3"), ("other", 403, "AUT-4")])
def test_a_key_that_is_free_after_a_refusal_passes(actor: str, status: int, requirement: str) -> None:
    told = refused(actor, status)
    told.create(2, key=KEY, body=BODY)
    assert "passed" in results(told, requirement)
    assert failures(told) == {}


@pytest.mark.parametrize(
    "told",
    [
        conflict(refused(), code="CONFLICT"),
        conflict(refused(), body={"format": 7}),
        conflict(refused(path=REGENERATE), "/v1/content/cnt_1/reject", {"reason": "No."}, "IDEMPOTENCY_CONFLICT"),
        conflict(refused("anonymous", 429)),
        conflict(refused("owner", 404, "/v1/content/cnt_9/regenerate")),
    ],
    ids=["another code", "invalid", "a decision", "too many calls", "its own"],
)
def test_what_something_else_explains_is_not_held_against_the_refused_call(told: Told) -> None:
    assert not {"AUT-3", "AUT-4"} & failures(told).keys()


def test_a_key_that_its_owner_used_first_is_taken_rightly() -> None:
    told = read_once()
    told.create(2, key=KEY)
    told.error("POST", LIST, 401, "UNAUTHENTICATED", body=OTHER_BODY, actor="anonymous", headers=KEYED)
    assert "AUT-3" not in failures(conflict(told))


def replayed(*, later: bool) -> Told:
    told = refused()
    told.error("POST", LIST, 401, "UNAUTHENTICATED", body=BODY, headers=KEYED)
    if later:
        told.read()
    return told


def test_a_refusal_that_is_replayed_to_who_has_a_right_is_accused_once_its_key_is_seen_to_be_good() -> None:
    assert "with the same body, under the same Idempotency-Key." in failures(replayed(later=True))["AUT-3"][0]
    assert "AUT-3" not in failures(replayed(later=False))


def test_a_refusal_in_other_words_is_another_one() -> None:
    told = refused()
    told.call(
        "POST",
        LIST,
        401,
        {"error": {"code": "UNAUTHENTICATED", "message": "Gone.", "requestId": "r"}},
        body=BODY,
        headers=KEYED,
    )
    told.read()
    assert "AUT-3" not in failures(told)


def test_a_replay_to_another_organization_is_a_matter_of_idempotency() -> None:
    told = read_once()
    told.create(2, key=KEY, body=BODY)
    told.call("POST", LIST, 202, envelope(2), body=BODY, headers=KEYED, actor="anonymous")
    assert "AUT-3" not in failures(told)


def at_once(conflicting: Any, accepted: Any, *, gap: float = 0.1) -> Told:
    """Record two creates of the owner under a key that a stranger has sent: the first is a conflict, the one `gap` later is accepted."""
    told = refused()
    told.call(
        "POST", LIST, 409, envelope_of_error("IDEMPOTENCY_CONFLICT"), body=conflicting, headers=KEYED, sent=1100.0
    )
    told.create(2, key=KEY, body=accepted, sent=1100.0 + gap)
    told.read(2)
    return told


def test_a_conflict_with_another_body_of_the_owner_that_was_under_way_is_not_held_against_the_stranger() -> None:
    assert "AUT-3" not in failures(at_once(BODY, OTHER_BODY, gap=0.05))
    assert "AUT-3" in failures(at_once(BODY, OTHER_BODY, gap=5.0))
