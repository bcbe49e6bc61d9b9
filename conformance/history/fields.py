"""Timestamps and documented fields, so that neither another precision nor an unknown member counts as a change."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from conformance.contract.lifecycle import STATUSES

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.(?P<fraction>\d+))?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(NamedTuple):
    """A point of time in microseconds since the epoch, and the microseconds that its writer could tell apart."""

    microseconds: int
    unit: int

    def same(self, other: Instant) -> bool:
        """Return whether both can be the same point, each cut or rounded to its own precision."""
        apart = abs(self.microseconds - other.microseconds)
        return apart == 0 if self.unit == other.unit else apart < max(self.unit, other.unit)

    def after(self, other: Instant) -> bool:
        """Return whether this point is surely later than the other."""
        return self.microseconds > other.microseconds and not self.same(other)


def instant(text: object) -> Instant | None:
    """Read a timestamp (RFC 3339, section 5.6), None where it is none."""
    return _read(text) if isinstance(text, str) else None


@lru_cache(maxsize=4096)  # polls and lists repeat them
def _read(text: str) -> Instant | None:
    found = _TIMESTAMP.fullmatch(text)
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found.string.upper())
    except ValueError:
        return None
    elapsed = moment - _EPOCH
    microseconds = (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds
    return Instant(microseconds, 10 ** max(0, 6 - len(found["fraction"] or "")))


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
