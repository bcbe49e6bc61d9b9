"""How values stand in the sentences of findings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from conformance.history.facts import ListedCreatedAtMoved

LONGEST = 80


def short(value: Any) -> str:
    """Write a JSON value for a sentence, cut after 80 characters."""
    # A long value is cut before it is written, so that a hook of a megabyte costs nothing.
    if isinstance(value, str) and len(value) > LONGEST:
        value = value[:LONGEST] + "…"
    elif isinstance(value, list) and len(value) > LONGEST:
        value = value[:LONGEST]
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST + 3 else text[:LONGEST] + "…"


def changes(values: Mapping[str, tuple[Any, Any]]) -> str:
    """Write what changed, each member with its old and its new value, for a sentence."""
    return " and ".join(f"{name} from {short(old)} to {short(new)}" for name, (old, new) in values.items())


def created_at_in_lists(moved: ListedCreatedAtMoved) -> str:
    """Say that two lists show a container as created at different times; whether a regeneration may be to blame decides who says so."""
    return f"Lists show container {short(moved.container_id)} as created at {moved.old} and at {moved.new}."
