"""Variants of idempotency keys that the documents leave open."""

import json
from collections.abc import Callable

from sandbox.backend import Backend
from sandbox.errors import ApiError, idempotency_conflict
from sandbox.idempotency import Idempotency
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Replay

VARIANTS = """
nulls-left-out-of-replays: A replay has no null.
key-read-before-the-body: A used key is 409 first.
keys-of-the-organization: A key on another path is 409.
conflicts-kept-by-keys: A refusal for a state is replayed.
"""

# The operations that know a key before they read the body: their names among the keys, and the parameters of their paths.
KEYED = {
    "create_content": ("createContent", "project_id"),
    "regenerate_content": ("regenerateContent", "container_id"),
    "clone_from_post": ("cloneFromPost", "container_id"),
}


class NullsLeftOutOfReplays(Idempotency):
    def replayed(self, replay: Replay, fingerprint: str) -> Answer:
        answer = super().replayed(replay, fingerprint)
        shown = {name: value for name, value in json.loads(answer.body).items() if value is not None}
        return answer._replace(body=json.dumps(shown).encode())


class KeyReadBeforeTheBody(Operations):
    async def perform(self, operation: str, call: Call) -> Answer:
        key = call.idempotency_key
        if operation in KEYED and key:
            self.ensure_same(operation, call, key)
        return await super().perform(operation, call)

    def ensure_same(self, operation: str, call: Call, key: str) -> None:
        """Raise a conflict where the key belongs to another body."""
        idempotency = self.backend.idempotency
        name, parameter = KEYED[operation]
        slot = idempotency.slot(idempotency.scope(call.org, name, call.path[parameter]), key)
        replay = idempotency.lookup(slot, self.backend.clock.now())
        if replay is None:
            return
        try:
            fingerprint = idempotency.fingerprint(self.backend.bodies.parse(call.content) if call.content else {})
        except ApiError:
            fingerprint = ""
        if fingerprint != replay.fingerprint:
            raise idempotency_conflict()


class KeysOfTheOrganization(Idempotency):
    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        return super().answer(scope[:1], key, [list(scope), body], make)


class ConflictsKeptByKeys(Idempotency):
    backend: Backend

    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        try:
            return super().answer(scope, key, body, make)
        except ApiError as error:
            slot, now = self.slot(scope, key or ""), self.backend.clock.now()
            if key is not None and error.code == "CONFLICT" and self.lookup(slot, now) is None:
                self.remember(slot, self.fingerprint(body), self.backend.rendering.error(error), now)
            raise
