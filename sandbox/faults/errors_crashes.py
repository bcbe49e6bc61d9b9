"""Requests that make the backend crash (ERR-1)."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import ApiError
from sandbox.faults.replacing import before, replacing, status_now, together
from sandbox.operations import Call
from sandbox.records import Answer, Snapshot

DEEPEST = 500
INDEXED_BYTES = 2704
LONGEST_ID = 255
OPERATIONS_WITH_ID = (
    *("create_content", "list_content", "get_content", "get_content_progress", "get_asset", "regenerate_content"),
    *("clone_from_post", "reject_content", "approve_content", "get_job", "cancel_job"),
)


class UnforeseenError(Exception):
    """A crash of the backend."""


def crashing(part: str, method: str, when: Callable[..., bool]) -> Install:
    """Let a method crash on some arguments."""

    def run(_: Backend, run: Callable[..., Any], *arguments: Any) -> Any:
        if when(*arguments):
            raise UnforeseenError
        return run(*arguments)

    return replacing(part, method, run)


def crashing_refusal(part: str, method: str, when: Callable[[ApiError, Sequence[Any]], bool]) -> Install:
    """Let a method crash where it should refuse."""

    def run(_: Backend, run: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return run(*arguments)
        except ApiError as error:
            if when(error, arguments):
                raise UnforeseenError from error
            raise

    return replacing(part, method, run)


def crashing_for_ids(when: Callable[[str], bool]) -> Install:
    """Let every operation crash on some ids in its path."""

    def look(call: Call, _: Backend) -> Answer | None:
        if any(when(value) for value in call.path.values()):
            raise UnforeseenError
        return None

    return together(*(before(operation, look) for operation in OPERATIONS_WITH_ID))


def crashing_for_queries(when: Callable[[Sequence[tuple[str, str]]], bool]) -> Install:
    """Let the list crash on some queries."""
    return crashing("listing", "page", lambda _project, query: when(query))


def text_of(value: object) -> str:
    """Return a value as JSON text."""
    return json.dumps(value, ensure_ascii=False)


def not_utf_8(content: bytes) -> bool:
    """Return whether bytes are not UTF-8."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return True
    return False


def limits(query: Sequence[tuple[str, str]]) -> list[str]:
    """Return the limits of a query."""
    return [value for name, value in query if name == "limit"]


def cut_short(call: Call, _: Backend) -> Answer | None:
    """Announce more bytes than are sent, so that the connection breaks."""
    return Answer(400, b'{"error":', {"content-length": "512"}) if not_utf_8(call.content) else None


def unknown_project(call: Call, backend: Backend) -> Answer | None:
    """Crash on a foreign key without a row."""
    if backend.store.project(call.path["project_id"]) is None:
        raise UnforeseenError
    return None


def after_failure(call: Call, backend: Backend) -> Answer | None:
    """Crash on the missing result of a failed generation."""
    snapshot = backend.access.container(call.org, call.path["container_id"])
    if status_now(backend, snapshot) == "failed":
        raise UnforeseenError
    return None


def late_cancel(call: Call, backend: Backend) -> Answer | None:
    """Crash on the cancel of a job that has ended."""
    job = backend.access.job(call.org, call.path["job_id"])
    if not backend.generation.in_flight(job, backend.clock.now()):
        raise UnforeseenError
    return None


def archived(call: Call, backend: Backend) -> Answer | None:
    """Crash on the list of an archived project."""
    if backend.access.project(call.org, call.path["project_id"]).archived_at is not None:
        raise UnforeseenError
    return None


def in_flight(backend: Backend, ensure: Callable[[Snapshot], None], snapshot: Snapshot) -> None:
    """Crash on a second generation while one is in flight."""
    if backend.generation.in_flight(snapshot.job, snapshot.now):
        raise UnforeseenError
    ensure(snapshot)


def crash(name: str, summary: str, install: Install) -> Fault:
    """Return a fault of ERR-1 that only a special request shows."""
    return Fault(name, "ERR-1", "deep", summary, install)


