"""Walks that go on while something else happens, or in turns with each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest

from conformance.client.answers import answer_of, items_of
from conformance.client.exchange import Exchange
from conformance.contract.lifecycle import is_terminal
from conformance.run.calls.api import Api
from conformance.run.calls.long_lists import WHOLE
from strategies.samples import STATUSES

LOOKS = 200
"""Reads after which a container that stays in one status is waited for no longer."""


def begin(walks: Iterable[Iterator[Exchange]]) -> None:
    """Read the first page of each walk."""
    for walk in walks:
        next(walk, None)


def in_turns(walks: Iterable[Iterator[Exchange]]) -> None:
    """Go on with walks to their ends, a page of each in turn."""
    for _ in zip_longest(*walks):
        pass


def up_to(container_id: str, walk: Iterator[Exchange]) -> None:
    """Read the pages of a walk up to the one that shows a container."""
    for page in walk:
        if any(item.get("id") == container_id for item in items_of(page)):
            return


def by_each_status(api: Api, project: str | None = None) -> None:
    """Walk a list by each status."""
    for status in STATUSES:
        api.walk(project, {"status": status, "limit": WHOLE})


def by_each_status_in_flight(api: Api, container_id: str, project: str | None = None) -> None:
    """Walk a list by each status in each status that a container in flight is in, with reads of the container around the walks."""
    shown, before = answer_of(api.read(container_id)).get("status"), None
    for _ in range(LOOKS):
        if not isinstance(shown, str) or is_terminal(shown):
            return
        if shown != before:
            by_each_status(api, project)
            before = shown
        else:
            api.session.pause(api.target.timing.poll_interval)
        shown = answer_of(api.read(container_id)).get("status")
