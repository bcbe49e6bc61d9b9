"""Lists as their callers walk them: limits, cursors, and the pages that cursors join."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from hashlib import blake2b
from typing import Any, NamedTuple

from conformance.client.exchange import TransportError
from conformance.history.messages import MOST_ITEMS, Shortened
from conformance.history.observation import Observation

HIGHEST_LIMIT = 200
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_PLAIN = re.compile(r"[1-9]\d*", re.ASCII)


class Limit(Enum):
    """What the documents say of a value of `limit`."""

    ABSENT = "absent"
    WITHIN = "1 to 200"
    ABOVE = "above 200"
    WRONG = "not a positive whole number"
    OPEN = "an unusual spelling, or several values"

    @property
    def is_defined(self) -> bool:
        """Whether the documents say how large the pages are, so that a list must answer with all of them."""
        return self not in {Limit.WRONG, Limit.OPEN}


def limit_kind(values: tuple[str, ...]) -> Limit:
    """Classify the values of `limit` that a request carried."""
    if not values:
        return Limit.ABSENT
    if len(values) > 1:
        return Limit.OPEN
    text = values[0]
    if _PLAIN.fullmatch(text):
        return Limit.WITHIN if len(text) <= 3 and int(text) <= HIGHEST_LIMIT else Limit.ABOVE
    if not _WHOLE.fullmatch(text.strip()):
        return Limit.WRONG
    is_positive = text.strip().strip("+0") != "" and not text.strip().startswith("-")
    return Limit.OPEN if is_positive else Limit.WRONG


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


class Cursors:
    """A fold over the lists of a history."""

    def __init__(self) -> None:
        # The page that first gave a cursor out, and every place for which a page did.
        self._issued: dict[bytes, tuple[Observation, set[Place]]] = {}
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
        following = seen.fields.get("nextCursor") if seen.ok else None
        if isinstance(following, str) and following:
            self._issue(following, place, seen)
        return use

    def _use(self, cursor: str, place: Place) -> CursorUse:
        name = digest(cursor)
        giver, places = self._issued.get(name, (None, set[Place]()))
        others = self._giver_of_others(cursor) if giver is None and cursor != "" else None
        return CursorUse(giver, others, giver is not None and place not in places, self._used.get(name))

    def _giver_of_others(self, cursor: str) -> Observation | None:
        spelt = {cursor, cursor.strip(), cursor.replace(" ", "+")}
        is_known = any(digest(text) in self._issued or digest(_stem(text)) in self._stems for text in spelt)
        if is_known or not self._are_known:
            return None
        return next((giver for giver, _ in self._issued.values()), None)

    def _issue(self, cursor: str, place: Place, seen: Observation) -> None:
        name = digest(cursor)
        if name in self._issued:
            self._issued[name][1].add(place)
        else:
            self._issued[name] = seen.evidence, {place}
            self._stems.add(digest(_stem(cursor)))


def digest(text: str) -> bytes:
    """Return a short digest of a cursor, which may be long."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _stem(cursor: str) -> str:
    # The last character of base64 may hold bits that no byte uses (RFC 4648, section 3.5), and padding may be left out.
    return cursor.rstrip("=")[:-1]


OPEN_WALKS = 8
"""How many unfinished walks of one key are kept; the oldest is forgotten."""
OPEN_KEYS = 512
"""How many keys with unfinished walks are kept; the oldest is forgotten."""
OPEN_ITEMS = 100_000
"""How many items of unfinished walks are kept; the oldest walks are forgotten."""
MOST_LISTED = 50_000
"""How many containers that lists show are kept; what further ones there are is not looked at."""
LONGEST_WORD = 200
"""Characters of the longest value of an item that is kept, but for its id."""

WalkKey = tuple[str, str, Filters, tuple[str, ...]]


class Item(NamedTuple):
    """What a list item said of a container; a field that it left out is None, and any field may be of any simple type.

    `page` counts the pages of the walk from 0.
    """

    id: str
    status: Any
    approval_status: Any
    format: Any
    created_at: Any
    project_id: Any
    page: int


