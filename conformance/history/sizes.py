"""What is kept of answers that are very large, so that a history of them does not fill the memory."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from conformance.client.exchange import Exchange, Headers, Response

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
