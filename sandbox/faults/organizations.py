"""Faults of operations that do not check the owner of a container, job or project (requirement AUT-4)."""

from collections.abc import Callable
from dataclasses import replace

from sandbox.backend import Backend
from sandbox.bodies import CloneBody
from sandbox.change import Fault, Install
from sandbox.faults.parts import using
from sandbox.faults.replacing import replacing
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Job, Project, Snapshot

OPERATIONS = (
    ("content", "reads", "get_content", "a container"),
    ("progress", "reads", "get_content_progress", "a container's progress"),
    ("assets", "reads", "get_asset", "an asset"),
    ("jobs", "reads", "get_job", "a job"),
    ("content", "lists", "list_content", "a list"),
    ("content", "creates", "create_content", "a create"),
    ("content", "regenerates", "regenerate_content", "a regenerate"),
    ("content", "clones", "clone_from_post", "a clone"),
    ("content", "rejects", "reject_content", "a reject"),
    ("content", "approves", "approve_content", "an approve"),
    ("jobs", "cancels", "cancel_job", "a cancel"),
)


def owner_of(backend: Backend, call: Call) -> str:
    """Return the owner of the resource in a path, or the caller's organization if there is no such resource."""
    store = backend.store
    container = store.container(call.path.get("container_id", ""), backend.clock.now())
    job = store.job(call.path.get("job_id", ""))
    project = store.project(call.path.get("project_id", ""))
    owners = [found.org for found in (container and container.container, job, project) if found]
    return owners[0] if owners else call.org


def as_owner(operation: str) -> Install:
    """Return an install that answers an operation as if the owner had called it."""

    def install(backend: Backend) -> None:
        original: Callable[[Call], Answer] = getattr(backend.operations, operation)
        setattr(backend.operations, operation, lambda call: original(replace(call, org=owner_of(backend, call))))

    return install


class _CloneIntoAnyProject(Operations):
    def clone_project(self, source: Snapshot, body: CloneBody, org: str) -> Project:
        named = self.backend.store.project(body.project_id)
        return named or super().clone_project(source, body, org)


def _canceled_job_is_anybodys(_: Backend, may_use_job: Callable[[str, Job], bool], org: str, job: Job) -> bool:
    return may_use_job(org, job) or job.canceled_at is not None


FAULTS: tuple[Fault, ...] = (
    Fault(
        "other-organization-reads-content",
        "AUT-4",
        "deep",
        "The other organization's key is good for a container of this one's.",
        as_owner("get_content"),
    ),
    Fault(
        "other-organization-lists-content",
        "AUT-4",
        "deep",
        "The other organization's key is good for a list of this one's.",
        as_owner("list_content"),
    ),
    Fault(
        "other-organization-approves-content",
        "AUT-4",
        "deep",
        "The other organization's key is good for an approve of this one's.",
        as_owner("approve_content"),
    ),
    Fault(
        "other-organization-cancels-jobs",
        "AUT-4",
        "deep",
        "The other organization's key is good for a cancel of this one's.",
        as_owner("cancel_job"),
    ),
    Fault(
        "other-organization-clones-into-project",
        "AUT-4",
        "deep",
        "A clone goes to whatever project its body names, whosever it is.",
        using(_CloneIntoAnyProject),
    ),
    Fault(
        "canceled-job-read-by-another-organization",
        "AUT-4",
        "deep",
        "Another organization can read a job that was canceled.",
        replacing("access", "may_use_job", _canceled_job_is_anybodys),
    ),
)