@dataclass(slots=True, eq=False)
class Walk:
    """Pages that one caller joined by cursors, under the same filters and limit.

    `pages` are the exchanges without their bodies. `filters` are the query parameters but for cursor and limit, sorted; `limit` is every
    value of it as sent. `sizes` counts the items of each page. `repeated` are the items whose id an earlier item of the walk had.
    `complete`: the target said that nothing follows. `held`: the target gave a cursor again that this walk has used, as one does that holds
    the place of a walk itself (open reading 29). `looped`: it did so on a page of items that brought no new one, so that the walk
    can never end. `lost`: a page was asked for and not answered. `malformed`: something in it could not be read as an item, so that nobody
    can say what is missing.
    """

    actor: str
    project_id: str
    filters: Filters
    limit: tuple[str, ...]
    pages: list[Observation] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    by_id: dict[str, Item] = field(default_factory=dict)
    repeated: list[Item] = field(default_factory=list)
    cursors: list[str] = field(default_factory=list)
    complete: bool = False
    held: bool = False
    looped: bool = False
    lost: bool = False
    malformed: bool = False

    @property
    def began(self) -> float:
        """When the first page was asked for, in seconds since the epoch."""
        return self.pages[0].exchange.sent_at

    @property
    def ended(self) -> float:
        """When the latest page was answered, in seconds since the epoch."""
        return self.pages[-1].exchange.received_at

    @property
    def cursor(self) -> str | None:
        """The cursor to the page after the latest one, None where there is none."""
        return None if self.complete or not self.cursors else self.cursors[-1]

    @property
    def is_reliable(self) -> bool:
        """Whether what the walk lacks is not in the list: it is complete and well-formed, and its limit is one that the documents define.

        A target that holds the place of a walk may have gone on by a page that was not answered.
        """
        is_whole = self.complete and not self.malformed and not (self.held and self.lost)
        return is_whole and limit_kind(self.limit).is_defined

    @property
    def empty_pages(self) -> int:
        """How many pages without items the walk has brought at its end."""
        return len(self.pages) - 1 - (self.items[-1].page if self.items else -1)

    def latest(self) -> list[Item]:
        """Return the items of the latest page."""
        return self.items[len(self.items) - self.sizes[-1] :]

    def page_of(self, container_id: str) -> Observation:
        """Return the page on which a container of the walk stood first."""
        return self.pages[self.by_id[container_id].page]

    def values(self, name: str) -> frozenset[str]:
        """Return every value of a filter; empty where the walk does not use it."""
        return frozenset(value for filter_name, value in self.filters if filter_name == name)

    def add(self, seen: Observation, entries: list[Any], cursor: Any) -> None:
        """Take in the next page."""
        number, before, known = len(self.pages), len(self.items), len(self.by_id)
        self.pages.append(seen.evidence)
        for entry in entries:
            item = item_of(entry, number)
            if item is None:
                self.malformed = True
                continue
            if item.id in self.by_id:
                self.repeated.append(item)
            self.by_id.setdefault(item.id, item)
            self.items.append(item)
        self.sizes.append(len(self.items) - before)
        if cursor is None or cursor == "":
            self.complete = True
        else:
            if cursor in self.cursors:
                self.held = True
                self.looped = bool(entries) and len(self.by_id) == known
            self.cursors.append(cursor)

    def until(self, cursor: str) -> Walk:
        """Return the walk as it stood when it had just received a cursor."""
        pages = self.cursors.index(cursor) + 1
        earlier = Walk(
            self.actor,
            self.project_id,
            self.filters,
            self.limit,
            held=self.held,
            lost=self.lost,
            malformed=self.malformed,
        )
        earlier.pages, earlier.cursors, earlier.sizes = self.pages[:pages], self.cursors[:pages], self.sizes[:pages]
        for item in self.items[: sum(earlier.sizes)]:
            if item.id in earlier.by_id:
                earlier.repeated.append(item)
            earlier.by_id.setdefault(item.id, item)
            earlier.items.append(item)
        return earlier


