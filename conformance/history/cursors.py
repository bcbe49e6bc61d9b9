"""Which cursors lists have given out, where, and how a cursor that a list is asked for with relates to them."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from conformance.client.exchange import TransportError
from conformance.history.observation import Observation

Filters = tuple[tuple[str, str], ...]
Place = tuple[str, Filters]
"""A project and the filters of its list."""


@dataclass(frozen=True, slots=True)
class CursorUse:
    """What is known of the cursor that a list was asked for with.

    `giver` is the page that first gave it out. Where pages have given cursors out, but neither this one nor one that may decode to the same
    bytes, `giver_of_others` is the first of them. `is_misplaced`: it was only given out for other filters or for another project.
    `last_used` is when its last use was answered, in seconds since the epoch.
    """

    giver: Observation | None
    giver_of_others: Observation | None
    is_misplaced: bool
    last_used: float | None


@dataclass(slots=True)
class _Issue:
    """The page that first gave a cursor out, and every place for which a page did."""

    giver: Observation
    places: set[Place]


class Cursors:
    """A fold over the lists of a history."""

    def __init__(self) -> None:
        self._issued: dict[bytes, _Issue] = {}
        self._stems: set[bytes] = set()
        self._used: dict[bytes, float] = {}
        self._are_known = True

    def take(self, seen: Observation, filters: Filters) -> CursorUse | None:
        """Take in a list, and return what is known of its cursor; None where it was asked for with none, or with several."""
        place = seen.params["projectId"], filters
        # A page that nobody can read has given out nobody knows which cursor.
        self._are_known = self._are_known and not seen.exchange.failed_with(TransportError.DOUBTED)
        asked = seen.values("cursor")
        use = self._use(asked[0], place) if len(asked) == 1 else None
        for cursor in asked:
            self._used[digest(cursor)] = seen.exchange.received_at
        given = seen.fields.get("nextCursor") if seen.ok else None
        if isinstance(given, str) and given:
            self._issue(given, place, seen)
        return use

    def _use(self, cursor: str, place: Place) -> CursorUse:
        name = digest(cursor)
        issue = self._issued.get(name)
        return CursorUse(
            giver=issue.giver if issue else None,
            giver_of_others=self._giver_of_others(cursor) if issue is None and cursor != "" else None,
            is_misplaced=issue is not None and place not in issue.places,
            last_used=self._used.get(name),
        )

    def _giver_of_others(self, cursor: str) -> Observation | None:
        spelt = {cursor, cursor.strip(), cursor.replace(" ", "+")}
        is_known = any(digest(text) in self._issued or digest(_stem(text)) in self._stems for text in spelt)
        if is_known or not self._are_known:
            return None
        return next((issue.giver for issue in self._issued.values()), None)

    def _issue(self, cursor: str, place: Place, seen: Observation) -> None:
        name = digest(cursor)
        issue = self._issued.get(name)
        if issue is None:
            self._issued[name] = _Issue(seen.evidence, {place})
            self._stems.add(digest(_stem(cursor)))
        else:
            issue.places.add(place)


def digest(text: str) -> bytes:
    """Return a short digest of a cursor, which may be long."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _stem(cursor: str) -> str:
    # The last character of base64 may hold bits that no byte uses (RFC 4648, section 3.5), and padding may be left out.
    return cursor.rstrip("=")[:-1]
