"""Ways to install a fault in a backend: each replaces a method of one part, or a part."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Install
from sandbox.errors import ApiError
from sandbox.operations import Call
from sandbox.records import Answer, Brief, Job, Project, Replay, Snapshot

Doc = dict[str, Any]
"""A JSON object that the sandbox is about to store or show."""

FOREVER_MS = 10**12
Clone = Callable[[Snapshot, Project], Job]
Cancel = Callable[[Job, int], Job]
Regenerate = Callable[[Snapshot, Brief], Job]

Installer = Callable[[Callable[..., Any]], Install]
"""Makes an install of a function; it stands as a decorator over a function of one fault."""


def replacing(part: str, method: str) -> Installer:
    """Replace one method of a part; the replacement gets the backend, the original method, and then its arguments."""

    def installed(replacement: Callable[..., Any]) -> Install:
        def install(backend: Backend) -> None:
            owner = getattr(backend, part)
            setattr(owner, method, partial(replacement, backend, getattr(owner, method)))

        return install

    return installed


def fresh(make: Callable[[], Install]) -> Install:
    """Make a new replacement for each backend; for a replacement that keeps state."""

    def install(backend: Backend) -> None:
        make()(backend)

    return install


def created_with(change: Callable[[str, Doc], tuple[str, Doc]]) -> Install:
    """Change the format and the brief that createContent stores."""

    def create(_: Backend, create: Callable[..., Job], project: Any, format_: str, brief: Doc, *rest: Any) -> Job:
        return create(project, format_, brief, *rest) if rest else create(project, *change(format_, dict(brief)))

    return replacing("lifecycle", "create")(create)


def stored_brief(change: Callable[[Doc], Doc]) -> Install:
    """Change the stored brief of a new container."""
    return created_with(lambda format_, brief: (format_, change(brief)))


def stored_hook(change: Callable[[str], str]) -> Install:
    """Change the stored hook of a new container."""
    return stored_brief(lambda brief: {**brief, "hook": change(brief["hook"])})


def stored_list(name: str, change: Callable[[list[str]], list[str]]) -> Install:
    """Change a stored list in the brief of a new container."""
    return stored_brief(lambda brief: {**brief, name: change(brief[name])} if name in brief else brief)


def shown(method: str) -> Callable[[Callable[[Doc, Snapshot, Backend], Doc]], Install]:
    """Change what `container` or `list_item` of the rendering shows."""
    return lambda change: replacing("rendering", method)(
        lambda backend, show, snapshot: change(show(snapshot), snapshot, backend)
    )


container_shown = shown("container")
"""Change how getContent shows a container; lists stay correct."""
everywhere_shown = shown("list_item")
"""Change how getContent and lists show a container."""


def job_shown(change: Callable[[Doc, Job, int, Backend], Doc]) -> Install:
    """Change how a job is shown, in every answer."""
    return replacing("rendering", "job")(lambda backend, show, job, now: change(show(job, now), job, now, backend))


def answering(operation: str) -> Callable[[Callable[[Answer, Call, Backend], Answer]], Install]:
    """Change the successful answers of an operation."""
    return lambda change: replacing("operations", operation)(
        lambda backend, answer, call: change(answer(call), call, backend)
    )


def before(operation: str) -> Callable[[Callable[[Call, Backend], Answer | None]], Install]:
    """Call a function before an operation: it may answer, raise, or return None to leave the call to the operation."""
    return lambda look: replacing("operations", operation)(
        lambda backend, answer, call: look(call, backend) or answer(call)
    )


def refusing(change: Callable[[Answer, ApiError, Backend], Answer]) -> Install:
    """Change the answers of refusals."""
    return replacing("rendering", "error")(lambda backend, refuse, error: change(refuse(error), error, backend))


def edited(answer: Answer, change: Callable[[Doc], Any]) -> Answer:
    """Return an answer with a changed JSON body."""
    document = change(json.loads(answer.body))
    return answer._replace(body=json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())


def headed(answer: Answer, **headers: str) -> Answer:
    """Return an answer with more headers; an underscore in a name becomes a hyphen."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return answer._replace(headers={**answer.headers, **more})


def brief_of(snapshot: Snapshot) -> Doc:
    """Return the brief of a container."""
    brief: Doc = json.loads(snapshot.container.brief)
    return brief


