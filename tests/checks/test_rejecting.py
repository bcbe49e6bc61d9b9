"""Judges of rejecting: what they must accuse, and what they must leave alone."""

from typing import Any

import pytest
from histories import PROJECT, REVIEW, HistoryBuilder, envelope, failures, job, results
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
    story = pending()
    reject(story, body=body)
    assert failures(story)["REJ-3"] == [f"A reject {fault} was answered 200."]


@pytest.mark.parametrize(("body", "fault"), BAD_REASONS)
@pytest.mark.parametrize("status", [400, 422])
def test_a_reject_without_a_good_reason_that_is_refused_passes(body: Any, fault: Any, status: Any) -> None:
    story = pending()
    reject(story, status, body=body)
    assert results(story, "REJ-3") == ["passed"], fault


def test_a_reject_without_a_body_has_no_reason() -> None:
    story = pending()
    reject(story, body=None)
    assert failures(story)["REJ-3"] == ["A reject without a body was answered 200."]


@pytest.mark.parametrize("body", [[], b"{", b"\xff"])
def test_a_body_that_is_no_object_is_the_schemas_matter(body: Any) -> None:
    story = pending()
    reject(story, body=body)
    assert results(story, "REJ-3") == []


def test_what_a_replayed_reject_is_answered_says_nothing_of_its_reason() -> None:
    story = pending()
    for _ in range(2):
        reject(story, body={}, headers={"Idempotency-Key": "k"})
    assert results(story, "REJ-3") == ["failed"]


def test_a_reject_without_a_key_or_of_what_the_run_did_not_make_says_nothing_of_its_reason() -> None:
    keyless, unknown = pending(), HistoryBuilder()
    shown(unknown, "pending")
    reject(keyless, body={}, actor="anonymous")
    reject(unknown, body={})
    assert results(keyless, "REJ-3") == results(unknown, "REJ-3") == []


@pytest.mark.parametrize("reason", ["x", "x" * 1024, "é" * 1024, "😀" * 1024])
def test_a_reason_of_1_to_1024_characters_is_a_good_one(reason: Any) -> None:
    story = pending()
    reject(story, body={"reason": reason})
    assert results(story, "REJ-3") == []


@pytest.mark.parametrize("status", [401, 404, 409, 429])
def test_a_refusal_for_another_cause_shows_nothing(status: Any) -> None:
    story = pending()
    reject(story, status, body={})
    assert results(story, "REJ-3") == []


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_target_without_reject_is_accused(status: Any) -> None:
    story = pending()
    reject(story, status)
    assert failures(story)["REJ-1"] == [f"Rejecting container cnt_1 was answered {status}."]


@pytest.mark.parametrize("status", [400, 409, 410, 422])
def test_a_plain_reject_of_a_pending_container_that_is_refused_is_accused(status: Any) -> None:
    story = pending()
    reject(story, status)
    assert f"which is pending, was answered {status}" in failures(story)["REJ-1"][0]


@pytest.mark.parametrize("approval", ["rejected", "pending"])
@pytest.mark.parametrize("status", ["queued", "generating"])
def test_a_reject_that_regenerates_passes_where_both_show(approval: Any, status: Any) -> None:
    story = pending()
    reject(story, 202, regenerates=True)
    shown(story, approval, status=status, updatedAt=LATER)
    assert results(story, "REJ-2") == ["passed"]
    assert failures(story) == {}


@pytest.mark.parametrize("approval", ["approved", "not_required"])
def test_a_reject_that_regenerates_without_rejecting_is_accused(approval: Any) -> None:
    story = pending()
    reject(story, 202, regenerates=True)
    shown(story, approval, status="generating")
    assert failures(story)["REJ-2"] == [
        f'Container cnt_1 was rejected with regeneration and reads as "{approval}", not as rejected or pending.'
    ]


def test_a_reject_that_regenerates_under_the_old_job_is_accused() -> None:
    story = pending()
    reject(story, 202, regenerates=True, n=1)
    assert "which is not new" in failures(story)["REJ-2"][0]


def test_a_reject_that_regenerates_another_container_is_accused() -> None:
    story = pending()
    reject(story, 202, regenerates=True, answer={"jobId": "job_2", "containerId": "cnt_9", "status": "running"})
    assert 'regenerated container "cnt_9"' in failures(story)["REJ-2"][0]


@pytest.mark.parametrize("job_id", [None, 7, []])
def test_a_reject_that_is_taken_and_names_no_job_is_the_schemas_matter(job_id: Any) -> None:
    story = pending()
    reject(story, 202, regenerates=True, answer={"jobId": job_id, "containerId": "cnt_1", "status": "running"})
    assert results(story, "REJ-2") == []


def test_a_reject_that_regenerates_without_a_key_is_a_matter_of_access() -> None:
    story = pending()
    reject(story, 202, regenerates=True, n=1, actor="anonymous")
    assert "REJ-2" not in failures(story)


