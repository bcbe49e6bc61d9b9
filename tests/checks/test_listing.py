"""LST-1 and LST-7: a walk meets every container exactly once, and ends."""

import pytest
from histories import PROJECT, REVIEW, HistoryBuilder, failures, results
from lists import items, made
from moves import clone


def test_a_walk_that_meets_every_container_passes() -> None:
    story = made(1, 2, 3)
    story.list(items(3, 2), "?limit=2", cursor="c1")
    story.list(items(1), "?limit=2&cursor=c1")
    assert results(story, "LST-1") == ["passed"]
    assert results(story, "LST-7") == []
    assert failures(story) == {}


def test_a_walk_of_a_project_of_which_nothing_is_known_shows_nothing() -> None:
    story = HistoryBuilder()
    story.list(items(1))
    assert results(story, "LST-1") == []


def test_a_walk_that_lacks_a_container_fails() -> None:
    story = made(1, 2, 3)
    story.list(items(3), "?limit=1", cursor="c1")
    story.list(items(1), "?limit=1&cursor=c1")
    assert failures(story) == {
        "LST-1": ["Container cnt_2 existed before a walk began, but the walk of 2 items does not include it."]
    }


def test_a_walk_that_has_not_ended_lacks_nothing() -> None:
    story = made(1, 2)
    story.list(items(2), "?limit=1", cursor="c1")
    assert failures(story) == {}


@pytest.mark.parametrize("query", ["?status=completed&limit=0", "?limit=0", "?limit=1&limit=2", "?foo=1"])
def test_only_a_plain_unfiltered_walk_is_whole(query: str) -> None:
    story = made(1)
    story.list([], query)
    assert "LST-1" not in failures(story)


def test_a_walk_with_an_unreadable_item_lacks_nothing() -> None:
    story = made(1)
    story.list([{"status": "completed"}])
    assert "LST-1" not in failures(story)


@pytest.mark.parametrize(("sent", "accused"), [(999.99, []), (1000.0, ["LST-1"])])
def test_a_container_must_exist_before_the_walk_begins(sent: float, accused: list[str]) -> None:
    story = HistoryBuilder()
    story.create(1, sent=999.0, took=1.0)
    story.read(1, sent=1003.0)
    story.list([], sent=sent)
    assert list(failures(story)) == accused


def test_a_container_that_only_its_creation_shows_is_judged_when_it_is_read() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.list([])
    assert failures(story) == {}
    story.read(1)
    assert list(failures(story)) == ["LST-1"]


def test_a_container_that_cannot_be_read_is_no_matter_of_the_list() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.list([])
    story.error("GET", "/v1/content/cnt_1", 404, "NOT_FOUND")
    story.list([])
    story.read(1)
    assert "LST-1" not in failures(story)


def test_a_container_that_shows_another_project_is_no_matter_of_the_list() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.read(1, projectId=REVIEW)
    story.list([])
    assert "LST-1" not in failures(story)


def test_what_was_listed_once_must_be_listed_again() -> None:
    story = HistoryBuilder()
    story.list(items(1, 2))
    story.list(items(1))
    assert "Container cnt_2 existed before a walk began" in failures(story)["LST-1"][0]


def test_a_container_of_another_project_need_not_be_listed_again() -> None:
    story = HistoryBuilder()
    story.create(1, project=REVIEW)
    story.list(items(1))
    story.list([])
    assert "LST-1" not in failures(story)


def test_an_accepted_invalid_create_need_not_be_listed() -> None:
    story = HistoryBuilder()
    story.create(1, fmt="hologram")
    story.list([])
    story.read(1)
    story.list([])
    assert len(failures(story).get("LST-1", [])) == 1


def test_an_archived_project_is_not_judged() -> None:
    story = made(1)
    story.call("DELETE", f"/v1/projects/{PROJECT}", 200, {})
    story.list([])
    assert "LST-1" not in failures(story)


def test_a_refused_archive_changes_nothing() -> None:
    story = made(1)
    story.error("DELETE", f"/v1/projects/{PROJECT}", 403, "FORBIDDEN_SCOPE")
    story.list([])
    assert "LST-1" in failures(story)


def test_another_organizations_walk_is_not_judged() -> None:
    story = made(1)
    story.list([], actor="other")
    assert "LST-1" not in failures(story)


def test_a_container_that_stands_twice_fails() -> None:
    story = made(1, 2)
    story.list(items(2, 1), "?limit=2", cursor="c1")
    story.list(items(1), "?limit=2&cursor=c1")
    assert failures(story) == {"LST-1": ["Container cnt_1 appears on page 1 of a walk and again on page 2."]}


def test_a_container_that_stands_twice_on_one_page_fails() -> None:
    story = made(1)
    story.list(items(1, 1))
    assert failures(story) == {"LST-1": ["Container cnt_1 appears on page 1 of a walk and again on page 1."]}


