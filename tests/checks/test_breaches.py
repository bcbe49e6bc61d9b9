"""Bodies that break the schema, answered 409: what must be accused, and what must be left alone."""

from typing import Any

import pytest
from histories import REVIEW, HistoryBuilder, results
from moves import regenerate, reject

WRONG = {"reason": 7}


def at_rest(approval: str = "pending", **fields: Any) -> HistoryBuilder:
    story = HistoryBuilder()
    story.create(project=REVIEW)
    story.read(**({"approvalStatus": approval, "projectId": REVIEW} | fields))
    return story


def test_a_409_to_an_ill_typed_reject_of_what_can_be_rejected_is_accused() -> None:
    story = at_rest()
    reject(story, 409, body=WRONG)
    story.read(approvalStatus="pending", projectId=REVIEW)
    assert results(story, "ERR-4") == ["failed"]


def test_a_409_to_an_ill_typed_patch_of_what_can_be_regenerated_is_accused() -> None:
    story = at_rest("rejected")
    story.call("POST", "/v1/content/cnt_1/regenerate", 409, body={"patch": {"hook": 7}})
    assert results(story, "ERR-4") == ["failed"]


@pytest.mark.parametrize("approval", ["approved", "rejected", "not_required"])
def test_what_cannot_be_rejected_anyway_may_be_a_conflict_first(approval: str) -> None:
    story = at_rest(approval)
    reject(story, 409, body=WRONG)
    assert results(story, "ERR-4") == []


def test_a_container_in_flight_may_be_a_conflict_first() -> None:
    story = at_rest(status="generating")
    story.call("POST", "/v1/content/cnt_1/regenerate", 409, body={"patch": {"hook": 7}})
    assert results(story, "ERR-4") == []


def test_a_container_that_another_call_may_have_moved_is_not_judged() -> None:
    story = at_rest()
    reject(story, sent=1_010.0, took=1.0)
    reject(story, 409, body=WRONG, sent=1_010.2)
    assert results(story, "ERR-4") == []


def test_a_key_that_was_used_before_may_be_a_conflict() -> None:
    story = at_rest()
    regenerate(story, headers={"Idempotency-Key": "k1"})
    story.read(status="completed", approvalStatus="pending", projectId=REVIEW)
    story.call(
        "POST", "/v1/content/cnt_1/regenerate", 409, body={"patch": {"hook": 7}}, headers={"Idempotency-Key": "k1"}
    )
    assert results(story, "ERR-4") == []


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 1025}])
def test_a_bad_reason_may_be_refused_with_any_4xx(body: Any) -> None:
    """The content-items page states no reason, and REJ-3 leaves the status code open."""
    story = at_rest()
    reject(story, 409, body=body)
    assert results(story, "ERR-4") == []


@pytest.mark.parametrize("actor", ["other", "anonymous"])
def test_who_may_not_reject_it_anyway_may_be_told_of_a_conflict(actor: str) -> None:
    story = at_rest()
    reject(story, 409, body=WRONG, actor=actor)
    assert results(story, "ERR-4") == []


def test_a_container_that_nobody_has_read_or_made_is_not_judged() -> None:
    story = HistoryBuilder()
    reject(story, 409, body=WRONG)
    story.create(project=REVIEW)
    reject(story, 409, body=WRONG)
    assert results(story, "ERR-4") == []


def test_an_archived_project_may_be_reason_enough_for_a_conflict() -> None:
    story = HistoryBuilder()
    story.create(project="prj_archive")
    story.call("DELETE", "/v1/projects/prj_archive", 200, {})
    story.read(approvalStatus="pending", projectId="prj_archive")
    reject(story, 409, body=WRONG)
    assert results(story, "ERR-4") == []


def test_a_container_whose_project_nothing_tells_is_judged_all_the_same() -> None:
    story = HistoryBuilder()
    regenerate(story, answer={"jobId": "job_2", "kind": "content_regenerate", "status": "running"})
    story.read(approvalStatus="rejected", projectId=None)
    story.call("POST", "/v1/content/cnt_1/regenerate", 409, body={"patch": {"hook": 7}})
    assert results(story, "ERR-4") == ["failed"]


@pytest.mark.parametrize("approval", [None, ["pending"], "waiting"])
def test_an_approval_that_cannot_be_read_gives_no_ground_to_judge(approval: Any) -> None:
    story = at_rest(approval)
    reject(story, 409, body=WRONG)
    assert results(story, "ERR-4") == []


def test_malformed_json_is_no_conflict_either() -> None:
    story = at_rest()
    reject(story, 409, body=b"{")
    assert results(story, "ERR-4") == ["failed"]


@pytest.mark.parametrize("status", [400, 422])
def test_a_refusal_as_invalid_is_what_is_wanted(status: int) -> None:
    story = at_rest()
    reject(story, status, body=WRONG)
    assert results(story, "ERR-4") == ["passed"]
