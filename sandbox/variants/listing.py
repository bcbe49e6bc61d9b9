"""Variants of pages, order, limits and cursors."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import dropwhile

from sandbox.backend import Backend
from sandbox.change import using
from sandbox.errors import ApiError, validation
from sandbox.listing import HIGHEST_LIMIT, Filters, Listing, Page, Position
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Project, Snapshot
from sandbox.rendering import Rendering
from sandbox.variants.values import whole_seconds

VARIANTS = """
full-page-names-another: A full last page has a cursor.
empty-page-ends-walk: Each walk ends with an empty page.
pages-filtered-last: Filtered pages may be short before the end.
large-limit-refused: A limit above 200 is 422.
odd-limits-clamped: No limit is refused.
pages-at-most-50: A page holds at most 50 items.
unknown-filter-matches-nothing: It is an empty page.
cursors-free-of-filters: A cursor is good under any filter.
approval-filter-offered: approvalStatus is a filter.
unknown-parameters-refused: An unknown parameter is 400.
cursors-for-one-use: A cursor can be followed once.
cursors-held: A cursor stays the same from page to page.
cursors-of-odd-text: Cursors need escaping.
creation-ties-shuffled: createdAt counts seconds, and ties have an order of their own.
archived-project-listed: An archived project still lists.
cursors-sealed-anew: A cursor is new in every answer.
cursors-of-one-limit: Another limit refuses the cursor.
"""

ODD_TEXT = "+/=&é %2B"
Query = Sequence[tuple[str, str]]


class FullPageNamesAnother(Listing):
    def page(self, project: Project, query: Query) -> Page:
        page = super().page(project, query)
        if page.next_cursor or len(page.items) < self.page_limit(self.single(query, "limit")):
            return page
        return self.continued(project, query, page)

    def continued(self, project: Project, query: Query, page: Page) -> Page:
        """Return a page with a cursor to the position after its last item."""
        binding = self.binding(project.id, self.filters(query))
        return page._replace(next_cursor=self.encode_cursor(self.position(page.items[-1]), binding))


class EmptyPageEndsWalk(FullPageNamesAnother):
    def page(self, project: Project, query: Query) -> Page:
        page = Listing.page(self, project, query)
        return self.continued(project, query, page) if page.items and not page.next_cursor else page


class PagesFilteredLast(Listing):
    def page(self, project: Project, query: Query) -> Page:
        filters = self.filters(query)
        limit = self.page_limit(self.single(query, "limit"))
        binding = self.binding(project.id, filters)
        cursor = self.single(query, "cursor")
        after = None if cursor is None else self.decode_cursor(cursor, binding)
        rows = self.candidates(project.id, after, self.backend.clock.now())
        cut = [snapshot for snapshot, _ in zip(rows, range(limit + 1), strict=False)]
        shown = [snapshot for snapshot in cut[:limit] if self.filter_matches(snapshot, filters)]
        more = len(cut) > limit
        return Page(shown, self.encode_cursor(self.position(cut[limit - 1]), binding) if more else None)


class LargeLimitRefused(Listing):
    def page_limit(self, text: str | None) -> int:
        if text and text.isdecimal() and text.isascii() and (len(text) > 9 or int(text) > HIGHEST_LIMIT):
            raise validation(f"The parameter limit must be {HIGHEST_LIMIT} or less.", status=422)
        return super().page_limit(text)


class OddLimitsClamped(Listing):
    def page_limit(self, text: str | None) -> int:
        try:
            return super().page_limit(text)
        except ApiError:
            negative = (text or "").startswith("-") or not (text or "").strip("0")
            return 1 if text and negative else super().page_limit(None)


class PagesAtMost50(Listing):
    def page_limit(self, text: str | None) -> int:
        return min(super().page_limit(text), 50)


class UnknownFilterMatchesNothing(Listing):
    def filters(self, query: Query) -> Filters:
        names = ("status", "format")
        given = {name: frozenset(value for key, value in query if key == name) for name in names}
        return {name: values for name, values in given.items() if values}


class CursorsFreeOfFilters(Listing):
    def binding(self, project_id: str, filters: Filters) -> object:  # noqa: ARG002  # a cursor is not bound to filters
        return project_id


class ApprovalFilterOffered(Listing):
    backend: Backend

    def filters(self, query: Query) -> Filters:
        wanted = frozenset(value for key, value in query if key == "approvalStatus")
        return {**super().filters(query), **({"approvalStatus": wanted} if wanted else {})}

    def filter_values(self, snapshot: Snapshot) -> Mapping[str, str]:
        return {**super().filter_values(snapshot), "approvalStatus": self.backend.approval.status_at(snapshot)}


class UnknownParametersRefused(Listing):
    def page(self, project: Project, query: Query) -> Page:
        if {name for name, _ in query} - {"status", "format", "cursor", "limit"}:
            raise validation("The query has an unknown parameter.")
        return super().page(project, query)


class CursorsForOneUse(Listing):
    @cached_property
    def used(self) -> set[str]:
        """The cursors that were used since a page returned them."""
        return set()

    def decode_cursor(self, cursor: str, binding: object) -> Position:
        if cursor in self.used:
            raise self.bad_cursor()
        self.used.add(cursor)
        return super().decode_cursor(cursor, binding)

    def page(self, project: Project, query: Query) -> Page:
        page = super().page(project, query)
        self.used.discard(page.next_cursor or "")
        return page


class CursorsHeld(Listing):
    @cached_property
    def places(self) -> dict[str, str]:
        """The cursor of the sandbox at which each walk goes on, by the cursor that clients see."""
        return {}

    def page(self, project: Project, query: Query) -> Page:
        walk = self.single(query, "cursor")
        if walk is not None and walk not in self.places:
            raise self.bad_cursor()
        rest = [pair for pair in query if pair[0] != "cursor"]
        page = super().page(project, [*rest, *([("cursor", self.places[walk])] if walk else [])])
        walk = walk or secrets.token_hex(12)
        if page.next_cursor is None:
            self.places.pop(walk, None)
            return page
        self.places[walk] = page.next_cursor
        return page._replace(next_cursor=walk)


class CursorsOfOddText(Listing):
    def page(self, project: Project, query: Query) -> Page:
        cursor = self.single(query, "cursor")
        if cursor is not None and not cursor.endswith(ODD_TEXT):
            raise self.bad_cursor()
        plain = [(name, value.removesuffix(ODD_TEXT) if name == "cursor" else value) for name, value in query]
        page = super().page(project, plain)
        return page._replace(next_cursor=page.next_cursor and page.next_cursor + ODD_TEXT)


class ArchivedProjectListed(Operations):
    def list_content(self, call: Call) -> Answer:
        backend = self.backend
        project = backend.access.project(call.org, call.path["project_id"])
        return backend.rendering.answer(200, backend.rendering.page(backend.listing.page(project, call.query())))


class CursorsSealedAnew(Listing):
    @cached_property
    def sealed(self) -> dict[str, str]:
        """The cursors of the sandbox by the cursors that clients see."""
        return {}

    def page(self, project: Project, query: Query) -> Page:
        cursor = self.single(query, "cursor")
        if cursor is not None and cursor not in self.sealed:
            raise self.bad_cursor()
        rest = [pair for pair in query if pair[0] != "cursor"]
        page = super().page(project, [*rest, *([("cursor", self.sealed[cursor])] if cursor else [])])
        if page.next_cursor is None:
            return page
        seal = secrets.token_urlsafe(24)
        self.sealed[seal] = page.next_cursor
        return page._replace(next_cursor=seal)


class CursorsOfOneLimit(Listing):
    limit = 0

    def page(self, project: Project, query: Query) -> Page:
        self.limit = self.page_limit(self.single(query, "limit"))
        return super().page(project, query)

    def binding(self, project_id: str, filters: Filters) -> object:
        return [super().binding(project_id, filters), self.limit]


class _OnSeconds(Rendering):
    def timestamp(self, moment: int) -> str:
        return whole_seconds(moment) + "Z"


class _TiesShuffled(Listing):
    """Containers created in the same second are in an order that is arbitrary but stable."""

    def rank(self, snapshot: Snapshot) -> tuple[int, str]:
        """Return the position of a container."""
        container = snapshot.container
        return -(container.created_at // 1000), hashlib.sha256(container.id.encode()).hexdigest()

    def candidates(self, project_id: str, after: Position | None, now: int) -> Iterator[Snapshot]:
        everything = sorted(super().candidates(project_id, None, now), key=self.rank)
        if after is None:
            return iter(everything)
        last = next(item for item in everything if self.position(item) == after)
        return dropwhile(lambda item: self.rank(item) <= self.rank(last), everything)


creation_ties_shuffled = using(_TiesShuffled, _OnSeconds)
