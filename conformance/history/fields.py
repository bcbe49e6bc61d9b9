"""What of a container's fields the documents name, so that unknown members never count as a change."""

from __future__ import annotations

import json
from typing import Any

BRIEF_FIELDS = ("hook", "targetPlatforms", "influencerId", "themeTags", "referenceMediaIds", "language")
ASSET_FIELDS = ("id", "kind", "url", "width", "height", "durationMs")
CAPTION_FIELDS = ("platform", "text")


def documented(name: str, value: Any) -> Any:
    """Give a container's field with its documented members alone; a null member and an absent one are the same (open reading 11).

    Of `lastError`, whose members no page names, only whether there is one counts.
    """
    if name == "lastError":
        return value is not None
    if name == "brief":
        return _only(BRIEF_FIELDS, value)
    if name in {"assets", "captions"} and isinstance(value, list):
        kept = [_only(ASSET_FIELDS if name == "assets" else CAPTION_FIELDS, item) for item in value]
        # No page promises an order of either.
        return sorted(kept, key=lambda item: json.dumps(item, sort_keys=True))
    return value


def lost(old: Any, new: Any) -> bool:
    """Tell whether a brief lost or changed a value; defaults may come while a container generates (open reading 13)."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return False
    return any(new.get(name) != value for name, value in documented("brief", old).items())


def _only(names: tuple[str, ...], value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: value[name] for name in names if value.get(name) is not None}
