"""Size and cursors of the pages of a list (LST-2, LST-11, LST-12, LST-13)."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.checks.findings import Check, Finding, failed, passed
from conformance.history.ledger import Ledger
from conformance.history.limits import HIGHEST_LIMIT, Limit, limit_kind
from conformance.history.observation import Observation
from conformance.history.walks import digest, entries_of, filters_of

DEFAULT_LIMIT = 25
_PASSING_TROUBLE = (401, 408, 429)
_BUSY = (502, 503, 504)


def is_own_list(seen: Observation, ledger: Ledger) -> bool:
    """Tell whether the owner asked for the list of a project that may be theirs."""
    return (
        seen.operation_id == "listContent"
        and seen.actor == "owner"
        and seen.params["projectId"] != ledger.facts.other_project_id
        and not ledger.windows.archived(seen.params["projectId"])
    )


def refuses_parameters(seen: Observation, ledger: Ledger) -> bool:
    """Tell whether a list was refused for its parameters, not for its project, its caller or its pace."""
    facts = ledger.facts
    known = {facts.project_id, facts.review_project_id, facts.archive_project_id, *ledger.projects}
    return seen.refused and seen.status not in _PASSING_TROUBLE and seen.params["projectId"] in known


class PageSize(Check):
    """A page holds no more than its limit, and 25 without one."""

    judges = ("LST-2", "LST-11", "LST-13")

    def observe(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Judge one page by the limit that was asked for."""
        if not is_own_list(seen, ledger) or seen.status is None or seen.status in _PASSING_TROUBLE:
            return
        limits = seen.values("limit")
        kind = limit_kind(limits)
        entries = entries_of(seen)
        if kind is Limit.WITHIN and entries is not None:
            yield from self._within(seen, int(limits[0]), len(entries))
        elif kind is Limit.ABSENT and entries is not None:
            yield from self._default(seen, ledger, len(entries))
        elif kind is Limit.ABOVE:
            yield from self._clamped("LST-11", seen, ledger, entries)
        elif kind is Limit.WRONG:
            yield from self._clamped("LST-13", seen, ledger, entries)

    def _within(self, seen: Observation, limit: int, count: int) -> Iterator[Finding]:
        if count > limit:
            yield failed("LST-2", f"A page with limit={limit} holds {count} items.", seen)
        elif count == limit or seen.fields.get("nextCursor"):
            yield passed("LST-2", seen)

    def _default(self, seen: Observation, ledger: Ledger, count: int) -> Iterator[Finding]:
        if count > DEFAULT_LIMIT:
            yield failed("LST-11", f"A page without limit holds {count} items, not {DEFAULT_LIMIT}.", seen)
        elif count == DEFAULT_LIMIT and seen.fields.get("nextCursor"):
            yield passed("LST-11", seen)
        walk = ledger.walk
        # Only a page with items behind it was cut short by its size; a filter may leave any page part empty.
        if walk is None or walk.filters or len(walk.pages) < 2 or not count or walk.looped:
            return
        before = sum(item.page == len(walk.pages) - 2 for item in walk.items)
        if before < DEFAULT_LIMIT:
            message = f"A page without limit holds {before} items, not {DEFAULT_LIMIT}, though more follow."
            yield failed("LST-11", message, walk.pages[-2], seen)

    def _clamped(self, requirement: str, seen: Observation, ledger: Ledger, entries: list[object] | None) -> Iterator[Finding]:
        asked = seen.values("limit")[0][:80]
        alone = not seen.values("cursor") and not filters_of(seen)
        if requirement == "LST-13" and alone and entries == [] and seen.fields.get("nextCursor"):
            yield failed(requirement, f"A page with limit={asked} holds nothing, though it names a next one.", seen)
            return
        if (entries is not None and len(entries) <= HIGHEST_LIMIT) or (alone and refuses_parameters(seen, ledger)):
            yield passed(requirement, seen)
        elif entries is not None:
            yield failed(requirement, f"A page with limit={asked} holds {len(entries)} items.", seen)
        elif requirement == "LST-13" and seen.status is not None and seen.status >= 500 and seen.status not in _BUSY:
            yield failed(requirement, f"A list with limit={asked!r} was answered {seen.status}.", seen)


class ForeignCursors(Check):
    """A cursor that the target did not issue is refused."""

    judges = ("LST-12",)

    def __init__(self) -> None:
        self._issued: set[bytes] = set()
        self._stems: set[bytes] = set()

    def observe(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Judge one use of a cursor, and remember what the page issues."""
        asked = seen.values("cursor")
        if is_own_list(seen, ledger) and len(asked) == 1 and asked[0] and self._is_foreign(asked[0]):
            if refuses_parameters(seen, ledger) and limit_kind(seen.values("limit")) in {Limit.ABSENT, Limit.WITHIN}:
                yield passed("LST-12", seen)
            elif seen.ok:
                message = f"The cursor {asked[0][:80]!r}, which no page had issued, was answered {seen.status}."
                yield failed("LST-12", message, seen)
        if seen.operation_id == "listContent" and seen.ok:
            cursor = seen.fields.get("nextCursor")
            if isinstance(cursor, str) and cursor:
                self._issued.add(digest(cursor))
                self._stems.add(digest(_stem(cursor)))

    def _is_foreign(self, cursor: str) -> bool:
        """Tell whether a session that has received cursors has never received this one, nor one that may decode alike."""
        if not self._issued:
            return False
        spelt = {cursor, cursor.strip(), cursor.replace(" ", "+")}
        return all(digest(text) not in self._issued and digest(_stem(text)) not in self._stems for text in spelt)


def _stem(cursor: str) -> str:
    # The last character of base64 may hold bits that no byte uses (RFC 4648, section 3.5), and padding may be left out.
    return cursor.rstrip("=")[:-1]


CHECKS: tuple[type[Check], ...] = (PageSize, ForeignCursors)
