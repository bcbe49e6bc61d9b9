"""Faults of canceling and archiving (LIF-10 to LIF-12)."""

from collections.abc import Callable, Iterator
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.lifecycle_results import assets, due_assets
from sandbox.faults.replacing import replacing, status_of, together
from sandbox.records import Job, Snapshot


def not_canceled(snapshot: Snapshot) -> Snapshot:
    """Return a container as if its job had not been canceled."""
    return snapshot._replace(job=snapshot.job._replace(canceled_at=None))


def one(_: Backend, read: Callable[..., Snapshot | None], *where: Any) -> Snapshot | None:
    """Read a container without the effect of a cancel."""
    snapshot = read(*where)
    return not_canceled(snapshot) if snapshot else None


def many(_: Backend, read: Callable[..., Iterator[Snapshot]], *where: Any) -> Iterator[Snapshot]:
    """Read containers without the effect of a cancel."""
    return map(not_canceled, read(*where))


def archiving(reaches: Callable[[Job, int, Backend], bool]) -> Install:
    """Let archiving cancel only some of the running jobs."""

    def unfinished(
        backend: Backend, unfinished: Callable[[str, int], list[Job]], project_id: str, now: int
    ) -> list[Job]:
        return [job for job in unfinished(project_id, now) if reaches(job, now, backend)]

    return replacing("store", "unfinished_jobs", unfinished)


def stopped_at(job: Job) -> int:
    """Return when a job was canceled, or -1 if it was not."""
    return -1 if job.canceled_at is None else job.canceled_at


FAULTS: tuple[Fault, ...] = (
    Fault(
        "cancel-reaches-the-job-alone",
        "LIF-10",
        "stateful",
        "A cancel ends the job; the container goes on and completes.",
        together(replacing("store", "container", one), replacing("store", "containers", many)),
    ),
    Fault(
        "cancel-while-queued-is-lost",
        "LIF-10",
        "deep",
        "A job that is canceled in the queue stays queued for ever, and its container with it.",
        status_of(
            lambda status, job, _now, backend: (
                "queued" if 0 <= stopped_at(job) < backend.generation.queue_ends_at(job) else status
            )
        ),
    ),
    Fault(
        "archive-leaves-containers-running",
        "LIF-11",
        "stateful",
        "Archiving a project cancels nothing.",
        archiving(lambda *_: False),
    ),
    Fault(
        "archive-forgets-what-is-queued",
        "LIF-11",
        "deep",
        "Archiving a project cancels what is generating and lets the queue run on.",
        archiving(lambda job, now, backend: backend.generation.status_at(job, now) == "generating"),
    ),
    Fault(
        "canceled-container-gets-assets",
        "LIF-12",
        "deep",
        "A canceled container gets its assets when the worker ends, and stays canceled.",
        assets(
            lambda found, snapshot, backend: (
                due_assets(snapshot, backend)
                if snapshot.job.canceled_at is not None and snapshot.now >= backend.generation.due_at(snapshot.job)
                else found
            )
        ),
    ),
    Fault(
        "canceled-clone-gets-assets",
        "LIF-12",
        "deep",
        "A canceled clone gets its assets when the worker ends, and stays canceled.",
        assets(
            lambda found, snapshot, backend: (
                due_assets(snapshot, backend)
                if snapshot.job.canceled_at is not None
                and snapshot.job.kind == "content_clone"
                and snapshot.now >= backend.generation.due_at(snapshot.job)
                else found
            )
        ),
    ),
)
