"""LST-12 and LST-16: cursors that the target did not issue, or issued for another list."""

from __future__ import annotations

from conformance.checks.base import Check, on
from conformance.checks.listing.documented_filters import breaks, described, wanted_by
from conformance.history.facts import ListAsked, PageRead
from conformance.history.walks import Limit


class ForeignCursors(Check):
    """LST-12: a cursor that the target did not issue is refused."""

    judges = ("LST-12",)

    @on(ListAsked)
    def asked(self, fact: ListAsked) -> None:
        """Judge one use of a cursor."""
        others = fact.cursor.giver_of_others if fact.is_own and fact.cursor is not None else None
        if others is None:
            return
        seen = fact.seen
        if fact.refuses_query and fact.limit_kind in {Limit.ABSENT, Limit.WITHIN}:
            self.passed("LST-12", seen)
        elif seen.ok:
            cursor = seen.values("cursor")[0][:80]
            message = f"The cursor {cursor!r}, which no page had returned, was answered {seen.status}."
            self.failed("LST-12", "foreign cursor accepted", message, others, seen)


class MisplacedCursors(Check):
    """LST-16: a cursor from a list with other filters returns nothing that breaks the filters it is used with."""

    judges = ("LST-16",)

    @on(ListAsked)
    def asked(self, fact: ListAsked) -> None:
        """Judge one use of a cursor of another list."""
        cursor = fact.cursor
        if not fact.is_own or cursor is None or cursor.giver is None or not cursor.is_misplaced:
            return
        wanted = wanted_by(fact.filters)
        if not wanted:
            return
        if not isinstance(fact, PageRead):
            if fact.refuses_query:
                self.passed("LST-16", fact.seen)
            return
        for item in fact.items:
            broken = breaks(item, wanted, fact.seen, self.ledger)
            if broken:
                where = f"With {described(wanted)}, a cursor of another list"
                message = f"{where} returned container {item.id} with {broken[0]} {broken[1][:80]}."
                self.failed("LST-16", f"another {broken[0]}", message, cursor.giver, fact.seen)
                return
        self.passed("LST-16", fact.seen)


CHECKS: tuple[type[Check], ...] = (ForeignCursors, MisplacedCursors)
