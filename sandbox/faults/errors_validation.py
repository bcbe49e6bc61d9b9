"""Faults of the refusal of malformed bodies, of schema violations and of undocumented methods (ERR-4, ERR-5)."""

import re
from collections.abc import Callable
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import ApiError, conflict
from sandbox.faults.errors import breach, coded, malformed
from sandbox.faults.replacing import replacing
from sandbox.operations import Call
from sandbox.records import Answer


def in_list(error: ApiError) -> bool:
    """Return whether a refusal is about an item of a list."""
    return any(detail["field"].rpartition(".")[2].isdecimal() for detail in error.details or ())


def breach_as_conflict(operation: str) -> Install:
    """Let an operation answer a body that breaks its schema with a conflict."""

    def answer(_: Backend, answer: Callable[[Call], Answer], call: Call) -> Answer:
        try:
            return answer(call)
        except ApiError as error:
            if breach(error):
                raise conflict(error.message) from error
            raise

    return replacing("operations", operation, answer)


def repairing(repair: Callable[[bytes], bytes]) -> Install:
    """Repair a malformed body and parse it again."""

    def parse(_: Backend, parse: Callable[[bytes], object], content: bytes) -> object:
        try:
            return parse(content)
        except ApiError:
            return parse(repair(content))

    return replacing("bodies", "parse", parse)


def unreadable_is_absent(backend: Backend, read: Callable[..., Any], model: Any, content: bytes, kind: Any) -> Any:
    """Treat a malformed body as absent."""
    try:
        return read(model, content, kind)
    except ApiError as error:
        if not malformed(error):
            raise
        return backend.bodies.validated(model, {}), {}


def form_accepted(_: Backend, read: Callable[..., Any], model: Any, content: bytes, kind: str | None) -> Any:
    """Treat a form as the create of a draft."""
    if "form-urlencoded" in (kind or ""):
        return read(model, b'{"format": "auto", "brief": {"hook": "Draft"}}', "application/json")
    return read(model, content, kind)


FAULTS: tuple[Fault, ...] = (
    Fault(
        "malformed-json-says-bad-request",
        "ERR-4",
        "shallow",
        "Malformed JSON answers with the code BAD_REQUEST.",
        coded(malformed, "BAD_REQUEST"),
    ),
    Fault(
        "wrong-list-item-says-invalid-item",
        "ERR-4",
        "deep",
        "A wrong item of a list answers with the code INVALID_ITEM.",
        coded(in_list, "INVALID_ITEM"),
    ),
    Fault(
        "malformed-json-means-no-body",
        "ERR-4",
        "deep",
        "Malformed JSON sent to regenerate is taken for no body.",
        replacing("bodies", "read_optional", unreadable_is_absent),
    ),
    Fault(
        "trailing-comma-accepted",
        "ERR-4",
        "deep",
        "JSON with a comma before its last bracket is accepted.",
        repairing(lambda content: re.sub(rb",\s*([}\]])", rb"\1", content)),
    ),
    Fault(
        "reject-breach-answers-409",
        "ERR-4",
        "deep",
        "A reject that breaks the schema answers 409 CONFLICT.",
        breach_as_conflict("reject_content"),
    ),
    Fault(
        "patch-breach-answers-409",
        "ERR-4",
        "deep",
        "A patch that breaks the schema answers 409 CONFLICT.",
        breach_as_conflict("regenerate_content"),
    ),
    Fault(
        "undocumented-method-answers-404",
        "ERR-5",
        "shallow",
        "A method that a path lacks answers 404.",
        replacing("operations", "undocumented_method", lambda backend, *_: backend.operations.unknown_path()),
    ),
    Fault(
        "undocumented-method-answers-200",
        "ERR-5",
        "shallow",
        "A method that a path lacks answers 200 and does nothing.",
        replacing("operations", "undocumented_method", lambda backend, *_: backend.rendering.answer(200, {})),
    ),
    Fault(
        "foreign-media-type-answers-409",
        "ERR-5",
        "deep",
        "A body of another media type answers 409.",
        coded(lambda error: error.status == 415, "CONFLICT", 409),
    ),
    Fault(
        "form-accepted",
        "ERR-5",
        "deep",
        "A form is accepted as the body of a create.",
        replacing("bodies", "read", form_accepted),
    ),
)
