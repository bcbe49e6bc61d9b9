"""Faults of the shapes and the media types of answers (SCH-1, SCH-2)."""

import json
from collections.abc import Callable
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.replacing import (
    Doc,
    answering,
    container_shown,
    edited,
    everywhere_shown,
    headed,
    listed,
    replacing,
)
from sandbox.records import Answer, Asset


def member(name: str, change: Callable[[Any], Any]) -> Install:
    """Change the shape of a member of the container in getContent."""
    return container_shown(lambda doc, *_: {**doc, name: change(doc[name])})


def asset_shown(change: Callable[[Doc], Doc]) -> Install:
    """Change the shape of assets."""

    def show(_: Backend, show: Callable[[Asset], Doc], asset: Asset) -> Doc:
        return change(show(asset))

    return replacing("rendering", "asset", show)


def page_shown(change: Callable[[Doc], Any]) -> Install:
    """Change the shape of pages."""
    return answering("list_content", lambda answer, *_: edited(answer, change))


def said(operation: str, kind: str) -> Install:
    """Change the media type of the answers of an operation."""
    return answering(operation, lambda answer, *_: typed(answer, kind))


def typed(answer: Answer, kind: str) -> Answer:
    """Return an answer with another media type."""
    return headed(answer, content_type=kind)


def without(doc: Doc, *names: str) -> Doc:
    """Return an object without some members."""
    return {name: value for name, value in doc.items() if name not in names}


def seconds(doc: Doc) -> Doc:
    """Write a duration in ISO 8601."""
    return {**doc, "durationMs": f"PT{doc['durationMs'] / 1000}S"} if "durationMs" in doc else doc


FAULTS: tuple[Fault, ...] = (
    Fault(
        "dimensions-as-text",
        "SCH-1",
        "stateful",
        "An asset's width and height are texts.",
        asset_shown(lambda doc: {**doc, "width": f"{doc['width']}px", "height": f"{doc['height']}px"}),
    ),
    Fault(
        "duration-in-iso-8601",
        "SCH-1",
        "stateful",
        "A video's durationMs is a text such as PT27.5S.",
        asset_shown(seconds),
    ),
    Fault(
        "image-without-kind",
        "SCH-1",
        "deep",
        "An asset that is an image has no kind.",
        asset_shown(lambda doc: without(doc, "kind") if doc["kind"] == "image" else doc),
    ),
    Fault(
        "captions-null-until-complete",
        "SCH-1",
        "shallow",
        "Captions are null instead of empty.",
        member("captions", lambda found: found or None),
    ),
    Fault(
        "single-asset-without-a-list",
        "SCH-1",
        "stateful",
        "Where there is one asset, `assets` is that asset.",
        member("assets", lambda found: found[0] if len(found) == 1 else found),
    ),
    Fault(
        "last-error-as-a-list",
        "SCH-1",
        "stateful",
        "A failed container's lastError is a list.",
        member("lastError", lambda error: [error] if error else None),
    ),
    Fault(
        "format-null-on-failure",
        "SCH-1",
        "deep",
        "A failed container's format is null.",
        container_shown(lambda doc, *_: {**doc, "format": None} if doc["status"] == "failed" else doc),
    ),
    Fault(
        "brief-as-text",
        "SCH-1",
        "shallow",
        "A container's brief is a text with JSON in it.",
        member("brief", json.dumps),
    ),
    Fault(
        "influencer-as-object",
        "SCH-1",
        "deep",
        "Where there is an influencer, influencerId is an object.",
        everywhere_shown(
            lambda doc, *_: {**doc, "influencerId": {"id": doc["influencerId"]}} if doc["influencerId"] else doc
        ),
    ),
    Fault(
        "list-without-envelope",
        "SCH-1",
        "shallow",
        "A list is a bare array.",
        page_shown(lambda page: page["items"]),
    ),
    Fault(
        "empty-list-null",
        "SCH-1",
        "deep",
        "A page without items has null for them.",
        page_shown(lambda page: {**page, "items": page["items"] or None}),
    ),
    Fault(
        "last-cursor-false",
        "SCH-1",
        "shallow",
        "The last page's nextCursor is false.",
        page_shown(lambda page: {**page, "nextCursor": page["nextCursor"] or False}),
    ),
    Fault(
        "cursor-as-object",
        "SCH-1",
        "stateful",
        "nextCursor is an object with the cursor in it.",
        page_shown(lambda page: {**page, "nextCursor": page["nextCursor"] and {"after": page["nextCursor"]}}),
    ),
    Fault(
        "list-item-without-approval",
        "SCH-1",
        "shallow",
        "List items have no approvalStatus.",
        listed(lambda item: without(item, "approvalStatus")),
    ),
    Fault(
        "regenerate-wrapped-in-data",
        "SCH-1",
        "stateful",
        "The envelope of a regeneration stands inside `data`.",
        answering("regenerate_content", lambda answer, *_: edited(answer, lambda doc: {"data": doc})),
    ),
    Fault(
        "clone-envelope-without-kind",
        "SCH-1",
        "stateful",
        "The envelope of a clone has no kind.",
        answering("clone_from_post", lambda answer, *_: edited(answer, lambda doc: without(doc, "kind"))),
    ),
    Fault(
        "asset-answer-is-a-list",
        "SCH-1",
        "stateful",
        "getAsset answers with a list of one asset.",
        answering("get_asset", lambda answer, *_: edited(answer, lambda doc: [doc])),
    ),
    Fault(
        "progress-says-text-plain",
        "SCH-2",
        "shallow",
        "A container's progress says text/plain.",
        said("get_content_progress", "text/plain"),
    ),
    Fault(
        "regenerate-says-octet-stream",
        "SCH-2",
        "stateful",
        "The envelope of a regeneration says application/octet-stream.",
        said("regenerate_content", "application/octet-stream"),
    ),
    Fault(
        "replay-says-text-plain",
        "SCH-2",
        "deep",
        "An answer that is replayed says text/plain.",
        replacing(
            "idempotency", "replayed", lambda _, replayed, *known: typed(replayed(*known), "text/plain; charset=utf-8")
        ),
    ),
)
