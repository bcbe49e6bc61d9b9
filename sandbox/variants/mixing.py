"""How variants change a backend, so that several can be installed one after the other."""

from typing import Any

from sandbox.backend import Backend, Middleware
from sandbox.change import Install
from sandbox.part import Part


def mixed_in(part: str, mixin: type[Part[Any]]) -> Install:
    """Return an install that lays a subclass over whatever class the backend's part has by then."""

    def install(backend: Backend) -> None:
        present = type(getattr(backend, part))
        setattr(backend, part, type(mixin.__name__, (mixin, present), {})(backend))

    return install


def put_before(middleware: Middleware) -> Install:
    """Return an install that puts an ASGI application before the backend's own."""
    return lambda backend: backend.middleware.append(middleware)


def together(*installs: Install) -> Install:
    """Return an install that does several, in order."""

    def install(backend: Backend) -> None:
        for each in installs:
            each(backend)

    return install
