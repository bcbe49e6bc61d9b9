"""Faults of what is cached, counted or looked up by too little, or for too short a time."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.at_one_moment import ACCEPTED, KEY, Arrival, Perform, granted, met
from sandbox.faults.replacing import before, edited, fresh, replacing, status_now, together
from sandbox.idempotency import WINDOW_MS
from sandbox.lifecycle import encode_brief
from sandbox.listing import Page
from sandbox.operations import Call
from sandbox.records import Answer, Brief, Job, Project, Replay, Snapshot

CACHED_SECONDS = 10.0
HOUR_MS = 60 * 60 * 1000


class _PagesCachedByAddress:
    """Keeps the later pages of lists for a while, by path and query alone."""

    def __init__(self, app: ASGIApp, *, backend: Backend) -> None:  # noqa: ARG002  # the signature of every middleware
        self.app = app
        self.kept: dict[tuple[str, bytes], tuple[float, list[Message]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the cache, or pass the request on and keep a successful answer."""
        if scope["type"] != "http" or scope["method"] != "GET" or b"cursor=" not in scope["query_string"]:
            await self.app(scope, receive, send)
            return
        address = (scope["path"], scope["query_string"])
        kept_at, messages = self.kept.get(address, (0.0, []))
        if messages and time.monotonic() - kept_at < CACHED_SECONDS:
            for message in messages:
                await send(message)
            return
        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(message)
            await send(message)

        await self.app(scope, receive, keep)
        if sent and sent[0].get("status") == 200:
            self.kept[address] = (time.monotonic(), sent)


def _pending_once_it_was_read() -> Install:
    read: set[str] = set()

    def look(call: Call, backend: Backend) -> Answer | None:
        snapshot = backend.store.container(call.path["container_id"], backend.clock.now())
        if snapshot is not None and not backend.generation.in_flight(snapshot.job, snapshot.now):
            read.add(snapshot.job.id)
        return None

    def status_at(_: Backend, status_at: Callable[[Snapshot], str], snapshot: Snapshot) -> str:
        status = status_at(snapshot)
        unread = status == "pending" and snapshot.job.id not in read
        return snapshot.container.approval if unread else status

    return together(before("get_content", look), replacing("approval", "status_at", status_at))


def _aged_with_its_container(
    backend: Backend, lookup: Callable[[str, int], Replay | None], slot: str, now: int
) -> Replay | None:
    _, operation, resource, _ = json.loads(slot)
    found = backend.store.container(resource, now) if operation == "regenerateContent" else None
    if found is not None and now - found.container.created_at >= WINDOW_MS:
        return None
    return lookup(slot, now)


def _create_under_a_key(operation: str, call: Call) -> str | None:
    keys = call.headers.get(KEY, ())
    return f"{call.path['project_id']} {keys[0]}" if operation == "create_content" and len(keys) == 1 else None


async def _starts_when_it_came(backend: Backend, perform: Perform, mine: Arrival, earlier: Sequence[Arrival]) -> Answer:
    now = backend.rendering.timestamp(backend.clock.now())
    answer = await perform(mine.operation, mine.call)
    if answer.status != ACCEPTED or not granted(earlier, ACCEPTED):
        return answer
    return edited(answer, lambda envelope: {**envelope, "startedAt": now})


def run_again(backend: Backend, snapshot: Snapshot, kind: str) -> Job:
    """Start a job in a container that exists, with the brief that it has."""
    container = snapshot.container
    brief: Brief = json.loads(container.brief)
    job = backend.lifecycle.start_job(kind, container.org, container.project_id, container.id, brief)
    backend.store.update_container(container._replace(job_id=job.id, updated_at=job.started_at))
    return job


def _failed_container_used_again() -> Install:
    made: dict[tuple[str, str, str], str] = {}

    def create(
        backend: Backend, create: Callable[..., Job], project: Project, format_: str, brief: Brief, *rest: Any
    ) -> Job:
        wanted = (project.id, format_, encode_brief(brief))
        earlier = backend.store.container(made.get(wanted, ""), backend.clock.now())
        if earlier is not None and status_now(backend, earlier) == "failed" and not rest:
            return run_again(backend, earlier, "content_generate")
        job = create(project, format_, brief, *rest)
        made[wanted] = job.container_id
        return job

    return replacing("lifecycle", "create", create)


