"""Judges of approval: what they must accuse, and what they must leave alone."""

from typing import Any

import pytest
from histories import BRIEF, PROJECT, REVIEW, Told, asset, failures, results
from moves import LATER, approve, item, regenerate, reject


def made(project: Any = REVIEW) -> Told:
    told = Told()
    told.create(project=project)
    return told


def shown(told: Told, approval: Any, project: Any = REVIEW, **fields: Any) -> str:
    return told.read(**({"approvalStatus": approval, "projectId": project} | fields))


def pending() -> Told:
    told = made()
    shown(told, "pending")
    return told


@pytest.mark.parametrize("approval", ["none", "APPROVED", None, 1, {}])
def test_an_approval_outside_the_four_is_accused(approval: Any) -> None:
    read, listed = Told(), Told()
    shown(read, approval)
    listed.list([item(approvalStatus=approval)])
    assert "shows the approvalStatus" in failures(read)["APR-1"][0]
    assert "shows the approvalStatus" in failures(listed)["APR-1"][0]


def test_an_approval_outside_the_four_is_accused_in_the_answer_to_a_reject() -> None:
    told = pending()
    reject(told, answer={"id": "cnt_1", "approvalStatus": "denied"})
    assert failures(told)["APR-1"] == ['Container "cnt_1" shows the approvalStatus "denied".']


@pytest.mark.parametrize("approval", ["not_required", "pending", "approved", "rejected"])
def test_the_four_approvals_pass(approval: Any) -> None:
    told = Told()
    shown(told, approval)
    assert results(told, "APR-1") == ["passed"]


@pytest.mark.parametrize("decide", [approve, reject])
@pytest.mark.parametrize(
    "fields",
    [
        {"captions": []},
        {"assets": [asset("med_9")]},
        {"assets": [asset("med_1", width=1)]},
        {"brief": {"hook": "Another lcm-run-1"}},
        {"status": "canceled"},
    ],
)
def test_a_decision_that_changes_anything_else_is_accused(decide: Any, fields: Any) -> None:
    told = pending()
    decide(told)
    shown(told, "approved" if decide is approve else "rejected", **fields)
    assert "changed the" in failures(told)["APR-2"][0]


@pytest.mark.parametrize("decide", [approve, reject])
def test_a_decision_that_changes_nothing_else_passes(decide: Any) -> None:
    told = pending()
    decide(told)
    shown(told, "approved" if decide is approve else "rejected", updatedAt=LATER)
    assert results(told, "APR-2") == ["passed"]


def test_a_url_that_moves_is_not_held_against_the_decision() -> None:
    told = pending()
    reject(told)
    shown(told, "rejected", assets=[asset(url="https://elsewhere.test/1")])
    assert set(failures(told)) == {"AST-2"}


def test_what_a_decision_and_a_generation_changed_together_is_left_alone() -> None:
    told = pending()
    reject(told)
    regenerate(told)
    shown(told, "rejected", status="generating", assets=[])
    assert "APR-2" not in failures(told)


def test_a_decision_in_flight_leaves_the_brief_alone() -> None:
    told = made()
    shown(told, "pending", status="generating")
    reject(told)
    shown(told, "pending", brief={"hook": "Another"})
    assert "changed the brief" in failures(told)["APR-2"][0]


def test_a_review_project_makes_what_completes_pending() -> None:
    wrong = made()
    shown(wrong, "not_required")
    assert failures(wrong) == {
        "APR-3": ['Container cnt_1 completed in a project that requires review, and is "not_required".']
    }
    assert results(pending(), "APR-3") == ["passed"]


@pytest.mark.parametrize("approval", ["not_required", "pending"])
def test_a_review_project_may_show_either_before_completion(approval: Any) -> None:
    told = made()
    shown(told, approval, status="generating")
    assert failures(told) == {}


def test_a_decided_container_says_nothing_of_completion() -> None:
    told = made()
    reject(told)
    shown(told, "rejected")
    assert results(told, "APR-3") == []


@pytest.mark.parametrize("approval", ["pending", "approved", "rejected"])
def test_a_project_without_review_leaves_what_completes_alone(approval: Any) -> None:
    told = made(PROJECT)
    shown(told, approval, PROJECT)
    assert "in a project that requires no review" in failures(told)["APR-4"][0]


@pytest.mark.parametrize("status", ["queued", "failed"])
def test_nothing_is_pending_where_no_review_is_required(status: Any) -> None:
    told = made(PROJECT)
    shown(told, "pending", PROJECT, status=status, lastError="why" if status == "failed" else None)
    assert list(failures(told)) == ["APR-4"]


def test_not_required_passes_where_no_review_is_required() -> None:
    told = made(PROJECT)
    shown(told, "not_required", PROJECT)
    assert results(told, "APR-4") == ["passed"]


def test_a_container_that_the_run_did_not_make_may_have_been_decided_before() -> None:
    told = Told()
    shown(told, "approved", PROJECT)
    assert failures(told) == {}


@pytest.mark.parametrize("approval", ["approved", "rejected"])
def test_completion_alone_neither_approves_nor_rejects(approval: Any) -> None:
    told = made()
    shown(told, "pending", status="generating")
    shown(told, approval)
    assert failures(told)["APR-5"] == [f"Container cnt_1 is {approval}, and nobody has {approval} it."]


def test_a_list_that_shows_what_nobody_decided_is_accused() -> None:
    told = made()
    told.list([item(approvalStatus="approved")], project=REVIEW)
    assert list(failures(told)) == ["APR-5"]


