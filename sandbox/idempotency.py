"""Replays: the same key with the same body gives the same result (requirements IDM)."""

import hashlib
import json
from collections.abc import Callable
from typing import Protocol

from sandbox.clock import Clock
from sandbox.errors import idempotency_conflict, validation
from sandbox.part import Part
from sandbox.records import Answer, Replay
from sandbox.store import Store

WINDOW_MS = 24 * 60 * 60 * 1000
LONGEST_KEY = 255


class IdempotencyNeeds(Protocol):
    """What the replays ask of the backend."""

    store: Store
    clock: Clock


class Idempotency(Part[IdempotencyNeeds]):
    """Answers a repeated request with the first answer."""

    def ensure_usable(self, key: str) -> None:
        """Raise a refusal for a key that is empty or too long."""
        if not 1 <= len(key) <= LONGEST_KEY:
            raise validation(f"The Idempotency-Key must have 1 to {LONGEST_KEY} characters.")

    def fingerprint(self, body: object) -> str:
        """Return a hash of a body; member order and white space do not change it, every code point does."""
        canonical = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def scope(self, org: str, operation: str, resource: str) -> tuple[str, ...]:
        """Return the scope of a key: one organization, one operation, and one project or container."""
        return (org, operation, resource)

    def slot(self, scope: tuple[str, ...], key: str) -> str:
        """Return the name under which the store keeps a key of a scope."""
        return json.dumps([*scope, key])

    def expired(self, replay: Replay, now: int) -> bool:
        """Return whether a key is older than 24 hours."""
        return now - replay.created_at >= WINDOW_MS

    def lookup(self, slot: str, now: int) -> Replay | None:
        """Return the current record of a key, or None if the key is free."""
        replay = self.backend.store.replay(slot)
        return None if replay is None or self.expired(replay, now) else replay

    def replayed(self, replay: Replay, fingerprint: str) -> Answer:
        """Return the first answer again. Raises IDEMPOTENCY_CONFLICT for another body."""
        if replay.fingerprint != fingerprint:
            raise idempotency_conflict()
        return Answer(replay.status, replay.body)

    def remember(self, slot: str, fingerprint: str, answer: Answer, now: int) -> None:
        """Record the answer of a key."""
        self.backend.store.keep_replay(slot, Replay(fingerprint, answer.status, answer.body, now))

    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        """Return `make()`'s answer, or the earlier one of this key.

        What `make` writes and the key's record are one transaction, so a refusal leaves the key free.
        """
        if key is None:
            with self.backend.store.transaction():
                return make()
        self.ensure_usable(key)
        slot, fingerprint = self.slot(scope, key), self.fingerprint(body)
        with self.backend.store.transaction():
            now = self.backend.clock.now()
            replay = self.lookup(slot, now)
            if replay is not None:
                return self.replayed(replay, fingerprint)
            answer = make()
            self.remember(slot, fingerprint, answer, now)
        return answer
