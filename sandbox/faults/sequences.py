"""Faults that need several steps: cancels of regenerations, patches, clones of what was decided, keys used elsewhere or long ago."""

import json
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import idempotency_conflict
from sandbox.faults.idempotency_keys import Sharing, Slot
from sandbox.faults.parts import using
from sandbox.faults.replacing import Doc, fresh, replacing, shown, stalled, together
from sandbox.operations import Call
from sandbox.records import Answer, Job, Project, Replay, Snapshot

KEYS_REMEMBERED = 64


class _RegenerateOfAnother(Sharing):
    def shares(self, mine: Slot, other: Slot) -> bool:
        return other[:2] == mine[:2] and mine[1] == "regenerateContent"


def _sixty_four_keys() -> Install:
    """Return an install that keeps the record of a key until 64 other keys were sent, refused calls included."""
    known: deque[str] = deque(maxlen=KEYS_REMEMBERED)
    forgotten: set[str] = set()

    async def perform(
        _: Backend, perform: Callable[[str, Call], Awaitable[Answer]], operation: str, call: Call
    ) -> Answer:
        for key in call.headers.get("idempotency-key", ()):
            if key in known:
                known.remove(key)
            else:
                forgotten.add(key)
            known.append(key)
        return await perform(operation, call)

    def lookup(_: Backend, lookup: Callable[[str, int], Replay | None], slot: str, now: int) -> Replay | None:
        key = json.loads(slot)[-1]
        if key in forgotten:
            forgotten.remove(key)
            return None
        return lookup(slot, now)

    return together(replacing("operations", "perform", perform), replacing("idempotency", "lookup", lookup))


def _fingerprint_of_the_client() -> Install:
    """Return an install that takes a key for another request where another client sends it."""
    clients: dict[str, str | None] = {}

    async def perform(
        _: Backend, perform: Callable[[str, Call], Awaitable[Answer]], operation: str, call: Call
    ) -> Answer:
        answer = None
        for key in call.headers.get("idempotency-key", ()):
            if clients.get(key, call.header("user-agent")) != call.header("user-agent"):
                raise idempotency_conflict()
            answer = await perform(operation, call)
            clients[key] = call.header("user-agent")
        return answer or await perform(operation, call)

    return replacing("operations", "perform", perform)


def _is_canceled_regeneration(snapshot: Snapshot) -> bool:
    return snapshot.job.kind == "content_regenerate" and snapshot.job.canceled_at is not None


def _result_before(doc: Doc, snapshot: Snapshot, _: Backend) -> Doc:
    return {**doc, "status": "completed"} if _is_canceled_regeneration(snapshot) else doc


def _clone_keeps_the_decision(
    backend: Backend, clone: Callable[[Snapshot, Project], Job], source: Snapshot, project: Project
) -> Job:
    job = clone(source, project)
    made = backend.store.container(job.container_id, backend.clock.now())
    decision = backend.approval.status_at(source)
    if made is not None and decision in {"approved", "rejected"}:
        backend.store.update_container(made.container._replace(approval=decision, approval_job=job.id))
    return job


def _decided_clone_shown(_: Backend, status_at: Callable[[Snapshot], str], snapshot: Snapshot) -> str:
    decided = snapshot.job.kind == "content_clone" and snapshot.container.approval in {"approved", "rejected"}
    return snapshot.container.approval if decided else status_at(snapshot)


def _clone_into_another_stalls(
    backend: Backend, clone: Callable[[Snapshot, Project], Job], source: Snapshot, project: Project
) -> Job:
    job = clone(source, project)
    return stalled(backend, job) if project.id != source.container.project_id else job


def _listed_beside_its_source() -> Install:
    homes: dict[str, str] = {}

    def clone(_: Backend, clone: Callable[[Snapshot, Project], Job], source: Snapshot, project: Project) -> Job:
        job = clone(source, project)
        if project.id != source.container.project_id:
            homes[job.container_id] = source.container.project_id
        return job

    def candidates(backend: Backend, candidates: Callable[..., Any], project_id: str, after: Any, now: int) -> Any:
        if after is None:
            strays = [name for name, home in homes.items() if home == project_id]
            yield from filter(None, (backend.store.container(name, now) for name in strays))
        yield from candidates(project_id, after, now)

    return together(replacing("lifecycle", "clone", clone), replacing("listing", "candidates", candidates))


FAULTS: tuple[Fault, ...] = (
    Fault(
        "regenerate-answers-for-another-container",
        "IDM-11",
        "deep",
        "A regenerate under a key and a body that another container's regenerate had is answered with that one's job.",
        using(_RegenerateOfAnother),
    ),
    Fault(
        "only-64-keys-remembered",
        "IDM-1",
        "deep",
        "A key is forgotten when 64 others were sent, those of refused calls included.",
        fresh(_sixty_four_keys),
    ),
    Fault(
        "fingerprint-of-the-client",
        "IDM-1",
        "deep",
        "A key that another User-Agent has sent belongs to another request, whatever the body.",
        fresh(_fingerprint_of_the_client),
    ),
    Fault(
        "canceled-regeneration-shows-the-result-before",
        "LIF-10",
        "stateful",
        "A container whose regeneration was canceled reads as completed, as it was before.",
        shown("list_item", _result_before),
    ),
    Fault(
        "clone-keeps-the-decision",
        "APR-5",
        "deep",
        "A clone of a container that was approved or rejected is so too.",
        together(
            replacing("lifecycle", "clone", _clone_keeps_the_decision),
            replacing("approval", "status_at", _decided_clone_shown),
        ),
    ),
    Fault(
        "clone-into-another-project-never-ends",
        "CLO-2",
        "deep",
        "A clone into another project than its source's stays queued for ever.",
        replacing("lifecycle", "clone", _clone_into_another_stalls),
    ),
    Fault(
        "clone-listed-beside-its-source-too",
        "LST-8",
        "deep",
        "A clone into another project is listed in the project of its source as well.",
        fresh(_listed_beside_its_source),
    ),
)
