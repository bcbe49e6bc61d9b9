"""Faults of regenerating (REG-1, REG-3 to REG-5)."""

import json
from collections.abc import Callable

from sandbox.backend import Backend
from sandbox.change import Install, together, using
from sandbox.errors import not_found
from sandbox.faults.installers import Doc, canceling, fresh, job_shown, jobs_of, replacing
from sandbox.lifecycle import Lifecycle
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Brief, Container, Job, Snapshot

FAULTS = """
REG-1 stateful regenerate-keeps-job-id: A regeneration runs under the job id of the earlier one.
REG-1 stateful regenerate-names-other-container: A regeneration answers with a container id of its own.
REG-3 deep regenerate-keeps-a-copy: The container before its regeneration stays on the list under a new id.
REG-3 deep regenerate-keeps-a-copy-of-failed: A failed container before its regeneration stays on the list under a new
    id.
REG-4 stateful regenerate-moves-created-at: A regeneration counts as the container's creation.
REG-4 deep second-regenerate-moves-created-at: A second regeneration counts as the container's creation.
REG-4 deep regenerate-of-slideshow-never-ends: A regeneration of a slideshow runs for ever.
REG-4 deep second-regenerate-never-ends: A second regeneration of a container runs for ever.
REG-5 deep earlier-job-follows-the-new-one: The earlier job shows the state of the new one.
REG-5 deep earlier-job-is-gone: The earlier job answers 404.
REG-5 deep earlier-job-is-canceled: A regeneration marks the earlier job as canceled.
REG-5 stateful first-job-canceled-by-a-third-generation: The first job of a container reads as canceled from its third
    generation on.
REG-5 stateful earlier-job-gone-once-the-later-is-canceled: The earlier jobs of a container answer 404 once a
    regeneration of it was canceled.
REG-5 deep cancel-of-a-regeneration-cancels-the-jobs-before: The cancel of a regeneration marks the earlier jobs of
    its container as canceled too.
REG-5 stateful earlier-job-finishes-when-the-next-begins: A regeneration moves finishedAt of the job before.
REG-5 deep reject-with-regeneration-cancels-the-earlier-job: The job whose result was rejected reads as canceled once
    the regeneration has begun.
"""

FOREVER_MS = 10**12
THIRD = 3
Regenerate = Callable[[Snapshot, Brief], Job]


def running_on(lasts_forever: Callable[[Lifecycle, Snapshot], bool]) -> Install:
    """Return an install that gives some regenerations a job that does not end."""

    class _RunningOn(Lifecycle):
        def regenerate(self, snapshot: Snapshot, patch: Brief) -> Job:
            job = super().regenerate(snapshot, patch)
            if lasts_forever(self, snapshot):
                query = "UPDATE jobs SET duration_ms = ? WHERE id = ?"
                self.backend.store.connection.execute(query, (FOREVER_MS, job.id))
            return job

    return using(_RunningOn)


class Afterwards(Lifecycle):
    """Changes a container again after its regeneration."""

    def regenerate(self, snapshot: Snapshot, patch: Brief) -> Job:
        """Regenerate as usual, then return the job that `afterwards` chooses for the answer."""
        job = super().regenerate(snapshot, patch)
        regenerated = self.backend.store.container(snapshot.container.id, self.backend.clock.now())
        return self.afterwards(snapshot, regenerated.container if regenerated else snapshot.container, job)

    def afterwards(self, before: Snapshot, after: Container, job: Job) -> Job:
        """Return the job for the answer; may also change the container."""
        raise NotImplementedError


class RegenerateKeepsJobId(Afterwards):
    def afterwards(self, before: Snapshot, after: Container, job: Job) -> Job:
        store = self.backend.store
        store.connection.execute("DELETE FROM jobs WHERE id IN (?, ?)", (before.job.id, job.id))
        store.add_job(job._replace(id=before.job.id))
        store.update_container(after._replace(job_id=before.job.id))
        return job._replace(id=before.job.id)


class RegenerateNamesOtherContainer(Operations):
    backend: Backend

    def regenerate_content(self, call: Call) -> Answer:
        answer = super().regenerate_content(call)
        other = self.backend.ids.container(self.backend.clock.now())
        body = json.loads(answer.body) | {"containerId": other}
        return answer._replace(body=self.backend.rendering.encode(body))


class RegenerateKeepsACopy(Afterwards):
    def afterwards(self, before: Snapshot, after: Container, job: Job) -> Job:
        copy = self.backend.ids.container(job.started_at)
        self.backend.store.add_container(before.container._replace(id=copy, created_at=after.created_at))
        return job


class RegenerateKeepsACopyOfFailed(RegenerateKeepsACopy):
    def afterwards(self, before: Snapshot, after: Container, job: Job) -> Job:
        return super().afterwards(before, after, job) if before.job.outcome == "failed" else job


