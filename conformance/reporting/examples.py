"""For each requirement a short history that breaks it and one that keeps it, in lines that people read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from conformance.client.exchange import Exchange, Request, Response, from_json, path_and_query
from conformance.contract.document import Contract
from conformance.reporting.calls import Seen, answer_of, seen, sights, value_of
from conformance.reporting.text import printable

FILE = "examples.json"
BASE = "http://target.test"
LONGEST = 150
_LISTED = 4
"""Items of a page that a line names."""
_BODY = 56
"""Characters of a body that a line shows."""
_REQUEST_HEADERS = {"Idempotency-Key": "key", "If-None-Match": "If-None-Match", "Content-Type": "Content-Type"}
_ANSWER_HEADERS = {"ETag": "ETag", "Retry-After": "Retry-After", "Content-Type": "Content-Type"}
_ORDINARY = "application/json"


@dataclass(frozen=True, slots=True)
class Example:
    """Two histories in judging order: `bad` breaks the requirement, as `says` tells, `good` keeps it."""

    bad: Sequence[Exchange]
    says: str
    good: Sequence[Exchange]


@lru_cache(maxsize=1)
def examples() -> dict[str, Example]:
    """Return the examples by requirement."""
    rows = json.loads(files("conformance.data").joinpath(FILE).read_bytes())
    return {
        name: Example([*map(from_json, row["bad"])], row["says"], [*map(from_json, row["good"])])
        for name, row in rows.items()
    }


def lines_of(exchanges: Sequence[Exchange], contract: Contract) -> Iterator[str]:
    """Yield a history, one line an exchange: who calls what with which body, and what the answer shows."""
    for exchange in exchanges:
        call = seen(exchange, contract, BASE)
        caller = "" if exchange.actor == "owner" else f" as {exchange.actor}"
        yield printable(f"{exchange.id} {_request(call)}{caller} → {_answer(call)}", LONGEST)


def _request(call: Seen) -> str:
    request = call.exchange.request
    path, query = path_and_query(request.url)
    parts = [f"{request.method} {path}{f'?{query}' if query else ''}"]
    parts += _headers(request, _REQUEST_HEADERS)
    if request.body:
        parts.append(_text(value_of(request.body), request.body))
    return ", ".join(parts)


def _headers(message: Request | Response, names: Mapping[str, str]) -> Iterator[str]:
    for header, title in names.items():
        value = message.header(header)
        if value is not None and value.partition(";")[0] != _ORDINARY:
            yield f"{title} {value[:8] if header == 'Idempotency-Key' else value}"


def _answer(call: Seen) -> str:
    response = call.exchange.response
    if response is None:
        return f"no answer ({call.exchange.failure or 'unknown'})"
    value = answer_of(call.exchange)
    if isinstance(value, dict) and isinstance(value.get("items"), list):
        shown = _page(value)
    elif states := [*sights(call)]:
        shown = ", ".join([f"{states[0].id} {states[0].state}", *(each.state for each in states[1:])])
    elif isinstance(value, dict) and isinstance(value.get("error"), dict):
        shown = str(value["error"].get("code", ""))
    else:
        shown = _text(value, response.body)
    return ", ".join([f"{response.status} {shown}".rstrip(), *_headers(response, _ANSWER_HEADERS)])


def _page(page: dict[str, Any]) -> str:
    items = [str(item.get("id")) if isinstance(item, dict) else "?" for item in page["items"]]
    more = [f"and {len(items) - _LISTED} more"] if len(items) > _LISTED else []
    cursor = page.get("nextCursor")
    return f"[{', '.join([*items[:_LISTED], *more])}]{f', nextCursor {cursor}' if cursor else ''}"


def _text(value: Any, body: bytes) -> str:
    text = body.decode("utf-8", "replace") if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _BODY else f"{text[:_BODY]}…"
