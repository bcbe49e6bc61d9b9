"""Variants of the envelope, of getJob, of getContentProgress and of cancels."""

from collections.abc import Mapping

from sandbox.access import Access, RawHeaders
from sandbox.backend import Backend
from sandbox.change import using
from sandbox.generation import Generation
from sandbox.lifecycle import Lifecycle
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Asset, Brief, Job, Project
from sandbox.rendering import Json, Rendering

VARIANTS = """
stages-in-free-text: Stages have names nobody documents.
kind-always-generate: Every job is a content_generate.
kinds-of-other-names: Regenerations and clones have other kinds.
location-absolute: locationUrl is a whole URL.
location-relative: locationUrl begins without a slash.
location-with-query: locationUrl has a query.
job-lean: getJob leaves out what the envelope said.
job-without-progress: Jobs show no progress.
job-progress-coarse: Progress is 0, then 1.
progress-by-stage: Progress has stageProgress and etaSeconds.
progress-lean: Progress has the six plainest members.
etag-absent: Jobs have no ETag.
etag-weak: ETags are weak.
envelope-minimal: A 202 has the eight documented members.
archive-answers-nothing: An archived project is an empty object.
cancels-answer-nothing: A cancel has an empty answer.
job-results-in-full: A result holds signed assets.
"""

# Other names of some stages, by their names in the sandbox.
FREE_TEXT = {"queued": "warming_up", "scripting": "Écriture du script (1/3)", "completed": "done", "failed": "boom: 42"}


class StagesInFreeText(Generation):
    def stage_at(self, job: Job, now: int) -> str:
        stage = super().stage_at(job, now)
        return FREE_TEXT.get(stage, stage)


class KindAlwaysGenerate(Lifecycle):
    def start_job(self, kind: str, org: str, project_id: str, container_id: str, brief: Brief) -> Job:  # noqa: ARG002
        return super().start_job("content_generate", org, project_id, container_id, brief)


class KindsOfOtherNames(Lifecycle):
    def start_job(self, kind: str, org: str, project_id: str, container_id: str, brief: Brief) -> Job:
        other = {"content_regenerate": "content_remix", "content_clone": "clone_from_post"}
        return super().start_job(other.get(kind, kind), org, project_id, container_id, brief)


class LocationRelative(Rendering):
    def location(self, job: Job) -> str:
        return super().location(job).removeprefix("/")


class LocationWithQuery(Rendering):
    def location(self, job: Job) -> str:
        return f"{super().location(job)}?view=full&from=envelope"


class JobLean(Operations):
    def get_job(self, call: Call) -> Answer:
        backend = self.backend
        job = backend.access.job(call.org, call.path["job_id"])
        shown = backend.rendering.job(job, backend.clock.now())
        kept = ("jobId", "kind", "status", "stage", "startedAt", "finishedAt", "result", "error")
        return backend.rendering.answer(200, {name: shown[name] for name in kept})


class JobWithoutProgress(Rendering):
    def job(self, job: Job, now: int) -> Json:
        return {name: value for name, value in super().job(job, now).items() if name != "progress"}


class JobProgressCoarse(Generation):
    def progress_at(self, job: Job, now: int) -> float:
        return int(super().progress_at(job, now))


class ProgressByStage(Operations):
    def get_content_progress(self, call: Call) -> Answer:
        backend = self.backend
        snapshot = backend.access.container(call.org, call.path["container_id"])
        job, now = snapshot.job, snapshot.now
        shown = backend.rendering.job(job, now)
        done = float(str(shown.pop("progress", 0)))
        left = max(0, backend.generation.due_at(job) - now) / 1000
        return backend.rendering.answer(200, {**shown, "stageProgress": done * 3 % 1, "etaSeconds": left})


class ProgressLean(Operations):
    def get_content_progress(self, call: Call) -> Answer:
        backend = self.backend
        snapshot = backend.access.container(call.org, call.path["container_id"])
        shown = backend.rendering.job(snapshot.job, snapshot.now)
        kept = ("jobId", "kind", "status", "stage", "startedAt", "containerId")
        return backend.rendering.answer(200, {name: shown[name] for name in kept})


class EtagAbsent(Operations):
    def get_job(self, call: Call) -> Answer:
        return super().get_job(Call(call.org, call.path, call.query_string, {}, b""))._replace(headers={})


class EtagWeak(Operations):
    def get_job(self, call: Call) -> Answer:
        answer = super().get_job(call)
        return answer._replace(headers={"ETag": f"W/{answer.headers['ETag']}"})


class EnvelopeMinimal(Operations):
    def started(self, job: Job) -> Answer:
        shown = self.backend.rendering.job(job, self.backend.clock.now())
        kept = ("jobId", "kind", "status", "stage", "projectId", "containerId", "locationUrl", "startedAt")
        return self.backend.rendering.answer(202, {name: shown[name] for name in kept})


class ArchiveAnswersNothing(Rendering):
    def archived(self, project: Project, archived_at: int) -> Json:  # noqa: ARG002  # the answer is empty
        return {}


class CancelsAnswerNothing(Operations):
    def cancel_job(self, call: Call) -> Answer:
        return super().cancel_job(call)._replace(body=b"")


class JobResultsInFull(Rendering):
    backend: Backend

    def job(self, job: Job, now: int) -> Json:
        shown = super().job(job, now)
        result = shown["result"]
        if not isinstance(result, Mapping):
            return shown
        return {**shown, "result": {**result, "assets": [self.signed_asset(each, now) for each in self.made(job)]}}

    def made(self, job: Job) -> list[Asset]:
        """Return what a job has made."""
        snapshot = self.backend.store.container(job.container_id, self.backend.clock.now())
        return [] if snapshot is None else self.backend.generation.assets_at(snapshot._replace(job=job))


class _AbsoluteLocation(Rendering):
    backend: Backend

    def location(self, job: Job) -> str:
        return f"http://{getattr(self.backend.access, 'host', '127.0.0.1')}{super().location(job)}"


class _NotingHost(Access):
    """Records the host name that the caller uses."""

    host = "127.0.0.1"

    def admit(self, method: str, path: str, headers: RawHeaders) -> str:
        self.host = next((value.decode("latin-1") for name, value in headers if name == b"host"), self.host)
        return super().admit(method, path, headers)


location_absolute = using(_NotingHost, _AbsoluteLocation)