def test_a_filtered_walk_meets_nothing_twice_either() -> None:
    story = made(1, 2)
    story.list(items(2, 1), "?limit=2&status=completed", cursor="c1")
    story.list(items(1), "?limit=2&cursor=c1&status=completed")
    assert list(failures(story)) == ["LST-1"]


def inserting(status: int | None = 202) -> HistoryBuilder:
    """Record a walk with a creation between its two pages."""
    story = made(1, 2, 3)
    story.list(items(3, 2), "?limit=2", cursor="c1")
    if status == 202:
        story.create(4)
    else:
        story.create(4, status=status, answer=None)
    return story


def test_a_creation_during_a_walk_that_disturbs_nothing_passes() -> None:
    story = inserting()
    story.list(items(1), "?limit=2&cursor=c1")
    assert results(story, "LST-7") == ["passed"]
    assert results(story, "LST-1") == ["passed"]
    assert failures(story) == {}


def test_a_creation_without_an_answer_beside_an_accepted_one_hides_nothing() -> None:
    story = inserting()
    story.create(5, status=None, answer=None)
    story.list(items(1), "?limit=2&cursor=c1")
    assert results(story, "LST-7") == ["passed"]


def test_a_creation_without_an_answer_alone_shows_nothing() -> None:
    story = inserting(None)
    story.list(items(1), "?limit=2&cursor=c1")
    assert results(story, "LST-7") == []


@pytest.mark.parametrize("status", [202, None])
def test_a_creation_during_a_walk_that_shifts_a_container_fails(status: int | None) -> None:
    story = inserting(status)
    story.list(items(2, 1), "?limit=2&cursor=c1")
    message = (
        "Container cnt_2 appears on page 1 of a walk and again on page 2; a container was created during the walk."
    )
    assert failures(story) == {"LST-7": [message]}


def test_a_creation_during_a_walk_that_hides_a_container_fails() -> None:
    story = inserting()
    story.list([], "?limit=2&cursor=c1")
    assert list(failures(story)) == ["LST-7"]
    assert "cnt_1" in failures(story)["LST-7"][0]


def test_a_creation_elsewhere_or_before_is_none_during_the_walk() -> None:
    story = made(1, 2, 3)
    story.create(4, project=REVIEW)
    story.list(items(3, 2), "?limit=2", cursor="c1")
    story.create(5, project=REVIEW)
    story.list(items(1), "?limit=2&cursor=c1")
    assert results(story, "LST-7") == []
    assert results(story, "LST-1") == ["passed"]


def test_a_refused_creation_during_a_walk_is_none() -> None:
    story = made(1, 2)
    story.list(items(2), "?limit=1", cursor="c1")
    story.create(3, status=429, answer=None)
    story.list(items(2), "?limit=1&cursor=c1")
    assert "LST-1" in failures(story)
    assert "LST-7" not in failures(story)


def test_a_container_that_walks_lack_anyway_is_not_hidden_by_a_creation() -> None:
    story = made(1, 2, 3)
    story.list(items(3, 2))
    story.list(items(3), "?limit=1", cursor="c1")
    story.create(4)
    story.list(items(2), "?limit=1&cursor=c1")
    assert list(failures(story)) == ["LST-1"]


def test_a_cursor_that_is_refused_after_a_creation_fails_as_such() -> None:
    story = inserting()
    story.error("GET", f"/v1/projects/{PROJECT}/content?limit=2&cursor=c1", 400, "VALIDATION")
    assert "after a creation" in failures(story)["LST-7"][0]
    assert "LST-1" not in failures(story)


@pytest.mark.parametrize(("status", "accused"), [("completed", True), ("failed", False)])
def test_what_a_completed_job_made_is_missed_though_nobody_read_it(status: str, accused: bool) -> None:  # noqa: FBT001 - a parameter of the test
    story = HistoryBuilder()
    story.create()
    story.list(items(3))
    story.job(status=status)
    assert ("LST-1" in failures(story)) == accused


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_container_that_can_no_longer_be_read_need_not_be_listed(status: int) -> None:
    story = made(1)
    story.error("GET", "/v1/content/cnt_1", status, "NOT_FOUND")
    story.list([])
    assert "LST-1" not in failures(story)


@pytest.mark.parametrize(("asked", "requirement"), [(PROJECT, "LST-7"), (REVIEW, "LST-1")])
def test_a_clone_during_a_walk_is_one_in_the_project_that_it_asks_for(asked: str, requirement: str) -> None:
    story = made(1, 2, 3)
    story.list(items(3, 2), "?limit=2", cursor="c1")
    clone(
        story, 4, path="/v1/content/cnt_2/clone-from-post", body={"sourcePlatformPostId": "post_1", "projectId": asked}
    )
    story.list(items(2, 1), "?limit=2&cursor=c1")
    assert list(failures(story)) == [requirement]
