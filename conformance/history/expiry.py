"""Where a URL or an answer shows that it expires."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

_EXPIRY_NAMES = re.compile(r".*(expir|valid[_-]?(until|to|for)).*|(x-[a-z]+-)?(exp|ttl)([_-]?(seconds|ms))?")
_BODY_EXPIRY_NAMES = re.compile(r".*(ttl|max[_-]?age|until)([_-]?(seconds|ms))?")
_SIGNED_EXPIRY_NAMES = frozenset({"se", "e", "st", "t", "ts", "until", "policy", "deadline"})
_TIMED_SIGNATURE_NAMES = frozenset({"q-sign-time", "q-key-time", "auth_key", "verify"})
_SIGNATURE_NAMES = re.compile(
    r"(x-[a-z]+-)?(signature|sig|credential)|sign|hmac|token|key-pair-id|awsaccesskeyid|googleaccessid"
)
_JWT = re.compile(r"eyJ[\w-]+\.(eyJ[\w-]+)\.[\w-]*")
_TOKEN_EXPIRY = re.compile(r"(^|[~|,;_/&])(exp|expires|e)=\d{9,}", re.IGNORECASE)
_MOMENT = re.compile(r"\d{9,}")
_NEVER = frozenset({"", "0", "-1", "never", "none", "null", "false"})


@lru_cache(maxsize=4096)  # polls show the same URLs again
def expires(url: str) -> str | None:
    """Name what in a URL shows that it expires, None where nothing does.

    Known are parameters whose name says it (`Expires`, `X-Amz-Expires`), short names beside a signature (Azure's `se` and `sig`,
    CloudFront's `Policy`), signatures that begin with a moment (Tencent's `q-sign-time`, Alibaba's `auth_key`), tokens in the query or the
    path that carry an `exp=`, and JSON Web Tokens with an `exp` claim (RFC 7519, section 4.1.4).
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    pairs = [(name.lower(), value) for name, value in parse_qsl(parts.query, keep_blank_values=True)]
    signed = any(_SIGNATURE_NAMES.fullmatch(name) for name, _ in pairs)
    for name, value in pairs:
        if value.lower() in _NEVER:
            continue
        if _EXPIRY_NAMES.fullmatch(name) or (signed and name in _SIGNED_EXPIRY_NAMES) or _TOKEN_EXPIRY.search(value):
            return name
        if name in _TIMED_SIGNATURE_NAMES and _MOMENT.match(value):
            return name
    if _TOKEN_EXPIRY.search(parts.path):
        return "a token in its path"
    return "a token" if any(_token_expires(found.group(1)) for found in _JWT.finditer(url)) else None


def _token_expires(payload: str) -> bool:
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):
        return False
    return isinstance(claims, dict) and "exp" in claims


def shows_expiry(answer: Any) -> bool:
    """Return whether an answer names when it expires, in a member or in a URL that it holds."""
    return any(
        (isinstance(value, str) and expires(value) is not None)
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
