"""Judges of regenerating: what they must accuse, and what they must leave alone.

What they say of LIF-2, LIF-7 is approved too.
"""

from typing import Any

import pytest
from histories import BRIEF, KEY, HistoryBuilder, asset, failures, results
from moves import LATER, read_once, regenerate


@pytest.mark.parametrize("status", [400, 404, 405, 409, 410, 422, 501])
def test_a_plain_regenerate_of_a_container_at_rest_that_is_refused_is_accused(status: Any) -> None:
    story = read_once()
    regenerate(story, status=status)
    assert failures(story)["REG-1"] == [f"Regenerating container cnt_1, which is completed, was answered {status}."]


def test_another_2xx_is_no_202() -> None:
    story = read_once()
    regenerate(story, status=200)
    assert "was answered 200" in failures(story)["REG-1"][0]


@pytest.mark.parametrize("status", [401, 403, 429, 503, None])
def test_a_refusal_that_says_nothing_of_the_regenerate_is_not_judged(status: Any) -> None:
    story = read_once()
    regenerate(story, status=status)
    assert results(story, "REG-1") == []


@pytest.mark.parametrize("status", [400, 409, 422])
@pytest.mark.parametrize("fields", [{"status": "failed", "lastError": "why"}, {"status": "canceled"}])
def test_what_has_failed_or_was_canceled_need_not_be_regenerated(fields: Any, status: int) -> None:
    story = read_once(**fields)
    regenerate(story, status=status)
    assert failures(story) == {}


@pytest.mark.parametrize("status", [400, 409, 422])
def test_what_has_completed_must_be_regenerated(status: int) -> None:
    story = read_once()
    regenerate(story, status=status)
    assert failures(story)["REG-1"] == [f"Regenerating container cnt_1, which is completed, was answered {status}."]


@pytest.mark.parametrize("fields", [{"status": "failed", "lastError": "why"}, {"status": "canceled"}])
def test_a_regeneration_of_what_has_failed_is_no_old_job(fields: Any) -> None:
    story = read_once(**fields)
    regenerate(story, n=1)
    assert "which is not new" in failures(story)["REG-1"][0]


@pytest.mark.parametrize(
    "more",
    [
        {"patch": {"hook": "é"}},
        {"body": {"patch": {"hook": None}}},
        {"body": {"patch": 3}},
        {"body": {"format": "auto"}},
        {"actor": "other"},
        {"actor": "anonymous"},
    ],
)
@pytest.mark.parametrize("status", [400, 404])
def test_a_regenerate_that_a_target_may_have_a_reason_to_refuse_is_not_judged(more: Any, status: int) -> None:
    story = read_once()
    regenerate(story, status=status, **more)
    assert results(story, "REG-1") == []


def test_a_regenerate_of_what_nobody_has_seen_made_is_not_judged() -> None:
    unknown, found = HistoryBuilder(), HistoryBuilder()
    found.read()
    for story in (unknown, found):
        regenerate(story, status=404)
        assert results(story, "REG-1") == []


def test_what_another_organizations_key_is_answered_is_a_matter_of_access() -> None:
    story = read_once()
    regenerate(story, 1, actor="other")
    assert results(story, "REG-1") == []


@pytest.mark.parametrize("status", [200, 404, 409])
def test_a_regenerate_in_an_archived_project_is_not_judged(status: int) -> None:
    story = read_once()
    story.call("DELETE", "/v1/projects/prj_plain", 200, {})
    story.read()
    regenerate(story, status=status)
    assert results(story, "REG-1") == []


@pytest.mark.parametrize(("status", "accused"), [(400, False), (409, False), (422, False), (404, True), (405, True)])
def test_an_operation_that_is_not_there_is_accused_whatever_else_is_in_flight(status: int, accused: Any) -> None:
    story = read_once()
    regenerate(story, 2)
    regenerate(story, 3, status)
    assert ("REG-1" in failures(story)) == accused


def test_a_regenerate_in_flight_may_be_refused() -> None:
    story = read_once(status="generating")
    regenerate(story, status=409)
    assert results(story, "REG-1") == []


def test_a_regenerate_beside_another_may_be_refused() -> None:
    story = read_once()
    regenerate(story, 3, 409, sent=1010, took=3)
    regenerate(story, 2, sent=1011, took=1)
    assert results(story, "REG-1") == ["passed"]


def test_a_regenerate_right_after_another_may_be_refused() -> None:
    story = read_once()
    regenerate(story, 2)
    story.read()
    regenerate(story, 3, 409)
    assert results(story, "REG-1") == ["passed"]


def test_a_regenerate_right_after_another_may_be_refused_though_the_next_read_shows_that_one() -> None:
    story = read_once()
    regenerate(story, 2)
    story.read()
    regenerate(story, 3, 409)
    story.read(status="generating", assets=[asset()])
    assert results(story, "REG-1") == ["passed"]


