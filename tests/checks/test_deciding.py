"""Judges of decisions: whether they show and last, and where they must be refused."""

from typing import Any

import pytest
from histories import REVIEW, HistoryBuilder, failures, results
from moves import LATER, approve, cancel, created_in, decided, pending, regenerate, reject, shown


def test_a_reject_that_does_not_show_is_accused() -> None:
    story = pending()
    reject(story)
    shown(story, "pending")
    assert failures(story) == {
        name: ['Container cnt_1 reads as "pending" after it was rejected.'] for name in ("REJ-1", "APR-7")
    }


def test_a_reject_that_a_later_read_forgets_is_accused() -> None:
    story = pending()
    reject(story)
    shown(story, "rejected")
    shown(story, "pending")
    assert failures(story)["APR-7"] == [
        'Container cnt_1 reads as "pending" after it was rejected and had been read as rejected.'
    ]
    assert "REJ-1" not in failures(story)


@pytest.mark.parametrize(("call", "accused"), [(cancel, True), (approve, False), (regenerate, False)])
def test_a_call_that_decides_nothing_does_not_excuse_a_reject_that_does_not_show(call: Any, accused: Any) -> None:
    story = pending()
    reject(story)
    call(story)
    shown(story, "pending")
    assert ("REJ-1" in failures(story)) == accused


def test_two_rejects_at_one_moment_excuse_each_other_of_nothing() -> None:
    story = pending()
    at = story.at
    for _ in range(2):
        reject(story, sent=at, took=0.2)
    shown(story, "pending")
    assert {"REJ-1", "APR-7"} <= set(failures(story))


def twice(first: dict[str, Any], second: dict[str, Any]) -> HistoryBuilder:
    story = pending()
    at = story.at
    reject(story, sent=at, took=0.2, **first)
    reject(story, sent=at + 0.1, took=0.2, **second)
    shown(story, "rejected")
    return story


def test_two_rejects_of_what_is_pending_are_not_both_accepted() -> None:
    message = "Two rejects of container cnt_1, which was pending, were both answered 200."
    assert failures(twice({}, {})) == {"APR-9": [message]}
    assert failures(twice({"headers": {"Idempotency-Key": "a"}}, {"headers": {"Idempotency-Key": "b"}})) == {
        "APR-9": [message]
    }


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"status": 409}),
        ({"status": 503}, {}),
        ({"headers": {"Idempotency-Key": "a"}}, {"headers": {"Idempotency-Key": "a"}}),
    ],
)
def test_two_rejects_of_which_one_may_be_the_other_are_left_alone(first: Any, second: Any) -> None:
    assert "APR-9" not in failures(twice(first, second))


def test_two_rejects_are_left_alone_where_the_container_may_have_become_pending_again() -> None:
    story = pending()
    reject(story)
    regenerate(story, project=REVIEW)
    reject(story)
    assert "APR-9" not in failures(story)


def test_a_reject_that_should_have_been_refused_shows_nothing_of_rejecting() -> None:
    story = decided("approved")
    reject(story)
    shown(story, "rejected")
    shown(story, "approved")
    assert results(story, "REJ-1") == results(story, "APR-7") == []


def test_what_the_run_did_not_make_may_be_decided_on_by_others() -> None:
    story = HistoryBuilder()
    shown(story, "pending")
    reject(story)
    shown(story, "rejected")
    shown(story, "pending")
    assert results(story, "REJ-1") == results(story, "APR-7") == []


@pytest.mark.parametrize("more", [{"actor": "anonymous"}, {"status": 422}, {"status": None}, {"regenerates": True}])
def test_only_a_plain_reject_that_was_accepted_must_show(more: Any) -> None:
    story = pending()
    reject(story, **more)
    shown(story, "pending")
    assert "APR-7" not in failures(story)


def test_a_read_that_was_asked_for_before_the_reject_was_answered_need_not_show_it() -> None:
    story = pending()
    reject(story, sent=1_010.0, took=2)
    shown(story, "pending", sent=1_011.0, took=2)
    assert results(story, "APR-7") == []
    shown(story, "pending", sent=1_014.0)
    assert results(story, "APR-7") == ["failed"]


@pytest.mark.parametrize("fields", [{"status": "generating"}, {"status": "odd"}, {"approvalStatus": 7}])
def test_a_read_that_nobody_can_make_out_leaves_a_reject_open(fields: Any) -> None:
    story = pending()
    reject(story)
    shown(story, "pending", **fields)
    assert results(story, "APR-7") == []
    shown(story, "rejected")
    assert results(story, "APR-7") == ["passed"]


def test_a_reject_is_accused_once() -> None:
    story = pending()
    reject(story)
    shown(story, "pending")
    shown(story, "pending")
    assert results(story, "REJ-1") == results(story, "APR-7") == ["failed"]


