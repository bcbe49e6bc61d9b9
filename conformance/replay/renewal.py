"""New values for a replay: ids, cursors and tags that its answers give, and fresh Idempotency-Keys and marks."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from conformance.client.exchange import READING, Exchange, path_and_query
from conformance.contract.paths import quoted, unquoted
from conformance.contract.validity import is_uuid, parse_answer, strings
from conformance.exceptions import NotReached
from conformance.history.observation import MARK
from conformance.replay.dependencies import SHORTEST, TAGS, answered, looks_like_id, named_by

ALIKE = ("123456789", "abcdf", "ghijklmnopqrstuvwxyz")
"""Characters that a fresh text exchanges with one another, so that a UUID stays one and a length stays the same."""
CASES = (str.swapcase, str.upper, str.lower)
MOST_ALTERED = 4
"""Characters in which a made-up id may differ from the id of an answer that it was made from."""


class Renewal:
    """Maps the texts of a recorded history to those of its replay.

    `settings` are those of the target: their texts, such as the id of a project, stay.
    """

    def __init__(self, settings: Any) -> None:
        self._values = {text: text for text in strings(settings)}
        self._sent: set[str] = set()
        self._given: set[str] = set()
        self._table: dict[int, int] = {}
        for characters in ALIKE:
            shuffled = "".join(random.sample(characters, len(characters)))
            # What differed in case only differs in case only again.
            self._table |= str.maketrans(characters + characters.upper(), shuffled + shuffled.upper())

    def prepare(self, exchange: Exchange) -> None:
        """Have a new value for all that a request names.

        Raises NotReached where that needs a text that an earlier answer gave in the run, and none has given now.
        """
        path, _ = path_and_query(exchange.request.url)
        chosen = exchange.request.method not in READING and exchange.response is not None
        chosen = chosen and exchange.response.status < 300  # type: ignore[union-attr]  # it is not None
        for text in (text for text in named_by(exchange) if text not in self._values):
            if text in self._given:
                raise NotReached(f"no answer gave what was {text[:80]} in the run")
            made = self._derived(text)
            if made is None and chosen and text in map(unquoted, path.split("/")) and looks_like_id(text):
                # The caller had made it up, and the target had taken it, as the id of a clone.
                made = str(uuid.uuid4()) if is_uuid(text) else self.fresh(text)
            if made is not None:
                self._values[text] = made
        self._sent.update(named_by(exchange))

    def learn(self, old: Exchange, new: Exchange) -> None:
        """Take what the new answer shows in each place in which the old one showed an id, a cursor or a tag."""
        self._given.update(set(filter(looks_like_id, answered(old))) - self._sent)
        if old.response is None or new.response is None:
            return
        bodies = parse_answer(old.response.body), parse_answer(new.response.body)
        for was, now in [*_pairs(*bodies), (old.response.header("etag"), new.response.header("etag"))]:
            if isinstance(was, str) and isinstance(now, str) and looks_like_id(was):
                self._values.setdefault(was, now)

    def __getitem__(self, text: str) -> str:
        """Return what an id of the run is now; itself where nothing has shown it."""
        return self._values.get(text, text)

    def fresh(self, text: str) -> str:
        """Return a new text of the same form, the same each time that it is asked for."""
        # The places in a UUID that say how it was made.
        fixed = {14, 19} if is_uuid(text) else set()
        return "".join(each if n in fixed else each.translate(self._table) for n, each in enumerate(text))

    def path(self, path: str) -> str:
        """Return a path with its query, or an absolute URL, with new values."""
        path, mark, query = path.partition("?")
        pairs = (pair.partition("=") for pair in query.split("&"))
        written = "&".join(f"{name}{sign}{self._step(value)}" for name, sign, value in pairs)
        return "/".join(map(self._step, path.split("/"))) + mark + (written if mark else "")

    def header(self, name: str, value: str) -> str:
        """Return the value of a header with a new key, new tags and new marks."""
        if name.lower() == "idempotency-key":
            return self.fresh(value)
        return self._marks(TAGS.sub(lambda found: self[found[0]], self[value]))

    def body(self, body: bytes | None) -> bytes | None:
        """Return a body with new ids and marks; one that is not UTF-8 stays."""
        try:
            text = (body or b"").decode("utf-8")
        except UnicodeDecodeError:
            return body
        for old, new in self._values.items():
            if old != new and old in text:
                text = text.replace(json.dumps(old), json.dumps(new))
                text = text.replace(json.dumps(old, ensure_ascii=False), json.dumps(new, ensure_ascii=False))
        return None if body is None else self._marks(text).encode("utf-8")

    def _step(self, step: str) -> str:
        plain = unquoted(step)
        return quoted(self[plain]) if plain in self._values and quoted(plain) == step else self._marks(self[step])

    def _marks(self, text: str) -> str:
        return MARK.sub(lambda found: found[0][:4] + self.fresh(found[0][4:]), text)

    def _derived(self, text: str) -> str | None:
        """Return what is made from an id as a text of the run was: in another case, cut short, or with other characters."""
        if not looks_like_id(text):
            return None
        for old in reversed(self._values):
            new = self._values[old]
            case = next((case for case in CASES if old != text == case(old)), None)
            if case is not None:
                return case(new)
            first, last = _edges(old, text)
            middle = text[first : len(text) - last]
            if first + last >= max(SHORTEST, len(old) // 2) and len(middle) <= MOST_ALTERED:
                made = new[:first] + middle + new[len(new) - last :]
                return made if made != new else new[:first] + ("7" if middle != "7" else "3") + new[len(new) - last :]
        return None


def _edges(one: str, other: str) -> tuple[int, int]:
    """Return how many characters two texts begin with, and then end with, alike."""
    first = _in_common(one, other)
    return first, _in_common(one[first:][::-1], other[first:][::-1])


def _in_common(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _pairs(old: Any, new: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the simple values that stand in the same place of two JSON values."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in old.keys() & new.keys():
            yield from _pairs(old[name], new[name])
    elif isinstance(old, list) and isinstance(new, list):
        for one, other in zip(old, new, strict=False):
            yield from _pairs(one, other)
    else:
        yield old, new
