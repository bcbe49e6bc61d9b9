"""Calls under other keys that a run sent between two calls under one key, for a target that forgets a key among many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from conformance.client.actors import OWNER
from conformance.client.answers import answer_of
from conformance.client.exchange import READING, Exchange
from conformance.replay.dependencies import Dependencies, is_refused

MANY, MOST_REFUSED = 5, 130
"""Refused calls under other keys from which on they may be why a key was forgotten, and how many are sent."""
MOST_MADE = 8
"""Containers that are made under other keys for that."""


class Crowd:
    """Counts the calls between two of one key by their kind, each of which one exchange stands for."""

    def __init__(self, links: Dependencies, may_cost: Callable[[Exchange], bool]) -> None:
        self.kinds: list[Exchange] = []
        self._links = links
        self._may_cost = may_cost
        self._numbers: dict[str, int] = {}
        self._sent: dict[str, Counter[int]] = {}

    def before(self, exchange: Exchange) -> list[list[int]]:
        """Return how many calls of each kind are sent before a call, beside those before earlier calls under its key.

        Those that were refused may not start a generation; of those that began a generation the latest are taken.
        """
        key = exchange.request.header("idempotency-key")
        first = self._links.first_of_key(key) if key else None
        if key is None or first is None or first.id == exchange.id:
            return []
        between = self._links.keyed_between(first.sent_at, exchange.sent_at)
        refused = [each for each in between if is_refused(each) and not self._may_cost(each)]
        wanted: Counter[int] = Counter()
        if len(refused) >= MANY:
            plain = next((each for each in refused if not self._links.taken(each)), refused[0])
            wanted[self._number("", plain)] = min(len(refused), MOST_REFUSED)
        # A create stands for what named a container of its own, such as a regeneration: it takes a key as well.
        creates = [each for each in between if _is_create(each)]
        taken = [each for each in between if _has_begun(each)][-MOST_MADE:] if creates else []
        for each in taken:
            create = each if each in creates else creates[-1]
            wanted[self._number(create.request.url, create)] += 1
        sent = self._sent.get(key, Counter())
        self._sent[key] = sent | wanted
        return [[number, count] for number, count in sorted((wanted - sent).items())]

    def _number(self, kind: str, exchange: Exchange) -> int:
        if kind not in self._numbers:
            self._numbers[kind] = len(self.kinds)
            self.kinds.append(exchange)
        return self._numbers[kind]


def _is_create(exchange: Exchange) -> bool:
    """Return whether a call made a container in a project: it named none itself."""
    return _has_begun(exchange) and exchange.request.url.endswith("/content")


def _has_begun(exchange: Exchange) -> bool:
    """Return whether a call of the owner began a generation."""
    is_made = exchange.response is not None and exchange.response.status == 202 and exchange.actor == OWNER
    return is_made and exchange.request.method not in READING and bool(answer_of(exchange).get("containerId"))
