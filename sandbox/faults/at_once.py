"""Faults that show only while several generations are under way, or when calls arrive at the same moment."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.lifecycle_results import no_worker_free
from sandbox.faults.replacing import fresh, replacing, together
from sandbox.operations import Call
from sandbox.records import Answer, Container, Job, Project, Replay

RACE_SECONDS = 0.03
FIRST_TWO = 2
Perform = Callable[[str, Call], Awaitable[Answer]]


def _dropped_when_busy() -> Install:
    dropping: set[str] = set()

    def create(backend: Backend, create: Callable[..., Job], project: Project, *rest: Any) -> Job:
        busy = no_worker_free(project, "", {}, backend)
        with_id = backend.ids.container(backend.clock.now())
        if busy and len(rest) == FIRST_TWO:
            dropping.add(with_id)
            return create(project, *rest, "content_generate", with_id)
        return create(project, *rest)

    def add_container(_: Backend, add: Callable[[Container], None], container: Container) -> None:
        if container.id not in dropping:
            add(container)

    return together(replacing("lifecycle", "create", create), replacing("store", "add_container", add_container))


def _latest_body() -> Install:
    latest: dict[str, bytes] = {}

    async def perform(_: Backend, perform: Perform, operation: str, call: Call) -> Answer:
        if operation == "create_content":
            latest[operation] = call.content
            await asyncio.sleep(RACE_SECONDS)
            call = replace(call, content=latest[operation])
        return await perform(operation, call)

    return replacing("operations", "perform", perform)


def _decides_without_looking_again() -> Install:
    """Return an install in which a decision that arrives while another one is being made repeats it."""

    async def perform(backend: Backend, perform: Perform, operation: str, call: Call) -> Answer:
        if operation != "reject_content" or not call.content or b'"regenerate"' in call.content:
            return await perform(operation, call)
        snapshot = backend.store.container(call.path["container_id"], backend.clock.now())
        undecided = snapshot is not None and backend.approval.status_at(snapshot) == "pending"
        await asyncio.sleep(RACE_SECONDS)
        again = backend.store.container(call.path["container_id"], backend.clock.now())
        if undecided and again is not None and backend.approval.status_at(again) == "rejected":
            raise RuntimeError("the row was changed by another transaction")
        return await perform(operation, call)

    return replacing("operations", "perform", perform)


async def taken_meanwhile(backend: Backend, call: Call, operation: str, resource: str) -> Replay | None:
    """Wait for a moment, and return the record of a call's key where the key was free before, and another call has taken it."""
    keys = call.headers.get("idempotency-key", ())
    if len(keys) != 1:
        return None
    slot = backend.idempotency.slot(backend.idempotency.scope(call.org, operation, call.path[resource]), keys[0])
    was_free = backend.store.replay(slot) is None
    await asyncio.sleep(RACE_SECONDS)
    return backend.store.replay(slot) if was_free else None


def _both_bodies_make() -> Install:
    async def perform(backend: Backend, perform: Perform, operation: str, call: Call) -> Answer:
        if operation != "create_content":
            return await perform(operation, call)
        taken = await taken_meanwhile(backend, call, "createContent", "project_id")
        if taken is not None and taken.fingerprint != backend.idempotency.fingerprint(json.loads(call.content)):
            call = replace(call, headers={**call.headers, "idempotency-key": ()})
        return await perform(operation, call)

    return replacing("operations", "perform", perform)


def _second_cancel_conflicts(backend: Backend, perform: Perform, operation: str, call: Call) -> Awaitable[Answer]:
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


def _two_of(_: Backend, unfinished: Callable[[str, int], list[Job]], project_id: str, now: int) -> list[Job]:
    return unfinished(project_id, now)[:FIRST_TWO]


FAULTS: tuple[Fault, ...] = (
    Fault(
        "fifth-create-in-flight-is-dropped",
        "CRE-4",
        "deep",
        "A create that finds four generations of its project in flight is accepted, and makes no container.",
        fresh(_dropped_when_busy),
    ),
    Fault(
        "creates-at-once-mix-their-briefs",
        "CRE-5",
        "deep",
        "Creates that arrive at one moment all get the body of the latest.",
        fresh(_latest_body),
    ),
    Fault(
        "bodies-at-once-under-one-key-both-make",
        "IDM-3",
        "deep",
        "Two bodies that arrive at one moment under one key both make a container.",
        fresh(_both_bodies_make),
    ),
    Fault(
        "rejects-at-once-crash",
        "ERR-1",
        "deep",
        "A reject that arrives while another one is being made is answered 500.",
        fresh(_decides_without_looking_again),
    ),
    Fault(
        "cancels-at-once-crash",
        "ERR-1",
        "deep",
        "A cancel that arrives while another one is being made is answered 500.",
        replacing("operations", "perform", _second_cancel_conflicts),
    ),
    Fault(
        "archive-cancels-two-alone",
        "LIF-11",
        "deep",
        "Archiving a project cancels the first two generations in flight and lets the others run on.",
        replacing("store", "unfinished_jobs", _two_of),
    ),
)
