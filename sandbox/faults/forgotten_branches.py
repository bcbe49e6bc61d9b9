"""Faults of one code path among several that forgets what the others do."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, NoReturn

from sandbox.backend import Backend
from sandbox.bodies import CloneBody
from sandbox.change import Fault, Install
from sandbox.errors import ApiError, validation
from sandbox.faults.earlier_jobs import jobs_of
from sandbox.faults.replacing import Doc, before, fresh, job_shown, replacing, together
from sandbox.idempotency import LONGEST_KEY
from sandbox.listing import Filters, Page
from sandbox.operations import Call
from sandbox.records import Answer, Job, Project, Snapshot

Query = Sequence[tuple[str, str]]
PACIFIC_MS = 7 * 60 * 60 * 1000


def of_query(query: Query, name: str) -> list[str]:
    """Return all values of a parameter."""
    return [value for key, value in query if key == name]


def _limit_for_each_value(backend: Backend, page: Callable[..., Page], project: Project, query: Query) -> Page:
    statuses = len(of_query(query, "status"))
    limits = of_query(query, "limit")
    if statuses <= 1 or len(limits) > 1:
        return page(project, query)
    limit = backend.listing.page_limit(limits[0] if limits else None) * statuses
    return page(project, [*(pair for pair in query if pair[0] != "limit"), ("limit", str(limit))])


def _queued_counts_as_generating(
    backend: Backend, matches: Callable[[Snapshot, Filters], bool], snapshot: Snapshot, filters: Filters
) -> bool:
    if matches(snapshot, filters):
        return True
    queued = backend.generation.status_at(snapshot.job, snapshot.now) == "queued"
    widened = {name: wanted | {"queued"} if "generating" in wanted else wanted for name, wanted in filters.items()}
    return queued and matches(snapshot, widened)


def _rejected_lost_on_later_pages() -> Install:
    later: list[bool] = []

    def page(_: Backend, page: Callable[..., Page], project: Project, query: Query) -> Page:
        later[:] = [True] if of_query(query, "cursor") and of_query(query, "status") else []
        return page(project, query)

    def matches(
        backend: Backend, matches: Callable[[Snapshot, Filters], bool], snapshot: Snapshot, filters: Filters
    ) -> bool:
        rejected = bool(later) and backend.approval.status_at(snapshot) == "rejected"
        return not rejected and matches(snapshot, filters)

    return together(replacing("listing", "page", page), replacing("listing", "filter_matches", matches))


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


def _jobs_run_on_after_archiving() -> Install:
    forgotten: set[str] = set()

    def archive(backend: Backend, archive: Callable[[Project, int], int], project: Project, now: int) -> int:
        forgotten.update(job.id for job in backend.store.unfinished_jobs(project.id, now))
        return archive(project, now)

    def show(doc: Doc, job: Job, _: int, __: Backend) -> Doc:
        if job.id not in forgotten:
            return doc
        return {**doc, "status": "running", "stage": "rendering", "finishedAt": None}

    return together(replacing("lifecycle", "archive", archive), job_shown(show))


def _regenerations_for_all(_: Backend, may_use: Callable[[str, Job], bool], org: str, job: Job) -> bool:
    return may_use(org, job) or job.kind == "content_regenerate"


def _request_in_the_details(call: Call, _: Backend) -> Answer | None:
    if len(of_query(call.query(), "limit")) <= 1:
        return None
    details = [{"field": name, "message": value} for name, values in call.headers.items() for value in values]
    raise validation("The parameter limit may be given once.", details=details)


def _no_such_project(
    backend: Backend, find: Callable[..., Project], source: Snapshot, body: CloneBody, org: str
) -> Project:
    if body.project_id and backend.store.project(body.project_id) is None:
        _crash()
    return find(source, body, org)


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


def _progress_of_the_last_success(backend: Backend, answer: Callable[[Call], Answer], call: Call) -> Answer:
    snapshot = backend.access.container(call.org, call.path["container_id"])
    completed = _earlier_outcomes(backend, snapshot.job, "completed")
    if backend.generation.status_at(snapshot.job, snapshot.now) != "failed" or not completed:
        return answer(call)
    return backend.rendering.answer(200, backend.rendering.job(completed[-1], snapshot.now))


FAULTS: tuple[Fault, ...] = (
    Fault(
        "pages-of-two-statuses-hold-limit-of-each",
        "LST-2",
        "deep",
        "A page under a status filter with several values holds `limit` items for each of them.",
        replacing("listing", "page", _limit_for_each_value),
    ),
    Fault(
        "queued-listed-as-generating",
        "LST-4",
        "deep",
        "The filter status=generating brings what is queued too.",
        replacing("listing", "filter_matches", _queued_counts_as_generating),
    ),
    Fault(
        "rejected-lost-on-later-pages",
        "APR-6",
        "deep",
        "Under a status filter the pages after the first one leave out what is rejected.",
        fresh(_rejected_lost_on_later_pages),
    ),
    Fault(
        "reject-without-reason-regenerates",
        "REJ-3",
        "stateful",
        "A reject with regeneration and without a reason is refused, and the regeneration starts.",
        replacing("operations", "reject_content", _regenerates_without_a_reason),
    ),
    Fault(
        "archiving-leaves-jobs-running",
        "JOB-2",
        "stateful",
        "Archiving a project cancels its containers in flight; their jobs say running for ever.",
        fresh(_jobs_run_on_after_archiving),
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
        "clone-into-unknown-project-crashes",
        "ERR-1",
        "deep",
        "A clone whose body names an unknown project is answered 500.",
        replacing("operations", "clone_project", _no_such_project),
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
    Fault(
        "progress-after-a-failed-regeneration-is-older",
        "JOB-3",
        "stateful",
        "Once a regeneration has failed, progress names the last job of the container that completed.",
        replacing("operations", "get_content_progress", _progress_of_the_last_success),
    ),
)