def test_a_replay_of_a_reject_that_regenerates_names_the_same_job() -> None:
    story = pending()
    for _ in range(2):
        reject(story, 202, regenerates=True, headers={"Idempotency-Key": "k"})
    assert "REJ-2" not in failures(story)


@pytest.mark.parametrize(("approval", "status"), [("rejected", "completed"), ("pending", "generating")])
def test_a_refused_reject_that_regenerates_and_half_happened_is_accused(approval: Any, status: Any) -> None:
    story = pending()
    reject(story, 409, regenerates=True)
    shown(story, approval, status=status)
    assert list(failures(story)) == ["REJ-2"]


def test_a_refused_reject_that_started_a_job_is_accused() -> None:
    story = pending()
    reject(story, 422, regenerates=True)
    progress(story, 7, status="running")
    assert "has the new job" in failures(story)["REJ-2"][0]


def test_a_refused_reject_that_changed_nothing_passes() -> None:
    story = pending()
    reject(story, 422, regenerates=True)
    shown(story, "pending")
    assert results(story, "REJ-2") == ["passed"]


def test_a_target_that_ignores_the_regeneration_is_not_judged() -> None:
    story = pending()
    reject(story, 200, regenerates=True)
    shown(story, "rejected")
    assert results(story, "REJ-2") == []


def test_only_the_first_read_after_a_reject_that_regenerates_tells_what_it_did() -> None:
    good, bad = pending(), pending()
    for story, approvals in ((good, ("rejected", "pending")), (bad, ("approved", "not_required"))):
        reject(story, 202, regenerates=True)
        for approval in approvals:
            shown(story, approval, status="generating")
    assert results(good, "REJ-2") == ["passed"]
    assert results(bad, "REJ-2") == ["failed"]


@pytest.mark.parametrize(("approval", "status"), [(None, "generating"), (7, "generating"), ("approved", "odd")])
def test_a_read_that_nobody_can_make_out_leaves_a_reject_that_regenerates_open(approval: Any, status: str) -> None:
    story = pending()
    reject(story, 202, regenerates=True)
    shown(story, approval, status=status)
    assert results(story, "REJ-2") == []
    shown(story, "rejected", status="generating")
    assert results(story, "REJ-2") == ["passed"]


def test_a_read_that_shows_nothing_of_a_reject_that_regenerates_leaves_it_open() -> None:
    story = pending()
    reject(story, 202, regenerates=True)
    shown(story, "pending")
    assert results(story, "REJ-2") == []
    shown(story, "pending", updatedAt=LATER)
    assert results(story, "REJ-2") == ["passed"]


def test_a_reject_that_regenerates_what_is_in_flight_leaves_it_in_flight() -> None:
    story = created_in()
    shown(story, "pending", status="generating")
    reject(story, 202, regenerates=True)
    shown(story, "pending", status="generating")
    assert results(story, "REJ-2") == ["passed"]


def test_an_approve_after_a_reject_that_regenerates_may_have_approved_and_a_cancel_may_not() -> None:
    approved, canceled = pending(), pending()
    for story, call in ((approved, approve), (canceled, cancel)):
        reject(story, 202, regenerates=True)
        call(story)
        shown(story, "approved", status="generating")
    assert results(approved, "REJ-2") == []
    assert results(canceled, "REJ-2") == ["failed"]


def test_an_approval_after_another_regeneration_is_not_judged() -> None:
    story = pending()
    reject(story, 202, regenerates=True)
    regenerate(story, 3)
    shown(story, "not_required", status="queued")
    assert "REJ-2" not in failures(story)


@pytest.mark.parametrize(("shown", "found"), [("job_1", True), ("job_2", False)])
def test_a_reject_that_only_rejects_leaves_its_container_on_the_old_job(shown: str, found: Any) -> None:
    story = HistoryBuilder()
    story.create(project=REVIEW)
    story.read(projectId=REVIEW, approvalStatus="pending")
    body = {"reason": "Off brand", "regenerate": True}
    story.call("POST", "/v1/content/cnt_1/reject", 202, envelope(2, REVIEW, container_id="cnt_1"), body=body)
    wait(story, 2)
    story.call("GET", "/v1/content/cnt_1/progress", answer=job(2, jobId=shown, status="running", containerId="cnt_1"))
    assert ("REJ-2" in failures(story)) is found


@pytest.mark.parametrize(("n", "found"), [(1, True), (2, True), (3, False), (9, False)])
def test_no_earlier_job_is_still_the_containers_after_a_reject_that_regenerates(n: int, found: Any) -> None:
    story = pending()
    regenerate(story, 2)
    story.job(2)
    reject(story, 202, regenerates=True, n=3)
    story.job(3, kind="content_regenerate", status="running", containerId="cnt_1")
    wait(story, 2)
    progress(story, n, status="running")
    assert ("REJ-2" in failures(story)) == found


