"""Paths of the API, and the ids in them: the one place where an id becomes a part of a path, and is read out of one again.

An id is opaque, so it may hold what separates the parts of a URL. Every character of it but the unreserved ones is percent-encoded, and
so is an id of dots alone, which HTTP clients would resolve as a step to another folder (RFC 3986, sections 2.3 and 5.2.4).
"""

from __future__ import annotations

from urllib.parse import quote, unquote

VERSION = "/v1"
_ENCODED_DOTS = {".": "%2E", "..": "%2E%2E"}


class Encoded(str):
    """A step of a path that is percent-encoded already, such as one whose bytes are not UTF-8."""

    __slots__ = ()


def path_to(*steps: str) -> str:
    """Return the path below the base URL whose steps these are, such as `path_to("content", container_id, "progress")`."""
    return "/".join((VERSION, *(step if isinstance(step, Encoded) else quoted(step) for step in steps)))


def quoted(identifier: str) -> str:
    """Return an id as one step of a path; half of a surrogate pair, which has no UTF-8 form, is encoded as if it had one."""
    return _ENCODED_DOTS.get(identifier) or quote(identifier, safe="", errors="surrogatepass")


def unquoted(step: str) -> str:
    """Return the id that a step of a path stands for: what `quoted` was given, or else the step, decoded once."""
    if "%" not in step:
        return step
    try:
        return unquote(step, errors="surrogatepass")
    except UnicodeDecodeError:
        return unquote(step, errors="replace")
