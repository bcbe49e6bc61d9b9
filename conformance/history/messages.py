"""What HTTP software in front of an application makes of a request, and what is kept of an answer that is very large."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl

from conformance.client.exchange import Exchange, Headers, Request, Response, path_and_query
from conformance.contract.paths import unquoted
from conformance.contract.validity import Unparsed, is_uuid, media_type, strings

BELOW_APPLICATION = frozenset({408, 411, 413, 414, 417, 421, 426, 431})
"""What HTTP software answers before an application sees the request (RFC 9110, RFC 6585)."""
ABOUT_THE_CALLER = frozenset({401, 402, 403, 406, 412, 423, 429, 451}) | BELOW_APPLICATION
"""Refusals because of the caller, its plan or its pace, not because of what was asked for."""
ABSENT = frozenset({404, 405, 410, 501})
"""The answers by which a target says that there is no such thing, or no such operation."""
LONGEST_TARGET, LONGEST_VALUE, LARGEST_BODY = 2_000, 1_000, 64 * 1024
_CLEAN_URL = re.compile(r"[!-~]+")
_CLEAN_VALUE = re.compile(r"[ -~]*")
_CONDITIONS = frozenset({"if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "range"})
_FRAMING = frozenset({"expect", "transfer-encoding", "content-encoding", "te", "upgrade", "trailer"})
_TRUST = frozenset({"forwarded", "x-forwarded-for", "cookie"})
_ELSEWHERE = frozenset({"x-forwarded-host", "x-original-url", "x-rewrite-url", "x-original-host", "x-host"})
"""Headers by which gateways and frameworks take another host or path than those of the request."""
_OVERRIDES = frozenset({"x-http-method-override", "x-http-method", "x-method-override"})
"""Headers by which they take another method."""
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_END_OF_AUTHORITY = re.compile(r"[/?#]")
_SINGLE = frozenset({"content-type", "content-length", "host", "x-api-key", "authorization", "idempotency-key"})
_BROKEN_ENCODING = re.compile(r"%(?![0-9A-Fa-f]{2})|%[01][0-9A-Fa-f]|%7[Ff]|[\"<>\\^`{|}]")
_ONE_STEP = re.compile(r"(?!\.{1,2}\Z)[^/\\;?#]+", re.DOTALL)
_INSIDE = (".internal", ".local", ".svc", ".lan", ".localdomain", ".intranet")


def names_in(url: str, body: Any) -> set[str]:
    """Return every text in a URL and a JSON body that may be an id: the steps of the path, the values of the query, and the strings."""
    path, query = path_and_query(url)
    found = {unquoted(step) for step in path.split("/")} | {value for _, value in parse_qsl(query)}
    return found | (set() if isinstance(body, Unparsed) else set(strings(body)))


def is_ordinary(request: Request) -> bool:
    """Return whether nothing below the application could object to a request.

    Its target and headers are short printable ASCII with no broken percent-encoding, it asks for JSON or for anything, a read has and
    announces no body, and no header changes how the message is framed, coded or conditional (RFC 9110, RFC 9112), speaks of another caller,
    or asks for something else than the request line.
    """
    if len(request.url) > LONGEST_TARGET or not _CLEAN_URL.fullmatch(request.url):
        return False
    if _BROKEN_ENCODING.search(request.url):
        return False
    names = Counter(name.lower() for name, _ in request.headers)
    return (
        not (_FRAMING | _CONDITIONS | _TRUST) & names.keys()
        and not {"x-api-key", "authorization"} <= names.keys()
        and not (request.method in {"GET", "HEAD"} and (request.body or _labels_a_body(request)))
        and all(names[name] <= 1 for name in _SINGLE)
        and all(len(value) <= LONGEST_VALUE and _CLEAN_VALUE.fullmatch(value) for _, value in request.headers)
        and accepts_json(request)
        and not is_redirected(request)
    )


def is_redirected(request: Request) -> bool:
    """Return whether headers ask for another host, path or method than the request line does, so that something else may answer."""
    for name, value in request.headers:
        lower = name.lower()
        if lower == "host":
            if not is_authority_of(value, request.url):
                return True
        elif lower in _ELSEWHERE or (lower in _OVERRIDES and value.strip().upper() != request.method):
            return True
    return False


def is_authority_of(host: str, url: str) -> bool:
    """Return whether a Host header names the host and port of a URL (RFC 9110, section 7.2)."""
    scheme, _, rest = url.partition("://")
    default = _DEFAULT_PORTS.get(scheme.lower(), "")
    authority = _END_OF_AUTHORITY.split(rest, maxsplit=1)[0].rpartition("@")[2]
    return host.strip().lower().removesuffix(default) == authority.lower().removesuffix(default)


def _labels_a_body(request: Request) -> bool:
    """Return whether a request names a media type that some software reads a body by, be there one or not."""
    return media_type(request) not in {"", "application/json"}


def accepts_json(request: Request) -> bool:
    """Return whether the Accept header leaves JSON as an answer."""
    accept = (request.header("accept") or "*/*").lower()
    return "*/*" in accept or "application/json" in accept or "application/*" in accept


def is_conditional(request: Request) -> bool:
    """Return whether the request asks for an answer only under a condition, or for a part (RFC 9110, sections 13 and 14)."""
    return any(name.lower() in _CONDITIONS for name, _ in request.headers)


def names_one_thing(parameters: Iterable[str]) -> bool:
    """Return whether every path parameter reaches the application as it was sent.

    Dot segments and encoded slashes may be resolved on the way, so that another resource answers (RFC 3986, section 6.2.2.3).
    """
    return all(_ONE_STEP.fullmatch(value) and value.isprintable() for value in parameters)


def is_same_id(shown_id: str, sent_id: str) -> bool:
    """Return whether an answer names what was asked for; a UUID may come back in lower case (RFC 9562, section 4)."""
    return shown_id == sent_id or (is_uuid(sent_id) and shown_id == sent_id.lower())


def reach(host: str) -> str:
    """Return from where a host can be reached: `loopback`, `inside` of one network, or `anywhere`."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if host == "localhost" or host.endswith(".localhost"):
            return "loopback"
        return "inside" if "." not in host or host.endswith(_INSIDE) else "anywhere"
    if address.is_loopback or address.is_unspecified:
        return "loopback"
    return "inside" if address.is_private else "anywhere"


