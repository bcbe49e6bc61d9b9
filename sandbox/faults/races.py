"""Faults that show when calls arrive at one moment."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from sandbox.backend import Backend
from sandbox.change import Install
from sandbox.errors import ApiError
from sandbox.faults.installers import edited, fresh, replacing
from sandbox.lifecycle import encode_brief
from sandbox.operations import Call
from sandbox.records import Answer, Brief, Replay

FAULTS = """
APR-9 deep rejects-at-once-both-accepted: A reject that arrives while another one of its container is being made is
    answered 200 like that one.
CRE-3 deep creates-at-once-share-a-location: Of creates that arrive at one moment, all name the first one's job in
    their locationUrl.
ERR-1 deep cancels-at-once-crash: A cancel that arrives while another one is being made is answered 500.
IDM-3 deep bodies-at-once-under-one-key-both-make: Two bodies that arrive at one moment under one key both make a
    container.
IDM-6 deep retry-at-once-starts-when-it-came: A retry that arrives while the first create is being made gets its
    answer with another startedAt.
REG-1 deep regenerates-at-once-share-a-job: A regenerate that arrives while another one of its container is being made
    is answered with that one's job.
REG-2 deep regenerates-at-once-mix-their-patches: A regenerate that arrives while one of another container is being
    made gets the other one's patch.
REJ-2 deep rejects-that-regenerate-at-once-lose-a-job: Two rejects with regeneration that arrive at one moment are
    both answered 202; the second one's job is nowhere.
REJ-2 deep refused-reject-of-two-at-once-patches: Of two rejects with regeneration that arrive at one moment, the one
    that is refused writes its patch.
"""

RACE_SECONDS = 0.03
Perform = Callable[[str, Call], Awaitable[Answer]]
ACCEPTED = 202
DECIDED = 200
KEY = "idempotency-key"
Subject = Callable[[str, Call], str | None]


@dataclass(eq=False)
class Arrival:
    """A call that is under way, and its answer once it has one."""

    operation: str
    call: Call
    answer: Answer | None = None


Late = Callable[[Backend, Perform, Arrival, Sequence[Arrival]], Awaitable[Answer]]


def met(subject: Subject) -> Callable[[Late], Install]:
    """Hold each call that has a subject for a moment; a call that finds others of its subject gets its answer from `late`."""

    def install(late: Late) -> Install:
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

        return replacing("operations", "perform")(perform)

    return lambda late: fresh(lambda: install(late))


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


def _regenerating_reject(operation: str, call: Call) -> str | None:
    return call.path["container_id"] if operation == "reject_content" and regenerates(call) else None


def _decision(operation: str, call: Call) -> str | None:
    decides = operation in {"approve_content", "reject_content"} and not regenerates(call)
    return call.path["container_id"] if decides else None


@met(_decision)
async def rejects_at_once_both_accepted(
    _: Backend, perform: Perform, mine: Arrival, earlier: Sequence[Arrival]
) -> Answer:
    others = [answer for other, answer in granted(earlier, DECIDED) if other.operation == mine.operation]
    return others[0] if others else await perform(mine.operation, mine.call)


@met(of_organization("create_content"))
async def creates_at_once_share_a_location(
    _: Backend, perform: Perform, mine: Arrival, earlier: Sequence[Arrival]
) -> Answer:
    answer = await perform(mine.operation, mine.call)
    others = granted(earlier, ACCEPTED)
    if answer.status != ACCEPTED or not others:
        return answer
    location: list[str] = []
    edited(others[0][1], lambda envelope: location.append(envelope["locationUrl"]))
    return edited(answer, lambda envelope: {**envelope, "locationUrl": location[0]})


@replacing("operations", "perform")
def cancels_at_once_crash(backend: Backend, perform: Perform, operation: str, call: Call) -> Awaitable[Answer]:
    async def raced() -> Answer:
        job = backend.store.job(call.path.get("job_id", "")) if operation == "cancel_job" else None
        running = job is not None and backend.generation.in_flight(job, backend.clock.now())
        if running:
            await asyncio.sleep(RACE_SECONDS)
        job = backend.store.job(call.path.get("job_id", "")) if running else None
        if job is not None and job.canceled_at is not None:
            raise RuntimeError("the job was canceled by another transaction")
        return await perform(operation, call)

    return raced()


async def taken_meanwhile(backend: Backend, call: Call, operation: str, resource: str) -> Replay | None:
    """Wait for a moment, and return the record of a call's key where the key was free before, and another call has taken it."""
    keys = call.headers.get("idempotency-key", ())
    if len(keys) != 1:
        return None
    slot = backend.idempotency.slot(backend.idempotency.scope(call.org, operation, call.path[resource]), keys[0])
    was_free = backend.store.replay(slot) is None
    await asyncio.sleep(RACE_SECONDS)
    return backend.store.replay(slot) if was_free else None


