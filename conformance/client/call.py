"""Calls: what a driver asks the session to send."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from conformance.client.actors import OWNER
from conformance.client.exchange import Exchange

ABSENT = "\0absent"
"""The value of a header in a Call that means: send no such header, not even the one that would be sent by default."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request to be sent.

    `path` is below the base URL, or an absolute URL of the same origin. `means_valid`: the driver expects the body to be valid, which is
    checked before it is sent. `costs`: how many generations it is expected to start. `once`: never sent again by the session itself.
    `within`: seconds to wait for the answer at most, where that is less than the session waits.
    """

    method: str
    path: str
    actor: str = OWNER
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    means_valid: bool = False
    costs: int = 0
    once: bool = False
    within: float | None = None
    tags: dict[str, str] = field(default_factory=dict)


def sent_again(call: Call, before: Exchange) -> Call:
    """Return a call that repeats another one, whose exchange is given."""
    return replace(call, tags=call.tags | {"retry_of": before.id})


def media_type(call: Call) -> list[tuple[str, str]]:
    """Return the Content-Type of a body where the call names none."""
    named = any(name.lower() == "content-type" for name, _ in call.headers)
    return [("Content-Type", "application/json")] if call.body is not None and not named else []


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port (RFC 6454); raises ValueError for a text that is not a URL."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