LARGE = 16 * 1024
"""Bytes of an answer below which nothing is shortened and nothing is forgotten."""
LONGEST_TEXT = 64 * 1024
"""Characters of the longest text that stays whole: no URL can be sent that is longer, so that every id and cursor in use stays as it is."""
ENDS = 1000
"""Characters that stay of either end of a longer text."""
MOST_VALUES, MOST_TEXT = 20_000, 256 * 1024
"""Values and characters above which an answer is too large to be compared with later ones; a list is taken item by item."""
MOST_ITEMS = 5_000
"""The most items of one page that are looked at; they are far more than a page may hold."""
TELLING = frozenset({"content-type", "date", "etag", "location", "retry-after"})
"""The headers that are kept of answers whose headers are large."""


class Shortened(str):
    """What is kept of a long text: its two ends, its length, and a digest of all of it.

    It equals the whole text and has its hash, so a comparison with what was sent or shown elsewhere decides as the whole text would.
    """

    __slots__ = ("_digest", "_hash", "_length")

    _digest: bytes
    _hash: int
    _length: int

    @classmethod
    def of(cls, text: str, ends: int) -> Shortened:
        """Shorten a text to so many characters of either end."""
        digest = _digest_of(text)
        kept = cls(f"{text[:ends]}-{len(text)}-{digest.hex()}-{text[-ends:]}")
        kept._digest, kept._hash, kept._length = digest, hash(text), len(text)
        return kept

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Shortened):
            return self._length == other._length and self._digest == other._digest
        return isinstance(other, str) and len(other) == self._length and _digest_of(other) == self._digest

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return self._hash


def _digest_of(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def is_large(response: Response) -> bool:
    """Return whether an answer takes so much room that it is worth a closer look."""
    return len(response.body) > LARGE or sum(len(value) for _, value in response.headers) > LARGE


def shortened(value: Any) -> tuple[Any, bool]:
    """Shorten the long texts of a JSON value in place, and return it, and whether it is too large to be compared with later ones."""
    root = [value]
    stack: list[Any] = [root]
    values = characters = 0
    while stack:
        holder = stack.pop()
        for key, member in list(holder.items()) if isinstance(holder, dict) else enumerate(holder):
            if isinstance(member, str):
                if len(member) > LONGEST_TEXT:
                    holder[key] = Shortened.of(member, ENDS)
                characters += min(len(member), LONGEST_TEXT)
            elif isinstance(member, (dict, list)):
                stack.append(member)
            values += 1
    return root[0], values > MOST_VALUES or characters > MOST_TEXT


def scalars(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the members of an answer that are no lists or objects and no long texts, and the code of its error."""
    kept = {
        name: member
        for name, member in answer.items()
        if not isinstance(member, (dict, list))
        and len(name) <= ENDS
        and not (isinstance(member, str) and len(member) > ENDS)
    }
    error = answer.get("error")
    return kept | {"error": scalars({"code": error.get("code")})} if isinstance(error, dict) else kept


def without_body(exchange: Exchange) -> Exchange:
    """Return an exchange without the body of its answer, and with few of its headers where they are large."""
    response = exchange.response
    light = None if response is None else Response(response.status, _telling(response.headers))
    return Exchange(
        id=exchange.id,
        actor=exchange.actor,
        request=exchange.request,
        response=light,
        sent_at=exchange.sent_at,
        received_at=exchange.received_at,
        driver=exchange.driver,
        failure=exchange.failure,
        tags=exchange.tags,
    )


def _telling(headers: Headers) -> Headers:
    if sum(len(value) for _, value in headers) <= LARGE:
        return headers
    return tuple((name, value[:ENDS]) for name, value in headers if name.lower() in TELLING)
