"""The judges of CRE-4, 5, 6 and 8, by histories on each side of every line."""

from __future__ import annotations

from typing import Any

import pytest
from histories import BRIEF, CREATED, FOREIGN, PROJECT, REVIEW, HistoryBuilder, envelope, failures, results

FULL = {
    "hook": "Evenings 🌙 e\u0301",
    "targetPlatforms": ["tiktok", "instagram"],
    "influencerId": "inf_1",
    "themeTags": ["launch"],
    "referenceMediaIds": ["med_r1"],
    "language": "en-US",
}


def read(sent: Any = BRIEF, /, fmt: str = "video_remix", **shown: Any) -> HistoryBuilder:
    story = HistoryBuilder()
    story.create(brief=sent, fmt=fmt)
    story.read(**({"brief": sent, "format": fmt} | shown))
    return story


def regenerate(story: HistoryBuilder, patch: Any = None, status: int | None = 202) -> None:
    answer = envelope(2, container_id="cnt_1") if status == 202 else None
    body = None if patch is None else {"patch": patch}
    story.call("POST", "/v1/content/cnt_1/regenerate", status, answer, body=body)


def test_a_container_that_is_read_as_it_was_ordered_passes() -> None:
    story = read(FULL, influencerId="inf_1")
    assert failures(story) == {}
    for requirement in ("CRE-4", "CRE-5", "CRE-6", "CRE-8"):
        assert results(story, requirement) == ["passed"]


@pytest.mark.parametrize("status", [400, 403, 404, 410])
def test_a_container_that_cannot_be_read_fails_at_any_time(status: int) -> None:
    story = HistoryBuilder()
    story.create()
    story.call("GET", "/v1/content/cnt_1", status)
    assert failures(story)["CRE-4"] == [f"Reading container cnt_1 after its create was answered {status}."]
    story = read()
    story.call("GET", "/v1/content/cnt_1", status)
    assert results(story, "CRE-4") == ["passed", "failed"]


@pytest.mark.parametrize("status", [None, 401, 429, 500, 503, 304])
def test_a_read_that_shows_nothing_is_no_observation(status: int | None) -> None:
    story = HistoryBuilder()
    story.create()
    story.call("GET", "/v1/content/cnt_1", status)
    assert results(story, "CRE-4") == []


def test_a_read_before_the_answer_by_another_or_of_another_container_may_be_refused() -> None:
    story = HistoryBuilder()
    story.create(took=0.5)
    story.call("GET", "/v1/content/cnt_1", 404, sent=1_000.4)
    story.call("GET", "/v1/content/cnt_1", 404, actor="other")
    story.call("GET", "/v1/content/cnt_2", 404)
    story.call("GET", "/v1/content/cnt_1", 404, headers={"X-Odd": "\x80"})
    assert results(story, "CRE-4") == []
    story.call("GET", "/v1/content/cnt_1", 404)
    assert results(story, "CRE-4") == ["failed"]


@pytest.mark.parametrize(("status", "expected"), [(200, ["passed"]), (None, ["passed"]), (405, ["passed", "failed"])])
def test_an_undocumented_call_may_have_removed_a_container(status: int | None, expected: list[str]) -> None:
    story = read()
    story.call("DELETE", "/v1/content/cnt_1", status)
    story.call("GET", "/v1/content/cnt_1", 404)
    assert results(story, "CRE-4") == expected


@pytest.mark.parametrize(
    ("shown", "fragment"),
    [
        ({"id": "cnt_2"}, "the id cnt_2"),
        ({"projectId": REVIEW}, f"the project {REVIEW} instead of {PROJECT}"),
        ({"status": "pending"}, 'the status "pending"'),
    ],
)
def test_the_first_read_shows_the_ordered_container(shown: dict[str, Any], fragment: str) -> None:
    assert failures(read(**shown))["CRE-4"] == [f"Container cnt_1 was read with {fragment}."]


def test_what_changes_after_a_good_read_is_the_lifecycles_matter_but_not_another_id() -> None:
    story = read()
    story.read(projectId=REVIEW)
    assert results(story, "CRE-4") == ["passed", "passed"]
    story.read(id="cnt_2")
    assert results(story, "CRE-4")[2:] == ["failed"]


