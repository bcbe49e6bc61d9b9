"""Where a URL or an answer shows that it expires."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

_EXPIRY_NAMES = re.compile(r".*(expir|valid[_-]?(until|to|for)).*|(x-[a-z]+-)?(exp|ttl)([_-]?(seconds|ms))?", re.DOTALL)
_BODY_EXPIRY_NAMES = re.compile(r".*(ttl|max[_-]?age|until)([_-]?(seconds|ms))?", re.DOTALL)
_SIGNED_EXPIRY_NAMES = frozenset({"se", "e", "until", "deadline"})
_SIGNED_HINTS = _SIGNED_EXPIRY_NAMES | {"st", "t", "ts", "policy"}
"""Short names that may tell of an expiry beside a signature, whatever their value."""
_TIMED_SIGNATURE_NAMES = frozenset({"q-sign-time", "q-key-time", "auth_key", "verify"})
_SIGNATURE_NAMES = re.compile(
    r"(x-[a-z]+-)?(signature|sig|credential)|sign|hmac|token|key-pair-id|awsaccesskeyid|googleaccessid"
)
_LIFETIME_NAME = re.compile(r"(x-(?:amz|goog)-)expires")
_JWT = re.compile(r"(?<![\w-])(?>[\w-]*?eyJ)[\w-]++\.(eyJ[\w-]++)\.[\w-]*")
"""Each run of its characters is looked at once: a text of many beginnings would take a time that grows with its square."""
_TOKEN_EXPIRY = re.compile(r"(?:^|[~|,;_/&])(?:exp|expires|e)=\d{10}(?:\d{3})?(?!\d)", re.IGNORECASE)
_SECONDS = r"\d{10}(?:\d{3})?(?:\.\d+)?"
_MOMENT = re.compile(rf"{_SECONDS}|\d{{4}}-?\d\d-?\d\d[Tt ]\d\d.*|[A-Z][a-z]{{2}}, \d\d [A-Z][a-z]{{2}} \d{{4}} .*")
"""Seconds or milliseconds since the epoch, a date with a time (ISO 8601), or a date of HTTP (RFC 9110, section 5.6.7)."""
_BEGINS_WITH_MOMENT = re.compile(rf"{_SECONDS}(?!\d)")
_NEVER = frozenset({"", "0", "-1", "never", "none", "null", "false"})


@lru_cache(maxsize=4096)  # polls show the same URLs again
def expires(url: str) -> str | None:
    """Name the moment at which a URL expires, None where it shows none (open reading 31).

    Known are parameters that give a moment and say that it is the last one (`Expires`), short names beside a signature (Azure's `se`), a
    lifetime in seconds beside its beginning or its signature (`X-Amz-Expires`), CloudFront's `Policy`, signatures that begin with a moment
    (Tencent's `q-sign-time`, Alibaba's `auth_key`), tokens in the query or the path that carry an `exp=`, and JSON Web Tokens with an `exp`
    claim (RFC 7519, section 4.1.4). A name alone tells nothing: a `token` or a `t` may be part of a permanent URL.
    """
    parts = _split(url)
    if parts is None:
        return None
    path, pairs = parts
    named = dict(pairs)
    signed = any(_SIGNATURE_NAMES.fullmatch(name) for name in named)
    for name, value in pairs:
        if _TOKEN_EXPIRY.search(value) or (name == "policy" and signed and _policy_ends(value)):
            return name
        if _MOMENT.fullmatch(value) and (_EXPIRY_NAMES.fullmatch(name) or (signed and name in _SIGNED_EXPIRY_NAMES)):
            return name
        if name in _TIMED_SIGNATURE_NAMES and _BEGINS_WITH_MOMENT.match(value):
            return name
        if _is_lifetime(name, value, named):
            return name
    if _TOKEN_EXPIRY.search(path):
        return "a token in its path"
    return "a token" if any(_token_expires(found.group(1)) for found in _JWT.finditer(url)) else None


def _split(url: str) -> tuple[str, list[tuple[str, str]]] | None:
    """Return the path of a URL and its parameters by their names in lower case, None for what is no URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.path, [(name.lower(), value) for name, value in parse_qsl(parts.query, keep_blank_values=True)]


def _is_lifetime(name: str, value: str, named: Mapping[str, str]) -> bool:
    found = _LIFETIME_NAME.fullmatch(name)
    if found is None or not (value.isascii() and value.isdecimal() and int(value[:20])):
        return False
    return any(named.get(found[1] + other) for other in ("date", "signature"))


def _policy_ends(policy: str) -> bool:
    """Return whether a custom policy of CloudFront names the end of its validity."""
    try:
        text = base64.b64decode(policy.translate(str.maketrans("-_~", "+=/")))
    except ValueError:
        return False
    return b"DateLessThan" in text


def _token_expires(payload: str) -> bool:
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):
        return False
    return isinstance(claims, dict) and "exp" in claims


def _may_expire(url: str) -> bool:
    """Return whether anything in a URL, be it a name alone or a moment in its path, may tell that it expires."""
    parts = _split(url)
    if parts is None:
        return False
    if any(_MOMENT.fullmatch(step) for step in parts[0].split("/")):
        return True
    signed = any(_SIGNATURE_NAMES.fullmatch(name) for name, _ in parts[1])
    return expires(url) is not None or any(
        value.lower() not in _NEVER
        and (
            _EXPIRY_NAMES.fullmatch(name)
            or (signed and name in _SIGNED_HINTS)
            or (_BODY_EXPIRY_NAMES.fullmatch(name) and _MOMENT.fullmatch(value))
        )
        for name, value in parts[1]
    )


def shows_expiry(answer: Any) -> bool:
    """Return whether an answer names when it expires, in a member or in a URL that it holds."""
    return any(
        (isinstance(value, str) and _may_expire(value))
        or (_names_an_expiry(name.lower()) and value not in (None, "", False))
        for name, value in _members(answer)
    )


def _names_an_expiry(member: str) -> bool:
    return any(names.fullmatch(member) is not None for names in (_EXPIRY_NAMES, _BODY_EXPIRY_NAMES))


def _members(answer: Any) -> Iterator[tuple[str, Any]]:
    stack: list[tuple[str, Any]] = [("", answer)]
    while stack:
        name, value = stack.pop()
        yield name, value
        if isinstance(value, dict):
            stack.extend(value.items())
        elif isinstance(value, list):
            stack.extend((name, item) for item in value)