class RegenerateMovesCreatedAt(Afterwards):
    def afterwards(self, before: Snapshot, after: Container, job: Job) -> Job:  # noqa: ARG002  # the earlier state does not matter
        query = "UPDATE containers SET created_at = ? WHERE id = ?"
        self.backend.store.connection.execute(query, (job.started_at, after.id))
        return job


class SecondRegenerateMovesCreatedAt(RegenerateMovesCreatedAt):
    def afterwards(self, before: Snapshot, after: Container, job: Job) -> Job:
        again = before.job.kind == "content_regenerate"
        return super().afterwards(before, after, job) if again else job


class EarlierJobIsGone(Operations):
    def get_job(self, call: Call) -> Answer:
        if self.latest(call) is not None:
            raise not_found("job")
        return super().get_job(call)

    def latest(self, call: Call) -> Job | None:
        """Return the later job of the container, or None if the requested job is the latest."""
        job = self.backend.access.job(call.org, call.path["job_id"])
        snapshot = self.backend.store.container(job.container_id, self.backend.clock.now())
        return snapshot.job if snapshot and snapshot.job.id != job.id else None


class EarlierJobFollowsTheNewOne(EarlierJobIsGone):
    def get_job(self, call: Call) -> Answer:
        latest = self.latest(call)
        if latest is None:
            return super().get_job(call)
        shown = self.backend.rendering.job(latest, self.backend.clock.now())
        earlier = {"jobId": call.path["job_id"], "locationUrl": f"/v1/jobs/{call.path['job_id']}"}
        return self.backend.rendering.answer(200, shown | earlier)


class EarlierJobIsCanceled(Afterwards):
    def afterwards(self, before: Snapshot, after: Container, job: Job) -> Job:  # noqa: ARG002  # the earlier job only
        query = "UPDATE jobs SET canceled_at = ? WHERE id = ?"
        self.backend.store.connection.execute(query, (job.started_at, before.job.id))
        return job


def _jobs_of(backend: Backend, container_id: str) -> list[str]:
    query = "SELECT id FROM jobs WHERE container_id = ? ORDER BY started_at, id"
    return [row[0] for row in backend.store.connection.execute(query, (container_id,))]


@job_shown
def first_job_canceled_by_a_third_generation(doc: Doc, job: Job, _: int, backend: Backend) -> Doc:
    jobs = _jobs_of(backend, job.container_id)
    return {**doc, "status": "canceled"} if len(jobs) >= THIRD and jobs[0] == job.id else doc


@fresh
def earlier_job_gone_once_the_later_is_canceled() -> Install:
    canceled_in: set[str] = set()

    def canceled(job: Job, _: int, __: Backend) -> None:
        if job.kind == "content_regenerate":
            canceled_in.add(job.container_id)

    def find(backend: Backend, find: Callable[[str], Job | None], job_id: str) -> Job | None:
        job = find(job_id)
        if job is None or job.container_id not in canceled_in:
            return job
        latest = backend.store.container(job.container_id, backend.clock.now())
        return job if latest is not None and latest.job.started_at <= job.started_at else None

    return together(canceling(canceled), replacing("store", "job")(find))


@canceling
def cancel_of_a_regeneration_cancels_the_jobs_before(job: Job, now: int, backend: Backend) -> None:
    for earlier in jobs_of(backend, job.container_id)[:-1]:
        backend.store.cancel_job(earlier.id, now)


@job_shown
def earlier_job_finishes_when_the_next_begins(doc: Doc, job: Job, _: int, backend: Backend) -> Doc:
    later = [each for each in jobs_of(backend, job.container_id) if each.started_at > job.started_at]
    if doc["finishedAt"] is None or not later:
        return doc
    return {**doc, "finishedAt": backend.rendering.timestamp(later[0].started_at)}


@fresh
def reject_with_regeneration_cancels_the_earlier_job() -> Install:
    rejected: set[str] = set()

    def reject(_: Backend, reject: Regenerate, snapshot: Snapshot, patch: Brief) -> Job:
        job = reject(snapshot, patch)
        rejected.add(snapshot.job.id)
        return job

    def show(doc: Doc, job: Job, _: int, __: Backend) -> Doc:
        return {**doc, "status": "canceled", "stage": "canceled"} if job.id in rejected else doc

    return together(replacing("lifecycle", "reject_and_regenerate")(reject), job_shown(show))


regenerate_of_slideshow_never_ends = running_on(lambda _, snapshot: snapshot.container.format == "slideshow_remix")
second_regenerate_never_ends = running_on(lambda _, snapshot: snapshot.job.kind == "content_regenerate")
