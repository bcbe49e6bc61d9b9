"""Ids that each organization counts for itself, beside the defects that look like it: AUT-4, LST-8, CRE-7, LIF-8 and IDM-8."""

from __future__ import annotations

from typing import Any

import pytest
from histories import BRIEF, FOREIGN, PROJECT, HistoryBuilder, container, envelope, failures, job, results
from lists import item

EXACT, THEIRS, OLD = "2026-04-18T12:04:11.123Z", "2026-04-18T12:04:12.456Z", "2025-01-02T03:04:05.678Z"
OWN, THEIR = BRIEF, {"hook": "Mornings lcm-run-2"}
OURS: dict[str, Any] = {"createdAt": EXACT, "updatedAt": EXACT, "brief": OWN}
THEIR_ONE: dict[str, Any] = {"createdAt": THEIRS, "updatedAt": THEIRS, "brief": THEIR, "projectId": FOREIGN}
PATH, JOB_PATH = "/v1/content/cnt_1", "/v1/jobs/job_1"


def own() -> HistoryBuilder:
    """Return a history in which the owner creates container 1 and reads it."""
    story = HistoryBuilder()
    story.create(answer=envelope() | {"startedAt": EXACT}, brief=OWN)
    story.read(**OURS)
    return story


def both() -> HistoryBuilder:
    """Return a history in which each organization creates a container 1 of its own."""
    story = own()
    story.create(project=FOREIGN, actor="other", brief=THEIR, answer=envelope(1, FOREIGN) | {"startedAt": THEIRS})
    return story


def other(story: HistoryBuilder, method: str, path: str, answer: Any, status: int = 200, **more: Any) -> HistoryBuilder:
    """Let the other organization send a call."""
    story.call(method, path, status, answer, actor="other", **more)
    return story


def test_two_containers_of_one_id_are_judged_apart() -> None:
    story = both()
    for _ in range(2):
        other(story, "GET", PATH, container(1, **THEIR_ONE))
        other(story, "GET", JOB_PATH, job(1, projectId=FOREIGN, startedAt=THEIRS))
        other(story, "GET", f"{PATH}/progress", job(1, projectId=FOREIGN, startedAt=THEIRS))
        story.list([item(1, createdAt=THEIRS)], project=FOREIGN, actor="other")
        story.read(**OURS)
        story.job(startedAt=EXACT)
        story.list([item(1, createdAt=EXACT)])
    other(story, "POST", f"{JOB_PATH}/cancel", job(1, projectId=FOREIGN, startedAt=THEIRS))
    story.read(**OURS)
    assert failures(story) == {}
    assert results(story, "CRE-7") == ["passed", "passed"]
    assert results(story, "CRE-3") == ["passed"] * 4


def test_a_container_from_before_the_run_may_have_the_id_of_one_of_ours() -> None:
    for shown in (THEIR_ONE, {**THEIR_ONE, "projectId": "prj_third", "createdAt": OLD}):
        story = other(own(), "GET", PATH, container(1, **shown))
        other(
            story,
            "POST",
            f"{PATH}/regenerate",
            envelope(7, str(shown["projectId"]), "content_regenerate", "cnt_1"),
            202,
        )
        other(story, "POST", f"{PATH}/approve", {"id": "cnt_1", "approvalStatus": "approved"})
        story.read(**OURS)
        assert "AUT-4" not in failures(story)
        assert "APR-2" not in failures(story)


def test_a_list_from_before_the_run_may_show_the_id_of_one_of_ours() -> None:
    story = HistoryBuilder()
    story.create(answer=envelope() | {"startedAt": EXACT})
    story.list([item(1, createdAt=OLD)], project=FOREIGN, actor="other")
    story.list([item(1, createdAt=EXACT)])
    story.read(**OURS)
    assert failures(story) == {}


@pytest.mark.parametrize(
    "shown",
    [
        OURS,
        {**OURS, "projectId": None},
        {**OURS, "projectId": "prj_third", "brief": {}},
        {**THEIR_ONE, "projectId": PROJECT},
    ],
    ids=["all of it", "hook and time", "time", "project"],
)
@pytest.mark.parametrize("start", [own, both])
def test_an_answer_that_shows_our_container_to_the_other_organization_is_accused(
    start: Any, shown: dict[str, Any]
) -> None:
    story = other(start(), "GET", PATH, container(1, **shown))
    assert failures(story)["AUT-4"][0].startswith("getContent answered 200 to the key of the other organization for ")


