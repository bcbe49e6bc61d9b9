"""The planned tour: from the transition tables, the cheapest way through every state of a container and every operation in it."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import count

from conformance.contract.lifecycle import CONTAINER_OPERATIONS, IN_FLIGHT, OPERATIONS_BY_STATE, TERMINAL, Answer

Goal = tuple[str, str]
"""A situation, and an operation to try in it."""
WAIT = "wait"
CREATE = "createContent"


@dataclass(frozen=True, slots=True, order=True)
class State:
    """Where a container stands, as far as a plan can know: `doomed` says that its running generation will fail."""

    review: bool
    status: str
    approval: str
    doomed: bool = False

    @property
    def situation(self) -> str:
        """The state as a report names it."""
        return f"{self.status}/{self.approval}"


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a tour and where it leads; `doomed` asks for the brief that fails; `costs` counts generations."""

    operation: str
    after: State
    costs: int = 0
    doomed: bool = False
    review: bool = False


def creates(*, fails: bool, reviews: bool) -> Iterator[Move]:
    """Yield every way to begin."""
    for review in (False, True) if reviews else (False,):
        for doomed in (False, True) if fails else (False,):
            after = State(review, "queued", "not_required", doomed)
            yield Move(CREATE, after, costs=1, doomed=doomed, review=review)


def moves(state: State) -> Iterator[Move]:
    """Yield every move from a state: each operation, and to wait while the container is in flight."""
    if state.status == "queued":
        yield Move(WAIT, replace(state, status="generating"))
    elif state.status == "generating":
        ended = "failed" if state.doomed else "completed"
        approval = "pending" if state.review and ended == "completed" else state.approval
        yield Move(WAIT, State(state.review, ended, approval))
    for operation in CONTAINER_OPERATIONS:
        yield from _moves_by(operation, state)


def _moves_by(operation: str, state: State) -> Iterator[Move]:
    answer = OPERATIONS_BY_STATE[state.status, state.approval, operation]
    # A pending container may accept a decision also where no page says so, as after a cancel.
    open_decision = answer is Answer.EITHER and state.approval == "pending" and state.status in TERMINAL
    allowed = answer is Answer.ALLOWED or open_decision
    match operation:
        case "approveContent" if allowed:
            yield Move(operation, replace(state, approval="approved"))
        case "rejectContent" if allowed:
            yield Move(operation, replace(state, approval="rejected"))
        case "cancelJob" if state.status in IN_FLIGHT:
            yield Move(operation, replace(state, status="canceled", doomed=False))
        case "regenerateContent" if state.status in TERMINAL:
            yield Move(operation, replace(state, status="queued"), costs=1)
        case "regenerateContent" | "cloneFromPost":
            yield Move(operation, state, costs=1)
        case _:
            yield Move(operation, state)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the plan, and the state that it is meant for (None for a create)."""

    before: State | None
    move: Move
    goal: Goal | None = field(init=False)

    def __post_init__(self) -> None:
        goal = None if self.before is None else (self.before.situation, self.move.operation)
        object.__setattr__(self, "goal", goal)


@cache
def steps_from(state: State) -> tuple[Step, ...]:
    """Return every step from a state."""
    return tuple(Step(state, move) for move in moves(state))


@dataclass(frozen=True, slots=True)
class Tour:
    """The plan: steps in order, each create beginning a new container; what it covers; and its price in generations."""

    steps: tuple[Step, ...]

    @property
    def price(self) -> int:
        """Generations that the tour spends."""
        return sum(step.move.costs for step in self.steps)

    @property
    def covered(self) -> frozenset[Goal]:
        """The pairs of situation and operation that the tour reaches."""
        return frozenset(step.goal for step in self.steps if step.goal is not None and step.move.operation != WAIT)

    def journeys(self) -> Iterator[tuple[Step, ...]]:
        """Yield the steps of each container."""
        begun: list[Step] = []
        for step in self.steps:
            if step.before is None and begun:
                yield tuple(begun)
                begun = []
            begun.append(step)
        if begun:
            yield tuple(begun)


def reachable_states(*, fails: bool, reviews: bool, excluded: frozenset[str] = frozenset()) -> frozenset[State]:
    """Return every state that some tour can reach without the `excluded` operations."""
    found = {move.after for move in creates(fails=fails, reviews=reviews)}
    waiting = list(found)
    while waiting:
        for move in moves(waiting.pop()):
            if move.after not in found and move.operation not in excluded:
                found.add(move.after)
                waiting.append(move.after)
    return frozenset(found)


def all_goals(*, fails: bool = True, reviews: bool = True, excluded: frozenset[str] = frozenset()) -> frozenset[Goal]:
    """Return every pair of situation and operation that some tour can reach."""
    return frozenset(
        (state.situation, operation)
        for state in reachable_states(fails=fails, reviews=reviews, excluded=excluded)
        for operation in CONTAINER_OPERATIONS
        if operation not in excluded
    )


@lru_cache(maxsize=8)
def plan(
    *,
    fails: bool = True,
    reviews: bool = True,
    excluded: frozenset[str] = frozenset(),
    only: frozenset[Goal] | None = None,
) -> Tour:
    """Plan the tour: whatever costs nothing in a state is done at once, then the cheapest way to what is left.

    `fails` and `reviews` say whether the target has a brief that fails and a project with review; `excluded` operations, such as a
    clone where no source post is known, are left out; `only` narrows the tour to some goals.
    """
    goals = set(all_goals(fails=fails, reviews=reviews, excluded=excluded) if only is None else only)
    steps: list[Step] = []
    here: State | None = None
    while goals:
        path = _cheapest(here, goals, fails=fails, reviews=reviews, excluded=excluded)
        for step in path:
            steps.append(step)
            goals -= {step.goal}
            here = step.move.after
            for free in _free(here, goals):
                steps.append(free)
                goals -= {free.goal}
    return Tour(tuple(steps))


def _free(state: State, goals: set[Goal]) -> list[Step]:
    return [
        step for step in steps_from(state) if step.move.after == state and not step.move.costs and step.goal in goals
    ]


def _cheapest(
    here: State | None, goals: set[Goal], *, fails: bool, reviews: bool, excluded: frozenset[str]
) -> list[Step]:
    """Return the way of the fewest generations, then of the fewest steps, whose last step reaches a goal (Dijkstra)."""
    tie = count()
    queue: list[tuple[int, int, int, State | None, _Way | None]] = [(0, 0, next(tie), here, None)]
    settled: set[State | None] = set()
    while queue:
        price, length, _, state, way = heapq.heappop(queue)
        if way is not None and way.step.goal in goals:
            return way.steps()
        if state in settled:
            continue
        settled.add(state)
        begins = (Step(None, move) for move in creates(fails=fails, reviews=reviews)) if state in {here, None} else ()
        for step in (*begins, *(steps_from(state) if state is not None else ())):
            if step.move.operation not in excluded and (step.goal in goals or step.move.after not in settled):
                entry = (price + step.move.costs, length + 1, next(tie), step.move.after, _Way(step, way))
                heapq.heappush(queue, entry)
    raise ValueError(f"no tour reaches {sorted(goals)}")


@dataclass(frozen=True, slots=True)
class _Way:
    """A way: its last step and the way to that step."""

    step: Step
    before: _Way | None

    def steps(self) -> list[Step]:
        """Return the steps in order."""
        found: list[Step] = []
        way: _Way | None = self
        while way is not None:
            found.append(way.step)
            way = way.before
        return found[::-1]
