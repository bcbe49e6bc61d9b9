"""Keys that a decision has used, sent with another operation (IDM-10), and what a reject with regeneration has done (REJ-2)."""

from __future__ import annotations

from typing import Any

import pytest
from histories import KEY, REVIEW, HistoryBuilder, envelope, failures
from moves import approve, pending, regenerate, reject, shown, wait

KEYED = {"Idempotency-Key": KEY}
REJECTED = {"id": "cnt_1", "approvalStatus": "rejected"}
APPROVED = {"id": "cnt_1", "approvalStatus": "approved"}


def test_a_create_that_is_answered_with_the_result_of_a_reject_is_accused() -> None:
    story = pending()
    reject(story, headers=KEYED)
    story.create(5, project=REVIEW, key=KEY, answer=REJECTED)
    assert "answered with the answer to rejectContent, which had the same key" in failures(story)["IDM-10"][0]


def test_a_regenerate_that_is_answered_with_the_job_of_a_reject_is_accused() -> None:
    story = pending()
    reject(story, 202, regenerates=True, n=2, headers=KEYED)
    regenerate(story, 2, headers=KEYED)
    assert "result of the rejectContent with the same key" in failures(story)["IDM-10"][0]


def test_a_reject_that_is_answered_with_the_result_of_an_approve_is_accused() -> None:
    story = pending()
    approve(story, headers=KEYED)
    reject(story, headers=KEYED, answer=APPROVED)
    assert "IDM-10" in failures(story)


@pytest.mark.parametrize("answer", [REJECTED, {}, {"ok": True}])
def test_a_decision_that_gives_its_own_result_is_not(answer: Any) -> None:
    story = pending()
    reject(story, headers=KEYED, answer=answer)
    reject(story, headers=KEYED, answer=answer)
    story.create(5, project=REVIEW, key=KEY, answer=envelope(5, REVIEW))
    regenerate(story, 6, headers=KEYED)
    assert "IDM-10" not in failures(story)


def test_a_reject_with_regeneration_that_has_no_effect_is_accused_by_the_container_alone() -> None:
    story = pending()
    reject(story, 202, regenerates=True)
    shown(story, "pending")
    assert failures(story) == {}, "it may begin in a moment"
    wait(story, 3)
    shown(story, "pending")
    assert "with a job, and neither rejected nor regenerated it" in failures(story)["REJ-2"][0]


@pytest.mark.parametrize(
    "after",
    [
        {"approval": "rejected"},
        {"approval": "pending", "status": "generating", "assets": []},
        {"approval": "pending", "updatedAt": "2026-04-18T12:30:00.000Z"},
    ],
)
def test_one_that_rejected_or_began_is_not(after: dict[str, Any]) -> None:
    story = pending()
    reject(story, 202, regenerates=True)
    wait(story, 3)
    shown(story, **after)
    assert "REJ-2" not in failures(story)


def test_one_that_another_call_may_have_undone_is_not() -> None:
    story = pending()
    reject(story, 202, regenerates=True)
    regenerate(story, 3)
    wait(story, 3)
    shown(story, "pending")
    assert "REJ-2" not in failures(story)


def test_told_histories_are_of_the_review_project() -> None:
    assert isinstance(pending(), HistoryBuilder)


@pytest.mark.parametrize("pause", [0.0, 0.8])
@pytest.mark.parametrize("call", [approve, reject])
def test_a_decision_may_show_before_the_generation_that_was_accepted_with_it(call: Any, pause: float) -> None:
    story, both = pending(), pending()
    reject(story, 202, regenerates=True)
    regenerate(both, project=REVIEW)
    both.at -= 0.8
    call(both)
    for each, approval in ((story, "rejected"), (both, "rejected" if call is reject else "approved")):
        each.at -= 0.8
        shown(each, approval)
        each.at += pause
        shown(each, approval, status="queued", assets=[], captions=[])
        assert failures(each) == {}


def test_a_container_that_was_rejected_long_ago_is_not_queued_by_that() -> None:
    story = pending()
    reject(story, 202, regenerates=True)
    shown(story, "rejected")
    wait(story, 3)
    shown(story, "rejected", updatedAt="2026-04-18T12:30:00.000Z")
    shown(story, "rejected", status="queued", updatedAt="2026-04-18T12:30:00.000Z")
    assert "LIF-2" in failures(story)
