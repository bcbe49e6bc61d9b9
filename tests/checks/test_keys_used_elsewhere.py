"""CRE-1, CRE-2, CRE-7, CRE-9, IDM-8, IDM-10, IDM-11, APR-7 to APR-9, REJ-1 to REJ-3: a key that something else has used.

What a key was used for elsewhere may explain a refusal (409), never a success that is none.
"""

from __future__ import annotations

from typing import Any

import pytest
from histories import BRIEF, FOREIGN, KEY, REVIEW, HistoryBuilder, container, envelope, envelope_of_error, failures
from moves import approve, cancel, clone, regenerate, reject, shown, wait

KEYED = {"Idempotency-Key": KEY}
OTHER_KEY = KEY[:-1] + "0"
CONFLICT: dict[str, Any] = {"status": 409, "answer": envelope_of_error("IDEMPOTENCY_CONFLICT")}
DRIVEN: dict[str, Any] = {"driver": "suite::test"}


def of_a_create() -> HistoryBuilder:
    """Let a container wait for review whose create has used the key."""
    story = HistoryBuilder()
    story.create(project=REVIEW, key=KEY)
    shown(story, "pending")
    return story


@pytest.mark.parametrize(("call", "accused"), [(reject, {"APR-7", "REJ-1"}), (approve, {"APR-8"})])
def test_a_decision_under_the_key_of_a_create_that_decides_nothing_is_accused(call: Any, accused: set[str]) -> None:
    story = of_a_create()
    call(story, headers=KEYED)
    shown(story, "pending")
    assert accused <= failures(story).keys()


@pytest.mark.parametrize(("call", "approval"), [(reject, "rejected"), (approve, "approved")])
def test_one_that_decides_or_is_refused_is_not(call: Any, approval: str) -> None:
    decided, refused = of_a_create(), of_a_create()
    call(decided, headers=KEYED)
    shown(decided, approval)
    call(refused, headers=KEYED, **CONFLICT)
    shown(refused, "pending")
    assert failures(decided) == failures(refused) == {}


@pytest.mark.parametrize("code", ["IDEMPOTENCY_CONFLICT", "CONFLICT"])
def test_a_reject_of_what_is_approved_is_no_success_whatever_its_key_was_used_for(code: str) -> None:
    taken, refused = of_a_create(), of_a_create()
    for story in (taken, refused):
        approve(story)
        shown(story, "approved")
    reject(taken, headers=KEYED)
    reject(refused, headers=KEYED, status=409, answer=envelope_of_error(code))
    assert "APR-9" in failures(taken)
    assert failures(refused) == {}


def test_a_reject_without_a_reason_is_no_success_whatever_its_key_was_used_for() -> None:
    story = of_a_create()
    reject(story, headers=KEYED, body={})
    assert "REJ-3" in failures(story)


def test_a_reject_with_regeneration_that_does_nothing_is_accused_whatever_its_key_was_used_for() -> None:
    story = of_a_create()
    reject(story, 202, regenerates=True, headers=KEYED)
    wait(story, 3)
    shown(story, "pending")
    assert "REJ-2" in failures(story)


def test_a_retry_of_a_refused_decision_is_no_replay() -> None:
    story = of_a_create()
    reject(story, 503, headers=KEYED, answer=None)
    reject(story, headers=KEYED)
    shown(story, "pending")
    assert "APR-7" not in failures(story), "the lost one may have been carried out and undone"
    refused = of_a_create()
    reject(refused, headers=KEYED, **CONFLICT)
    reject(refused, headers=KEYED)
    shown(refused, "pending")
    assert "APR-7" in failures(refused)


def of_a_regenerate(**create: Any) -> HistoryBuilder:
    """Regenerate a container, then send a create with the same key."""
    story = HistoryBuilder()
    story.create()
    story.read()
    regenerate(story, headers=KEYED)
    story.create(**({"n": 3, "key": KEY, "brief": {"hook": "Mornings lcm-run-2"}} | create))
    return story


INVALID = {"format": "gif", "brief": {"hook": "Mornings lcm-run-2"}}


@pytest.mark.parametrize(
    ("create", "accused"),
    [
        ({}, set()),
        (CONFLICT, set()),
        ({"answer": envelope(3) | {"stage": None}}, {"CRE-1"}),
        ({"answer": envelope(3, REVIEW)}, {"CRE-2"}),
        ({"body": INVALID}, {"CRE-9"}),
        ({"body": INVALID, "status": 422, "answer": envelope_of_error("VALIDATION")}, set()),
        ({"body": INVALID, **CONFLICT}, set()),
    ],
)
def test_a_create_that_makes_a_container_of_its_own_is_judged_as_any(create: dict[str, Any], accused: set[str]) -> None:
    found = failures(of_a_regenerate(**create)).keys()
    assert {name for name in found if name.startswith("CRE")} == accused


def test_an_invalid_create_under_the_key_of_a_create_is_never_a_new_one() -> None:
    story = HistoryBuilder()
    story.create(key=KEY)
    story.create(2, key=KEY, body=INVALID)
    assert "CRE-9" in failures(story)


def test_a_create_under_a_used_key_is_not_given_what_a_third_call_made() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read()
    story.create(2, key=OTHER_KEY, brief={"hook": "Noons lcm-run-3"})
    regenerate(story, 3, headers=KEYED)
    story.create(4, key=KEY, brief={"hook": "Mornings lcm-run-2"}, answer=envelope(2))
    assert len(failures(story)["CRE-7"]) == 2


