"""Faults of the comparison of bodies, and conflicts with side effects (requirements IDM-3, IDM-4, IDM-13 and IDM-14)."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.backend import Backend
from sandbox.bodies import Bodies, Model
from sandbox.change import Fault, Install
from sandbox.errors import ApiError, conflict, idempotency_conflict
from sandbox.faults.parts import using
from sandbox.idempotency import Idempotency
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Replay


def comparing(simplified: Callable[[Any], object]) -> Install:
    """Return an install that compares bodies only after `simplified`."""

    class _Simplified(Idempotency):
        def fingerprint(self, body: object) -> str:
            return super().fingerprint(simplified(body))

    return using(_Simplified)


def refusing(refusal: Callable[[], ApiError]) -> Install:
    """Return an install that answers a conflict with another refusal."""

    class _OtherRefusal(Idempotency):
        def replayed(self, replay: Replay, fingerprint: str) -> Answer:
            if replay.fingerprint != fingerprint:
                raise refusal()
            return super().replayed(replay, fingerprint)

    return using(_OtherRefusal)


def texts(value: object, change: Callable[[str], str]) -> object:
    """Return a JSON value with every string in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [texts(item, change) for item in value]
    if isinstance(value, dict):
        return {name: texts(item, change) for name, item in value.items()}
    return value


def hook_of(body: object) -> object:
    """Return the hook of a create or of a patch, and any other body unchanged."""
    parts = [body.get(name) for name in ("brief", "patch")] if isinstance(body, Mapping) else []
    hooks = [part["hook"] for part in parts if isinstance(part, Mapping) and "hook" in part]
    return hooks or body


def top_level(body: object) -> object:
    """Return a body with null in place of the objects in it."""
    if not isinstance(body, Mapping):
        return body
    return {name: None if isinstance(value, Mapping) else value for name, value in body.items()}


def without(body: object, *names: str) -> object:
    """Return a body without the members of these names, in nested objects too."""
    if not isinstance(body, Mapping):
        return body
    return {name: without(value, *names) for name, value in body.items() if name not in names}


class _BodyInKey(Idempotency):
    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        return super().answer((*scope, self.fingerprint(body)), key, body, make)


class _ConflictHook(Idempotency):
    def after_conflict(self, slot: str, fingerprint: str, make: Callable[[], Answer]) -> None:
        """Cause the side effect of the conflict."""

    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        try:
            return super().answer(scope, key, body, make)
        except ApiError as refusal:
            if refusal.code == "IDEMPOTENCY_CONFLICT":
                with self.backend.store.transaction():
                    self.after_conflict(self.slot(scope, key or ""), self.fingerprint(body), make)
            raise


class _ConflictForgets(_ConflictHook):
    def after_conflict(self, slot: str, fingerprint: str, make: Callable[[], Answer]) -> None:  # noqa: ARG002  # only the slot
        self.backend.store.keep_replay(slot, Replay("", 0, b"", 0))


class _ConflictOverwrites(_ConflictHook):
    def after_conflict(self, slot: str, fingerprint: str, make: Callable[[], Answer]) -> None:  # noqa: ARG002  # makes nothing
        replay = self.backend.store.replay(slot)
        if replay:
            self.backend.store.keep_replay(slot, replay._replace(fingerprint=fingerprint))


class _ConflictCreates(_ConflictHook):
    def after_conflict(self, slot: str, fingerprint: str, make: Callable[[], Answer]) -> None:  # noqa: ARG002  # keeps no record
        if "createContent" in slot:
            make()


class _SecondConflictCreates(Idempotency):
    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self.disputed: set[str] = set()

    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        try:
            return super().answer(scope, key, body, make)
        except ApiError as refusal:
            slot = self.slot(scope, key or "")
            if refusal.code != "IDEMPOTENCY_CONFLICT":
                raise
            if slot in self.disputed:
                return super().answer(scope, None, body, make)
            self.disputed.add(slot)
            raise


class _BytesCompared(Bodies):
    def read(self, model: type[Model], content: bytes, content_type: str | None) -> tuple[Model, object]:
        body, _ = super().read(model, content, content_type)
        return body, content.decode()


