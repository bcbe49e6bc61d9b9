"""Faults of containers and jobs that an odd combination of what happened before brings about."""

from collections.abc import Callable

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.earlier_jobs import jobs_of
from sandbox.faults.replacing import (
    Doc,
    container_shown,
    fresh,
    job_shown,
    replacing,
    together,
)
from sandbox.records import Brief, Job, Snapshot

Regenerate = Callable[[Snapshot, Brief], Job]
FAILED = "failed"


def _earlier(backend: Backend, job: Job) -> list[Job]:
    return [each for each in jobs_of(backend, job.container_id) if each.started_at < job.started_at]


def _after_a_cancel(backend: Backend, job: Job) -> Job | None:
    before = _earlier(backend, job)
    return before[-1] if before and before[-1].canceled_at is not None else None


def _finished_at_the_cancel(doc: Doc, job: Job, _: int, backend: Backend) -> Doc:
    stopped = _after_a_cancel(backend, job)
    if stopped is None or doc["status"] != "completed":
        return doc
    return {**doc, "finishedAt": backend.rendering.timestamp(stopped.canceled_at or 0)}


def _region_lost(_: Backend, patched: Callable[[Brief, Brief], Brief], brief: Brief, patch: Brief) -> Brief:
    language = patch.get("language")
    return patched(brief, patch if language is None else {**patch, "language": language.partition("-")[0]})


def _decidable_once_regenerated(backend: Backend, ensure: Callable[[Snapshot], None], snapshot: Snapshot) -> None:
    ended = not backend.generation.in_flight(snapshot.job, snapshot.now)
    if snapshot.job.kind == "content_regenerate" and not snapshot.requires_review and ended:
        return
    ensure(snapshot)


def _null_captions(doc: Doc, snapshot: Snapshot, _: Backend) -> Doc:
    failed_again = doc["status"] == FAILED and snapshot.job.kind == "content_regenerate"
    return {**doc, "captions": None} if failed_again else doc


def _rejection_fails_the_job() -> Install:
    rejected: set[str] = set()

    def reject(_: Backend, reject: Regenerate, snapshot: Snapshot, patch: Brief) -> Job:
        job = reject(snapshot, patch)
        rejected.add(snapshot.job.id)
        return job

    def show(doc: Doc, job: Job, _: int, __: Backend) -> Doc:
        return {**doc, "status": "canceled", "stage": "canceled"} if job.id in rejected else doc

    return together(replacing("lifecycle", "reject_and_regenerate", reject), job_shown(show))


FAULTS: tuple[Fault, ...] = (
    Fault(
        "regeneration-finished-at-the-cancel-before",
        "JOB-6",
        "deep",
        "A completed regeneration of what was canceled shows the time of the cancel as finishedAt.",
        job_shown(_finished_at_the_cancel),
    ),
    Fault(
        "patched-language-loses-its-region",
        "REG-2",
        "deep",
        "The language of a patch is stored without its script and region.",
        replacing("lifecycle", "patched", _region_lost),
    ),
    Fault(
        "regenerated-without-review-can-be-rejected",
        "APR-9",
        "stateful",
        "A container of a project without review can be rejected once it was regenerated.",
        replacing("approval", "ensure_decidable", _decidable_once_regenerated),
    ),
    Fault(
        "failed-regeneration-shows-null-captions",
        "SCH-1",
        "stateful",
        "captions of a container whose regeneration failed is null.",
        container_shown(_null_captions),
    ),
    Fault(
        "reject-with-regeneration-cancels-the-earlier-job",
        "REG-5",
        "deep",
        "The job whose result was rejected reads as canceled once the regeneration has begun.",
        fresh(_rejection_fails_the_job),
    ),
)
