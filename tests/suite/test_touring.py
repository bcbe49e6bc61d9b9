"""The planned tour: it covers what can be covered, always in the same way, and at its price."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from conformance.contract.lifecycle import APPROVAL_STATUSES, CONTAINER_OPERATIONS, POSSIBLE_STATES, STATUSES
from conformance.suite.test_tour import CREATE, WAIT, State, all_goals, moves, plan, reachable_states

CLONE = frozenset({"cloneFromPost"})
NO_OPTIONAL = frozenset({"approveContent", "cancelJob"})
TARGETS = [
    pytest.param({"fails": fails, "reviews": reviews, "excluded": excluded}, id=f"{fails} {reviews} {sorted(excluded)}")
    for fails in (True, False)
    for reviews in (True, False)
    for excluded in (frozenset[str](), CLONE, NO_OPTIONAL)
]


def test_the_whole_tour_covers_every_state_and_operation_that_any_could() -> None:
    tour = plan()
    assert tour.covered == all_goals()
    situations = {situation for situation, _ in all_goals()}
    possible = {f"{status}/{approval}" for states in POSSIBLE_STATES.values() for status, approval in states}
    assert situations <= possible
    assert {situation.partition("/")[0] for situation in situations} == STATUSES
    assert {situation.partition("/")[2] for situation in situations} == APPROVAL_STATUSES
    assert {operation for _, operation in all_goals()} == set(CONTAINER_OPERATIONS)


@pytest.mark.parametrize("target", TARGETS)
def test_what_a_target_lacks_is_left_out_and_the_rest_is_covered(target: dict[str, Any]) -> None:
    tour = plan(**target)
    assert tour.covered == all_goals(**target)
    operations = {step.move.operation for step in tour.steps}
    assert not operations & target["excluded"]
    assert target["reviews"] or not any(step.move.review for step in tour.steps)
    assert target["fails"] or not any(step.move.doomed for step in tour.steps)


@pytest.mark.parametrize(
    ("lacks", "lost"),
    [
        ({"fails": False}, {"failed/not_required"}),
        ({"reviews": False}, {"completed/pending", "completed/rejected", "generating/rejected"}),
        ({"excluded": frozenset({"cancelJob"})}, {"canceled/not_required", "canceled/rejected"}),
        ({"excluded": frozenset({"approveContent"})}, {"completed/approved", "queued/approved"}),
        ({"excluded": frozenset({"cloneFromPost"})}, set()),
    ],
)
def test_the_states_that_only_a_lacking_thing_leads_to_are_lost(lacks: dict[str, Any], lost: set[str]) -> None:
    whole, left = ({situation for situation, _ in all_goals(**how)} for how in ({}, lacks))
    assert left <= whole - lost
    assert lost <= whole
    assert "completed/not_required" in left


@pytest.mark.parametrize("target", TARGETS)
def test_a_journey_begins_with_its_only_create_and_each_step_follows_the_last(target: dict[str, Any]) -> None:
    tour = plan(**target)
    journeys = list(tour.journeys())
    assert [step for journey in journeys for step in journey] == list(tour.steps)
    for first, *rest in journeys:
        assert (first.before, first.move.operation) == (None, CREATE)
        here = first.move.after
        for step in rest:
            assert step.before == here
            assert step.move in list(moves(here))
            here = step.move.after


def test_the_price_is_what_its_steps_cost() -> None:
    tour = plan()
    paid = [step for step in tour.steps if step.move.costs]
    assert tour.price == len(paid)
    assert {step.move.operation for step in paid} <= {CREATE, "regenerateContent", "cloneFromPost"}
    assert {step.move.costs for step in paid} == {1}
    assert tour.price < len(all_goals()) / 2, "one container serves many situations"


def test_fewer_goals_cost_no_more() -> None:
    few = frozenset({("completed/not_required", "getContent"), ("failed/not_required", "regenerateContent")})
    tour = plan(only=few)
    assert tour.covered >= few
    assert tour.price == 3
    assert plan(only=frozenset()).steps == ()
    assert plan(only=frozenset({("queued/not_required", "getContent")})).price == 1


def test_a_goal_that_no_tour_reaches_is_told() -> None:
    with pytest.raises(ValueError, match="no tour reaches"):
        plan(reviews=False, only=frozenset({("completed/pending", "getContent")}))


PRINT = "from conformance.suite.test_tour import plan; print(repr(plan().steps), plan().price)"


def test_the_plan_is_the_same_in_every_process() -> None:
    said = {
        subprocess.run(  # noqa: S603 - our own code
            [sys.executable, "-c", PRINT],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(said) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (State(review=False, status="queued", approval="not_required"), ("generating", "not_required")),
        (State(review=True, status="generating", approval="not_required"), ("completed", "pending")),
        (State(review=True, status="generating", approval="rejected", doomed=True), ("failed", "rejected")),
        (State(review=False, status="generating", approval="not_required", doomed=True), ("failed", "not_required")),
        (State(review=True, status="completed", approval="pending"), None),
        (State(review=True, status="failed", approval="pending"), None),
        (State(review=True, status="canceled", approval="pending"), None),
    ],
)
def test_waiting_moves_what_is_in_flight_and_nothing_else(before: State, after: tuple[str, str] | None) -> None:
    waits = [(move.after.status, move.after.approval) for move in moves(before) if move.operation == WAIT]
    assert waits == ([after] if after else [])


def test_no_review_means_no_approval() -> None:
    states = reachable_states(fails=True, reviews=False)
    assert {state.approval for state in states} == {"not_required"}
    assert not any(state.doomed for state in reachable_states(fails=False, reviews=True))
