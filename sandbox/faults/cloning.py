"""Faults of clones: no new container, a wrong project, or changes to the source (requirements CLO)."""

import json
from collections.abc import Callable, Iterator

from sandbox.backend import Backend
from sandbox.bodies import CloneBody
from sandbox.change import Fault, Install
from sandbox.errors import ApiError, not_found
from sandbox.faults.parts import using
from sandbox.generation import Generation
from sandbox.lifecycle import Lifecycle, encode_brief
from sandbox.listing import Listing, Position
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Asset, Brief, Container, Job, Project, Snapshot

FOREVER_MS = 10**12


def run_on(lifecycle: Lifecycle, job_id: str) -> None:
    """Let a job never end."""
    query = "UPDATE jobs SET duration_ms = ? WHERE id = ?"
    lifecycle.backend.store.connection.execute(query, (FOREVER_MS, job_id))


def changing(
    chosen: Callable[[Backend, Snapshot], Snapshot | None], change: Callable[[Container], Container]
) -> Install:
    """Return an install that changes a container, the source or another one, at each clone."""

    class _Changing(Lifecycle):
        backend: Backend

        def clone(self, source: Snapshot, project: Project) -> Job:
            changed = chosen(self.backend, source)
            if changed:
                self.backend.store.update_container(change(changed.container))
            return super().clone(source, project)

    return using(_Changing)


def the_source(_: Backend, source: Snapshot) -> Snapshot:
    """Return the container that is cloned."""
    return source


def a_neighbour(backend: Backend, source: Snapshot) -> Snapshot | None:
    """Return the oldest other container of the project."""
    found = backend.listing.candidates(source.container.project_id, None, source.now)
    others = [item for item in found if item.container.id != source.container.id]
    return others[-1] if others else None


def with_brief(container: Container, brief: Brief) -> Container:
    """Return a container with some brief fields replaced."""
    return container._replace(brief=encode_brief({**json.loads(container.brief), **brief}))


def reformatted(container: Container) -> Container:
    """Return a copy of a container with another format."""
    return container._replace(format="video_remix" if container.format == "slideshow_remix" else "slideshow_remix")


class _SourceItself(Lifecycle):
    def clone(self, source: Snapshot, project: Project) -> Job:
        container = source.container
        job = self.start_job(
            "content_clone", project.org, container.project_id, container.id, json.loads(container.brief)
        )
        self.backend.store.update_container(container._replace(job_id=job.id))
        return job


class _FirstCloneAgain(Lifecycle):
    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self.clones: dict[str, Job] = {}

    def clone(self, source: Snapshot, project: Project) -> Job:
        found = self.clones.get(source.container.id)
        if found is None:
            found = self.clones[source.container.id] = super().clone(source, project)
        return found


class _OtherProject(Operations):
    def clone_project(self, source: Snapshot, body: CloneBody, org: str) -> Project:
        asked = super().clone_project(source, body, org)
        known = [self.backend.store.project(project[0]) for project in self.backend.settings.projects()]
        others = [project for project in known if project and project.org == org and project.id != asked.id]
        return next((project for project in others if project.archived_at is None), asked)


class _EnvelopeOfOtherProject(_OtherProject):
    def clone_from_post(self, call: Call) -> Answer:
        answer = super().clone_from_post(call)
        source = self.backend.access.container(call.org, call.path["container_id"])
        body = json.loads(answer.body) | {"projectId": source.container.project_id}
        return answer._replace(body=self.backend.rendering.encode(body))


class _ClonesNotListed(Listing):
    def candidates(self, project_id: str, after: Position | None, now: int) -> Iterator[Snapshot]:
        found = super().candidates(project_id, after, now)
        return (snapshot for snapshot in found if snapshot.job.kind != "content_clone")


class _RunningOn(Lifecycle):
    def clone(self, source: Snapshot, project: Project) -> Job:
        job = super().clone(source, project)
        if self.runs_on(source):
            run_on(self, job.id)
        return job

    def runs_on(self, source: Snapshot) -> bool:
        """Return whether the clone of a container never ends."""
        return source is not None


class _SlideshowRunsOn(_RunningOn):
    def runs_on(self, source: Snapshot) -> bool:
        return source.container.format == "slideshow_remix"


class _AssetsMove(Generation):
    backend: Backend

    def assets_at(self, snapshot: Snapshot) -> list[Asset]:
        query = "SELECT count(*) FROM jobs WHERE kind = 'content_clone' AND duration_ms >= 0 AND container_id IN "
        query += "(SELECT id FROM containers WHERE project_id = ? AND brief = ? AND seq > ?)"
        own = (snapshot.container.project_id, snapshot.container.brief, snapshot.container.seq)
        (clones,) = self.backend.store.connection.execute(query, own).fetchone()
        return [] if clones else super().assets_at(snapshot)


