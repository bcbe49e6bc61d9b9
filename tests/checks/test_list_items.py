"""LST-8 and LST-9: what a list says of one container."""

from typing import Any

import pytest
from histories import FOREIGN, PROJECT, REVIEW, HistoryBuilder, container, failures, judged, results
from lists import item, items


def test_a_list_of_its_own_containers_passes_where_another_project_has_some() -> None:
    story = HistoryBuilder()
    story.create(1, project=REVIEW)
    story.create(2)
    story.list(items(2))
    assert results(story, "LST-8") == ["passed"]
    assert failures(story) == {}


def test_a_list_shows_nothing_of_projects_where_only_one_is_known() -> None:
    story = HistoryBuilder()
    story.create(2)
    story.list(items(2))
    assert results(story, "LST-8") == []


def test_items_that_name_the_project_pass_by_themselves() -> None:
    story = HistoryBuilder()
    story.list(items(1, projectId=PROJECT))
    assert results(story, "LST-8") == ["passed"]


def test_an_item_that_names_another_project_fails() -> None:
    story = HistoryBuilder()
    story.list([item(1, projectId=PROJECT), item(2, projectId=REVIEW)])
    assert failures(story) == {"LST-8": [f"The list of project {PROJECT} holds container cnt_2 of project {REVIEW}."]}


@pytest.mark.parametrize("shown_by", ["create", "read", "both", "create and a read of no project"])
def test_a_container_of_another_project_fails(shown_by: str) -> None:
    story = HistoryBuilder()
    if shown_by != "read":
        story.create(1, project=REVIEW)
    if shown_by != "create":
        story.read(1, projectId=7 if shown_by.endswith("no project") else REVIEW)
    story.list(items(1))
    assert f"container cnt_1 of project {REVIEW}" in failures(story)["LST-8"][0]


@pytest.mark.parametrize(("made", "shown"), [(REVIEW, PROJECT), (PROJECT, REVIEW)])
def test_a_container_whose_project_is_in_doubt_is_not_judged(made: str, shown: str) -> None:
    story = HistoryBuilder()
    story.create(1, project=made)
    story.read(1, projectId=shown)
    story.list(items(1))
    assert "LST-8" not in failures(story)


def test_lists_that_other_organizations_see_hold_nothing_of_another_project_either() -> None:
    story = HistoryBuilder()
    story.list([item(1, projectId=REVIEW)], project=FOREIGN)
    story.list([item(1, projectId=REVIEW)], actor="other")
    story.list([item(1, projectId=FOREIGN)], project=FOREIGN, actor="other")
    assert results(story, "LST-8") == ["failed", "failed", "passed"]


def test_a_list_that_the_other_organization_sees_of_its_own_project_passes() -> None:
    story = HistoryBuilder()
    story.create(project=FOREIGN, actor="other")
    story.list([item(1)], project=FOREIGN, actor="other")
    assert "LST-8" not in failures(story)


@pytest.mark.parametrize(
    ("project", "actor", "found"), [(REVIEW, "owner", ["passed"]), (7, "owner", []), (REVIEW, "other", [])]
)
def test_a_read_shows_that_another_project_has_containers(project: Any, actor: str, found: list[str]) -> None:
    story = HistoryBuilder()
    story.call("GET", "/v1/content/cnt_1", answer=container(1, projectId=project), actor=actor)
    story.list(items(2))
    assert results(story, "LST-8") == found


def test_an_item_whose_project_is_no_string_is_the_schemas_matter() -> None:
    story = HistoryBuilder()
    story.list(items(1, projectId=7))
    assert results(story, "LST-8") == []


def test_an_item_that_names_another_project_is_its_own_evidence() -> None:
    story = HistoryBuilder()
    story.read(1)
    story.list(items(1, projectId=REVIEW))
    (found,) = [finding for finding in judged(story) if finding.requirement == "LST-8"]
    assert found.exchanges == ("x2",)


