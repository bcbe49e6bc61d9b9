"""Containers that no accepted call named, and who made them."""

from dataclasses import replace
from typing import Any

import pytest
from histories import BASE, FACTS, FOREIGN, PROJECT, REVIEW, Told, envelope, envelope_of_error, failures, results
from lists import item
from moves import regenerate
from stray_histories import FAMILY, MARK2, REFUSED, at, ending, made, refuse, strays

from conformance.history.observation import TargetFacts

CONFLICT: dict[str, Any] = {"status": 409, "answer": envelope_of_error("IDEMPOTENCY_CONFLICT")}
DENIED: dict[str, Any] = {"status": 401, "answer": envelope_of_error("UNAUTHENTICATED")}


def test_a_container_of_a_refused_create_fails() -> None:
    told = made()
    refuse(told, brief=MARK2, fmt="hologram")
    ending(told, 2, MARK2)
    message = "Container cnt_9 exists although no answer named it; by its mark and its time, createContent made it, which was answered 422."
    assert strays(told) == {"CRE-10": [message]}


def test_a_list_item_with_a_brief_shows_it_too() -> None:
    told = Told()
    refuse(told, brief=MARK2, fmt="hologram")
    told.list([item(9, brief=MARK2)])
    assert list(strays(told)) == ["CRE-10"]


def test_a_refused_create_that_left_nothing_passes_at_the_next_whole_walk() -> None:
    told = made()
    refuse(told, brief=MARK2, fmt="hologram")
    told.list([item(1, createdAt=at(0))], "?limit=1", cursor="c")
    assert results(told, "CRE-10") == []
    told.list([], "?limit=1&cursor=c")
    told.list([item(1, createdAt=at(0))])
    assert results(told, "CRE-10") == ["passed"]
    assert strays(told) == {}


@pytest.mark.parametrize("query", ["?status=completed", "?limit=0"])
def test_only_a_whole_walk_clears_a_call(query: str) -> None:
    told = made()
    refuse(told, brief=MARK2, fmt="hologram")
    told.list([item(1)], query)
    assert results(told, "CRE-10") == []


def test_a_walk_that_began_too_early_clears_nothing() -> None:
    told = made()
    refuse(told, brief=MARK2, fmt="hologram", took=1.0)
    told.list([item(1)], sent=1002.9, took=2.0)
    assert results(told, "CRE-10") == []


def test_a_call_waits_until_what_a_walk_shows_first_is_read() -> None:
    told = made()
    refuse(told, brief=MARK2, fmt="hologram")
    told.list([item(9, createdAt=at(2)), item(1, createdAt=at(0))])
    assert results(told, "CRE-10") == []
    told.read(9, brief={"hook": "Somebody else's"}, createdAt=at(2))
    assert results(told, "CRE-10") == ["passed"]


@pytest.mark.parametrize("known", ["listed before", "older", "named"])
def test_what_a_call_cannot_have_made_delays_nothing(known: str) -> None:
    told = made()
    if known == "listed before":
        told.list([item(9, createdAt=at(2))])
    if known == "named":
        told.create(9)
    refuse(told, brief=MARK2, fmt="hologram")
    told.list([item(9, createdAt=at(-1) if known == "older" else at(2)), item(1, createdAt=at(0))])
    assert "passed" in results(told, "CRE-10")


@pytest.mark.parametrize("status", [500, 503, None])
def test_a_call_without_an_answer_may_have_made_it(status: int | None) -> None:
    told = made()
    refuse(told, brief=MARK2, fmt="hologram")
    refuse(told, brief=MARK2, fmt="hologram", status=status, answer=None)
    ending(told, 2, MARK2)
    assert strays(told) == {}


def test_an_unknown_mark_is_not_ours() -> None:
    told = made()
    refuse(told, brief=MARK2, fmt="hologram")
    ending(told, 2, {"hook": "Mornings lcm-other-9"})
    assert strays(told) == {}


def test_hooks_without_a_mark_prove_nothing() -> None:
    told = Told()
    refuse(told, brief={"hook": "Plain"}, fmt="hologram")
    told.read(9, brief={"hook": "Plain"})
    assert strays(told) == {}


