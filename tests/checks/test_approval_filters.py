"""APR-4 to APR-6: approvals that lists show, that a generation without a result brings back, and that a walk must not leave out."""

from __future__ import annotations

from typing import Any

import pytest
from histories import PROJECT, REVIEW, HistoryBuilder, asset, failures, results
from moves import approve, created_in, item, life, pending, regenerate, shown


def walk(story: HistoryBuilder, *items: Any, query: str = "?status=completed", **more: Any) -> HistoryBuilder:
    story.list(items, query, **({"project": REVIEW} | more))
    return story


def two_pending(**more: Any) -> HistoryBuilder:
    """Let the containers `cnt_1` and then `cnt_2` complete and wait for review; `more` tells of the first."""
    story = HistoryBuilder()
    fields: dict[str, Any] = {"projectId": REVIEW, "approvalStatus": "pending"}
    story.create(project=REVIEW, actor=more.pop("actor", "owner"))
    story.create(2, project=REVIEW)
    story.read(**(fields | more))
    story.read(2, **fields)
    return story


@pytest.mark.parametrize("query", ["?status=failed", "?status=completed&status=failed", "?status=completed&tag=a", ""])
def test_a_walk_under_another_filter_is_another_judges_matter(query: str) -> None:
    assert results(walk(pending(), query=query), "APR-6") == []


def test_a_walk_that_nobody_can_read_leaves_out_nothing() -> None:
    assert results(walk(pending(), {"status": "completed"}), "APR-6") == []


@pytest.mark.parametrize("more", [{"project": PROJECT}, {"actor": "other"}, {"actor": "anonymous"}])
def test_the_list_of_another_project_or_of_another_caller_may_leave_it_out(more: Any) -> None:
    assert results(walk(pending(), **more), "APR-6") == []


def test_what_was_read_while_the_walk_went_on_may_have_completed_too_late_for_it() -> None:
    story = created_in()
    walk(story, sent=1_010.0, took=5)
    shown(story, "pending", sent=1_011.0)
    assert results(story, "APR-6") == []


@pytest.mark.parametrize(
    ("approval", "fields"),
    [
        ("pending", {"status": "failed", "lastError": "why"}),
        ("pending", {"status": "generating"}),
        ("approved", {}),
        ("not_required", {}),
    ],
)
def test_only_what_is_completed_and_waits_or_was_rejected_is_asked_for(approval: str, fields: Any) -> None:
    story = created_in()
    shown(story, approval, **fields)
    assert results(walk(story), "APR-6") == []


def test_what_reads_otherwise_later_is_asked_for_no_more() -> None:
    story = pending()
    shown(story, "approved")
    assert results(walk(story), "APR-6") == []


def test_what_the_run_did_not_make_may_be_moved_by_others() -> None:
    story = HistoryBuilder()
    shown(story, "pending")
    assert results(walk(story), "APR-6") == []


HIDDEN = ["Container cnt_2 is completed and pending, but a list with status=completed omits it."]


def test_one_container_that_may_be_missing_excuses_no_other() -> None:
    story = two_pending()
    regenerate(story, 3)
    assert failures(walk(story))["APR-6"] == HIDDEN


def test_one_container_of_another_format_excuses_no_other() -> None:
    story = two_pending(format="ugc_remix", assets=[asset()])
    assert failures(walk(story, query="?status=completed&format=video_remix"))["APR-6"] == HIDDEN


def test_one_container_that_the_list_shows_excuses_no_other() -> None:
    story = walk(two_pending(), item(approvalStatus="pending"))
    assert results(story, "APR-6") == ["passed", "failed"]


def test_one_container_of_another_organization_excuses_no_other() -> None:
    assert failures(walk(two_pending(actor="other")))["APR-6"] == HIDDEN


def test_a_container_whose_format_is_no_string_is_of_no_format_that_is_asked_for() -> None:
    story = two_pending(format=[], assets=[asset()])
    walk(story, item(id="cnt_2"), query="?status=completed&format=video_remix")
    assert results(story, "APR-6") == ["passed"]


@pytest.mark.parametrize(
    ("approval", "accused"), [("pending", True), ("not_required", False), (None, False), (["pending"], False)]
)
@pytest.mark.parametrize("status", ["queued", "completed"])
def test_a_list_of_a_project_without_review_shows_nothing_pending(approval: Any, status: str, accused: Any) -> None:
    story = life("queued")
    story.list([item(status=status, approvalStatus=approval)])
    assert ("APR-4" in failures(story)) is accused


def test_a_list_may_show_what_was_decided_on_or_what_others_made() -> None:
    story, foreign = life("completed"), HistoryBuilder()
    approve(story)
    foreign.read()
    for each in (story, foreign):
        each.list([item(approvalStatus="pending")])
        assert "APR-4" not in failures(each)


@pytest.mark.parametrize(("before", "accused"), [("approved", False), ("pending", True)])
@pytest.mark.parametrize("end", ["failed", "canceled"])
def test_a_generation_that_comes_to_nothing_leaves_the_decision_on_what_was_there(
    before: str, end: str, accused: Any
) -> None:
    story = pending()
    if before == "approved":
        approve(story)
        shown(story, "approved")
    regenerate(story, project=REVIEW)
    shown(story, "pending", status="generating")
    shown(story, "approved", status=end, lastError="why" if end == "failed" else None)
    assert ("APR-5" in failures(story)) is accused


def test_a_generation_that_completes_brings_no_decision_back() -> None:
    story = pending()
    approve(story)
    shown(story, "approved")
    regenerate(story, project=REVIEW)
    shown(story, "pending", status="generating")
    shown(story, "approved", updatedAt="2026-04-18T12:30:00.000Z")
    assert {"APR-5", "APR-10"} & failures(story).keys()
