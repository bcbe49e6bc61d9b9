"""Lists that are asked for in ways which no page describes: unknown values, and cursors of other lists (LST-14, LST-16)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from conformance.checks.findings import Check, Finding, failed, passed
from conformance.checks.listing.filters import FILTERED, Issued, breaks, described, wanted_by
from conformance.checks.listing.paging import is_own_list, refuses_parameters
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.walks import Item, entries_of, filters_of, item_of


class Value(Enum):
    """What the documents say of a value of a filter."""

    KNOWN = "documented"
    VARIANT = "documented but for its case or white space"
    UNKNOWN = "not documented"
    OPEN = "empty, or a list with commas"


def value_kind(name: str, value: str) -> Value:
    """Sort one value of a documented filter."""
    if value in FILTERED[name]:
        return Value.KNOWN
    if "," in value or not value.strip():
        return Value.OPEN
    return Value.VARIANT if _folded(value) in FILTERED[name] else Value.UNKNOWN


def _folded(value: str) -> str:
    return value.strip().casefold()


class UnknownValues(Check):
    """An unknown value of a filter is refused or matches nothing."""

    judges = ("LST-14",)

    def observe(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Judge one list by the values of each documented filter, where none of them is documented."""
        if not is_own_list(seen, ledger) or seen.values("cursor"):
            return
        entries = entries_of(seen)
        items = None if entries is None else list(filter(None, map(item_of, entries)))
        for name in FILTERED:
            values = seen.values(name)
            kinds = {value_kind(name, value) for value in values}
            if kinds == {Value.UNKNOWN}:
                yield from self._unknown(seen, ledger, f"{name}={values[0][:80]}", items)
            elif kinds == {Value.VARIANT}:
                yield from self._variant(seen, name, values, items)

    def _unknown(self, seen: Observation, ledger: Ledger, asked: str, items: list[Item] | None) -> Iterator[Finding]:
        if items:
            message = f"The list with the unknown {asked} holds {len(items)} items, container {items[0].id} first."
            yield failed("LST-14", message, seen)
        elif items is not None or refuses_parameters(seen, ledger):
            yield passed("LST-14", seen)

    def _variant(self, seen: Observation, name: str, values: tuple[str, ...], items: list[Item] | None) -> Iterator[Finding]:
        wanted = {name: frozenset(_folded(value) for value in values)}
        for item in items or ():
            value = item.status if name == "status" else item.format
            if isinstance(value, str) and value not in wanted[name]:
                message = f"The list with {name}={values[0][:80]} holds container {item.id} with {name} {value[:80]}."
                yield failed("LST-14", message, seen)
                return


class MovedCursors(Check):
    """A cursor that was taken under other filters brings back nothing that breaks those it is used with."""

    judges = ("LST-16",)

    def __init__(self) -> None:
        self._issued = Issued()

    def observe(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Judge one use of a cursor of another list."""
        if seen.operation_id != "listContent":
            return
        crosses = self._issued.crosses(seen)
        self._issued.note(seen)
        wanted = wanted_by(filters_of(seen))
        if not crosses or not wanted or not is_own_list(seen, ledger):
            return
        entries = entries_of(seen)
        if entries is None:
            if refuses_parameters(seen, ledger):
                yield passed("LST-16", seen)
            return
        for item in filter(None, map(item_of, entries)):
            broken = breaks(item, wanted, seen, ledger)
            if broken:
                where = f"Under {described(wanted)}, a cursor of another list"
                message = f"{where} brought container {item.id} with {broken[0]} {broken[1][:80]}."
                yield failed("LST-16", message, *self._issued.giver(seen), seen)
                return
        yield passed("LST-16", seen)


CHECKS: tuple[type[Check], ...] = (UnknownValues, MovedCursors)
