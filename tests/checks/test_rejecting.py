"""Judges of rejecting: what they must accuse, and what they must leave alone."""

from typing import Any

import pytest
from histories import PROJECT, REVIEW, Told, envelope, failures, job, results
from moves import LATER, approve, cancel, created_in, pending, progress, regenerate, reject, shown, wait

from conformance.contract.lifecycle import MOMENT

BAD_REASONS = [
    ({}, "without a reason"),
    ({"reason": ""}, "without a reason"),
    ({"reason": None}, "without a reason"),
    ({"reason": 7}, "with a reason that is not a string"),
    ({"reason": "x" * 1025}, "with a reason of 1025 characters"),
    ({"reason": "é" * 1025}, "with a reason of 1025 characters"),
]


@pytest.mark.parametrize(("body", "fault"), BAD_REASONS)
def test_a_reject_without_a_good_reason_that_is_accepted_is_accused(body: Any, fault: Any) -> None:
    told = pending()
    reject(told, body=body)
    assert failures(told)["REJ-3"] == [f"A reject {fault} was answered 200."]


@pytest.mark.parametrize(("body", "fault"), BAD_REASONS)
@pytest.mark.parametrize("status", [400, 422])
def test_a_reject_without_a_good_reason_that_is_refused_passes(body: Any, fault: Any, status: Any) -> None:
    told = pending()
    reject(told, status, body=body)
    assert results(told, "REJ-3") == ["passed"], fault


def test_a_reject_without_a_body_has_no_reason() -> None:
    told = pending()
    reject(told, body=None)
    assert failures(told)["REJ-3"] == ["A reject without a body was answered 200."]


@pytest.mark.parametrize("body", [[], b"{", b"\xff"])
def test_a_body_that_is_no_object_is_the_schemas_matter(body: Any) -> None:
    told = pending()
    reject(told, body=body)
    assert results(told, "REJ-3") == []


def test_what_a_replayed_reject_is_answered_says_nothing_of_its_reason() -> None:
    told = pending()
    for _ in range(2):
        reject(told, body={}, headers={"Idempotency-Key": "k"})
    assert results(told, "REJ-3") == ["failed"]


def test_a_reject_without_a_key_or_of_what_the_run_did_not_make_says_nothing_of_its_reason() -> None:
    keyless, unknown = pending(), Told()
    shown(unknown, "pending")
    reject(keyless, body={}, actor="anonymous")
    reject(unknown, body={})
    assert results(keyless, "REJ-3") == results(unknown, "REJ-3") == []


@pytest.mark.parametrize("reason", ["x", "x" * 1024, "é" * 1024, "😀" * 1024])
def test_a_reason_of_1_to_1024_characters_is_a_good_one(reason: Any) -> None:
    told = pending()
    reject(told, body={"reason": reason})
    assert results(told, "REJ-3") == []


@pytest.mark.parametrize("status", [401, 404, 409, 429])
def test_a_refusal_for_another_cause_shows_nothing(status: Any) -> None:
    told = pending()
    reject(told, status, body={})
    assert results(told, "REJ-3") == []


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_target_without_reject_is_accused(status: Any) -> None:
    told = pending()
    reject(told, status)
    assert failures(told)["REJ-1"] == [f"Rejecting container cnt_1 was answered {status}."]


@pytest.mark.parametrize("status", [400, 409, 410, 422])
def test_a_plain_reject_of_a_pending_container_that_is_refused_is_accused(status: Any) -> None:
    told = pending()
    reject(told, status)
    assert f"which is pending, was answered {status}" in failures(told)["REJ-1"][0]


@pytest.mark.parametrize("approval", ["rejected", "pending"])
@pytest.mark.parametrize("status", ["queued", "generating"])
def test_a_reject_that_regenerates_passes_where_both_show(approval: Any, status: Any) -> None:
    told = pending()
    reject(told, 202, regenerates=True)
    shown(told, approval, status=status, updatedAt=LATER)
    assert results(told, "REJ-2") == ["passed"]
    assert failures(told) == {}