class Roll:
    """The ids that lists have shown, no more than there is room for."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._characters = 0

    def takes_all(self, entries: list[Any]) -> bool:
        """Take in the ids of a page, and return whether there is room for all of it."""
        ids = (entry.get("id") for entry in entries if isinstance(entry, dict))
        return all([self.takes(name) for name in ids if isinstance(name, str)])  # noqa: C419 - each is to be taken

    def takes(self, container_id: str) -> bool:
        """Take in an id, and return whether it is known from now on."""
        if container_id in self._ids:
            return True
        if len(self._ids) >= MOST_LISTED or self._characters >= MOST_LISTED * LONGEST_WORD:
            return False
        self._ids.add(container_id)
        self._characters += len(container_id)
        return True

    def knows(self, container_id: str) -> bool:
        """Return whether an id was taken in."""
        return container_id in self._ids


class Walks:
    """Joins pages into walks, one page at a time.

    A page without a cursor starts a walk. A page with one continues the walk that received this cursor last; where a caller goes back
    to an earlier cursor, the walk forks there. Pages that were not answered with a page change nothing, so a caller may try again.
    """

    def __init__(self) -> None:
        self.roll = Roll()
        self._open: dict[WalkKey, deque[Walk]] = {}

    def observe(self, seen: Observation) -> Walk | None:
        """Take one exchange in, and return the walk that it began or continued, None for any other exchange."""
        entries = entries_of(seen)
        if entries is None or not seen.authorized:
            if seen.uncertain and (waiting := self.waiting_for(seen)) is not None:
                waiting.lost = True
            return None
        cursor = seen.fields.get("nextCursor")
        asked = seen.values("cursor")
        key = (seen.actor, seen.params["projectId"], filters_of(seen), seen.values("limit"))
        if seen.items_beyond or not self.roll.takes_all(entries):
            return None  # of a walk without some of its items nobody could say what it lacks, or whether it ends
        walk = Walk(*key) if not asked else self._continued(key, asked, seen)
        if walk is None or not (cursor is None or isinstance(cursor, str)):
            return None
        walk.add(seen, entries, cursor)
        if not (walk.complete or walk.looped):
            self._keep(key, walk)
        return walk

    def items_of(self, entries: list[Any]) -> list[Item]:
        """Return the items of a page that no walk is known of."""
        found = (item_of(entry) for entry in entries)
        return [item for item in found if item is not None and self.roll.takes(item.id)]

    def _continued(self, key: WalkKey, asked: tuple[str, ...], seen: Observation) -> Walk | None:
        walks = self._open.get(key)
        if not walks or len(asked) != 1:
            return None
        for walk in reversed(walks):
            if walk.cursor == asked[0] and walk.pages[-1].precedes(seen):
                walks.remove(walk)
                return walk
        for walk in reversed(walks):
            if asked[0] in walk.cursors and walk.pages[walk.cursors.index(asked[0])].precedes(seen):
                return walk.until(asked[0])
        return None

    def waiting_for(self, seen: Observation) -> Walk | None:
        """Return the unfinished walk whose next page a call asks for, whatever it was answered."""
        asked = seen.values("cursor")
        if seen.operation_id != "listContent" or len(asked) != 1:
            return None
        walks = self._open.get((seen.actor, seen.params["projectId"], filters_of(seen), seen.values("limit")), ())
        return next((walk for walk in walks if walk.cursor == asked[0] and walk.pages[-1].precedes(seen)), None)

    def _keep(self, key: WalkKey, walk: Walk) -> None:
        walks = self._open.pop(key, None) or deque(maxlen=OPEN_WALKS)
        walks.append(walk)
        self._open[key] = walks
        while len(self._open) > OPEN_KEYS or (len(walk.items) > MOST_ITEMS and len(self._open) > 1 and self._is_full()):
            del self._open[next(iter(self._open))]

    def _is_full(self) -> bool:
        return sum(len(walk.items) for walks in self._open.values() for walk in walks) > OPEN_ITEMS


def filters_of(seen: Observation) -> Filters:
    """Return the query parameters of a list but for cursor and limit, sorted, so that their order does not count."""
    return tuple(sorted(pair for pair in seen.query if pair[0] not in {"cursor", "limit"}))


def entries_of(seen: Observation) -> list[Any] | None:
    """Return the raw items of a successful page, None for any other exchange."""
    if seen.operation_id != "listContent" or seen.status != 200:
        return None
    entries = seen.fields.get("items")
    return entries if isinstance(entries, list) else None


def item_of(entry: Any, page: int = 0) -> Item | None:
    """Read one raw item, None where it names no container."""
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        return None
    return Item(
        id=entry["id"],
        status=_word(entry.get("status")),
        approval_status=_word(entry.get("approvalStatus")),
        format=_word(entry.get("format")),
        created_at=_word(entry.get("createdAt")),
        project_id=_word(entry.get("projectId")),
        page=page,
    )


def _word(value: Any) -> Any:
    """Return a value as far as it is kept: a long text shortened, and nothing of a list or an object."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST_WORD else Shortened.of(value, LONGEST_WORD // 2)
    return None if isinstance(value, (dict, list)) else value
