"""Short ways to tell of containers that no accepted call named, for the tests of the checks that look for them."""

from __future__ import annotations

from typing import Any

from histories import BRIEF, Told, envelope_of_error, failures
from lists import item

REFUSED: dict[str, Any] = {"status": 422, "answer": envelope_of_error("VALIDATION")}
MARK2 = {"hook": "Mornings lcm-run-2"}
FAMILY = {"CRE-10", "AUT-3", "AUT-4", "IDM-2", "IDM-4", "IDM-6", "IDM-11", "REG-3", "CLO-4"}


def at(second: float) -> str:
    """Return the target's timestamp of a second since the first creation of a history."""
    return f"2026-04-18T12:04:{11 + second:06.3f}Z"


def strays(told: Told) -> dict[str, list[str]]:
    return {name: messages for name, messages in failures(told).items() if name in FAMILY}


def made() -> Told:
    """Record `cnt_1`, made in second 0 with the key `k` and read in second 1."""
    told = Told()
    told.create(1, key="k")
    told.read(1, createdAt=at(0))
    return told


def ending(told: Told, second: float, brief: Any = BRIEF, **fields: Any) -> Told:
    """Record a walk that shows `cnt_9`, made in a second, and of its read."""
    told.list([item(9, createdAt=at(second)), item(1, createdAt=at(0))])
    told.read(9, brief=brief, createdAt=at(second), **fields)
    return told


def refuse(told: Told, **more: Any) -> str:
    return told.create(5, **(REFUSED | more))
