"""Faults of cloning from a post (CLO)."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.backend import Backend
from sandbox.bodies import CloneBody
from sandbox.change import Install, together, using
from sandbox.errors import ApiError, not_found
from sandbox.faults.installers import cloning, fresh, replacing, run_again, stalled, status_now
from sandbox.generation import Generation
from sandbox.lifecycle import Lifecycle, encode_brief
from sandbox.listing import Listing, Position
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Asset, Brief, Container, Job, Project, Snapshot

FAULTS = """
CLO-1 stateful clone-is-the-source: A clone runs in the container that it clones.
CLO-1 deep second-clone-is-the-first: A second clone of a container is answered with the first one and its job.
CLO-1 stateful canceled-clone-used-again: A clone whose source has a clone that was canceled runs in that clone's
    container.
CLO-2 stateful clone-in-other-project: A clone goes to another project.
CLO-2 deep clone-in-other-project-unseen: A clone goes to another project, and its envelope says otherwise.
CLO-2 stateful clones-are-not-listed: Clones are on no list.
CLO-2 deep clone-into-another-project-never-ends: A clone into another project than its source's stays queued for
    ever.
CLO-2 stateful clone-of-a-clone-is-not-listed: A clone of a container that is a clone itself is on no list.
CLO-3 deep clone-tags-the-source: Cloning adds a theme tag to the source's brief.
CLO-3 deep clone-turns-source-format: Cloning changes the source's format.
CLO-3 deep clone-rewrites-source-captions: Cloning changes the source's platforms, and so its captions.
CLO-3 deep clone-reopens-source-review: Cloning a container that was decided on makes it pending again.
CLO-3 deep clone-takes-source-assets: A cloned container has no assets left.
CLO-3 deep clone-changes-a-neighbour: Cloning writes into the brief of the project's oldest other container.
CLO-4 stateful unknown-post-is-cloned: An unknown post is cloned all the same.
CLO-4 deep unknown-post-leaves-a-container: A clone of an unknown post is refused, and its container stays.
CLO-4 deep unknown-post-leaves-a-container-of-its-own: A clone of an unknown post is refused, and a container that has
    nothing of its source stays.
"""


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


def with_brief(container: Container, brief: Brief) -> Container:
    """Return a container with some brief fields replaced."""
    return container._replace(brief=encode_brief({**json.loads(container.brief), **brief}))


class CloneIsTheSource(Lifecycle):
    def clone(self, source: Snapshot, project: Project) -> Job:
        container = source.container
        job = self.start_job(
            "content_clone", project.org, container.project_id, container.id, json.loads(container.brief)
        )
        self.backend.store.update_container(container._replace(job_id=job.id))
        return job


class SecondCloneIsTheFirst(Lifecycle):
    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self.clones: dict[str, Job] = {}

    def clone(self, source: Snapshot, project: Project) -> Job:
        found = self.clones.get(source.container.id)
        if found is None:
            found = self.clones[source.container.id] = super().clone(source, project)
        return found


@fresh
def canceled_clone_used_again() -> Install:
    clones: dict[tuple[str, str], str] = {}

    def clone(backend: Backend, clone: Callable[[Snapshot, Project], Job], source: Snapshot, project: Project) -> Job:
        wanted = (source.container.id, project.id)
        earlier = backend.store.container(clones.get(wanted, ""), backend.clock.now())
        if earlier is not None and status_now(backend, earlier) == "canceled":
            return run_again(backend, earlier, "content_clone")
        job = clone(source, project)
        clones[wanted] = job.container_id
        return job

    return replacing("lifecycle", "clone")(clone)


class CloneInOtherProject(Operations):
    def clone_project(self, source: Snapshot, body: CloneBody, org: str) -> Project:
        asked = super().clone_project(source, body, org)
        known = [self.backend.store.project(project[0]) for project in self.backend.settings.projects()]
        others = [project for project in known if project and project.org == org and project.id != asked.id]
        return next((project for project in others if project.archived_at is None), asked)


class CloneInOtherProjectUnseen(CloneInOtherProject):
    def clone_from_post(self, call: Call) -> Answer:
        answer = super().clone_from_post(call)
        source = self.backend.access.container(call.org, call.path["container_id"])
        body = json.loads(answer.body) | {"projectId": source.container.project_id}
        return answer._replace(body=self.backend.rendering.encode(body))


class ClonesAreNotListed(Listing):
    def candidates(self, project_id: str, after: Position | None, now: int) -> Iterator[Snapshot]:
        found = super().candidates(project_id, after, now)
        return (snapshot for snapshot in found if snapshot.job.kind != "content_clone")


@replacing("lifecycle", "clone")
def clone_into_another_project_never_ends(
    backend: Backend, clone: Callable[[Snapshot, Project], Job], source: Snapshot, project: Project
) -> Job:
    job = clone(source, project)
    return stalled(backend, job) if project.id != source.container.project_id else job


@fresh
def clone_of_a_clone_is_not_listed() -> Install:
    clones: set[str] = set()
    unlisted: set[str] = set()

    def cloned(source: Snapshot, job: Job, _: Backend) -> None:
        clones.add(job.container_id)
        if source.container.id in clones:
            unlisted.add(job.container_id)

    def candidates(_: Backend, candidates: Callable[..., Iterator[Snapshot]], *where: Any) -> Iterator[Snapshot]:
        return (snapshot for snapshot in candidates(*where) if snapshot.container.id not in unlisted)

    return together(cloning(cloned), replacing("listing", "candidates")(candidates))


class CloneTakesSourceAssets(Generation):
    backend: Backend

    def assets_at(self, snapshot: Snapshot) -> list[Asset]:
        query = "SELECT count(*) FROM jobs WHERE kind = 'content_clone' AND duration_ms >= 0 AND container_id IN "
        query += "(SELECT id FROM containers WHERE project_id = ? AND brief = ? AND seq > ?)"
        own = (snapshot.container.project_id, snapshot.container.brief, snapshot.container.seq)
        (clones,) = self.backend.store.connection.execute(query, own).fetchone()
        return [] if clones else super().assets_at(snapshot)


class UnknownPostIsCloned(Operations):
    def source_post_known(self, post_id: str) -> bool:
        return bool(post_id)


class UnknownPostLeavesAContainer(Operations):
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


class UnknownPostLeavesAContainerOfItsOwn(UnknownPostLeavesAContainer):
    backend: Backend

    def left(self, source: Snapshot, project: Project) -> None:
        brief: Brief = {"hook": "A post"}
        self.backend.lifecycle.create(project, source.container.format, brief, "content_clone")


clone_tags_the_source = changing(the_source, lambda container: with_brief(container, {"themeTags": ["cloned"]}))


def reformatted(container: Container) -> Container:
    """Return a copy of a container with another format."""
    return container._replace(format="video_remix" if container.format == "slideshow_remix" else "slideshow_remix")


clone_turns_source_format = changing(the_source, reformatted)
clone_rewrites_source_captions = changing(
    the_source, lambda container: with_brief(container, {"targetPlatforms": ["youtube"]})
)
clone_reopens_source_review = changing(the_source, lambda container: container._replace(approval_job=None))


def a_neighbour(backend: Backend, source: Snapshot) -> Snapshot | None:
    """Return the oldest other container of the project."""
    found = backend.listing.candidates(source.container.project_id, None, source.now)
    others = [item for item in found if item.container.id != source.container.id]
    return others[-1] if others else None


clone_changes_a_neighbour = changing(a_neighbour, lambda container: with_brief(container, {"themeTags": ["cloned"]}))
