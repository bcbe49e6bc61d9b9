"""Faults and variants: named changes to a backend."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

from sandbox.backend import Backend, Middleware
from sandbox.part import Part
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


def rows(table: str) -> list[str]:
    """Return the rows of a table of changes; a line that is indented continues the row before it."""
    return re.sub(r"\n +", " ", table.strip()).splitlines()


def install_of(name: str, names: Mapping[str, Any]) -> Install:
    """Return what installs a change among the names of its module. Raises KeyError if there is nothing.

    The change `small-pages` is either `small_pages`, an install, or the class `SmallPages`: a subclass of a part, or a middleware.
    """
    install = names.get(name.replace("-", "_"))
    if install is not None:
        return cast("Install", install)
    kind: Any = names["".join(word.capitalize() for word in name.split("-"))]
    return using(kind) if issubclass(kind, Part) else put_before(kind)


def using(*mixins: type[Part[Any]]) -> Install:
    """Return an install that puts each class before the present class of the part that it derives from."""

    def install(backend: Backend) -> None:
        for mixin in mixins:
            place = next(kind.__name__.lower() for kind in mixin.__mro__ if Part in kind.__bases__)
            present = type(getattr(backend, place))
            setattr(backend, place, type(mixin.__name__, (mixin, present), {})(backend))

    return install


def put_before(middleware: Middleware) -> Install:
    """Return an install that wraps the backend's ASGI application."""
    return lambda backend: backend.middleware.append(middleware)


def together(*installs: Install) -> Install:
    """Return an install that runs several installs in order."""

    def install(backend: Backend) -> None:
        for each in installs:
            each(backend)

    return install
