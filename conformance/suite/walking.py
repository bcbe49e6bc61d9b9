"""Walks that go on while something else happens, or in turns with each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest

from conformance.door.exchange import Exchange


def begin(walks: Iterable[Iterator[Exchange]]) -> None:
    """Read the first page of each walk."""
    for walk in walks:
        next(walk, None)


def in_turns(walks: Iterable[Iterator[Exchange]]) -> None:
    """Go on with walks to their ends, a page of each in turn."""
    for _ in zip_longest(*walks):
        pass
