"""Containers that no accepted call named, and who made them."""

from dataclasses import replace
from typing import Any

import pytest
from histories import (
    BASE,
    FACTS,
    FOREIGN,
    PROJECT,
    REVIEW,
    HistoryBuilder,
    envelope,
    envelope_of_error,
    failures,
    results,
)
from lists import item
from moves import regenerate
from stray_histories import FAMILY, MARK2, REFUSED, at, ending, made, refuse, strays

from conformance.history.observation import TargetFacts

CONFLICT: dict[str, Any] = {"status": 409, "answer": envelope_of_error("IDEMPOTENCY_CONFLICT")}
DENIED: dict[str, Any] = {"status": 401, "answer": envelope_of_error("UNAUTHENTICATED")}


def test_a_container_of_a_refused_create_fails() -> None:
    story = made()
    refuse(story, brief=MARK2, fmt="hologram")
    ending(story, 2, MARK2)
    message = "Container cnt_9 exists although no answer named it; by its mark and its time, createContent made it, which was answered 422."
    assert strays(story) == {"CRE-10": [message]}


def test_a_list_item_with_a_brief_shows_it_too() -> None:
    story = HistoryBuilder()
    refuse(story, brief=MARK2, fmt="hologram")
    story.list([item(9, brief=MARK2)])
    assert list(strays(story)) == ["CRE-10"]


def test_a_refused_create_that_left_nothing_passes_at_the_next_whole_walk() -> None:
    story = made()
    refuse(story, brief=MARK2, fmt="hologram")
    story.list([item(1, createdAt=at(0))], "?limit=1", cursor="c")
    assert results(story, "CRE-10") == []
    story.list([], "?limit=1&cursor=c")
    story.list([item(1, createdAt=at(0))])
    assert results(story, "CRE-10") == ["passed"]
    assert strays(story) == {}


@pytest.mark.parametrize("query", ["?status=completed", "?limit=0"])
def test_only_a_whole_walk_clears_a_call(query: str) -> None:
    story = made()
    refuse(story, brief=MARK2, fmt="hologram")
    story.list([item(1)], query)
    assert results(story, "CRE-10") == []


def test_a_walk_that_began_too_early_clears_nothing() -> None:
    story = made()
    refuse(story, brief=MARK2, fmt="hologram", took=1.0)
    story.list([item(1)], sent=1002.9, took=2.0)
    assert results(story, "CRE-10") == []


def test_a_call_waits_until_what_a_walk_shows_first_is_read() -> None:
    story = made()
    refuse(story, brief=MARK2, fmt="hologram")
    story.list([item(9, createdAt=at(2)), item(1, createdAt=at(0))])
    assert results(story, "CRE-10") == []
    story.read(9, brief={"hook": "Somebody else's"}, createdAt=at(2))
    assert results(story, "CRE-10") == ["passed"]


@pytest.mark.parametrize("known", ["listed before", "older", "named"])
def test_what_a_call_cannot_have_made_delays_nothing(known: str) -> None:
    story = made()
    if known == "listed before":
        story.list([item(9, createdAt=at(2))])
    if known == "named":
        story.create(9)
    refuse(story, brief=MARK2, fmt="hologram")
    story.list([item(9, createdAt=at(-1) if known == "older" else at(2)), item(1, createdAt=at(0))])
    assert "passed" in results(story, "CRE-10")


@pytest.mark.parametrize("status", [500, 503, None])
def test_a_call_without_an_answer_may_have_made_it(status: int | None) -> None:
    story = made()
    refuse(story, brief=MARK2, fmt="hologram")
    refuse(story, brief=MARK2, fmt="hologram", status=status, answer=None)
    ending(story, 2, MARK2)
    assert strays(story) == {}


def test_an_unknown_mark_is_not_ours() -> None:
    story = made()
    refuse(story, brief=MARK2, fmt="hologram")
    ending(story, 2, {"hook": "Mornings lcm-other-9"})
    assert strays(story) == {}


def test_hooks_without_a_mark_prove_nothing() -> None:
    story = HistoryBuilder()
    refuse(story, brief={"hook": "Plain"}, fmt="hologram")
    story.read(9, brief={"hook": "Plain"})
    assert strays(story) == {}


@pytest.mark.parametrize("brief", [None, [], {"hook": 7}, "lcm-run-2"])
def test_briefs_may_be_anything(brief: Any) -> None:
    story = HistoryBuilder()
    refuse(story, brief=MARK2, fmt="hologram")
    story.read(9, brief=brief)
    story.list([item(9, brief=brief)])
    assert strays(story) == {}


