"""Faults of the status and the times of a container (LIF-1, LIF-2, LIF-7 to LIF-11)."""

from collections.abc import Callable, Iterator
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Install, together
from sandbox.faults.installers import (
    FOREVER_MS,
    Doc,
    answering,
    changed,
    cloning,
    container_shown,
    everywhere_shown,
    fresh,
    listed,
    replacing,
    shown,
    stalled,
    status_now,
    status_of,
    status_shown,
)
from sandbox.operations import Call
from sandbox.records import Answer, Brief, Container, Job, Project, Snapshot

FAULTS = """
LIF-1 deep internal-status-while-rendering: The status is `processing` for one stage of the generation.
LIF-1 stateful canceled-spelled-cancelled: A canceled container's status is spelled `cancelled`.
LIF-1 shallow list-status-in-capitals: Lists show the status in capitals.
LIF-2 deep completed-turns-failed: A watchdog turns a completed container into a failed one 150 ms later.
LIF-2 deep completed-flickers-back: The second read of a completed container comes from a cache and says generating.
LIF-2 deep generating-falls-back-to-queued: The last stage of a generation waits in a queue of its own, and the status
    is queued again.
LIF-2 deep canceled-completes-later: A canceled container becomes completed when its worker ends.
LIF-2 deep failed-retried-by-the-worker: A failed container is retried by the queue and becomes completed.
LIF-2 deep completed-canceled-after-a-day: A nightly clean-up cancels what was completed a day ago.
LIF-2 stateful second-cancel-takes-back-the-first: A cancel of a canceled job takes the cancel back, so that its
    container goes on and completes.
LIF-7 deep slideshow-never-ends: A slideshow stays queued for ever.
LIF-7 deep fifth-in-flight-never-ends: A create that finds four generations of its project in flight stays queued for
    ever.
LIF-7 stateful regeneration-after-failure-never-ends: The regeneration of a failed container stays queued for ever.
LIF-8 stateful created-at-reset-by-completion: createdAt becomes the time at which the generation ended.
LIF-8 stateful created-at-reset-by-decision: createdAt becomes the time of an approval or a rejection.
LIF-8 deep created-at-loses-milliseconds: createdAt is in whole seconds once the generation has ended and the row went
    to another table.
LIF-8 stateful id-gets-a-version-by-regeneration: A regenerated container shows its id with the ending `:2`.
LIF-8 deep project-id-changes-by-archiving: The containers of an archived project show its id with a mark.
LIF-8 deep clone-goes-home-when-regenerated: The regeneration of a clone in another project than its source moves it
    into the source's.
LIF-9 stateful updated-at-goes-back-on-completion: The worker writes the whole row on completion, with the updatedAt
    that it read at the start.
LIF-9 shallow updated-at-before-created-at: A queued container's updatedAt lies before its createdAt, because two
    hosts write them.
LIF-9 stateful updated-at-reset-by-decision: An approval or a rejection sets updatedAt back to createdAt.
LIF-9 deep updated-at-from-two-clocks: Every second look at a completed container has an updatedAt 5 ms earlier.
LIF-9 deep updated-at-in-whole-seconds: updatedAt is cut to whole seconds and so lies before createdAt at first.
LIF-9 stateful listed-as-updated-before-it-was-created: Lists show a failed container as updated before it was
    created.
LIF-10 stateful cancel-reaches-the-job-alone: A cancel ends the job; the container goes on and completes.
LIF-10 deep cancel-while-queued-is-lost: A job that is canceled in the queue stays queued for ever, and its container
    with it.
LIF-10 stateful canceled-regeneration-shows-the-result-before: A container whose regeneration was canceled reads as
    completed, as it was before.
LIF-10 deep cancel-of-an-ended-job-stops-what-runs: The cancel of a job that has ended cancels the regeneration of its
    container.
LIF-10 deep cancel-in-the-last-stage-never-ends: A job that is canceled while its captions are made is answered 202,
    and runs for ever with its container.
LIF-11 stateful archive-leaves-containers-running: Archiving a project cancels nothing.
LIF-11 deep archive-forgets-what-is-queued: Archiving a project cancels what is generating and lets the queue run on.
"""

DAY_MS = 24 * 60 * 60 * 1000
WORKERS = 4
Regenerate = Callable[[Snapshot, Brief], Job]


def ended_for(job: Job, now: int, backend: Backend) -> int:
    """Return how many milliseconds have passed since a job was due."""
    return now - backend.generation.due_at(job)


def created_shown(change: Callable[[str, Snapshot, Backend], str]) -> Install:
    """Change createdAt in containers and list items."""
    return everywhere_shown(
        lambda doc, snapshot, backend: {**doc, "createdAt": change(doc["createdAt"], snapshot, backend)}
    )


def updated(change: Callable[[int, Container, Job, int, Backend], int]) -> Install:
    """Change updatedAt; `change` gets the correct value, the rows, the current time and the backend."""

    def updated_at(
        backend: Backend, updated_at: Callable[[Container, Job, int], int], container: Container, job: Job, now: int
    ) -> int:
        return change(updated_at(container, job, now), container, job, now, backend)

    return replacing("generation", "updated_at")(updated_at)


