"""What a run makes up: the marks in its hooks, by which what a call made is told from everything else, and ids that nobody was given."""

from __future__ import annotations

import secrets
from uuid import uuid4

from conformance.contract.validity import is_uuid


class Marks:
    """Makes the marks of one run: unique across its workers, and not guessable."""

    def __init__(self, run: str, worker: str) -> None:
        self._stem = f"lcm-{run}"
        self._worker = worker
        self._count = 0

    def __next__(self) -> str:
        """Return the next mark."""
        self._count += 1
        return f"{self._stem}-{self._worker}{self._count}"


def fresh_id(like: str) -> str:
    """Return a new container id of the form that the target uses: a UUID, or random characters after the same prefix."""
    if is_uuid(like):
        return str(uuid4())
    prefix, mark, _ = like.rpartition("_")
    return f"{prefix}{mark}{secrets.token_hex(12)}"
