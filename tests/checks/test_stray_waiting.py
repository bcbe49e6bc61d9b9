"""Calls that must have made nothing, while they wait for a walk and for reads that clear them."""

from typing import Any

import pytest
from histories import BASE, PROJECT, REVIEW, Told, container, envelope, envelope_of_error, results
from lists import item, items
from moves import approve, reject
from stray_histories import MARK2, at, ending, made, refuse, strays

OURS = item(1, createdAt=at(0))


def refused() -> Told:
    """Record `cnt_1`, and of a create of another that was refused after it."""
    told = made()
    refuse(told, brief=MARK2, fmt="hologram")
    return told


def unread(told: Told, *numbers: int) -> Told:
    """Record a walk that shows containers which nobody has read yet, beside the known one."""
    told.list([*items(*numbers, createdAt=at(2)), OURS])
    return told


def test_a_call_waits_for_every_container_that_a_walk_shows_first() -> None:
    told = unread(refused(), 8, 9)
    told.read(8, brief={"hook": "Somebody else's"}, createdAt=at(2))
    assert results(told, "CRE-10") == []
    told.read(9, brief={"hook": "Somebody else's"}, createdAt=at(2))
    assert results(told, "CRE-10") == ["passed"]


def test_a_call_is_cleared_once() -> None:
    told = refused()
    for _ in range(3):
        told.list([OURS])
    assert results(told, "CRE-10") == ["passed"]


def test_a_call_that_had_not_ended_when_a_walk_began_waits_for_the_next_one() -> None:
    told = made()
    refuse(told, brief=MARK2, fmt="hologram", took=1.0)
    told.list([OURS], sent=1_002.9)
    assert results(told, "CRE-10") == []
    told.list([OURS], sent=1_010.0)
    assert results(told, "CRE-10") == ["passed"]


def test_every_call_before_a_walk_is_cleared_by_it() -> None:
    told = refused()
    refuse(told, brief=MARK2, fmt="hologram")
    unread(told, 9)
    told.read(9, brief={"hook": "Somebody else's"}, createdAt=at(2))
    assert results(told, "CRE-10") == ["passed", "passed"]


@pytest.mark.parametrize(("unknown", "expected"), [(50, ["passed"]), (51, [])])
def test_a_call_waits_for_fifty_containers_at_most(unknown: int, expected: list[str]) -> None:
    told, numbers = refused(), range(10, 10 + unknown)
    told.list([*items(*numbers, createdAt=at(0.5)), OURS])
    for number in numbers:
        told.read(number, brief={"hook": "Somebody else's"}, createdAt=at(0.5), updatedAt=at(1))
    assert results(told, "CRE-10") == expected


def test_a_call_whose_stray_was_found_before_the_walk_never_passes() -> None:
    told = refused()
    told.read(9, brief=MARK2, createdAt=at(2))
    unread(told, 9)
    assert results(told, "CRE-10") == ["failed"]


def test_a_call_whose_stray_is_found_after_the_walk_never_passes() -> None:
    told = unread(refused(), 8, 9)
    told.read(9, brief=MARK2, createdAt=at(2))
    told.read(8, brief={"hook": "Somebody else's"}, createdAt=at(2))
    unread(told, 8, 9)
    assert results(told, "CRE-10") == ["failed"]


@pytest.mark.parametrize("found", ["before the walk", "after it"])
def test_a_stray_of_another_kind_of_call_delays_nothing(found: str) -> None:
    told = refused()
    told.create(1, key="k")
    if found == "after it":
        unread(told, 9)
    told.read(9, createdAt=at(3))
    unread(told, 9)
    assert list(strays(told)) == ["IDM-2"]
    assert results(told, "CRE-10") == ["passed"]


def test_a_call_whose_stray_was_found_keeps_no_later_call_waiting() -> None:
    told = made()
    told.create(1, key="k")
    refuse(told, brief=MARK2, fmt="hologram")
    told.read(9, createdAt=at(2))
    unread(told, 9)
    assert list(strays(told)) == ["IDM-2"]
    assert results(told, "CRE-10") == ["passed"]


def test_a_regeneration_whose_container_a_walk_lacks_keeps_no_later_call_waiting() -> None:
    told = made()
    told.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"))
    refuse(told, brief=MARK2, fmt="hologram")
    told.list([])
    assert results(told, "CRE-10") == ["passed"]


def test_what_was_read_before_a_call_was_not_made_by_it() -> None:
    told = Told()
    told.read(9, brief=MARK2)
    refuse(told, brief=MARK2, fmt="hologram")
    told.read(9, brief=MARK2)
    assert strays(told) == {}


def test_a_refusal_for_the_pace_is_no_observation() -> None:
    told = made()
    refuse(told, brief=MARK2, status=429, answer=envelope_of_error("RATE_LIMITED"))
    told.list([OURS])
    assert results(told, "CRE-10") == []


def test_a_regeneration_of_what_nobody_knows_waits_for_no_walk() -> None:
    told = made()
    told.error("POST", "/v1/content/cnt_7/regenerate", 404, "NOT_FOUND")
    told.list([OURS, item(7, createdAt=at(-1))])
    assert "passed" not in results(told, "REG-3")


@pytest.mark.parametrize("query", ["?limit=x", "?limit=1&limit=2", "?limit=%2B5", "?format=auto"])
def test_a_walk_that_may_leave_something_out_clears_nothing(query: str) -> None:
    told = refused()
    told.list([OURS], query)
    assert results(told, "CRE-10") == []


