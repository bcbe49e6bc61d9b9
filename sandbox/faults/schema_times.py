"""Faults of timestamps and of status codes (SCH-3, SCH-4)."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from sandbox.change import Fault, Install
from sandbox.faults.replacing import (
    Doc,
    answering,
    container_shown,
    headed,
    job_shown,
    listed,
)
from sandbox.records import Answer

BERLIN = timezone(timedelta(hours=1))


def local(shown: str, zone: timezone = BERLIN) -> str:
    """Write the same point in time with the offset of a time zone."""
    return datetime.fromisoformat(shown).astimezone(zone).isoformat(timespec="milliseconds")


def naive(shown: str) -> str:
    """Write a timestamp without a time zone."""
    return shown.removesuffix("Z")


def basic(shown: str) -> str:
    """Write a timestamp in the basic format of ISO 8601."""
    return shown.replace("-", "").replace(":", "")


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

    return answering(operation, lambda answer, *_: change(answer))


FAULTS: tuple[Fault, ...] = (
    Fault(
        "updated-at-in-local-time",
        "SCH-3",
        "shallow",
        "updatedAt carries the offset of the server's zone.",
        time_shown("updatedAt", local),
    ),
    Fault(
        "created-at-with-a-comma",
        "SCH-3",
        "shallow",
        "createdAt has a comma before its milliseconds.",
        time_shown("createdAt", lambda shown: shown.replace(".", ",")),
    ),
    Fault(
        "slideshow-updated-at-naive",
        "SCH-3",
        "deep",
        "A slideshow's updatedAt has no zone.",
        time_shown("updatedAt", naive, lambda doc: doc["format"] == "slideshow_remix"),
    ),
    Fault(
        "finished-at-naive",
        "SCH-3",
        "stateful",
        "A job's finishedAt has no zone.",
        job_time_shown("finishedAt", naive),
    ),
    Fault(
        "canceled-finished-at-in-local-time",
        "SCH-3",
        "deep",
        "finishedAt of a canceled job carries the offset of the server's zone.",
        job_time_shown("finishedAt", local, lambda doc: doc["status"] == "canceled"),
    ),
    Fault(
        "regeneration-started-at-in-basic-format",
        "SCH-3",
        "stateful",
        "startedAt of a regeneration is in the basic format of ISO 8601.",
        job_time_shown("startedAt", basic, lambda doc: doc["kind"] == "content_regenerate"),
    ),
    Fault(
        "list-created-at-naive",
        "SCH-3",
        "shallow",
        "createdAt has no zone in lists alone.",
        listed(lambda item: {**item, "createdAt": naive(item["createdAt"])}),
    ),
    Fault("get-answers-203", "SCH-4", "shallow", "getContent answers 203.", answered("get_content", 203)),
    Fault(
        "failed-container-answers-207",
        "SCH-4",
        "deep",
        "getContent answers 207 for a failed container.",
        answered("get_content", 207, lambda doc: doc["status"] == "failed"),
    ),
    Fault(
        "list-answers-206-when-more",
        "SCH-4",
        "deep",
        "A page that is not the last answers 206.",
        answered("list_content", 206, lambda doc: bool(doc["nextCursor"])),
    ),
    Fault(
        "empty-list-answers-204",
        "SCH-4",
        "deep",
        "A list without items answers 204.",
        answered("list_content", 204, lambda doc: not doc["items"], empty=True),
    ),
    Fault(
        "progress-answers-202-while-running",
        "SCH-4",
        "shallow",
        "A container's progress answers 202 while it is in flight.",
        answered("get_content_progress", 202, lambda doc: doc["status"] == "running"),
    ),
    Fault(
        "completed-job-answers-303",
        "SCH-4",
        "stateful",
        "getJob redirects to the container once the job has completed.",
        answering(
            "get_job",
            lambda answer, *_: (
                headed(answer._replace(status=303), Location=f"/v1/content/{json.loads(answer.body)['containerId']}")
                if answer.body and json.loads(answer.body)["status"] == "completed"
                else answer
            ),
        ),
    ),
    Fault(
        "asset-answers-302",
        "SCH-4",
        "stateful",
        "getAsset redirects to the signed URL.",
        answering(
            "get_asset",
            lambda answer, *_: headed(answer._replace(status=302), Location=json.loads(answer.body)["url"]),
        ),
    ),
    Fault("approve-answers-201", "SCH-4", "stateful", "An approval answers 201.", answered("approve_content", 201)),
    Fault(
        "late-cancel-answers-204",
        "SCH-4",
        "deep",
        "A cancel of a job that has ended answers 204.",
        answering(
            "cancel_job",
            lambda answer, *_: answer._replace(status=204, body=b"") if answer.status == 200 else answer,
        ),
    ),
    Fault("archive-answers-202", "SCH-4", "stateful", "Archiving answers 202.", answered("archive_project", 202)),
)
