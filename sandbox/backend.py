"""The composition root: it holds every part of the sandbox, and each part can be replaced."""

from typing import Protocol

from starlette.types import ASGIApp

from sandbox.access import Access
from sandbox.approval import Approval
from sandbox.bodies import Bodies
from sandbox.clock import Clock
from sandbox.generation import Generation
from sandbox.idempotency import Idempotency
from sandbox.ids import Ids
from sandbox.lifecycle import Lifecycle
from sandbox.limits import Limits
from sandbox.listing import Listing
from sandbox.operations import Operations
from sandbox.rendering import Rendering
from sandbox.settings import SandboxSettings
from sandbox.store import Store


class Middleware(Protocol):
    """Makes an ASGI application that wraps another one."""

    def __call__(self, app: ASGIApp, *, backend: "Backend") -> ASGIApp:
        """Return an application that wraps `app`."""


class Backend:
    """The parts, which find each other here. To change a part, assign an instance of a subclass to its attribute.

    `middleware` wraps the application; the last item is outermost. Append to it before the application is made.
    """

    def __init__(self, settings: SandboxSettings, store: Store, clock: Clock) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self.middleware: list[Middleware] = []
        self.ids = Ids(self)
        self.access = Access(self)
        self.limits = Limits(self)
        self.bodies = Bodies(self)
        self.generation = Generation(self)
        self.approval = Approval(self)
        self.lifecycle = Lifecycle(self)
        self.idempotency = Idempotency(self)
        self.listing = Listing(self)
        self.rendering = Rendering(self)
        self.operations = Operations(self)


def build_backend(settings: SandboxSettings | None = None) -> Backend:
    """Return a conformant backend with its projects. Raises SandboxError for an unusable database file."""
    settings = settings or SandboxSettings()
    store = Store(settings.database)
    for project_id, org, requires_review in settings.projects():
        store.add_project(project_id, org, requires_review=requires_review)
    return Backend(settings, store, Clock(store))
