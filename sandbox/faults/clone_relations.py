"""Faults between a clone and its source: what is done to one reaches the other, or one is answered in the name of the other."""

from collections.abc import Callable

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.replacing import fresh, replacing, together
from sandbox.faults.third_steps import cloning
from sandbox.records import Brief, Job, Snapshot

Regenerate = Callable[[Snapshot, Brief], Job]


def _goes_home() -> Install:
    homes: dict[str, str] = {}

    def cloned(source: Snapshot, job: Job, _: Backend) -> None:
        homes[job.container_id] = source.container.project_id

    def regenerate(_: Backend, regenerate: Regenerate, snapshot: Snapshot, patch: Brief) -> Job:
        home = homes.get(snapshot.container.id)
        if home is not None:
            snapshot = snapshot._replace(container=snapshot.container._replace(project_id=home))
        return regenerate(snapshot, patch)

    return together(cloning(cloned), replacing("lifecycle", "regenerate", regenerate))


FAULTS: tuple[Fault, ...] = (
    Fault(
        "clone-goes-home-when-regenerated",
        "LIF-8",
        "deep",
        "The regeneration of a clone in another project than its source moves it into the source's.",
        fresh(_goes_home),
    ),
)
