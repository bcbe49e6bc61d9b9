"""Redaction: secrets and what replaces them in a record.

A forged key that is made from a right one gives nearly all of it away, and is a secret too. Each secret is known in every form in which a
URL, a JSON string and an error text of the HTTP library write it. The value of a cookie that a target sets may be a session: it is a
secret whatever the cookie's name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from conformance.door.actors import DERIVED, OWNER, headers_of
from conformance.door.exchange import Headers
from conformance.door.route import DIRECT, Route

_NO_SECRETS = frozenset({"", "null", "Bearer"})
"""What callers without a right send in place of a key, and what a record may show."""


_TELLING = 8
"""The fewest characters of a gateway's or proxy's secret that is looked for wherever it may stand."""
_COOKIES = frozenset({"set-cookie", "set-cookie2"})
_COOKIE_VALUE = re.compile(r"(?P<name>[^=;]*=)?(?P<value>[^;]*)")
_PLACEHOLDER = re.compile(r"\[secret:[^\]]*\]")


def placeholder(actor: str) -> str:
    """Return the text that replaces a caller's key in a history."""
    return f"[secret:{actor}]"


class Redaction:
    """Replaces the API keys of a run, and the keys that are forged from them, by placeholders."""

    def __init__(self, api_keys: Mapping[str, str], route: Route = DIRECT) -> None:
        self._api_keys = dict(api_keys)
        self._gateway = {each.name.lower(): placeholder(each.variable) for each in route.headers}
        secrets = _secrets_of_the_way(route) | _secrets(self._api_keys)
        # Longer secrets first: a key that is cut short is a part of the whole one.
        pairs = sorted(secrets.items(), key=lambda pair: len(pair[0]), reverse=True)
        self._texts = pairs
        self._bytes = [(secret.encode(), shown.encode()) for secret, shown in pairs]

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        for secret, shown in self._texts:
            text = text.replace(secret, shown)
        return text

    def body(self, data: bytes) -> bytes:
        """Return a body without secrets."""
        for secret, shown in self._bytes:
            data = data.replace(secret, shown)
        return data

    def headers(self, headers: Sequence[tuple[str, str]]) -> Headers:
        """Return headers without secrets."""
        # One look at all of them together, since hardly any holds a secret.
        together = "\n".join(text for pair in headers for text in pair)
        if self.text(together) == together and "cookie" not in together.lower():
            return tuple(headers)
        return tuple(_without_cookie(self.text(name), self.text(value)) for name, value in headers)

    def sent_headers(self, actor: str, headers: Sequence[tuple[str, str]]) -> Headers:
        """Return the headers of a request, with what its caller authenticates with replaced by the caller's placeholder."""
        marks = self._gateway | {name.lower(): placeholder(actor) for name in headers_of(actor, self._api_keys)}
        shown = [None if value.strip() in _NO_SECRETS else marks.get(name.lower()) for name, value in headers]
        others = iter(self.headers([pair for pair, mark in zip(headers, shown, strict=True) if mark is None]))
        return tuple(
            next(others) if mark is None else (name, mark) for (name, _), mark in zip(headers, shown, strict=True)
        )


def _without_cookie(name: str, value: str) -> tuple[str, str]:
    """Return a header, without the value of the cookie that it sets; that it held an API key stays visible."""
    if name.lower() not in _COOKIES:
        return name, value
    found = _COOKIE_VALUE.match(value)
    if found is None or not found["value"].strip():
        return name, value
    shown = "".join(_PLACEHOLDER.findall(found["value"])) or placeholder("cookie")
    return name, f"{found['name'] or ''}{shown}{value[found.end() :]}"


def _secrets(api_keys: dict[str, str]) -> dict[str, str]:
    """Map every form of every secret to its placeholder."""
    found = {api_key: placeholder(actor) for actor, api_key in api_keys.items() if api_key}
    for actor in DERIVED if OWNER in api_keys else ():
        for value in headers_of(actor, api_keys).values():
            found.setdefault(value.removeprefix("Bearer "), placeholder(actor))
    # A key of one character leaves nothing where it is cut short, and nothing stands between all characters.
    found.pop("", None)
    return _in_every_form(found)


def _secrets_of_the_way(route: Route) -> dict[str, str]:
    """Map every form of every secret of the way to its placeholder.

    A short one, such as the name of a region, may stand anywhere by chance, and an answer in which it were replaced would be another
    answer; it is hidden in its header alone.
    """
    return _in_every_form(
        {secret: placeholder(name) for secret, name in route.secrets().items() if len(secret) >= _TELLING}
    )


def _in_every_form(secrets: dict[str, str]) -> dict[str, str]:
    found = dict(secrets)
    for secret, shown in secrets.items():
        written = (quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret.encode("latin-1", "replace"))[2:-1])
        found |= dict.fromkeys(written, shown)
    return found