class _InvalidUsesUpKey(Operations):
    def create_content(self, call: Call) -> Answer:
        try:
            return super().create_content(call)
        except ApiError as refusal:
            if refusal.code == "VALIDATION" and call.idempotency_key:
                self.use_up(call, call.idempotency_key, refusal)
            raise

    def use_up(self, call: Call, key: str, refusal: ApiError) -> None:
        """Record a refusal under a free key."""
        backend = self.backend
        slot = backend.idempotency.slot(
            backend.idempotency.scope(call.org, "createContent", call.path["project_id"]), key
        )
        with backend.store.transaction():
            if backend.store.replay(slot) is None:
                backend.idempotency.remember(slot, "", backend.rendering.error(refusal), backend.clock.now())


class _InvalidReplayed(_InvalidUsesUpKey):
    def create_content(self, call: Call) -> Answer:
        try:
            return super().create_content(call)
        except ApiError as refusal:
            scope = self.backend.idempotency.scope(call.org, "createContent", call.path["project_id"])
            replay = self.backend.store.replay(self.backend.idempotency.slot(scope, call.idempotency_key or ""))
            if refusal.code == "IDEMPOTENCY_CONFLICT" and replay and not replay.fingerprint:
                return Answer(replay.status, replay.body)
            raise


FAULTS: tuple[Fault, ...] = (
    Fault(
        "fingerprint-of-hook-only", "IDM-3", "deep", "Bodies with one hook count as the same body.", comparing(hook_of)
    ),
    Fault(
        "fingerprint-of-top-level",
        "IDM-3",
        "stateful",
        "What lies inside the brief or the patch does not tell bodies apart.",
        comparing(top_level),
    ),
    Fault(
        "conflict-is-a-fresh-request", "IDM-3", "stateful", "Another body makes another container.", using(_BodyInKey)
    ),
    Fault(
        "conflict-code-is-plain",
        "IDM-3",
        "stateful",
        "A conflicting body answers 409 with code CONFLICT.",
        refusing(lambda: conflict("This Idempotency-Key was already used.")),
    ),
    Fault(
        "conflict-answers-422",
        "IDM-3",
        "stateful",
        "A conflicting body answers 422 instead of 409.",
        refusing(lambda: ApiError(422, "IDEMPOTENCY_CONFLICT", idempotency_conflict().message)),
    ),
    Fault(
        "second-conflict-is-accepted",
        "IDM-3",
        "deep",
        "Only the first conflicting body is refused; the next one is a fresh request.",
        using(_SecondConflictCreates),
    ),
    Fault(
        "conflict-loses-the-record",
        "IDM-4",
        "deep",
        "After a conflict the original is no longer known, and a retry makes a second container.",
        using(_ConflictForgets),
    ),
    Fault(
        "conflict-overwrites-the-record",
        "IDM-4",
        "deep",
        "After a conflict the key stands for the conflicting body, and the original body is refused.",
        using(_ConflictOverwrites),
    ),
    Fault(
        "conflict-creates-a-container",
        "IDM-4",
        "deep",
        "A conflict answers 409 and yet makes the container that it refuses.",
        using(_ConflictCreates),
    ),
    Fault(
        "fingerprint-minds-member-order",
        "IDM-13",
        "deep",
        "A retry with its members in another order is refused as a conflict.",
        comparing(json.dumps),
    ),
    Fault(
        "fingerprint-of-the-bytes",
        "IDM-13",
        "deep",
        "A retry with other white space is refused as a conflict.",
        using(_BytesCompared),
    ),
    Fault(
        "invalid-request-uses-up-key",
        "IDM-14",
        "deep",
        "A create that is refused as invalid takes its key, so the corrected one is a conflict.",
        using(_InvalidUsesUpKey),
    ),
    Fault(
        "invalid-request-is-replayed",
        "IDM-14",
        "deep",
        "A create that is refused as invalid is refused again after it was corrected, under the same key.",
        using(_InvalidReplayed),
    ),
)
