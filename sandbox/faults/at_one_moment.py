"""Faults that show where two calls meet: on one container, under one key, or two of a kind."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import ApiError
from sandbox.faults.replacing import edited, fresh, replacing, stalled
from sandbox.lifecycle import encode_brief
from sandbox.operations import Call
from sandbox.records import Answer, Brief

RACE_SECONDS = 0.03
ACCEPTED = 202
DECIDED = 200
SECOND = 2
KEY = "idempotency-key"

Perform = Callable[[str, Call], Awaitable[Answer]]


@dataclass(eq=False)
class Arrival:
    """A call that is under way, and its answer once it has one."""

    operation: str
    call: Call
    answer: Answer | None = None


Subject = Callable[[str, Call], str | None]
Late = Callable[[Backend, Perform, Arrival, Sequence[Arrival]], Awaitable[Answer]]


def met(subject: Subject, late: Late) -> Install:
    """Hold each call that has a subject for a moment; a call that finds others of its subject is answered by `late`."""

    def install() -> Install:
        present: defaultdict[str, list[Arrival]] = defaultdict(list)

        async def perform(backend: Backend, perform: Perform, operation: str, call: Call) -> Answer:
            name = subject(operation, call)
            if name is None:
                return await perform(operation, call)
            arrival, earlier = Arrival(operation, call), list(present[name])
            present[name].append(arrival)
            try:
                await asyncio.sleep(RACE_SECONDS)
                arrival.answer = await (
                    late(backend, perform, arrival, earlier) if earlier else perform(operation, call)
                )
            finally:
                present[name].remove(arrival)
            return arrival.answer

        return replacing("operations", "perform", perform)

    return fresh(install)


def of_one(operation: str, parameter: str) -> Subject:
    """Return a subject that calls of one operation share which have the same value of a path parameter."""
    return lambda name, call: call.path[parameter] if name == operation else None


def of_organization(operation: str) -> Subject:
    """Return a subject that all calls of one operation share."""
    return lambda name, call: call.org if name == operation else None


def regenerates(call: Call) -> bool:
    """Return whether a reject asks for a regeneration."""
    return b'"regenerate"' in call.content


def granted(arrivals: Sequence[Arrival], status: int) -> list[tuple[Arrival, Answer]]:
    """Return the arrivals that were answered with a status, with their answers."""
    return [(other, other.answer) for other in arrivals if other.answer is not None and other.answer.status == status]


def same_key(one: Call, other: Call) -> bool:
    """Return whether two calls carry the same key."""
    return bool(one.headers.get(KEY)) and one.headers.get(KEY) == other.headers.get(KEY)


async def _with_the_others_location(_: Backend, perform: Perform, mine: Arrival, earlier: Sequence[Arrival]) -> Answer:
    answer = await perform(mine.operation, mine.call)
    others = granted(earlier, ACCEPTED)
    if answer.status != ACCEPTED or not others:
        return answer
    location: list[str] = []
    edited(others[0][1], lambda envelope: location.append(envelope["locationUrl"]))
    return edited(answer, lambda envelope: {**envelope, "locationUrl": location[0]})


async def _third_makes_another(_: Backend, perform: Perform, mine: Arrival, earlier: Sequence[Arrival]) -> Answer:
    alike = [other for other in earlier if other.call.content == mine.call.content]
    if len(alike) < SECOND:
        return await perform(mine.operation, mine.call)
    return await perform(mine.operation, replace(mine.call, headers={**mine.call.headers, KEY: ()}))


async def _cancel_is_lost(backend: Backend, perform: Perform, mine: Arrival, earlier: Sequence[Arrival]) -> Answer:
    job = backend.store.job(mine.call.path["job_id"])
    others = [other for other, _ in granted(earlier, ACCEPTED) if other.call.path != mine.call.path]
    now = backend.clock.now()
    if not others or job is None or job.org != mine.call.org or not backend.generation.in_flight(job, now):
        return await perform(mine.operation, mine.call)
    return backend.rendering.answer(ACCEPTED, backend.rendering.job(stalled(backend, job), now))


async def _answered_as_the_other(_: Backend, perform: Perform, mine: Arrival, earlier: Sequence[Arrival]) -> Answer:
    others = [answer for other, answer in granted(earlier, ACCEPTED) if not same_key(other.call, mine.call)]
    return others[0] if others else await perform(mine.operation, mine.call)


async def _reject_is_lost(backend: Backend, perform: Perform, mine: Arrival, earlier: Sequence[Arrival]) -> Answer:
    before = backend.store.container(mine.call.path["container_id"], backend.clock.now())
    others = [other for other, _ in granted(earlier, DECIDED) if other.call.path != mine.call.path]
    answer = await perform(mine.operation, mine.call)
    if others and before is not None and answer.status == DECIDED:
        backend.store.update_container(before.container)
    return answer


async def _job_is_lost(backend: Backend, perform: Perform, mine: Arrival, earlier: Sequence[Arrival]) -> Answer:
    others = [answer for other, answer in granted(earlier, ACCEPTED) if not same_key(other.call, mine.call)]
    if not others:
        return await perform(mine.operation, mine.call)
    lost = backend.ids.job(backend.clock.now())
    return edited(others[0], lambda envelope: {**envelope, "jobId": lost, "locationUrl": f"/v1/jobs/{lost}"})


def _decision(operation: str, call: Call) -> str | None:
    decides = operation in {"approve_content", "reject_content"} and not regenerates(call)
    return call.path["container_id"] if decides else None


async def _second_decision_crashes(_: Backend, perform: Perform, mine: Arrival, earlier: Sequence[Arrival]) -> Answer:
    if any(other.operation != mine.operation for other, _ in granted(earlier, DECIDED)):
        raise RuntimeError("the decision was written by another transaction")
    return await perform(mine.operation, mine.call)


async def _answered_as_the_first(_: Backend, perform: Perform, mine: Arrival, earlier: Sequence[Arrival]) -> Answer:
    others = [answer for other, answer in granted(earlier, DECIDED) if other.operation == mine.operation]
    return others[0] if others else await perform(mine.operation, mine.call)


async def _patches_though_refused(backend: Backend, perform: Perform, mine: Arrival, _: Sequence[Arrival]) -> Answer:
    try:
        return await perform(mine.operation, mine.call)
    except ApiError:
        patch: Brief = json.loads(mine.call.content)["regenerate"]
        snapshot = backend.store.container(mine.call.path["container_id"], backend.clock.now())
        if snapshot is not None and isinstance(patch, dict):
            brief: Brief = {**json.loads(snapshot.container.brief), **patch}
            backend.store.update_container(snapshot.container._replace(brief=encode_brief(brief)))
        raise


def _regenerating_reject(operation: str, call: Call) -> str | None:
    return call.path["container_id"] if operation == "reject_content" and regenerates(call) else None


FAULTS: tuple[Fault, ...] = (
    Fault(
        "creates-at-once-share-a-location",
        "CRE-3",
        "deep",
        "Of creates that arrive at one moment, all name the first one's job in their locationUrl.",
        met(of_organization("create_content"), _with_the_others_location),
    ),
    Fault(
        "regenerates-at-once-share-a-job",
        "REG-1",
        "deep",
        "A regenerate that arrives while another one of its container is being made is answered with that one's job.",
        met(of_one("regenerate_content", "container_id"), _answered_as_the_other),
    ),
    Fault(
        "rejects-at-once-both-accepted",
        "APR-9",
        "deep",
        "A reject that arrives while another one of its container is being made is answered 200 like that one.",
        met(_decision, _answered_as_the_first),
    ),
    Fault(
        "rejects-that-regenerate-at-once-lose-a-job",
        "REJ-2",
        "deep",
        "Two rejects with regeneration that arrive at one moment are both answered 202; the second one's job is nowhere.",
        met(_regenerating_reject, _job_is_lost),
    ),
    Fault(
        "refused-reject-of-two-at-once-patches",
        "REJ-2",
        "deep",
        "Of two rejects with regeneration that arrive at one moment, the one that is refused writes its patch.",
        met(_regenerating_reject, _patches_though_refused),
    ),
)
