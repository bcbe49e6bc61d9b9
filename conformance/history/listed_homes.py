"""In the list of which project each container stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from conformance.history.facts import ListedElsewhere, PageRead
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.timestamps import instant


class _Home(NamedTuple):
    page: Observation
    project_id: str
    created_at: Any


class ListedHomes:
    """A fold over the pages of the projects that the configuration names; other names may be aliases of these."""

    def __init__(self) -> None:
        self._first: dict[str, _Home] = {}

    def take(self, page: PageRead, ledger: Ledger) -> Iterator[ListedElsewhere]:
        """Take in a page of an organization, and compare each item with the first list that showed its container."""
        project_id = page.project_id
        if not page.seen.authorized or ledger.holder_of_project(project_id) is None:
            return
        evidence = page.seen.evidence
        for item in page.items:
            if item.project_id not in {None, project_id}:
                continue  # the item itself tells where its container belongs
            first = self._first.setdefault(item.id, _Home(evidence, project_id, item.created_at))
            if first.project_id != project_id and _may_be_one(first.created_at, item.created_at):
                yield ListedElsewhere(page.seen, item.id, project_id, first.page, first.project_id)


def _may_be_one(old: Any, new: Any) -> bool:
    """Return whether nothing tells two containers of one id apart: no page says that ids differ between organizations."""
    first, second = instant(old), instant(new)
    return first is None or second is None or first.same(second)
