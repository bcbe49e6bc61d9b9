from sandbox_api import sandbox_running

from sandbox.backend import Backend
from sandbox.listing import Listing
from sandbox.records import Snapshot
from sandbox.settings import SandboxSettings


class Backwards(Listing):
    """Changes the order with one attribute of one part."""

    order = "c.created_at, c.seq"


def test_a_part_is_replaced_on_the_running_backend() -> None:
    with sandbox_running() as api:
        made = [api.created() for _ in range(3)]
        api.backend.listing = Backwards(api.backend)
        assert api.walk() == made


def test_a_method_is_replaced_on_one_backend_alone() -> None:
    def approved(snapshot: Snapshot) -> str:  # noqa: ARG001  # the name is part of the method's signature
        return "approved"

    with sandbox_running() as changed, sandbox_running() as plain:
        changed.backend.approval.status_at = approved  # type: ignore[method-assign]  # what a fault does
        assert changed.read(changed.created())["approvalStatus"] == "approved"
        assert plain.read(plain.created())["approvalStatus"] == "not_required"


def test_instant_generation_is_terminal_at_the_first_read() -> None:
    with sandbox_running(SandboxSettings(generation_seconds=0)) as api:
        envelope = api.create().json()
        assert (envelope["status"], envelope["progress"]) == ("completed", 1.0)
        assert api.read(envelope["containerId"])["status"] == "completed"


def test_every_part_refers_to_its_backend() -> None:
    with sandbox_running() as api:
        parts = {name: part for name, part in vars(api.backend).items() if hasattr(part, "backend")}
        assert all(part.backend is api.backend for part in parts.values())
        assert {"listing", "idempotency", "generation", "rendering", "access", "lifecycle"} <= parts.keys()
        assert isinstance(api.backend, Backend)
