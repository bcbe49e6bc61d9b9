"""Operations that forget whose a container, job or project is (requirement AUT-4)."""

from collections.abc import Callable
from dataclasses import replace

from sandbox.backend import Backend
from sandbox.bodies import CloneBody
from sandbox.change import Fault, Install
from sandbox.faults.parts import using
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Project, Snapshot

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
    """Return the organization that what a path names belongs to; the caller's where it names nothing."""
    store = backend.store
    container = store.container(call.path.get("container_id", ""), backend.clock.now())
    job = store.job(call.path.get("job_id", ""))
    project = store.project(call.path.get("project_id", ""))
    owners = [found.org for found in (container and container.container, job, project) if found]
    return owners[0] if owners else call.org


def whoever_asks(operation: str) -> Install:
    """Return what answers an operation as if its owner had asked."""

    def install(backend: Backend) -> None:
        original: Callable[[Call], Answer] = getattr(backend.operations, operation)
        setattr(backend.operations, operation, lambda call: original(replace(call, org=owner_of(backend, call))))

    return install


class _CloneIntoAnyProject(Operations):
    def clone_project(self, source: Snapshot, body: CloneBody, org: str) -> Project:
        named = self.backend.store.project(body.project_id)
        return named or super().clone_project(source, body, org)


FAULTS: tuple[Fault, ...] = (
    *(
        Fault(
            f"other-organization-{verb}-{noun}",
            "AUT-4",
            "deep",
            f"The other organization's key is good for {what} of this one's.",
            whoever_asks(operation),
        )
        for noun, verb, operation, what in OPERATIONS
    ),
    Fault(
        "other-organization-clones-into-project",
        "AUT-4",
        "deep",
        "A clone goes to whatever project its body names, whosever it is.",
        using(_CloneIntoAnyProject),
    ),
)
