"""Containers that the lists of two projects hold: LST-8, and AUT-4 where the projects are those of two organizations."""

from __future__ import annotations

from typing import Any

import pytest
from histories import FOREIGN, PROJECT, REVIEW, HistoryBuilder, container, envelope, failures
from lists import item, made
from moves import LATER, clone


def in_two(project: str, actor: str = "owner", **fields: Any) -> dict[str, list[str]]:
    """Judge a container of others that a list of the plain project shows, and then that of another project."""
    story = HistoryBuilder()
    story.list([item(7)])
    story.list([item(7, **fields)], project=project, actor=actor)
    return failures(story)


def test_a_container_in_the_lists_of_two_projects_is_accused() -> None:
    assert in_two(REVIEW) == {"LST-8": [f"The lists of the projects {PROJECT} and {REVIEW} both hold container cnt_7."]}


def test_a_container_in_the_lists_of_two_organizations_is_seen_by_one_that_must_not() -> None:
    found = in_two(FOREIGN, "other")
    assert list(found) == ["LST-8", "AUT-4"]
    story = f"stands in the list of project {PROJECT} of the owner and in that of project {FOREIGN} of the other organization."
    assert story in found["AUT-4"][0]


@pytest.mark.parametrize("project", ["prj-plain-by-another-name", "prj_unknown"])
def test_a_project_that_is_not_configured_may_be_another_name_of_one(project: str) -> None:
    assert in_two(project) == {}


def test_an_id_that_each_organization_counts_for_itself_names_two_containers() -> None:
    assert not {"LST-8", "AUT-4"} & in_two(FOREIGN, "other", createdAt=LATER).keys()


def test_an_item_that_names_its_project_is_judged_by_that_alone() -> None:
    found = in_two(REVIEW, projectId=PROJECT)
    assert found == {"LST-8": [f"The list of project {REVIEW} holds container cnt_7 of project {PROJECT}."]}


@pytest.mark.parametrize(("asked", "accused"), [(REVIEW, True), (None, False), (PROJECT, False)])
def test_a_clone_belongs_to_the_project_that_it_was_asked_for_in(asked: str | None, accused: bool) -> None:  # noqa: FBT001 - a column of the table
    story = made(1)
    body = {"sourcePlatformPostId": "post_1"} | ({"projectId": asked} if asked else {})
    clone(story, body=body, answer=envelope(2, asked or PROJECT, "content_clone"))
    story.list([item(2), item(1)])
    assert ("LST-8" in failures(story)) is accused


@pytest.mark.parametrize("page", [[item(2)], [], [item(2), item(3)]])
def test_a_list_of_an_archived_project_may_show_what_it_likes_of_its_own(page: list[Any]) -> None:
    assert failures(archived(page)) == {}


def test_a_list_of_an_archived_project_holds_nothing_of_another() -> None:
    assert "LST-8" in failures(archived([item(2), item(1)]))


def archived(page: list[Any]) -> HistoryBuilder:
    """Return a history in which a project is listed after it was archived."""
    story = made(1)
    story.create(2, project="prj_archive")
    story.call("GET", "/v1/content/cnt_2", 200, container(2, projectId="prj_archive"))
    story.call("DELETE", "/v1/projects/prj_archive", 200, {"id": "prj_archive"})
    story.list(page, project="prj_archive")
    return story
