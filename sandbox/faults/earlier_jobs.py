"""Faults of a container with more than one job: what a regeneration, a cancel or a decision does to what was before it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.replacing import Doc, container_shown, fresh, job_shown, replacing
from sandbox.faults.third_steps import canceling
from sandbox.lifecycle import encode_brief
from sandbox.listing import Filters, Page
from sandbox.operations import Call
from sandbox.records import Answer, Brief, Job, Snapshot

Regenerate = Callable[[Snapshot, Brief], Job]
Matches = Callable[[Snapshot, Filters], bool]

DECIDED = frozenset({"approved", "rejected"})


def jobs_of(backend: Backend, container_id: str) -> list[Job]:
    """Return the jobs of a container, the earliest first."""
    query = "SELECT * FROM jobs WHERE container_id = ? ORDER BY started_at, id"
    with backend.store.lock:
        return [Job._make(row) for row in backend.store.connection.execute(query, (container_id,))]


def changed(backend: Backend, statement: str, *values: object) -> None:
    """Change rows of the store, within the transaction of the caller if there is one."""
    with backend.store.lock:
        backend.store.connection.execute(statement, values)


def without_filter(filters: Filters, name: str) -> Mapping[str, frozenset[str]]:
    """Return the other filters."""
    return {each: wanted for each, wanted in filters.items() if each != name}


def _completed_while_it_regenerates(backend: Backend, matches: Matches, snapshot: Snapshot, filters: Filters) -> bool:
    if matches(snapshot, filters) or "completed" not in filters.get("status", ()):
        return matches(snapshot, filters)
    *earlier, latest = jobs_of(backend, snapshot.container.id)
    was_completed = any(backend.generation.status_at(job, snapshot.now) == "completed" for job in earlier)
    is_regenerating = was_completed and backend.generation.in_flight(latest, snapshot.now)
    return is_regenerating and matches(snapshot, without_filter(filters, "status"))


def _format_as_asked_for(_: Backend, matches: Matches, snapshot: Snapshot, filters: Filters) -> bool:
    if len(filters) == 1 or "format" not in filters:
        return matches(snapshot, filters)
    return snapshot.container.format in filters["format"] and matches(snapshot, without_filter(filters, "format"))


def _listed_as_decided(_: Backend, page: Callable[[Page], Doc], found: Page) -> Doc:
    shown = page(found)
    for item, snapshot in zip(shown["items"], found.items, strict=True):
        if snapshot.requires_review and snapshot.container.approval in DECIDED:
            item["approvalStatus"] = snapshot.container.approval
    return shown


def _from_the_first_brief() -> Install:
    first: dict[str, str] = {}

    def regenerate(_: Backend, regenerate: Regenerate, snapshot: Snapshot, patch: Brief) -> Job:
        brief = first.setdefault(snapshot.container.id, snapshot.container.brief)
        return regenerate(snapshot._replace(container=snapshot.container._replace(brief=brief)), patch)

    return replacing("lifecycle", "regenerate", regenerate)


def _cancels_all(job: Job, now: int, backend: Backend) -> None:
    for earlier in jobs_of(backend, job.container_id)[:-1]:
        backend.store.cancel_job(earlier.id, now)


def _finished_when_the_next_began(doc: Doc, job: Job, _: int, backend: Backend) -> Doc:
    later = [each for each in jobs_of(backend, job.container_id) if each.started_at > job.started_at]
    if doc["finishedAt"] is None or not later:
        return doc
    return {**doc, "finishedAt": backend.rendering.timestamp(later[0].started_at)}


def _patched_though_refused(backend: Backend, regenerate: Regenerate, snapshot: Snapshot, patch: Brief) -> Job:
    if patch and backend.generation.in_flight(snapshot.job, snapshot.now):
        brief: Brief = {**json.loads(snapshot.container.brief), **patch}
        backend.store.update_container(snapshot.container._replace(brief=encode_brief(brief)))
        # The refusal that follows rolls back what has not been committed.
        changed(backend, "COMMIT")
        changed(backend, "BEGIN IMMEDIATE")
    return regenerate(snapshot, patch)


def _no_duration_once_regenerated(doc: Doc, snapshot: Snapshot, _: Backend) -> Doc:
    if snapshot.job.kind != "content_regenerate":
        return doc
    assets = [{name: value for name, value in asset.items() if name != "durationMs"} for asset in doc["assets"]]
    return {**doc, "assets": assets}


def beside_a_regeneration(cancel: Callable[[Backend, Job, Snapshot], None]) -> Install:
    """Call `cancel` with a job that has ended, when somebody cancels it while its container regenerates."""

    def cancel_job(backend: Backend, cancel_job: Callable[[Call], Answer], call: Call) -> Answer:
        answer = cancel_job(call)
        job = backend.access.job(call.org, call.path["job_id"])
        snapshot = backend.store.container(job.container_id, backend.clock.now())
        if snapshot and snapshot.job != job and backend.generation.in_flight(snapshot.job, snapshot.now):
            with backend.store.transaction():
                cancel(backend, job, snapshot)
        return answer

    return replacing("operations", "cancel_job", cancel_job)


def _without_empty(_: Backend, patched: Callable[[Brief, Doc], Brief], brief: Brief, patch: dict[str, Any]) -> Brief:
    return patched(brief, {name: value for name, value in patch.items() if value})


FAULTS: tuple[Fault, ...] = (
    Fault(
        "regenerating-listed-as-completed",
        "LST-4",
        "stateful",
        "What has completed once stays under status=completed while it regenerates.",
        replacing("listing", "filter_matches", _completed_while_it_regenerates),
    ),
    Fault(
        "two-filters-compare-the-format-asked-for",
        "LST-6",
        "deep",
        "Beside another filter, `format` compares what the create said, so that a resolved `auto` is not found.",
        replacing("listing", "filter_matches", _format_as_asked_for),
    ),
    Fault(
        "list-keeps-the-decision-through-a-regeneration",
        "LST-9",
        "deep",
        "A list shows the decision of before a regeneration, which has made the container pending again.",
        replacing("rendering", "page", _listed_as_decided),
    ),
    Fault(
        "empty-list-in-a-patch-is-ignored",
        "REG-2",
        "deep",
        "A patch cannot make a list of the brief empty.",
        replacing("lifecycle", "patched", _without_empty),
    ),
    Fault(
        "second-patch-starts-from-the-first-brief",
        "REG-2",
        "deep",
        "Each patch is laid over the brief of before the first one.",
        fresh(_from_the_first_brief),
    ),
    Fault(
        "cancel-of-a-regeneration-cancels-the-jobs-before",
        "REG-5",
        "deep",
        "The cancel of a regeneration marks the earlier jobs of its container as canceled too.",
        canceling(_cancels_all),
    ),
    Fault(
        "earlier-job-finishes-when-the-next-begins",
        "REG-5",
        "stateful",
        "A regeneration moves finishedAt of the job before.",
        job_shown(_finished_when_the_next_began),
    ),
    Fault(
        "regenerate-refused-in-flight-patches",
        "AUT-3",
        "deep",
        "A regenerate that is refused since another one is in flight writes its patch all the same.",
        replacing("lifecycle", "regenerate", _patched_though_refused),
    ),
    Fault(
        "duration-lost-when-regenerated",
        "AST-5",
        "deep",
        "The videos of a regeneration have no durationMs in their container.",
        container_shown(_no_duration_once_regenerated),
    ),
    Fault(
        "cancel-of-an-ended-job-stops-what-runs",
        "LIF-10",
        "deep",
        "The cancel of a job that has ended cancels the regeneration of its container.",
        beside_a_regeneration(lambda backend, _, running: backend.store.cancel_job(running.job.id, running.now)),
    ),
)
