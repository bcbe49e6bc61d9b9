"""Changes of a recorded run that change nothing that a requirement speaks of.

A transformation is given the manifest of a run and its exchanges, as the JSON of `run.json` and of `history.jsonl`, and returns both.
It replaces each value by a function of the value alone, so that all exchanges, and all shards of one run, stay consistent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import quote

Document = dict[str, Any]
Transformation = Callable[[Document, list[Document]], tuple[Document, list[Document]]]

ID = re.compile(
    r"(?P<slash>/)?\b(?P<id>(?:cnt|job|med|inf|prj)_[0-9A-Za-z]+"
    r"|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})(?![0-9A-Za-z_-])"
)
DAY = re.compile(r"\d{4}-\d\d-\d\d(?=T\d\d:)")
SHORT = 16
"""Characters below which an id may be guessed."""
LEAP_DAY = date(2028, 2, 29)
NOT_IDS = frozenset({"idempotency-key", "x-api-key", "user-agent", "if-none-match", "etag"})


def texts(change: Callable[[str], str], *, headers: frozenset[str] | None = None) -> Transformation:
    """Return what changes every URL, header (but those in `headers`) and text body of a run."""

    def head(pairs: list[list[str]]) -> list[list[str]]:
        return [[name, value if headers and name.lower() in headers else change(value)] for name, value in pairs]

    def message(part: Document | None) -> Document | None:
        if part is None:
            return None
        body = part.get("body")
        new = body | {"text": change(body["text"])} if isinstance(body, dict) and "text" in body else body
        url = {"url": change(part["url"])} if "url" in part else {}
        return part | url | {"headers": head(part["headers"]), "body": new}

    def transform(manifest: Document, exchanges: list[Document]) -> tuple[Document, list[Document]]:
        changed = [
            call | {"request": message(call["request"]), "response": message(call["response"])} for call in exchanges
        ]
        return json.loads(change(json.dumps(manifest, ensure_ascii=False))), changed

    return transform


def bodies(change: Callable[[Any], str]) -> Transformation:
    """Return what writes the JSON of every answer anew."""

    def message(response: Document | None) -> Document | None:
        body = response and response.get("body")
        if response is None or not isinstance(body, dict) or "text" not in body:
            return response
        try:
            value = json.loads(body["text"], object_pairs_hook=_members)
        except (ValueError, RecursionError):
            return response
        return response | {"body": {"text": change(value)}}

    return lambda manifest, exchanges: (
        manifest,
        [call | {"response": message(call["response"])} for call in exchanges],
    )


def _members(pairs: list[tuple[str, Any]]) -> Document:
    """Return an object; raise ValueError if a name stands in it twice, since its meaning then depends on the order."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a member stands twice")
    return dict(pairs)


def ids(named: Callable[[str], str]) -> Transformation:
    """Return what gives every id another name, percent-encoded where it stands in a path."""

    def new(found: re.Match[str]) -> str:
        name = named(found["id"])
        return f"/{quote(name, safe='')}" if found["slash"] else name

    return texts(partial(ID.sub, new), headers=NOT_IDS)


def _hex(name: str, length: int) -> str:
    return "".join(sha256(f"{part} {name}".encode()).hexdigest() for part in range(-(-length // 64)))[:length]


def _digits(name: str) -> str:
    return str(int(_hex(name, 64), 16))[:18]


def _moved(days: int, text: str) -> str:
    try:
        text = DAY.sub(lambda found: str(date.fromisoformat(found[0]) + timedelta(days=days)), text)
        return format_datetime((parsedate_to_datetime(text) + timedelta(days=days)).astimezone(UTC), usegmt=True)
    except ValueError:
        return text


def times(manifest: Document, exchanges: list[Document]) -> tuple[Document, list[Document]]:
    """Move a run to a leap day."""
    if not exchanges:
        return manifest, exchanges
    days = (LEAP_DAY - datetime.fromtimestamp(exchanges[0]["sentAt"], UTC).date()).days
    manifest, exchanges = texts(partial(_moved, days))(manifest, exchanges)
    seconds = days * 86_400
    return manifest, [
        call | {"sentAt": call["sentAt"] + seconds, "receivedAt": call["receivedAt"] + seconds} for call in exchanges
    ]


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _reversed(member) for name, member in reversed(value.items())}
    return [_reversed(member) for member in value] if isinstance(value, list) else value


def _extended(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _extended(member) for name, member in value.items()} | {"xNotDocumented": {"since": 2}}
    return [_extended(member) for member in value] if isinstance(value, list) else value


def header_case(manifest: Document, exchanges: list[Document]) -> tuple[Document, list[Document]]:
    """Write the names of the headers of every answer in upper case."""
    changed = []
    for call in exchanges:
        response = call["response"]
        if response is not None:
            response = response | {"headers": [[name.upper(), value] for name, value in response["headers"]]}
        changed.append(call | {"response": response})
    return manifest, changed


def served_at(url: str) -> Transformation:
    """Return what serves the API below another URL: its scheme, host, port and base path."""
    host, _, base_path = url.partition("://")[2].partition("/")

    def transform(manifest: Document, exchanges: list[Document]) -> tuple[Document, list[Document]]:
        before = manifest["target"]["target"]["base_url"].rstrip("/")
        bare = re.compile(rf"(?<![\w.]){re.escape(before.partition('://')[2])}(?![\w:])")

        def change(text: str) -> str:
            text = text.replace(before, url)
            if base_path:
                text = re.sub(r'(^|")/v1/', rf"\1/{base_path}/v1/", text)
            return bare.sub(host, text)

        return texts(change)(manifest, exchanges)

    return transform


def together(*transformations: Transformation) -> Transformation:
    """Return what applies transformations one after the other."""

    def transform(manifest: Document, exchanges: list[Document]) -> tuple[Document, list[Document]]:
        for change in transformations:
            manifest, exchanges = change(manifest, exchanges)
        return manifest, exchanges

    return transform


NEUTRAL: dict[str, Transformation] = {
    # The names themselves stay, since what differs from a known id in one character is judged as near to it; so do short ones, which
    # a target may count up.
    "ids of 200 characters": ids(lambda name: name if len(name) < SHORT else f"{_hex('', 200 - len(name))}{name}"),
    "times": times,
    "order of members": bodies(lambda value: json.dumps(_reversed(value), ensure_ascii=False)),
    "pretty and escaped": bodies(lambda value: json.dumps(value, indent=2)),
    "extra members": bodies(lambda value: json.dumps(_extended(value), ensure_ascii=False)),
    "case of header names": header_case,
    "host": served_at("https://api.example.com:8443"),
}
"""Transformations after which the checks find the same."""

HARMLESS: dict[str, Transformation] = {
    # Whether an id names nothing shows by its form: one that can be guessed, or that gateways read in two ways, excuses a target.
    "ids of one character": ids(lambda name: chr(0x4E00 + int(_digits(name)) % 20_000)),
    "ids of 36 characters": ids(lambda name: f"{_digits(name)}-{_digits(name)[::-1][1:]}"),
    "ids of 2,000 characters": ids(lambda name: _hex(name, 2_000)),
    "ids of digits": ids(_digits),
    "ids to be quoted": ids(lambda name: f"ü {_digits(name)[:12]}%&=,+~:@"),
    "ids with reserved characters": ids(lambda name: f"{_digits(name)[:12]}/;?#"),
    # A relative URL may be meant from the host or from the base URL.
    "base path": served_at("http://api.example.com/partner"),
}
"""Transformations after which the checks accuse of nothing else, though perhaps of less."""