@pytest.mark.parametrize("status", ["queued", "generating", "completed", "failed", "canceled"])
def test_a_container_may_be_in_any_state_when_it_is_first_read(status: str) -> None:
    assert results(read(status=status), "CRE-4") == ["passed"]


@pytest.mark.parametrize(
    ("name", "told_value"),
    [
        ("hook", "Evenings 🌙 é"),
        ("hook", "Evenings"),
        ("hook", None),
        ("targetPlatforms", ["instagram", "tiktok"]),
        ("targetPlatforms", ["tiktok"]),
        ("themeTags", "launch"),
        ("themeTags", ["launch", "launch"]),
        ("influencerId", None),
        ("referenceMediaIds", []),
        ("language", "en-us"),
        ("language", "en"),
    ],
)
def test_a_brief_that_comes_back_changed_fails(name: str, told_value: Any) -> None:
    story = read(FULL, brief=FULL | {name: told_value}, influencerId="inf_1")
    assert set(failures(story)) - {"SCH-1"} == {"CRE-5"}
    assert f"as brief.{name}, but the create sent" in failures(story)["CRE-5"][0]


def test_a_field_that_is_left_out_fails_and_more_fields_do_not() -> None:
    assert (
        "shows nothing as brief.language"
        in failures(read({"hook": "a", "language": "en"}, brief={"hook": "a"}))["CRE-5"][0]
    )
    assert results(read(brief=BRIEF | {"themeTags": [], "mood": "calm"}), "CRE-5") == ["passed"]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"hook": "a", "language": None}, {"hook": "a"}),
        ({"hook": "a", "language": "EN-us"}, {"hook": "a", "language": "en-US"}),
        ({"hook": "a", "mood": "calm"}, {"hook": "a"}),
        ({"hook": "a", "themeTags": ["\ud800"]}, {"hook": "a", "themeTags": ["?"]}),
        ({"hook": "a", "themeTags": [""]}, {"hook": "a", "themeTags": []}),
        ({"hook": "a", "themeTags": ["b\udfff"]}, {"hook": "a", "themeTags": ["b?"]}),
    ],
)
def test_what_has_more_than_one_reading_may_come_back_otherwise(sent: Any, shown: Any) -> None:
    assert results(read(sent, brief=shown), "CRE-5") == ["passed"]


def test_an_empty_list_is_a_value_too() -> None:
    assert results(read({"hook": "a", "themeTags": []}, brief={"hook": "a"}), "CRE-5") == ["failed"]


def test_a_brief_that_changes_by_itself_fails() -> None:
    story = read()
    story.read(brief={"hook": "Mornings"})
    assert results(story, "CRE-5") == ["passed", "failed"]


@pytest.mark.parametrize("status", [202, None, 500, 409])
def test_a_change_after_another_call_is_not_the_creates(status: int | None) -> None:
    story = read()
    regenerate(story, {"hook": "Mornings"}, status)
    story.read(brief={"hook": "Mornings"})
    assert results(story, "CRE-5") == ["passed"]


@pytest.mark.parametrize(
    ("patch", "status", "expected"),
    [
        ({"hook": "b"}, 202, []),
        ({"hook": "b"}, None, []),
        ({"hook": "b"}, 409, ["failed"]),
        (None, 202, ["failed"]),
        ({}, 202, ["failed"]),
        ({"hook": "b"}, 501, ["failed"]),
    ],
)
def test_a_brief_never_yet_seen_is_judged_until_a_patch(patch: Any, status: int | None, expected: list[str]) -> None:
    story = HistoryBuilder()
    story.create()
    regenerate(story, patch, status)
    story.read(brief={"hook": "b"})
    assert results(story, "CRE-5") == expected


@pytest.mark.parametrize(("regenerates", "expected"), [(True, ["failed"]), ({"hook": "b"}, []), (None, ["failed"])])
def test_a_reject_may_patch_too(regenerates: Any, expected: list[str]) -> None:
    story = HistoryBuilder()
    story.create()
    story.call(
        "POST",
        "/v1/content/cnt_1/reject",
        200,
        body={"reason": "No", "regenerate": regenerates} if regenerates else {"reason": "No"},
    )
    story.read(brief={"hook": "b"})
    assert results(story, "CRE-5") == expected