def test_a_regenerate_names_a_new_job_and_the_same_container() -> None:
    old_job, other, nameless, homeless, good = read_once(), read_once(), read_once(), read_once(), read_once()
    regenerate(old_job, 1)
    regenerate(other, answer={"jobId": "job_2", "containerId": "cnt_2", "kind": "x", "status": "running"})
    regenerate(nameless, answer={"containerId": "cnt_1", "kind": "x", "status": "running"})
    regenerate(homeless, answer={"jobId": "job_2", "kind": "content_regenerate", "status": "running"})
    regenerate(good)
    assert 'answered with job "job_1", which is not new' in failures(old_job)["REG-1"][0]
    assert 'answered with container "cnt_2"' in failures(other)["REG-1"][0]
    assert "without a jobId" in failures(nameless)["REG-1"][0]
    assert "without a containerId" in failures(homeless)["REG-1"][0]
    assert results(good, "REG-1") == ["passed"]


def test_a_replay_names_the_same_job() -> None:
    story = read_once()
    for _ in range(2):
        regenerate(story, headers={"Idempotency-Key": "k"})
    assert results(story, "REG-1") == ["passed"]


FULL = {"hook": "Evenings lcm-run-1", "targetPlatforms": ["tiktok", "instagram"], "themeTags": ["a", "b"]}


def patched(patch: Any, after: Any, before: Any = FULL, **fields: Any) -> HistoryBuilder:
    story = read_once(brief=before)
    regenerate(story, patch=patch)
    story.read(status="generating", assets=[asset()], brief=before)
    story.read(**({"brief": after, "updatedAt": LATER} | fields))
    return story


@pytest.mark.parametrize(
    ("patch", "after", "field"),
    [
        ({"hook": "New lcm-run-2"}, FULL, "hook"),
        ({"themeTags": ["c"]}, FULL | {"themeTags": ["a", "b", "c"]}, "themeTags"),
        ({"themeTags": []}, FULL, "themeTags"),
        ({"language": "en"}, FULL, "language"),
    ],
)
def test_a_patch_that_does_not_replace_what_it_names_is_accused(patch: Any, after: Any, field: Any) -> None:
    assert failures(patched(patch, after))["REG-2"][0].startswith(f"The patch of a regeneration named brief.{field}")


@pytest.mark.parametrize("after", [{"hook": "New lcm-run-2"}, FULL | {"hook": "New lcm-run-2", "themeTags": ["a"]}])
def test_a_patch_that_changes_what_it_does_not_name_is_accused(after: Any) -> None:
    story = patched({"hook": "New lcm-run-2"}, after)
    assert "did not name brief.themeTags" in " ".join(failures(story)["REG-2"])


@pytest.mark.parametrize(
    ("patch", "after"),
    [
        ({"hook": "New lcm-run-2"}, FULL | {"hook": "New lcm-run-2"}),
        ({"themeTags": ["c"]}, FULL | {"themeTags": ["c"]}),
        ({"language": "en"}, FULL | {"language": "en", "tone": "calm"}),
        (None, FULL),
        ({}, FULL | {"language": None}),
    ],
)
def test_a_patch_that_replaces_what_it_names_passes(patch: Any, after: Any) -> None:
    assert results(patched(patch, after), "REG-2") == ["passed"]


def test_a_second_patch_lies_over_the_first() -> None:
    story = patched({"hook": "New lcm-run-2"}, FULL | {"hook": "New lcm-run-2"})
    regenerate(story, 3, patch={"themeTags": ["c"]})
    story.read(status="generating", assets=[asset()], brief=FULL)
    story.read(brief=FULL | {"themeTags": ["c"]})
    assert "did not name brief.hook" in failures(story)["REG-2"][0]


def test_two_patches_without_a_read_between_are_both_held() -> None:
    story = read_once(brief=FULL)
    regenerate(story, 2, patch={"hook": "New lcm-run-2"})
    regenerate(story, 3, patch={"themeTags": ["c"]})
    story.read(status="queued", assets=[], brief=FULL)
    story.job(3, kind="content_regenerate", containerId="cnt_1", result={"containerId": "cnt_1"})
    story.at += 2
    story.read(brief=FULL | {"hook": "New lcm-run-2", "themeTags": ["c"]}, updatedAt=LATER)
    assert results(story, "REG-2") == ["passed"]


def test_a_brief_after_a_regenerate_without_an_answer_is_not_judged() -> None:
    story = patched({"hook": "New lcm-run-2"}, FULL | {"hook": "New lcm-run-2"})
    regenerate(story, 3, None, patch={"hook": "Third lcm-run-3"}, error="timed out")
    story.read(brief=FULL | {"hook": "Third lcm-run-3"})
    assert "REG-2" not in failures(story)


