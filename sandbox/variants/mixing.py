"""Ways to install a variant in a backend, so that several can be combined."""

from typing import Any

from sandbox.backend import Backend
from sandbox.change import Install
from sandbox.part import Part


def mixed_in(part: str, mixin: type[Part[Any]]) -> Install:
    """Return an install that puts a mixin before the current class of a part of the backend."""

    def install(backend: Backend) -> None:
        present = type(getattr(backend, part))
        setattr(backend, part, type(mixin.__name__, (mixin, present), {})(backend))

    return install