def create_stalls(when: Callable[[Project, str, Doc, Backend], bool]) -> Install:
    """Let some first generations never end."""

    def create(
        backend: Backend, create: Callable[..., Job], project: Project, format_: str, brief: Doc, *rest: Any
    ) -> Job:
        stalls = not rest and when(project, format_, brief, backend)
        job = create(project, format_, brief, *rest)
        return stalled(backend, job) if stalls else job

    return replacing("lifecycle", "create")(create)


def not_canceled(snapshot: Snapshot) -> Snapshot:
    """Return a container as if its job had not been canceled."""
    return snapshot._replace(job=snapshot.job._replace(canceled_at=None))


def archiving(reaches: Callable[[Job, int, Backend], bool]) -> Install:
    """Let archiving cancel only some of the running jobs."""

    def unfinished(
        backend: Backend, unfinished: Callable[[str, int], list[Job]], project_id: str, now: int
    ) -> list[Job]:
        return [job for job in unfinished(project_id, now) if reaches(job, now, backend)]

    return replacing("store", "unfinished_jobs")(unfinished)


@fresh
def completed_flickers_back() -> Install:
    seen: dict[str, int] = {}

    def change(doc: Doc, snapshot: Snapshot, _: Backend) -> Doc:
        if doc["status"] != "completed":
            return doc
        seen[snapshot.job.id] = seen.get(snapshot.job.id, 0) + 1
        return {**doc, "status": "generating"} if seen[snapshot.job.id] == 2 else doc

    return container_shown(change)


@status_of
def generating_falls_back_to_queued(status: str, job: Job, now: int, _: Backend) -> str:
    return "queued" if status == "generating" and now - job.started_at >= job.duration_ms * 5 / 6 else status


@status_of
def failed_retried_by_the_worker(status: str, job: Job, now: int, backend: Backend) -> str:
    over = ended_for(job, now, backend)
    if status != "failed" or over < 100:
        return status
    return "generating" if over < 250 else "completed"


@answering("cancel_job")
def second_cancel_takes_back_the_first(answer: Answer, call: Call, backend: Backend) -> Answer:
    if answer.status == 200:
        changed(backend, "UPDATE jobs SET canceled_at = NULL WHERE id = ?", call.path["job_id"])
    return answer


@create_stalls
def fifth_in_flight_never_ends(project: Project, _format: str, _brief: Doc, backend: Backend) -> bool:
    running = backend.store.unfinished_jobs(project.id, backend.clock.now())
    return sum(job.duration_ms < FOREVER_MS for job in running) >= WORKERS


@created_shown
def created_at_reset_by_completion(shown: str, snapshot: Snapshot, backend: Backend) -> str:
    finished_at = backend.generation.finished_at(snapshot.job, snapshot.now)
    return shown if finished_at is None else backend.rendering.timestamp(finished_at)


@fresh
def clone_goes_home_when_regenerated() -> Install:
    homes: dict[str, str] = {}

    def cloned(source: Snapshot, job: Job, _: Backend) -> None:
        homes[job.container_id] = source.container.project_id

    def regenerate(_: Backend, regenerate: Regenerate, snapshot: Snapshot, patch: Brief) -> Job:
        home = homes.get(snapshot.container.id)
        if home is not None:
            snapshot = snapshot._replace(container=snapshot.container._replace(project_id=home))
        return regenerate(snapshot, patch)

    return together(cloning(cloned), replacing("lifecycle", "regenerate")(regenerate))


@fresh
def updated_at_from_two_clocks() -> Install:
    looks: dict[str, int] = {}

    def change(moment: int, container: Container, job: Job, now: int, backend: Backend) -> int:
        if backend.generation.status_at(job, now) != "completed":
            return moment
        looks[container.id] = looks.get(container.id, 0) + 1
        return moment - 5 * (looks[container.id] % 2 == 0)

    return updated(change)


@listed
def listed_as_updated_before_it_was_created(item: Doc) -> Doc:
    return {**item, "updatedAt": "2020-01-01T00:00:00.000Z"} if item["status"] == "failed" else item


def _is_canceled_regeneration(snapshot: Snapshot) -> bool:
    return snapshot.job.kind == "content_regenerate" and snapshot.job.canceled_at is not None


@shown("list_item")
def canceled_regeneration_shows_the_result_before(doc: Doc, snapshot: Snapshot, _: Backend) -> Doc:
    return {**doc, "status": "completed"} if _is_canceled_regeneration(snapshot) else doc


@fresh
def cancel_in_the_last_stage_never_ends() -> Install:
    lost: set[str] = set()

    def cancel(backend: Backend, cancel: Callable[[Job, int], Job], job: Job, now: int) -> Job:
        if backend.generation.stage_at(job, now) != "captioning":
            return cancel(job, now)
        lost.add(job.id)
        return job

    def status(status: str, job: Job, _: int, __: Backend) -> str:
        return "generating" if job.id in lost else status

    return together(replacing("lifecycle", "cancel")(cancel), status_of(status))


