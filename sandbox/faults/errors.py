"""Faults of the content of refusals, and of unknown resources (ERR-2, ERR-3, ERR-6, ERR-7)."""

from collections.abc import Callable
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import ApiError, conflict, validation
from sandbox.faults.replacing import Doc, before, edited, fresh, headed, refusing, replacing
from sandbox.operations import Call
from sandbox.records import Answer, Snapshot

LIMITED_EVERY = 40
PAGE = b"<!doctype html><html><head><title>Not here</title></head><body><h1>Not here</h1></body></html>"
TRACE = 'Traceback (most recent call last):\n  File "/srv/layers/api/bodies.py", line 88, in parse\n'


def html(status: int) -> Answer:
    """Return the HTML page of a proxy."""
    return Answer(status, PAGE, {"content-type": "text/html; charset=utf-8"})


def worded(when: Callable[[ApiError], bool], change: Callable[[Doc], Any], status: int | None = None) -> Install:
    """Change the body of some refusals, and their status if one is given."""
    return refusing(
        lambda answer, error, _: (
            edited(answer, change)._replace(status=status or answer.status) if when(error) else answer
        )
    )


def coded(when: Callable[[ApiError], bool], code: str, status: int | None = None) -> Install:
    """Change the code of some refusals, and their status if one is given."""
    return worded(when, lambda doc: {"error": {**doc["error"], "code": code}}, status)


def saying(when: Callable[[ApiError], bool], words: str) -> Install:
    """Let some refusals reveal internal details."""
    return worded(when, lambda doc: {"error": {**doc["error"], "message": f"{doc['error']['message']} {words}"}})


def unknown(what: str) -> Callable[[ApiError], bool]:
    """Return whether a refusal is about something that does not exist."""
    return lambda error: error.code == "NOT_FOUND" and what in error.message


def malformed(error: ApiError) -> bool:
    """Return whether a refusal is about a body that is not JSON."""
    return error.code == "VALIDATION" and error.status == 400 and "JSON" in error.message


def breach(error: ApiError) -> bool:
    """Return whether a refusal is about a body that breaks its schema."""
    return error.code == "VALIDATION" and error.status == 422


def empty_page(call: Call, backend: Backend) -> Answer | None:
    """Answer the list of an unknown project with an empty page."""
    known = backend.store.project(call.path["project_id"])
    return None if known else backend.rendering.answer(200, {"items": [], "nextCursor": None})


def missing_is_malformed(_: Backend, read: Callable[[str, str], Snapshot], org: str, container_id: str) -> Snapshot:
    """Refuse the id of a missing container as malformed."""
    try:
        return read(org, container_id)
    except ApiError as error:
        raise validation("The container id is malformed.", status=422) from error


def missing_is_conflict(call: Call, backend: Backend) -> Answer | None:
    """Answer the regenerate of a missing container with a conflict."""
    if backend.store.container(call.path["container_id"], 0) is None:
        raise conflict("The container can't be regenerated.")
    return None


def canceled_anyway(call: Call, backend: Backend) -> Answer | None:
    """Accept the cancel of a job that does not exist."""
    known = backend.store.job(call.path["job_id"])
    return None if known else backend.rendering.answer(202, {"jobId": call.path["job_id"], "status": "canceled"})


def limited(headers: dict[str, str]) -> Callable[[], Install]:
    """Refuse every fortieth request with 429."""

    def make() -> Install:
        seen = [0]

        def check(_: Backend, _check: Callable[[str], None], _org: str) -> None:
            seen[0] += 1
            if seen[0] % LIMITED_EVERY == 0:
                raise ApiError(429, "RATE_LIMITED", "Too many requests.", headers=headers)

        return replacing("limits", "check_rate", check)

    return make


