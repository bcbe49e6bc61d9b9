"""The progress and the results of a generation (requirements LIF, CRE-6, AST)."""

import json
from typing import Protocol

from sandbox.ids import Ids
from sandbox.part import Part
from sandbox.records import Asset, Brief, Container, Job, Snapshot
from sandbox.settings import SandboxSettings

TERMINAL = frozenset({"completed", "failed", "canceled"})

# Stages of a job after the queue, each with the fraction of the duration at which it begins.
STAGES = ((1 / 3, "scripting"), (1 / 2, "rendering"), (5 / 6, "captioning"))

# The assets of each format: kind, width, height, duration in milliseconds.
RENDERED = {
    "video_remix": (("video", 1080, 1920, 27_500),),
    "ugc_remix": (("video", 1080, 1920, 18_000),),
    "slideshow_remix": (("image", 1080, 1350, None),) * 3,
}
FAILING_MARK = "[fail]"


class GenerationNeeds(Protocol):
    """What the generation asks of the backend."""

    settings: SandboxSettings
    ids: Ids


class Generation(Part[GenerationNeeds]):
    """Computes status, stage and results of a job from its row and a point in time."""

    def duration_ms(self) -> int:
        """Return how long a generation that starts now takes."""
        return round(self.backend.settings.generation_seconds * 1000)

    def outcome(self, brief: Brief) -> str:
        """Return the final status of a generation of this brief."""
        return "failed" if FAILING_MARK in brief.get("hook", "") else "completed"

    def due_at(self, job: Job) -> int:
        """Return when the job ends if it is not canceled."""
        return job.started_at + job.duration_ms

    def queue_ends_at(self, job: Job) -> int:
        """Return when the job leaves the queue."""
        return job.started_at + job.duration_ms // 3

    def status_at(self, job: Job, now: int) -> str:
        """Return the container status that follows from this job."""
        if job.canceled_at is not None:
            return "canceled"
        if now >= self.due_at(job):
            return job.outcome
        return "queued" if now < self.queue_ends_at(job) else "generating"

    def in_flight(self, job: Job, now: int) -> bool:
        """Return whether the job has not ended yet."""
        return self.status_at(job, now) not in TERMINAL

    def job_status_at(self, job: Job, now: int) -> str:
        """Return the status of the job itself."""
        return "running" if self.in_flight(job, now) else self.status_at(job, now)

    def stage_at(self, job: Job, now: int) -> str:
        """Return the stage: `queued`, one of STAGES, or the terminal status."""
        status = self.status_at(job, now)
        if status != "generating":
            return status
        share = (now - job.started_at) / job.duration_ms
        return [name for begin, name in STAGES if begin <= share or begin == STAGES[0][0]][-1]

    def progress_at(self, job: Job, now: int) -> float:
        """Return the progress from 0 to 1; only a completed job has 1."""
        if self.status_at(job, now) == "completed":
            return 1.0
        until = now if job.canceled_at is None else job.canceled_at
        hundredths = 100 * (until - job.started_at) // max(job.duration_ms, 1)
        return min(max(hundredths, 0), 99) / 100

    def finished_at(self, job: Job, now: int) -> int | None:
        """Return when the job ended, or None while it runs."""
        if self.in_flight(job, now):
            return None
        return job.canceled_at if job.canceled_at is not None else self.due_at(job)

    def updated_at(self, container: Container, job: Job, now: int) -> int:
        """Return the time of the latest change: a write, or a change of status by time."""
        moments = (self.queue_ends_at(job), self.finished_at(job, now) or 0)
        return max([container.updated_at, *(moment for moment in moments if moment <= now and not job.canceled_at)])

    def resolve_auto(self, brief: Brief) -> str:
        """Return the format that `auto` becomes for a brief."""
        if brief.get("influencerId"):
            return "ugc_remix"
        return "video_remix" if brief.get("referenceMediaIds") else "slideshow_remix"

    def format_at(self, container: Container, job: Job, now: int) -> str:
        """Return the visible format: the first completion resolves `auto`, for good."""
        resolved = container.format == "auto" and self.status_at(job, now) == "completed"
        return container.resolved_format if resolved else container.format

    def error_at(self, job: Job, now: int) -> dict[str, str] | None:
        """Return why the job failed, or None."""
        if self.status_at(job, now) != "failed":
            return None
        return {"code": "GENERATION_FAILED", "message": "The generation failed. Change the brief and regenerate."}

    def assets_for(self, format_: str, job: Job) -> list[Asset]:
        """Return the assets that a job renders in a format."""
        return [Asset(self.backend.ids.asset(job.id, index), *spec) for index, spec in enumerate(RENDERED[format_])]

    def captions_for(self, brief: Brief) -> list[dict[str, str]]:
        """Return one caption for each target platform; TikTok when none is named."""
        platforms = dict.fromkeys(brief.get("targetPlatforms") or ["tiktok"])
        return [{"platform": platform, "text": brief.get("hook") or "Watch this"} for platform in platforms]

    def assets_at(self, snapshot: Snapshot) -> list[Asset]:
        """Return the assets that are visible: none before the latest job has completed."""
        if self.status_at(snapshot.job, snapshot.now) != "completed":
            return []
        format_ = self.format_at(snapshot.container, snapshot.job, snapshot.now)
        return self.assets_for(format_, snapshot.job)

    def captions_at(self, snapshot: Snapshot) -> list[dict[str, str]]:
        """Return the captions that are visible: none before the latest job has completed."""
        if self.status_at(snapshot.job, snapshot.now) != "completed":
            return []
        return self.captions_for(json.loads(snapshot.container.brief))
