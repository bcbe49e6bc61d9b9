"""Exchanges, and the history they form: what was sent, what came back, and when."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from conformance.exceptions import ConfigurationError

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as it left, secrets replaced.

    `url` is absolute; header values are latin-1 text; `body` is None where none was sent.
    """

    method: str
    url: str
    headers: Headers = ()
    body: bytes | None = None

    def header(self, name: str) -> str | None:
        """Give the first value of a header, whatever its case (RFC 9110, section 5.1)."""
        return _header(self.headers, name)


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer as it came, decoded from its content coding, secrets replaced."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Give the first value of a header, whatever its case (RFC 9110, section 5.1)."""
        return _header(self.headers, name)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer.

    `sent_at` and `received_at` are seconds since the epoch, taken from a monotonic clock that was anchored once a process.
    `actor` says whose key was sent: `owner`, `other`, or a name of an unauthorized caller (`anonymous`, `wrong…`).
    `error` says why there is no response.
    """

    id: str
    actor: str
    request: Request
    response: Response | None
    sent_at: float
    received_at: float
    driver: str = ""
    error: str | None = None
    tags: dict[str, str] = field(default_factory=dict)

    def precedes(self, other: Exchange) -> bool:
        """Tell whether this exchange had ended before the other one began."""
        return self.received_at <= other.sent_at


def _header(headers: Headers, name: str) -> str | None:
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


def _body_to_json(body: bytes | None) -> dict[str, str] | None:
    if body is None:
        return None
    try:
        return {"text": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode("ascii")}


def _body_from_json(value: dict[str, str] | None) -> bytes | None:
    if value is None:
        return None
    return value["text"].encode("utf-8") if "text" in value else base64.b64decode(value["base64"])


def to_json(exchange: Exchange) -> dict[str, Any]:
    """Turn an exchange into the JSON object of one line of `history.jsonl`."""
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
            "headers": [list(pair) for pair in request.headers],
            "body": _body_to_json(request.body),
        },
        "response": None
        if response is None
        else {
            "status": response.status,
            "headers": [list(pair) for pair in response.headers],
            "body": _body_to_json(response.body),
        },
        "error": exchange.error,
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
            body=_body_from_json(request["body"]),
        ),
        response=None
        if response is None
        else Response(
            status=response["status"],
            headers=tuple((name, text) for name, text in response["headers"]),
            body=_body_from_json(response["body"]) or b"",
        ),
        error=value["error"],
        tags=value.get("tags", {}),
    )


class Recorder:
    """Appends exchanges to a JSONL file, each line flushed before anyone judges it, so that a killed run leaves its history."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: TextIO = path.open("a", encoding="utf-8")

    def record(self, exchange: Exchange) -> None:
        """Write one exchange as one line."""
        self._file.write(json.dumps(to_json(exchange)) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file; a later `record` raises ValueError."""
        self._file.close()


def read(path: Path) -> Iterator[Exchange]:
    """Read a JSONL history; a last line that a killed run cut short is left out.

    Raises ConfigurationError where another line is not an exchange.
    """
    lines = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield from_json(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            if number == len(lines):
                return
            raise ConfigurationError(
                f"Line {number} of {path} is not an exchange; give a history.jsonl that a run has written."
            ) from error


def merge(paths: Iterable[Path], target: Path) -> list[Exchange]:
    """Merge the histories of several workers into one file, in judging order."""
    exchanges = sorted((exchange for path in paths for exchange in read(path)), key=judging_order)
    with target.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(to_json(exchange)) + "\n" for exchange in exchanges)
    return exchanges


def judging_order(exchange: Exchange) -> float:
    """Give the moment at which an exchange enters the judgement.

    A read enters when it was answered and a write when it was sent, so that whoever judges a read already knows every write
    that can have influenced it, also where the two overlapped.
    """
    return exchange.received_at if exchange.request.method in {"GET", "HEAD", "OPTIONS"} else exchange.sent_at
