"""Faults of what is cached, counted or looked up by too little, or for too short a time."""

import json
import time
from collections.abc import Callable, Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.at_one_moment import ACCEPTED, KEY, Arrival, Perform, granted, met
from sandbox.faults.replacing import before, edited, fresh, replacing, together
from sandbox.idempotency import WINDOW_MS
from sandbox.operations import Call
from sandbox.records import Answer, Replay, Snapshot

CACHED_SECONDS = 10.0


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


def without_empty_lists(value: object) -> object:
    """Return a JSON value whose objects have no member that is an empty list."""
    if isinstance(value, list):
        return [without_empty_lists(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: without_empty_lists(each) for name, each in value.items() if each != []}


def _print_without_empty_lists(_: Backend, fingerprint: Callable[[object], str], body: object) -> str:
    return fingerprint(without_empty_lists(body))


def _up_to_a_colon(_: Backend, slot: Callable[..., str], scope: tuple[str, ...], key: str) -> str:
    return slot(scope, key.partition(":")[0])


def _create_under_a_key(operation: str, call: Call) -> str | None:
    keys = call.headers.get(KEY, ())
    return f"{call.path['project_id']} {keys[0]}" if operation == "create_content" and len(keys) == 1 else None


async def _starts_when_it_came(backend: Backend, perform: Perform, mine: Arrival, earlier: Sequence[Arrival]) -> Answer:
    now = backend.rendering.timestamp(backend.clock.now())
    answer = await perform(mine.operation, mine.call)
    if answer.status != ACCEPTED or not granted(earlier, ACCEPTED):
        return answer
    return edited(answer, lambda envelope: {**envelope, "startedAt": now})


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
        "APR-3",
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
        "empty-lists-do-not-tell-bodies-apart",
        "IDM-3",
        "deep",
        "A body with an empty list and one without that list count as the same body.",
        replacing("idempotency", "fingerprint", _print_without_empty_lists),
    ),
    Fault(
        "keys-end-at-a-colon",
        "IDM-5",
        "deep",
        "Keys that differ only in what follows a colon are one key.",
        replacing("idempotency", "slot", _up_to_a_colon),
    ),
    Fault(
        "retry-at-once-starts-when-it-came",
        "IDM-6",
        "deep",
        "A retry that arrives while the first create is being made gets its answer with another startedAt.",
        met(_create_under_a_key, _starts_when_it_came),
    ),
)