@pytest.mark.parametrize("approval", ["approved", "not_required"])
def test_a_reject_that_regenerates_without_rejecting_is_accused(approval: Any) -> None:
    told = pending()
    reject(told, 202, regenerates=True)
    shown(told, approval, status="generating")
    assert failures(told)["REJ-2"] == [
        f'Container cnt_1 was rejected with regeneration and reads as "{approval}", not as rejected or pending.'
    ]


def test_a_reject_that_regenerates_under_the_old_job_is_accused() -> None:
    told = pending()
    reject(told, 202, regenerates=True, n=1)
    assert "which is not new" in failures(told)["REJ-2"][0]


def test_a_reject_that_regenerates_another_container_is_accused() -> None:
    told = pending()
    reject(told, 202, regenerates=True, answer={"jobId": "job_2", "containerId": "cnt_9", "status": "running"})
    assert 'regenerated container "cnt_9"' in failures(told)["REJ-2"][0]


@pytest.mark.parametrize("job_id", [None, 7, []])
def test_a_reject_that_is_taken_and_names_no_job_is_the_schemas_matter(job_id: Any) -> None:
    told = pending()
    reject(told, 202, regenerates=True, answer={"jobId": job_id, "containerId": "cnt_1", "status": "running"})
    assert results(told, "REJ-2") == []


def test_a_reject_that_regenerates_without_a_key_is_a_matter_of_access() -> None:
    told = pending()
    reject(told, 202, regenerates=True, n=1, actor="anonymous")
    assert "REJ-2" not in failures(told)


def test_a_replay_of_a_reject_that_regenerates_names_the_same_job() -> None:
    told = pending()
    for _ in range(2):
        reject(told, 202, regenerates=True, headers={"Idempotency-Key": "k"})
    assert "REJ-2" not in failures(told)


@pytest.mark.parametrize(("approval", "status"), [("rejected", "completed"), ("pending", "generating")])
def test_a_refused_reject_that_regenerates_and_half_happened_is_accused(approval: Any, status: Any) -> None:
    told = pending()
    reject(told, 409, regenerates=True)
    shown(told, approval, status=status)
    assert list(failures(told)) == ["REJ-2"]


def test_a_refused_reject_that_started_a_job_is_accused() -> None:
    told = pending()
    reject(told, 422, regenerates=True)
    progress(told, 7, status="running")
    assert "has the new job" in failures(told)["REJ-2"][0]


def test_a_refused_reject_that_changed_nothing_passes() -> None:
    told = pending()
    reject(told, 422, regenerates=True)
    shown(told, "pending")
    assert results(told, "REJ-2") == ["passed"]


def test_a_target_that_ignores_the_regeneration_is_not_judged() -> None:
    told = pending()
    reject(told, 200, regenerates=True)
    shown(told, "rejected")
    assert results(told, "REJ-2") == []


def test_only_the_first_read_after_a_reject_that_regenerates_tells_what_it_did() -> None:
    good, bad = pending(), pending()
    for told, approvals in ((good, ("rejected", "pending")), (bad, ("approved", "not_required"))):
        reject(told, 202, regenerates=True)
        for approval in approvals:
            shown(told, approval, status="generating")
    assert results(good, "REJ-2") == ["passed"]
    assert results(bad, "REJ-2") == ["failed"]


@pytest.mark.parametrize(("approval", "status"), [(None, "generating"), (7, "generating"), ("approved", "odd")])
def test_a_read_that_nobody_can_make_out_leaves_a_reject_that_regenerates_open(approval: Any, status: str) -> None:
    told = pending()
    reject(told, 202, regenerates=True)
    shown(told, approval, status=status)
    assert results(told, "REJ-2") == []
    shown(told, "rejected", status="generating")
    assert results(told, "REJ-2") == ["passed"]


def test_a_read_that_shows_nothing_of_a_reject_that_regenerates_leaves_it_open() -> None:
    told = pending()
    reject(told, 202, regenerates=True)
    shown(told, "pending")
    assert results(told, "REJ-2") == []
    shown(told, "pending", updatedAt=LATER)
    assert results(told, "REJ-2") == ["passed"]


