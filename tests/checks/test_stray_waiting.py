"""Calls that must have made nothing, while they wait for a walk and for reads that clear them."""

from typing import Any

import pytest
from histories import BASE, PROJECT, REVIEW, HistoryBuilder, container, envelope, envelope_of_error, results
from lists import item, items
from moves import approve, reject
from stray_histories import MARK2, at, ending, made, refuse, strays

OURS = item(1, createdAt=at(0))


def refused() -> HistoryBuilder:
    """Record `cnt_1`, and of a create of another that was refused after it."""
    story = made()
    refuse(story, brief=MARK2, fmt="hologram")
    return story


def unread(story: HistoryBuilder, *numbers: int) -> HistoryBuilder:
    """Record a walk that shows containers which nobody has read yet, beside the known one."""
    story.list([*items(*numbers, createdAt=at(2)), OURS])
    return story


def test_a_call_waits_for_every_container_that_a_walk_shows_first() -> None:
    story = unread(refused(), 8, 9)
    story.read(8, brief={"hook": "Somebody else's"}, createdAt=at(2))
    assert results(story, "CRE-10") == []
    story.read(9, brief={"hook": "Somebody else's"}, createdAt=at(2))
    assert results(story, "CRE-10") == ["passed"]


def test_a_call_is_cleared_once() -> None:
    story = refused()
    for _ in range(3):
        story.list([OURS])
    assert results(story, "CRE-10") == ["passed"]


def test_a_call_that_had_not_ended_when_a_walk_began_waits_for_the_next_one() -> None:
    story = made()
    refuse(story, brief=MARK2, fmt="hologram", took=1.0)
    story.list([OURS], sent=1_002.9)
    assert results(story, "CRE-10") == []
    story.list([OURS], sent=1_010.0)
    assert results(story, "CRE-10") == ["passed"]


def test_every_call_before_a_walk_is_cleared_by_it() -> None:
    story = refused()
    refuse(story, brief=MARK2, fmt="hologram")
    unread(story, 9)
    story.read(9, brief={"hook": "Somebody else's"}, createdAt=at(2))
    assert results(story, "CRE-10") == ["passed", "passed"]


@pytest.mark.parametrize(("unknown", "expected"), [(50, ["passed"]), (51, [])])
def test_a_call_waits_for_fifty_containers_at_most(unknown: int, expected: list[str]) -> None:
    story, numbers = refused(), range(10, 10 + unknown)
    story.list([*items(*numbers, createdAt=at(0.5)), OURS])
    for number in numbers:
        story.read(number, brief={"hook": "Somebody else's"}, createdAt=at(0.5), updatedAt=at(1))
    assert results(story, "CRE-10") == expected


def test_a_call_whose_stray_was_found_before_the_walk_never_passes() -> None:
    story = refused()
    story.read(9, brief=MARK2, createdAt=at(2))
    unread(story, 9)
    assert results(story, "CRE-10") == ["failed"]


def test_a_call_whose_stray_is_found_after_the_walk_never_passes() -> None:
    story = unread(refused(), 8, 9)
    story.read(9, brief=MARK2, createdAt=at(2))
    story.read(8, brief={"hook": "Somebody else's"}, createdAt=at(2))
    unread(story, 8, 9)
    assert results(story, "CRE-10") == ["failed"]


@pytest.mark.parametrize("found", ["before the walk", "after it"])
def test_a_stray_of_another_kind_of_call_delays_nothing(found: str) -> None:
    story = refused()
    story.create(1, key="k")
    if found == "after it":
        unread(story, 9)
    story.read(9, createdAt=at(3))
    unread(story, 9)
    assert list(strays(story)) == ["IDM-2"]
    assert results(story, "CRE-10") == ["passed"]


def test_a_call_whose_stray_was_found_keeps_no_later_call_waiting() -> None:
    story = made()
    story.create(1, key="k")
    refuse(story, brief=MARK2, fmt="hologram")
    story.read(9, createdAt=at(2))
    unread(story, 9)
    assert list(strays(story)) == ["IDM-2"]
    assert results(story, "CRE-10") == ["passed"]


def test_a_regeneration_whose_container_a_walk_lacks_keeps_no_later_call_waiting() -> None:
    story = made()
    story.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"))
    refuse(story, brief=MARK2, fmt="hologram")
    story.list([])
    assert results(story, "CRE-10") == ["passed"]


def test_what_was_read_before_a_call_was_not_made_by_it() -> None:
    story = HistoryBuilder()
    story.read(9, brief=MARK2)
    refuse(story, brief=MARK2, fmt="hologram")
    story.read(9, brief=MARK2)
    assert strays(story) == {}


def test_a_refusal_for_the_pace_is_no_observation() -> None:
    story = made()
    refuse(story, brief=MARK2, status=429, answer=envelope_of_error("RATE_LIMITED"))
    story.list([OURS])
    assert results(story, "CRE-10") == []


def test_a_regeneration_of_what_nobody_knows_waits_for_no_walk() -> None:
    story = made()
    story.error("POST", "/v1/content/cnt_7/regenerate", 404, "NOT_FOUND")
    story.list([OURS, item(7, createdAt=at(-1))])
    assert "passed" not in results(story, "REG-3")


@pytest.mark.parametrize("query", ["?limit=x", "?limit=1&limit=2", "?limit=%2B5", "?format=auto"])
def test_a_walk_that_may_leave_something_out_clears_nothing(query: str) -> None:
    story = refused()
    story.list([OURS], query)
    assert results(story, "CRE-10") == []


