"""Faults of the status and the times of a container (LIF-1, LIF-2, LIF-8, LIF-9)."""

from collections.abc import Callable

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.replacing import (
    Doc,
    container_shown,
    everywhere_shown,
    fresh,
    listed,
    replacing,
    status_of,
    status_shown,
)
from sandbox.records import Container, Job, Snapshot

DAY_MS = 24 * 60 * 60 * 1000


def ended_for(job: Job, now: int, backend: Backend) -> int:
    """Return how many milliseconds have passed since a job was due."""
    return now - backend.generation.due_at(job)


def retried(status: str, job: Job, now: int, backend: Backend) -> str:
    """Run a failed job again, 100 ms after its end."""
    over = ended_for(job, now, backend)
    if status != "failed" or over < 100:
        return status
    return "generating" if over < 250 else "completed"


def requeued(status: str, job: Job, now: int, _: Backend) -> str:
    """Put a job back into the queue for the last sixth of its duration."""
    return "queued" if status == "generating" and now - job.started_at >= job.duration_ms * 5 / 6 else status


def flickering() -> Install:
    """Let the second read of a completed generation show `generating`."""
    seen: dict[str, int] = {}

    def change(doc: Doc, snapshot: Snapshot, _: Backend) -> Doc:
        if doc["status"] != "completed":
            return doc
        seen[snapshot.job.id] = seen.get(snapshot.job.id, 0) + 1
        return {**doc, "status": "generating"} if seen[snapshot.job.id] == 2 else doc

    return container_shown(change)


def created_shown(change: Callable[[str, Snapshot, Backend], str]) -> Install:
    """Change createdAt in containers and list items."""
    return everywhere_shown(
        lambda doc, snapshot, backend: {**doc, "createdAt": change(doc["createdAt"], snapshot, backend)}
    )


def completed_as_created(shown: str, snapshot: Snapshot, backend: Backend) -> str:
    """Show the time of completion as createdAt."""
    finished_at = backend.generation.finished_at(snapshot.job, snapshot.now)
    return shown if finished_at is None else backend.rendering.timestamp(finished_at)


def updated(change: Callable[[int, Container, Job, int, Backend], int]) -> Install:
    """Change updatedAt; `change` gets the correct value, the rows, the current time and the backend."""

    def updated_at(
        backend: Backend, updated_at: Callable[[Container, Job, int], int], container: Container, job: Job, now: int
    ) -> int:
        return change(updated_at(container, job, now), container, job, now, backend)

    return replacing("generation", "updated_at", updated_at)


def two_clocks() -> Install:
    """Show an updatedAt that is 5 ms too early on every second read of a completed container."""
    looks: dict[str, int] = {}

    def change(moment: int, container: Container, job: Job, now: int, backend: Backend) -> int:
        if backend.generation.status_at(job, now) != "completed":
            return moment
        looks[container.id] = looks.get(container.id, 0) + 1
        return moment - 5 * (looks[container.id] % 2 == 0)

    return updated(change)


