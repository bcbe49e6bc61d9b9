"""The judges of AUT, by histories on each side of every line.

What they say of AUT-5 is approved too.
"""

from __future__ import annotations

from typing import Any

import pytest
from histories import (
    FOREIGN,
    JUDGED,
    LIST,
    PROJECT,
    REVIEW,
    HistoryBuilder,
    container,
    failures,
    results,
)


def test_of_what_an_optional_operation_answered_to_strangers_the_last_hundred_are_kept() -> None:
    story = HistoryBuilder()
    story.create()
    for _ in range(101):
        story.error("POST", "/v1/content/cnt_1/approve", 403, "FORBIDDEN_SCOPE", actor="anonymous")
    story.error("POST", "/v1/content/cnt_1/approve", 409, "CONFLICT")
    assert results(story, "AUT-2") == ["failed"] * 100
    JUDGED.clear()  # a snapshot of a hundred equal findings would hold no more


def foreign(
    method: str, path: str, status: int, answer: Any = None, actor: str = "other", **more: Any
) -> HistoryBuilder:
    story = HistoryBuilder()
    story.create()
    story.call(method, path, status, answer, actor=actor, **more)
    return story


@pytest.mark.parametrize("project", [PROJECT, REVIEW, "prj_archive"])
@pytest.mark.also_fails("LST-8")
def test_each_configured_project_is_the_owners(project: str) -> None:
    assert results(foreign("GET", f"/v1/projects/{project}/content", 200, {"items": [container(7)]}), "AUT-4") == [
        "failed"
    ]


@pytest.mark.also_fails("LST-8")
def test_the_owner_has_no_right_to_the_other_organizations_project_either() -> None:
    (message,) = failures(foreign("GET", f"/v1/projects/{FOREIGN}/content", 200, {"items": [container(5)]}, "owner"))[
        "AUT-4"
    ]
    assert "to the key of the owner" in message


@pytest.mark.also_fails("LST-8", "SCH-1")
def test_a_list_may_be_empty_or_hold_the_callers_own_but_no_foreign_container() -> None:
    assert results(foreign("GET", LIST, 200, {"items": []}), "AUT-4") == []
    assert (
        "showed container cnt_1 of the owner"
        in failures(foreign("GET", LIST, 200, {"items": [container()]}))["AUT-4"][0]
    )
    own = f"/v1/projects/{FOREIGN}/content"
    assert "cnt_1 of the owner" in failures(foreign("GET", own, 200, {"items": [container()]}))["AUT-4"][0]
    assert "AUT-4" not in failures(foreign("GET", own, 200, {"items": [container(7, projectId=FOREIGN), "odd"]}))
    assert "cnt_7 of the owner" in failures(foreign("GET", own, 200, {"items": [container(7)]}))["AUT-4"][0]


@pytest.mark.parametrize(
    "items", [None, {"id": "cnt_1"}, [{"id": 7}, {"id": []}, {}], [container(7, projectId=FOREIGN)]]
)
@pytest.mark.also_fails("SCH-1")
def test_a_page_of_an_own_project_that_names_no_known_container_shows_nothing_of_others(items: Any) -> None:
    story = foreign("GET", f"/v1/projects/{FOREIGN}/content", 200, {"items": items})
    assert results(story, "AUT-4") == []


def test_a_page_is_accused_once_also_of_what_nobody_has_met_before() -> None:
    story = foreign("GET", LIST, 200, {"items": [container(7), container(1)]})
    assert failures(story)["AUT-4"] == [
        f"The list of project {PROJECT} showed container cnt_7 of the owner to the key of the other organization."
    ]
