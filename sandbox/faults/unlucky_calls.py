"""Faults of keys, lists, errors and callers that an odd combination of calls brings about."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from sandbox.backend import Backend
from sandbox.bodies import LONGEST_REASON
from sandbox.change import Fault, Install
from sandbox.errors import ApiError, idempotency_conflict
from sandbox.faults.at_once import Perform, taken_meanwhile
from sandbox.faults.replacing import Doc, edited, fresh, refusing, replacing, status_now
from sandbox.listing import HIGHEST_LIMIT, Page
from sandbox.operations import Call
from sandbox.records import Answer, Project


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


def _no_request_id(answer: Answer, error: ApiError, _: Backend) -> Answer:
    if "in flight" not in error.message:
        return answer

    def without(doc: Doc) -> Doc:
        return {"error": {name: value for name, value in doc["error"].items() if name != "requestId"}}

    return edited(answer, without)


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


def _second_value_lost(
    backend: Backend, page: Callable[..., Page], project: Project, query: Sequence[tuple[str, str]]
) -> Page:
    values = [value for name, value in query if name == "status"]
    if len(values) < 2 or not any(name == "cursor" for name, _ in query):
        return page(project, query)
    found = page(project, query)
    return found._replace(items=[item for item in found.items if status_now(backend, item) == values[0]])


FAULTS: tuple[Fault, ...] = (
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
        "in-flight-conflict-without-request-id",
        "ERR-2",
        "stateful",
        "The refusal of a regenerate while a generation is in flight has no requestId.",
        refusing(_no_request_id),
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
        "second-value-lost-after-the-first-page",
        "LST-15",
        "deep",
        "The second value of a repeated status filter counts on the first page alone.",
        replacing("listing", "page", _second_value_lost),
    ),
)
