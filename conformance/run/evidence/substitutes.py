"""What is new each time that a script sends a history: fresh keys and marks, what answers give, and what is made from that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from conformance.client.exchange import Exchange
from conformance.contract.paths import quoted, unquoted
from conformance.history.observation import MARK
from conformance.replay.dependencies import SHORTEST, TAGS

CASES = ("swapcase", "upper", "lower")
MOST_ALTERED = 4
"""Characters that a text may have instead of, or beside, those of the text that it is made from."""


class Substitutes:
    """Puts names in the place of what is new; `fresh` are the keys, marks and ids to be made, `derived` what is made from what answers give."""

    def __init__(self) -> None:
        self.fresh: list[list[str]] = []
        self.derived: list[list[Any]] = []
        self._names: dict[str, str] = {}

    def __getitem__(self, value: str) -> str:
        """Return a value's name as it stands in the text of a script."""
        return "{{" + self._names[value] + "}}"

    def __contains__(self, value: str) -> bool:
        """Return whether a value has a name."""
        return value in self._names

    def take(self, value: str, giver: Exchange) -> list[Any] | None:
        """Name what an answer gives, and return the name and where the answer holds it; None where it is named already, or not to be found."""
        where = place_of(giver, value) if value not in self._names else None
        return None if where is None else [self._new(value, "id"), where]

    def freshen(self, value: str, kind: str) -> None:
        """Name what is made anew."""
        if value not in self._names:
            self.fresh.append([self._new(value, kind), kind, value])

    def freshen_marks(self, exchange: Exchange) -> None:
        """Name the marks in a request."""
        text = f"{exchange.request.url} {(exchange.request.body or b'').decode('utf-8', 'replace')}"
        for mark in MARK.findall(text):
            self.freshen(mark, "mark")

    def derive(self, value: str, given: str, how: list[Any]) -> None:
        """Name what is made from what an answer gives."""
        if value not in self._names and given in self._names:
            base = self._names[given]
            self.derived.append([self._new(value, "like"), base, how])

    def _new(self, value: str, kind: str) -> str:
        self._names[value] = f"{kind}{len(self._names) + 1}"
        return self._names[value]

    def in_path(self, path: str) -> str:
        """Return a path and its query with names in place of values."""
        path, mark, query = path.partition("?")
        steps = [self._placed(step) for step in path.split("/")]
        pairs = (each.partition("=") for each in query.split("&"))
        written = "&".join(f"{name}{sign}{self._placed(value)}" for name, sign, value in pairs)
        return "/".join(steps) + mark + (written if query else "")

    def _placed(self, step: str) -> str:
        plain = unquoted(step)
        return self[plain] if plain in self._names and quoted(plain) == step else self.in_value(step)

    def in_text(self, text: str) -> str:
        """Return JSON text with names in place of the strings that are values."""
        for value in self._names:
            text = text.replace(json.dumps(value), f'"{self[value]}"')
        return self.in_value(text)

    def in_value(self, text: str) -> str:
        """Return a text with names in place of marks and tags, and of itself if it is a value as a whole."""
        if text in self._names:
            return self[text]
        text = TAGS.sub(lambda found: self[found[0]] if found[0] in self._names else found[0], text)
        return MARK.sub(lambda found: self[found[0]] if found[0] in self._names else found[0], text)


def likeness(given: str, value: str) -> list[Any] | None:
    """Return how a value is made from one that was given: by its case, or by what is kept of its begin and its end and what stands between."""
    case = next((each for each in CASES if getattr(given, each)() == value), None)
    if case is not None:
        return [case]
    first = _in_common(given, value)
    last = _in_common(given[first:][::-1], value[first:][::-1])
    middle = value[first : len(value) - last]
    is_like = first + last >= max(SHORTEST, len(given) // 2) and len(middle) <= MOST_ALTERED
    return ["edit", first, last, middle] if is_like else None


def _in_common(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def place_of(giver: Exchange, text: str) -> list[Any] | None:
    """Return where an answer holds a text: the steps to it in its body, or a header."""
    response = giver.response
    if response is None:
        return None
    if response.header("etag") == text:
        return ["header", "etag"]
    try:
        value = json.loads(response.body)
    except (ValueError, RecursionError):
        return None
    steps = next(_ways(value, text), None)
    return None if steps is None else ["body", *steps]


def _ways(value: Any, text: str) -> Iterator[list[str | int]]:
    if value == text:
        yield []
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        for way in _ways(part, text):
            yield [name, *way]