def test_a_container_of_an_unauthorized_create_fails() -> None:
    story = HistoryBuilder()
    story.create(5, brief=MARK2, actor="anonymous", **DENIED)
    story.read(9, brief=MARK2)
    assert list(strays(story)) == ["AUT-3"]


def test_a_container_of_another_organizations_refused_create_fails() -> None:
    story = HistoryBuilder()
    story.create(5, brief=MARK2, actor="other", status=404, answer=envelope_of_error("NOT_FOUND"))
    story.read(9, brief=MARK2)
    assert list(strays(story)) == ["AUT-4"]


def test_another_organizations_own_project_is_not_judged() -> None:
    story = HistoryBuilder()
    story.create(5, brief=MARK2, actor="other", project=FOREIGN, **REFUSED)
    story.read(9, brief=MARK2, projectId=FOREIGN)
    # That the owner may read it at all is a leak of another kind.
    assert list(strays(story)) == ["AUT-4"]
    assert "exists" not in strays(story)["AUT-4"][0]


def test_a_call_in_another_project_did_not_make_it() -> None:
    story = HistoryBuilder()
    refuse(story, brief=MARK2, fmt="hologram", project=REVIEW)
    story.read(9, brief=MARK2, projectId=PROJECT)
    assert strays(story) == {}


def test_a_container_of_a_replay_fails() -> None:
    story = made()
    story.create(1, key="k")
    ending(story, 2)
    assert list(strays(story)) == ["IDM-2"]
    assert "createContent made it, which was answered 202" in strays(story)["IDM-2"][0]


def test_a_replay_that_made_nothing_passes() -> None:
    story = made()
    story.create(1, key="k")
    story.list([item(1, createdAt=at(0))])
    assert results(story, "IDM-2") == ["passed", "passed"]


def test_a_container_of_a_parallel_retry_fails() -> None:
    story = HistoryBuilder()
    story.create(1, key="k", sent=1000.0, took=1.0)
    story.create(1, key="k", sent=1000.5, took=1.0)
    story.read(1, createdAt=at(0))
    ending(story, 0.5)
    assert list(strays(story)) == ["IDM-6"]


def test_a_container_of_a_parallel_retry_that_was_refused_fails() -> None:
    story = HistoryBuilder()
    story.create(1, key="k", sent=1000.0, took=1.0)
    story.create(1, key="k", sent=1000.5, took=1.0, status=409, answer=envelope_of_error("IN_FLIGHT"))
    story.read(1, createdAt=at(0))
    ending(story, 0.5)
    assert list(strays(story)) == ["IDM-6"]


def test_a_container_of_a_conflict_fails() -> None:
    story = made()
    story.create(5, key="k", brief=MARK2, **CONFLICT)
    ending(story, 2, MARK2)
    assert list(strays(story)) == ["IDM-4"]


def test_a_container_of_a_regeneration_fails() -> None:
    story = made()
    story.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"))
    ending(story, 2)
    assert list(strays(story)) == ["REG-3"]


def test_a_container_of_a_patch_fails() -> None:
    story = made()
    story.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"), body={"patch": MARK2})
    ending(story, 2, MARK2)
    assert list(strays(story)) == ["REG-3"]


@pytest.mark.parametrize(("listed", "found"), [([1], ["passed"]), ([], []), ([1, 1], [])])
def test_a_regeneration_that_left_its_container_alone_passes(listed: list[int], found: list[str]) -> None:
    story = made()
    story.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"))
    story.list([item(n, createdAt=at(0)) for n in listed])
    assert [result for result in results(story, "REG-3") if result == "passed"][: len(found) or 1] == found


def test_a_container_of_a_replayed_regeneration_fails() -> None:
    story = made()
    for _ in range(2):
        headers = {"Idempotency-Key": "r"}
        story.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"), headers=headers)
    ending(story, 3)
    assert list(strays(story)) == ["IDM-11"]


def clone(story: HistoryBuilder, status: int, answer: Any, **more: Any) -> None:
    body = {"sourcePlatformPostId": "post_1" if status == 202 else "post_unknown"}
    story.call("POST", "/v1/content/cnt_1/clone-from-post", status, answer, body=body, **more)


def test_a_container_of_a_refused_clone_fails() -> None:
    story = made()
    clone(story, 404, envelope_of_error("NOT_FOUND"))
    ending(story, 2)
    assert list(strays(story)) == ["CLO-4"]


