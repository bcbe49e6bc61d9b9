"""Faults that need several steps: cancels of regenerations, patches, clones of what was decided, keys used elsewhere or long ago."""

import json
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import idempotency_conflict
from sandbox.faults.idempotency_keys import HOUR_MS, Sharing, Slot, keyed
from sandbox.faults.parts import using
from sandbox.faults.replacing import Doc, brief_of, fresh, replacing, shown, stalled, status_now, together
from sandbox.operations import Call
from sandbox.records import Answer, Container, Job, Project, Replay, Snapshot

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


def _clone_key_of_an_hour(
    _: Backend, lookup: Callable[[str, int], Replay | None], slot: str, now: int
) -> Replay | None:
    replay = lookup(slot, now)
    old = replay is not None and now - replay.created_at >= HOUR_MS
    return None if old and '"cloneFromPost"' in slot else replay


def _is_canceled_regeneration(snapshot: Snapshot) -> bool:
    return snapshot.job.kind == "content_regenerate" and snapshot.job.canceled_at is not None


def _result_before(doc: Doc, snapshot: Snapshot, _: Backend) -> Doc:
    return {**doc, "status": "completed"} if _is_canceled_regeneration(snapshot) else doc


def _canceled_job_of(backend: Backend, container_id: str) -> Job | None:
    query = "SELECT id FROM jobs WHERE container_id = ? AND canceled_at IS NOT NULL ORDER BY started_at DESC"
    row = backend.store.connection.execute(query, (container_id,)).fetchone()
    return backend.store.job(row[0]) if row else None


def _progress_of_what_was_canceled(backend: Backend, answer: Callable[[Call], Answer], call: Call) -> Answer:
    granted = answer(call)
    job = _canceled_job_of(backend, call.path["container_id"])
    if job is None:
        return granted
    return backend.rendering.answer(200, backend.rendering.job(job, backend.clock.now()))


def _influencer_of_the_create() -> Install:
    first: dict[str, object] = {}

    def add_container(_: Backend, add: Callable[[Container], None], container: Container) -> None:
        first[container.id] = json.loads(container.brief).get("influencerId")
        add(container)

    def influencer(_: Backend, influencer: Callable[[Snapshot], object], snapshot: Snapshot) -> object:
        return first.get(snapshot.container.id, influencer(snapshot))

    return together(
        replacing("store", "add_container", add_container), replacing("rendering", "influencer", influencer)
    )


def _one_medium_makes_a_video(doc: Doc, snapshot: Snapshot, _: Backend) -> Doc:
    media = brief_of(snapshot).get("referenceMediaIds", [])
    return {**doc, "format": "video_remix"} if len(media) == 1 and doc["format"] != "auto" else doc


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


def _failure_awaits_review(backend: Backend, status_at: Callable[[Snapshot], str], snapshot: Snapshot) -> str:
    if snapshot.requires_review and status_now(backend, snapshot) == "failed":
        return "rejected"
    return status_at(snapshot)


FAULTS: tuple[Fault, ...] = (
    Fault(
        "key-cut-at-32", "IDM-5", "deep", "Keys with the same first 32 characters are one key.", keyed(lambda k: k[:32])
    ),
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
        "clone-key-of-one-hour",
        "IDM-12",
        "deep",
        "The key of a clone is free again after an hour.",
        replacing("idempotency", "lookup", _clone_key_of_an_hour),
    ),
    Fault(
        "canceled-regeneration-shows-the-result-before",
        "LIF-10",
        "stateful",
        "A container whose regeneration was canceled reads as completed, as it was before.",
        shown("list_item", _result_before),
    ),
    Fault(
        "progress-stays-with-the-canceled-job",
        "JOB-3",
        "stateful",
        "Progress names a canceled job for ever, though the container was regenerated since.",
        replacing("operations", "get_content_progress", _progress_of_what_was_canceled),
    ),
    Fault(
        "influencer-of-the-create-stays",
        "CRE-8",
        "stateful",
        "A container shows the influencer of its create, though a patch has named another.",
        fresh(_influencer_of_the_create),
    ),
    Fault(
        "one-reference-medium-makes-a-video",
        "CRE-6",
        "deep",
        "A container of any format with exactly one reference medium shows as video_remix.",
        shown("list_item", _one_medium_makes_a_video),
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
    Fault(
        "failure-under-review-is-a-rejection",
        "APR-5",
        "deep",
        "A generation that fails in a project with review makes its container rejected.",
        replacing("approval", "status_at", _failure_awaits_review),
    ),
)
