"""Reads that say less of a create than they seem to: of another thing, gone wrong, too early, or of a field that asks for nothing."""

from __future__ import annotations

from typing import Any

import pytest
from histories import HistoryBuilder, container, envelope, failures, results
from moves import LATER, approve, cancel, regenerate


def created(**more: Any) -> HistoryBuilder:
    story = HistoryBuilder()
    story.create(**more)
    return story


def test_an_undocumented_call_with_a_query_may_have_removed_a_container_as_well() -> None:
    story = created()
    story.read()
    story.call("DELETE", "/v1/content/cnt_1?force=true", 200)
    story.call("GET", "/v1/content/cnt_1", 404)
    assert results(story, "CRE-4") == ["passed"]


@pytest.mark.parametrize("status", [500, 503])
def test_a_read_that_went_wrong_shows_no_container_whatever_its_body_is(status: int) -> None:
    story = created()
    story.error("GET", "/v1/content/cnt_1", status, "INTERNAL")
    assert results(story, "CRE-4") == []


def test_what_else_can_not_be_read_of_a_container_is_not_the_container() -> None:
    story = created()
    story.error("GET", "/v1/content/cnt_1/progress", 404, "NOT_FOUND")
    story.error("GET", "/v1/content/cnt_1/assets/med_1", 404, "NOT_FOUND")
    assert results(story, "CRE-4") == []


def test_an_id_that_changes_on_its_way_may_have_named_something_else() -> None:
    story = created(answer=envelope(container_id="cnt/1"))
    story.error("GET", "/v1/content/cnt%2F1", 404, "NOT_FOUND")
    assert results(story, "CRE-4") == []


@pytest.mark.parametrize(("shown", "expected"), [("cnt/1", ["failed"]), ("cnt", [])])
def test_an_answer_that_names_an_odd_id_shows_what_was_asked_for(shown: str, expected: list[str]) -> None:
    story = created(answer=envelope(container_id="cnt/1"))
    story.call("GET", "/v1/content/cnt%2F1", answer=container(id=shown, brief={"hook": "Another"}))
    assert results(story, "CRE-5") == expected


@pytest.mark.parametrize("status", [None, 504])
@pytest.mark.parametrize(("seconds", "expected"), [(0, []), (65, ["failed"])])
def test_the_influencer_of_a_patch_that_may_still_be_on_its_way_may_differ(
    status: Any, seconds: int, expected: list[str]
) -> None:
    brief = {"hook": "a", "influencerId": "inf_1"}
    story = created(brief=brief)
    story.read(brief=brief, influencerId="inf_1")
    regenerate(story, status=status, patch={"influencerId": "inf_2"})
    story.at += seconds
    story.read(brief=brief, influencerId="inf_2")
    assert results(story, "CRE-8") == ["passed", *expected]


@pytest.mark.parametrize("seconds", [0, 65])
def test_a_read_that_shows_nothing_of_a_lost_patch_says_nothing_of_its_influencer(seconds: int) -> None:
    brief = {"hook": "a", "influencerId": "inf_1"}
    story = created(brief=brief)
    story.read(brief=brief, influencerId="inf_1")
    regenerate(story, status=504, patch={"influencerId": "inf_2"})
    story.at += seconds
    story.read(brief=brief, influencerId="inf_1")
    assert results(story, "CRE-8") == ["passed"]


def test_an_empty_influencer_asks_for_none() -> None:
    brief = {"hook": "a", "influencerId": ""}
    story = created(brief=brief)
    story.read(brief=brief)
    assert results(story, "CRE-8") == []


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/v1/content/cnt_1?expand=assets", {}),
        ("/v1/content/cnt_1", {"Content-Type": "multipart/form-data"}),
    ],
)
def test_a_read_that_asks_for_more_may_be_refused(path: str, headers: dict[str, str]) -> None:
    story = created()
    story.error("GET", path, 400, "VALIDATION", headers=headers)
    assert "CRE-4" not in failures(story)


def test_a_cancel_changes_no_brief() -> None:
    story = created(brief={"hook": "Evenings", "themeTags": ["launch"]})
    story.read(status="generating", brief={"hook": "Evenings", "themeTags": ["launch"], "language": "en"})
    cancel(story)
    story.read(status="canceled", brief={"hook": "Evenings", "themeTags": ["launch"]})
    assert "CRE-5" not in failures(story), "a default may go with what it was made for"
    story.read(status="canceled", brief={"hook": "Evenings"})
    assert "shows nothing as brief.themeTags" in failures(story)["CRE-5"][0]


VOICED = {"hook": "Evenings", "influencerId": "inf_1"}


@pytest.mark.parametrize("call", [regenerate, approve])
@pytest.mark.parametrize(("influencer", "accused"), [("inf_1", False), (None, True), ("inf_2", True)])
def test_the_influencer_stays_that_of_the_brief_after_another_call(call: Any, influencer: Any, accused: Any) -> None:
    story = created(brief=VOICED)
    story.read(brief=VOICED, influencerId="inf_1")
    call(story)
    story.read(
        status="generating" if call is regenerate else "completed", brief=VOICED, influencerId="inf_1", assets=[]
    )
    story.at += 3
    story.read(brief=VOICED, influencerId=influencer, updatedAt=LATER)
    assert ("CRE-8" in failures(story)) is accused
