"""Ways to install a fault in a backend."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Install
from sandbox.errors import ApiError
from sandbox.operations import Call
from sandbox.records import Answer, Job, Snapshot

Doc = dict[str, Any]
"""A JSON object that the sandbox is about to store or show."""

FOREVER_MS = 10**12


def replacing(part: str, method: str, replacement: Callable[..., Any]) -> Install:
    """Replace one method of a part; the replacement gets the backend, the original method, and then its arguments."""

    def install(backend: Backend) -> None:
        owner = getattr(backend, part)
        setattr(owner, method, partial(replacement, backend, getattr(owner, method)))

    return install


def together(*installs: Install) -> Install:
    """Install several replacements as one fault."""

    def install(backend: Backend) -> None:
        for each in installs:
            each(backend)

    return install


def fresh(make: Callable[[], Install]) -> Install:
    """Make a new replacement for each backend; for a replacement that keeps state."""

    def install(backend: Backend) -> None:
        make()(backend)

    return install


def created_with(change: Callable[[str, Doc], tuple[str, Doc]]) -> Install:
    """Change the format and the brief that createContent stores."""

    def create(_: Backend, create: Callable[..., Job], project: Any, format_: str, brief: Doc, *rest: Any) -> Job:
        return create(project, format_, brief, *rest) if rest else create(project, *change(format_, dict(brief)))

    return replacing("lifecycle", "create", create)


def stored_brief(change: Callable[[Doc], Doc]) -> Install:
    """Change the stored brief of a new container."""
    return created_with(lambda format_, brief: (format_, change(brief)))


def stored_hook(change: Callable[[str], str]) -> Install:
    """Change the stored hook of a new container."""
    return stored_brief(lambda brief: {**brief, "hook": change(brief["hook"])})


def stored_list(name: str, change: Callable[[list[str]], list[str]]) -> Install:
    """Change a stored list in the brief of a new container."""
    return stored_brief(lambda brief: {**brief, name: change(brief[name])} if name in brief else brief)


def shown(method: str, change: Callable[[Doc, Snapshot, Backend], Doc]) -> Install:
    """Change what `container` or `list_item` of the rendering shows."""

    def show(backend: Backend, show: Callable[[Snapshot], Doc], snapshot: Snapshot) -> Doc:
        return change(show(snapshot), snapshot, backend)

    return replacing("rendering", method, show)


def container_shown(change: Callable[[Doc, Snapshot, Backend], Doc]) -> Install:
    """Change how getContent shows a container; lists stay correct."""
    return shown("container", change)


def everywhere_shown(change: Callable[[Doc, Snapshot, Backend], Doc]) -> Install:
    """Change how getContent and lists show a container."""
    return shown("list_item", change)


def job_shown(change: Callable[[Doc, Job, int, Backend], Doc]) -> Install:
    """Change how a job is shown, in every answer."""

    def show(backend: Backend, show: Callable[[Job, int], Doc], job: Job, now: int) -> Doc:
        return change(show(job, now), job, now, backend)

    return replacing("rendering", "job", show)


def answering(operation: str, change: Callable[[Answer, Call, Backend], Answer]) -> Install:
    """Change the successful answers of an operation."""

    def answer(backend: Backend, answer: Callable[[Call], Answer], call: Call) -> Answer:
        return change(answer(call), call, backend)

    return replacing("operations", operation, answer)


def before(operation: str, look: Callable[[Call, Backend], Answer | None]) -> Install:
    """Call `look` before an operation: it may answer, raise, or return None to leave the call to the operation."""

    def answer(backend: Backend, answer: Callable[[Call], Answer], call: Call) -> Answer:
        return look(call, backend) or answer(call)

    return replacing("operations", operation, answer)


def refusing(change: Callable[[Answer, ApiError, Backend], Answer]) -> Install:
    """Change the answers of refusals."""

    def refuse(backend: Backend, refuse: Callable[[ApiError], Answer], error: ApiError) -> Answer:
        return change(refuse(error), error, backend)

    return replacing("rendering", "error", refuse)


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

    return replacing("rendering", "page", page)


def status_of(change: Callable[[str, Job, int, Backend], str]) -> Install:
    """Change the status of a container, and all that depends on it."""

    def status_at(backend: Backend, status_at: Callable[[Job, int], str], job: Job, now: int) -> str:
        return change(status_at(job, now), job, now, backend)

    return replacing("generation", "status_at", status_at)


def status_shown(change: Callable[[str, Snapshot, Backend], str]) -> Install:
    """Change the status in containers and list items only; everything else uses the correct one."""
    return everywhere_shown(lambda doc, snapshot, backend: {**doc, "status": change(doc["status"], snapshot, backend)})


def status_now(backend: Backend, snapshot: Snapshot) -> str:
    """Return the container status of a snapshot."""
    return backend.generation.status_at(snapshot.job, snapshot.now)
