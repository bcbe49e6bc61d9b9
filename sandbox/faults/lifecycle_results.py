"""Faults of the results of a generation, and of when they appear (LIF-3 to LIF-7)."""

from collections.abc import Callable
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.replacing import (
    FOREVER_MS,
    Doc,
    brief_of,
    container_shown,
    fresh,
    replacing,
    since_end,
    stalled,
    status_now,
    together,
)
from sandbox.records import Asset, Job, Project, Snapshot

LATE_MS = 150
WORKERS = 4
Captions = list[dict[str, str]]


def assets(change: Callable[[list[Asset], Snapshot, Backend], list[Asset]]) -> Install:
    """Change the visible assets."""
    return replacing(
        "generation", "assets_at", lambda backend, assets_at, snapshot: change(assets_at(snapshot), snapshot, backend)
    )


def captions(change: Callable[[Captions, Snapshot, Backend], Captions]) -> Install:
    """Change the visible captions."""
    return replacing(
        "generation",
        "captions_at",
        lambda backend, captions_at, snapshot: change(captions_at(snapshot), snapshot, backend),
    )


def first_stage(snapshot: Snapshot, backend: Backend) -> str:
    """Return the stage of a first generation, or an empty string for a regeneration."""
    regenerated = snapshot.job.kind == "content_regenerate"
    return "" if regenerated else backend.generation.stage_at(snapshot.job, snapshot.now)


def due_assets(snapshot: Snapshot, backend: Backend) -> list[Asset]:
    """Return the assets of the latest job, even before it has completed."""
    container = snapshot.container
    format_ = container.resolved_format if container.format == "auto" else container.format
    return backend.generation.assets_for(format_, snapshot.job)


def slide_by_slide(found: list[Asset], snapshot: Snapshot, backend: Backend) -> list[Asset]:
    """Show each slide of a first generation as soon as it is rendered."""
    done = {"rendering": 1, "captioning": 2}.get(first_stage(snapshot, backend), 0)
    slides = due_assets(snapshot, backend)
    return slides[:done] if done and len(slides) > 1 else found


def last_error(change: Callable[[Any, str, Snapshot, Backend], Any]) -> Install:
    """Change lastError; `change` gets the correct value and the status."""
    return container_shown(
        lambda doc, snapshot, backend: {
            **doc,
            "lastError": change(doc["lastError"], doc["status"], snapshot, backend),
        }
    )


def left_after_success() -> Install:
    """Let the error of a failed generation stay on the container forever."""
    failed: set[str] = set()

    def regenerate(backend: Backend, regenerate: Callable[..., Job], snapshot: Snapshot, patch: Doc) -> Job:
        if status_now(backend, snapshot) == "failed":
            failed.add(snapshot.container.id)
        return regenerate(snapshot, patch)

    stays = {"code": "GENERATION_FAILED", "message": "The generation failed."}
    return together(
        replacing("lifecycle", "regenerate", regenerate),
        last_error(
            lambda error, status, snapshot, _: (
                stays if snapshot.container.id in failed and status == "completed" else error
            )
        ),
    )


def create_stalls(when: Callable[[Project, str, Doc, Backend], bool]) -> Install:
    """Let some first generations never end."""

    def create(
        backend: Backend, create: Callable[..., Job], project: Project, format_: str, brief: Doc, *rest: Any
    ) -> Job:
        stalls = not rest and when(project, format_, brief, backend)
        job = create(project, format_, brief, *rest)
        return stalled(backend, job) if stalls else job

    return replacing("lifecycle", "create", create)


def regenerate_stalls(when: Callable[[Snapshot, Backend], bool]) -> Install:
    """Let some regenerations never end."""

    def regenerate(backend: Backend, regenerate: Callable[..., Job], snapshot: Snapshot, patch: Doc) -> Job:
        job = regenerate(snapshot, patch)
        return stalled(backend, job) if when(snapshot, backend) else job

    return replacing("lifecycle", "regenerate", regenerate)


def no_worker_free(project: Project, _format: str, _brief: Doc, backend: Backend) -> bool:
    """Return whether all workers are busy with this project."""
    running = backend.store.unfinished_jobs(project.id, backend.clock.now())
    return sum(job.duration_ms < FOREVER_MS for job in running) >= WORKERS


FAULTS: tuple[Fault, ...] = (
    Fault(
        "assets-appear-while-rendering",
        "LIF-3",
        "stateful",
        "The assets of a first generation show before it has completed.",
        assets(
            lambda found, snapshot, backend: (
                due_assets(snapshot, backend)
                if first_stage(snapshot, backend) in {"rendering", "captioning"}
                else found
            )
        ),
    ),
    Fault(
        "slides-appear-one-by-one",
        "LIF-3",
        "deep",
        "A slideshow's slides show as soon as each is rendered.",
        assets(slide_by_slide),
    ),
    Fault(
        "slideshow-without-captions",
        "LIF-4",
        "deep",
        "A completed slideshow has no captions.",
        captions(lambda found, snapshot, _: [] if snapshot.container.format == "slideshow_remix" else found),
    ),
    Fault(
        "assets-arrive-late",
        "LIF-4",
        "deep",
        "Assets show 150 ms after completion.",
        assets(lambda found, snapshot, backend: [] if (since_end(backend, snapshot) or 0) < LATE_MS else found),
    ),
    Fault(
        "ugc-without-influencer-has-no-assets",
        "LIF-4",
        "deep",
        "A ugc_remix without an influencer completes with no assets.",
        assets(
            lambda found, snapshot, _: (
                [] if snapshot.container.format == "ugc_remix" and not brief_of(snapshot).get("influencerId") else found
            )
        ),
    ),
    Fault(
        "captions-lost-by-regeneration",
        "LIF-4",
        "stateful",
        "A regenerated container has no captions.",
        captions(lambda found, snapshot, _: [] if snapshot.job.kind == "content_regenerate" else found),
    ),
    Fault(
        "failure-without-last-error",
        "LIF-5",
        "stateful",
        "A failed container's lastError is null.",
        last_error(lambda *_: None),
    ),
    Fault(
        "failed-regeneration-without-last-error",
        "LIF-5",
        "deep",
        "lastError is null when a regeneration fails.",
        last_error(lambda error, _status, snapshot, _: None if snapshot.job.kind == "content_regenerate" else error),
    ),
    Fault(
        "last-error-left-after-success",
        "LIF-6",
        "stateful",
        "A container that failed keeps its lastError when a regeneration completes.",
        fresh(left_after_success),
    ),
    Fault(
        "last-error-empty-object",
        "LIF-6",
        "shallow",
        "lastError of a container that has not failed is an empty object.",
        last_error(lambda error, *_: error or {}),
    ),
    Fault(
        "last-error-on-canceled",
        "LIF-6",
        "stateful",
        "A canceled container has a lastError.",
        last_error(
            lambda error, status, *_: {"code": "CANCELED", "message": "Canceled."} if status == "canceled" else error
        ),
    ),
    Fault(
        "slideshow-never-ends",
        "LIF-7",
        "deep",
        "A slideshow stays queued for ever.",
        create_stalls(lambda _project, format_, *_: format_ == "slideshow_remix"),
    ),
    Fault(
        "fifth-in-flight-never-ends",
        "LIF-7",
        "deep",
        "A create that finds four generations of its project in flight stays queued for ever.",
        create_stalls(no_worker_free),
    ),
    Fault(
        "regeneration-after-failure-never-ends",
        "LIF-7",
        "stateful",
        "The regeneration of a failed container stays queued for ever.",
        regenerate_stalls(lambda snapshot, backend: status_now(backend, snapshot) == "failed"),
    ),
)