def test_what_the_same_key_made_elsewhere_is_a_matter_of_keys() -> None:
    story = HistoryBuilder()
    story.create(1, key=KEY)
    story.create(2, key=KEY, project=REVIEW, answer=envelope(1, REVIEW))
    assert {name for name in failures(story) if name in {"CRE-7", "IDM-9"}} == {"IDM-9"}


def keyed_cancel(story: HistoryBuilder, n: int, answer: Any, **more: Any) -> None:
    story.call("POST", f"/v1/jobs/job_{n}/cancel", 202, answer, headers=KEYED, **more)


def test_a_create_that_is_answered_with_the_result_of_a_cancel_is_accused() -> None:
    story = HistoryBuilder()
    story.create(1)
    keyed_cancel(story, 1, envelope(1))
    story.create(2, key=KEY, brief={"hook": "Mornings lcm-run-2"}, answer=envelope(1))
    assert "job job_1 of cancelJob, which had the same key" in failures(story)["IDM-10"][0]


def test_a_cancel_that_is_answered_with_the_result_of_a_create_is_accused() -> None:
    story = HistoryBuilder()
    story.create(1, key=KEY)
    story.create(2, brief={"hook": "Mornings lcm-run-2"})
    keyed_cancel(story, 2, envelope(1))
    assert "job job_1 of createContent, which had the same key" in failures(story)["IDM-10"][0]


@pytest.mark.parametrize("answer", [envelope(1), {"jobId": "job_1", "status": "canceled"}, {}])
def test_a_cancel_may_show_its_own_job_whatever_its_key_was_used_for(answer: Any) -> None:
    story = HistoryBuilder()
    story.create(1, key=KEY)
    keyed_cancel(story, 1, answer)
    keyed_cancel(story, 1, answer)
    story.read(status="canceled")
    assert failures(story) == {}


@pytest.mark.parametrize("calls", [(regenerate, regenerate), (clone, regenerate), (regenerate, clone)])
def test_a_conflict_of_a_generating_call_under_a_key_that_nobody_carried_is_accused(calls: Any) -> None:
    story = HistoryBuilder()
    story.create()
    story.read()
    calls[0](story, 2, headers={"Idempotency-Key": OTHER_KEY}, **DRIVEN)
    calls[1](story, 3, headers=KEYED, **DRIVEN, **CONFLICT)
    assert "under a key that no call had carried" in failures(story)["IDM-11"][0]


@pytest.mark.parametrize(
    ("before", "more"),
    [
        ({}, {}),
        ({}, {**DRIVEN, "answer": envelope_of_error("CONFLICT")}),
        ({}, {**DRIVEN, "headers": {"Idempotency-Key": "0"}}),
        ({"headers": KEYED}, DRIVEN),
        ({"headers": KEYED, "status": 503, "answer": None}, DRIVEN),
    ],
)
def test_one_whose_key_may_have_been_used_or_that_is_none_of_keys_is_not(before: Any, more: Any) -> None:
    story = HistoryBuilder()
    story.create()
    story.read()
    clone(story, 2, **before)
    regenerate(story, 3, **({"headers": KEYED} | CONFLICT | more))
    assert "IDM-11" not in failures(story)


def test_two_bodies_at_once_under_a_fresh_key_conflict_in_either_order() -> None:
    story = HistoryBuilder()
    story.create()
    story.read()
    regenerate(story, 2, headers=KEYED, patch={"hook": "Noons lcm-run-3"}, sent=1_010.0, took=1.0, **DRIVEN, **CONFLICT)
    regenerate(story, 3, headers=KEYED, sent=1_010.2, **DRIVEN)
    assert "IDM-11" not in failures(story)


OTHERS = {"actor": "other", "project": FOREIGN, "brief": BRIEF, **DRIVEN}


@pytest.mark.parametrize(
    ("second", "accused"),
    [
        (CONFLICT, True),
        ({"status": 409, "answer": envelope_of_error("CONFLICT")}, False),
        ({"status": 404, "answer": envelope_of_error("NOT_FOUND")}, False),
        ({}, False),
    ],
)
def test_another_organization_is_refused_no_key_of_its_own(second: dict[str, Any], accused: Any) -> None:
    story = HistoryBuilder()
    story.create(1, key=KEY, **DRIVEN)
    story.create(2, key=KEY, **OTHERS, **second)
    assert ("CRE-1" in failures(story)) is accused


def test_a_reject_that_repeats_an_old_job_starts_nothing_anew() -> None:
    story = of_a_create()
    reject(story, 202, regenerates=True, headers={"Idempotency-Key": OTHER_KEY})
    wait(story, 3)
    shown(story, "pending", updatedAt="2026-04-18T12:30:00.000Z")
    reject(story, 202, regenerates=True, headers={"Idempotency-Key": OTHER_KEY})
    assert failures(story) == {}
    shown(story, "pending", status="queued", assets=[], updatedAt="2026-04-18T12:30:00.000Z")
    assert "A replay of rejectContent took container cnt_1" in failures(story)["REJ-2"][0]


def test_a_cancel_under_the_key_of_a_create_leaves_the_key_to_it() -> None:
    story = HistoryBuilder()
    story.create(key=KEY)
    cancel(story)
    story.create(key=KEY)
    story.call("GET", "/v1/content/cnt_1", answer=container(status="canceled", assets=[], captions=[]))
    assert failures(story) == {}
