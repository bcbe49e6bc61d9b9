"""Faults of the body under an idempotency key (IDM-3, IDM-4, IDM-13, IDM-14)."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.backend import Backend
from sandbox.bodies import Bodies, Model
from sandbox.change import Install, using
from sandbox.errors import ApiError, conflict, idempotency_conflict
from sandbox.faults.installers import fresh, replacing
from sandbox.idempotency import Idempotency
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Replay

FAULTS = """
IDM-3 deep fingerprint-of-hook-only: Bodies with one hook count as the same body.
IDM-3 stateful fingerprint-of-top-level: What lies inside the brief or the patch does not tell bodies apart.
IDM-3 stateful conflict-is-a-fresh-request: Another body makes another container.
IDM-3 stateful conflict-code-is-plain: A conflicting body answers 409 with code CONFLICT.
IDM-3 stateful conflict-answers-422: A conflicting body answers 422 instead of 409.
IDM-3 deep second-conflict-is-accepted: Only the first conflicting body is refused; the next one is a fresh request.
IDM-4 deep conflict-loses-the-record: After a conflict the original is no longer known, and a retry makes a second
    container.
IDM-4 deep conflict-overwrites-the-record: After a conflict the key stands for the conflicting body, and the original
    body is refused.
IDM-4 deep conflict-creates-a-container: A conflict answers 409 and yet makes the container that it refuses.
IDM-4 stateful second-conflict-takes-the-key: After two conflicts under a key, the original body is the one that
    conflicts.
IDM-13 deep fingerprint-minds-member-order: A retry with its members in another order is refused as a conflict.
IDM-13 deep fingerprint-of-the-bytes: A retry with other white space is refused as a conflict.
IDM-14 deep invalid-request-uses-up-key: A create that is refused as invalid takes its key, so the corrected one is a
    conflict.
IDM-14 deep invalid-request-is-replayed: A create that is refused as invalid is refused again after it was corrected,
    under the same key.
IDM-14 deep refused-patch-takes-its-key: A regenerate that was refused as invalid keeps its key, so that the mended
    one conflicts.
"""

SECOND = 2


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


@comparing
def fingerprint_of_hook_only(body: object) -> object:
    parts = [body.get(name) for name in ("brief", "patch")] if isinstance(body, Mapping) else []
    hooks = [part["hook"] for part in parts if isinstance(part, Mapping) and "hook" in part]
    return hooks or body


@comparing
def fingerprint_of_top_level(body: object) -> object:
    if not isinstance(body, Mapping):
        return body
    return {name: None if isinstance(value, Mapping) else value for name, value in body.items()}


class ConflictIsAFreshRequest(Idempotency):
    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        return super().answer((*scope, self.fingerprint(body)), key, body, make)


class SecondConflictIsAccepted(Idempotency):
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


class ConflictLosesTheRecord(_ConflictHook):
    def after_conflict(self, slot: str, fingerprint: str, make: Callable[[], Answer]) -> None:  # noqa: ARG002  # only the slot
        self.backend.store.keep_replay(slot, Replay("", 0, b"", 0))


class ConflictOverwritesTheRecord(_ConflictHook):
    def after_conflict(self, slot: str, fingerprint: str, make: Callable[[], Answer]) -> None:  # noqa: ARG002  # makes nothing
        replay = self.backend.store.replay(slot)
        if replay:
            self.backend.store.keep_replay(slot, replay._replace(fingerprint=fingerprint))


class ConflictCreatesAContainer(_ConflictHook):
    def after_conflict(self, slot: str, fingerprint: str, make: Callable[[], Answer]) -> None:  # noqa: ARG002  # keeps no record
        if "createContent" in slot:
            make()


class SecondConflictTakesTheKey(Idempotency):
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


class FingerprintOfTheBytes(Bodies):
    def read(self, model: type[Model], content: bytes, content_type: str | None) -> tuple[Model, object]:
        body, _ = super().read(model, content, content_type)
        return body, content.decode()


class InvalidRequestUsesUpKey(Operations):
    def create_content(self, call: Call) -> Answer:
        try:
            return super().create_content(call)
        except ApiError as refusal:
            if refusal.code == "VALIDATION" and call.idempotency_key:
                self.use_up(call, call.idempotency_key, refusal)
            raise

    def use_up(self, call: Call, key: str, refusal: ApiError) -> None:
        backend = self.backend
        slot = backend.idempotency.slot(
            backend.idempotency.scope(call.org, "createContent", call.path["project_id"]), key
        )
        with backend.store.transaction():
            if backend.store.replay(slot) is None:
                backend.idempotency.remember(slot, "", backend.rendering.error(refusal), backend.clock.now())


class InvalidRequestIsReplayed(InvalidRequestUsesUpKey):
    def create_content(self, call: Call) -> Answer:
        try:
            return super().create_content(call)
        except ApiError as refusal:
            scope = self.backend.idempotency.scope(call.org, "createContent", call.path["project_id"])
            replay = self.backend.store.replay(self.backend.idempotency.slot(scope, call.idempotency_key or ""))
            if refusal.code == "IDEMPOTENCY_CONFLICT" and replay and not replay.fingerprint:
                return Answer(replay.status, replay.body)
            raise


@fresh
def refused_patch_takes_its_key() -> Install:
    taken: dict[tuple[str, str], bytes] = {}

    def regenerate(_: Backend, regenerate: Callable[[Call], Answer], call: Call) -> Answer:
        slot = call.path["container_id"], call.idempotency_key or ""
        if taken.get(slot, call.content) != call.content:
            raise idempotency_conflict()
        try:
            return regenerate(call)
        except ApiError as refusal:
            if slot[1] and refusal.code == "VALIDATION":
                taken[slot] = call.content
            raise

    return replacing("operations", "regenerate_content")(regenerate)


conflict_code_is_plain = refusing(lambda: conflict("This Idempotency-Key was already used."))
conflict_answers_422 = refusing(lambda: ApiError(422, "IDEMPOTENCY_CONFLICT", idempotency_conflict().message))
fingerprint_minds_member_order = comparing(json.dumps)
