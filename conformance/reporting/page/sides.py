"""A request or an answer as lines of text, with the place that a finding is about marked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.reporting.text import printable

LONGEST_LINE = 600
MOST_LINES = 300
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and whether it belongs to the place that is pointed at; `is_absent` says that it stands for what is missing there."""

    text: str
    is_marked: bool = False
    is_absent: bool = False


def side(start: str, start_steps: Sequence[str], shown: Mapping[str, Any], at: tuple[str, ...] | None) -> list[Line]:
    """Return the lines of one side: `start` is its first line, marked where the pointer's first step is among `start_steps`."""
    first = at[0] if at else None
    lines = [Line(printable(start, LONGEST_LINE), at == () or first in start_steps)]
    headers = shown.get("headers") or {}
    lines += [
        Line(printable(f"{name}: {value}", LONGEST_LINE), at == ("headers", name)) for name, value in headers.items()
    ]
    if first == "headers" and at is not None and len(at) > 1 and at[1] not in headers:
        lines.append(Line(f"{at[1]}: absent", is_marked=True, is_absent=True))
    body = shown.get("body")
    if body is None and first != "body":
        return lines
    lines.append(Line(""))
    below = at[1:] if at is not None and first == "body" else None
    if isinstance(body, str):
        lines += [Line(printable(line, LONGEST_LINE), below is not None) for line in body.splitlines()]
    else:
        lines += list(_value(body, below))
    return _bounded(lines)


def _bounded(lines: list[Line]) -> list[Line]:
    """Keep the beginning, and of a long text the lines around the place that is marked."""
    if len(lines) <= MOST_LINES:
        return lines
    marked = next((number for number, line in enumerate(lines) if line.is_marked), 0)
    start = max(0, min(marked - MOST_LINES // 2, len(lines) - MOST_LINES))
    before = [Line(f"… {start} lines …")] if start else []
    after = len(lines) - start - MOST_LINES
    return [*before, *lines[start : start + MOST_LINES], *([Line(f"… {after} lines …")] if after else [])]


def _value(value: Any, at: tuple[str, ...] | None, depth: int = 0, key: str = "", comma: str = "") -> Iterator[Line]:
    """Write a JSON value over lines; `at` are the steps from here to the place that is marked."""
    indent, is_marked = _INDENT * depth, at == ()
    if isinstance(value, dict) and value:
        pairs: Iterable[tuple[str, str, Any]] = ((name, f"{_text(name)}: ", each) for name, each in value.items())
        opening, closing = "{", "}"
    elif isinstance(value, list) and value:
        pairs = ((str(number), "", each) for number, each in enumerate(value))
        opening, closing = "[", "]"
    else:
        text = "absent" if is_marked and key == "" and value is None and depth == 0 else _text(value)
        yield Line(printable(f"{indent}{key}{text}{comma}", LONGEST_LINE), is_marked)
        yield from _absent(at, depth)
        return
    yield Line(printable(f"{indent}{key}{opening}", LONGEST_LINE), is_marked)
    found = False
    for number, (step, name, each) in enumerate(pairs, start=1):
        below = () if is_marked else at[1:] if at and at[0] == step else None
        found = found or bool(at and at[0] == step)
        yield from _value(each, below, depth + 1, name, "," if number < len(value) else "")
    if at and not found:
        yield from _absent(at, depth)
    yield Line(f"{indent}{closing}{comma}", is_marked)


def _absent(at: tuple[str, ...] | None, depth: int) -> Iterator[Line]:
    """Write a line in the place of what is not there."""
    if at:
        yield Line(
            printable(f"{_INDENT * (depth + 1)}{_text(at[0])}: absent", LONGEST_LINE), is_marked=True, is_absent=True
        )


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
