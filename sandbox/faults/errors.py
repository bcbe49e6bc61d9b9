"""Faults of errors: crashes, shapes, codes and messages (ERR)."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Install
from sandbox.errors import ApiError, conflict, validation
from sandbox.faults.installers import Doc, before, edited, fresh, headed, refusing, replacing
from sandbox.operations import Call
from sandbox.records import Answer, Snapshot

FAULTS = """
ERR-1 deep nul-crashes: A NUL in a body answers 500.
ERR-1 deep bad-utf-8-crashes: A body that is not UTF-8 answers 500.
ERR-1 deep bad-utf-8-breaks-the-connection: A create that is not UTF-8 breaks the connection.
ERR-1 deep cursor-of-another-list-crashes: A cursor that was issued for another list or filter answers 500.
ERR-1 deep list-of-archived-project-crashes: The list of an archived project answers 500.
ERR-1 stateful regenerate-in-flight-crashes: Regenerating a container in flight answers 500.
ERR-2 shallow html-for-unknown-paths: A path that leads nowhere answers with a page.
ERR-2 shallow error-without-request-id: Errors have no requestId.
ERR-2 stateful conflict-error-is-a-text: The error of a conflict is a text.
ERR-2 deep schema-breach-in-the-frameworks-shape: A body that breaks the schema answers with the framework's `detail`.
ERR-2 shallow unauthenticated-answer-empty: A call without a key answers 401 and no body.
ERR-2 deep too-large-in-plain-text: A body that is too large is refused in plain text, by the proxy.
ERR-2 deep foreign-media-type-answer-empty: Another media type answers 415 and no body.
ERR-2 stateful in-flight-conflict-without-request-id: The refusal of a regenerate while a generation is in flight has
    no requestId.
ERR-3 shallow unknown-container-answers-400: An unknown container answers 400 VALIDATION.
ERR-3 shallow unknown-job-has-its-own-code: An unknown job answers 404 JOB_NOT_FOUND.
ERR-3 stateful unknown-asset-answers-410: An unknown asset answers 410.
ERR-3 shallow unknown-project-lists-nothing: The list of an unknown project is empty.
ERR-3 deep unknown-container-answers-422: A container's id that names nothing answers 422, though it is well formed.
ERR-3 deep regenerate-of-unknown-answers-409: Regenerating an unknown container answers 409.
ERR-3 deep cancel-of-unknown-answers-202: Canceling an unknown job answers 202.
ERR-4 shallow malformed-json-says-bad-request: Malformed JSON answers with the code BAD_REQUEST.
ERR-4 deep wrong-list-item-says-invalid-item: A wrong item of a list answers with the code INVALID_ITEM.
ERR-4 deep malformed-json-means-no-body: Malformed JSON sent to regenerate is taken for no body.
ERR-4 deep trailing-comma-accepted: JSON with a comma before its last bracket is accepted.
ERR-4 deep reject-breach-answers-409: A reject that breaks the schema answers 409 CONFLICT.
ERR-4 deep patch-breach-answers-409: A patch that breaks the schema answers 409 CONFLICT.
ERR-5 shallow undocumented-method-answers-404: A method that a path lacks answers 404.
ERR-5 shallow undocumented-method-answers-200: A method that a path lacks answers 200 and does nothing.
ERR-5 deep foreign-media-type-answers-409: A body of another media type answers 409.
ERR-5 deep form-accepted: A form is accepted as the body of a create.
ERR-6 deep stack-trace-for-malformed-json: Malformed JSON answers with a stack trace.
ERR-6 shallow query-for-unknown-containers: An unknown container answers with the query that found nothing.
ERR-6 deep file-path-for-schema-breaches: A body that breaks the schema answers with the path of the schema's file.
ERR-6 deep query-for-key-conflicts: A conflict of keys answers with the statement that failed.
ERR-7 stateful rate-limit-without-retry-after: A 429 does not tell when to come back.
ERR-7 deep rate-limit-reset-in-another-header: A 429 tells when to come back in X-RateLimit-Reset alone.
"""

LIMITED_EVERY = 40
PAGE = b"<!doctype html><html><head><title>Not here</title></head><body><h1>Not here</h1></body></html>"
TRACE = 'Traceback (most recent call last):\n  File "/srv/layers/api/bodies.py", line 88, in parse\n'


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


def limited(headers: dict[str, str]) -> Callable[[], Install]:
    """Refuse every fortieth request with 429."""

    def make() -> Install:
        seen = [0]

        def check(_: Backend, _check: Callable[[str], None], _org: str) -> None:
            seen[0] += 1
            if seen[0] % LIMITED_EVERY == 0:
                raise ApiError(429, "RATE_LIMITED", "Too many requests.", headers=headers)

        return replacing("limits", "check_rate")(check)

    return make


def breach_as_conflict(operation: str) -> Install:
    """Let an operation answer a body that breaks its schema with a conflict."""

    def answer(_: Backend, answer: Callable[[Call], Answer], call: Call) -> Answer:
        try:
            return answer(call)
        except ApiError as error:
            if breach(error):
                raise conflict(error.message) from error
            raise

    return replacing("operations", operation)(answer)


class UnforeseenError(Exception):
    """A crash of the backend."""


def crashing(part: str, method: str, when: Callable[..., bool]) -> Install:
    """Let a method crash on some arguments."""

    def run(_: Backend, run: Callable[..., Any], *arguments: Any) -> Any:
        if when(*arguments):
            raise UnforeseenError
        return run(*arguments)

    return replacing(part, method)(run)


def not_utf_8(content: bytes) -> bool:
    """Return whether bytes are not UTF-8."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return True
    return False


