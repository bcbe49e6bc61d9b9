"""The documented filters of a list, and whether an item matches them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.contract.lifecycle import STATUSES
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.walks import Filters, Item

FILTERED: Mapping[str, frozenset[str]] = {
    "status": STATUSES,
    "format": frozenset({"video_remix", "slideshow_remix", "ugc_remix", "auto"}),
}
"""The documented values of each documented filter."""

Wanted = Mapping[str, frozenset[str]]


def wanted_by(filters: Filters) -> Wanted:
    """Return the documented filters of a list with their values; empty where one of these values is not documented."""
    wanted: dict[str, frozenset[str]] = {}
    for name, known in FILTERED.items():
        values = frozenset(value for filter_name, value in filters if filter_name == name)
        if not values <= known:
            return {}
        if values:
            wanted[name] = values
    return wanted


def are_documented(filters: Filters) -> bool:
    """Return whether a list was filtered by documented filters alone, whatever their values."""
    return all(name in FILTERED for name, _ in filters)


def shown(item: Item, name: str) -> Any:
    """Return the field of an item that a filter looks at."""
    return item.status if name == "status" else item.format


def breaks(item: Item, wanted: Wanted, seen: Observation, ledger: Ledger) -> tuple[str, str] | None:
    """Return the filter that an item does not match and the item's value; None where it matches all.

    Where the item lacks the field, the value comes from a read before the page, if nothing can have changed it since.
    """
    for name, values in wanted.items():
        value = shown(item, name)
        if value is None:
            read = ledger.windows.settled(ledger.containers.get(item.id), seen.exchange.sent_at)
            value = read.fields.get(name) if read else None
        if isinstance(value, str) and value not in values:
            return name, value
    return None


def described(wanted: Wanted) -> str:
    """Write filters as a query."""
    return "&".join(f"{name}={value}" for name, values in wanted.items() for value in sorted(values))