FAULTS: tuple[Fault, ...] = (
    crash(
        "nul-crashes",
        "A NUL in a body answers 500.",
        crashing("bodies", "validated", lambda _, value: "\\u0000" in text_of(value)),
    ),
    crash(
        "astral-character-crashes",
        "A character beyond U+FFFF in a body answers 500.",
        crashing("bodies", "validated", lambda _, value: max(text_of(value)) > "\uffff"),
    ),
    crash(
        "hook-beyond-the-index-crashes",
        "A hook that no index of the database holds answers 500.",
        crashing(
            "lifecycle", "create", lambda _project, _format, brief, *_: len(brief["hook"].encode()) > INDEXED_BYTES
        ),
    ),
    crash(
        "deep-json-crashes",
        "A deeply nested body answers 500.",
        crashing("bodies", "parse", lambda content: content.count(b"[") + content.count(b"{") > DEEPEST),
    ),
    crash("bad-utf-8-crashes", "A body that is not UTF-8 answers 500.", crashing("bodies", "parse", not_utf_8)),
    crash(
        "bad-utf-8-breaks-the-connection",
        "A create that is not UTF-8 breaks the connection.",
        before("create_content", cut_short),
    ),
    crash(
        "half-a-surrogate-pair-crashes",
        "Half of a surrogate pair in a body answers 500.",
        crashing_refusal("bodies", "parse", lambda error, _: error.status == 422),
    ),
    crash(
        "huge-number-crashes",
        "A number of more than 18 digits answers 500.",
        crashing("bodies", "parse", lambda content: re.search(rb"\d{19}|\d[eE]\d{3}", content) is not None),
    ),
    crash(
        "duplicate-member-crashes",
        "A member that stands twice answers 500.",
        crashing("bodies", "unique_members", lambda pairs: len(dict(pairs)) != len(pairs)),
    ),
    crash(
        "empty-body-crashes",
        "An empty body answers 500.",
        crashing("bodies", "read", lambda _, content, __: not content),
    ),
    crash(
        "body-that-is-no-object-crashes",
        "A body that is JSON and no object answers 500.",
        crashing("bodies", "validated", lambda _, value: not isinstance(value, dict)),
    ),
    crash(
        "null-brief-crashes",
        "A brief that is null answers 500.",
        crashing("bodies", "validated", lambda _, value: isinstance(value, dict) and value.get("brief", 1) is None),
    ),
    crash(
        "missing-media-type-crashes",
        "A body without a media type answers 500.",
        crashing("bodies", "ensure_json", lambda kind: not kind),
    ),
    crash(
        "foreign-media-type-crashes",
        "A body that is said to be no JSON answers 500.",
        crashing("bodies", "ensure_json", lambda kind: "json" not in (kind or "json")),
    ),
    crash(
        "unknown-charset-crashes",
        "A charset that the backend does not know answers 500.",
        crashing("bodies", "ensure_json", lambda kind: "charset" in (kind or "") and "utf-8" not in kind.lower()),
    ),
    crash(
        "huge-limit-crashes",
        "A limit beyond 64 bits answers 500.",
        crashing_for_queries(lambda query: any(len(limit) > 18 and limit.isdecimal() for limit in limits(query))),
    ),
    crash(
        "limit-in-other-digits-crashes",
        "A limit in digits other than 0 to 9 answers 500.",
        crashing_for_queries(lambda query: any(limit.isdecimal() and not limit.isascii() for limit in limits(query))),
    ),
    crash(
        "empty-filter-crashes",
        "A filter without a value answers 500.",
        crashing_for_queries(lambda query: any(name in {"status", "format"} and not value for name, value in query)),
    ),
    crash(
        "repeated-limit-crashes",
        "A limit that is given twice answers 500.",
        crashing_for_queries(lambda query: len(limits(query)) > 1),
    ),
    crash(
        "nul-in-a-query-crashes",
        "A NUL in a query answers 500.",
        crashing_for_queries(lambda query: any("\0" in value for _, value in query)),
    ),
    crash(
        "foreign-cursor-crashes",
        "A cursor that was not issued answers 500.",
        crashing_refusal("listing", "decode_cursor", lambda *_: True),
    ),
    crash(
        "cursor-of-another-list-crashes",
        "A cursor that was issued for another list or filter answers 500.",
        crashing_refusal("listing", "decode_cursor", lambda _, arguments: 40 <= len(arguments[0]) <= 80),
    ),
    crash("nul-in-an-id-crashes", "A NUL in an id answers 500.", crashing_for_ids(lambda value: "\0" in value)),
    crash(
        "bad-utf-8-in-an-id-crashes",
        "An id that is not UTF-8 answers 500.",
        crashing_for_ids(lambda value: "\ufffd" in value),
    ),
    crash(
        "long-id-crashes",
        "An id of more than 255 characters answers 500.",
        crashing_for_ids(lambda value: len(value) > LONGEST_ID),
    ),
    crash("quote-in-an-id-crashes", "An id with a quote answers 500.", crashing_for_ids(lambda value: "'" in value)),
    crash(
        "long-idempotency-key-crashes",
        "An Idempotency-Key of more than 255 characters answers 500.",
        crashing("idempotency", "ensure_usable", lambda key: len(key) > 255),
    ),
    crash(
        "bytes-in-an-idempotency-key-crash",
        "An Idempotency-Key that is not ASCII answers 500.",
        crashing("idempotency", "ensure_usable", lambda key: not key.isascii()),
    ),
    crash(
        "odd-if-none-match-crashes",
        "An If-None-Match that is no entity tag answers 500.",
        crashing(
            "operations",
            "not_modified",
            lambda call, _: any('"' not in value for value in call.headers.get("if-none-match", ())),
        ),
    ),
    crash(
        "undocumented-method-crashes",
        "A method that a path lacks answers 500.",
        crashing("operations", "undocumented_method", lambda _: True),
    ),
    crash(
        "create-in-unknown-project-crashes",
        "A create in an unknown project answers 500.",
        before("create_content", unknown_project),
    ),
    crash(
        "regenerate-after-failure-crashes",
        "Regenerating a failed container answers 500.",
        before("regenerate_content", after_failure),
    ),
    crash(
        "list-of-archived-project-crashes",
        "The list of an archived project answers 500.",
        before("list_content", archived),
    ),
    Fault(
        "regenerate-in-flight-crashes",
        "ERR-1",
        "stateful",
        "Regenerating a container in flight answers 500.",
        replacing("lifecycle", "ensure_at_rest", in_flight),
    ),
    Fault(
        "late-cancel-crashes",
        "ERR-1",
        "stateful",
        "Canceling a job that has ended answers 500.",
        before("cancel_job", late_cancel),
    ),
    Fault(
        "second-decision-crashes",
        "ERR-1",
        "stateful",
        "A decision on a container that is not pending answers 500.",
        crashing_refusal("approval", "ensure_decidable", lambda *_: True),
    ),
)
