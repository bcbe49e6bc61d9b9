"""Judges of decisions: whether they show and last, and where they must be refused."""

from typing import Any

import pytest
from histories import REVIEW, Told, failures, results
from moves import LATER, approve, created_in, decided, pending, regenerate, reject, shown


def test_a_reject_that_does_not_show_is_accused() -> None:
    told = pending()
    reject(told)
    shown(told, "pending")
    assert failures(told) == {
        name: ['Container cnt_1 reads as "pending" after it was rejected.'] for name in ("REJ-1", "APR-7")
    }


def test_a_reject_that_a_later_read_forgets_is_accused() -> None:
    told = pending()
    reject(told)
    shown(told, "rejected")
    shown(told, "pending")
    assert failures(told)["APR-7"] == ['Container cnt_1 reads as "pending" after it was rejected and had read so.']
    assert "REJ-1" not in failures(told)


def test_a_reject_that_shows_passes() -> None:
    told = pending()
    reject(told)
    shown(told, "rejected")
    shown(told, "rejected")
    assert results(told, "REJ-1") == ["passed"]
    assert results(told, "APR-7") == ["passed", "passed"]


def test_a_regeneration_may_make_it_pending_again() -> None:
    told = pending()
    reject(told)
    shown(told, "rejected")
    regenerate(told)
    shown(told, "pending", status="queued")
    assert "APR-7" not in failures(told)


def test_a_parallel_approve_may_win() -> None:
    told = pending()
    reject(told, sent=1010, took=2)
    approve(told, sent=1011, took=2)
    shown(told, "approved")
    assert "APR-7" not in failures(told)
    assert "REJ-1" not in failures(told)


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


def test_a_refusal_with_another_code_is_accused() -> None:
    told = decided("approved")
    reject(told, 409, code="NOT_NOW")
    assert 'with the code "NOT_NOW", not CONFLICT' in failures(told)["APR-9"][0]


def test_a_replayed_reject_may_answer_as_the_first_did() -> None:
    told = pending()
    reject(told, headers={"Idempotency-Key": "k"})
    shown(told, "rejected")
    reject(told, headers={"Idempotency-Key": "k"})
    assert "APR-9" not in failures(told)


def test_a_reject_beside_a_regeneration_is_not_judged() -> None:
    told = decided("rejected")
    reject(told, sent=1010, took=3)
    regenerate(told, sent=1011, took=1)
    shown(told, "pending", status="queued", sent=1020)
    assert "APR-9" not in failures(told)


def decided_unseen(*approvals: str) -> Told:
    """Reject a container that only its job has shown before, and read it."""
    told = created_in()
    told.job(projectId=REVIEW)
    reject(told)
    for approval in approvals:
        shown(told, approval)
    return told


def test_a_reject_that_nobody_had_read_before_must_last_once_it_shows() -> None:
    assert "and had read so" in failures(decided_unseen("rejected", "pending"))["APR-7"][0]
    assert failures(decided_unseen("rejected", "rejected")) == {}


def test_a_reject_of_what_may_have_been_in_flight_need_not_show() -> None:
    assert failures(decided_unseen("pending")) == {}


@pytest.mark.parametrize(("status", "accused"), [(202, False), (409, True)])
def test_a_reject_while_a_regeneration_runs_may_be_undone_by_its_completion(status: Any, accused: Any) -> None:
    told = pending()
    regenerate(told, status=status, project=REVIEW)
    reject(told)
    told.at += 3
    shown(told, "pending", updatedAt=LATER)
    assert ("APR-7" in failures(told)) == accused


@pytest.mark.parametrize(("status", "accused"), [(409, False), (404, False), (200, True)])
def test_a_reject_in_an_archived_project_may_be_refused(status: Any, accused: Any) -> None:
    told = created_in("prj_archive")
    shown(told, "rejected", "prj_archive")
    told.call("DELETE", "/v1/projects/prj_archive", 200, {})
    shown(told, "rejected", "prj_archive")
    reject(told, status)
    found = failures(told)
    assert "REJ-1" not in found
    assert ("APR-9" in found) == accused
