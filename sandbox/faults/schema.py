"""Faults of the schema of answers, of timestamps and of Content-Type (SCH)."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Install
from sandbox.faults.installers import (
    Doc,
    answering,
    container_shown,
    edited,
    everywhere_shown,
    headed,
    job_shown,
    listed,
    replacing,
)
from sandbox.records import Answer, Asset, Job, Snapshot

FAULTS = """
SCH-1 stateful dimensions-as-text: An asset's width and height are texts.
SCH-1 stateful duration-in-iso-8601: A video's durationMs is a text such as PT27.5S.
SCH-1 deep image-without-kind: An asset that is an image has no kind.
SCH-1 shallow captions-null-until-complete: Captions are null instead of empty.
SCH-1 stateful single-asset-without-a-list: Where there is one asset, `assets` is that asset.
SCH-1 stateful last-error-as-a-list: A failed container's lastError is a list.
SCH-1 deep format-null-on-failure: A failed container's format is null.
SCH-1 shallow brief-as-text: A container's brief is a text with JSON in it.
SCH-1 deep influencer-as-object: Where there is an influencer, influencerId is an object.
SCH-1 shallow list-without-envelope: A list is a bare array.
SCH-1 deep empty-list-null: A page without items has null for them.
SCH-1 shallow last-cursor-false: The last page's nextCursor is false.
SCH-1 stateful cursor-as-object: nextCursor is an object with the cursor in it.
SCH-1 shallow list-item-without-approval: List items have no approvalStatus.
SCH-1 stateful regenerate-wrapped-in-data: The envelope of a regeneration stands inside `data`.
SCH-1 stateful clone-envelope-without-kind: The envelope of a clone has no kind.
SCH-1 stateful asset-answer-is-a-list: getAsset answers with a list of one asset.
SCH-1 stateful canceled-regeneration-shows-null-assets: assets of a container is null once its regeneration was
    canceled.
SCH-1 stateful failed-regeneration-shows-null-captions: captions of a container whose regeneration failed is null.
SCH-2 shallow progress-says-text-plain: A container's progress says text/plain.
SCH-2 stateful regenerate-says-octet-stream: The envelope of a regeneration says application/octet-stream.
SCH-2 deep replay-says-text-plain: An answer that is replayed says text/plain.
SCH-3 shallow updated-at-in-local-time: updatedAt carries the offset of the server's zone.
SCH-3 shallow created-at-with-a-comma: createdAt has a comma before its milliseconds.
SCH-3 deep slideshow-updated-at-naive: A slideshow's updatedAt has no zone.
SCH-3 stateful finished-at-naive: A job's finishedAt has no zone.
SCH-3 deep canceled-finished-at-in-local-time: finishedAt of a canceled job carries the offset of the server's zone.
SCH-3 stateful regeneration-started-at-in-basic-format: startedAt of a regeneration is in the basic format of ISO
    8601.