def test_a_reject_that_regenerates_what_is_in_flight_leaves_it_in_flight() -> None:
    told = created_in()
    shown(told, "pending", status="generating")
    reject(told, 202, regenerates=True)
    shown(told, "pending", status="generating")
    assert results(told, "REJ-2") == ["passed"]


def test_an_approve_after_a_reject_that_regenerates_may_have_approved_and_a_cancel_may_not() -> None:
    approved, canceled = pending(), pending()
    for told, call in ((approved, approve), (canceled, cancel)):
        reject(told, 202, regenerates=True)
        call(told)
        shown(told, "approved", status="generating")
    assert results(approved, "REJ-2") == []
    assert results(canceled, "REJ-2") == ["failed"]


def test_an_approval_after_another_regeneration_is_not_judged() -> None:
    told = pending()
    reject(told, 202, regenerates=True)
    regenerate(told, 3)
    shown(told, "not_required", status="queued")
    assert "REJ-2" not in failures(told)


@pytest.mark.parametrize(("shown", "found"), [("job_1", True), ("job_2", False)])
def test_a_reject_that_only_rejects_leaves_its_container_on_the_old_job(shown: str, found: Any) -> None:
    told = Told()
    told.create(project=REVIEW)
    told.read(projectId=REVIEW, approvalStatus="pending")
    body = {"reason": "Off brand", "regenerate": True}
    told.call("POST", "/v1/content/cnt_1/reject", 202, envelope(2, REVIEW, container_id="cnt_1"), body=body)
    wait(told, 2)
    told.call("GET", "/v1/content/cnt_1/progress", answer=job(2, jobId=shown, status="running", containerId="cnt_1"))
    assert ("REJ-2" in failures(told)) is found


@pytest.mark.parametrize(("n", "found"), [(1, True), (2, True), (3, False), (9, False)])
def test_no_earlier_job_is_still_the_containers_after_a_reject_that_regenerates(n: int, found: Any) -> None:
    told = pending()
    regenerate(told, 2)
    told.job(2)
    reject(told, 202, regenerates=True, n=3)
    told.job(3, kind="content_regenerate", status="running", containerId="cnt_1")
    wait(told, 2)
    progress(told, n, status="running")
    assert ("REJ-2" in failures(told)) == found


def test_the_job_of_a_reject_at_the_same_moment_may_be_the_latest() -> None:
    told = pending()
    reject(told, 202, regenerates=True, n=2, sent=1_010.05)
    reject(told, 202, regenerates=True, n=3, sent=1_010.1)
    progress(told, 2, status="running", sent=1_013.0)
    assert "REJ-2" not in failures(told)


def test_the_job_of_a_reject_whose_regeneration_has_ended_is_not_the_latest() -> None:
    told = pending()
    reject(told, 202, regenerates=True, n=2, sent=1_006.0)
    told.read(sent=1_008.0, projectId=REVIEW, approvalStatus="pending", updatedAt="2026-04-18T12:10:00Z")
    reject(told, 202, regenerates=True, n=3, sent=1_010.1)
    progress(told, 2, status="running", sent=1_013.0)
    assert "REJ-2" in failures(told)


def test_progress_that_may_be_older_or_newer_than_the_reject_shows_nothing() -> None:
    overlapped, followed, keyless = pending(), pending(), pending()
    reject(overlapped, 202, regenerates=True, sent=1_010.0, took=2)
    progress(overlapped, sent=1_011.0)
    reject(followed, 202, regenerates=True)
    regenerate(followed, 3)
    progress(followed)
    reject(keyless, 202, regenerates=True)
    keyless.call("GET", "/v1/content/cnt_1/progress", answer=job(), actor="anonymous")
    keyless.call("GET", "/v1/content/cnt_9/progress", answer=job())
    for told in (overlapped, followed, keyless):
        assert "REJ-2" not in failures(told)


def test_a_call_that_the_target_does_not_know_has_moved_nothing() -> None:
    told = pending()
    told.call("POST", "/v1/content/cnt_1/approve", 501, actor="anonymous")
    reject(told)
    shown(told, "rejected")
    assert results(told, "REJ-1") == ["passed"]