internal_status_while_rendering = status_shown(
    lambda status, snapshot, backend: (
        "processing" if backend.generation.stage_at(snapshot.job, snapshot.now) == "rendering" else status
    )
)
canceled_spelled_cancelled = status_shown(lambda status, *_: "cancelled" if status == "canceled" else status)
list_status_in_capitals = listed(lambda item: {**item, "status": item["status"].upper()})
completed_turns_failed = status_of(
    lambda status, job, now, backend: (
        "failed" if status == "completed" and ended_for(job, now, backend) >= 150 else status
    )
)
canceled_completes_later = status_of(
    lambda status, job, now, backend: (
        job.outcome if status == "canceled" and ended_for(job, now, backend) >= 0 else status
    )
)
completed_canceled_after_a_day = status_of(
    lambda status, job, now, backend: (
        "canceled" if status == "completed" and ended_for(job, now, backend) >= DAY_MS - 60_000 else status
    )
)
slideshow_never_ends = create_stalls(lambda _project, format_, *_: format_ == "slideshow_remix")


def regenerate_stalls(when: Callable[[Snapshot, Backend], bool]) -> Install:
    """Let some regenerations never end."""

    def regenerate(backend: Backend, regenerate: Callable[..., Job], snapshot: Snapshot, patch: Doc) -> Job:
        job = regenerate(snapshot, patch)
        return stalled(backend, job) if when(snapshot, backend) else job

    return replacing("lifecycle", "regenerate")(regenerate)


regeneration_after_failure_never_ends = regenerate_stalls(
    lambda snapshot, backend: status_now(backend, snapshot) == "failed"
)
created_at_reset_by_decision = created_shown(
    lambda shown, snapshot, backend: (
        backend.rendering.timestamp(snapshot.container.updated_at + 1) if snapshot.container.approval_job else shown
    )
)
created_at_loses_milliseconds = created_shown(
    lambda shown, snapshot, backend: (
        shown if backend.generation.in_flight(snapshot.job, snapshot.now) else f"{shown[:19]}Z"
    )
)
id_gets_a_version_by_regeneration = container_shown(
    lambda doc, snapshot, _: {**doc, "id": f"{doc['id']}:2"} if snapshot.job.kind == "content_regenerate" else doc
)
project_id_changes_by_archiving = everywhere_shown(
    lambda doc, snapshot, backend: (
        {**doc, "projectId": f"archived:{doc['projectId']}"}
        if getattr(backend.store.project(snapshot.container.project_id), "archived_at", None) is not None
        else doc
    )
)
updated_at_goes_back_on_completion = updated(
    lambda moment, container, job, now, backend: (
        container.created_at if backend.generation.status_at(job, now) == "completed" else moment
    )
)
updated_at_before_created_at = updated(
    lambda moment, _container, job, now, backend: (
        moment - 250
        if backend.generation.status_at(job, now) == "queued" and job.kind == "content_generate"
        else moment
    )
)
updated_at_reset_by_decision = updated(
    lambda moment, container, job, _now, _backend: container.created_at if container.approval_job == job.id else moment
)
updated_at_in_whole_seconds = updated(lambda moment, *_: moment // 1000 * 1000)


def many(_: Backend, read: Callable[..., Iterator[Snapshot]], *where: Any) -> Iterator[Snapshot]:
    """Read containers without the effect of a cancel."""
    return map(not_canceled, read(*where))


def one(_: Backend, read: Callable[..., Snapshot | None], *where: Any) -> Snapshot | None:
    """Read a container without the effect of a cancel."""
    snapshot = read(*where)
    return not_canceled(snapshot) if snapshot else None


cancel_reaches_the_job_alone = together(replacing("store", "container")(one), replacing("store", "containers")(many))


def stopped_at(job: Job) -> int:
    """Return when a job was canceled, or -1 if it was not."""
    return -1 if job.canceled_at is None else job.canceled_at


cancel_while_queued_is_lost = status_of(
    lambda status, job, _now, backend: (
        "queued" if 0 <= stopped_at(job) < backend.generation.queue_ends_at(job) else status
    )
)


def beside_a_regeneration(cancel: Callable[[Backend, Job, Snapshot], None]) -> Install:
    """Call `cancel` with a job that has ended, when somebody cancels it while its container regenerates."""

    def cancel_job(backend: Backend, cancel_job: Callable[[Call], Answer], call: Call) -> Answer:
        answer = cancel_job(call)
        job = backend.access.job(call.org, call.path["job_id"])
        snapshot = backend.store.container(job.container_id, backend.clock.now())
        if snapshot and snapshot.job != job and backend.generation.in_flight(snapshot.job, snapshot.now):
            with backend.store.transaction():
                cancel(backend, job, snapshot)
        return answer

    return replacing("operations", "cancel_job")(cancel_job)


cancel_of_an_ended_job_stops_what_runs = beside_a_regeneration(
    lambda backend, _, running: backend.store.cancel_job(running.job.id, running.now)
)
archive_leaves_containers_running = archiving(lambda *_: False)
archive_forgets_what_is_queued = archiving(
    lambda job, now, backend: backend.generation.status_at(job, now) == "generating"
)
