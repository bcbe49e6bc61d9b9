"""Faults that show only while several generations are under way, or when calls arrive at the same moment."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.replacing import fresh, replacing
from sandbox.operations import Call
from sandbox.records import Answer, Replay

RACE_SECONDS = 0.03
Perform = Callable[[str, Call], Awaitable[Answer]]


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


FAULTS: tuple[Fault, ...] = (
    Fault(
        "bodies-at-once-under-one-key-both-make",
        "IDM-3",
        "deep",
        "Two bodies that arrive at one moment under one key both make a container.",
        fresh(_both_bodies_make),
    ),
    Fault(
        "cancels-at-once-crash",
        "ERR-1",
        "deep",
        "A cancel that arrives while another one is being made is answered 500.",
        replacing("operations", "perform", _second_cancel_conflicts),
    ),
)