def test_a_reject_that_asks_for_no_regeneration_patches_nothing() -> None:
    story = HistoryBuilder()
    story.create()
    story.call("POST", "/v1/content/cnt_1/reject", 200, body={"reason": "No", "regenerate": False})
    story.read(brief={"hook": "b"})
    assert results(story, "CRE-5") == ["failed"]


@pytest.mark.parametrize("body", [[], b"{", {"patch": "b"}])
def test_a_patch_that_breaks_the_schema_and_is_taken_may_have_changed_the_brief(body: Any) -> None:
    story = HistoryBuilder()
    story.create()
    story.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"), body=body)
    story.read(brief={"hook": "b"})
    assert results(story, "CRE-5") == []


def test_a_call_that_no_page_describes_leaves_nothing_to_judge() -> None:
    story = HistoryBuilder()
    story.create()
    story.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"), body={"format": "auto"})
    story.read(brief={"hook": "b"}, format="auto")
    assert [results(story, name) for name in ("CRE-4", "CRE-5", "CRE-6")] == [[], [], []]


def test_what_was_never_accepted_or_is_invalid_orders_nothing() -> None:
    for more in (
        {"status": 200},
        {"body": {"format": "auto", "brief": BRIEF | {"language": 5}}},
        {"actor": "anonymous"},
    ):
        story = HistoryBuilder()
        story.create(**more)
        story.read(brief={}, format="ugc_remix")
        assert results(story, "CRE-5") == results(story, "CRE-6") == []


def test_a_body_under_another_label_may_not_have_been_read_as_json() -> None:
    story = HistoryBuilder()
    body = {"format": "video_remix", "brief": BRIEF}
    path, label = f"/v1/projects/{PROJECT}/content", {"Content-Type": "text/plain"}
    story.call("POST", path, 202, envelope(), body=body, headers=label)
    story.read(brief={}, format="ugc_remix")
    assert results(story, "CRE-5") == results(story, "CRE-6") == []


def test_a_label_with_parameters_says_json_all_the_same() -> None:
    story = HistoryBuilder()
    body, label = {"format": "video_remix", "brief": BRIEF}, {"Content-Type": "application/json; charset=utf-8"}
    story.call("POST", f"/v1/projects/{PROJECT}/content", 202, envelope(), body=body, headers=label)
    story.read(brief={}, format="ugc_remix")
    assert results(story, "CRE-5") == results(story, "CRE-6") == ["failed"]


@pytest.mark.parametrize(
    ("first", "expected"), [(400, ["failed"]), (429, ["failed"]), (None, []), (500, []), (202, [])]
)
def test_an_envelope_that_another_body_may_have_been_given_orders_nothing(
    first: int | None, expected: list[str]
) -> None:
    story = HistoryBuilder()
    story.create(2, key="k", brief={"hook": "b"}, status=first, answer=None)
    story.create(key="k")
    story.read(brief={"hook": "b"})
    assert results(story, "CRE-5") == expected


def test_a_container_that_was_known_before_its_create_is_not_judged_by_it() -> None:
    story = HistoryBuilder()
    regenerate(story)
    story.create()
    story.read(brief={"hook": "b"})
    assert results(story, "CRE-5") == []


def test_the_other_organizations_containers_are_judged_for_it() -> None:
    story = HistoryBuilder()
    story.create(project=FOREIGN, actor="other")
    path = "/v1/content/cnt_1"
    story.call("GET", path, 200, {"id": "cnt_1", "brief": {}, "createdAt": CREATED}, actor="other")
    assert results(story, "CRE-5") == ["failed"]


def test_a_pinned_format_is_the_containers_at_every_read() -> None:
    assert results(read(fmt="ugc_remix"), "CRE-6") == ["passed"]
    story = read(fmt="ugc_remix", format="video_remix")
    assert failures(story) == {"CRE-6": ['Container cnt_1 has the format "video_remix", but ugc_remix was requested.']}
    story = read()
    regenerate(story)
    story.read(format="auto")
    assert results(story, "CRE-6") == ["passed", "failed"]


