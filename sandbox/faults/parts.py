"""Faults as subclasses of parts, which replace the parts in a backend.

A fault that asks for more than its part does declares `backend: Backend`; it is always given the whole backend.
"""

from typing import Any

from sandbox.backend import Backend
from sandbox.change import Install
from sandbox.part import Part


def place_of(part: type[Part[Any]]) -> str:
    """Return the attribute of a backend that holds this kind of part."""
    kinds = [kind for kind in part.__mro__ if Part in kind.__bases__]
    return kinds[0].__name__.lower()


def using(*parts: type[Part[Any]]) -> Install:
    """Return an install that replaces parts by instances of these subclasses."""

    def install(backend: Backend) -> None:
        for part in parts:
            setattr(backend, place_of(part), part(backend))

    return install
