"""What an Idempotency-Key had been used for when a call carried it."""

from __future__ import annotations

import hashlib
from enum import Enum
from typing import NamedTuple

from conformance.history.observation import Observation


class Use(Enum):
    """What became of the earlier calls with the same key.

    `first`: there were none. `refused`: all were answered 4xx, so there is nothing to replay. `lost`: the very same call met no answer
    or a 5xx, and may have been carried out. `elsewhere`: the key belongs to a call to another URL, `lost elsewhere`: it may. `spent`: it belongs
    to a call to this one.
    """

    FIRST = "first"
    REFUSED = "refused"
    LOST = "lost"
    ELSEWHERE = "elsewhere"
    LOST_ELSEWHERE = "lost elsewhere"
    SPENT = "spent"


FRESH = frozenset({Use.FIRST, Use.REFUSED, Use.LOST})
"""A success then answers this very call, be it at its first try or at a retry."""
_Request = tuple[str, str, str, str]


class KeyUse(NamedTuple):
    """What the key of a writing call had been used for before it.

    `is_unused`: no writing call carried it before, whatever it was answered; true for a call without a key. `is_new_to_caller`: none of the
    same caller did. `may_replay`: the caller sent it to the same URL before and was not refused, so that a success may repeat that one.
    """

    use: Use
    is_unused: bool
    is_new_to_caller: bool = True
    may_replay: bool = False

    @property
    def is_fresh(self) -> bool:
        """Whether a success answers this very call."""
        return self.use in FRESH


UNUSED = KeyUse(Use.FIRST, is_unused=True)


class UsedKeys:
    """A fold over the writing calls of a history."""

    def __init__(self) -> None:
        self._calls: dict[str, tuple[Use, _Request]] = {}
        self._carriers: set[tuple[str, str]] = set()
        self._stands: set[tuple[str, str, str]] = set()

    def take(self, seen: Observation) -> KeyUse:
        """Take in a writing call, and return what its key had been used for."""
        key = seen.idempotency_key
        if key is None:
            return UNUSED
        request = seen.exchange.request
        digest = hashlib.blake2b(request.body or b"", digest_size=16).hexdigest()
        call = (seen.actor, request.method, request.url, digest)
        is_unused = key not in self._calls
        is_new_to_caller = (seen.actor, key) not in self._carriers
        self._carriers.add((seen.actor, key))
        place = (seen.actor, key, request.url)
        may_replay = place in self._stands
        if not seen.did_nothing:
            self._stands.add(place)
        state, earlier = self._calls.setdefault(key, (Use.FIRST, call))
        use = state
        if state in {Use.LOST, Use.SPENT}:
            same_place = earlier[2] == call[2]
            use = state if state is Use.SPENT or earlier == call else Use.SPENT
            if not same_place:
                use = Use.ELSEWHERE if state is Use.SPENT else Use.LOST_ELSEWHERE
        if seen.refused:
            self._calls[key] = (Use.REFUSED if state is Use.FIRST else state, earlier)
        elif use in FRESH:
            lost = seen.status is None or seen.status >= 500
            self._calls[key] = (Use.LOST if lost else Use.SPENT, call)
        return KeyUse(use, is_unused, is_new_to_caller, may_replay)