def container_of(backend: Backend, job: Job) -> Snapshot | None:
    """Return the container of a job, or None if it is not stored yet."""
    return backend.store.container(job.container_id, backend.clock.now())


def since_end(backend: Backend, snapshot: Snapshot) -> int | None:
    """Return how many milliseconds ago the latest job ended, or None while it runs."""
    finished_at = backend.generation.finished_at(snapshot.job, snapshot.now)
    return None if finished_at is None else snapshot.now - finished_at


def stalled(backend: Backend, job: Job) -> Job:
    """Make a new job run forever."""
    with backend.store.lock:
        backend.store.connection.execute("UPDATE jobs SET duration_ms = ? WHERE id = ?", (FOREVER_MS, job.id))
    return job._replace(duration_ms=FOREVER_MS)


def listed(change: Callable[[Doc], Doc]) -> Install:
    """Change how lists show their items; getContent stays correct."""

    def page(_: Backend, page: Callable[[Any], Doc], found: Any) -> Doc:
        shown_page = page(found)
        return {**shown_page, "items": [change(item) for item in shown_page["items"]]}

    return replacing("rendering", "page")(page)


def status_of(change: Callable[[str, Job, int, Backend], str]) -> Install:
    """Change the status of a container, and all that depends on it."""
    return replacing("generation", "status_at")(
        lambda backend, status_at, job, now: change(status_at(job, now), job, now, backend)
    )


def status_shown(change: Callable[[str, Snapshot, Backend], str]) -> Install:
    """Change the status in containers and list items only; everything else uses the correct one."""
    return everywhere_shown(lambda doc, snapshot, backend: {**doc, "status": change(doc["status"], snapshot, backend)})


def status_now(backend: Backend, snapshot: Snapshot) -> str:
    """Return the container status of a snapshot."""
    return backend.generation.status_at(snapshot.job, snapshot.now)


Query = Sequence[tuple[str, str]]


def approval(change: Callable[[str, Snapshot, str, Backend], str]) -> Install:
    """Change the approval status; `change` gets the correct one, the snapshot and the container's status."""

    def status_at(backend: Backend, status_at: Callable[[Snapshot], str], snapshot: Snapshot) -> str:
        return change(status_at(snapshot), snapshot, status_now(backend, snapshot), backend)

    return replacing("approval", "status_at")(status_at)


def snapshot_of(backend: Backend, call: Call) -> Snapshot | None:
    return backend.store.container(call.path["container_id"], backend.clock.now())


def job_named(backend: Backend, replay: Replay) -> Job | None:
    return backend.store.job(str(json.loads(replay.body).get("jobId", "")))


def cloning(look: Callable[[Snapshot, Job, Backend], None]) -> Install:
    """Call `look` with the source and the new job of each clone."""

    def clone(backend: Backend, clone: Clone, source: Snapshot, project: Project) -> Job:
        job = clone(source, project)
        look(source, job, backend)
        return job

    return replacing("lifecycle", "clone")(clone)


def canceling(look: Callable[[Job, int, Backend], None]) -> Install:
    """Call `look` after each cancel."""

    def cancel(backend: Backend, cancel: Cancel, job: Job, now: int) -> Job:
        canceled = cancel(job, now)
        look(job, now, backend)
        return canceled

    return replacing("lifecycle", "cancel")(cancel)


def jobs_of(backend: Backend, container_id: str) -> list[Job]:
    """Return the jobs of a container, the earliest first."""
    query = "SELECT * FROM jobs WHERE container_id = ? ORDER BY started_at, id"
    with backend.store.lock:
        return [Job._make(row) for row in backend.store.connection.execute(query, (container_id,))]


def changed(backend: Backend, statement: str, *values: object) -> None:
    """Change rows of the store, within the transaction of the caller if there is one."""
    with backend.store.lock:
        backend.store.connection.execute(statement, values)


def run_again(backend: Backend, snapshot: Snapshot, kind: str) -> Job:
    """Start a job in a container that exists, with the brief that it has."""
    container = snapshot.container
    brief: Brief = json.loads(container.brief)
    job = backend.lifecycle.start_job(kind, container.org, container.project_id, container.id, brief)
    backend.store.update_container(container._replace(job_id=job.id, updated_at=job.started_at))
    return job
