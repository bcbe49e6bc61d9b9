"""The planned tour: every operation in every state of a container that the tables know."""

from __future__ import annotations

from dataclasses import dataclass, field

from conformance.client.answers import answer_of, asset_ids_of, needed, status_of
from conformance.client.call import Call
from conformance.client.exchange import Exchange
from conformance.exceptions import NotReached
from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.run.process import Run
from conformance.suite.calls import ResourceIds, call_of
from conformance.suite.stock import Made, Stock, accepted
from conformance.suite.touring import WAIT, Goal, Move, State, Step, Tour, plan

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
    *("LIF-2", "LIF-7", "LIF-8", "LIF-9", "LIF-10", "APR-2", "APR-5", "APR-7", "APR-9", "APR-10"),
    *("REG-1", "REG-4", "CLO-1", "CLO-3", "JOB-2", "JOB-3", "JOB-4", "SCH-1", "SCH-4", "ERR-1", "ERR-2"),
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
    exchange = api.send(call)
    return Made(needed(exchange, "containerId"), needed(exchange, "jobId"), call, {})


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
    job_id = answer_of(exchange).get("jobId")
    if move.operation == "regenerateContent" and status_of(exchange) == 202 and isinstance(job_id, str):
        made.job_id = job_id
