"""Authentication of the caller, and access to what the caller owns (requirements AUT, ERR-3)."""

import hmac
from collections.abc import Sequence
from typing import Protocol

from sandbox.clock import Clock
from sandbox.errors import not_found, unauthenticated
from sandbox.part import Part
from sandbox.records import Job, Project, Snapshot
from sandbox.settings import OTHER, OWNER, SandboxSettings
from sandbox.store import Store

RawHeaders = Sequence[tuple[bytes, bytes]]


class AccessNeeds(Protocol):
    """What the access control asks of the backend."""

    settings: SandboxSettings
    store: Store
    clock: Clock


class Access(Part[AccessNeeds]):
    """Identifies organizations by their keys. For a caller, the data of another organization does not exist."""

    def presented_key(self, headers: RawHeaders) -> bytes | None:
        """Return the key that a request carries in X-Api-Key or as a Bearer token, or None if it carries more than one."""
        keys = [value for name, value in headers if name == b"x-api-key"]
        if not keys:
            credentials = [value.partition(b" ") for name, value in headers if name == b"authorization"]
            keys = [token.strip(b" ") for scheme, _, token in credentials if scheme.lower() == b"bearer"]
        return keys[0] if len(keys) == 1 else None

    def organization_of(self, key: bytes) -> str | None:
        """Return the organization of a key, or None; the comparison takes constant time."""
        settings = self.backend.settings
        known = ((settings.api_key, OWNER), (settings.other_api_key, OTHER))
        owners = [org for secret, org in known if hmac.compare_digest(secret.encode(), key)]
        return owners[0] if owners else None

    def authenticate(self, headers: RawHeaders) -> str:
        """Return the caller's organization. Raises UNAUTHENTICATED."""
        key = self.presented_key(headers)
        org = self.organization_of(key) if key else None
        if org is None:
            raise unauthenticated()
        return org

    def guards(self, path: str) -> bool:
        """Return whether a path requires a key: every path under /v1 does, even an unknown one."""
        return path == "/v1" or path.startswith("/v1/")

    def admit(self, method: str, path: str, headers: RawHeaders) -> str:  # noqa: ARG002  # a subclass may use it
        """Return the organization of a request that may proceed, or an empty string where no key is required."""
        return self.authenticate(headers) if self.guards(path) else ""

    def may_use_project(self, org: str, project: Project) -> bool:
        """Return whether a project is the caller's."""
        return project.org == org

    def may_use_container(self, org: str, snapshot: Snapshot) -> bool:
        """Return whether a container is the caller's."""
        return snapshot.container.org == org

    def may_use_job(self, org: str, job: Job) -> bool:
        """Return whether a job is the caller's."""
        return job.org == org

    def project(self, org: str, project_id: str) -> Project:
        """Return the caller's project. Raises NOT_FOUND."""
        project = self.backend.store.project(project_id)
        if project is None or not self.may_use_project(org, project):
            raise not_found("project")
        return project

    def container(self, org: str, container_id: str) -> Snapshot:
        """Return the caller's container as of now. Raises NOT_FOUND."""
        snapshot = self.backend.store.container(container_id, self.backend.clock.now())
        if snapshot is None or not self.may_use_container(org, snapshot):
            raise not_found("container")
        return snapshot

    def job(self, org: str, job_id: str) -> Job:
        """Return the caller's job. Raises NOT_FOUND."""
        job = self.backend.store.job(job_id)
        if job is None or not self.may_use_job(org, job):
            raise not_found("job")
        return job
