"""One exchange as a report shows it, cut to a bounded size, and the first difference of two texts."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from conformance.client.exchange import Exchange, Headers, body_to_json
from conformance.reporting.model import GivenResponse, SentRequest, TextDifference, TextPart
from conformance.reporting.text import counted

LONGEST_BODY = 4000
"""Characters of JSON above which a body is cut."""
LONGEST_PART = 200
"""Characters of a part that is kept in a body that is cut."""
LONGEST_HEADER = 500
DEEPEST = 40
"""Levels of a JSON value that are kept: neither a reader nor every program that reads a report takes hundreds."""
CONTEXT = 20
"""Characters around the first difference of two texts."""
MOST_POINTS = 12
"""Code points that are named of a difference."""
_JOINED = frozenset({"Mn", "Mc", "Me", "Cf"})
"""Categories of characters that change how the one before them is shown."""


def request_of(exchange: Exchange, pointer: str | None = None) -> SentRequest:
    """Return the request of an exchange, cut, but for the place that a pointer names."""
    request = exchange.request
    body, is_cut = _body(request.body, _steps(pointer, "request"))
    headers, cut = _headers(request.headers)
    return SentRequest(
        exchange=exchange.id,
        actor=exchange.actor,
        method=request.method,
        url=shortened(request.url, LONGEST_BODY),
        headers=headers,
        body=body,
        is_cut=is_cut or cut,
    )


def response_of(exchange: Exchange, pointer: str | None = None) -> GivenResponse:
    """Return the answer of an exchange, cut, but for the place that a pointer names."""
    response = exchange.response
    if response is None:
        return GivenResponse(exchange=exchange.id, status=None, failure=str(exchange.failure or "no answer"))
    body, is_cut = _body(response.body, _steps(pointer, "response"))
    headers, cut = _headers(response.headers)
    return GivenResponse(exchange=exchange.id, status=response.status, headers=headers, body=body, is_cut=is_cut or cut)


def place_in(request: SentRequest, response: GivenResponse, pointer: str, *, is_absent: bool) -> str:
    """Return as much of a pointer as leads to a place in an exchange as it is shown; the last step of what is absent leads nowhere."""
    value: Any = {"request": request.model_dump(by_alias=True), "response": response.model_dump(by_alias=True)}
    steps = pointer.split("/")
    for number, step in enumerate(steps[1:], start=1):
        name = step.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except (KeyError, IndexError, TypeError, ValueError):
            is_there = is_absent and number == len(steps) - 1
            return pointer if is_there else "/".join(steps[:number])
    return pointer


def shortened(value: Any, limit: int = LONGEST_PART) -> Any:
    """Return a JSON value, or what is left of one whose text is longer than `limit`."""
    if isinstance(value, str):
        return value if len(value) <= limit else f"{value[:limit]}… ({counted(len(value) - limit, 'character')} more)"
    if isinstance(value, dict | list):
        if _is_deep(value):
            return f"a value of more than {DEEPEST} levels"
        text = json.dumps(value, ensure_ascii=False, default=str)
        return value if len(text) <= limit else shortened(text, limit)
    return value


def text_difference(expected: Any, actual: Any) -> TextDifference | None:
    """Return where two texts differ first; None where they are equal or one is no text."""
    if not (isinstance(expected, str) and isinstance(actual, str)) or expected == actual:
        return None
    shorter = min(len(expected), len(actual))
    index = next((i for i in range(shorter) if expected[i] != actual[i]), shorter)
    # A letter and the marks on it are one thing to a reader.
    while index and any(unicodedata.category(text[index : index + 1] or "a") in _JOINED for text in (expected, actual)):
        index -= 1
    return TextDifference(index=index, expected=_part(expected, index), actual=_part(actual, index))


def _part(text: str, index: int) -> TextPart:
    end = index + 1
    while end < len(text) and end - index < MOST_POINTS and unicodedata.category(text[end]) in _JOINED:
        end += 1
    differs = text[index:end]
    return TextPart(
        before=text[max(0, index - CONTEXT) : index],
        differs=differs,
        after=text[end : end + CONTEXT],
        code_points=[f"U+{ord(character):04X}" for character in differs],
    )


def steps_of(pointer: str | None, side: str) -> tuple[str, ...] | None:
    """Return the steps of a JSON Pointer below one side of an exchange, None where it points elsewhere."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in (pointer or "").split("/")[1:]]
    return tuple(steps[1:]) if steps[:1] == [side] else None


def _steps(pointer: str | None, side: str) -> tuple[str, ...]:
    """Return the steps of a pointer below the body of one side of the exchange."""
    steps = steps_of(pointer, side) or ()
    return steps[1:] if steps[:1] == ("body",) else ()


def joined(headers: Headers) -> dict[str, str]:
    """Return headers by their names in lower case; values of one name are joined."""
    found: dict[str, str] = {}
    for name, value in headers:
        found[name.lower()] = f"{found[name.lower()]}, {value}" if name.lower() in found else value
    return found


def _headers(headers: Headers) -> tuple[dict[str, str], bool]:
    found = joined(headers)
    kept = {name: shortened(value, LONGEST_HEADER) for name, value in found.items()}
    return kept, kept != found


def _body(body: bytes | None, steps: tuple[str, ...]) -> tuple[Any, bool]:
    written = body_to_json(body)
    if not body or written is None:
        return None, False
    if "base64" in written:
        kept = shortened(written["base64"], LONGEST_BODY)
        return kept, kept != written["base64"]
    try:
        value = json.loads(written["text"])
    except (ValueError, RecursionError):
        value = None
    if value is None or _is_deep(value):
        kept = shortened(written["text"], LONGEST_BODY)
        return kept, kept != written["text"]
    if len(written["text"]) <= LONGEST_BODY:
        return value, False
    return _pruned(value, steps), True


def _is_deep(value: Any, level: int = 0) -> bool:
    if not isinstance(value, dict | list):
        return False
    parts = value.values() if isinstance(value, dict) else value
    return level >= DEEPEST or any(_is_deep(part, level + 1) for part in parts)


def _pruned(value: Any, steps: tuple[str, ...]) -> Any:
    """Shorten the parts of a JSON value, and keep its shape along the steps of a pointer."""
    if isinstance(value, dict) and (steps or len(value) <= LONGEST_PART):
        return {
            name: _pruned(part, steps[1:]) if steps[:1] == (name,) else shortened(part) for name, part in value.items()
        }
    if isinstance(value, list) and steps and steps[0].isdigit():
        items = value[: int(steps[0]) + 1]
        return [_pruned(part, steps[1:]) if i == int(steps[0]) else shortened(part) for i, part in enumerate(items)]
    return shortened(value, LONGEST_BODY)
