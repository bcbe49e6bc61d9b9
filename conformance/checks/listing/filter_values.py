"""LST-14: lists that are asked for with unknown values of a filter."""

from __future__ import annotations

from enum import Enum

from conformance.checks.base import Check, on
from conformance.checks.listing.documented_filters import FILTERED, shown
from conformance.history.facts import ListAsked, PageRead


class Value(Enum):
    """What the documents say of a value of a filter."""

    KNOWN = "documented"
    VARIANT = "documented but for its case or white space"
    UNKNOWN = "not documented"
    OPEN = "empty, or a list with commas"


def value_kind(name: str, value: str) -> Value:
    """Classify one value of a documented filter."""
    if value in FILTERED[name]:
        return Value.KNOWN
    if "," in value or not value.strip():
        return Value.OPEN
    return Value.VARIANT if _folded(value) in FILTERED[name] else Value.UNKNOWN


def _folded(value: str) -> str:
    return value.strip().casefold()


class UnknownFilterValues(Check):
    """LST-14: an unknown value of a filter is refused or matches nothing."""

    judges = ("LST-14",)

    @on(ListAsked)
    def asked(self, fact: ListAsked) -> None:
        """Judge one list by the values of each documented filter, where one of them is not documented."""
        if not fact.is_own or not fact.filters or fact.seen.values("cursor"):
            return
        for name in FILTERED:
            values = fact.seen.values(name)
            kinds = {value_kind(name, value) for value in values}
            if kinds == {Value.UNKNOWN}:
                self._unknown(fact, name, values[0])
            elif kinds & {Value.VARIANT, Value.UNKNOWN} and Value.OPEN not in kinds and isinstance(fact, PageRead):
                self._unusual(fact, name, values)

    def _unknown(self, fact: ListAsked, name: str, value: str) -> None:
        items = fact.items if isinstance(fact, PageRead) else None
        if items:
            asked = f"{name}={value[:80]}"
            message = f"The list with the unknown {asked} holds {len(items)} items, first container {items[0].id}."
            self.failed("LST-14", f"unknown {name} ignored", message, fact.seen)
        elif items is not None or fact.refuses_query:
            self.passed("LST-14", fact.seen)

    def _unusual(self, fact: PageRead, name: str, values: tuple[str, ...]) -> None:
        """Judge values of which some match: whichever of them the target reads, what none of them names is not listed."""
        wanted = {_folded(value) for value in values}
        for item in fact.items:
            value = shown(item, name)
            if isinstance(value, str) and value not in wanted:
                asked = "&".join(f"{name}={value[:80]}" for value in values[:3])
                message = f"The list with {asked} holds container {item.id} with {name} {value[:80]}."
                self.failed("LST-14", f"unusual {name} ignored", message, fact.seen)
                return


CHECKS: tuple[type[Check], ...] = (UnknownFilterValues,)
