"""Redaction: secrets and what replaces them in whatever is written or shown.

A forged key that is made from a right one gives nearly all of it away, and is a secret too. A secret is found in every writing: with
other letters in upper case, escaped for a URL, JSON, HTML or Python, in UTF-16, in Base64 and in hexadecimal digits, and in several of
these at once. What a driver is given is not redacted, since it asks again with the ids and cursors that it was given.

The value of a cookie that a target sets may be a session: it is a secret whatever the cookie's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from conformance.client.actors import DERIVED, OWNER, headers_of
from conformance.client.exchange import Exchange, Headers, Response
from conformance.client.normal_forms import DEPTH, Form, forms_of, in_base64, unescaped
from conformance.client.route import DIRECT, Route

SHORTEST = 12
"""The fewest characters of a key that is looked for in texts; a shorter one may be a part of any word."""
WINDOW = 64 * 1024
"""Bytes of a body that are looked at together."""
MOST = 1000
"""Places of a body that are replaced each by itself; where there are more, the rest of the body is replaced as a whole."""
_NO_SECRETS = frozenset({"", "null", "Bearer"})
"""What callers without a right send in place of a key, and what a record may show."""
_IN_OTHER_CASE = "other-case"


_TELLING = 8
"""The fewest characters of a gateway's or proxy's secret that is looked for wherever it may stand."""
_COOKIES = frozenset({"set-cookie", "set-cookie2"})
_COOKIE_VALUE = re.compile(r"(?P<name>[^=;]*=)?(?P<value>[^;]*)")
_PLACEHOLDER = re.compile(r"\[secret:[^\[\]]*\]")


def placeholder(actor: str) -> str:
    """Return the text that replaces a caller's key in a history."""
    return f"[secret:{actor}]"


class _Found(NamedTuple):
    """Where a secret stands, and what replaces it."""

    begin: int
    end: int
    shown: bytes


