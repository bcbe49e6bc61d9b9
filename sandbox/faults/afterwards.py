"""Faults that show only after an earlier event on the same container, key or job."""

import json
from collections.abc import Callable
from typing import Any

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
    shown,
    together,
)
from sandbox.lifecycle import encode_brief
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


def _container_of(backend: Backend, replay: Replay) -> Snapshot | None:
    job = _named(backend, replay)
    return container_of(backend, job) if job is not None else None


def _undecide(backend: Backend, snapshot: Snapshot | None) -> None:
    if snapshot is not None and snapshot.container.approval == "rejected":
        backend.store.update_container(snapshot.container._replace(approval="pending"))


def _asset_read_undoes_reject(backend: Backend, answer: Callable[[Call], Answer], call: Call) -> Answer:
    granted = answer(call)
    with backend.store.transaction():
        _undecide(backend, _snapshot(backend, call))
    return granted


def _replay_undoes_reject(
    backend: Backend, replayed: Callable[[Replay, str], Answer], replay: Replay, fingerprint: str
) -> Answer:
    answer = replayed(replay, fingerprint)
    _undecide(backend, _container_of(backend, replay))
    return answer


def _another_reason_is_another_reject(backend: Backend, answer: Callable[[Call], Answer], call: Call) -> Answer:
    try:
        return answer(call)
    except ApiError as refusal:
        snapshot = _snapshot(backend, call)
        rejected = snapshot is not None and snapshot.container.approval == "rejected"
        if snapshot is not None and rejected and refusal.code == "CONFLICT" and b"again" in call.content:
            return backend.operations.shown(snapshot)
        raise


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


def _is_superseded(job: Job, backend: Backend) -> bool:
    return job.kind == "content_regenerate" and _jobs_of(backend, job.container_id)[-1] != job.id


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


def _tags_of_failed_jobs_unread(
    backend: Backend, not_modified: Callable[[Call, str], bool], call: Call, etag: str
) -> bool:
    job = backend.store.job(call.path["job_id"])
    return not_modified(call, etag) and not (job is not None and _is_failed(job, backend))


def _influencer_gone(doc: Doc, snapshot: Snapshot, _: Backend) -> Doc:
    return {**doc, "influencerId": None} if snapshot.job.kind == "content_regenerate" else doc


def _create_replay_restores_brief() -> Install:
    first: dict[str, Any] = {}

    def create(_: Backend, create: Callable[..., Job], project: Project, form: str, brief: Any, *rest: Any) -> Job:
        job = create(project, form, brief, *rest)
        first[job.container_id] = brief
        return job

    def replayed(
        backend: Backend, replayed: Callable[[Replay, str], Answer], replay: Replay, fingerprint: str
    ) -> Answer:
        answer = replayed(replay, fingerprint)
        job, snapshot = _named(backend, replay), _container_of(backend, replay)
        if job is not None and snapshot is not None and job.kind == "content_generate":
            brief = encode_brief(first[job.container_id])
            backend.store.update_container(snapshot.container._replace(brief=brief))
        return answer

    return together(replacing("lifecycle", "create", create), replacing("idempotency", "replayed", replayed))


FAULTS: tuple[Fault, ...] = (
    Fault(
        "reading-an-asset-undoes-a-reject",
        "APR-7",
        "stateful",
        "A rejected container is pending again once one of its assets was read.",
        replacing("operations", "get_asset", _asset_read_undoes_reject),
    ),
    Fault(
        "replay-of-create-undoes-a-reject",
        "APR-7",
        "stateful",
        "A replay of its create makes a rejected container pending again.",
        replacing("idempotency", "replayed", _replay_undoes_reject),
    ),
    Fault(
        "rejected-can-be-rejected-for-another-reason",
        "APR-9",
        "stateful",
        "A rejected container can be rejected once more for another reason.",
        replacing("operations", "reject_content", _another_reason_is_another_reject),
    ),
    Fault(
        "key-freed-by-a-reject",
        "IDM-2",
        "stateful",
        "The key of a create is free again once its container was rejected.",
        _key_freed(_is_of_rejected),
    ),
    Fault(
        "key-freed-by-a-failure",
        "IDM-2",
        "stateful",
        "The key of a create is free again once its generation has failed.",
        _key_freed(_is_failed),
    ),
    Fault(
        "key-freed-by-the-next-regenerate",
        "IDM-11",
        "stateful",
        "The key of a regenerate is free again once another one has followed.",
        _key_freed(_is_superseded),
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
        "replay-of-create-restores-its-brief",
        "REG-2",
        "stateful",
        "A replay of a create brings back the brief from before a patch.",
        fresh(_create_replay_restores_brief),
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
    Fault(
        "failed-job-never-unchanged",
        "JOB-8",
        "stateful",
        "A failed job that is read with its own tag is sent once more.",
        replacing("operations", "not_modified", _tags_of_failed_jobs_unread),
    ),
    Fault(
        "influencer-gone-after-a-regenerate",
        "CRE-8",
        "stateful",
        "A container that was regenerated shows no influencer, though its brief names one.",
        shown("list_item", _influencer_gone),
    ),
)