def test_the_job_of_a_reject_at_the_same_moment_may_be_the_latest() -> None:
    story = pending()
    reject(story, 202, regenerates=True, n=2, sent=1_010.05)
    reject(story, 202, regenerates=True, n=3, sent=1_010.1)
    progress(story, 2, status="running", sent=1_013.0)
    assert "REJ-2" not in failures(story)


def test_the_job_of_a_reject_whose_regeneration_has_ended_is_not_the_latest() -> None:
    story = pending()
    reject(story, 202, regenerates=True, n=2, sent=1_006.0)
    story.read(sent=1_008.0, projectId=REVIEW, approvalStatus="pending", updatedAt="2026-04-18T12:10:00Z")
    reject(story, 202, regenerates=True, n=3, sent=1_010.1)
    progress(story, 2, status="running", sent=1_013.0)
    assert "REJ-2" in failures(story)


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
    for story in (overlapped, followed, keyless):
        assert "REJ-2" not in failures(story)


def test_a_call_that_the_target_does_not_know_has_moved_nothing() -> None:
    story = pending()
    story.call("POST", "/v1/content/cnt_1/approve", 501, actor="anonymous")
    reject(story)
    shown(story, "rejected")
    assert results(story, "REJ-1") == ["passed"]


@pytest.mark.parametrize("job_id", [None, 7, []])
def test_progress_that_names_no_job_says_nothing_of_the_reject(job_id: Any) -> None:
    story = pending()
    reject(story, 202, regenerates=True)
    progress(story, jobId=job_id)
    assert results(story, "REJ-2") == []


@pytest.mark.parametrize("regenerates", [True, {"hook": "Anew"}])
def test_a_reject_that_regenerates_and_is_accepted_with_nothing_done_is_accused(regenerates: Any) -> None:
    story = pending()
    reject(story, 200, body={"reason": "Off brand", "regenerate": regenerates})
    shown(story, "pending")
    assert failures(story) == {}
    story.at += MOMENT
    shown(story, "pending")
    message = (
        "Rejecting container cnt_1 with regeneration was answered 200 without a job, "
        "and neither rejected nor regenerated it."
    )
    assert failures(story) == {"REJ-1": [message], "REJ-2": [message]}


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
    story = pending()
    reject(story, 200, regenerates=True)
    story.at += MOMENT
    shown(story, approval, **more)
    assert "REJ-2" not in failures(story)


def test_a_reject_that_names_a_job_under_200_is_the_documents_matter() -> None:
    story = pending()
    reject(story, 200, regenerates=True, answer={"id": "cnt_1", "approvalStatus": "pending", "jobId": "job_2"})
    story.at += MOMENT
    shown(story, "pending")
    assert {"REJ-1", "REJ-2"}.isdisjoint(failures(story))


def test_a_reject_that_names_no_job_is_judged_by_the_first_read_a_moment_later() -> None:
    story = pending()
    reject(story, 200, regenerates=True)
    story.at += MOMENT
    shown(story, "pending", updatedAt=LATER)
    shown(story, "pending")
    assert "REJ-2" not in failures(story)


@pytest.mark.parametrize("another", [approve, regenerate])
def test_another_decision_or_generation_hides_what_a_reject_without_a_job_did(another: Any) -> None:
    story = pending()
    reject(story, 200, regenerates=True)
    another(story)
    story.at += MOMENT
    shown(story, "pending")
    assert "REJ-2" not in failures(story)


def test_a_replayed_reject_without_a_job_is_no_reject_of_its_own() -> None:
    story = pending()
    for status in (503, 200):
        reject(story, status, regenerates=True, headers={"Idempotency-Key": "k"})
    story.at += MOMENT
    shown(story, "pending")
    assert failures(story) == {}


@pytest.mark.parametrize(("approval", "status"), [("not_required", "completed"), ("pending", "generating")])
def test_a_reject_without_a_job_of_what_is_not_pending_at_rest_is_not_judged_so(approval: Any, status: Any) -> None:
    story = created_in()
    for _ in range(2):
        shown(story, approval, status=status)
        reject(story, 200, regenerates=True)
        story.at += MOMENT
    shown(story, approval, status=status)
    assert {"REJ-1", "REJ-2"}.isdisjoint(failures(story))


@pytest.mark.parametrize(("project", "accused"), [(REVIEW, True), ("prj_other", False), (PROJECT, False)])
def test_where_nothing_is_reviewed_what_was_rejected_may_need_no_review_again(project: str, accused: bool) -> None:  # noqa: FBT001 - a column of the table
    story = created_in(project)
    shown(story, "not_required", project)
    reject(story, 202, regenerates=True, answer=envelope(2, project, "content_regenerate", "cnt_1"))
    wait(story, 5)
    shown(story, "not_required", project, updatedAt=LATER)
    assert ("REJ-2" in failures(story)) is accused