FAULTS: tuple[Fault, ...] = (
    Fault(
        "internal-status-while-rendering",
        "LIF-1",
        "deep",
        "The status is `processing` for one stage of the generation.",
        status_shown(
            lambda status, snapshot, backend: (
                "processing" if backend.generation.stage_at(snapshot.job, snapshot.now) == "rendering" else status
            )
        ),
    ),
    Fault(
        "canceled-spelled-cancelled",
        "LIF-1",
        "stateful",
        "A canceled container's status is spelled `cancelled`.",
        status_shown(lambda status, *_: "cancelled" if status == "canceled" else status),
    ),
    Fault(
        "list-status-in-capitals",
        "LIF-1",
        "shallow",
        "Lists show the status in capitals.",
        listed(lambda item: {**item, "status": item["status"].upper()}),
    ),
    Fault(
        "completed-turns-failed",
        "LIF-2",
        "deep",
        "A watchdog turns a completed container into a failed one 150 ms later.",
        status_of(
            lambda status, job, now, backend: (
                "failed" if status == "completed" and ended_for(job, now, backend) >= 150 else status
            )
        ),
    ),
    Fault(
        "completed-flickers-back",
        "LIF-2",
        "deep",
        "The second read of a completed container comes from a cache and says generating.",
        fresh(flickering),
    ),
    Fault(
        "generating-falls-back-to-queued",
        "LIF-2",
        "deep",
        "The last stage of a generation waits in a queue of its own, and the status is queued again.",
        status_of(requeued),
    ),
    Fault(
        "canceled-completes-later",
        "LIF-2",
        "deep",
        "A canceled container becomes completed when its worker ends.",
        status_of(
            lambda status, job, now, backend: (
                job.outcome if status == "canceled" and ended_for(job, now, backend) >= 0 else status
            )
        ),
    ),
    Fault(
        "failed-retried-by-the-worker",
        "LIF-2",
        "deep",
        "A failed container is retried by the queue and becomes completed.",
        status_of(retried),
    ),
    Fault(
        "completed-canceled-after-a-day",
        "LIF-2",
        "deep",
        "A nightly clean-up cancels what was completed a day ago.",
        status_of(
            lambda status, job, now, backend: (
                "canceled" if status == "completed" and ended_for(job, now, backend) >= DAY_MS - 60_000 else status
            )
        ),
    ),
    Fault(
        "created-at-reset-by-completion",
        "LIF-8",
        "stateful",
        "createdAt becomes the time at which the generation ended.",
        created_shown(completed_as_created),
    ),
    Fault(
        "created-at-reset-by-decision",
        "LIF-8",
        "stateful",
        "createdAt becomes the time of an approval or a rejection.",
        created_shown(
            lambda shown, snapshot, backend: (
                backend.rendering.timestamp(snapshot.container.updated_at + 1)
                if snapshot.container.approval_job
                else shown
            )
        ),
    ),
    Fault(
        "created-at-loses-milliseconds",
        "LIF-8",
        "deep",
        "createdAt is in whole seconds once the generation has ended and the row went to another table.",
        created_shown(
            lambda shown, snapshot, backend: (
                shown if backend.generation.in_flight(snapshot.job, snapshot.now) else f"{shown[:19]}Z"
            )
        ),
    ),
    Fault(
        "id-gets-a-version-by-regeneration",
        "LIF-8",
        "stateful",
        "A regenerated container shows its id with the ending `:2`.",
        container_shown(
            lambda doc, snapshot, _: (
                {**doc, "id": f"{doc['id']}:2"} if snapshot.job.kind == "content_regenerate" else doc
            )
        ),
    ),
    Fault(
        "project-id-changes-by-archiving",
        "LIF-8",
        "deep",
        "The containers of an archived project show its id with a mark.",
        everywhere_shown(
            lambda doc, snapshot, backend: (
                {**doc, "projectId": f"archived:{doc['projectId']}"}
                if getattr(backend.store.project(snapshot.container.project_id), "archived_at", None) is not None
                else doc
            )
        ),
    ),
    Fault(
        "updated-at-goes-back-on-completion",
        "LIF-9",
        "stateful",
        "The worker writes the whole row on completion, with the updatedAt that it read at the start.",
        updated(
            lambda moment, container, job, now, backend: (
                container.created_at if backend.generation.status_at(job, now) == "completed" else moment
            )
        ),
    ),
    Fault(
        "updated-at-before-created-at",
        "LIF-9",
        "shallow",
        "A queued container's updatedAt lies before its createdAt, because two hosts write them.",
        updated(
            lambda moment, _container, job, now, backend: (
                moment - 250
                if backend.generation.status_at(job, now) == "queued" and job.kind == "content_generate"
                else moment
            )
        ),
    ),
    Fault(
        "updated-at-reset-by-decision",
        "LIF-9",
        "stateful",
        "An approval or a rejection sets updatedAt back to createdAt.",
        updated(
            lambda moment, container, job, _now, _backend: (
                container.created_at if container.approval_job == job.id else moment
            )
        ),
    ),
    Fault(
        "updated-at-from-two-clocks",
        "LIF-9",
        "deep",
        "Every second look at a completed container has an updatedAt 5 ms earlier.",
        fresh(two_clocks),
    ),
    Fault(
        "updated-at-in-whole-seconds",
        "LIF-9",
        "deep",
        "updatedAt is cut to whole seconds and so lies before createdAt at first.",
        updated(lambda moment, *_: moment // 1000 * 1000),
    ),
)
