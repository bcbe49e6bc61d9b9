"""Faults of regenerations: wrong patches, wrong jobs, or no end (requirements REG)."""

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from sandbox.backend import Backend
from sandbox.bodies import Bodies, BriefPatch, Model, RegenerateBody
from sandbox.change import Fault, Install
from sandbox.errors import ApiError, not_found
from sandbox.faults.parts import using
from sandbox.lifecycle import Lifecycle, encode_brief
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Brief, Container, Job, Snapshot

FOREVER_MS = 10**12

Patching = Callable[[dict[str, Any], Mapping[str, Any]], Mapping[str, Any]]


def patching(patched: Patching) -> Install:
    """Return an install that applies patches in another way."""

    class _Patching(Lifecycle):
        def patched(self, brief: Brief, patch: Brief) -> Brief:
            return cast("Brief", patched(dict(brief), patch))

    return using(_Patching)


def merged_arrays(brief: dict[str, Any], patch: Mapping[str, Any]) -> Mapping[str, Any]:
    """Add the patch's items to the brief's arrays instead of replacing them."""
    joined = {name: [*brief.get(name, ()), *value] for name, value in patch.items() if isinstance(value, list)}
    return {**brief, **patch, **{name: list(dict.fromkeys(value)) for name, value in joined.items()}}


def language_dropped(brief: dict[str, Any], patch: Mapping[str, Any]) -> Mapping[str, Any]:
    """Drop the language unless the patch has it."""
    return {**{name: value for name, value in brief.items() if name != "language"}, **patch}


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


class _CreatedAgain(Afterwards):
    def afterwards(self, before: Snapshot, after: Container, job: Job) -> Job:  # noqa: ARG002  # the earlier state does not matter
        query = "UPDATE containers SET created_at = ? WHERE id = ?"
        self.backend.store.connection.execute(query, (job.started_at, after.id))
        return job


class _CreatedAgainOnSecond(_CreatedAgain):
    def afterwards(self, before: Snapshot, after: Container, job: Job) -> Job:
        again = before.job.kind == "content_regenerate"
        return super().afterwards(before, after, job) if again else job


class _CopyKept(Afterwards):
    def afterwards(self, before: Snapshot, after: Container, job: Job) -> Job:
        copy = self.backend.ids.container(job.started_at)
        self.backend.store.add_container(before.container._replace(id=copy, created_at=after.created_at))
        return job


class _CopyOfFailedKept(_CopyKept):
    def afterwards(self, before: Snapshot, after: Container, job: Job) -> Job:
        return super().afterwards(before, after, job) if before.job.outcome == "failed" else job


class _SameJobId(Afterwards):
    def afterwards(self, before: Snapshot, after: Container, job: Job) -> Job:
        store = self.backend.store
        store.connection.execute("DELETE FROM jobs WHERE id IN (?, ?)", (before.job.id, job.id))
        store.add_job(job._replace(id=before.job.id))
        store.update_container(after._replace(job_id=before.job.id))
        return job._replace(id=before.job.id)


class _OtherContainerNamed(Operations):
    backend: Backend

    def regenerate_content(self, call: Call) -> Answer:
        answer = super().regenerate_content(call)
        other = self.backend.ids.container(self.backend.clock.now())
        body = json.loads(answer.body) | {"containerId": other}
        return answer._replace(body=self.backend.rendering.encode(body))


class _EarlierJobCanceled(Afterwards):
    def afterwards(self, before: Snapshot, after: Container, job: Job) -> Job:  # noqa: ARG002  # the earlier job only
        query = "UPDATE jobs SET canceled_at = ? WHERE id = ?"
        self.backend.store.connection.execute(query, (job.started_at, before.job.id))
        return job


class _EarlierJobGone(Operations):
    def get_job(self, call: Call) -> Answer:
        if self.latest(call) is not None:
            raise not_found("job")
        return super().get_job(call)

    def latest(self, call: Call) -> Job | None:
        """Return the later job of the container, or None if the requested job is the latest."""
        job = self.backend.access.job(call.org, call.path["job_id"])
        snapshot = self.backend.store.container(job.container_id, self.backend.clock.now())
        return snapshot.job if snapshot and snapshot.job.id != job.id else None


class _EarlierJobFollows(_EarlierJobGone):
    def get_job(self, call: Call) -> Answer:
        latest = self.latest(call)
        if latest is None:
            return super().get_job(call)
        shown = self.backend.rendering.job(latest, self.backend.clock.now())
        earlier = {"jobId": call.path["job_id"], "locationUrl": f"/v1/jobs/{call.path['job_id']}"}
        return self.backend.rendering.answer(200, shown | earlier)


class _RefusedPatch(Operations):
    def regenerate_content(self, call: Call) -> Answer:
        try:
            return super().regenerate_content(call)
        except ApiError as refusal:
            if refusal.code == "VALIDATION" and refusal.details:
                snapshot = self.backend.access.container(call.org, call.path["container_id"])
                with self.backend.store.transaction():
                    self.refused(snapshot, self.good_fields(call))
            raise

    def good_fields(self, call: Call) -> Brief:
        """Return the fields of a patch that would be valid alone."""
        body = json.loads(call.content)
        patch = body.get("patch") if isinstance(body, dict) else None
        return cast("Brief", good_fields(patch) if isinstance(patch, dict) else {})

    def refused(self, snapshot: Snapshot, good: Brief) -> None:
        """Cause the side effect of the refusal."""
        brief = self.backend.lifecycle.patched(json.loads(snapshot.container.brief), good)
        self.backend.store.update_container(snapshot.container._replace(brief=encode_brief(brief)))