def test_an_answer_that_shows_our_job_to_the_other_organization_is_accused() -> None:
    story = other(both(), "GET", JOB_PATH, job(1, startedAt=EXACT))
    assert "AUT-4" in failures(story)


def test_an_answer_that_shows_nothing_is_about_ours_where_the_other_organization_was_given_no_such_id() -> None:
    story = other(own(), "POST", f"{PATH}/approve", {"id": "cnt_1", "approvalStatus": "approved"})
    assert list(failures(story)) == ["AUT-4"]


def test_a_list_that_shows_our_container_to_the_other_organization_is_accused() -> None:
    story = both()
    story.list([item(1, createdAt=EXACT)], project=FOREIGN, actor="other")
    assert {"AUT-4", "LST-8"} <= failures(story).keys()


def test_a_decision_that_reaches_the_container_of_the_other_organization_shows_in_that() -> None:
    story = other(
        both(), "POST", f"{PATH}/reject", {"id": "cnt_1", "approvalStatus": "rejected"}, body={"reason": "No."}
    )
    story.read(**OURS, approvalStatus="rejected")
    assert "APR-5" in failures(story)


def test_an_id_that_one_organization_is_given_twice_is_accused() -> None:
    story = both()
    story.create(brief={"hook": "Nights lcm-run-3"}, answer=envelope() | {"startedAt": OLD})
    assert "CRE-7" in failures(story)


def test_a_created_at_that_changes_is_accused_in_either_organization() -> None:
    story = other(both(), "GET", PATH, container(1, **THEIR_ONE))
    other(story, "GET", PATH, container(1, **THEIR_ONE | {"createdAt": OLD}))
    story.read(**OURS | {"createdAt": OLD})
    theirs, ours = failures(story)["LIF-8"]
    assert theirs.startswith("The createdAt of container cnt_1 of the other organization changed ")
    assert ours.startswith("The createdAt of container cnt_1 changed ")


@pytest.mark.parametrize(("started", "accused"), [(EXACT, True), (THEIRS, False)])
def test_a_key_that_brings_the_answer_of_another_organization_is_known_by_its_time(started: str, accused: bool) -> None:  # noqa: FBT001 - a column of the table
    story = HistoryBuilder()
    story.create(key="k-1", answer=envelope() | {"startedAt": EXACT})
    story.create(project=FOREIGN, actor="other", key="k-1", answer=envelope(1, FOREIGN) | {"startedAt": started})
    assert ("IDM-8" in failures(story)) is accused


def test_an_undocumented_call_leaves_both_of_one_id_unclear() -> None:
    story = both()
    other(story, "GET", PATH, container(1, **THEIR_ONE))
    story.call("DELETE", PATH, 204)
    story.call("GET", PATH, 404)
    story.call("GET", PATH, 404, actor="other")
    assert "CRE-4" not in failures(story)


def test_an_error_may_name_what_its_caller_has_been_given_too() -> None:
    story = HistoryBuilder()
    for project, actor, started in ((PROJECT, "owner", EXACT), (FOREIGN, "other", THEIRS)):
        answer = envelope(1, project, container_id="cnt_0000001") | {"startedAt": started}
        story.create(project=project, actor=actor, answer=answer)
    error = {"code": "CONFLICT", "message": "See cnt_0000001.", "requestId": "req_2"}
    for actor, project in (("owner", PROJECT), ("other", FOREIGN)):
        story.call("GET", f"/v1/projects/{project}/content", 409, {"error": error}, actor=actor)
    assert "AUT-4" not in failures(story)


def test_the_id_of_an_asset_is_not_that_of_a_container() -> None:
    story = both()
    other(story, "GET", f"{PATH}/assets/cnt_1", {"id": "cnt_1", "url": "https://media.test/1.mp4?Expires=1776514000"})
    assert "AUT-4" not in failures(story)


def test_the_id_of_an_asset_may_be_that_of_a_container_of_the_other_organization() -> None:
    story = own()
    story.create(2, project=FOREIGN, actor="other", brief=THEIR, answer=envelope(2, FOREIGN) | {"startedAt": THEIRS})
    url = "https://media.test/1.mp4?Expires=1776514000"
    other(story, "GET", "/v1/content/cnt_2/assets/cnt_1", {"id": "cnt_1", "url": url})
    assert "AUT-4" not in failures(story)
