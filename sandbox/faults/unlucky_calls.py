"""Faults of keys, lists, errors and callers that an odd combination of calls brings about."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sandbox.backend import Backend
from sandbox.bodies import LONGEST_REASON
from sandbox.change import Fault, Install
from sandbox.errors import ApiError, idempotency_conflict
from sandbox.faults.at_once import Perform, taken_meanwhile
from sandbox.faults.replacing import Doc, before, edited, fresh, refusing, replacing, status_now, together
from sandbox.faults.third_steps import canceling
from sandbox.listing import HIGHEST_LIMIT, Page
from sandbox.operations import Call
from sandbox.records import Answer, Job, Project, Replay, Snapshot


def _canceled_create_frees_its_key() -> Install:
    freed: set[str] = set()

    def canceled(job: Job, _: int, __: Backend) -> None:
        if job.kind == "content_generate":
            freed.add(job.id)

    def lookup(_: Backend, lookup: Callable[[str, int], Replay | None], slot: str, now: int) -> Replay | None:
        replay = lookup(slot, now)
        return None if replay is not None and json.loads(replay.body).get("jobId") in freed else replay

    return together(canceling(canceled), replacing("idempotency", "lookup", lookup))


def _window_restarts_at_a_conflict() -> Install:
    restarted: dict[bytes, int] = {}

    def replayed(
        backend: Backend, replayed: Callable[[Replay, str], Answer], replay: Replay, fingerprint: str
    ) -> Answer:
        if replay.fingerprint != fingerprint:
            restarted[replay.body] = backend.clock.now()
        return replayed(replay, fingerprint)

    def expired(_: Backend, expired: Callable[[Replay, int], bool], replay: Replay, now: int) -> bool:
        return expired(replay._replace(created_at=restarted.get(replay.body, replay.created_at)), now)

    return together(replacing("idempotency", "replayed", replayed), replacing("idempotency", "expired", expired))


def _refused_patch_takes_its_key() -> Install:
    taken: dict[tuple[str, str], bytes] = {}

    def regenerate(_: Backend, regenerate: Callable[[Call], Answer], call: Call) -> Answer:
        slot = call.path["container_id"], call.idempotency_key or ""
        if taken.get(slot, call.content) != call.content:
            raise idempotency_conflict()
        try:
            return regenerate(call)
        except ApiError as refusal:
            if slot[1] and refusal.code == "VALIDATION":
                taken[slot] = call.content
            raise

    return replacing("operations", "regenerate_content", regenerate)


async def _both_regenerate(backend: Backend, perform: Perform, operation: str, call: Call) -> Answer:
    if operation != "regenerate_content" or not await taken_meanwhile(
        backend, call, "regenerateContent", "container_id"
    ):
        return await perform(operation, call)
    snapshot = backend.store.container(call.path["container_id"], backend.clock.now())
    if snapshot is None:
        return await perform(operation, call)
    container = snapshot.container
    with backend.store.transaction():
        job = backend.lifecycle.start_job("content_regenerate", container.org, container.project_id, container.id, {})
        backend.store.update_container(container._replace(job_id=job.id))
    return backend.operations.started(job)


def _ended_job_for_anybody(call: Call, backend: Backend) -> Answer | None:
    job, now = backend.store.job(call.path["job_id"]), backend.clock.now()
    if job is None or backend.generation.in_flight(job, now):
        return None
    return backend.rendering.answer(200, backend.rendering.job(job, now))


def _no_request_id(answer: Answer, error: ApiError, _: Backend) -> Answer:
    if "in flight" not in error.message:
        return answer

    def without(doc: Doc) -> Doc:
        return {"error": {name: value for name, value in doc["error"].items() if name != "requestId"}}

    return edited(answer, without)


def _asset_of_what_was_canceled(call: Call, backend: Backend) -> None:
    snapshot = backend.store.container(call.path["container_id"], backend.clock.now())
    if snapshot is not None and status_now(backend, snapshot) == "canceled":
        raise RuntimeError("'NoneType' object is not iterable")


def _reason_of(call: Call) -> str:
    try:
        reason = json.loads(call.content).get("reason")
    except (ValueError, AttributeError):
        return ""
    return reason if isinstance(reason, str) else ""


def _one_character_more(_: Backend, reject: Callable[[Call], Answer], call: Call) -> Answer:
    if len(_reason_of(call)) == LONGEST_REASON + 1:
        body = {**json.loads(call.content), "reason": "cut"}
        call = replace(call, content=json.dumps(body).encode())
    return reject(call)


def _cap_of_201(_: Backend, page_limit: Callable[[str | None], int], text: str | None) -> int:
    limit = page_limit(text)
    return HIGHEST_LIMIT + 1 if limit == HIGHEST_LIMIT and text != str(HIGHEST_LIMIT) else limit


def _newest_job_first(
    _: Backend, page: Callable[..., Page], project: Project, query: Sequence[tuple[str, str]]
) -> Page:
    found = page(project, query)
    if "status" not in dict(query):
        return found
    return found._replace(items=sorted(found.items, key=lambda item: item.job.started_at, reverse=True))


def _missing_where_canceled_in_the_queue(
    backend: Backend, values: Callable[[Snapshot], Any], snapshot: Snapshot
) -> dict[str, str]:
    job = snapshot.job
    early = job.canceled_at is not None and job.canceled_at < backend.generation.queue_ends_at(job)
    return {**values(snapshot), **({"status": "queued"} if early else {})}


def _second_value_lost(
    backend: Backend, page: Callable[..., Page], project: Project, query: Sequence[tuple[str, str]]
) -> Page:
    values = [value for name, value in query if name == "status"]
    if len(values) < 2 or not any(name == "cursor" for name, _ in query):
        return page(project, query)
    found = page(project, query)
    return found._replace(items=[item for item in found.items if status_now(backend, item) == values[0]])


def _limit_changed_in_a_walk() -> Install:
    """Return an install in which a cursor counts pages: with another limit it starts at another place."""
    limits: dict[str, int] = {}

    def page(backend: Backend, page: Callable[..., Page], project: Project, query: Sequence[tuple[str, str]]) -> Page:
        asked = dict(query)
        limit = backend.listing.page_limit(asked.get("limit"))
        first = limits.get(asked.get("cursor", ""), limit)
        found = page(project, query)
        if found.next_cursor is not None:
            limits[found.next_cursor] = limit
        return found._replace(items=found.items[max(0, limit - first) :])

    return replacing("listing", "page", page)


def _cursor_carries_its_project() -> Install:
    homes: dict[str, str] = {}

    def page(backend: Backend, page: Callable[..., Page], project: Project, query: Sequence[tuple[str, str]]) -> Page:
        home = backend.store.project(homes.get(dict(query).get("cursor", ""), project.id))
        found = page(home if home is not None and home.org == project.org else project, query)
        if found.next_cursor is not None:
            homes.setdefault(found.next_cursor, project.id)
        return found

    return replacing("listing", "page", page)


def _approved_not_completed(backend: Backend, values: Callable[[Snapshot], Any], snapshot: Snapshot) -> dict[str, str]:
    approved = backend.approval.status_at(snapshot) == "approved"
    return {**values(snapshot), **({"status": "approved"} if approved else {})}


def _second_approve(call: Call, backend: Backend) -> Answer | None:
    snapshot = backend.access.container(call.org, call.path["container_id"])
    return Answer(204, b"") if backend.approval.status_at(snapshot) == "approved" else None


def _failed_auto_filtered_as_resolved(
    backend: Backend, values: Callable[[Snapshot], Any], snapshot: Snapshot
) -> dict[str, str]:
    ended_badly = status_now(backend, snapshot) in {"failed", "canceled"}
    container = snapshot.container
    resolved = {"format": container.resolved_format} if ended_badly and container.format == "auto" else {}
    return {**values(snapshot), **resolved}


FAULTS: tuple[Fault, ...] = (
    Fault(
        "canceled-create-frees-its-key",
        "IDM-2",
        "stateful",
        "The key of a create is free again once its job was canceled, so that a retry makes another container.",
        fresh(_canceled_create_frees_its_key),
    ),
    Fault(
        "window-restarts-at-a-conflict",
        "IDM-12",
        "deep",
        "The 24 hours of a key begin anew when another body is sent under it.",
        fresh(_window_restarts_at_a_conflict),
    ),
    Fault(
        "refused-patch-takes-its-key",
        "IDM-14",
        "deep",
        "A regenerate that was refused as invalid keeps its key, so that the mended one conflicts.",
        fresh(_refused_patch_takes_its_key),
    ),
    Fault(
        "regenerates-at-once-under-one-key-both-make",
        "IDM-11",
        "deep",
        "Two regenerates that arrive at one moment under one key both start a job.",
        replacing("operations", "perform", _both_regenerate),
    ),
    Fault(
        "cancel-shows-ended-jobs-to-anybody",
        "AUT-4",
        "deep",
        "A cancel of a job that has ended answers any organization with the job.",
        before("cancel_job", _ended_job_for_anybody),
    ),
    Fault(
        "in-flight-conflict-without-request-id",
        "ERR-2",
        "stateful",
        "The refusal of a regenerate while a generation is in flight has no requestId.",
        refusing(_no_request_id),
    ),
    Fault(
        "asset-of-what-was-canceled-crashes",
        "ERR-1",
        "deep",
        "getAsset of a container that was canceled answers 500.",
        before("get_asset", _asset_of_what_was_canceled),
    ),
    Fault(
        "reason-of-1025-characters-accepted",
        "REJ-3",
        "deep",
        "A reject with a reason of 1,025 characters is accepted.",
        replacing("operations", "reject_content", _one_character_more),
    ),
    Fault(
        "page-of-201",
        "LST-11",
        "deep",
        "A limit above 200 counts as 201.",
        replacing("listing", "page_limit", _cap_of_201),
        containers=230,
    ),
    Fault(
        "status-filter-orders-by-the-latest-job",
        "LST-10",
        "deep",
        "A page under a status filter is ordered by the start of the latest job, so that what was regenerated comes first.",
        replacing("listing", "page", _newest_job_first),
    ),
    Fault(
        "canceled-in-the-queue-is-not-listed-as-canceled",
        "LST-4",
        "stateful",
        "The filter status=canceled misses what was canceled before it was rendered.",
        replacing("listing", "filter_values", _missing_where_canceled_in_the_queue),
    ),
    Fault(
        "second-value-lost-after-the-first-page",
        "LST-15",
        "deep",
        "The second value of a repeated status filter counts on the first page alone.",
        replacing("listing", "page", _second_value_lost),
    ),
    Fault(
        "limit-raised-in-a-walk-skips",
        "LST-1",
        "deep",
        "A cursor counts pages, so that a walk whose limit is raised on the way skips items.",
        fresh(_limit_changed_in_a_walk),
    ),
    Fault(
        "cursor-carries-its-project",
        "LST-8",
        "deep",
        "A cursor that is sent to another project of its organization goes on with the list that it comes from.",
        fresh(_cursor_carries_its_project),
    ),
    Fault(
        "approved-leaves-the-completed-list",
        "LST-4",
        "stateful",
        "The filter status=completed misses what is approved.",
        replacing("listing", "filter_values", _approved_not_completed),
    ),
    Fault(
        "second-approve-answers-204",
        "SCH-4",
        "stateful",
        "An approve of an approved container answers 204.",
        before("approve_content", _second_approve),
    ),
    Fault(
        "failed-auto-is-filtered-as-resolved",
        "LST-5",
        "deep",
        "The filter format compares the format that auto would have become, for what failed or was canceled.",
        replacing("listing", "filter_values", _failed_auto_filtered_as_resolved),
    ),
)
