"""Faults that show only after an earlier event on the same container, key or job."""

import json
from collections.abc import Callable

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import ApiError, not_found, validation
from sandbox.faults.replacing import (
    Doc,
    before,
    brief_of,
    container_of,
    fresh,
    job_shown,
    listed,
    replacing,
    together,
)
from sandbox.operations import Call
from sandbox.records import Answer, Job, Project, Replay, Snapshot

THIRD = 3


def _snapshot(backend: Backend, call: Call) -> Snapshot | None:
    return backend.store.container(call.path["container_id"], backend.clock.now())


def _jobs_of(backend: Backend, container_id: str) -> list[str]:
    query = "SELECT id FROM jobs WHERE container_id = ? ORDER BY started_at, id"
    return [row[0] for row in backend.store.connection.execute(query, (container_id,))]


def _named(backend: Backend, replay: Replay) -> Job | None:
    return backend.store.job(str(json.loads(replay.body).get("jobId", "")))


def _key_freed(ended: Callable[[Job, Backend], bool]) -> Install:
    def lookup(backend: Backend, lookup: Callable[[str, int], Replay | None], slot: str, now: int) -> Replay | None:
        replay = lookup(slot, now)
        job = _named(backend, replay) if replay is not None else None
        return None if job is not None and ended(job, backend) else replay

    return replacing("idempotency", "lookup", lookup)


def _is_failed(job: Job, backend: Backend) -> bool:
    return backend.generation.status_at(job, backend.clock.now()) == "failed"


def _is_of_rejected(job: Job, backend: Backend) -> bool:
    snapshot = container_of(backend, job)
    return snapshot is not None and snapshot.container.approval == "rejected"


def _failed_conflict_is_invalid(
    backend: Backend, replayed: Callable[[Replay, str], Answer], replay: Replay, fingerprint: str
) -> Answer:
    try:
        return replayed(replay, fingerprint)
    except ApiError:
        job = _named(backend, replay)
        if job is not None and _is_failed(job, backend):
            raise validation("The first request failed.", status=422) from None
        raise


def _replay_patches_again(backend: Backend, answer: Callable[[Call], Answer], call: Call) -> Answer:
    container_id = call.path["container_id"]
    scope = backend.idempotency.scope(call.org, "regenerateContent", container_id)
    known = call.idempotency_key and backend.store.replay(backend.idempotency.slot(scope, call.idempotency_key))
    granted = answer(call)
    snapshot = _snapshot(backend, call)
    if known and snapshot is not None and call.content:
        brief = {**brief_of(snapshot), **json.loads(call.content).get("patch", {})}
        with backend.store.transaction():
            backend.store.update_container(snapshot.container._replace(brief=json.dumps(brief, ensure_ascii=False)))
    return granted


def _no_assets_once_rejected(call: Call, backend: Backend) -> Answer | None:
    snapshot = _snapshot(backend, call)
    if snapshot is not None and backend.approval.status_at(snapshot) == "rejected":
        raise not_found("asset")
    return None


def _third_generation_cancels_first_job(doc: Doc, job: Job, _: int, backend: Backend) -> Doc:
    jobs = _jobs_of(backend, job.container_id)
    return {**doc, "status": "canceled"} if len(jobs) >= THIRD and jobs[0] == job.id else doc


def _assets_of_clone_source() -> Install:
    sources: dict[str, str] = {}

    def clone(_: Backend, clone: Callable[[Snapshot, Project], Job], source: Snapshot, project: Project) -> Job:
        job = clone(source, project)
        sources[job.container_id] = source.container.id
        return job

    def answer(_: Backend, answer: Callable[[Call], Answer], call: Call) -> Answer:
        try:
            return answer(call)
        except ApiError:
            source = sources.get(call.path["container_id"])
            if source is None:
                raise
            path = {**call.path, "container_id": source}
            return answer(Call(call.org, path, call.query_string, call.headers, call.content))

    return together(replacing("lifecycle", "clone", clone), replacing("operations", "get_asset", answer))


def _failed_updated_before_created(item: Doc) -> Doc:
    return {**item, "updatedAt": "2020-01-01T00:00:00.000Z"} if item["status"] == "failed" else item


FAULTS: tuple[Fault, ...] = (
    Fault(
        "key-freed-by-a-reject",
        "IDM-2",
        "stateful",
        "The key of a create is free again once its container was rejected.",
        _key_freed(_is_of_rejected),
    ),
    Fault(
        "conflict-with-a-failed-create-is-invalid",
        "IDM-3",
        "stateful",
        "Another body under the key of a create that failed is answered 422.",
        replacing("idempotency", "replayed", _failed_conflict_is_invalid),
    ),
    Fault(
        "replayed-regenerate-patches-again",
        "REG-2",
        "stateful",
        "A replay of an earlier regenerate writes its patch over a later one.",
        replacing("operations", "regenerate_content", _replay_patches_again),
    ),
    Fault(
        "assets-unreadable-once-rejected",
        "AST-1",
        "stateful",
        "The assets of a rejected container cannot be read by their ids.",
        before("get_asset", _no_assets_once_rejected),
    ),
    Fault(
        "assets-of-a-clone-source-answered",
        "AST-3",
        "stateful",
        "A clone answers for the assets of the container that it was cloned from.",
        fresh(_assets_of_clone_source),
    ),
    Fault(
        "first-job-canceled-by-a-third-generation",
        "REG-5",
        "stateful",
        "The first job of a container reads as canceled from its third generation on.",
        job_shown(_third_generation_cancels_first_job),
    ),
    Fault(
        "listed-as-updated-before-it-was-created",
        "LIF-9",
        "stateful",
        "Lists show a failed container as updated before it was created.",
        listed(_failed_updated_before_created),
    ),
)
