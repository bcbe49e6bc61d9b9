"""CLO-3 over all containers of a run: what a clone must leave alone, and what other calls may have changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from histories import FACTS, PROJECT, REVIEW, HistoryBuilder, envelope, failures, results
from moves import approve, clone, regenerate

FRESH = replace(FACTS, clone_id="fresh")
CHANGED = ['A clone changed container cnt_3: captions from [{"platform": "tiktok", "text": "…"}] to [].']


def two_at_rest() -> HistoryBuilder:
    """Make the containers `cnt_1`, which is cloned, and `cnt_3`, which no call names, and see both at rest."""
    story = HistoryBuilder()
    story.create()
    story.create(3)
    story.read()
    story.read(3)
    return story


def test_a_clone_that_changes_a_container_that_it_does_not_name_is_accused() -> None:
    story = two_at_rest()
    clone(story)
    story.read(3, captions=[])
    assert failures(story)["CLO-3"] == CHANGED


def test_a_clone_that_leaves_other_containers_alone_passes() -> None:
    story = two_at_rest()
    clone(story)
    story.read(3)
    assert results(story, "CLO-3") == ["passed"]


def test_every_field_that_a_clone_changed_is_told() -> None:
    story = two_at_rest()
    clone(story)
    story.read(format="ugc_remix", captions=[])
    assert '"ugc_remix" and captions from' in failures(story)["CLO-3"][0]


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(("fields", "expected"), [({"captions": []}, ["failed"]), ({}, ["passed"])])
def test_where_the_path_names_the_new_container_every_other_one_stays_as_it_was(
    n: int, fields: dict[str, Any], expected: list[str]
) -> None:
    story = two_at_rest()
    body = {"sourcePlatformPostId": "post_1", "projectId": PROJECT}
    clone(story, path="/v1/content/cnt_2/clone-from-post", body=body)
    story.read(n, **fields)
    assert results(story, "CLO-3", FRESH) == expected


def test_where_the_path_names_the_new_container_a_call_on_another_one_explains_its_change() -> None:
    story = two_at_rest()
    regenerate(story)
    story.read(captions=[])
    assert results(story, "CLO-3", FRESH) == []


@pytest.mark.parametrize(("status", "expected"), [(202, []), (504, []), (None, []), (422, ["failed"])])
def test_another_call_that_may_have_been_carried_out_explains_a_change(status: Any, expected: list[str]) -> None:
    story = two_at_rest()
    story.create(4, status=status, answer=None, project=REVIEW)
    clone(story)
    story.read(3, captions=[])
    assert results(story, "CLO-3") == expected


@pytest.mark.parametrize(
    ("status", "expected"), [(200, []), (504, []), (None, []), (404, ["failed"]), (409, ["failed"]), (501, ["failed"])]
)
def test_an_archive_that_may_have_been_carried_out_explains_a_change(status: Any, expected: list[str]) -> None:
    story = two_at_rest()
    clone(story)
    story.call("DELETE", f"/v1/projects/{PROJECT}", status)
    story.read(captions=[])
    assert results(story, "CLO-3") == expected


def test_an_archive_before_the_first_read_explains_nothing() -> None:
    story = HistoryBuilder()
    story.create()
    story.call("DELETE", f"/v1/projects/{PROJECT}", 200, {})
    story.read()
    clone(story)
    story.read(captions=[])
    assert results(story, "CLO-3") == ["failed"]


def test_another_call_explains_no_change_of_the_container_that_the_clone_names() -> None:
    story = two_at_rest()
    clone(story)
    story.create(4)
    story.read(captions=[])
    assert results(story, "CLO-3") == ["failed"]


def test_a_call_that_had_ended_before_the_first_read_explains_nothing() -> None:
    story = HistoryBuilder()
    story.create()
    story.create(3)
    clone(story)
    story.create(4)
    story.read(3)
    clone(story, n=5)
    story.read(3, captions=[])
    assert failures(story)["CLO-3"] == CHANGED


@pytest.mark.parametrize("overlapped", ["before", "after"])
def test_a_clone_that_overlaps_a_read_is_not_surely_between_both(overlapped: str) -> None:
    story = HistoryBuilder()
    story.create()
    story.create(3)
    story.read(3, sent=1_010.0, took=3)
    clone(story, sent=1_012.0 if overlapped == "before" else 1_020.0, took=2)
    story.read(3, sent=1_021.0, captions=[])
    assert results(story, "CLO-3") == []


def test_what_changes_after_the_clone_was_read_is_not_the_clones() -> None:
    story = two_at_rest()
    clone(story)
    story.read(3)
    story.read(3, captions=[])
    assert results(story, "CLO-3") == ["passed"]


def test_a_container_that_the_run_did_not_make_may_be_changed_by_others() -> None:
    story = HistoryBuilder()
    story.create()
    story.read(3)
    clone(story)
    story.read(3, captions=[])
    assert results(story, "CLO-3") == []


def test_a_container_in_flight_moves_by_itself() -> None:
    story = HistoryBuilder()
    story.create()
    story.create(3)
    story.read(3, status="generating")
    clone(story)
    story.read(3)
    assert results(story, "CLO-3") == []


def test_a_change_without_any_call_is_no_clones() -> None:
    story = two_at_rest()
    story.read(3, captions=[])
    assert results(story, "CLO-3") == []


def test_a_clone_beside_a_decision_is_not_blamed() -> None:
    story = two_at_rest()
    clone(story)
    approve(story)
    story.read(captions=[])
    assert results(story, "CLO-3") == []


@pytest.mark.parametrize(("repeats", "expected"), [("job_2", ["failed"]), ("job_1", []), (None, [])])
def test_a_retry_of_a_clone_explains_no_change_as_another_call_may(repeats: str | None, expected: list[str]) -> None:
    story = two_at_rest()
    body = {"sourcePlatformPostId": "post_1", "projectId": PROJECT}
    again = envelope(2, PROJECT, "content_clone") | {"jobId": repeats}
    for answer in (envelope(2, PROJECT, "content_clone"), again):
        clone(story, path="/v1/content/cnt_2/clone-from-post", body=body, answer=answer)
    story.read(3, captions=[])
    assert results(story, "CLO-3", FRESH) == expected