@pytest.mark.parametrize("job_id", [None, 7, []])
def test_progress_that_names_no_job_says_nothing_of_the_reject(job_id: Any) -> None:
    told = pending()
    reject(told, 202, regenerates=True)
    progress(told, jobId=job_id)
    assert results(told, "REJ-2") == []


@pytest.mark.parametrize("regenerates", [True, {"hook": "Anew"}])
def test_a_reject_that_regenerates_and_is_accepted_with_nothing_done_is_accused(regenerates: Any) -> None:
    told = pending()
    reject(told, 200, body={"reason": "Off brand", "regenerate": regenerates})
    shown(told, "pending")
    assert failures(told) == {}
    told.at += MOMENT
    shown(told, "pending")
    message = (
        "Rejecting container cnt_1 with regeneration was answered 200 without a job, "
        "and neither rejected nor regenerated it."
    )
    assert failures(told) == {"REJ-1": [message], "REJ-2": [message]}


@pytest.mark.parametrize(
    ("approval", "more"),
    [
        ("rejected", {}),
        ("pending", {"status": "generating"}),
        ("pending", {"updatedAt": LATER}),
        ("not_required", {"status": "queued"}),
    ],
)
def test_a_reject_that_names_no_job_and_of_which_something_came_is_left_alone(approval: Any, more: Any) -> None:
    told = pending()
    reject(told, 200, regenerates=True)
    told.at += MOMENT
    shown(told, approval, **more)
    assert "REJ-2" not in failures(told)


def test_a_reject_that_names_a_job_under_200_is_the_documents_matter() -> None:
    told = pending()
    reject(told, 200, regenerates=True, answer={"id": "cnt_1", "approvalStatus": "pending", "jobId": "job_2"})
    told.at += MOMENT
    shown(told, "pending")
    assert {"REJ-1", "REJ-2"}.isdisjoint(failures(told))


def test_a_reject_that_names_no_job_is_judged_by_the_first_read_a_moment_later() -> None:
    told = pending()
    reject(told, 200, regenerates=True)
    told.at += MOMENT
    shown(told, "pending", updatedAt=LATER)
    shown(told, "pending")
    assert "REJ-2" not in failures(told)


@pytest.mark.parametrize("another", [approve, regenerate])
def test_another_decision_or_generation_hides_what_a_reject_without_a_job_did(another: Any) -> None:
    told = pending()
    reject(told, 200, regenerates=True)
    another(told)
    told.at += MOMENT
    shown(told, "pending")
    assert "REJ-2" not in failures(told)


def test_a_replayed_reject_without_a_job_is_no_reject_of_its_own() -> None:
    told = pending()
    for status in (503, 200):
        reject(told, status, regenerates=True, headers={"Idempotency-Key": "k"})
    told.at += MOMENT
    shown(told, "pending")
    assert failures(told) == {}


@pytest.mark.parametrize(("approval", "status"), [("not_required", "completed"), ("pending", "generating")])
def test_a_reject_without_a_job_of_what_is_not_pending_at_rest_is_not_judged_so(approval: Any, status: Any) -> None:
    told = created_in()
    for _ in range(2):
        shown(told, approval, status=status)
        reject(told, 200, regenerates=True)
        told.at += MOMENT
    shown(told, approval, status=status)
    assert {"REJ-1", "REJ-2"}.isdisjoint(failures(told))


@pytest.mark.parametrize(("project", "accused"), [(REVIEW, True), ("prj_other", False), (PROJECT, False)])
def test_where_nothing_is_reviewed_what_was_rejected_may_need_no_review_again(project: str, accused: bool) -> None:  # noqa: FBT001 - a column of the table
    told = created_in(project)
    shown(told, "not_required", project)
    reject(told, 202, regenerates=True, answer=envelope(2, project, "content_regenerate", "cnt_1"))
    wait(told, 5)
    shown(told, "not_required", project, updatedAt=LATER)
    assert ("REJ-2" in failures(told)) is accused
