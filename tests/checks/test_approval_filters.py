"""APR-4 to APR-6: approvals that lists show, that a generation without a result brings back, and that a walk must not leave out."""

from __future__ import annotations

from typing import Any

import pytest
from histories import PROJECT, REVIEW, Told, asset, failures, results
from moves import approve, created_in, item, life, pending, regenerate, shown


def walk(told: Told, *items: Any, query: str = "?status=completed", **more: Any) -> Told:
    told.list(items, query, **({"project": REVIEW} | more))
    return told


def two_pending(**more: Any) -> Told:
    """Let the containers `cnt_1` and then `cnt_2` complete and wait for review; `more` tells of the first."""
    told = Told()
    fields: dict[str, Any] = {"projectId": REVIEW, "approvalStatus": "pending"}
    told.create(project=REVIEW, actor=more.pop("actor", "owner"))
    told.create(2, project=REVIEW)
    told.read(**(fields | more))
    told.read(2, **fields)
    return told


@pytest.mark.parametrize("query", ["?status=failed", "?status=completed&status=failed", "?status=completed&tag=a", ""])
def test_a_walk_under_another_filter_is_another_judges_matter(query: str) -> None:
    assert results(walk(pending(), query=query), "APR-6") == []


def test_a_walk_that_nobody_can_read_leaves_out_nothing() -> None:
    assert results(walk(pending(), {"status": "completed"}), "APR-6") == []


@pytest.mark.parametrize("more", [{"project": PROJECT}, {"actor": "other"}, {"actor": "anonymous"}])
def test_the_list_of_another_project_or_of_another_caller_may_leave_it_out(more: Any) -> None:
    assert results(walk(pending(), **more), "APR-6") == []


def test_what_was_read_while_the_walk_went_on_may_have_completed_too_late_for_it() -> None:
    told = created_in()
    walk(told, sent=1_010.0, took=5)
    shown(told, "pending", sent=1_011.0)
    assert results(told, "APR-6") == []


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
    told = created_in()
    shown(told, approval, **fields)
    assert results(walk(told), "APR-6") == []


def test_what_reads_otherwise_later_is_asked_for_no_more() -> None:
    told = pending()
    shown(told, "approved")
    assert results(walk(told), "APR-6") == []


def test_what_the_run_did_not_make_may_be_moved_by_others() -> None:
    told = Told()
    shown(told, "pending")
    assert results(walk(told), "APR-6") == []


HIDDEN = ["Container cnt_2 is completed and pending, but a list with status=completed omits it."]


def test_one_container_that_may_be_missing_excuses_no_other() -> None:
    told = two_pending()
    regenerate(told, 3)
    assert failures(walk(told))["APR-6"] == HIDDEN


def test_one_container_of_another_format_excuses_no_other() -> None:
    told = two_pending(format="ugc_remix", assets=[asset()])
    assert failures(walk(told, query="?status=completed&format=video_remix"))["APR-6"] == HIDDEN


def test_one_container_that_the_list_shows_excuses_no_other() -> None:
    told = walk(two_pending(), item(approvalStatus="pending"))
    assert results(told, "APR-6") == ["passed", "failed"]


def test_one_container_of_another_organization_excuses_no_other() -> None:
    assert failures(walk(two_pending(actor="other")))["APR-6"] == HIDDEN


def test_a_container_whose_format_is_no_string_is_of_no_format_that_is_asked_for() -> None:
    told = two_pending(format=[], assets=[asset()])
    walk(told, item(id="cnt_2"), query="?status=completed&format=video_remix")
    assert results(told, "APR-6") == ["passed"]


@pytest.mark.parametrize(
    ("approval", "accused"), [("pending", True), ("not_required", False), (None, False), (["pending"], False)]
)
@pytest.mark.parametrize("status", ["queued", "completed"])
def test_a_list_of_a_project_without_review_shows_nothing_pending(approval: Any, status: str, accused: Any) -> None:
    told = life("queued")
    told.list([item(status=status, approvalStatus=approval)])
    assert ("APR-4" in failures(told)) is accused


def test_a_list_may_show_what_was_decided_on_or_what_others_made() -> None:
    told, foreign = life("completed"), Told()
    approve(told)
    foreign.read()
    for each in (told, foreign):
        each.list([item(approvalStatus="pending")])
        assert "APR-4" not in failures(each)


@pytest.mark.parametrize(("before", "accused"), [("approved", False), ("pending", True)])
@pytest.mark.parametrize("end", ["failed", "canceled"])
def test_a_generation_that_comes_to_nothing_leaves_the_decision_on_what_was_there(
    before: str, end: str, accused: Any
) -> None:
    told = pending()
    if before == "approved":
        approve(told)
        shown(told, "approved")
    regenerate(told, project=REVIEW)
    shown(told, "pending", status="generating")
    shown(told, "approved", status=end, lastError="why" if end == "failed" else None)
    assert ("APR-5" in failures(told)) is accused


def test_a_generation_that_completes_brings_no_decision_back() -> None:
    told = pending()
    approve(told)
    shown(told, "approved")
    regenerate(told, project=REVIEW)
    shown(told, "pending", status="generating")
    shown(told, "approved", updatedAt="2026-04-18T12:30:00.000Z")
    assert {"APR-5", "APR-10"} & failures(told).keys()