def _canceled_clone_used_again() -> Install:
    clones: dict[tuple[str, str], str] = {}

    def clone(backend: Backend, clone: Callable[[Snapshot, Project], Job], source: Snapshot, project: Project) -> Job:
        wanted = (source.container.id, project.id)
        earlier = backend.store.container(clones.get(wanted, ""), backend.clock.now())
        if earlier is not None and status_now(backend, earlier) == "canceled":
            return run_again(backend, earlier, "content_clone")
        job = clone(source, project)
        clones[wanted] = job.container_id
        return job

    return replacing("lifecycle", "clone", clone)


def _brief_approved_before() -> Install:
    approved: set[tuple[str, str]] = set()
    alike: set[str] = set()

    def decide(_: Backend, decide: Callable[[Snapshot, str], Snapshot], snapshot: Snapshot, decision: str) -> Snapshot:
        decided = decide(snapshot, decision)
        if decision == "approved":
            approved.add((snapshot.container.project_id, snapshot.container.brief))
        return decided

    def create(_: Backend, create: Callable[..., Job], project: Project, format_: str, brief: Brief, *rest: Any) -> Job:
        job = create(project, format_, brief, *rest)
        if (project.id, encode_brief(brief)) in approved and not rest:
            alike.add(job.id)
        return job

    def status_at(_: Backend, status_at: Callable[[Snapshot], str], snapshot: Snapshot) -> str:
        status = status_at(snapshot)
        return "approved" if status == "pending" and snapshot.job.id in alike else status

    return together(
        replacing("lifecycle", "decide", decide),
        replacing("lifecycle", "create", create),
        replacing("approval", "status_at", status_at),
    )


def _from_the_top_without_its_item(
    backend: Backend, page: Callable[..., Page], project: Project, query: Sequence[tuple[str, str]]
) -> Page:
    listing, now = backend.listing, backend.clock.now()
    cursor, filters = listing.single(query, "cursor"), listing.filters(query)
    if cursor is None or not filters:
        return page(project, query)
    position = listing.decode_cursor(cursor, listing.binding(project.id, filters))
    found = listing.candidates(project.id, None, now)
    if any(listing.position(each) == position and listing.filter_matches(each, filters) for each in found):
        return page(project, query)
    return page(project, [pair for pair in query if pair[0] != "cursor"])


def _progress_of_the_newest(backend: Backend, progress: Callable[[Job, int], float], job: Job, now: int) -> float:
    running = backend.store.unfinished_jobs(job.project_id, now)
    if job.id not in [each.id for each in running]:
        return progress(job, now)
    return progress(max(running, key=lambda each: (each.started_at, each.id)), now)


FAULTS: tuple[Fault, ...] = (
    Fault(
        "later-pages-cached-without-the-key",
        "AUT-1",
        "deep",
        "A page after the first one is kept for ten seconds and answered to whoever asks for its address, without a key too.",
        lambda backend: backend.middleware.append(_PagesCachedByAddress),
    ),
    Fault(
        "pending-once-it-was-read",
        "LST-9",
        "deep",
        "A completed container is pending only once getContent has read it; a list before that shows not_required.",
        fresh(_pending_once_it_was_read),
    ),
    Fault(
        "key-of-a-regenerate-as-old-as-its-container",
        "IDM-11",
        "deep",
        "The 24 hours of a regenerate's key are counted from the container's createdAt.",
        replacing("idempotency", "lookup", _aged_with_its_container),
    ),
    Fault(
        "retry-at-once-starts-when-it-came",
        "IDM-6",
        "deep",
        "A retry that arrives while the first create is being made gets its answer with another startedAt.",
        met(_create_under_a_key, _starts_when_it_came),
    ),
    Fault(
        "failed-container-used-again",
        "IDM-5",
        "stateful",
        "A create with the format and the brief of one that failed runs in that one's container.",
        fresh(_failed_container_used_again),
    ),
    Fault(
        "canceled-clone-used-again",
        "CLO-1",
        "stateful",
        "A clone whose source has a clone that was canceled runs in that clone's container.",
        fresh(_canceled_clone_used_again),
    ),
    Fault(
        "brief-approved-before-needs-no-review",
        "APR-5",
        "stateful",
        "A create with the brief of a container that was approved completes as approved.",
        fresh(_brief_approved_before),
    ),
    Fault(
        "filtered-walk-begins-anew-without-its-item",
        "LST-1",
        "deep",
        "A cursor whose container no longer passes the filters brings the first page again.",
        replacing("listing", "page", _from_the_top_without_its_item),
    ),
    Fault(
        "progress-counted-by-project",
        "JOB-5",
        "deep",
        "A running job shows the progress of its project's newest one, so that a create sets it back.",
        replacing("generation", "progress_at", _progress_of_the_newest),
    ),
)
