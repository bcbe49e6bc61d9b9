"""The documented fields of a container, so that unknown members never count as a change."""

from __future__ import annotations

import json
from typing import Any

from conformance.contract.lifecycle import STATUSES

BRIEF_FIELDS = ("hook", "targetPlatforms", "influencerId", "themeTags", "referenceMediaIds", "language")
ASSET_FIELDS = ("id", "kind", "url", "width", "height", "durationMs")
CAPTION_FIELDS = ("platform", "text")
UNTIL_KNOWN = frozenset({"width", "height", "durationMs"})
"""The members of an asset that may be null until they are known."""
CHANGEABLE = ("status", "approvalStatus", "format", "influencerId", "brief", "assets", "captions", "lastError")
"""The fields of a container that a call or a generation may change."""


def documented(name: str, value: Any) -> Any:
    """Return a container's field with its documented members alone; a null member and an absent one are the same (open reading 11).

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


def kept(name: str, old: Any, new: Any) -> bool:
    """Return whether a container's field has kept its documented value.

    What was null until it was known has not changed by getting a value (open reading 32).
    """
    if old == new or (name == "influencerId" and old is None):
        return True
    first, second = documented(name, old), documented(name, new)
    return bool(first == second) or (name == "assets" and _is_filled(first, second))


def _is_filled(old: Any, new: Any) -> bool:
    """Return whether assets differ in nothing but sizes and durations that were null."""
    if not isinstance(old, list) or not isinstance(new, list) or len(old) != len(new):
        return False
    if not all(isinstance(asset, dict) for asset in (*old, *new)):
        return False
    pairs = zip(*(sorted(assets, key=lambda asset: str(asset.get("id"))) for assets in (old, new)), strict=True)
    return all(
        first.items() <= second.items() and second.keys() - first.keys() <= UNTIL_KNOWN for first, second in pairs
    )


def lost(old: Any, new: Any) -> bool:
    """Return whether a brief lost or changed a value; defaults may come while a container generates (open reading 13)."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return False
    return any(new.get(name) != value for name, value in documented("brief", old).items())


def assets_of(fields: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the assets of a container that are objects with a string id."""
    assets = fields.get("assets")
    if not isinstance(assets, list):
        return []
    return [asset for asset in assets if isinstance(asset, dict) and isinstance(asset.get("id"), str)]


def status_of(fields: dict[str, Any]) -> str | None:
    """Return the status of a container where it is a legal one, None for anything else."""
    status = fields.get("status")
    return status if isinstance(status, str) and status in STATUSES else None


def differing_fields(old: dict[str, Any], new: dict[str, Any]) -> frozenset[str]:
    """Return the names of the known fields whose documented values differ between two reads of a container."""
    return frozenset(
        name for name in CHANGEABLE if old.get(name) != new.get(name) and not kept(name, old.get(name), new.get(name))
    )


def _only(names: tuple[str, ...], value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: value[name] for name in names if value.get(name) is not None}
