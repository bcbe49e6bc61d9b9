"""Two organizations whose projects have one id, beside the defects that look like it: LST-8, AUT-4, LST-1 and IDM-8."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from histories import FACTS, LIST, PROJECT, REVIEW, HistoryBuilder, container, envelope, failures, job, results
from lists import item

SAME = replace(FACTS, other_project_id=PROJECT)
OURS, THEIRS = "2026-04-18T12:04:11.123Z", "2026-04-18T12:04:12.456Z"
OWN, THEIR = {"hook": "Evenings lcm-run-1"}, {"hook": "Mornings lcm-run-2"}


def both(second: int = 2, **more: Any) -> HistoryBuilder:
    """Return a history in which each organization creates a container in its project `prj_plain`."""
    story = HistoryBuilder()
    story.create(brief=OWN, answer=envelope() | {"startedAt": OURS}, **more)
    story.create(second, brief=THEIR, answer=envelope(second) | {"startedAt": THEIRS}, actor="other", **more)
    return story


def looked_at(story: HistoryBuilder, second: int = 2) -> HistoryBuilder:
    """Let each organization read and list what is its own, and the other organization clone its own into its project."""
    story.read(1, createdAt=OURS, updatedAt=OURS, brief=OWN)
    shown = container(second, createdAt=THEIRS, updatedAt=THEIRS, brief=THEIR)
    story.call("GET", f"/v1/content/cnt_{second}", 200, shown, actor="other")
    story.call("GET", f"/v1/jobs/job_{second}", 200, job(second, startedAt=THEIRS), actor="other")
    for query in ("", "?status=completed"):
        story.list([item(1, createdAt=OURS, projectId=PROJECT)], query=query)
        story.list([item(second, createdAt=THEIRS, projectId=PROJECT)], query=query, actor="other")
    return story


@pytest.mark.parametrize("second", [2, 1])
@pytest.mark.parametrize("key", [None, "k"])
def test_what_each_organization_has_in_its_project_of_one_id_is_its_own(second: int, key: str | None) -> None:
    story = looked_at(both(second, key=key), second)
    assert failures(story, SAME) == {}
    assert results(story, "LST-8", SAME)


def test_a_clone_of_the_other_organization_is_made_in_its_own_project() -> None:
    story = looked_at(both())
    body = {"sourcePlatformPostId": "post_1", "mode": "fork", "projectId": PROJECT}
    answer = envelope(3, kind="content_clone") | {"startedAt": "2026-04-18T12:04:40.456Z"}
    story.call("POST", "/v1/content/cnt_2/clone-from-post", 202, answer, body=body, actor="other")
    shown = container(3, createdAt="2026-04-18T12:04:40.456Z", updatedAt="2026-04-18T12:04:40.456Z", brief=THEIR)
    story.call("GET", "/v1/content/cnt_3", 200, shown, actor="other")
    story.list([item(1, createdAt=OURS, projectId=PROJECT)])
    assert failures(story, SAME) == {}


def test_a_list_that_shows_ours_to_the_other_organization_is_accused() -> None:
    story = looked_at(both())
    story.list([item(1, createdAt=OURS, projectId=PROJECT), item(2, createdAt=THEIRS)], actor="other")
    assert {"AUT-4", "LST-8"} & set(failures(story, SAME))


def test_a_list_of_ours_that_shows_theirs_is_accused() -> None:
    story = looked_at(both())
    story.list([item(2, createdAt=THEIRS, projectId=PROJECT), item(1, createdAt=OURS)])
    assert {"AUT-4", "LST-8"} & set(failures(story, SAME))


def test_a_read_of_ours_by_the_other_organization_is_accused() -> None:
    story = looked_at(both())
    story.call("GET", "/v1/content/cnt_1", 200, container(1, createdAt=OURS, updatedAt=OURS, brief=OWN), actor="other")
    assert "AUT-4" in failures(story, SAME)


def test_a_project_of_ours_whose_id_is_not_theirs_is_ours_alone() -> None:
    story = looked_at(both())
    story.call("GET", LIST.replace(PROJECT, REVIEW), 200, {"items": [item(7, projectId=REVIEW)]}, actor="other")
    assert "AUT-4" in failures(story, SAME)
