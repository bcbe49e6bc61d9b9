"""Idempotency-Keys that callers without a right have sent, before anybody else did."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.history.facts import Wrote
from conformance.history.key_facts import RefusedKeyUsed
from conformance.history.keyed_calls import key_of
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation

REFUSALS = frozenset({401, 403, 404})
"""The answers that tell a caller that it has no right, or that there is nothing for it."""
LONGEST = 4_096
"""Bytes of the longest answer that is kept to be compared."""


@dataclass(slots=True)
class _Refused:
    call: Observation
    answer: bytes | None


class RefusedKeys:
    """A fold over the writing calls that carry a key."""

    def __init__(self) -> None:
        self._refused: dict[str, _Refused] = {}
        self._used: set[str] = set()

    def take(self, wrote: Wrote, ledger: Ledger) -> RefusedKeyUsed | None:
        """Take in a writing call; tell of the first one that has a right to what it asks for, where only others sent its key before."""
        seen = wrote.seen
        key = key_of(seen)
        if key is None or key in self._used:
            return None
        if seen.refused and seen.status in REFUSALS and self._has_no_right(wrote, ledger):
            self._refused.setdefault(key, _Refused(seen.evidence, _answer_of(seen)))
            return None
        self._used.add(key)
        before = self._refused.pop(key, None)
        if before is None or not seen.authorized or not before.call.precedes(seen):
            return None
        answer = _answer_of(seen)
        return RefusedKeyUsed(seen, before.call, answer is not None and answer == before.answer)

    @staticmethod
    def _has_no_right(wrote: Wrote, ledger: Ledger) -> bool:
        seen = wrote.seen
        if not seen.authorized:
            return True
        project_id = seen.params.get("projectId")
        holder = ledger.holder_of_project(project_id) if project_id else None
        if wrote.container is not None:
            holder = ledger.holder_of(wrote.container)
        return holder is not None and holder != seen.actor


def _answer_of(seen: Observation) -> bytes | None:
    response = seen.exchange.response
    return response.body if response is not None and 0 < len(response.body) <= LONGEST else None
