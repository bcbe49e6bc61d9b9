"""Every change to containers and jobs. The caller opens the transaction (requirements CRE, REG, CLO, REJ, LIF-10, LIF-11)."""

import json
from typing import Protocol

from sandbox.approval import Approval
from sandbox.clock import Clock
from sandbox.errors import conflict
from sandbox.generation import Generation
from sandbox.ids import Ids
from sandbox.part import Part
from sandbox.records import Brief, Container, Job, Project, Snapshot
from sandbox.store import Store


class LifecycleNeeds(Protocol):
    """What the lifecycle asks of the backend."""

    store: Store
    clock: Clock
    ids: Ids
    generation: Generation
    approval: Approval


class Lifecycle(Part[LifecycleNeeds]):
    """Starts, restarts and stops generations, and writes decisions."""

    def ensure_open(self, project_id: str) -> None:
        """Raise a conflict when the project is archived."""
        project = self.backend.store.project(project_id)
        if project is None or project.archived_at is not None:
            raise conflict("The project is archived.")

    def start_job(self, kind: str, org: str, project_id: str, container_id: str, brief: Brief) -> Job:
        """Insert a job that starts now."""
        backend = self.backend
        now = backend.clock.now()
        generation = backend.generation
        job = Job(
            backend.ids.job(now),
            org,
            project_id,
            container_id,
            kind,
            now,
            generation.duration_ms(),
            generation.outcome(brief),
            None,
        )
        backend.store.add_job(job)
        return job

    def create(
        self,
        project: Project,
        format_: str,
        brief: Brief,
        kind: str = "content_generate",
        container_id: str | None = None,
    ) -> Job:
        """Insert a container and its first job; the id is new unless one is given."""
        self.ensure_open(project.id)
        backend = self.backend
        container_id = container_id or backend.ids.container(backend.clock.now())
        job = self.start_job(kind, project.org, project.id, container_id, brief)
        backend.store.add_container(
            Container(
                0,
                container_id,
                project.org,
                project.id,
                format_,
                backend.generation.resolve_auto(brief),
                encode_brief(brief),
                "not_required",
                None,
                job.id,
                job.started_at,
                job.started_at,
            )
        )
        return job

    def patched(self, brief: Brief, patch: Brief) -> Brief:
        """Return the brief with the fields that the patch names replaced (REG-2)."""
        return {**brief, **patch}

    def ensure_at_rest(self, snapshot: Snapshot) -> None:
        """Raise a conflict while a generation is in flight."""
        if self.backend.generation.in_flight(snapshot.job, snapshot.now):
            raise conflict("A generation of this container is in flight. Wait for it or cancel it.")

    def regenerate(self, snapshot: Snapshot, patch: Brief) -> Job:
        """Start a new job for a container that has none in flight; the container keeps its id."""
        container = snapshot.container
        self.ensure_open(container.project_id)
        self.ensure_at_rest(snapshot)
        brief = self.patched(json.loads(container.brief), patch)
        job = self.start_job("content_regenerate", container.org, container.project_id, container.id, brief)
        self.backend.store.update_container(
            container._replace(
                format=self.backend.generation.format_at(container, snapshot.job, snapshot.now),
                resolved_format=self.backend.generation.resolve_auto(brief),
                brief=encode_brief(brief),
                approval=self.backend.approval.carried_over(snapshot),
                approval_job=None,
                job_id=job.id,
                updated_at=max(job.started_at, container.updated_at),
            )
        )
        return job

    def clone(self, source: Snapshot, project: Project) -> Job:
        """Insert a new container with the brief and the format of another one."""
        return self.create(project, source.container.format, json.loads(source.container.brief), "content_clone")

    def decide(self, snapshot: Snapshot, decision: str) -> Snapshot:
        """Write a decision and return the container with it."""
        container = self.backend.approval.decided(snapshot, decision)
        self.backend.store.update_container(container)
        return snapshot._replace(container=container)

    def reject_and_regenerate(self, snapshot: Snapshot, patch: Brief) -> Job:
        """Reject and regenerate, in the one transaction of the caller (REJ-2)."""
        return self.regenerate(self.decide(snapshot, "rejected"), patch)

    def cancel(self, job: Job, now: int) -> Job:
        """Stop a running job."""
        self.backend.store.cancel_job(job.id, now)
        return job._replace(canceled_at=now)

    def archive(self, project: Project, now: int) -> int:
        """Archive a project and cancel its running jobs; return when it was archived."""
        if project.archived_at is not None:
            return project.archived_at
        for job in self.backend.store.unfinished_jobs(project.id, now):
            self.cancel(job, now)
        self.backend.store.archive_project(project.id, now)
        return now


def encode_brief(brief: Brief) -> str:
    """Return a brief as the text that the store keeps."""
    return json.dumps(brief, ensure_ascii=False)