@pytest.mark.parametrize("query", ["?limit=1", "?limit=200", "?limit=500"])
def test_a_walk_of_any_size_of_page_clears_a_call(query: str) -> None:
    story = refused()
    story.list([OURS], query)
    assert results(story, "CRE-10") == ["passed"]


@pytest.mark.parametrize("entry", [7, None, {}, {"id": 7}])
def test_a_walk_with_an_entry_that_names_no_container_clears_nothing(entry: Any) -> None:
    story = refused()
    story.list([entry, OURS])
    assert results(story, "CRE-10") == []
    assert strays(story) == {}


def test_a_walk_of_another_project_clears_nothing() -> None:
    story = refused()
    story.list([], project=REVIEW)
    assert results(story, "CRE-10") == []


def test_what_another_organization_reads_and_lists_tells_nothing() -> None:
    story = refused()
    story.call("GET", "/v1/content/cnt_9", 200, container(9, brief=MARK2, createdAt=at(2)), actor="other")
    story.list([item(9, createdAt=at(2)), OURS], actor="other")
    assert results(story, "CRE-10") == []


def test_a_container_without_a_time_may_have_been_made_by_any_call_before_it_was_met() -> None:
    story = refused()
    story.list([item(9, createdAt=None), OURS])
    assert results(story, "CRE-10") == []


def test_without_any_time_before_a_call_it_waits_for_all_that_is_new() -> None:
    story = HistoryBuilder()
    refuse(story, brief=MARK2, fmt="hologram")
    story.list([item(9, createdAt=at(-9))])
    assert results(story, "CRE-10") == []
    story.read(9, brief={"hook": "Somebody else's"}, createdAt=at(-9))
    assert results(story, "CRE-10") == ["passed"]


def test_the_newest_time_that_was_met_stays_the_newest() -> None:
    story = made()
    story.read(1, createdAt=at(0))
    story.list([OURS, item(3, createdAt=at(-9), brief={"hook": "Old"}), item(4, createdAt=None)])
    refuse(story, brief=MARK2, fmt="hologram")
    story.list([OURS, item(9, createdAt=at(-1)), item(3, createdAt=at(-9)), item(4, createdAt=None)])
    assert results(story, "CRE-10") == ["passed"]


def test_a_container_that_is_shown_without_a_brief_is_not_cleared_by_that() -> None:
    story = refused()
    story.read(9, brief=None, createdAt=at(2))
    ending(story, 2, MARK2)
    assert list(strays(story)) == ["CRE-10"]


def test_a_container_that_a_decision_names_is_named() -> None:
    story = refused()
    story.call("POST", "/v1/content/cnt_9/approve", 200, {"id": "cnt_9", "approvalStatus": "approved"})
    approve(story, 200, answer={"id": 7})
    ending(story, 2, MARK2)
    assert strays(story) == {}
    assert "passed" in results(story, "CRE-10")


def test_a_refusal_names_nothing() -> None:
    story = made()
    refuse(story, brief=MARK2, fmt="hologram", answer={"id": "cnt_9", "containerId": "cnt_9"})
    ending(story, 2, MARK2)
    assert list(strays(story)) == ["CRE-10"]


@pytest.mark.parametrize("project", [None, 7])
def test_a_stray_that_names_no_project_is_looked_for_among_all_calls(project: Any) -> None:
    story = made()
    refuse(story, brief=MARK2, fmt="hologram", project=REVIEW)
    story.read(9, brief=MARK2, createdAt=at(2), projectId=project)
    assert list(strays(story)) == ["CRE-10"]


def test_an_item_of_a_list_is_of_the_project_that_was_listed() -> None:
    story = made()
    refuse(story, brief=MARK2, fmt="hologram", project=REVIEW)
    story.list([item(9, brief=MARK2, createdAt=at(2)), OURS])
    assert strays(story) == {}
    story.list([item(8, brief=MARK2, createdAt=at(2))], project=REVIEW)
    assert list(strays(story)) == ["CRE-10"]


def test_a_regeneration_of_the_marked_container_is_a_suspect_though_it_carries_no_mark() -> None:
    story = made()
    story.at += 20
    story.call(
        "POST", "/v1/content/cnt_1/regenerate", 422, envelope_of_error("VALIDATION"), body={"patch": {"hook": 7}}
    )
    ending(story, 22)
    assert list(strays(story)) == ["REG-3"]


def test_a_refused_clone_is_a_suspect_where_the_mark_came_with_the_patch_of_a_reject() -> None:
    story = made()
    reject(story, 202, regenerates=MARK2, answer={"jobId": "job_2"})
    story.error("POST", "/v1/content/cnt_1/clone-from-post", 404, "NOT_FOUND", body={"sourcePlatformPostId": "post_7"})
    ending(story, 3, MARK2)
    assert list(strays(story)) == ["CLO-4"]


def test_a_clock_that_is_moved_later_leaves_earlier_calls_where_they_were() -> None:
    story = made()
    refuse(story, fmt="hologram")
    story.call("POST", f"{BASE}/_sandbox/clock", 200, {}, body={"advanceSeconds": 30})
    ending(story, 32)
    assert strays(story) == {}


def test_an_archived_project_is_not_looked_through() -> None:
    story = refused()
    story.call("DELETE", f"/v1/projects/{PROJECT}", 200, {})
    story.list([item(9, brief=MARK2, createdAt=at(2)), OURS])
    assert results(story, "CRE-10") == []


def test_two_accepted_regenerations_are_each_cleared_by_a_walk_that_shows_their_container() -> None:
    story = made()
    for number in (2, 3):
        story.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(number, container_id="cnt_1"))
    story.list([OURS])
    assert results(story, "REG-3").count("passed") >= 2
