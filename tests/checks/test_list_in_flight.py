"""LST-4 of what is in flight: when a list by such a status says nothing of a container that it lacks."""

from typing import Any

import pytest
from histories import HistoryBuilder, results
from lists import item


def generating(**first: Any) -> HistoryBuilder:
    """Record a container that was made and read while it generated."""
    story = HistoryBuilder()
    story.create(1)
    story.read(1, status="generating", **first)
    return story


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ([{"status": "generating"}], "?status=generating"),
        ([], "?status=generating&limit=0"),
        ([], "?status=generating&limit=05"),
        ([], "?status=generating&search=x"),
        ([], "?format=ugc_remix"),
    ],
)
def test_a_list_that_may_hold_back_more_than_its_status_says_lacks_nothing(page: Any, query: str) -> None:
    story = generating()
    story.list(page, query)
    story.read(1, status="generating")
    assert results(story, "LST-4") == []


def test_a_list_that_began_before_the_first_read_had_ended_lacks_nothing() -> None:
    story = generating(took=2.0)
    story.list([], "?status=generating", sent=1002.0, took=2.0)
    story.read(1, status="generating", sent=1005.0)
    assert results(story, "LST-4") == []


def test_a_list_that_had_not_ended_at_the_second_read_lacks_nothing() -> None:
    story = generating()
    story.list([], "?status=generating", sent=1002.0, took=1.5)
    story.read(1, status="generating", sent=1003.0, took=2.0)
    assert results(story, "LST-4") == []


def test_a_container_of_others_may_have_moved_to_and_fro() -> None:
    story = HistoryBuilder()
    story.read(1, status="generating")
    story.list([], "?status=generating")
    story.read(1, status="generating")
    assert results(story, "LST-4") == []


def test_another_organizations_read_is_none() -> None:
    story = generating()
    story.list([], "?status=generating")
    story.call("GET", "/v1/content/cnt_1", answer={"id": "cnt_1", "status": "generating"}, actor="other")
    assert results(story, "LST-4") == []


def test_the_last_walk_by_each_status_counts() -> None:
    story = generating()
    story.list([item(1, status="generating")], "?status=generating")
    story.list([], "?status=queued")
    story.list([], "?status=generating")
    story.read(1, status="generating")
    # The first list kept its filter, the second lacked nothing, and only the third lost the container.
    assert results(story, "LST-4") == ["passed", "failed"]