class _RefusedPatchRuns(_RefusedPatch):
    def refused(self, snapshot: Snapshot, good: Brief) -> None:
        if not self.backend.generation.in_flight(snapshot.job, snapshot.now):
            self.backend.lifecycle.regenerate(snapshot, good)


class _RefusedPatchTouches(_RefusedPatch):
    def refused(self, snapshot: Snapshot, good: Brief) -> None:
        if good is not None:
            self.backend.store.update_container(snapshot.container._replace(updated_at=snapshot.now))


class _BadFieldsDropped(Bodies):
    def validated(self, model: type[Model], value: object) -> Model:
        try:
            return super().validated(model, value)
        except ApiError:
            patch = value.get("patch") if isinstance(value, dict) else None
            if model is not RegenerateBody or not isinstance(patch, dict):
                raise
            return super().validated(model, {"patch": good_fields(patch)})


def good_fields(patch: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a patch that are valid alone."""
    known = {field.alias or name for name, field in BriefPatch.model_fields.items()}

    def is_good(name: str) -> bool:
        try:
            BriefPatch.model_validate({name: patch[name]})
        except ValueError:
            return False
        return True

    return {name: value for name, value in patch.items() if name in known and is_good(name)}


FAULTS: tuple[Fault, ...] = (
    Fault(
        "regenerate-keeps-job-id",
        "REG-1",
        "stateful",
        "A regeneration runs under the job id of the earlier one.",
        using(_SameJobId),
    ),
    Fault(
        "regenerate-names-other-container",
        "REG-1",
        "stateful",
        "A regeneration answers with a container id of its own.",
        using(_OtherContainerNamed),
    ),
    Fault(
        "patch-adds-to-arrays",
        "REG-2",
        "deep",
        "A patched array is joined to the earlier one.",
        patching(merged_arrays),
    ),
    Fault(
        "patch-replaces-the-brief",
        "REG-2",
        "stateful",
        "What a patch does not name is lost.",
        patching(lambda brief, patch: patch or brief),
    ),
    Fault(
        "patch-drops-language",
        "REG-2",
        "deep",
        "A patch that does not name the language loses it.",
        patching(language_dropped),
    ),
    Fault(
        "patch-of-empty-array-ignored",
        "REG-2",
        "deep",
        "A patch to an empty array changes nothing.",
        patching(lambda brief, patch: {**brief, **{name: value for name, value in patch.items() if value}}),
    ),
    Fault(
        "patch-of-second-field-ignored",
        "REG-2",
        "deep",
        "Of a patch only the first field is applied.",
        patching(lambda brief, patch: {**brief, **dict(list(patch.items())[:1])}),
    ),
    Fault(
        "regenerate-without-patch-keeps-hook-only",
        "REG-2",
        "deep",
        "A regeneration without a patch keeps of the brief only the hook.",
        patching(lambda brief, patch: {**brief, **patch} if patch else {"hook": brief["hook"]}),
    ),
    Fault(
        "regenerate-keeps-a-copy",
        "REG-3",
        "deep",
        "The container before its regeneration stays on the list under a new id.",
        using(_CopyKept),
    ),
    Fault(
        "regenerate-keeps-a-copy-of-failed",
        "REG-3",
        "deep",
        "A failed container before its regeneration stays on the list under a new id.",
        using(_CopyOfFailedKept),
    ),
    Fault(
        "regenerate-moves-created-at",
        "REG-4",
        "stateful",
        "A regeneration counts as the container's creation.",
        using(_CreatedAgain),
    ),
    Fault(
        "second-regenerate-moves-created-at",
        "REG-4",
        "deep",
        "A second regeneration counts as the container's creation.",
        using(_CreatedAgainOnSecond),
    ),
    Fault(
        "regenerate-of-slideshow-never-ends",
        "REG-4",
        "deep",
        "A regeneration of a slideshow runs for ever.",
        running_on(lambda _, snapshot: snapshot.container.format == "slideshow_remix"),
    ),
    Fault(
        "second-regenerate-never-ends",
        "REG-4",
        "deep",
        "A second regeneration of a container runs for ever.",
        running_on(lambda _, snapshot: snapshot.job.kind == "content_regenerate"),
    ),
    Fault(
        "earlier-job-follows-the-new-one",
        "REG-5",
        "deep",
        "The earlier job shows the state of the new one.",
        using(_EarlierJobFollows),
    ),
    Fault("earlier-job-is-gone", "REG-5", "deep", "The earlier job answers 404.", using(_EarlierJobGone)),
    Fault(
        "earlier-job-is-canceled",
        "REG-5",
        "deep",
        "A regeneration marks the earlier job as canceled.",
        using(_EarlierJobCanceled),
    ),
    Fault(
        "refused-patch-is-applied-in-part",
        "REG-6",
        "deep",
        "A patch that breaks the schema is refused, and its good fields are kept.",
        using(_RefusedPatch),
    ),
    Fault(
        "refused-patch-starts-a-job",
        "REG-6",
        "deep",
        "A patch that breaks the schema is refused, and a regeneration starts.",
        using(_RefusedPatchRuns),
    ),
    Fault(
        "refused-patch-moves-updated-at",
        "REG-6",
        "deep",
        "A patch that breaks the schema is refused, and yet counts as a change.",
        using(_RefusedPatchTouches),
    ),
    Fault(
        "bad-fields-of-patch-dropped",
        "REG-6",
        "stateful",
        "A patch that breaks the schema is accepted without its bad fields.",
        using(_BadFieldsDropped),
    ),
)