def test_a_read_in_flight_may_still_show_the_old_brief() -> None:
    story = read_once(brief=FULL)
    regenerate(story, patch={"hook": "New lcm-run-2"})
    story.read(status="generating", assets=[asset()], brief=FULL)
    assert results(story, "REG-2") == []


@pytest.mark.parametrize("body", [{"patch": 3}, {"patch": {"hook": 7}}, {"patch": {"themeTags": "a"}}, b"{", []])
def test_a_patch_that_breaks_the_schema_and_is_accepted_is_accused(body: Any) -> None:
    story = read_once()
    regenerate(story, body=body, headers={"Content-Type": "application/json"})
    assert "A regenerate was answered 202 although" in failures(story)["REG-6"][0]


def test_a_patch_that_breaks_the_schema_and_comes_without_a_key_is_the_missing_keys_matter() -> None:
    story = read_once()
    regenerate(story, body={"patch": 3}, actor="anonymous")
    assert "REG-6" not in failures(story)


def test_a_patch_that_breaks_the_schema_and_is_refused_passes_where_nothing_changed() -> None:
    story = read_once(brief=BRIEF)
    regenerate(story, status=422, body={"patch": 3})
    story.read()
    assert results(story, "REG-6") == ["passed"]


def test_a_patch_that_is_refused_and_applied_is_accused() -> None:
    story = read_once()
    regenerate(story, status=422, body={"patch": {"hook": "New", "themeTags": 3}})
    story.read(brief={"hook": "New"})
    assert list(failures(story)) == ["REG-6"]


def test_a_regeneration_that_ends_and_keeps_created_at_passes() -> None:
    story = read_once()
    regenerate(story)
    story.read(status="generating", assets=[asset()])
    story.read(updatedAt=LATER)
    assert set(results(story, "REG-4")) == {"passed"}


def replayed(last: Any, key: str = "k1") -> HistoryBuilder:
    story = read_once(brief=FULL)
    regenerate(story, 2, patch={"hook": "New lcm-run-2"}, headers={"Idempotency-Key": "k1"})
    story.read(brief=FULL | {"hook": "New lcm-run-2"}, updatedAt=LATER)
    regenerate(story, 3, patch={"hook": "Newer lcm-run-3"}, headers={"Idempotency-Key": "k2"})
    story.read(status="generating", assets=[], brief=FULL | {"hook": "Newer lcm-run-3"})
    story.read(brief=FULL | {"hook": "Newer lcm-run-3"}, updatedAt=LATER)
    again = {"k1": 2, "new": 4}[key]
    regenerate(story, again, patch={"hook": "New lcm-run-2"}, headers={"Idempotency-Key": key})
    story.read(brief=FULL | {"hook": last}, updatedAt=LATER)
    return story


def test_a_replay_that_applies_its_patch_once_more_is_accused() -> None:
    assert (
        "patch of a regeneration named brief.hook of container cnt_1, which is now"
        in failures(replayed("New lcm-run-2"))["REG-2"][0]
    )


def test_a_replay_that_leaves_the_brief_passes_and_a_fresh_regenerate_may_change_it() -> None:
    assert "REG-2" not in failures(replayed("Newer lcm-run-3"))
    assert "REG-2" not in failures(replayed("New lcm-run-2", key="new"))


@pytest.mark.parametrize(
    ("more", "status", "accused"),
    [
        ({"headers": {"Idempotency-Key": "k" * 300}}, 400, False),
        ({"headers": {"Idempotency-Key": "k" * 129}}, 422, False),
        ({"headers": {"Idempotency-Key": KEY}}, 422, True),
        ({"headers": {"X-Forwarded-For": "not, an, address"}}, 400, False),
        ({"body": None}, 400, False),
        ({"body": None}, 422, False),
        ({"body": None}, 404, True),
        ({"body": {}}, 400, True),
    ],
)
def test_a_regenerate_may_be_refused_for_what_no_page_promises_to_take(more: Any, status: int, accused: bool) -> None:  # noqa: FBT001 - a table
    story = read_once()
    regenerate(story, status=status, **more)
    assert ("REG-1" in failures(story)) == accused


@pytest.mark.parametrize(("gap", "accused"), [(0.5, False), (1.5, True)])
def test_nobody_knows_which_of_two_overlapping_patches_came_last(gap: float, accused: bool) -> None:  # noqa: FBT001 - a table
    story = read_once()
    for n, hook, sent in ((2, "One", story.at), (3, "Two", story.at + gap)):
        regenerate(story, n, patch={"hook": hook}, sent=sent, took=1.0)
    story.at += 20
    story.job(3, kind="content_regenerate", containerId="cnt_1")
    story.at += 3
    story.read(brief=BRIEF | {"hook": "One"}, updatedAt=LATER)
    assert ("REG-2" in failures(story)) == accused