@pytest.mark.parametrize("brief", [None, [], {"hook": 7}, "lcm-run-2"])
def test_briefs_may_be_anything(brief: Any) -> None:
    told = Told()
    refuse(told, brief=MARK2, fmt="hologram")
    told.read(9, brief=brief)
    told.list([item(9, brief=brief)])
    assert strays(told) == {}


def test_a_container_of_an_unauthorized_create_fails() -> None:
    told = Told()
    told.create(5, brief=MARK2, actor="anonymous", **DENIED)
    told.read(9, brief=MARK2)
    assert list(strays(told)) == ["AUT-3"]


def test_a_container_of_another_organizations_refused_create_fails() -> None:
    told = Told()
    told.create(5, brief=MARK2, actor="other", status=404, answer=envelope_of_error("NOT_FOUND"))
    told.read(9, brief=MARK2)
    assert list(strays(told)) == ["AUT-4"]


def test_another_organizations_own_project_is_not_judged() -> None:
    told = Told()
    told.create(5, brief=MARK2, actor="other", project=FOREIGN, **REFUSED)
    told.read(9, brief=MARK2, projectId=FOREIGN)
    # That the owner may read it at all is a leak of another kind.
    assert list(strays(told)) == ["AUT-4"]
    assert "exists" not in strays(told)["AUT-4"][0]


def test_a_call_in_another_project_did_not_make_it() -> None:
    told = Told()
    refuse(told, brief=MARK2, fmt="hologram", project=REVIEW)
    told.read(9, brief=MARK2, projectId=PROJECT)
    assert strays(told) == {}


def test_a_container_of_a_replay_fails() -> None:
    told = made()
    told.create(1, key="k")
    ending(told, 2)
    assert list(strays(told)) == ["IDM-2"]
    assert "createContent made it, which was answered 202" in strays(told)["IDM-2"][0]


def test_a_replay_that_made_nothing_passes() -> None:
    told = made()
    told.create(1, key="k")
    told.list([item(1, createdAt=at(0))])
    assert results(told, "IDM-2") == ["passed", "passed"]


def test_a_container_of_a_parallel_retry_fails() -> None:
    told = Told()
    told.create(1, key="k", sent=1000.0, took=1.0)
    told.create(1, key="k", sent=1000.5, took=1.0)
    told.read(1, createdAt=at(0))
    ending(told, 0.5)
    assert list(strays(told)) == ["IDM-6"]


def test_a_container_of_a_parallel_retry_that_was_refused_fails() -> None:
    told = Told()
    told.create(1, key="k", sent=1000.0, took=1.0)
    told.create(1, key="k", sent=1000.5, took=1.0, status=409, answer=envelope_of_error("IN_FLIGHT"))
    told.read(1, createdAt=at(0))
    ending(told, 0.5)
    assert list(strays(told)) == ["IDM-6"]


def test_a_container_of_a_conflict_fails() -> None:
    told = made()
    told.create(5, key="k", brief=MARK2, **CONFLICT)
    ending(told, 2, MARK2)
    assert list(strays(told)) == ["IDM-4"]


def test_a_container_of_a_regeneration_fails() -> None:
    told = made()
    told.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"))
    ending(told, 2)
    assert list(strays(told)) == ["REG-3"]


def test_a_container_of_a_patch_fails() -> None:
    told = made()
    told.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"), body={"patch": MARK2})
    ending(told, 2, MARK2)
    assert list(strays(told)) == ["REG-3"]


@pytest.mark.parametrize(("listed", "found"), [([1], ["passed"]), ([], []), ([1, 1], [])])
def test_a_regeneration_that_left_its_container_alone_passes(listed: list[int], found: list[str]) -> None:
    told = made()
    told.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"))
    told.list([item(n, createdAt=at(0)) for n in listed])
    assert [result for result in results(told, "REG-3") if result == "passed"][: len(found) or 1] == found


def test_a_container_of_a_replayed_regeneration_fails() -> None:
    told = made()
    for _ in range(2):
        headers = {"Idempotency-Key": "r"}
        told.call("POST", "/v1/content/cnt_1/regenerate", 202, envelope(2, container_id="cnt_1"), headers=headers)
    ending(told, 3)
    assert list(strays(told)) == ["IDM-11"]


