"""Ways to install a variant in a backend, so that several can be combined."""

from typing import Any

from sandbox.backend import Backend, Middleware
from sandbox.change import Install
from sandbox.part import Part


def mixed_in(part: str, mixin: type[Part[Any]]) -> Install:
    """Return an install that puts a mixin before the current class of a part of the backend."""

    def install(backend: Backend) -> None:
        present = type(getattr(backend, part))
        setattr(backend, part, type(mixin.__name__, (mixin, present), {})(backend))

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
