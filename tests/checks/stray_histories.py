"""Short ways to tell of containers that no accepted call named, for the tests of the checks that look for them."""

from __future__ import annotations

from typing import Any

from histories import BRIEF, HistoryBuilder, envelope_of_error, failures
from lists import item

REFUSED: dict[str, Any] = {"status": 422, "answer": envelope_of_error("VALIDATION")}
MARK2 = {"hook": "Mornings lcm-run-2"}
FAMILY = {"CRE-10", "AUT-3", "AUT-4", "IDM-2", "IDM-4", "IDM-6", "IDM-11", "REG-3", "CLO-4"}


def at(second: float) -> str:
    """Return the target's timestamp of a second since the first creation of a history."""
    return f"2026-04-18T12:04:{11 + second:06.3f}Z"


def strays(story: HistoryBuilder) -> dict[str, list[str]]:
    return {name: messages for name, messages in failures(story).items() if name in FAMILY}


def made() -> HistoryBuilder:
    """Record `cnt_1`, made in second 0 with the key `k` and read in second 1."""
    story = HistoryBuilder()
    story.create(1, key="k")
    story.read(1, createdAt=at(0))
    return story


def ending(story: HistoryBuilder, second: float, brief: Any = BRIEF, **fields: Any) -> HistoryBuilder:
    """Record a walk that shows `cnt_9`, made in a second, and of its read."""
    story.list([item(9, createdAt=at(second)), item(1, createdAt=at(0))])
    story.read(9, brief=brief, createdAt=at(second), **fields)
    return story


def refuse(story: HistoryBuilder, **more: Any) -> str:
    return story.create(5, **(REFUSED | more))
