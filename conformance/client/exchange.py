"""Exchanges, and the history they form: what was sent, what came back, and when."""

from __future__ import annotations

import base64
import gzip
import json
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from conformance.client.hash_chain import Chain, examine
from conformance.exceptions import CannotWrite, ConfigurationError

Headers = tuple[tuple[str, str], ...]
READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""The methods that change nothing."""
RESUMED = "resumed_after"
"""The tag of the exchange with which a later part of a run begins: the moment at which the part before had ended."""
UNASKED = "unasked"
"""The tag of an exchange by whose end so many bytes had come that nobody had asked for."""
KEPT, PLAIN = "history.jsonl.gz", "history.jsonl"
"""The file with the whole history in the folder of a run, and what earlier versions left in its place."""
COMPRESSION = 6
"""gzip's own default: Python's, 9, takes several times as long for one percent."""


def path_and_query(url: str) -> tuple[str, str]:
    """Return the path and the query of an absolute URL, whatever stands in it: a history may hold one that no parser takes."""
    before, _, query = url.partition("#")[0].partition("?")
    return "/" + before.partition("://")[2].partition("/")[2], query


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as it was sent, secrets replaced.

    `url` is absolute; header values are latin-1 text; `body` is None where none was sent.
    """

    method: str
    url: str
    headers: Headers = ()
    body: bytes | None = None

    def header(self, name: str) -> str | None:
        """Return the first value of a header, whatever its case (RFC 9110, section 5.1)."""
        return _header(self.headers, name)


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer as it was received, decoded from its content coding, secrets replaced."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the first value of a header, whatever its case (RFC 9110, section 5.1)."""
        return _header(self.headers, name)