@fresh
def bodies_at_once_under_one_key_both_make() -> Install:
    async def perform(backend: Backend, perform: Perform, operation: str, call: Call) -> Answer:
        if operation != "create_content":
            return await perform(operation, call)
        taken = await taken_meanwhile(backend, call, "createContent", "project_id")
        if taken is not None and taken.fingerprint != backend.idempotency.fingerprint(json.loads(call.content)):
            call = replace(call, headers={**call.headers, "idempotency-key": ()})
        return await perform(operation, call)

    return replacing("operations", "perform")(perform)


def _create_under_a_key(operation: str, call: Call) -> str | None:
    keys = call.headers.get(KEY, ())
    return f"{call.path['project_id']} {keys[0]}" if operation == "create_content" and len(keys) == 1 else None


@met(_create_under_a_key)
async def retry_at_once_starts_when_it_came(
    backend: Backend, perform: Perform, mine: Arrival, earlier: Sequence[Arrival]
) -> Answer:
    now = backend.rendering.timestamp(backend.clock.now())
    answer = await perform(mine.operation, mine.call)
    if answer.status != ACCEPTED or not granted(earlier, ACCEPTED):
        return answer
    return edited(answer, lambda envelope: {**envelope, "startedAt": now})


def of_one(operation: str, parameter: str) -> Subject:
    """Return a subject that calls of one operation share which have the same value of a path parameter."""
    return lambda name, call: call.path[parameter] if name == operation else None


@met(of_one("regenerate_content", "container_id"))
async def regenerates_at_once_share_a_job(
    _: Backend, perform: Perform, mine: Arrival, earlier: Sequence[Arrival]
) -> Answer:
    others = [answer for other, answer in granted(earlier, ACCEPTED) if not same_key(other.call, mine.call)]
    return others[0] if others else await perform(mine.operation, mine.call)


@met(of_organization("regenerate_content"))
async def regenerates_at_once_mix_their_patches(
    _: Backend, perform: Perform, mine: Arrival, earlier: Sequence[Arrival]
) -> Answer:
    others = [each.call for each in earlier if each.call.path != mine.call.path and each.call.content]
    content = others[0].content if others and mine.call.content else mine.call.content
    return await perform(mine.operation, replace(mine.call, content=content))


@met(_regenerating_reject)
async def rejects_that_regenerate_at_once_lose_a_job(
    backend: Backend, perform: Perform, mine: Arrival, earlier: Sequence[Arrival]
) -> Answer:
    others = [answer for other, answer in granted(earlier, ACCEPTED) if not same_key(other.call, mine.call)]
    if not others:
        return await perform(mine.operation, mine.call)
    lost = backend.ids.job(backend.clock.now())
    return edited(others[0], lambda envelope: {**envelope, "jobId": lost, "locationUrl": f"/v1/jobs/{lost}"})


@met(_regenerating_reject)
async def refused_reject_of_two_at_once_patches(
    backend: Backend, perform: Perform, mine: Arrival, _: Sequence[Arrival]
) -> Answer:
    try:
        return await perform(mine.operation, mine.call)
    except ApiError:
        patch: Brief = json.loads(mine.call.content)["regenerate"]
        snapshot = backend.store.container(mine.call.path["container_id"], backend.clock.now())
        if snapshot is not None and isinstance(patch, dict):
            brief: Brief = {**json.loads(snapshot.container.brief), **patch}
            backend.store.update_container(snapshot.container._replace(brief=encode_brief(brief)))
        raise
