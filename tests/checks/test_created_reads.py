"""Reads that say less of a create than they seem to: of another thing, gone wrong, too early, or of a field that asks for nothing."""

from __future__ import annotations

from typing import Any

import pytest
from histories import Told, container, envelope, failures, results
from moves import LATER, approve, cancel, regenerate


def created(**more: Any) -> Told:
    told = Told()
    told.create(**more)
    return told


def test_an_undocumented_call_with_a_query_may_have_removed_a_container_as_well() -> None:
    told = created()
    told.read()
    told.call("DELETE", "/v1/content/cnt_1?force=true", 200)
    told.call("GET", "/v1/content/cnt_1", 404)
    assert results(told, "CRE-4") == ["passed"]


@pytest.mark.parametrize("status", [500, 503])
def test_a_read_that_went_wrong_shows_no_container_whatever_its_body_is(status: int) -> None:
    told = created()
    told.error("GET", "/v1/content/cnt_1", status, "INTERNAL")
    assert results(told, "CRE-4") == []


def test_what_else_can_not_be_read_of_a_container_is_not_the_container() -> None:
    told = created()
    told.error("GET", "/v1/content/cnt_1/progress", 404, "NOT_FOUND")
    told.error("GET", "/v1/content/cnt_1/assets/med_1", 404, "NOT_FOUND")
    assert results(told, "CRE-4") == []


def test_an_id_that_changes_on_its_way_may_have_named_something_else() -> None:
    told = created(answer=envelope(container_id="cnt/1"))
    told.error("GET", "/v1/content/cnt%2F1", 404, "NOT_FOUND")
    assert results(told, "CRE-4") == []


@pytest.mark.parametrize(("shown", "expected"), [("cnt/1", ["failed"]), ("cnt", [])])
def test_an_answer_that_names_an_odd_id_shows_what_was_asked_for(shown: str, expected: list[str]) -> None:
    told = created(answer=envelope(container_id="cnt/1"))
    told.call("GET", "/v1/content/cnt%2F1", answer=container(id=shown, brief={"hook": "Another"}))
    assert results(told, "CRE-5") == expected


@pytest.mark.parametrize("status", [None, 504])
@pytest.mark.parametrize(("seconds", "expected"), [(0, []), (65, ["failed"])])
def test_the_influencer_of_a_patch_that_may_still_be_on_its_way_may_differ(
    status: Any, seconds: int, expected: list[str]
) -> None:
    brief = {"hook": "a", "influencerId": "inf_1"}
    told = created(brief=brief)
    told.read(brief=brief, influencerId="inf_1")
    regenerate(told, status=status, patch={"influencerId": "inf_2"})
    told.at += seconds
    told.read(brief=brief, influencerId="inf_2")
    assert results(told, "CRE-8") == ["passed", *expected]


@pytest.mark.parametrize("seconds", [0, 65])
def test_a_read_that_shows_nothing_of_a_lost_patch_says_nothing_of_its_influencer(seconds: int) -> None:
    brief = {"hook": "a", "influencerId": "inf_1"}
    told = created(brief=brief)
    told.read(brief=brief, influencerId="inf_1")
    regenerate(told, status=504, patch={"influencerId": "inf_2"})
    told.at += seconds
    told.read(brief=brief, influencerId="inf_1")
    assert results(told, "CRE-8") == ["passed"]


def test_an_empty_influencer_asks_for_none() -> None:
    brief = {"hook": "a", "influencerId": ""}
    told = created(brief=brief)
    told.read(brief=brief)
    assert results(told, "CRE-8") == []


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/v1/content/cnt_1?expand=assets", {}),
        ("/v1/content/cnt_1", {"Content-Type": "multipart/form-data"}),
    ],
)
def test_a_read_that_asks_for_more_may_be_refused(path: str, headers: dict[str, str]) -> None:
    told = created()
    told.error("GET", path, 400, "VALIDATION", headers=headers)
    assert "CRE-4" not in failures(told)


def test_a_cancel_changes_no_brief() -> None:
    told = created(brief={"hook": "Evenings", "themeTags": ["launch"]})
    told.read(status="generating", brief={"hook": "Evenings", "themeTags": ["launch"], "language": "en"})
    cancel(told)
    told.read(status="canceled", brief={"hook": "Evenings", "themeTags": ["launch"]})
    assert "CRE-5" not in failures(told), "a default may go with what it was made for"
    told.read(status="canceled", brief={"hook": "Evenings"})
    assert "shows nothing as brief.themeTags" in failures(told)["CRE-5"][0]


VOICED = {"hook": "Evenings", "influencerId": "inf_1"}


@pytest.mark.parametrize("call", [regenerate, approve])
@pytest.mark.parametrize(("influencer", "accused"), [("inf_1", False), (None, True), ("inf_2", True)])
def test_the_influencer_stays_that_of_the_brief_after_another_call(call: Any, influencer: Any, accused: Any) -> None:
    told = created(brief=VOICED)
    told.read(brief=VOICED, influencerId="inf_1")
    call(told)
    told.read(status="generating" if call is regenerate else "completed", brief=VOICED, influencerId="inf_1", assets=[])
    told.at += 3
    told.read(brief=VOICED, influencerId=influencer, updatedAt=LATER)
    assert ("CRE-8" in failures(told)) is accused
