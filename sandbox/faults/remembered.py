"""Faults of what a backend remembers between calls: keys, cursors, tags, answers and refusals."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from sandbox.access import RawHeaders
from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import ApiError, idempotency_conflict
from sandbox.faults.parts import using
from sandbox.faults.replacing import fresh, replacing, together
from sandbox.idempotency import Idempotency
from sandbox.operations import Call
from sandbox.records import Answer, Replay

SECOND = 2
Query = Sequence[tuple[str, str]]


def _refused_draft_revived() -> Install:
    drafts: dict[tuple[str, str], str] = {}

    def create(backend: Backend, create: Callable[[Call], Answer], call: Call) -> Answer:
        name = call.path["project_id"], "".join(call.headers.get("idempotency-key", ()))
        try:
            answer = create(call)
        except ApiError as error:
            hook = _hook_of(call.content) if error.code == "VALIDATION" else None
            if name[1] and hook:
                drafts[name] = hook
            raise
        project = backend.store.project(name[0])
        if name in drafts and project is not None:
            with backend.store.transaction():
                backend.lifecycle.create(project, "auto", {"hook": drafts.pop(name)})
        return answer

    return replacing("operations", "create_content", create)


def _hook_of(content: bytes) -> str | None:
    """Return the hook of a create, as far as it can be read."""
    try:
        hook = json.loads(content)["brief"]["hook"]
    except (ValueError, TypeError, LookupError):
        return None
    return hook if isinstance(hook, str) else None


class _SecondConflictTakesTheKey(Idempotency):
    """The second conflict under a key makes its body the one that the key belongs to."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self.refused: Counter[bytes] = Counter()
        self.taken: dict[bytes, str] = {}

    def replayed(self, replay: Replay, fingerprint: str) -> Answer:
        known = replay._replace(fingerprint=self.taken.get(replay.body, replay.fingerprint))
        if fingerprint != known.fingerprint:
            self.refused[replay.body] += 1
            if self.refused[replay.body] == SECOND:
                self.taken[replay.body] = fingerprint
            raise idempotency_conflict()
        return super().replayed(known, fingerprint)


def _canceled_as_known() -> Install:
    tags: dict[str, set[str]] = {}

    def get_job(backend: Backend, get_job: Callable[[Call], Answer], call: Call) -> Answer:
        job = backend.access.job(call.org, call.path["job_id"])
        for tag in call.headers.get("if-none-match", ()):
            if job.canceled_at is not None and tag in tags.get(job.id, ()):
                return Answer(304, b"", {"ETag": tag})
        answer = get_job(call)
        if job.canceled_at is None and "ETag" in answer.headers:
            tags.setdefault(job.id, set()).add(answer.headers["ETag"])
        return answer

    return replacing("operations", "get_job", get_job)


def _asset_once_read(name: Callable[[Call], str], *, owned: bool) -> Install:
    """Return an install that answers an asset from a cache, under what `name` says of the call."""

    def install() -> Install:
        cached: dict[str, Answer] = {}

        def get_asset(backend: Backend, get_asset: Callable[[Call], Answer], call: Call) -> Answer:
            if owned:
                backend.access.container(call.org, call.path["container_id"])
            if name(call) not in cached:
                cached[name(call)] = get_asset(call)
            return cached[name(call)]

        return replacing("operations", "get_asset", get_asset)

    return fresh(install)


def _keys_of_strangers() -> Install:
    taken: set[str] = set()

    def admit(
        _: Backend, admit: Callable[[str, str, RawHeaders], str], method: str, path: str, headers: RawHeaders
    ) -> str:
        try:
            return admit(method, path, headers)
        except ApiError:
            taken.update(value.decode("latin-1") for name, value in headers if name == b"idempotency-key")
            raise

    def answer(_: Backend, answer: Callable[..., Answer], scope: Any, key: str | None, *rest: Any) -> Answer:
        if key in taken:
            raise idempotency_conflict()
        return answer(scope, key, *rest)

    return together(replacing("access", "admit", admit), replacing("idempotency", "answer", answer))


FAULTS: tuple[Fault, ...] = (
    Fault(
        "refused-draft-revived-by-its-key",
        "CRE-10",
        "stateful",
        "A create that was refused under a key is made after all when a good create uses the key.",
        fresh(_refused_draft_revived),
    ),
    Fault(
        "second-conflict-takes-the-key",
        "IDM-4",
        "stateful",
        "After two conflicts under a key, the original body is the one that conflicts.",
        using(_SecondConflictTakesTheKey),
    ),
    Fault(
        "canceled-job-unchanged-since-it-ran",
        "JOB-8",
        "stateful",
        "A canceled job that is read with a tag from when it ran is answered 304.",
        fresh(_canceled_as_known),
    ),
    Fault(
        "asset-once-read-is-everybodys",
        "AUT-4",
        "deep",
        "An asset that its owner has read is answered to another organization too.",
        _asset_once_read(lambda call: f"{call.path['container_id']} {call.path['asset_id']}", owned=False),
    ),
    Fault(
        "key-of-an-unauthenticated-call-is-taken",
        "AUT-3",
        "deep",
        "A call that is refused as unauthenticated takes its Idempotency-Key, and its owner is answered 409.",
        fresh(_keys_of_strangers),
    ),
)
