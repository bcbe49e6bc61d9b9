"""Faults of containers and jobs that an odd combination of what happened before brings about."""

import html
from collections.abc import Callable
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.earlier_jobs import jobs_of
from sandbox.faults.replacing import (
    Doc,
    container_shown,
    fresh,
    job_shown,
    replacing,
    stalled,
    stored_list,
    together,
)
from sandbox.faults.third_steps import canceling
from sandbox.records import Brief, Job, Project, Snapshot

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


def _failure_untold(doc: Doc, snapshot: Snapshot, backend: Backend) -> Doc:
    told = doc["status"] != FAILED or _after_a_cancel(backend, snapshot.job) is None
    return doc if told else {**doc, "lastError": None}


def _region_lost(_: Backend, patched: Callable[[Brief, Brief], Brief], brief: Brief, patch: Brief) -> Brief:
    language = patch.get("language")
    return patched(brief, patch if language is None else {**patch, "language": language.partition("-")[0]})


def _patch_of_reject_lost(backend: Backend, _: Regenerate, snapshot: Snapshot, __: Brief) -> Job:
    return backend.lifecycle.regenerate(backend.lifecycle.decide(snapshot, "rejected"), {})


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


def _dies_with_a_failure(backend: Backend, create: Callable[..., Job], project: Project, *rest: Any) -> Job:
    running = backend.store.unfinished_jobs(project.id, backend.clock.now())
    job = create(project, *rest)
    return stalled(backend, job) if any(other.outcome == FAILED for other in running) else job


def _progress_left_over(doc: Doc, job: Job, now: int, backend: Backend) -> Doc:
    queued = backend.generation.status_at(job, now) == "queued"
    before = _earlier(backend, job) if queued else []
    return {**doc, "progress": backend.generation.progress_at(before[-1], now)} if before else doc


def _short_milliseconds(doc: Doc, job: Job, now: int, backend: Backend) -> Doc:
    def short(moment: int) -> str:
        whole = backend.rendering.timestamp(moment)
        return f"{whole[:-4]}{moment % 1000}Z"

    finished_at = backend.generation.finished_at(job, now)
    return {
        **doc,
        "startedAt": short(job.started_at),
        "finishedAt": None if finished_at is None else short(finished_at),
    }


def _seconds_of_a_cancel() -> Install:
    def canceled(job: Job, now: int, backend: Backend) -> None:
        backend.store.cancel_job(job.id, now // 1000 * 1000)

    return canceling(canceled)


def _without_astral(tags: list[str]) -> list[str]:
    return ["".join(character for character in tag if ord(character) <= 0xFFFF) for tag in tags]


def _patch_escaped(_: Backend, patched: Callable[[Brief, Brief], Brief], brief: Brief, patch: Brief) -> Brief:
    hook = patch.get("hook")
    return patched(brief, patch if hook is None else {**patch, "hook": html.escape(hook)})


FAULTS: tuple[Fault, ...] = (
    Fault(
        "regeneration-finished-at-the-cancel-before",
        "JOB-6",
        "deep",
        "A completed regeneration of what was canceled shows the time of the cancel as finishedAt.",
        job_shown(_finished_at_the_cancel),
    ),
    Fault(
        "failure-after-a-cancel-without-last-error",
        "LIF-5",
        "deep",
        "A regeneration of a canceled container that fails leaves lastError null.",
        container_shown(_failure_untold),
    ),
    Fault(
        "patched-language-loses-its-region",
        "REG-2",
        "deep",
        "The language of a patch is stored without its script and region.",
        replacing("lifecycle", "patched", _region_lost),
    ),
    Fault(
        "reject-with-a-patch-forgets-it",
        "REG-2",
        "deep",
        "A reject with a patch regenerates the brief as it was.",
        replacing("lifecycle", "reject_and_regenerate", _patch_of_reject_lost),
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
    Fault(
        "create-beside-a-failing-one-never-ends",
        "LIF-7",
        "deep",
        "A container that is created while another one of the project is about to fail stays queued for ever.",
        replacing("lifecycle", "create", _dies_with_a_failure),
    ),
    Fault(
        "regeneration-begins-at-the-progress-before",
        "JOB-5",
        "deep",
        "A regeneration shows the progress of the job before as long as it is queued.",
        job_shown(_progress_left_over),
    ),
    Fault(
        "milliseconds-without-leading-noughts",
        "JOB-6",
        "deep",
        "Seven milliseconds of a job's times are written as .7, so that some jobs end before they start.",
        job_shown(_short_milliseconds),
    ),
    Fault(
        "canceled-at-in-whole-seconds",
        "JOB-6",
        "stateful",
        "The time of a cancel is stored in whole seconds, so that a canceled job ends before it starts.",
        fresh(_seconds_of_a_cancel),
    ),
    Fault(
        "astral-characters-of-tags-lost",
        "CRE-5",
        "deep",
        "Theme tags lose the characters beyond the basic plane.",
        stored_list("themeTags", _without_astral),
    ),
    Fault(
        "reference-media-in-order-of-id",
        "CRE-5",
        "deep",
        "Reference media are stored in the order of their ids.",
        stored_list("referenceMediaIds", sorted),
    ),
    Fault(
        "patched-hook-html-escaped",
        "REG-2",
        "deep",
        "The hook of a patch is stored with its special characters as HTML entities.",
        replacing("lifecycle", "patched", _patch_escaped),
    ),
)