FAULTS: tuple[Fault, ...] = (
    Fault(
        "html-for-unknown-paths",
        "ERR-2",
        "shallow",
        "A path that leads nowhere answers with a page.",
        replacing("operations", "unknown_path", lambda *_: html(404)),
    ),
    Fault(
        "error-without-request-id",
        "ERR-2",
        "shallow",
        "Errors have no requestId.",
        worded(
            lambda _: True,
            lambda doc: {"error": {name: value for name, value in doc["error"].items() if name != "requestId"}},
        ),
    ),
    Fault(
        "conflict-error-is-a-text",
        "ERR-2",
        "stateful",
        "The error of a conflict is a text.",
        worded(lambda error: error.status == 409, lambda doc: {"error": doc["error"]["message"]}),
    ),
    Fault(
        "schema-breach-in-the-frameworks-shape",
        "ERR-2",
        "deep",
        "A body that breaks the schema answers with the framework's `detail`.",
        worded(breach, lambda doc: {"detail": doc["error"].get("details", [])}),
    ),
    Fault(
        "unauthenticated-answer-empty",
        "ERR-2",
        "shallow",
        "A call without a key answers 401 and no body.",
        refusing(lambda answer, *_: answer._replace(body=b"") if answer.status == 401 else answer),
    ),
    Fault(
        "too-large-in-plain-text",
        "ERR-2",
        "deep",
        "A body that is too large is refused in plain text, by the proxy.",
        refusing(
            lambda answer, *_: (
                headed(answer._replace(body=b"Payload Too Large"), content_type="text/plain")
                if answer.status == 413
                else answer
            )
        ),
    ),
    Fault(
        "foreign-media-type-answer-empty",
        "ERR-2",
        "deep",
        "Another media type answers 415 and no body.",
        refusing(lambda answer, *_: answer._replace(body=b"") if answer.status == 415 else answer),
    ),
    Fault(
        "unknown-container-answers-400",
        "ERR-3",
        "shallow",
        "An unknown container answers 400 VALIDATION.",
        coded(unknown("container"), "VALIDATION", 400),
    ),
    Fault(
        "unknown-job-has-its-own-code",
        "ERR-3",
        "shallow",
        "An unknown job answers 404 JOB_NOT_FOUND.",
        coded(unknown("job"), "JOB_NOT_FOUND"),
    ),
    Fault(
        "unknown-asset-answers-410",
        "ERR-3",
        "stateful",
        "An unknown asset answers 410.",
        coded(unknown("asset"), "GONE", 410),
    ),
    Fault(
        "unknown-project-lists-nothing",
        "ERR-3",
        "shallow",
        "The list of an unknown project is empty.",
        before("list_content", empty_page),
    ),
    Fault(
        "unknown-container-answers-422",
        "ERR-3",
        "deep",
        "A container's id that names nothing answers 422, though it is well formed.",
        replacing("access", "container", missing_is_malformed),
    ),
    Fault(
        "regenerate-of-unknown-answers-409",
        "ERR-3",
        "deep",
        "Regenerating an unknown container answers 409.",
        before("regenerate_content", missing_is_conflict),
    ),
    Fault(
        "cancel-of-unknown-answers-202",
        "ERR-3",
        "deep",
        "Canceling an unknown job answers 202.",
        before("cancel_job", canceled_anyway),
    ),
    Fault(
        "stack-trace-for-malformed-json",
        "ERR-6",
        "deep",
        "Malformed JSON answers with a stack trace.",
        saying(malformed, TRACE),
    ),
    Fault(
        "query-for-unknown-containers",
        "ERR-6",
        "shallow",
        "An unknown container answers with the query that found nothing.",
        saying(unknown("container"), "SELECT c.* FROM containers c WHERE c.id = $1 AND c.org_id = $2"),
    ),
    Fault(
        "file-path-for-schema-breaches",
        "ERR-6",
        "deep",
        "A body that breaks the schema answers with the path of the schema's file.",
        saying(breach, "(/srv/layers/releases/2026-04-18/api/schemas/create.json)"),
    ),
    Fault(
        "query-for-key-conflicts",
        "ERR-6",
        "deep",
        "A conflict of keys answers with the statement that failed.",
        saying(
            lambda error: error.code == "IDEMPOTENCY_CONFLICT",
            "INSERT INTO idempotency_keys (org_id, key) VALUES ($1, $2) violates a unique constraint",
        ),
    ),
    Fault(
        "rate-limit-without-retry-after",
        "ERR-7",
        "stateful",
        "A 429 does not tell when to come back.",
        fresh(limited({})),
    ),
    Fault(
        "rate-limit-reset-in-another-header",
        "ERR-7",
        "deep",
        "A 429 tells when to come back in X-RateLimit-Reset alone.",
        fresh(limited({"X-RateLimit-Reset": "1"})),
    ),
)
