"""LST-2, LST-11 and LST-13: the size of pages."""

from __future__ import annotations

from conformance.checks.base import Check, on
from conformance.history.facts import ListAsked, PageRead
from conformance.history.walks import HIGHEST_LIMIT, Limit

DEFAULT_LIMIT = 25
_BUSY = frozenset({502, 503, 504})


class PageSize(Check):
    """LST-2, LST-11 and LST-13: a page holds no more items than its limit, and 25 without one."""

    judges = ("LST-2", "LST-11", "LST-13")

    @on(ListAsked)
    def asked(self, fact: ListAsked) -> None:
        """Judge one list by the limit that was asked for."""
        if not fact.is_own:
            return
        if fact.limit_kind is Limit.ABOVE:
            self._clamped("LST-11", fact)
        elif fact.limit_kind is Limit.WRONG:
            self._clamped("LST-13", fact)
        elif isinstance(fact, PageRead):
            if fact.limit_kind is Limit.WITHIN:
                self._within(fact)
            elif fact.limit_kind is Limit.ABSENT:
                self._default(fact)

    def _within(self, fact: PageRead) -> None:
        limit, count = int(fact.seen.values("limit")[0]), fact.size
        if count > limit:
            self.failed("LST-2", "above the limit", f"A page with limit={limit} holds {count} items.", fact.seen)
        elif count == limit or fact.seen.fields.get("nextCursor"):
            self.passed("LST-2", fact.seen)

    def _default(self, fact: PageRead) -> None:
        seen, walk, count = fact.seen, fact.walk, fact.size
        if count > DEFAULT_LIMIT:
            message = f"A page without limit holds {count} items, not {DEFAULT_LIMIT}."
            self.failed("LST-11", "above the default limit", message, seen)
        elif count == DEFAULT_LIMIT and seen.fields.get("nextCursor"):
            self.passed("LST-11", seen)
        # Only a page that is followed by items was cut by its size; a filter may leave any page partly empty.
        if walk is None or walk.filters or len(walk.pages) < 2 or not count or walk.looped:
            return
        before = walk.sizes[-2]
        if before < DEFAULT_LIMIT:
            message = f"A page without limit holds {before} items, not {DEFAULT_LIMIT}, although more follow."
            self.failed("LST-11", "below the default limit", message, walk.pages[-2], seen)

    def _clamped(self, requirement: str, fact: ListAsked) -> None:
        seen, asked = fact.seen, fact.seen.values("limit")[0][:80]
        size = fact.size if isinstance(fact, PageRead) else None
        alone = not seen.values("cursor") and not fact.filters
        if requirement == "LST-13" and alone and size == 0 and seen.fields.get("nextCursor"):
            message = f"A page with limit={asked} is empty, but has a nextCursor."
            self.failed(requirement, "empty page", message, seen)
        elif (size is not None and size <= HIGHEST_LIMIT) or (alone and fact.refuses_query):
            self.passed(requirement, seen)
        elif size is not None:
            message = f"A page with limit={asked} holds {size} items."
            self.failed(requirement, "above the highest limit", message, seen)
        elif requirement == "LST-13" and seen.status is not None and seen.status >= 500 and seen.status not in _BUSY:
            message = f"A list with limit={asked!r} was answered {seen.status}."
            self.failed(requirement, "server error", message, seen)


CHECKS: tuple[type[Check], ...] = (PageSize,)
