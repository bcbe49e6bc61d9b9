"""Lists that are refused as a whole: LST-1."""

from typing import Any

import pytest
from histories import LIST, PROJECT, HistoryBuilder, failures


def refused(status: int, query: str = "", *, again: bool = True, **more: Any) -> HistoryBuilder:
    """Record a create, and a list of its project that is refused, and perhaps another create."""
    story = HistoryBuilder()
    story.create(1)
    story.error("GET", f"{LIST}{query}", status, "CONFLICT", **more)
    if again:
        story.create(2)
    return story


@pytest.mark.parametrize("status", [404, 409, 410])
@pytest.mark.parametrize("query", ["", "?limit=200"])
def test_a_list_that_is_refused_between_two_creates_is_accused(status: int, query: str) -> None:
    message = (
        f"The list of project {PROJECT}, in which containers were created before and after, was answered {status}."
    )
    assert failures(refused(status, query))["LST-1"] == [message]


@pytest.mark.parametrize("status", [400, 405, 422, 501])
def test_a_list_that_is_refused_as_no_archived_one_is_accused_at_once(status: int) -> None:
    message = f"The list of project {PROJECT}, in which containers were created before, was answered {status}."
    assert failures(refused(status, again=False))["LST-1"] == [message]


@pytest.mark.parametrize("status", [404, 409, 410])
def test_the_list_of_a_project_that_another_client_may_have_archived_may_be_refused(status: int) -> None:
    assert "LST-1" not in failures(refused(status, again=False))


@pytest.mark.parametrize(
    "story",
    [
        refused(429),
        refused(403),
        refused(401),
        refused(409, "?limit=0"),
        refused(409, "?status=completed"),
        refused(400, "?search=x"),
        refused(400, "?cursor=c1"),
        refused(422, "?cursor=c1&cursor=c2"),
        refused(404, actor="other"),
        refused(409, headers={"X-HTTP-Method-Override": "DELETE"}),
        refused(409, took=1.5),
    ],
)
def test_a_list_may_be_refused_for_something_else(story: HistoryBuilder) -> None:
    assert "LST-1" not in failures(story)


def test_the_list_of_a_project_that_is_not_known_to_live_may_be_refused() -> None:
    story = HistoryBuilder()
    story.error("GET", LIST, 400, "CONFLICT")
    story.create(1)
    assert "LST-1" not in failures(story)


def test_the_list_of_a_project_that_may_be_archived_may_be_refused() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.call("DELETE", f"/v1/projects/{PROJECT}", None, error="timed out")
    story.error("GET", LIST, 409, "CONFLICT")
    story.create(2)
    assert "LST-1" not in failures(story)
