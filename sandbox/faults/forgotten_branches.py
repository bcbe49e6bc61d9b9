"""Faults of one code path among several that forgets what the others do."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, NoReturn

from sandbox.backend import Backend
from sandbox.change import Fault
from sandbox.errors import ApiError, validation
from sandbox.faults.earlier_jobs import jobs_of
from sandbox.faults.replacing import Doc, before, job_shown, replacing
from sandbox.idempotency import LONGEST_KEY
from sandbox.listing import Page
from sandbox.operations import Call
from sandbox.records import Answer, Job

Query = Sequence[tuple[str, str]]
PACIFIC_MS = 7 * 60 * 60 * 1000


def of_query(query: Query, name: str) -> list[str]:
    """Return all values of a parameter."""
    return [value for key, value in query if key == name]


def _regenerates_without_a_reason(backend: Backend, answer: Callable[[Call], Answer], call: Call) -> Answer:
    try:
        return answer(call)
    except ApiError as error:
        if error.status == 422:
            _regenerate_if_asked(backend, call)
        raise


def _regenerate_if_asked(backend: Backend, call: Call) -> None:
    body = json.loads(call.content)
    if not isinstance(body, dict) or body.get("reason") or not body.get("regenerate"):
        return
    snapshot = backend.access.container(call.org, call.path["container_id"])
    if backend.approval.status_at(snapshot) == "pending":
        with suppress(ApiError), backend.store.transaction():
            backend.lifecycle.regenerate(snapshot, {})


def _regenerations_for_all(_: Backend, may_use: Callable[[str, Job], bool], org: str, job: Job) -> bool:
    return may_use(org, job) or job.kind == "content_regenerate"


def _request_in_the_details(call: Call, _: Backend) -> Answer | None:
    if len(of_query(call.query(), "limit")) <= 1:
        return None
    details = [{"field": name, "message": value} for name, values in call.headers.items() for value in values]
    raise validation("The parameter limit may be given once.", details=details)


def _crash() -> NoReturn:
    raise RuntimeError("the project has no row")


def _made_under_a_long_key(
    backend: Backend, answer: Callable[..., Answer], scope: tuple[str, ...], key: str | None, *rest: Any
) -> Answer:
    if key is not None and len(key) > LONGEST_KEY and "createContent" in scope:
        with backend.store.transaction():
            rest[-1]()
    return answer(scope, key, *rest)


def _without_the_extension(_: Backend, answer: Callable[[Call], Answer], call: Call) -> Answer:
    asset_id = call.path["asset_id"].partition(".")[0]
    return answer(replace(call, path={**call.path, "asset_id": asset_id}))


def _started_in_local_time(doc: Doc, job: Job, _: int, backend: Backend) -> Doc:
    if job.kind != "content_clone":
        return doc
    local = backend.rendering.timestamp(job.started_at - PACIFIC_MS)
    return {**doc, "startedAt": local.replace("Z", "-07:00")}


def _earlier_outcomes(backend: Backend, job: Job, outcome: str) -> list[Job]:
    """Return the earlier jobs of a job's container that ended so, the latest last."""
    earlier = [each for each in jobs_of(backend, job.container_id) if each.started_at < job.started_at]
    return [each for each in earlier if each.canceled_at is None and each.outcome == outcome]


def _last_success_listed(backend: Backend, page: Callable[[Page], Doc], found: Page) -> Doc:
    document = page(found)
    for item, snapshot in zip(document["items"], found.items, strict=True):
        if item["status"] == "canceled" and _earlier_outcomes(backend, snapshot.job, "completed"):
            item["status"] = "completed"
    return document


FAULTS: tuple[Fault, ...] = (
    Fault(
        "reject-without-reason-regenerates",
        "REJ-3",
        "stateful",
        "A reject with regeneration and without a reason is refused, and the regeneration starts.",
        replacing("operations", "reject_content", _regenerates_without_a_reason),
    ),
    Fault(
        "regeneration-jobs-open-to-all",
        "AUT-4",
        "deep",
        "Another organization can read and cancel the job of a regeneration; the other kinds of job are closed to it.",
        replacing("access", "may_use_job", _regenerations_for_all),
    ),
    Fault(
        "repeated-limit-answered-with-the-request",
        "AUT-5",
        "deep",
        "A list with two limits is refused with all headers of the request in the details.",
        before("list_content", _request_in_the_details),
    ),
    Fault(
        "create-under-a-long-key-refused-and-made",
        "CRE-10",
        "deep",
        "A create whose Idempotency-Key has more than 255 characters is refused, and its container is made.",
        replacing("idempotency", "answer", _made_under_a_long_key),
    ),
    Fault(
        "asset-id-read-up-to-its-extension",
        "AST-3",
        "deep",
        "What follows a dot in an asset's id is ignored, so that an unknown id such as med_1.mp4 is answered.",
        replacing("operations", "get_asset", _without_the_extension),
    ),
    Fault(
        "clone-started-in-local-time",
        "SCH-3",
        "stateful",
        "The job of a clone shows startedAt with the offset of the worker's zone.",
        job_shown(_started_in_local_time),
    ),
    Fault(
        "canceled-regeneration-listed-as-completed",
        "LST-9",
        "stateful",
        "A list shows a container whose regeneration was canceled as completed, as it was before.",
        replacing("rendering", "page", _last_success_listed),
    ),
)
