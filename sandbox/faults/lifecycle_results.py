"""Faults of assets, captions and lastError along the lifecycle (LIF-3 to LIF-6, LIF-12)."""

from collections.abc import Callable
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Install, together
from sandbox.faults.installers import Doc, brief_of, container_shown, fresh, replacing, since_end, status_now
from sandbox.records import Asset, Job, Snapshot

FAULTS = """
LIF-3 stateful assets-appear-while-rendering: The assets of a first generation show before it has completed.
LIF-3 deep slides-appear-one-by-one: A slideshow's slides show as soon as each is rendered.
LIF-4 deep slideshow-without-captions: A completed slideshow has no captions.
LIF-4 deep assets-arrive-late: Assets show 150 ms after completion.
LIF-4 deep ugc-without-influencer-has-no-assets: A ugc_remix without an influencer completes with no assets.
LIF-4 stateful captions-lost-by-regeneration: A regenerated container has no captions.
LIF-5 stateful failure-without-last-error: A failed container's lastError is null.
LIF-5 deep failed-regeneration-without-last-error: lastError is null when a regeneration fails.
LIF-6 stateful last-error-left-after-success: A container that failed keeps its lastError when a regeneration
    completes.
LIF-6 shallow last-error-empty-object: lastError of a container that has not failed is an empty object.
LIF-6 stateful last-error-on-canceled: A canceled container has a lastError.
LIF-12 deep canceled-container-gets-assets: A canceled container gets its assets when the worker ends, and stays
    canceled.
"""

LATE_MS = 150
Captions = list[dict[str, str]]


def assets(change: Callable[[list[Asset], Snapshot, Backend], list[Asset]]) -> Install:
    """Change the visible assets."""
    return replacing("generation", "assets_at")(
        lambda backend, assets_at, snapshot: change(assets_at(snapshot), snapshot, backend)
    )


def captions(change: Callable[[Captions, Snapshot, Backend], Captions]) -> Install:
    """Change the visible captions."""
    return replacing("generation", "captions_at")(
        lambda backend, captions_at, snapshot: change(captions_at(snapshot), snapshot, backend)
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


def last_error(change: Callable[[Any, str, Snapshot, Backend], Any]) -> Install:
    """Change lastError; `change` gets the correct value and the status."""
    return container_shown(
        lambda doc, snapshot, backend: {**doc, "lastError": change(doc["lastError"], doc["status"], snapshot, backend)}
    )


@assets
def slides_appear_one_by_one(found: list[Asset], snapshot: Snapshot, backend: Backend) -> list[Asset]:
    done = {"rendering": 1, "captioning": 2}.get(first_stage(snapshot, backend), 0)
    slides = due_assets(snapshot, backend)
    return slides[:done] if done and len(slides) > 1 else found


@fresh
def last_error_left_after_success() -> Install:
    failed: set[str] = set()

    def regenerate(backend: Backend, regenerate: Callable[..., Job], snapshot: Snapshot, patch: Doc) -> Job:
        if status_now(backend, snapshot) == "failed":
            failed.add(snapshot.container.id)
        return regenerate(snapshot, patch)

    stays = {"code": "GENERATION_FAILED", "message": "The generation failed."}
    return together(
        replacing("lifecycle", "regenerate")(regenerate),
        last_error(
            lambda error, status, snapshot, _: (
                stays if snapshot.container.id in failed and status == "completed" else error
            )
        ),
    )


assets_appear_while_rendering = assets(
    lambda found, snapshot, backend: (
        due_assets(snapshot, backend) if first_stage(snapshot, backend) in {"rendering", "captioning"} else found
    )
)
slideshow_without_captions = captions(
    lambda found, snapshot, _: [] if snapshot.container.format == "slideshow_remix" else found
)
assets_arrive_late = assets(
    lambda found, snapshot, backend: [] if (since_end(backend, snapshot) or 0) < LATE_MS else found
)
ugc_without_influencer_has_no_assets = assets(
    lambda found, snapshot, _: (
        [] if snapshot.container.format == "ugc_remix" and not brief_of(snapshot).get("influencerId") else found
    )
)
captions_lost_by_regeneration = captions(
    lambda found, snapshot, _: [] if snapshot.job.kind == "content_regenerate" else found
)
failure_without_last_error = last_error(lambda *_: None)
failed_regeneration_without_last_error = last_error(
    lambda error, _status, snapshot, _: None if snapshot.job.kind == "content_regenerate" else error
)
last_error_empty_object = last_error(lambda error, *_: error or {})
last_error_on_canceled = last_error(
    lambda error, status, *_: {"code": "CANCELED", "message": "Canceled."} if status == "canceled" else error
)
canceled_container_gets_assets = assets(
    lambda found, snapshot, backend: (
        due_assets(snapshot, backend)
        if snapshot.job.canceled_at is not None and snapshot.now >= backend.generation.due_at(snapshot.job)
        else found
    )
)