def test_a_reject_that_shows_passes() -> None:
    story = pending()
    reject(story)
    shown(story, "rejected")
    shown(story, "rejected")
    assert results(story, "REJ-1") == ["passed"]
    assert results(story, "APR-7") == ["passed", "passed"]


def test_a_regeneration_may_make_it_pending_again() -> None:
    story = pending()
    reject(story)
    shown(story, "rejected")
    regenerate(story)
    shown(story, "pending", status="queued")
    assert "APR-7" not in failures(story)


def test_a_parallel_approve_may_win() -> None:
    story = pending()
    reject(story, sent=1010, took=2)
    approve(story, sent=1011, took=2)
    shown(story, "approved")
    assert "APR-7" not in failures(story)
    assert "REJ-1" not in failures(story)


def test_an_approve_that_does_not_show_is_accused_and_one_that_does_passes() -> None:
    lost, kept = pending(), pending()
    approve(lost)
    shown(lost, "pending")
    approve(kept)
    shown(kept, "approved")
    assert list(failures(lost)) == ["APR-8"]
    assert results(kept, "APR-8") == ["passed"]


@pytest.mark.parametrize("approval", ["approved", "rejected", "not_required"])
def test_rejecting_what_can_not_be_rejected_is_refused(approval: Any) -> None:
    taken, odd, refused = decided(approval), decided(approval), decided(approval)
    reject(taken)
    reject(odd, 422)
    reject(refused, 409)
    assert failures(taken)["APR-9"] == [f"Rejecting container cnt_1, which is {approval}, was answered 200, not 409."]
    assert "was answered 422, not 409" in failures(odd)["APR-9"][0]
    assert results(refused, "APR-9") == ["passed"]


@pytest.mark.parametrize("status", [400, 410])
def test_what_can_not_be_rejected_is_no_invalid_request_and_not_gone(status: int) -> None:
    story = decided("approved")
    reject(story, status)
    assert f"was answered {status}, not 409" in failures(story)["APR-9"][0]


@pytest.mark.parametrize("status", [401, 403, 429, 503, None])
@pytest.mark.parametrize("approval", ["approved", "pending"])
def test_a_refusal_that_says_nothing_of_the_reject_is_not_judged(approval: str, status: Any) -> None:
    story = decided("approved") if approval == "approved" else pending()
    reject(story, status)
    assert results(story, "APR-9") == results(story, "REJ-1") == []


@pytest.mark.parametrize(
    "more", [{"regenerates": True}, {"body": {}}, {"body": []}, {"actor": "other"}, {"actor": "anonymous"}]
)
@pytest.mark.parametrize("approval", ["approved", "pending"])
def test_a_reject_that_a_target_may_have_another_reason_to_refuse_is_not_judged(approval: str, more: Any) -> None:
    story = decided("approved") if approval == "approved" else pending()
    reject(story, 422, **more)
    assert results(story, "APR-9") == results(story, "REJ-1") == []


def test_a_reason_that_an_unstated_limit_could_hit_may_be_refused_and_a_state_is_judged_all_the_same() -> None:
    free, settled = pending(), decided("approved")
    reject(free, 400, body={"reason": "é"})
    reject(settled, 409, body={"reason": "é"})
    assert results(free, "REJ-1") == []
    assert results(settled, "APR-9") == ["passed"]


@pytest.mark.parametrize("approval", [None, 7, []])
@pytest.mark.parametrize("status", [200, 409])
def test_a_reject_behind_an_approval_that_nobody_can_read_is_not_judged(status: int, approval: Any) -> None:
    story = created_in()
    shown(story, approval)
    reject(story, status)
    assert results(story, "APR-9") == results(story, "REJ-1") == []


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_what_has_not_completed_and_is_not_pending_can_not_be_rejected_either(status: str) -> None:
    story = created_in()
    shown(story, "not_required", status=status, lastError="why" if status == "failed" else None)
    reject(story, 200)
    assert "which is not_required, was answered 200, not 409" in failures(story)["APR-9"][0]


@pytest.mark.parametrize("status", [200, 409])
def test_what_has_failed_and_is_pending_may_be_rejected_or_not(status: int) -> None:
    story = created_in()
    shown(story, "pending", status="failed", lastError="why")
    reject(story, status)
    assert results(story, "APR-9") == results(story, "REJ-1") == []


def test_a_refusal_with_another_code_is_accused() -> None:
    story = decided("approved")
    reject(story, 409, code="NOT_NOW")
    assert 'with the code "NOT_NOW", not CONFLICT' in failures(story)["APR-9"][0]