SCH-3 shallow list-created-at-naive: createdAt has no zone in lists alone.
SCH-3 stateful clone-started-in-local-time: The job of a clone shows startedAt with the offset of the worker's zone.
SCH-4 shallow get-answers-203: getContent answers 203.
SCH-4 deep failed-container-answers-207: getContent answers 207 for a failed container.
SCH-4 deep list-answers-206-when-more: A page that is not the last answers 206.
SCH-4 deep empty-list-answers-204: A list without items answers 204.
SCH-4 shallow progress-answers-202-while-running: A container's progress answers 202 while it is in flight.
SCH-4 stateful completed-job-answers-303: getJob redirects to the container once the job has completed.
SCH-4 stateful asset-answers-302: getAsset redirects to the signed URL.
SCH-4 stateful approve-answers-201: An approval answers 201.
SCH-4 deep late-cancel-answers-204: A cancel of a job that has ended answers 204.
SCH-4 stateful archive-answers-202: Archiving answers 202.
"""

BERLIN = timezone(timedelta(hours=1))
FAILED = "failed"
PACIFIC_MS = 7 * 60 * 60 * 1000


def member(name: str, change: Callable[[Any], Any]) -> Install:
    """Change the shape of a member of the container in getContent."""
    return container_shown(lambda doc, *_: {**doc, name: change(doc[name])})


def asset_shown(change: Callable[[Doc], Doc]) -> Install:
    """Change the shape of assets."""

    def show(_: Backend, show: Callable[[Asset], Doc], asset: Asset) -> Doc:
        return change(show(asset))

    return replacing("rendering", "asset")(show)


def page_shown(change: Callable[[Doc], Any]) -> Install:
    """Change the shape of pages."""
    return answering("list_content")(lambda answer, *_: edited(answer, change))


def typed(answer: Answer, kind: str) -> Answer:
    """Return an answer with another media type."""
    return headed(answer, content_type=kind)


def said(operation: str, kind: str) -> Install:
    """Change the media type of the answers of an operation."""
    return answering(operation)(lambda answer, *_: typed(answer, kind))


def without(doc: Doc, *names: str) -> Doc:
    """Return an object without some members."""
    return {name: value for name, value in doc.items() if name not in names}


def local(shown: str, zone: timezone = BERLIN) -> str:
    """Write the same point in time with the offset of a time zone."""
    return datetime.fromisoformat(shown).astimezone(zone).isoformat(timespec="milliseconds")


def naive(shown: str) -> str:
    """Write a timestamp without a time zone."""
    return shown.removesuffix("Z")


def time_shown(name: str, change: Callable[[str], object], when: Callable[[Doc], bool] = lambda _: True) -> Install:
    """Change the form of a time in getContent, for containers that match a condition."""
    return container_shown(lambda doc, *_: {**doc, name: change(doc[name])} if when(doc) else doc)


def job_time_shown(name: str, change: Callable[[str], object], when: Callable[[Doc], bool] = lambda _: True) -> Install:
    """Change the form of a time in a job, for jobs that match a condition."""
    return job_shown(lambda doc, *_: {**doc, name: change(doc[name])} if doc[name] and when(doc) else doc)


def answered(
    operation: str, status: int, when: Callable[[Doc], bool] = lambda _: True, *, empty: bool = False
) -> Install:
    """Change the status of the answers of an operation, with or without the body."""

    def change(answer: Answer) -> Answer:
        if not answer.body or not when(json.loads(answer.body)):
            return answer
        return answer._replace(status=status, body=b"" if empty else answer.body)

    return answering(operation)(lambda answer, *_: change(answer))


@asset_shown
def duration_in_iso_8601(doc: Doc) -> Doc:
    return {**doc, "durationMs": f"PT{doc['durationMs'] / 1000}S"} if "durationMs" in doc else doc


@container_shown
def canceled_regeneration_shows_null_assets(doc: Doc, snapshot: Snapshot, _: Backend) -> Doc:
    stopped = snapshot.job.kind == "content_regenerate" and snapshot.job.canceled_at is not None
    return {**doc, "assets": None} if stopped else doc


@container_shown
def failed_regeneration_shows_null_captions(doc: Doc, snapshot: Snapshot, _: Backend) -> Doc:
    failed_again = doc["status"] == FAILED and snapshot.job.kind == "content_regenerate"
    return {**doc, "captions": None} if failed_again else doc


@job_shown
def clone_started_in_local_time(doc: Doc, job: Job, _: int, backend: Backend) -> Doc:
    if job.kind != "content_clone":
        return doc
    local = backend.rendering.timestamp(job.started_at - PACIFIC_MS)
    return {**doc, "startedAt": local.replace("Z", "-07:00")}


dimensions_as_text = asset_shown(lambda doc: {**doc, "width": f"{doc['width']}px", "height": f"{doc['height']}px"})
image_without_kind = asset_shown(lambda doc: without(doc, "kind") if doc["kind"] == "image" else doc)
captions_null_until_complete = member("captions", lambda found: found or None)
single_asset_without_a_list = member("assets", lambda found: found[0] if len(found) == 1 else found)
last_error_as_a_list = member("lastError", lambda error: [error] if error else None)
format_null_on_failure = container_shown(lambda doc, *_: {**doc, "format": None} if doc["status"] == "failed" else doc)
brief_as_text = member("brief", json.dumps)
influencer_as_object = everywhere_shown(
    lambda doc, *_: {**doc, "influencerId": {"id": doc["influencerId"]}} if doc["influencerId"] else doc
)
list_without_envelope = page_shown(lambda page: page["items"])
empty_list_null = page_shown(lambda page: {**page, "items": page["items"] or None})
last_cursor_false = page_shown(lambda page: {**page, "nextCursor": page["nextCursor"] or False})
cursor_as_object = page_shown(lambda page: {**page, "nextCursor": page["nextCursor"] and {"after": page["nextCursor"]}})
list_item_without_approval = listed(lambda item: without(item, "approvalStatus"))
regenerate_wrapped_in_data = answering("regenerate_content")(
    lambda answer, *_: edited(answer, lambda doc: {"data": doc})
)
clone_envelope_without_kind = answering("clone_from_post")(
    lambda answer, *_: edited(answer, lambda doc: without(doc, "kind"))
)
asset_answer_is_a_list = answering("get_asset")(lambda answer, *_: edited(answer, lambda doc: [doc]))
progress_says_text_plain = said("get_content_progress", "text/plain")
regenerate_says_octet_stream = said("regenerate_content", "application/octet-stream")
replay_says_text_plain = replacing("idempotency", "replayed")(
    lambda _, replayed, *known: typed(replayed(*known), "text/plain; charset=utf-8")
)
updated_at_in_local_time = time_shown("updatedAt", local)
created_at_with_a_comma = time_shown("createdAt", lambda shown: shown.replace(".", ","))
slideshow_updated_at_naive = time_shown("updatedAt", naive, lambda doc: doc["format"] == "slideshow_remix")
finished_at_naive = job_time_shown("finishedAt", naive)
canceled_finished_at_in_local_time = job_time_shown("finishedAt", local, lambda doc: doc["status"] == "canceled")


def basic(shown: str) -> str:
    """Write a timestamp in the basic format of ISO 8601."""
    return shown.replace("-", "").replace(":", "")


regeneration_started_at_in_basic_format = job_time_shown(
    "startedAt", basic, lambda doc: doc["kind"] == "content_regenerate"
)
list_created_at_naive = listed(lambda item: {**item, "createdAt": naive(item["createdAt"])})
get_answers_203 = answered("get_content", 203)
failed_container_answers_207 = answered("get_content", 207, lambda doc: doc["status"] == "failed")
list_answers_206_when_more = answered("list_content", 206, lambda doc: bool(doc["nextCursor"]))
empty_list_answers_204 = answered("list_content", 204, lambda doc: not doc["items"], empty=True)
progress_answers_202_while_running = answered("get_content_progress", 202, lambda doc: doc["status"] == "running")
completed_job_answers_303 = answering("get_job")(
    lambda answer, *_: (
        headed(answer._replace(status=303), Location=f"/v1/content/{json.loads(answer.body)['containerId']}")
        if answer.body and json.loads(answer.body)["status"] == "completed"
        else answer
    )
)
asset_answers_302 = answering("get_asset")(
    lambda answer, *_: headed(answer._replace(status=302), Location=json.loads(answer.body)["url"])
)
approve_answers_201 = answered("approve_content", 201)
late_cancel_answers_204 = answering("cancel_job")(
    lambda answer, *_: answer._replace(status=204, body=b"") if answer.status == 200 else answer
)
archive_answers_202 = answered("archive_project", 202)