@pytest.mark.parametrize(
    ("facts", "requirement"), [(FACTS, "AUT-3"), (replace(FACTS, review_project_id=FOREIGN), "CLO-4")]
)
def test_a_container_of_a_clone_into_what_another_organization_owns_fails(facts: TargetFacts, requirement: str) -> None:
    story = made()
    body = {"sourcePlatformPostId": "post_1", "projectId": FOREIGN}
    story.call("POST", "/v1/content/cnt_1/clone-from-post", 404, envelope_of_error("NOT_FOUND"), body=body)
    ending(story, 2)
    assert [name for name in failures(story, facts) if name in FAMILY] == [requirement]


def test_a_container_of_a_replayed_clone_fails() -> None:
    story = made()
    for _ in range(2):
        clone(story, 202, envelope(2), headers={"Idempotency-Key": "c"})
    ending(story, 3)
    assert list(strays(story)) == ["IDM-11"]


def test_an_accepted_clone_is_named() -> None:
    story = made()
    clone(story, 202, envelope(9))
    ending(story, 2)
    assert strays(story) == {}


def test_a_clone_that_others_made_of_our_container_is_not_ours() -> None:
    story = made()
    story.create(1, key="k")
    ending(story, 30)
    assert strays(story) == {}


@pytest.mark.parametrize(("second", "accused"), [(4.1, True), (4.3, False), (-0.1, True), (-0.3, False)])
def test_a_container_is_ours_where_its_time_fits_a_call(second: float, accused: bool) -> None:  # noqa: FBT001 - a parameter of the test
    story = made()
    story.create(1, key="k")
    ending(story, second)
    assert bool(strays(story)) is accused


@pytest.mark.parametrize("moves", [True, False])
def test_a_moved_clock_may_have_moved_timestamps(moves: bool) -> None:  # noqa: FBT001 - a parameter of the test
    story = made()
    story.call("POST", f"{BASE}/_sandbox/clock", 200, {}, body={"advanceSeconds": 30})
    story.create(1, key="k")
    ending(story, 33 if moves else 3)
    assert list(strays(story)) == ["IDM-2"]


def test_the_call_whose_time_fits_best_is_accused() -> None:
    story = made()
    story.create(1, key="k")
    clone(story, 404, envelope_of_error("NOT_FOUND"))
    ending(story, 3)
    assert list(strays(story)) == ["CLO-4"]


def test_a_stray_is_accused_once() -> None:
    story = made()
    story.create(1, key="k")
    ending(story, 2)
    story.read(9, createdAt=at(2))
    assert results(story, "IDM-2").count("failed") == 1


@pytest.mark.parametrize(("answer", "accused"), [({"status": None, "error": "timed out"}, []), (REFUSED, ["CRE-10"])])
def test_what_came_of_a_lost_create_only_later_is_nobodys_fault(answer: Any, accused: list[str]) -> None:
    story = made()
    story.create(6, brief=MARK2, **({"answer": None} | answer))
    story.at += 20
    refuse(story, brief=MARK2, fmt="hologram")
    ending(story, 23, MARK2)
    assert list(strays(story)) == accused


FAILING = {"hook": "please [fail]"}


def copied(
    second: float,
    hook: str = "please [fail]",
    *,
    status: int | None = 202,
    listed: tuple[int, ...] = (1,),
    query: str = "?limit=200",
) -> HistoryBuilder:
    """Record a failed container, made in second 0.25 from a brief without a mark, its regeneration, and a container that nobody named.

    A list before the regeneration shows what is `listed`.
    """
    story = HistoryBuilder()
    story.create(1, body={"format": "auto", "brief": FAILING})
    story.read(1, createdAt=at(0.25), brief=FAILING, status="failed", lastError={"code": "X"})
    story.list([item(number, createdAt=at(0.25)) for number in listed], query)
    regenerate(story, status=status)
    story.at += 30
    return ending(story, second, {"hook": hook})


def test_a_copy_of_a_container_whose_brief_has_no_mark_is_told_by_its_hook_and_its_instant() -> None:
    assert "createdAt that container cnt_1 had" in strays(copied(0.25))["REG-3"][0]


@pytest.mark.parametrize(
    ("second", "more"),
    [
        (0.251, {}),
        (0, {}),
        (0.25, {"hook": "please [fail] too"}),
        (0.25, {"status": 503}),
        (0.25, {"status": None}),
        (0.25, {"listed": (9, 1)}),
        (0.25, {"listed": ()}),
        (0.25, {"query": "?status=failed"}),
    ],
)
def test_what_somebody_else_may_have_made_is_no_copy(second: float, more: dict[str, Any]) -> None:
    assert "REG-3" not in strays(copied(second, **more))
