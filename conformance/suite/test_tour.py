"""The planned tour: from the transition tables, the cheapest way through every state of a container and every operation in it."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import count

from conformance.client.answers import answer_of, asset_ids_of, status_of, text_in
from conformance.client.call import Call
from conformance.client.exchange import Exchange
from conformance.contract.lifecycle import CONTAINER_OPERATIONS, IN_FLIGHT, OPERATIONS_BY_STATE, TERMINAL, Answer
from conformance.exceptions import NotReached
from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.run.process import Run
from conformance.suite.calls import ResourceIds, call_of
from conformance.suite.stock import Made, Stock, accepted

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


MOST = plan().price
"""Generations that the tour spends at most: those of the whole plan, where no driver before has tried any of it."""
TRIES = 2
LOOKS = 200
"""Reads after which a container that stays queued is left to be settled."""


def tour_of(run: Run, only: frozenset[Goal] | None = None) -> Tour:
    """Plan the tour for what the target has and is known not to have."""
    target = run.spec.target
    absent = {"approveContent": "approve", "cancelJob": "cancel"}
    capabilities = run.judge.ledger.capabilities
    excluded = {operation for operation, name in absent.items() if capabilities.get(name) is False}
    if target.fixtures.source_post_id is None:
        excluded.add("cloneFromPost")
    return plan(
        fails=target.fixtures.failing_brief is not None,
        reviews=target.target.review_project_id is not None,
        excluded=frozenset(excluded),
        only=only,
    )


@provokes(
    "LIF-2 LIF-7 LIF-8 LIF-9 LIF-10 APR-2 APR-5 APR-7 APR-9 APR-10 REG-1 REG-4 CLO-1 CLO-3 JOB-2 JOB-3 JOB-4",
    "SCH-1 SCH-4 ERR-1 ERR-2",
    profile="certify",
    generations=MOST,
    alone=True,
    calls=380,
)
def test_every_operation_in_every_state(run: Run, api: Api, stock: Stock) -> None:
    """Go the planned tour through what no driver has tried yet, container by container; one that cannot be followed is left for the next."""
    whole, met = tour_of(run).covered, run.judge.history.coverage.combinations
    for situation, operation in sorted(whole):
        run.note("planned", situation=situation, operation=operation)
    left, traveler = whole, Traveler(api, stock)
    # Where the documents leave it open, a target may leave the plan; what was missed by that gets a second try.
    for _ in range(TRIES):
        left = frozenset(goal for goal in left if goal not in met and goal not in traveler.done)
        traveler.go(tour_of(run, only=left))
    if traveler.missed:
        reason = f"{len(traveler.missed)} of the tour's containers could not be followed: {traveler.missed[0]}"
        raise NotReached(reason)


@dataclass(slots=True)
class Traveler:
    """Follows tours: notes what was `done` in which situation, and why a container `missed` its way in the last one."""

    api: Api
    stock: Stock
    left: int = MOST
    done: set[Goal] = field(default_factory=set)
    missed: list[str] = field(default_factory=list)

    def go(self, tour: Tour) -> None:
        """Follow a tour, as far as its containers can be paid for."""
        self.missed.clear()
        for journey in tour.journeys():
            price = sum(step.move.costs for step in journey)
            if price > self.left:
                self.missed.append(f"another {price} generations are more than it may start")
                continue
            try:
                self._travel(journey)
            except NotReached as reason:
                self.missed.append(str(reason))

    def _travel(self, journey: tuple[Step, ...]) -> None:
        begin, *steps = journey
        api, made = self.api, _begin(self.api, begin.move)
        self.left -= begin.move.costs
        for step in steps:
            before = step.before or step.move.after
            if step.move.operation == WAIT:
                _wait(api, made, before)
                continue
            met, is_accepted = _try(api, made, before, step.move)
            self.done.add((met, step.move.operation))
            self.left -= step.move.costs if is_accepted else 0
        made.shape = api.settle(made.container_id, made.job_id)
        api.progress(made.container_id)
        self.stock.finished.append(made)


def _begin(api: Api, move: Move) -> Made:
    brief = api.failing_brief() if move.doomed else api.brief()
    call = api.create_call(api.review_project if move.review else api.project, brief, "auto", key=api.key())
    return Made.of(call, api.send(call))


def _wait(api: Api, made: Made, before: State) -> None:
    if before.status == "queued":
        for _ in range(LOOKS):
            if answer_of(api.read(made.container_id)).get("status") != "queued":
                return
            api.session.pause(api.target.timing.poll_interval / 2)
    made.shape = api.settle(made.container_id, made.job_id)
    api.job(made.job_id)


def _try(api: Api, made: Made, before: State, move: Move) -> tuple[str, bool]:
    """Try an operation, and return the situation that it met, and whether the operation was accepted."""
    made.shape = answer_of(api.read(made.container_id))
    ids = ResourceIds(
        api.project, made.container_id, made.job_id, next(iter(asset_ids_of(made.shape)), "med_of_nothing")
    )
    call = call_of(api, move.operation, ids)
    met = f"{made.shape.get('status')}/{made.shape.get('approvalStatus')}"
    if call is None:
        return met, False
    exchange = api.send(_priced(call, move))
    _follow_job(made, move, exchange)
    if move.after != before:
        api.read(made.container_id)
        api.job(made.job_id)
    return met, accepted(status_of(exchange))


def _priced(call: Call, move: Move) -> Call:
    key = (("Idempotency-Key", Api.key()),) if move.costs else ()
    return Call(call.method, call.path, call.actor, (*call.headers, *key), call.body, call.means_valid, move.costs)


def _follow_job(made: Made, move: Move, exchange: Exchange) -> None:
    if move.operation == "regenerateContent" and status_of(exchange) == 202:
        made.job_id = text_in(exchange, "jobId") or made.job_id