def test_a_later_move_that_nobody_made_is_accused() -> None:
    told = pending()
    approve(told)
    shown(told, "approved")
    regenerate(told, project=REVIEW)
    shown(told, "pending", status="generating")
    shown(told, "approved", updatedAt=LATER)
    assert "and nobody has approved it in between" in failures(told)["APR-5"][0]


@pytest.mark.parametrize(("status", "error"), [(200, None), (None, "timed out"), (503, None)])
def test_a_decision_that_may_have_happened_explains_the_move(status: Any, error: Any) -> None:
    told = pending()
    approve(told, status, error=error)
    shown(told, "approved")
    assert "APR-5" not in failures(told)


def test_a_move_of_status_that_decides_nothing_passes() -> None:
    told = made()
    shown(told, "pending", status="generating")
    shown(told, "pending")
    assert results(told, "APR-5") == ["passed"]


def walk(told: Told, *items: Any, query: Any = "?status=completed") -> str:
    return told.list(items, query, project=REVIEW)


@pytest.mark.parametrize("approval", ["pending", "rejected"])
def test_a_filter_by_status_that_hides_what_is_not_approved_is_accused(approval: Any) -> None:
    hidden, listed = pending(), pending()
    for told, items in ((hidden, []), (listed, [item(approvalStatus=approval)])):
        if approval == "rejected":
            reject(told)
            shown(told, "rejected")
        walk(told, *items)
    assert (
        f"is completed and {approval}, and the list of status=completed leaves it out" in failures(hidden)["APR-6"][0]
    )
    assert results(listed, "APR-6") == ["passed"]


@pytest.mark.parametrize(("fmt", "verdicts"), [("video_remix", ["failed"]), ("ugc_remix", [])])
def test_a_filter_by_format_narrows_what_must_be_listed(fmt: Any, verdicts: Any) -> None:
    told = pending()
    walk(told, query=f"?status=completed&format={fmt}")
    assert results(told, "APR-6") == verdicts


def test_a_walk_that_is_not_over_leaves_nothing_out() -> None:
    told = pending()
    told.list([], "?status=completed", project=REVIEW, cursor="c2")
    assert results(told, "APR-6") == []


def test_a_container_that_was_regenerated_meanwhile_may_be_missing() -> None:
    told = pending()
    regenerate(told)
    walk(told)
    assert results(told, "APR-6") == []


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


def decided(approval: Any) -> Told:
    told = pending()
    if approval == "not_required":
        told = made(PROJECT)
        shown(told, "not_required", PROJECT)
        return told
    (approve if approval == "approved" else reject)(told)
    shown(told, approval)
    return told


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


def again(approval: Any, **fields: Any) -> Told:
    told = decided("rejected")
    regenerate(told)
    shown(told, "rejected", status="generating")
    shown(told, approval, **fields)
    return told


def test_a_regeneration_that_completes_is_pending_again() -> None:
    assert failures(again("rejected")) == {
        "APR-10": ['Container cnt_1 completed again in a project that requires review, and is "rejected".']
    }
    assert results(again("pending"), "APR-10") == ["passed"]


def test_a_read_too_early_to_show_the_regeneration_is_not_judged() -> None:
    told = decided("rejected")
    regenerate(told)
    shown(told, "rejected")
    assert results(told, "APR-10") == []


def test_an_approval_long_after_a_refused_one_is_nobodys_doing() -> None:
    told = Told()
    told.create(project=REVIEW)
    told.read(projectId=REVIEW, approvalStatus="pending")
    told.error("POST", "/v1/content/cnt_1/approve", 409, "CONFLICT")
    told.read(projectId=REVIEW, approvalStatus="pending")
    told.read(projectId=REVIEW, approvalStatus="approved")
    assert failures(told)["APR-5"] == ["Container cnt_1 is approved, and nobody has approved it."]


def test_a_regeneration_that_keeps_an_approval_is_accused_also_after_a_refused_one() -> None:
    told = Told()
    told.create(project=REVIEW)
    told.read(projectId=REVIEW, approvalStatus="pending")
    told.call("POST", "/v1/content/cnt_1/approve", 200, {"id": "cnt_1", "approvalStatus": "approved"})
    told.error("POST", "/v1/content/cnt_1/approve", 409, "CONFLICT")
    told.read(projectId=REVIEW, approvalStatus="approved")
    regenerate(told)
    told.at += 10
    told.read(projectId=REVIEW, approvalStatus="approved")
    assert "completed again in a project that requires review" in failures(told)["APR-10"][0]


def decided_unseen(*approvals: str) -> Told:
    """Reject a container that only its job has shown before, and read it."""
    told = made()
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
    told = made("prj_archive")
    shown(told, "rejected", "prj_archive")
    told.call("DELETE", "/v1/projects/prj_archive", 200, {})
    shown(told, "rejected", "prj_archive")
    reject(told, status)
    found = failures(told)
    assert "REJ-1" not in found
    assert ("APR-9" in found) == accused


@pytest.mark.parametrize(("brief", "accused"), [({"language": "en"}, False), ({"hook": "Other"}, True)])
def test_a_brief_may_gain_a_default_while_what_is_decided_on_generates(brief: Any, accused: Any) -> None:
    told = made()
    shown(told, "pending", status="generating")
    approve(told)
    shown(told, "approved", brief=BRIEF | brief)
    assert ("APR-2" in failures(told)) == accused


@pytest.mark.parametrize(("limit", "accused"), [("0", False), ("1", True)])
def test_a_list_without_room_leaves_out_nothing(limit: Any, accused: Any) -> None:
    told = pending()
    told.list([], f"?status=completed&limit={limit}", project=REVIEW)
    assert ("APR-6" in failures(told)) == accused
