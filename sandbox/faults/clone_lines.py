"""Faults of clones: what a clone takes from its source, leaves with it, or gets back from it later."""

from collections.abc import Callable
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import ApiError
from sandbox.faults.idempotency_keys import Sharing, Slot
from sandbox.faults.parts import using
from sandbox.faults.replacing import (
    Doc,
    container_shown,
    fresh,
    job_shown,
    replacing,
    status_now,
    together,
)
from sandbox.faults.third_steps import cloning
from sandbox.operations import Call
from sandbox.records import Answer, Job, Project, Snapshot


class _CloneOfAnother(Sharing):
    def shares(self, mine: Slot, other: Slot) -> bool:
        return other[:2] == mine[:2] and mine[1] == "cloneFromPost"


def _result_of_the_source() -> Install:
    sources: dict[str, str] = {}

    def cloned(source: Snapshot, job: Job, _: Backend) -> None:
        sources[job.id] = source.container.id

    def show(doc: Doc, job: Job, _: int, __: Backend) -> Doc:
        return {**doc, "result": {"containerId": sources[job.id]}} if doc["result"] and job.id in sources else doc

    return together(cloning(cloned), job_shown(show))


def _progress_of_the_clone() -> Install:
    clones: dict[str, str] = {}

    def cloned(source: Snapshot, job: Job, _: Backend) -> None:
        clones[source.container.id] = job.id

    def progress(backend: Backend, progress: Callable[[Call], Answer], call: Call) -> Answer:
        granted = progress(call)
        job = backend.store.job(clones.get(call.path["container_id"], ""))
        if job is None:
            return granted
        return backend.rendering.answer(200, backend.rendering.job(job, backend.clock.now()))

    return together(cloning(cloned), replacing("operations", "get_content_progress", progress))


def _listed_as_old_as_its_source() -> Install:
    born: dict[str, int] = {}

    def cloned(source: Snapshot, job: Job, _: Backend) -> None:
        born[job.container_id] = source.container.created_at

    def page(backend: Backend, page: Callable[[Any], Doc], found: Any) -> Doc:
        def older(item: Doc) -> Doc:
            moment = born.get(item["id"])
            return item if moment is None else {**item, "createdAt": backend.rendering.timestamp(moment)}

        shown = page(found)
        return {**shown, "items": [older(item) for item in shown["items"]]}

    return together(cloning(cloned), replacing("rendering", "page", page))


def _assets_of_the_source() -> Install:
    sources: dict[str, Snapshot] = {}

    def cloned(source: Snapshot, job: Job, _: Backend) -> None:
        sources[job.id] = source

    def show(doc: Doc, snapshot: Snapshot, backend: Backend) -> Doc:
        source = sources.get(snapshot.job.id)
        if source is None or not backend.generation.in_flight(snapshot.job, snapshot.now):
            return doc
        return {**doc, "assets": [backend.rendering.asset(asset) for asset in backend.generation.assets_at(source)]}

    return together(cloning(cloned), container_shown(show))


def _canceled_clone_unlisted(backend: Backend, matches: Callable[..., bool], snapshot: Snapshot, wanted: Any) -> bool:
    stopped = snapshot.job.kind == "content_clone" and status_now(backend, snapshot) == "canceled"
    return not stopped and matches(snapshot, wanted)


def _clone_of_nothing_crashes(
    backend: Backend, clone: Callable[[Snapshot, Project], Job], source: Snapshot, project: Project
) -> Job:
    if not backend.generation.assets_at(source):
        raise RuntimeError("list index out of range")
    return clone(source, project)


def _falls_back_to_the_source(backend: Backend, clone: Callable[[Call], Answer], call: Call) -> Answer:
    try:
        return clone(call)
    except ApiError as refusal:
        if "project" not in refusal.message:
            raise
        source = backend.access.container(call.org, call.path["container_id"])
        project = backend.access.project(call.org, source.container.project_id)
        with backend.store.transaction():
            backend.lifecycle.clone(source, project)
        raise


FAULTS: tuple[Fault, ...] = (
    Fault(
        "clone-answers-for-another-source",
        "IDM-11",
        "deep",
        "A clone under a key and a body that the clone of another container had is answered with that one's job.",
        using(_CloneOfAnother),
    ),
    Fault(
        "clone-result-names-the-source",
        "JOB-7",
        "stateful",
        "The result of a completed clone names the container that was cloned.",
        fresh(_result_of_the_source),
    ),
    Fault(
        "progress-of-a-source-names-its-clone",
        "JOB-3",
        "stateful",
        "Progress of a container that was cloned shows the clone's job.",
        fresh(_progress_of_the_clone),
    ),
    Fault(
        "clone-listed-as-old-as-its-source",
        "LST-9",
        "stateful",
        "Lists show a clone with the createdAt of its source.",
        fresh(_listed_as_old_as_its_source),
    ),
    Fault(
        "clone-in-flight-shows-the-sources-assets",
        "LIF-3",
        "stateful",
        "A clone shows the assets of its source until its own are rendered.",
        fresh(_assets_of_the_source),
    ),
    Fault(
        "canceled-clone-leaves-the-list",
        "LST-1",
        "stateful",
        "A clone that was canceled is on no list.",
        replacing("listing", "filter_matches", _canceled_clone_unlisted),
    ),
    Fault(
        "clone-of-what-has-no-assets-crashes",
        "ERR-1",
        "stateful",
        "A clone of a container that failed, was canceled or is in flight answers 500.",
        replacing("lifecycle", "clone", _clone_of_nothing_crashes),
    ),
    Fault(
        "clone-into-an-unknown-project-stays-at-home",
        "AUT-3",
        "deep",
        "A clone into a project that the caller does not have answers 404, and makes a clone in the project of the source.",
        replacing("operations", "clone_from_post", _falls_back_to_the_source),
    ),
)