@before("create_content")
def bad_utf_8_breaks_the_connection(call: Call, _: Backend) -> Answer | None:
    return Answer(400, b'{"error":', {"content-length": "512"}) if not_utf_8(call.content) else None


@before("list_content")
def list_of_archived_project_crashes(call: Call, backend: Backend) -> Answer | None:
    if backend.access.project(call.org, call.path["project_id"]).archived_at is not None:
        raise UnforeseenError
    return None


@replacing("lifecycle", "ensure_at_rest")
def regenerate_in_flight_crashes(backend: Backend, ensure: Callable[[Snapshot], None], snapshot: Snapshot) -> None:
    if backend.generation.in_flight(snapshot.job, snapshot.now):
        raise UnforeseenError
    ensure(snapshot)


@refusing
def in_flight_conflict_without_request_id(answer: Answer, error: ApiError, _: Backend) -> Answer:
    if "in flight" not in error.message:
        return answer

    def without(doc: Doc) -> Doc:
        return {"error": {name: value for name, value in doc["error"].items() if name != "requestId"}}

    return edited(answer, without)


@before("list_content")
def unknown_project_lists_nothing(call: Call, backend: Backend) -> Answer | None:
    known = backend.store.project(call.path["project_id"])
    return None if known else backend.rendering.answer(200, {"items": [], "nextCursor": None})


@replacing("access", "container")
def unknown_container_answers_422(
    _: Backend, read: Callable[[str, str], Snapshot], org: str, container_id: str
) -> Snapshot:
    try:
        return read(org, container_id)
    except ApiError as error:
        raise validation("The container id is malformed.", status=422) from error


@before("regenerate_content")
def regenerate_of_unknown_answers_409(call: Call, backend: Backend) -> Answer | None:
    if backend.store.container(call.path["container_id"], 0) is None:
        raise conflict("The container can't be regenerated.")
    return None


@before("cancel_job")
def cancel_of_unknown_answers_202(call: Call, backend: Backend) -> Answer | None:
    known = backend.store.job(call.path["job_id"])
    return None if known else backend.rendering.answer(202, {"jobId": call.path["job_id"], "status": "canceled"})


@replacing("bodies", "read_optional")
def malformed_json_means_no_body(
    backend: Backend, read: Callable[..., Any], model: Any, content: bytes, kind: Any
) -> Any:
    try:
        return read(model, content, kind)
    except ApiError as error:
        if not malformed(error):
            raise
        return backend.bodies.validated(model, {}), {}


@replacing("bodies", "read")
def form_accepted(_: Backend, read: Callable[..., Any], model: Any, content: bytes, kind: str | None) -> Any:
    if "form-urlencoded" in (kind or ""):
        return read(model, b'{"format": "auto", "brief": {"hook": "Draft"}}', "application/json")
    return read(model, content, kind)


