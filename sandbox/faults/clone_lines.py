"""Faults of clones: what a clone takes from its source, leaves with it, or gets back from it later."""

from collections.abc import Callable

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import ApiError
from sandbox.faults.idempotency_keys import Sharing, Slot
from sandbox.faults.parts import using
from sandbox.faults.replacing import (
    fresh,
    replacing,
    together,
)
from sandbox.faults.third_steps import cloning
from sandbox.operations import Call
from sandbox.records import Answer, Job, Snapshot


class _CloneOfAnother(Sharing):
    def shares(self, mine: Slot, other: Slot) -> bool:
        return other[:2] == mine[:2] and mine[1] == "cloneFromPost"


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
        "progress-of-a-source-names-its-clone",
        "JOB-3",
        "stateful",
        "Progress of a container that was cloned shows the clone's job.",
        fresh(_progress_of_the_clone),
    ),
    Fault(
        "clone-into-an-unknown-project-stays-at-home",
        "AUT-3",
        "deep",
        "A clone into a project that the caller does not have answers 404, and makes a clone in the project of the source.",
        replacing("operations", "clone_from_post", _falls_back_to_the_source),
    ),
)
