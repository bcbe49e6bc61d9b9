"""Faults of a container that show after a third step: what a cancel, a clone, a patch or a decision leaves behind."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import not_found
from sandbox.faults.replacing import Doc, before, container_shown, fresh, job_shown, replacing, together
from sandbox.lifecycle import encode_brief
from sandbox.operations import Call
from sandbox.records import Brief, Container, Job, Project, Snapshot

Clone = Callable[[Snapshot, Project], Job]
Cancel = Callable[[Job, int], Job]
Regenerate = Callable[[Snapshot, Brief], Job]


def cloning(look: Callable[[Snapshot, Job, Backend], None]) -> Install:
    """Call `look` with the source and the new job of each clone."""

    def clone(backend: Backend, clone: Clone, source: Snapshot, project: Project) -> Job:
        job = clone(source, project)
        look(source, job, backend)
        return job

    return replacing("lifecycle", "clone", clone)


def canceling(look: Callable[[Job, int, Backend], None]) -> Install:
    """Call `look` after each cancel."""

    def cancel(backend: Backend, cancel: Cancel, job: Job, now: int) -> Job:
        canceled = cancel(job, now)
        look(job, now, backend)
        return canceled

    return replacing("lifecycle", "cancel", cancel)


def _unreadable_beside_a_clone() -> Install:
    clones: dict[str, Job] = {}

    def create(backend: Backend, create: Callable[..., Job], project: Project, *rest: Any) -> Job:
        running = backend.store.unfinished_jobs(project.id, backend.clock.now())
        job = create(project, *rest)
        for other in running:
            if other.kind == "content_clone" and job.kind == "content_generate":
                clones[job.container_id] = other
        return job

    def look(call: Call, backend: Backend) -> None:
        clone = clones.get(call.path["container_id"])
        if clone is not None and backend.generation.in_flight(clone, backend.clock.now()):
            raise not_found("container")

    return together(replacing("lifecycle", "create", create), before("get_content", look))


def _cancels_the_source_too() -> Install:
    sources: dict[str, str] = {}

    def cloned(source: Snapshot, job: Job, _: Backend) -> None:
        sources[job.id] = source.job.id

    def canceled(job: Job, now: int, backend: Backend) -> None:
        if job.id in sources:
            backend.store.cancel_job(sources[job.id], now)

    return together(cloning(cloned), canceling(canceled))


def _first_brief_approved() -> Install:
    first: dict[str, str] = {}

    def add_container(_: Backend, add: Callable[[Container], None], container: Container) -> None:
        first[container.id] = container.brief
        add(container)

    def decide(
        backend: Backend, decide: Callable[[Snapshot, str], Snapshot], snapshot: Snapshot, decision: str
    ) -> Snapshot:
        decided = decide(snapshot, decision)
        brief = first.get(decided.container.id)
        if decision == "approved" and brief is not None:
            backend.store.update_container(decided.container._replace(brief=brief))
        return decided

    return together(replacing("store", "add_container", add_container), replacing("lifecycle", "decide", decide))


def _finished_when_cloned() -> Install:
    cloned_at: dict[str, int] = {}

    def cloned(source: Snapshot, job: Job, _: Backend) -> None:
        cloned_at[source.job.id] = job.started_at

    def show(doc: Doc, job: Job, _: int, backend: Backend) -> Doc:
        if job.id not in cloned_at or doc["finishedAt"] is None:
            return doc
        return {**doc, "finishedAt": backend.rendering.timestamp(cloned_at[job.id])}

    return together(cloning(cloned), job_shown(show))


def _canceled_patch_undone() -> Install:
    earlier: dict[str, str] = {}
    undone: dict[str, str] = {}

    def regenerate(_: Backend, regenerate: Regenerate, snapshot: Snapshot, patch: Brief) -> Job:
        container = snapshot.container
        known = undone.pop(container.id, container.brief)
        job = regenerate(snapshot._replace(container=container._replace(brief=known)), patch)
        earlier[job.id] = container.brief
        return job

    def canceled(job: Job, _: int, __: Backend) -> None:
        if job.id in earlier:
            undone[job.container_id] = earlier[job.id]

    return together(replacing("lifecycle", "regenerate", regenerate), canceling(canceled))


def _earlier_job_gone() -> Install:
    canceled_in: set[str] = set()

    def canceled(job: Job, _: int, __: Backend) -> None:
        if job.kind == "content_regenerate":
            canceled_in.add(job.container_id)

    def find(backend: Backend, find: Callable[[str], Job | None], job_id: str) -> Job | None:
        job = find(job_id)
        if job is None or job.container_id not in canceled_in:
            return job
        latest = backend.store.container(job.container_id, backend.clock.now())
        return job if latest is not None and latest.job.started_at <= job.started_at else None

    return together(canceling(canceled), replacing("store", "job", find))


def _patch_reaches_the_source() -> Install:
    sources: dict[str, str] = {}

    def cloned(source: Snapshot, job: Job, _: Backend) -> None:
        sources[job.container_id] = source.container.id

    def regenerate(backend: Backend, regenerate: Regenerate, snapshot: Snapshot, patch: Brief) -> Job:
        job = regenerate(snapshot, patch)
        source = backend.store.container(sources.get(snapshot.container.id, ""), snapshot.now)
        if source is not None:
            brief = backend.lifecycle.patched(json.loads(source.container.brief), patch)
            backend.store.update_container(source.container._replace(brief=encode_brief(brief)))
        return job

    return together(cloning(cloned), replacing("lifecycle", "regenerate", regenerate))


def _clone_of_a_clone_unlisted() -> Install:
    clones: set[str] = set()
    unlisted: set[str] = set()

    def cloned(source: Snapshot, job: Job, _: Backend) -> None:
        clones.add(job.container_id)
        if source.container.id in clones:
            unlisted.add(job.container_id)

    def candidates(_: Backend, candidates: Callable[..., Iterator[Snapshot]], *where: Any) -> Iterator[Snapshot]:
        return (snapshot for snapshot in candidates(*where) if snapshot.container.id not in unlisted)

    return together(cloning(cloned), replacing("listing", "candidates", candidates))


def _null_assets(doc: Doc, snapshot: Snapshot, _: Backend) -> Doc:
    stopped = snapshot.job.kind == "content_regenerate" and snapshot.job.canceled_at is not None
    return {**doc, "assets": None} if stopped else doc


FAULTS: tuple[Fault, ...] = (
    Fault(
        "create-beside-a-clone-unreadable",
        "CRE-4",
        "deep",
        "A container that is created while a clone of its project is in flight answers 404 until that clone has ended.",
        fresh(_unreadable_beside_a_clone),
    ),
    Fault(
        "cancel-of-a-clone-cancels-its-source",
        "JOB-4",
        "stateful",
        "A cancel of a clone turns the container that it was cloned from canceled too.",
        fresh(_cancels_the_source_too),
    ),
    Fault(
        "approve-takes-back-the-patch",
        "APR-2",
        "stateful",
        "An approval of a container that was regenerated with a patch brings back its first brief.",
        fresh(_first_brief_approved),
    ),
    Fault(
        "finished-at-moves-with-a-clone",
        "JOB-4",
        "stateful",
        "finishedAt of an ended job becomes the time at which its container was cloned.",
        fresh(_finished_when_cloned),
    ),
    Fault(
        "canceled-patch-undone-by-the-next-regenerate",
        "REG-2",
        "stateful",
        "A regenerate after a canceled one starts from the brief before the canceled one's patch.",
        fresh(_canceled_patch_undone),
    ),
    Fault(
        "earlier-job-gone-once-the-later-is-canceled",
        "REG-5",
        "stateful",
        "The earlier jobs of a container answer 404 once a regeneration of it was canceled.",
        fresh(_earlier_job_gone),
    ),
    Fault(
        "patch-of-a-clone-reaches-its-source",
        "REG-2",
        "stateful",
        "A clone shares its brief with its source, so a patch of the clone changes the source.",
        fresh(_patch_reaches_the_source),
    ),
    Fault(
        "clone-of-a-clone-is-not-listed",
        "CLO-2",
        "stateful",
        "A clone of a container that is a clone itself is on no list.",
        fresh(_clone_of_a_clone_unlisted),
    ),
    Fault(
        "canceled-regeneration-shows-null-assets",
        "SCH-1",
        "stateful",
        "assets of a container is null once its regeneration was canceled.",
        container_shown(_null_assets),
    ),
)