def agreeing(listed: dict[str, Any], shown: dict[str, Any], *, own: bool = True) -> dict[str, HistoryBuilder]:
    """Record a page and a read, in either order."""
    found = {}
    for order in ("read first", "page first"):
        story = found[order] = HistoryBuilder()
        if own:
            story.create(1)
        if order == "read first":
            story.read(1, **shown)
        story.list([item(1, **listed)])
        if order == "page first":
            story.read(1, **shown)
    return found


def test_an_item_that_agrees_passes() -> None:
    for story in agreeing({}, {}).values():
        assert results(story, "LST-9") == ["passed"]
        assert failures(story) == {}


def test_the_same_instant_may_be_written_in_another_way() -> None:
    for story in agreeing(
        {"createdAt": "2026-04-18T14:04:11+02:00"}, {"createdAt": "2026-04-18T12:04:11.250Z"}
    ).values():
        assert "LST-9" not in failures(story)


@pytest.mark.parametrize(
    ("listed", "shown", "message"),
    [
        ({"status": "failed"}, {}, "status failed in a list and completed in getContent"),
        ({"approvalStatus": "pending"}, {}, "approvalStatus pending in a list and not_required in getContent"),
        ({"format": "ugc_remix"}, {}, "format ugc_remix in a list and video_remix in getContent"),
        ({"createdAt": "2026-04-18T12:04:12.000Z"}, {}, "createdAt 2026-04-18T12:04:12.000Z in a list"),
    ],
)
def test_an_item_that_disagrees_fails(listed: Any, shown: Any, message: str) -> None:
    for story in agreeing(listed, shown).values():
        assert message in failures(story)["LST-9"][0]


@pytest.mark.parametrize("listed", [{"status": "generating"}, {"approvalStatus": "pending"}, {"format": "auto"}])
def test_what_is_in_flight_may_change_between_page_and_read(listed: dict[str, Any]) -> None:
    story = HistoryBuilder()
    story.create(1, fmt="auto")
    story.list([item(1, **{"status": "generating", **listed})])
    story.read(1)
    assert "LST-9" not in failures(story)
    assert results(story, "LST-9") == []


def test_a_list_may_show_what_a_read_has_not_seen_yet() -> None:
    story = HistoryBuilder()
    story.create(1, fmt="auto")
    story.read(1, status="generating", format="auto")
    story.list([item(1)])
    assert "LST-9" not in failures(story)


def test_a_resolved_format_stays_resolved() -> None:
    story = HistoryBuilder()
    story.create(1, fmt="auto")
    story.read(1, status="generating")
    story.list([item(1, status="generating", format="auto")])
    assert "format auto in a list and video_remix in getContent" in failures(story)["LST-9"][0]


def test_an_item_beside_an_overlapping_read_is_not_compared_in_what_changes() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1, took=2.0)
    story.list([item(1, status="generating")], sent=1002.0, took=2.0)
    assert "LST-9" not in failures(story)


@pytest.mark.parametrize(("status", "accused"), [(202, False), (500, False), (None, False), (409, True)])
def test_a_call_in_between_may_have_changed_the_status(status: int | None, accused: bool) -> None:  # noqa: FBT001 - a parameter of the test
    story = HistoryBuilder()
    story.create(1)
    story.read(1)
    story.call("POST", "/v1/content/cnt_1/regenerate", status)
    story.list([item(1, status="generating")])
    assert ("LST-9" in failures(story)) is accused


def test_a_list_of_a_container_that_cannot_be_read_fails() -> None:
    story = HistoryBuilder()
    story.list(items(1))
    story.error("GET", "/v1/content/cnt_1", 404, "NOT_FOUND")
    assert failures(story)["LST-9"] == ["A list shows container cnt_1, but getContent answers 404."]


def test_a_container_that_was_read_once_and_is_gone_is_no_matter_of_the_list() -> None:
    story = HistoryBuilder()
    story.read(1)
    story.list(items(1))
    story.error("GET", "/v1/content/cnt_1", 404, "NOT_FOUND")
    assert "LST-9" not in failures(story)


