"""A project's containers, page by page (requirements LST)."""

import base64
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from sandbox.clock import Clock
from sandbox.errors import ApiError, validation
from sandbox.generation import Generation
from sandbox.part import Part
from sandbox.records import Project, Snapshot
from sandbox.store import Store

DEFAULT_LIMIT = 25
HIGHEST_LIMIT = 200
TAG_BYTES = 16
FILTERS = {
    "status": frozenset({"queued", "generating", "completed", "failed", "canceled"}),
    "format": frozenset({"video_remix", "slideshow_remix", "ugc_remix", "auto"}),
}

Filters = Mapping[str, frozenset[str]]
Position = tuple[int, int]


class Page(NamedTuple):
    """Some containers, and the cursor to the next ones; None on the last page."""

    items: Sequence[Snapshot]
    next_cursor: str | None


class ListingNeeds(Protocol):
    """What the listing asks of the backend."""

    store: Store
    clock: Clock
    generation: Generation


class Listing(Part[ListingNeeds]):
    """Pages through a project by keyset, newest first, so that a container created meanwhile does not shift the pages."""

    order = "c.created_at DESC, c.seq DESC"

    def single(self, query: Sequence[tuple[str, str]], name: str) -> str | None:
        """Return a parameter that may be given once. Raises a refusal if it is repeated."""
        values = [value for key, value in query if key == name]
        if len(values) > 1:
            raise validation(f"The parameter {name} may be given once.")
        return values[0] if values else None

    def page_limit(self, text: str | None) -> int:
        """Return the page size for a `limit`; more than 200 counts as 200."""
        if text is None:
            return DEFAULT_LIMIT
        if not (text.isascii() and text.isdecimal()) or not text.strip("0"):
            raise validation("The parameter limit must be a whole number of 1 or more.")
        digits = text.lstrip("0")
        return HIGHEST_LIMIT if len(digits) > len(str(HIGHEST_LIMIT)) else min(int(digits), HIGHEST_LIMIT)

    def filters(self, query: Sequence[tuple[str, str]]) -> Filters:
        """Return the wanted values of each filter; a repeated filter matches any of its values."""
        wanted: dict[str, frozenset[str]] = {}
        for name, known in FILTERS.items():
            values = frozenset(value for key, value in query if key == name)
            if not values <= known:
                raise validation(f"The parameter {name} has an unknown value.")
            if values:
                wanted[name] = values
        return wanted

    def filter_values(self, snapshot: Snapshot) -> Mapping[str, str]:
        """Return the values that the filters compare."""
        generation = self.backend.generation
        return {
            "status": generation.status_at(snapshot.job, snapshot.now),
            "format": generation.format_at(snapshot.container, snapshot.job, snapshot.now),
        }

    def filter_matches(self, snapshot: Snapshot, filters: Filters) -> bool:
        """Return whether a container passes every filter."""
        values = self.filter_values(snapshot)
        return all(values[name] in wanted for name, wanted in filters.items())

    def binding(self, project_id: str, filters: Filters) -> object:
        """Return what a cursor is bound to: one project and one set of filters."""
        return [project_id, {name: sorted(wanted) for name, wanted in sorted(filters.items())}]

    def tag(self, position: bytes, binding: object) -> bytes:
        """Return the signature of a position and its binding."""
        message = b"cursor:" + position + b":" + json.dumps(binding).encode()
        return hmac.digest(self.backend.store.secret, message, "sha256")[:TAG_BYTES]

    def encode_cursor(self, position: Position, binding: object) -> str:
        """Return a position as an opaque signed string."""
        payload = f"{position[0]}.{position[1]}".encode()
        return base64.urlsafe_b64encode(self.tag(payload, binding) + payload).decode().rstrip("=")

    def decode_cursor(self, cursor: str, binding: object) -> Position:
        """Return the position of a cursor. Raises a refusal unless this sandbox issued it for this binding."""
        try:
            raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
            signature, payload = raw[:TAG_BYTES], raw[TAG_BYTES:]
            if not hmac.compare_digest(signature, self.tag(payload, binding)):
                raise self.bad_cursor()
            created_at, seq = payload.split(b".")
            position = int(created_at), int(seq)
        except ValueError as error:
            raise self.bad_cursor() from error
        # Several Base64 strings decode to the same bytes; only the issued one is valid.
        if self.encode_cursor(position, binding) != cursor:
            raise self.bad_cursor()
        return position

    def bad_cursor(self) -> ApiError:
        """Return the refusal of a cursor that is not valid here."""
        return validation("The parameter cursor was not issued for this list and these filters.")

    def position(self, snapshot: Snapshot) -> Position:
        """Return the position of a container in the order."""
        return snapshot.container.created_at, snapshot.container.seq

    def candidates(self, project_id: str, after: Position | None, now: int) -> Iterator[Snapshot]:
        """Yield the containers after a position, in order."""
        return self.backend.store.containers(project_id, after, self.order, now)

    def page(self, project: Project, query: Sequence[tuple[str, str]]) -> Page:
        """Return the page for a query; every status on it is of the same point in time."""
        limit = self.page_limit(self.single(query, "limit"))
        filters = self.filters(query)
        binding = self.binding(project.id, filters)
        cursor = self.single(query, "cursor")
        after = None if cursor is None else self.decode_cursor(cursor, binding)
        found: list[Snapshot] = []
        for snapshot in self.candidates(project.id, after, self.backend.clock.now()):
            if not self.filter_matches(snapshot, filters):
                continue
            if len(found) == limit:
                return Page(found, self.encode_cursor(self.position(found[-1]), binding))
            found.append(snapshot)
        return Page(found, None)