class _UnknownPostCloned(Operations):
    def source_post_known(self, post_id: str) -> bool:
        return bool(post_id)


class _UnknownPostLeavesContainer(Operations):
    def clone_from_post(self, call: Call) -> Answer:
        try:
            return super().clone_from_post(call)
        except ApiError as refusal:
            if refusal.message == not_found("source post").message:
                source = self.backend.access.container(call.org, call.path["container_id"])
                project = self.backend.access.project(call.org, source.container.project_id)
                with self.backend.store.transaction():
                    self.left(source, project)
            raise

    def left(self, source: Snapshot, project: Project) -> None:
        """Make the container that stays."""
        self.backend.lifecycle.clone(source, project)


class _UnknownPostLeavesEmptyContainer(_UnknownPostLeavesContainer):
    backend: Backend

    def left(self, source: Snapshot, project: Project) -> None:
        brief: Brief = {"hook": "A post"}
        self.backend.lifecycle.create(project, source.container.format, brief, "content_clone")


class _UnknownPostIs200(Operations):
    def clone_from_post(self, call: Call) -> Answer:
        try:
            return super().clone_from_post(call)
        except ApiError as refusal:
            if refusal.message != not_found("source post").message:
                raise
            return self.backend.rendering.answer(200, {"status": "failed", "lastError": "no such post"})


FAULTS: tuple[Fault, ...] = (
    Fault(
        "clone-is-the-source",
        "CLO-1",
        "stateful",
        "A clone runs in the container that it clones.",
        using(_SourceItself),
    ),
    Fault(
        "second-clone-is-the-first",
        "CLO-1",
        "deep",
        "A second clone of a container is answered with the first one and its job.",
        using(_FirstCloneAgain),
    ),
    Fault("clone-in-other-project", "CLO-2", "stateful", "A clone goes to another project.", using(_OtherProject)),
    Fault(
        "clone-in-other-project-unseen",
        "CLO-2",
        "deep",
        "A clone goes to another project, and its envelope says otherwise.",
        using(_EnvelopeOfOtherProject),
    ),
    Fault("clones-are-not-listed", "CLO-2", "stateful", "Clones are on no list.", using(_ClonesNotListed)),
    Fault(
        "clone-of-slideshow-never-ends",
        "CLO-2",
        "deep",
        "A clone of a slideshow runs for ever.",
        using(_SlideshowRunsOn),
    ),
    Fault(
        "clone-tags-the-source",
        "CLO-3",
        "deep",
        "Cloning adds a theme tag to the source's brief.",
        changing(the_source, lambda container: with_brief(container, {"themeTags": ["cloned"]})),
    ),
    Fault(
        "clone-turns-source-format",
        "CLO-3",
        "deep",
        "Cloning changes the source's format.",
        changing(the_source, reformatted),
    ),
    Fault(
        "clone-rewrites-source-captions",
        "CLO-3",
        "deep",
        "Cloning changes the source's platforms, and so its captions.",
        changing(the_source, lambda container: with_brief(container, {"targetPlatforms": ["youtube"]})),
    ),
    Fault(
        "clone-reopens-source-review",
        "CLO-3",
        "deep",
        "Cloning a container that was decided on makes it pending again.",
        changing(the_source, lambda container: container._replace(approval_job=None)),
    ),
    Fault("clone-takes-source-assets", "CLO-3", "deep", "A cloned container has no assets left.", using(_AssetsMove)),
    Fault(
        "clone-changes-a-neighbour",
        "CLO-3",
        "deep",
        "Cloning writes into the brief of the project's oldest other container.",
        changing(a_neighbour, lambda container: with_brief(container, {"themeTags": ["cloned"]})),
    ),
    Fault(
        "unknown-post-is-cloned",
        "CLO-4",
        "stateful",
        "An unknown post is cloned all the same.",
        using(_UnknownPostCloned),
    ),
    Fault(
        "unknown-post-leaves-a-container",
        "CLO-4",
        "deep",
        "A clone of an unknown post is refused, and its container stays.",
        using(_UnknownPostLeavesContainer),
    ),
    Fault(
        "unknown-post-leaves-a-container-of-its-own",
        "CLO-4",
        "deep",
        "A clone of an unknown post is refused, and a container that has nothing of its source stays.",
        using(_UnknownPostLeavesEmptyContainer),
    ),
    Fault(
        "unknown-post-answers-200",
        "CLO-4",
        "stateful",
        "A clone of an unknown post answers 200.",
        using(_UnknownPostIs200),
    ),
)