@pytest.mark.parametrize(
    ("after", "accused"),
    [({}, True), ({"approvalStatus": "approved"}, False), ({"updatedAt": "2026-04-18T12:09:11.000Z"}, False)],
)
def test_a_container_of_others_is_judged_between_two_equal_reads(after: dict[str, Any], accused: bool) -> None:  # noqa: FBT001 - a parameter of the test
    story = HistoryBuilder()
    story.read(1)
    story.list([item(1, approvalStatus="approved")])
    assert "LST-9" not in failures(story)
    story.read(1, **after)
    assert ("LST-9" in failures(story)) is accused


def test_items_and_reads_may_hold_anything() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1, status=["completed"], format={}, createdAt=7, approvalStatus=None)
    story.list([item(1, status={}, format=[], createdAt=None)])
    story.read(1, status=7)
    story.call("GET", "/v1/content/cnt_1", 200, ["cnt_1"])
    assert "LST-9" not in failures(story)


@pytest.mark.parametrize(("status", "accused"), [(504, False), (None, False), (501, True)])
def test_a_lost_call_may_take_effect_after_the_read(status: int | None, accused: bool) -> None:  # noqa: FBT001 - a parameter of the test
    story = HistoryBuilder()
    story.create()
    story.call("POST", "/v1/content/cnt_1/regenerate", status, {}, body={})
    story.at += 5
    story.read()
    story.list([item(1, status="queued")])
    assert ("LST-9" in failures(story)) == accused


def test_another_organizations_list_is_not_compared() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1)
    story.list(items(1, status="failed"), actor="other")
    assert results(story, "LST-9") == []


def test_a_read_that_began_before_the_page_had_ended_may_not_know_its_containers_yet() -> None:
    story = HistoryBuilder()
    story.list(items(1), took=2.0)
    story.error("GET", "/v1/content/cnt_1", 404, "NOT_FOUND", sent=1001.0, took=3.0)
    assert results(story, "LST-9") == []


def test_a_format_that_was_auto_at_the_end_stays_so() -> None:
    story = HistoryBuilder()
    story.create(1, fmt="auto")
    story.read(1, format="auto")
    story.list(items(1))
    assert "format video_remix in a list and auto in getContent" in failures(story)["LST-9"][0]


def test_the_status_of_a_container_of_others_is_judged_between_two_equal_reads() -> None:
    story = HistoryBuilder()
    story.read(1)
    story.list(items(1, status="failed"))
    story.call("GET", "/v1/content/cnt_1", 503)
    story.read(1, took=0.1)
    assert "status failed in a list and completed in getContent" in failures(story)["LST-9"][0]


@pytest.mark.parametrize("asked", [str.upper, str.lower])
def test_a_project_may_be_asked_for_in_the_other_case_of_a_uuid(asked: Any) -> None:
    name = "1C9F2A00-4F6E-4C9E-9A0B-6F1D2E3C4B5A"
    story = HistoryBuilder()
    story.list([item(1, projectId=name.lower())], project=asked(name))
    assert "LST-8" not in failures(story)
    story.list([item(1, projectId=name.replace("1", "2"))], project=asked(name))
    assert "LST-8" in failures(story)


@pytest.mark.parametrize(
    ("after", "accused"), [({}, True), ({"format": "ugc_remix", "updatedAt": "2026-04-18T12:09:11.000Z"}, False)]
)
def test_others_may_regenerate_what_stayed_auto_and_resolve_its_format(after: dict[str, Any], accused: bool) -> None:  # noqa: FBT001 - a parameter of the test
    story = HistoryBuilder()
    story.read(1, status="failed", format="auto", assets=[])
    story.list([item(1, status="failed", format="ugc_remix")])
    assert "LST-9" not in failures(story)
    story.read(1, **({"status": "failed", "format": "auto", "assets": []} | after))
    assert ("LST-9" in failures(story)) is accused
