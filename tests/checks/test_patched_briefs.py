"""REG-2: which brief a regeneration must leave, and where nobody can tell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from histories import FACTS, HistoryBuilder, asset, failures, results
from moves import LATER, approve, cancel, clone, regenerate, reject

FULL = {"hook": "Evenings lcm-run-1", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["a", "b"]}
NEW = {"hook": "New lcm-run-2"}
HOOK_LOST = ['The patch of a regeneration named brief.hook of container cnt_1, which is now null, not "New lcm-run-2".']


def made(brief: Any = FULL) -> HistoryBuilder:
    story = HistoryBuilder()
    story.create(brief=FULL)
    story.read(brief=brief)
    return story


def ended(story: HistoryBuilder, brief: Any, **fields: Any) -> HistoryBuilder:
    """See the container generate once more, and end."""
    story.read(status="generating", assets=[asset()], brief=brief)
    story.read(**({"brief": brief, "updatedAt": LATER} | fields))
    return story


@pytest.mark.parametrize("fields", [{}, {"status": "failed", "lastError": "why"}])
def test_a_patch_is_kept_by_a_generation_that_fails_as_well(fields: Any) -> None:
    lost, kept = made(), made()
    for story, brief in ((lost, FULL), (kept, FULL | NEW)):
        regenerate(story, patch=NEW)
        ended(story, brief, **fields)
    assert "patch of a regeneration named brief.hook of container cnt_1" in failures(lost)["REG-2"][0]
    assert results(kept, "REG-2") == ["passed"]


def test_a_generation_that_was_canceled_says_nothing_of_its_brief() -> None:
    story = made()
    regenerate(story, patch=NEW)
    ended(story, FULL, status="canceled")
    assert results(story, "REG-2") == []


def test_a_patch_that_a_reject_brings_is_held_as_well() -> None:
    story = made()
    reject(story, 202, regenerates=NEW)
    ended(story, FULL)
    assert "patch of a regeneration named brief.hook of container cnt_1" in failures(story)["REG-2"][0]


@pytest.mark.parametrize("brief", [None, "Evenings", []])
def test_a_brief_that_is_gone_has_lost_its_patch(brief: Any) -> None:
    story = made({"hook": "Evenings lcm-run-1"})
    regenerate(story, patch=NEW)
    ended(story, brief)
    assert failures(story)["REG-2"] == HOOK_LOST


@pytest.mark.parametrize("brief", [None, "Evenings", []])
def test_a_brief_that_nobody_could_read_before_tells_nothing_of_what_must_stay(brief: Any) -> None:
    story = made(brief)
    regenerate(story, patch={"language": "en"})
    ended(story, {"language": "en", "hook": "Mornings"})
    assert results(story, "REG-2") == []


def test_what_becomes_of_a_patch_with_a_member_that_no_page_names_is_open() -> None:
    story = made()
    regenerate(story, patch=NEW | {"tone": "calm"})
    ended(story, FULL)
    assert results(story, "REG-2") == []


def test_a_member_that_no_page_names_need_not_come_back_from_an_invalid_patch_either() -> None:
    story = made()
    regenerate(story, patch={"hook": 7, "tone": "calm"})
    ended(story, FULL | {"hook": 7})
    assert results(story, "REG-2") == ["passed"]


def test_a_patch_of_null_may_delete_or_keep_what_it_names() -> None:
    for after in (FULL, FULL | {"hook": None}, FULL | {"hook": ""}):
        story = made()
        regenerate(story, patch={"hook": None})
        ended(story, after)
        assert results(story, "REG-2") == []


@pytest.mark.parametrize("body", [None, {}, {"patch": None}, {"patch": {}}])
def test_a_regenerate_without_a_patch_keeps_the_brief(body: Any) -> None:
    story = made()
    regenerate(story, body=body)
    ended(story, FULL | NEW)
    assert "patch of a regeneration did not name brief.hook of container cnt_1" in failures(story)["REG-2"][0]


def test_after_a_patch_of_null_that_no_read_has_shown_nobody_knows_the_brief() -> None:
    story = made()
    regenerate(story, 2, patch={"hook": None})
    regenerate(story, 3, patch={"themeTags": ["c"]})
    ended(story, {"hook": "", "themeTags": ["c"]})
    assert results(story, "REG-2") == []


def test_a_create_that_names_a_container_that_was_there_patches_nothing() -> None:
    story = HistoryBuilder()
    story.read(brief=FULL)
    story.create(brief=NEW)
    story.at += 5
    story.read(brief=FULL, updatedAt=LATER)
    assert results(story, "REG-2") == []


def test_a_clone_over_a_container_that_was_there_patches_nothing() -> None:
    story = made()
    clone(story, 1, path="/v1/content/cnt_1/clone-from-post", body={"sourcePlatformPostId": "post_1"})
    clone(story, 5, answer={"jobId": "job_5", "containerId": "cnt_1", "kind": "content_clone", "status": "running"})
    story.at += 5
    story.read(brief=FULL | NEW, updatedAt=LATER)
    assert results(story, "REG-2", replace(FACTS, clone_id="fresh")) == []


def test_a_retry_that_went_wrong_is_no_replay_whatever_job_it_names() -> None:
    story = made()
    regenerate(story, patch=NEW, headers={"Idempotency-Key": "k"})
    regenerate(story, status=500, answer={"jobId": "job_2"}, patch=NEW, headers={"Idempotency-Key": "k"})
    story.at += 70
    ended(story, FULL)
    assert results(story, "REG-2") == []


@pytest.mark.parametrize("call", [approve, cancel])
def test_a_call_that_starts_no_generation_excuses_no_lost_patch(call: Any) -> None:
    story = made()
    regenerate(story, patch=NEW)
    call(story)
    ended(story, FULL)
    assert "patch of a regeneration named brief.hook of container cnt_1" in failures(story)["REG-2"][0]


@pytest.mark.parametrize(("seconds", "expected"), [(0, []), (5, ["failed"])])
def test_a_read_that_shows_nothing_of_a_regeneration_may_be_too_early_for_a_moment(
    seconds: int, expected: list[str]
) -> None:
    story = made()
    regenerate(story, patch=NEW)
    story.at += seconds
    story.read(brief=FULL)
    assert results(story, "REG-2") == expected


def test_every_field_that_is_wrong_is_told_and_each_read_counts() -> None:
    story = made()
    regenerate(story, patch=NEW | {"language": "en"})
    ended(story, FULL)
    story.read(brief=FULL | NEW | {"language": "en"}, updatedAt=LATER)
    assert results(story, "REG-2") == ["failed", "failed", "passed"]


def test_a_read_that_was_asked_for_before_the_regenerate_was_answered_may_show_the_old_brief() -> None:
    story = made()
    regenerate(story, patch=NEW, sent=1_010.0, took=5)
    story.read(brief=FULL, updatedAt=LATER, sent=1_012.0, took=5)
    assert results(story, "REG-2") == []
