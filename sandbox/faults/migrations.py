"""Faults of containers that are older than the code that shows them."""

from typing import Any

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.replacing import container_shown
from sandbox.records import Snapshot

EARLIER = 12
"""Containers that a project holds before, so that some of them have completed and some have failed."""


def _without_what_was_before(name: str, value: Any, status: str) -> Install:
    """Show a member of containers of one status empty, where they were made before the sandbox was."""

    def install(backend: Backend) -> None:
        began = backend.clock.now()

        def shown(doc: dict[str, Any], snapshot: Snapshot, _: Backend) -> dict[str, Any]:
            is_lost = doc["status"] == status and snapshot.container.created_at < began
            return {**doc, name: value} if is_lost else doc

        container_shown(shown)(backend)

    return install


FAULTS: tuple[Fault, ...] = (
    Fault(
        "captions-lost-in-a-migration",
        "LIF-4",
        "deep",
        "Containers from before the sandbox was started have no captions.",
        _without_what_was_before("captions", [], "completed"),
        containers=EARLIER,
    ),
    Fault(
        "errors-lost-in-a-migration",
        "LIF-5",
        "deep",
        "Failed containers from before the sandbox was started have no lastError.",
        _without_what_was_before("lastError", None, "failed"),
        containers=EARLIER,
    ),
)