@pytest.mark.parametrize("query", ["?limit=1", "?limit=200", "?limit=500"])
def test_a_walk_of_any_size_of_page_clears_a_call(query: str) -> None:
    told = refused()
    told.list([OURS], query)
    assert results(told, "CRE-10") == ["passed"]


@pytest.mark.parametrize("entry", [7, None, {}, {"id": 7}])
def test_a_walk_with_an_entry_that_names_no_container_clears_nothing(entry: Any) -> None:
    told = refused()
    told.list([entry, OURS])
    assert results(told, "CRE-10") == []
    assert strays(told) == {}


def test_a_walk_of_another_project_clears_nothing() -> None:
    told = refused()
    told.list([], project=REVIEW)
    assert results(told, "CRE-10") == []


def test_what_another_organization_reads_and_lists_tells_nothing() -> None:
    told = refused()
    told.call("GET", "/v1/content/cnt_9", 200, container(9, brief=MARK2, createdAt=at(2)), actor="other")
    told.list([item(9, createdAt=at(2)), OURS], actor="other")
    assert results(told, "CRE-10") == []


def test_a_container_without_a_time_may_have_been_made_by_any_call_before_it_was_met() -> None:
    told = refused()
    told.list([item(9, createdAt=None), OURS])
    assert results(told, "CRE-10") == []


def test_without_any_time_before_a_call_it_waits_for_all_that_is_new() -> None:
    told = Told()
    refuse(told, brief=MARK2, fmt="hologram")
    told.list([item(9, createdAt=at(-9))])
    assert results(told, "CRE-10") == []
    told.read(9, brief={"hook": "Somebody else's"}, createdAt=at(-9))
    assert results(told, "CRE-10") == ["passed"]


def test_the_newest_time_that_was_met_stays_the_newest() -> None:
    told = made()
    told.read(1, createdAt=at(0))
    told.list([OURS, item(3, createdAt=at(-9), brief={"hook": "Old"}), item(4, createdAt=None)])
    refuse(told, brief=MARK2, fmt="hologram")
    told.list([OURS, item(9, createdAt=at(-1)), item(3, createdAt=at(-9)), item(4, createdAt=None)])
    assert results(told, "CRE-10") == ["passed"]


def test_a_container_that_is_shown_without_a_brief_is_not_cleared_by_that() -> None:
    told = refused()
    told.read(9, brief=None, createdAt=at(2))
    ending(told, 2, MARK2)
    assert list(strays(told)) == ["CRE-10"]


def test_a_container_that_a_decision_names_is_named() -> None:
    told = refused()
    told.call("POST", "/v1/content/cnt_9/approve", 200, {"id": "cnt_9", "approvalStatus": "approved"})
    approve(told, 200, answer={"id": 7})
    ending(told, 2, MARK2)
    assert strays(told) == {}
    assert "passed" in results(told, "CRE-10")


def test_a_refusal_names_nothing() -> None:
    told = made()
    refuse(told, brief=MARK2, fmt="hologram", answer={"id": "cnt_9", "containerId": "cnt_9"})
    ending(told, 2, MARK2)
    assert list(strays(told)) == ["CRE-10"]


@pytest.mark.parametrize("project", [None, 7])
def test_a_stray_that_names_no_project_is_looked_for_among_all_calls(project: Any) -> None:
    told = made()
    refuse(told, brief=MARK2, fmt="hologram", project=REVIEW)
    told.read(9, brief=MARK2, createdAt=at(2), projectId=project)
    assert list(strays(told)) == ["CRE-10"]


def test_an_item_of_a_list_is_of_the_project_that_was_listed() -> None:
    told = made()
    refuse(told, brief=MARK2, fmt="hologram", project=REVIEW)
    told.list([item(9, brief=MARK2, createdAt=at(2)), OURS])
    assert strays(told) == {}
    told.list([item(8, brief=MARK2, createdAt=at(2))], project=REVIEW)
    assert list(strays(told)) == ["CRE-10"]


def test_a_regeneration_of_the_marked_container_is_a_suspect_though_it_carries_no_mark() -> None:
    told = made()
    told.at += 20
    told.call("POST", "/v1/content/cnt_1/regenerate", 422, envelope_of_error("VALIDATION"), body={"patch": {"hook": 7}})
    ending(told, 22)
    assert list(strays(told)) == ["REG-3"]


def test_a_refused_clone_is_a_suspect_where_the_mark_came_with_the_patch_of_a_reject() -> None:
    told = made()
    reject(told, 202, regenerates=MARK2, answer={"jobId": "job_2"})
    told.error("POST", "/v1/content/cnt_1/clone-from-post", 404, "NOT_FOUND", body={"sourcePlatformPostId": "post_7"})
    ending(told, 3, MARK2)
    assert list(strays(told)) == ["CLO-4"]


def test_a_clock_that_is_moved_later_leaves_earlier_calls_where_they_were() -> None:
    told = made()
    refuse(told, fmt="hologram")
    told.call("POST", f"{BASE}/_sandbox/clock", 200, {}, body={"advanceSeconds": 30})
    ending(told, 32)
    assert strays(told) == {}


def test_an_archived_project_is_not_looked_through() -> None:
    told = refused()
    told.call("DELETE", f"/v1/projects/{PROJECT}", 200, {})
    told.list([item(9, brief=MARK2, createdAt=at(2)), OURS])
    assert results(told, "CRE-10") == []


def test_two_accepted_regenerations_are_each_cleared_by_a_walk_that_shows_their_container() -> None:
    told = made()
    for number in (2, 3):
        told.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(number, container_id="cnt_1"))
    told.list([OURS])
    assert results(told, "REG-3").count("passed") >= 2
