"""LST-1 and LST-7: what happens during a walk, and to whom a disturbance is put down."""

import pytest
from histories import PROJECT, REVIEW, HistoryBuilder, failures, results
from lists import items
from moves import clone


def begun(*, elsewhere: bool = False) -> HistoryBuilder:
    """Record three containers, perhaps of one in another project, and of the first page of a walk along them."""
    story = HistoryBuilder()
    for n in (1, 2, 3):
        story.create(n)
        story.read(n)
    if elsewhere:
        story.create(8, project=REVIEW)
    story.list(items(3, 2), "?limit=2", cursor="c1")
    return story


@pytest.mark.parametrize(("source", "requirement"), [("cnt_1", "LST-7"), ("cnt_8", "LST-1"), ("cnt_99", "LST-7")])
def test_a_clone_during_a_walk_is_a_creation_where_its_source_may_be_at_home(source: str, requirement: str) -> None:
    story = begun(elsewhere=True)
    clone(story, 4, path=f"/v1/content/{source}/clone-from-post")
    story.list(items(2, 1), "?limit=2&cursor=c1")
    found = failures(story)
    assert [name for name in found if name in {"LST-1", "LST-7"}] == [requirement]
    assert "Container cnt_2 appears on page 1 of a walk and again on page 2" in found[requirement][0]


def test_a_clone_that_is_refused_during_a_walk_is_no_creation() -> None:
    story = begun()
    clone(story, 4, status=404, post="post_9")
    story.list(items(2, 1), "?limit=2&cursor=c1")
    assert [name for name in failures(story) if name in {"LST-1", "LST-7"}] == ["LST-1"]


def test_a_creation_that_was_sent_before_a_walk_may_take_effect_during_it() -> None:
    story = HistoryBuilder()
    story.create(1)
    story.create(2)
    story.create(3, took=10.0)
    story.create(4)
    story.list(items(2), "?limit=1", cursor="c1")
    story.list(items(2, 1), "?limit=1&cursor=c1")
    assert "a container was created during the walk" in failures(story)["LST-7"][0]


def test_a_creation_hides_one_container_where_walks_lack_another_anyway() -> None:
    story = HistoryBuilder()
    for n in (1, 2, 3):
        story.create(n)
        story.read(n)
    story.list(items(3, 2))
    story.list(items(3), "?limit=1", cursor="c1")
    story.create(4)
    story.list([], "?limit=1&cursor=c1")
    found = failures(story)
    assert "Container cnt_1 existed" in found["LST-1"][0]
    assert "Container cnt_2 existed" in found["LST-7"][0]


def going_back(*later: int) -> HistoryBuilder:
    """Record a walk whose caller goes back to the cursor of its first page, and meets these containers then."""
    story = begun()
    story.list([], "?limit=2&cursor=c1", cursor="c2")
    story.list(items(*later), "?limit=2&cursor=c1")
    return story


def test_a_caller_who_goes_back_to_a_cursor_walks_on_from_there() -> None:
    story = going_back(1)
    assert results(story, "LST-1") == ["passed"]
    assert failures(story) == {}


@pytest.mark.parametrize(
    ("later", "fault"), [((), "does not include it"), ((1, 2), "appears on page 1 of a walk and again on page 2")]
)
def test_a_caller_who_goes_back_must_meet_every_container_exactly_once(later: tuple[int, ...], fault: str) -> None:
    assert fault in failures(going_back(*later))["LST-1"][0]


def test_a_caller_who_goes_back_does_so_in_one_list_alone() -> None:
    story = begun()
    story.list([], "?limit=2&cursor=c1", cursor="c2")
    story.list([], "?limit=1&cursor=c1")
    story.list([], "?limit=2&status=completed&cursor=c1")
    story.list([], "?limit=2&cursor=c1", project=REVIEW)
    assert results(story, "LST-1") == []


def test_the_cursor_of_a_walk_that_goes_on_may_be_refused_a_second_time() -> None:
    story = begun()
    story.list(items(1), "?limit=2&cursor=c1", cursor="c2")
    story.error("GET", f"/v1/projects/{PROJECT}/content?limit=2&cursor=c1", 410, "NOT_FOUND")
    story.list([], "?limit=2&cursor=c2")
    assert failures(story) == {}
