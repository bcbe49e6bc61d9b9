"""Faults and variants: named changes to a backend."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar

from sandbox.backend import Backend
from sandbox.settings import SandboxSettings

Depth = Literal["shallow", "stateful", "deep"]
Install = Callable[[Backend], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """A seeded defect.

    `requirement` is the id of the requirement that it breaks. `depth`: one valid call shows a `shallow`
    fault, a sequence of calls a `stateful` one. A `deep` one needs a special input, a boundary value, timing, concurrency,
    or two projects or organizations. It shows only in a project that holds so many `containers` before.
    """

    name: str
    requirement: str
    depth: Depth
    summary: str
    install: Install
    containers: int = 0


@dataclass(frozen=True, slots=True)
class Variant:
    """A conformant backend that differs where the documents are open.

    `dialect` and `timing` hold the settings that a client needs for it; `named` are parts of `server.describe` that it names otherwise.
    """

    name: str
    summary: str
    install: Install
    dialect: tuple[tuple[str, str], ...] = ()
    timing: tuple[tuple[str, float], ...] = ()
    named: Callable[[SandboxSettings], dict[str, str]] = lambda _: {}


_Change = TypeVar("_Change", Fault, Variant)


def by_name(changes: Iterable[_Change]) -> dict[str, _Change]:
    """Return changes by name. Raises ValueError if two have the same name."""
    found: dict[str, _Change] = {}
    for change in changes:
        if change.name in found:
            raise ValueError(f"two changes are called {change.name}")
        found[change.name] = change
    return found
