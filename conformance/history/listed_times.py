"""The createdAt that lists show of each container."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from conformance.history.facts import ListedCreatedAtMoved, PageRead
from conformance.history.observation import Observation
from conformance.history.timestamps import Instant, instant


class _Listed(NamedTuple):
    seen: Observation
    created_at: str
    instant: Instant


class ListedTimes:
    """A fold over pages that keeps the first createdAt of each container."""

    def __init__(self) -> None:
        self._first: dict[str, _Listed] = {}

    def take(self, page: PageRead) -> Iterator[ListedCreatedAtMoved]:
        """Take in a page of an organization, and compare each item with the first list that showed its container."""
        if not page.seen.authorized:
            return
        evidence = page.seen.evidence
        for item in page.items:
            moment = instant(item.created_at)
            if moment is None:
                continue
            first = self._first.setdefault(item.id, _Listed(evidence, item.created_at, moment))
            if first.seen is not evidence and first.instant.microseconds != moment.microseconds:
                yield ListedCreatedAtMoved(page.seen, item.id, first.seen, first.created_at, item.created_at)
