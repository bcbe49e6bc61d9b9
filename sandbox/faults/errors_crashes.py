"""Requests that make the backend crash (ERR-1)."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import ApiError
from sandbox.faults.replacing import before, replacing
from sandbox.operations import Call
from sandbox.records import Answer, Snapshot

DEEPEST = 500


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
    crash("bad-utf-8-crashes", "A body that is not UTF-8 answers 500.", crashing("bodies", "parse", not_utf_8)),
    crash(
        "bad-utf-8-breaks-the-connection",
        "A create that is not UTF-8 breaks the connection.",
        before("create_content", cut_short),
    ),
    crash(
        "cursor-of-another-list-crashes",
        "A cursor that was issued for another list or filter answers 500.",
        crashing_refusal("listing", "decode_cursor", lambda _, arguments: 40 <= len(arguments[0]) <= 80),
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
)