def text_of(value: object) -> str:
    """Return a value as JSON text."""
    return json.dumps(value, ensure_ascii=False)


nul_crashes = crashing("bodies", "validated", lambda _, value: "\\u0000" in text_of(value))
bad_utf_8_crashes = crashing("bodies", "parse", not_utf_8)


def crashing_refusal(part: str, method: str, when: Callable[[ApiError, Sequence[Any]], bool]) -> Install:
    """Let a method crash where it should refuse."""

    def run(_: Backend, run: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return run(*arguments)
        except ApiError as error:
            if when(error, arguments):
                raise UnforeseenError from error
            raise

    return replacing(part, method)(run)


cursor_of_another_list_crashes = crashing_refusal(
    "listing", "decode_cursor", lambda _, arguments: 40 <= len(arguments[0]) <= 80
)


def html(status: int) -> Answer:
    """Return the HTML page of a proxy."""
    return Answer(status, PAGE, {"content-type": "text/html; charset=utf-8"})


html_for_unknown_paths = replacing("operations", "unknown_path")(lambda *_: html(404))
error_without_request_id = worded(
    lambda _: True, lambda doc: {"error": {name: value for name, value in doc["error"].items() if name != "requestId"}}
)
conflict_error_is_a_text = worded(lambda error: error.status == 409, lambda doc: {"error": doc["error"]["message"]})
schema_breach_in_the_frameworks_shape = worded(breach, lambda doc: {"detail": doc["error"].get("details", [])})
unauthenticated_answer_empty = refusing(
    lambda answer, *_: answer._replace(body=b"") if answer.status == 401 else answer
)
too_large_in_plain_text = refusing(
    lambda answer, *_: (
        headed(answer._replace(body=b"Payload Too Large"), content_type="text/plain")
        if answer.status == 413
        else answer
    )
)
foreign_media_type_answer_empty = refusing(
    lambda answer, *_: answer._replace(body=b"") if answer.status == 415 else answer
)
unknown_container_answers_400 = coded(unknown("container"), "VALIDATION", 400)
unknown_job_has_its_own_code = coded(unknown("job"), "JOB_NOT_FOUND")
unknown_asset_answers_410 = coded(unknown("asset"), "GONE", 410)
malformed_json_says_bad_request = coded(malformed, "BAD_REQUEST")


def in_list(error: ApiError) -> bool:
    """Return whether a refusal is about an item of a list."""
    return any(detail["field"].rpartition(".")[2].isdecimal() for detail in error.details or ())


wrong_list_item_says_invalid_item = coded(in_list, "INVALID_ITEM")


def repairing(repair: Callable[[bytes], bytes]) -> Install:
    """Repair a malformed body and parse it again."""

    def parse(_: Backend, parse: Callable[[bytes], object], content: bytes) -> object:
        try:
            return parse(content)
        except ApiError:
            return parse(repair(content))

    return replacing("bodies", "parse")(parse)


trailing_comma_accepted = repairing(lambda content: re.sub(rb",\s*([}\]])", rb"\1", content))
reject_breach_answers_409 = breach_as_conflict("reject_content")
patch_breach_answers_409 = breach_as_conflict("regenerate_content")
undocumented_method_answers_404 = replacing("operations", "undocumented_method")(
    lambda backend, *_: backend.operations.unknown_path()
)
undocumented_method_answers_200 = replacing("operations", "undocumented_method")(
    lambda backend, *_: backend.rendering.answer(200, {})
)
foreign_media_type_answers_409 = coded(lambda error: error.status == 415, "CONFLICT", 409)
stack_trace_for_malformed_json = saying(malformed, TRACE)
query_for_unknown_containers = saying(
    unknown("container"), "SELECT c.* FROM containers c WHERE c.id = $1 AND c.org_id = $2"
)
file_path_for_schema_breaches = saying(breach, "(/srv/layers/releases/2026-04-18/api/schemas/create.json)")
query_for_key_conflicts = saying(
    lambda error: error.code == "IDEMPOTENCY_CONFLICT",
    "INSERT INTO idempotency_keys (org_id, key) VALUES ($1, $2) violates a unique constraint",
)
rate_limit_without_retry_after = fresh(limited({}))
rate_limit_reset_in_another_header = fresh(limited({"X-RateLimit-Reset": "1"}))