class Redaction:
    """Replaces the API keys of a run, and the keys that are forged from them, by placeholders."""

    def __init__(self, api_keys: Mapping[str, str], route: Route = DIRECT) -> None:
        self._api_keys = dict(api_keys)
        self._gateway = {each.name.lower(): placeholder(each.variable) for each in route.headers}
        self._exact: dict[bytes, bytes] = {}
        self._in_any_case: dict[bytes, bytes] = {}
        for secret, name in (_secrets_of_the_way(route) | _secrets(self._api_keys)).items():
            for written in _writings(secret):
                self._exact.setdefault(written, placeholder(name).encode())
                self._in_any_case.setdefault(written.lower(), placeholder(_IN_OTHER_CASE).encode())
        signs = {sign for written in self._exact for sign in _signs(written)}
        # Most forged keys hold nearly the whole of the right one: a sign of this is one of all of them.
        signs = {sign for sign in signs if not any(other in sign for other in signs - {sign})}
        self._signs_in_hex = tuple(sign.hex().encode() for sign in signs)
        self._signs = (*{sign.lower() for sign in signs}, *self._signs_in_hex)
        self._signs_in_base64 = tuple({core for sign in signs for core in in_base64(sign)})
        self._signs_in_text = tuple(sign.decode("latin-1") for sign in self._signs)
        self._signs_in_base64_text = tuple(sign.decode("latin-1") for sign in self._signs_in_base64)
        self._overlap = 40 * max(map(len, self._exact), default=0)

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        data = text.encode("utf-8", "surrogatepass")
        redacted = self.body(data)
        return text if redacted is data else redacted.decode("utf-8", "surrogatepass")

    def body(self, data: bytes) -> bytes:
        """Return a body without secrets, the same object where it holds none."""
        found: list[_Found] = []
        for begin in range(0, len(data), WINDOW):
            part = data[begin : begin + WINDOW + self._overlap]
            if self._may_hold_secrets(part):
                found += (each._replace(begin=each.begin + begin, end=each.end + begin) for each in self._find(part))
            if len(found) > MOST:
                found.append(_Found(max(each.end for each in found), len(data), found[0].shown))
                break
        return _replaced(data, found) if found else data

    def headers(self, headers: Sequence[tuple[str, str]]) -> Headers:
        """Return headers without secrets."""
        # One look at all of them together, since hardly any holds a secret.
        together = "\n".join(text for pair in headers for text in pair)
        if not self._may_hold_secrets(together.encode("utf-8", "surrogatepass")) and "cookie" not in together.lower():
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

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return an exchange as it is recorded and judged: without secrets in its answer; its request never held one."""
        response = exchange.response
        if response is None:
            return exchange
        headers, body = self.headers(response.headers), self.body(response.body)
        if body is response.body and headers == response.headers:
            return exchange
        return replace(exchange, response=Response(response.status, headers, body))

    def _may_hold_secrets(self, data: bytes) -> bool:
        """Return whether a closer look is worth its cost."""
        if not self._signs:
            return False
        for _ in range(DEPTH + 1):
            # A short text is searched several times faster than bytes are.
            text, lowered = data.decode("latin-1"), data.lower().decode("latin-1")
            for sign in self._signs_in_text:
                if sign in lowered:
                    return True
            for sign in self._signs_in_base64_text:
                if sign in text:
                    return True
            if "%" not in text and "\\" not in text and "&" not in text and "\0" not in text:
                return False
            simpler = unescaped(data)
            if simpler == data:
                return False
            data = simpler
        return False

    def _find(self, data: bytes) -> Iterator[_Found]:
        for form in forms_of(data):
            yield from self._find_in(form)
            for decoded in (*form.from_base64(self._signs_in_base64), *form.from_hex(self._signs_in_hex)):
                yield from self._find_in(decoded)

    def _find_in(self, form: Form) -> Iterator[_Found]:
        lowered = form.data.lower()
        if not any(sign in lowered for sign in self._signs):
            return
        for text, secrets in ((form.data, self._exact), (lowered, self._in_any_case)):
            for secret, shown in secrets.items():
                for at in _places(text, secret):
                    yield _Found(form.begin(at), form.end(at + len(secret) - 1), shown)


def _places(data: bytes, part: bytes) -> Iterator[int]:
    at = data.find(part)
    while at >= 0:
        yield at
        at = data.find(part, at + 1)


def _replaced(data: bytes, found: Iterable[_Found]) -> bytes:
    """Replace what was found; what overlaps, as a key that is cut short does the whole one, is replaced by what the longest is."""
    pieces: list[bytes] = []
    end = longest = 0
    shown = b""
    for each in sorted(found, key=lambda each: (each.begin, -each.end)):
        if each.begin >= end:
            pieces += [shown, data[end : each.begin]]
            end, longest = each.end, 0
        end = max(end, each.end)
        if each.end - each.begin > longest:
            longest, shown = each.end - each.begin, each.shown
    return b"".join((*pieces, shown, data[end:]))


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
    """Map every secret that is looked for in texts to the caller whose it is."""
    found = {api_key: actor for actor, api_key in api_keys.items() if len(api_key) >= SHORTEST}
    for actor in DERIVED if len(api_keys.get(OWNER, "")) >= SHORTEST else ():
        for value in headers_of(actor, api_keys).values():
            found.setdefault(value.removeprefix("Bearer "), actor)
    return found


def _secrets_of_the_way(route: Route) -> dict[str, str]:
    """Map every secret of the way to the name of its variable.

    A short one, such as the name of a region, may stand anywhere by chance, and an answer in which it were replaced would be another
    answer; it is hidden in its header alone.
    """
    return {secret: name for secret, name in route.secrets().items() if len(secret) >= _TELLING}


def _writings(secret: str) -> Iterator[bytes]:
    """Yield the bytes that a secret may have become: in the encodings by which servers read headers, and with escapes taken off."""
    sent = secret.encode("latin-1", "replace")
    for written in dict.fromkeys(
        (
            secret.encode(),
            sent,
            sent.decode("latin-1").encode(),
            sent.decode("utf-8", "replace").encode(),
            sent.decode("ascii", "replace").encode(),
            secret.encode("ascii", "replace"),
        )
    ):
        for _ in range(DEPTH):
            yield written
            simpler = unescaped(written)
            if simpler == written:
                break
            written = simpler  # noqa: PLW2901 - the next layer


def _signs(written: bytes) -> Iterator[bytes]:
    """Yield a part of a secret that is enough to suspect it: forged keys have the first half of the right one, but for its beginning."""
    half = written[1 : len(written) // 2]
    yield half if len(half) >= SHORTEST - 4 else written[1:-1]
