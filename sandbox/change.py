"""What faults and variants have in common: a name, and the one thing that they replace in a backend."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar

from sandbox.backend import Backend

Depth = Literal["shallow", "stateful", "deep"]
Install = Callable[[Backend], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """A seeded defect.

    `requirement` is the id of the requirement that it breaks. `depth`: `shallow` shows in one valid call, `stateful` in a
    sequence, `deep` only by a special input, a border, timing, concurrency, or between two projects or organizations.
    """

    name: str
    requirement: str
    depth: Depth
    summary: str
    install: Install


@dataclass(frozen=True, slots=True)
class Variant:
    """A conformant backend that chose differently where the documents are open; `dialect` is what a client must be told of it."""

    name: str
    summary: str
    install: Install
    dialect: tuple[tuple[str, str], ...] = ()


_Change = TypeVar("_Change", Fault, Variant)


def by_name(changes: Iterable[_Change]) -> dict[str, _Change]:
    """Index changes by name; raises ValueError where two share one."""
    found: dict[str, _Change] = {}
    for change in changes:
        if change.name in found:
            raise ValueError(f"two changes are called {change.name}")
        found[change.name] = change
    return found