class TransportError(StrEnum):
    """Why a request has no answer.

    `unsent`: HTTP cannot carry the request, so that the target never saw it. `connect`: no connection. `timeout`: no answer in time.
    `broken`: the connection ended without a whole answer, or with one that is not HTTP. `too-large`: the answer was cut off by the harness,
    since it passed a bound. `abandoned`: the run ended before the answer came. `doubted`: there is an answer, and
    nobody can say what it tells, such as one that may be another call's. `other`: read from a history of another program.
    """

    UNSENT = "unsent"
    CONNECT = "connect"
    TIMEOUT = "timeout"
    BROKEN = "broken"
    TOO_LARGE = "too-large"
    ABANDONED = "abandoned"
    DOUBTED = "doubted"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TransportFailure:
    """A transport error, and what the HTTP library says of it; its text is what a history holds."""

    error: TransportError
    detail: str = ""

    def __str__(self) -> str:
        if self.error is TransportError.OTHER:
            return self.detail
        return f"{self.error}: {self.detail}" if self.detail else str(self.error)

    @classmethod
    def parse(cls, text: str) -> TransportFailure:
        """Read the text of a failure."""
        name, _, detail = text.partition(":")
        try:
            return cls(TransportError(name), detail.removeprefix(" "))
        except ValueError:
            return cls(TransportError.OTHER, text)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer.

    `sent_at` and `received_at` are seconds since the epoch, taken from a monotonic clock whose zero is fixed once a process.
    `actor` says whose API key was sent: `owner`, `other`, or the name of an unauthorized caller (`anonymous`, `wrong…`).
    `failure` says why there is no response.
    """

    id: str
    actor: str
    request: Request
    response: Response | None
    sent_at: float
    received_at: float
    driver: str = ""
    failure: TransportFailure | None = None
    tags: dict[str, str] = field(default_factory=dict)

    def precedes(self, other: Exchange) -> bool:
        """Return whether this exchange had ended before the other one began."""
        return self.received_at <= other.sent_at

    def failed_with(self, error: TransportError) -> bool:
        """Return whether this transport error is why there is no response."""
        return self.failure is not None and self.failure.error is error


def _header(headers: Headers, name: str) -> str | None:
    wanted = name.lower()
    for key, value in headers:
        if key.lower() == wanted:
            return value
    return None


def body_to_json(body: bytes | None) -> dict[str, str] | None:
    """Return a body as JSON: its text, or its bytes in base64 where it is not UTF-8."""
    if body is None:
        return None
    try:
        return {"text": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode("ascii")}


def body_from_json(value: dict[str, str] | None) -> bytes | None:
    """Return the body that `body_to_json` was given."""
    if value is None:
        return None
    return value["text"].encode("utf-8") if "text" in value else base64.b64decode(value["base64"])


def to_json(exchange: Exchange) -> dict[str, Any]:
    """Return an exchange as the JSON object of one line of a history."""
    request, response = exchange.request, exchange.response
    return {
        "id": exchange.id,
        "driver": exchange.driver,
        "actor": exchange.actor,
        "sentAt": exchange.sent_at,
        "receivedAt": exchange.received_at,
        "request": {
            "method": request.method,
            "url": request.url,
            "headers": request.headers,
            "body": body_to_json(request.body),
        },
        "response": None
        if response is None
        else {
            "status": response.status,
            "headers": response.headers,
            "body": body_to_json(response.body),
        },
        "error": str(exchange.failure) if exchange.failure else None,
        "tags": exchange.tags,
    }


def from_json(value: dict[str, Any]) -> Exchange:
    """Rebuild an exchange from the JSON object of one line; raises KeyError, TypeError or ValueError on any other object."""
    request, response = value["request"], value["response"]
    return Exchange(
        id=value["id"],
        driver=value["driver"],
        actor=value["actor"],
        sent_at=float(value["sentAt"]),
        received_at=float(value["receivedAt"]),
        request=Request(
            method=request["method"],
            url=request["url"],
            headers=tuple((name, text) for name, text in request["headers"]),
            body=body_from_json(request["body"]),
        ),
        response=None
        if response is None
        else Response(
            status=response["status"],
            headers=tuple((name, text) for name, text in response["headers"]),
            body=body_from_json(response["body"]) or b"",
        ),
        failure=None if value["error"] is None else TransportFailure.parse(value["error"]),
        tags=value.get("tags", {}),
    )


class Recorder:
    """Writes exchanges to a JSONL file, each line flushed before it is judged, so that a killed run leaves its history.

    `sent` is the file that takes each write before it is sent, since a killed run may leave one that took effect and has no answer here.
    """

    def __init__(self, path: Path, sent: Path | None = None) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = path.open("ab")
        before = examine(lines_of(path))
        self._chain = Chain(before.head, before.length)
        self._sent: BinaryIO | None = sent.open("ab") if sent else None
        self._lock = threading.Lock()

    def record(self, exchange: Exchange) -> None:
        """Write one exchange as one line; raises CannotWrite where the disk takes no more."""
        _append(self._file, self._chain.linked(json.dumps(to_json(exchange))))

    def announce(self, exchange: Exchange) -> None:
        """Write a call that is about to be sent as an exchange without an answer; raises CannotWrite as `record` does."""
        if self._sent is not None and exchange.request.method not in READING:
            with self._lock:
                _append(self._sent, json.dumps(to_json(exchange)).encode() + b"\n")

    def close(self) -> None:
        """Close the files; a later `record` raises ValueError."""
        for file in filter(None, (self._file, self._sent)):
            # What could not be written is tried once more.
            with suppress(OSError):
                file.close()


def _append(file: BinaryIO, line: bytes) -> None:
    try:
        file.write(line)
        file.flush()
    except OSError as error:
        raise CannotWrite(file.name, error.strerror) from None


def saved_in(folder: Path) -> Path:
    """Return the history in the folder of a run, compressed or as an earlier version left it."""
    kept = folder / KEPT
    return kept if kept.exists() else folder / PLAIN


def lines_of(path: Path) -> Iterator[bytes]:
    """Read the lines of a history; raises ConfigurationError where it is compressed and not whole."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            yield from file
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise ConfigurationError(f"{path} is not a whole gzip file; give a history that a run has written.") from None


def read(path: Path) -> Iterator[Exchange]:
    """Read a history, compressed or not; a last line that a killed run cut short is left out.

    Raises ConfigurationError where another line is not an exchange.
    """
    for number, line in enumerate(lines_of(path), start=1):
        if not line.strip():
            continue
        try:
            yield from_json(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            if not line.endswith(b"\n"):
                return
            raise ConfigurationError(
                f"Line {number} of {path} is not an exchange; give a history.jsonl that a run has written."
            ) from error


def keep(exchanges: Iterable[Exchange], folder: Path) -> None:
    """Write the whole history of a run, given in judging order, into its folder."""
    unfinished = folder / f"unfinished-{KEPT}"
    with gzip.open(unfinished, "wb", COMPRESSION) as file:
        file.writelines(_lines(exchanges, Chain()))
    unfinished.replace(folder / KEPT)


def _lines(exchanges: Iterable[Exchange], chain: Chain) -> Iterator[bytes]:
    return (chain.linked(json.dumps(to_json(exchange))) for exchange in exchanges)


def is_whole(path: Path) -> bool:
    """Return whether the last line is complete, which it is not where a run was killed in the middle of it."""
    with path.open("rb") as file:
        file.seek(0, 2)
        if not file.tell():
            return True
        file.seek(-1, 2)
        return file.read() == b"\n"


def judging_order(exchange: Exchange) -> float:
    """Return the moment at which an exchange enters the judgement.

    A read enters when it was answered and a write when it was sent, so that whoever judges a read already knows every write
    that can have influenced it, also where the two overlapped.
    """
    return exchange.received_at if exchange.request.method in READING else exchange.sent_at
