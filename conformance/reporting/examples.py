"""For each requirement a short history that breaks it and one that keeps it, in lines that people read.

`tests/checks/notation.py` defines the notation, and judges the histories.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

FILE = "examples.txt"
NOTATION = "(the answers are a conformant target's, but for what is written; @ is the second of a call)"


@dataclass(frozen=True, slots=True)
class Example:
    """Two histories, each in lines: `bad` breaks the requirement, as `says` tells, `good` keeps it."""

    bad: Sequence[str]
    says: str
    good: Sequence[str]


def examples() -> dict[str, Example]:
    """Return the examples by requirement."""
    text = files("conformance.data").joinpath(FILE).read_text(encoding="utf-8")
    return {name: _example(lines) for name, *lines in map(str.splitlines, text.removeprefix("# ").split("\n# "))}


def _example(lines: list[str]) -> Example:
    failed = next(number for number, line in enumerate(lines) if line.startswith("=> "))
    sentence, _ = json.JSONDecoder().raw_decode(lines[failed][lines[failed].index('"') :])
    return Example(lines[:failed], sentence, lines[failed + 1 : -1])