def test_auto_may_stay_or_be_resolved_once_to_a_value_of_the_enum() -> None:
    story = read(fmt="auto")
    story.read(format="ugc_remix")
    story.read(format="ugc_remix")
    assert results(story, "CRE-6") == ["passed"] * 3
    assert (
        'created with the format auto, has the undocumented format "gif"'
        in failures(read(fmt="auto", format="gif"))["CRE-6"][0]
    )


@pytest.mark.parametrize("later", ["video_remix", "auto"])
def test_a_resolved_format_stays_until_a_regeneration(later: str) -> None:
    story = read(fmt="auto", format="ugc_remix")
    story.read(format=later)
    assert f"resolved from auto to ugc_remix and later changed to {later}" in failures(story)["CRE-6"][0]
    for status in (202, None, 500):
        story = read(fmt="auto", format="ugc_remix")
        regenerate(story, status=status)
        story.read(format=later)
        assert "CRE-6" not in failures(story)
    story = read(fmt="auto", format="ugc_remix")
    regenerate(story, status=409)
    story.read(format=later)
    assert "CRE-6" in failures(story)


def test_two_reads_at_the_same_time_may_be_answered_in_any_order() -> None:
    story = read(fmt="auto", format="ugc_remix")
    story.read(format="auto", sent=1_001.05, took=0.5)
    assert "CRE-6" not in failures(story)


@pytest.mark.parametrize("status", ["queued", "generating", "canceled", "failed"])
def test_an_influencer_that_is_not_known_before_completion_is_not_accused(status: str) -> None:
    brief = {"hook": "a", "influencerId": "inf_1"}
    story = read(brief, status=status, influencerId=None, lastError="why" if status == "failed" else None)
    assert failures(story) == {}


def test_an_influencer_that_a_call_leaves_out_before_completion_is_judged_at_completion() -> None:
    brief = {"hook": "a", "influencerId": "inf_1"}
    story = read(brief, status="generating", influencerId=None)
    story.error("POST", "/v1/content/cnt_1/reject", 409, "CONFLICT", body={"reason": "No."})
    story.read(brief=brief, influencerId=None)
    assert list(failures(story)) == ["CRE-8"]


def test_another_influencer_or_none_fails() -> None:
    brief = {"hook": "a", "influencerId": "inf_1"}
    assert "influencerId null, but" in failures(read(brief, influencerId=None))["CRE-8"][0]
    assert results(read(brief, influencerId="inf_2"), "CRE-8") == ["failed"]
    assert results(read(brief, influencerId="inf_1"), "CRE-8") == ["passed"]
    assert results(read(brief | {"influencerId": None}), "CRE-8") == []


def patched(status: str = "completed", **fields: Any) -> HistoryBuilder:
    brief = {"hook": "a", "influencerId": "inf_1"}
    story = read(brief, influencerId="inf_1")
    regenerate(story, {"language": "en"})
    story.at += 5
    story.read(brief=brief | {"language": "en"}, status="generating", assets=[], influencerId="inf_1")
    story.read(**({"brief": brief | {"language": "en"}, "status": status} | fields))
    return story


def test_the_influencer_of_a_patched_brief_shows_once_the_generation_has_completed() -> None:
    assert "influencerId null, but" in failures(patched(influencerId=None))["CRE-8"][0]
    assert "CRE-8" not in failures(patched(influencerId="inf_1"))


def test_until_then_or_where_the_brief_names_none_it_may_differ() -> None:
    assert "CRE-8" not in failures(patched("generating", influencerId=None, assets=[]))
    assert "CRE-8" not in failures(patched("failed", influencerId=None))
    assert "CRE-8" not in failures(patched(brief={"hook": "a"}, influencerId=None))


@pytest.mark.parametrize(("first", "expected"), [(202, ["failed"]), (None, [])])
def test_a_container_under_a_key_of_another_project_is_judged_once_that_project_has_its_own(
    first: int | None, expected: list[str]
) -> None:
    story = HistoryBuilder()
    story.create(2, key="k", status=first, **({} if first else {"answer": None}))
    story.create(project=REVIEW, key="k")
    story.read(projectId=REVIEW, brief={"hook": "Another"})
    assert results(story, "CRE-5") == expected
