"""Faults between a clone and its source: what is done to one reaches the other, or one is answered in the name of the other."""

from collections.abc import Callable

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.idempotency import ReplayOfJob
from sandbox.faults.parts import using
from sandbox.faults.replacing import fresh, replacing, together
from sandbox.faults.third_steps import cloning
from sandbox.records import Answer, Brief, Job, Snapshot

Decide = Callable[[Snapshot, str], Snapshot]
Regenerate = Callable[[Snapshot, Brief], Job]


def _decision_reaches_clones() -> Install:
    clones: dict[str, list[str]] = {}

    def cloned(source: Snapshot, job: Job, _: Backend) -> None:
        clones.setdefault(source.container.id, []).append(job.container_id)

    def decide(backend: Backend, decide: Decide, snapshot: Snapshot, decision: str) -> Snapshot:
        for clone_id in clones.get(snapshot.container.id, []):
            clone = backend.store.container(clone_id, snapshot.now)
            if clone is not None:
                decided = clone.container._replace(approval=decision, approval_job=clone.job.id)
                backend.store.update_container(decided)
        return decide(snapshot, decision)

    return together(cloning(cloned), replacing("lifecycle", "decide", decide))


def _replayed_in_the_sources_project() -> Install:
    projects: dict[str, str] = {}

    def cloned(source: Snapshot, job: Job, _: Backend) -> None:
        projects[job.id] = source.container.project_id

    class Replay(ReplayOfJob):
        def again(self, answer: Answer, job: Job) -> Answer:
            return self.rewritten(answer, projectId=projects[job.id]) if job.id in projects else answer

    return together(cloning(cloned), using(Replay))


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
        "decision-of-a-source-reaches-its-clones",
        "APR-5",
        "deep",
        "An approve or reject of a container is written to what was cloned from it, too.",
        fresh(_decision_reaches_clones),
    ),
    Fault(
        "clone-replay-names-the-sources-project",
        "IDM-11",
        "deep",
        "The replay of a clone into another project names the project of its source.",
        fresh(_replayed_in_the_sources_project),
    ),
    Fault(
        "clone-goes-home-when-regenerated",
        "LIF-8",
        "deep",
        "The regeneration of a clone in another project than its source moves it into the source's.",
        fresh(_goes_home),
    ),
)