def clone(told: Told, status: int, answer: Any, **more: Any) -> None:
    body = {"sourcePlatformPostId": "post_1" if status == 202 else "post_unknown"}
    told.call("POST", "/v1/content/cnt_1/clone-from-post", status, answer, body=body, **more)


def test_a_container_of_a_refused_clone_fails() -> None:
    told = made()
    clone(told, 404, envelope_of_error("NOT_FOUND"))
    ending(told, 2)
    assert list(strays(told)) == ["CLO-4"]


@pytest.mark.parametrize(
    ("facts", "requirement"), [(FACTS, "AUT-3"), (replace(FACTS, review_project_id=FOREIGN), "CLO-4")]
)
def test_a_container_of_a_clone_into_what_another_organization_owns_fails(facts: TargetFacts, requirement: str) -> None:
    told = made()
    body = {"sourcePlatformPostId": "post_1", "projectId": FOREIGN}
    told.call("POST", "/v1/content/cnt_1/clone-from-post", 404, envelope_of_error("NOT_FOUND"), body=body)
    ending(told, 2)
    assert [name for name in failures(told, facts) if name in FAMILY] == [requirement]


def test_a_container_of_a_replayed_clone_fails() -> None:
    told = made()
    for _ in range(2):
        clone(told, 202, envelope(2), headers={"Idempotency-Key": "c"})
    ending(told, 3)
    assert list(strays(told)) == ["IDM-11"]


def test_an_accepted_clone_is_named() -> None:
    told = made()
    clone(told, 202, envelope(9))
    ending(told, 2)
    assert strays(told) == {}


def test_a_clone_that_others_made_of_our_container_is_not_ours() -> None:
    told = made()
    told.create(1, key="k")
    ending(told, 30)
    assert strays(told) == {}


@pytest.mark.parametrize(("second", "accused"), [(4.1, True), (4.3, False), (-0.1, True), (-0.3, False)])
def test_a_container_is_ours_where_its_time_fits_a_call(second: float, accused: bool) -> None:  # noqa: FBT001 - a parameter of the test
    told = made()
    told.create(1, key="k")
    ending(told, second)
    assert bool(strays(told)) is accused


@pytest.mark.parametrize("moves", [True, False])
def test_a_moved_clock_may_have_moved_timestamps(moves: bool) -> None:  # noqa: FBT001 - a parameter of the test
    told = made()
    told.call("POST", f"{BASE}/_sandbox/clock", 200, {}, body={"advanceSeconds": 30})
    told.create(1, key="k")
    ending(told, 33 if moves else 3)
    assert list(strays(told)) == ["IDM-2"]


def test_the_call_whose_time_fits_best_is_accused() -> None:
    told = made()
    told.create(1, key="k")
    clone(told, 404, envelope_of_error("NOT_FOUND"))
    ending(told, 3)
    assert list(strays(told)) == ["CLO-4"]


def test_a_stray_is_accused_once() -> None:
    told = made()
    told.create(1, key="k")
    ending(told, 2)
    told.read(9, createdAt=at(2))
    assert results(told, "IDM-2").count("failed") == 1


@pytest.mark.parametrize(("answer", "accused"), [({"status": None, "error": "timed out"}, []), (REFUSED, ["CRE-10"])])
def test_what_came_of_a_lost_create_only_later_is_nobodys_fault(answer: Any, accused: list[str]) -> None:
    told = made()
    told.create(6, brief=MARK2, **({"answer": None} | answer))
    told.at += 20
    refuse(told, brief=MARK2, fmt="hologram")
    ending(told, 23, MARK2)
    assert list(strays(told)) == accused


FAILING = {"hook": "please [fail]"}


def copied(
    second: float,
    hook: str = "please [fail]",
    *,
    status: int | None = 202,
    listed: tuple[int, ...] = (1,),
    query: str = "?limit=200",
) -> Told:
    """Record a failed container, made in second 0.25 from a brief without a mark, its regeneration, and a container that nobody named.

    A list before the regeneration shows what is `listed`.
    """
    told = Told()
    told.create(1, body={"format": "auto", "brief": FAILING})
    told.read(1, createdAt=at(0.25), brief=FAILING, status="failed", lastError={"code": "X"})
    told.list([item(number, createdAt=at(0.25)) for number in listed], query)
    regenerate(told, status=status)
    told.at += 30
    return ending(told, second, {"hook": hook})


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