def test_a_replayed_reject_may_answer_as_the_first_did() -> None:
    story = pending()
    reject(story, headers={"Idempotency-Key": "k"})
    shown(story, "rejected")
    reject(story, headers={"Idempotency-Key": "k"})
    assert "APR-9" not in failures(story)


def test_a_reject_beside_a_regeneration_is_not_judged() -> None:
    story = decided("rejected")
    reject(story, sent=1010, took=3)
    regenerate(story, sent=1011, took=1)
    shown(story, "pending", status="queued", sent=1020)
    assert "APR-9" not in failures(story)


def decided_unseen(*approvals: str) -> HistoryBuilder:
    """Reject a container that only its job has shown before, and read it."""
    story = created_in()
    story.job(projectId=REVIEW)
    reject(story)
    for approval in approvals:
        shown(story, approval)
    return story


def test_a_reject_that_nobody_had_read_before_must_last_once_it_shows() -> None:
    assert "and had been read as rejected" in failures(decided_unseen("rejected", "pending"))["APR-7"][0]
    assert failures(decided_unseen("rejected", "rejected")) == {}


def test_a_reject_of_what_may_have_been_in_flight_need_not_show() -> None:
    assert failures(decided_unseen("pending")) == {}


@pytest.mark.parametrize(("status", "accused"), [(202, False), (409, True)])
def test_a_reject_while_a_regeneration_runs_may_be_undone_by_its_completion(status: Any, accused: Any) -> None:
    story = pending()
    regenerate(story, status=status, project=REVIEW)
    reject(story)
    story.at += 3
    shown(story, "pending", updatedAt=LATER)
    assert ("APR-7" in failures(story)) == accused


@pytest.mark.parametrize(("status", "accused"), [(409, False), (404, False), (200, True)])
def test_a_reject_in_an_archived_project_may_be_refused(status: Any, accused: Any) -> None:
    story = created_in("prj_archive")
    shown(story, "rejected", "prj_archive")
    story.call("DELETE", "/v1/projects/prj_archive", 200, {})
    shown(story, "rejected", "prj_archive")
    reject(story, status)
    found = failures(story)
    assert "REJ-1" not in found
    assert ("APR-9" in found) == accused


KEY = {"Idempotency-Key": "k200"}


@pytest.mark.parametrize(("call", "approval"), [(reject, "rejected"), (approve, "approved")])
def test_a_decision_under_a_used_key_may_be_a_replay_that_decides_nothing(call: Any, approval: str) -> None:
    story = pending()
    call(story, headers=KEY)
    shown(story, approval)
    regenerate(story, project=REVIEW)
    shown(story, "pending", status="generating")
    shown(story, "pending")
    call(story, headers=KEY)
    shown(story, "pending")
    assert failures(story) == {}
    call(story, headers={"Idempotency-Key": "another"})
    shown(story, "pending")
    assert {"APR-7" if call is reject else "APR-8"} <= failures(story).keys()


def test_a_decision_under_a_key_of_its_own_must_show() -> None:
    story = pending()
    reject(story, headers=KEY)
    shown(story, "pending")
    assert "APR-7" in failures(story)


@pytest.mark.parametrize(("reason", "accused"), [("   ", False), ("\u0000", False), ("Too loud.", True)])
def test_an_odd_reason_may_be_refused_before_the_state_is_looked_at(reason: str, accused: bool) -> None:  # noqa: FBT001 - a table
    story = decided("rejected")
    reject(story, 422, body={"reason": reason})
    assert ("APR-9" in failures(story)) == accused


@pytest.mark.parametrize(("status", "expected"), [(400, ["passed"]), (422, ["passed"]), (409, []), (None, [])])
def test_what_was_refused_as_invalid_when_it_was_repeated_leaves_nothing_open(status: Any, expected: list[str]) -> None:
    story = pending()
    again: dict[str, str] = {}
    for answer in (503, 503, status):
        again = {"retry_of": reject(story, answer, body={"regenerate": True}, tags=again)}
    reject(story)
    shown(story, "rejected")
    assert results(story, "APR-7") == expected


@pytest.mark.parametrize(
    ("actor", "status", "expected"),
    [
        *[("anonymous", status, ["passed"]) for status in (401, 403, 404)],
        ("other", 404, ["passed"]),
        ("anonymous", 409, []),
        ("anonymous", None, []),
        ("owner", 401, []),
        ("owner", 404, []),
    ],
)
def test_what_a_stranger_was_refused_when_it_was_repeated_leaves_nothing_open(
    actor: str, status: Any, expected: list[str]
) -> None:
    story = pending()
    again: dict[str, str] = {}
    for answer in (502, status):
        again = {"retry_of": reject(story, answer, body={"regenerate": True}, actor=actor, tags=again)}
    reject(story)
    shown(story, "rejected")
    assert results(story, "APR-7") == expected
