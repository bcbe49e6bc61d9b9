"""What the filters of a list let through, and what they hold back (LST-4, LST-5, LST-6, LST-15)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.checks.findings import Check, Finding, failed, passed
from conformance.checks.listing.paging import Limit, is_own_list, limit_kind, refuses_parameters
from conformance.history.ledger import Container, Ledger
from conformance.history.observation import Observation
from conformance.history.settled import TERMINAL, settled
from conformance.history.walks import Filters, Item, Walk, digest, entries_of, filters_of, item_of, without_body

FILTERED: Mapping[str, frozenset[str]] = {
    "status": frozenset({*TERMINAL, "queued", "generating"}),
    "format": frozenset({"video_remix", "slideshow_remix", "ugc_remix", "auto"}),
}
"""The documented values of each documented filter."""
_ALONE = {"status": "LST-4", "format": "LST-5"}

Wanted = Mapping[str, frozenset[str]]


def wanted_by(filters: Filters) -> Wanted:
    """Give the documented filters of a list with their values; empty where a value is none that is documented."""
    wanted: dict[str, frozenset[str]] = {}
    for name, known in FILTERED.items():
        values = frozenset(value for filter_name, value in filters if filter_name == name)
        if not values <= known:
            return {}
        if values:
            wanted[name] = values
    return wanted


def shown(item: Item, name: str) -> Any:
    """Give the field of an item that a filter looks at."""
    return item.status if name == "status" else item.format


def breaks(item: Item, wanted: Wanted, seen: Observation, ledger: Ledger) -> tuple[str, str] | None:
    """Give the filter that an item breaks and the value that breaks it; None where it breaks none.

    The item's own field decides; where it has none, what a read has settled before the page was asked for.
    """
    for name, values in wanted.items():
        value = shown(item, name)
        if value is None:
            read = settled(ledger.containers.get(item.id), ledger, seen.exchange.sent_at)
            value = read.fields.get(name) if read else None
        if isinstance(value, str) and value not in values:
            return name, value
    return None


def described(wanted: Wanted) -> str:
    """Write filters as a query."""
    return "&".join(f"{name}={value}" for name, values in wanted.items() for value in sorted(values))


class Issued:
    """Under which project and filters each cursor was given out."""

    def __init__(self) -> None:
        self._contexts: dict[bytes, set[tuple[str, Filters]]] = defaultdict(set)
        self._givers: dict[bytes, Observation] = {}

    def note(self, seen: Observation) -> None:
        """Remember the cursor that a page gives out."""
        cursor = seen.fields.get("nextCursor") if seen.operation_id == "listContent" and seen.ok else None
        if isinstance(cursor, str) and cursor:
            self._contexts[digest(cursor)].add((seen.params["projectId"], filters_of(seen)))
            self._givers.setdefault(digest(cursor), seen.evidence)

    def giver(self, seen: Observation) -> tuple[Observation, ...]:
        """Give the page that first gave out the cursor a page is asked for with, if any."""
        asked = seen.values("cursor")
        giver = self._givers.get(digest(asked[0])) if asked else None
        return (giver,) if giver else ()

    def crosses(self, seen: Observation) -> bool:
        """Tell whether a page is asked for with a cursor that was only given out for other filters or another project."""
        asked = seen.values("cursor")
        contexts = self._contexts.get(digest(asked[0])) if len(asked) == 1 else None
        return bool(contexts) and (seen.params["projectId"], filters_of(seen)) not in (contexts or ())


class Filtering(Check):
    """A filtered list shows what its filters say, and all of it."""

    judges = ("LST-4", "LST-5", "LST-6", "LST-15")

    def __init__(self) -> None:
        self._issued = Issued()
        self._own: dict[str, Container] = {}
        self._listed: set[str] = set()
        self._broken_alone: set[str] = set()
        self._missing: dict[str, list[tuple[str, Finding]]] = defaultdict(list)

    def observe(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Judge one page, and a walk that it completes."""
        if ledger.started:
            self._own[ledger.started.container_id] = ledger.container(ledger.started.container_id)
        crosses = self._issued.crosses(seen) if seen.operation_id == "listContent" else False
        self._issued.note(seen)
        if not is_own_list(seen, ledger) or crosses:
            return
        wanted = wanted_by(filters_of(seen))
        entries = entries_of(seen)
        if entries is None:
            yield from self._refused(seen, ledger, wanted)
            return
        if not filters_of(seen):
            yield from self._unfiltered(seen, ledger, entries)
        elif wanted:
            yield from self._let_through(seen, ledger, wanted, entries)
            walk = ledger.walk
            if walk is not None and walk.complete:
                yield from self._completed(seen, ledger, wanted, walk)

    def finish(self, ledger: Ledger) -> Iterator[Finding]:  # noqa: ARG002 - what is held back is all that is needed
        """Accuse for what no unfiltered list has cleared up."""
        for held in self._missing.values():
            yield from (finding for _, finding in held)

    def _refused(self, seen: Observation, ledger: Ledger, wanted: Wanted) -> Iterator[Finding]:
        only_filters = (
            wanted and not seen.values("cursor") and set(FILTERED).issuperset(name for name, _ in filters_of(seen))
        )
        if (
            only_filters
            and seen.status in {400, 422}
            and refuses_parameters(seen, ledger)
            and limit_kind(seen.values("limit")) in {Limit.ABSENT, Limit.WITHIN}
        ):
            message = f"The documented filter {described(wanted)} was refused with {seen.status}."
            yield from self._accuse(wanted, next(iter(wanted)), message, seen)

    def _let_through(self, seen: Observation, ledger: Ledger, wanted: Wanted, entries: list[Any]) -> Iterator[Finding]:
        for item in filter(None, map(item_of, entries)):
            broken = breaks(item, wanted, seen, ledger)
            if broken is None:
                continue
            name, value = broken
            message = f"The list with {described(wanted)} holds container {item.id} with {name} {value[:80]}."
            if seen.values("cursor") and not self._broke_at_once(wanted, name, ledger):
                yield failed("LST-6", f"A later page breaks its filter: {message}", seen)
                if self._requirement(wanted, name) == "LST-6":
                    return
            yield from self._accuse(wanted, name, message, seen)
            return

    def _broke_at_once(self, wanted: Wanted, name: str, ledger: Ledger) -> bool:
        """Tell whether the first page of the walk already broke the filter, or cannot tell."""
        if ledger.walk is None:
            return True
        return any(
            item.page == 0 and isinstance(shown(item, name), str) and shown(item, name) not in wanted[name]
            for item in ledger.walk.items
        )

    def _accuse(self, wanted: Wanted, name: str, message: str, *evidence: Observation) -> Iterator[Finding]:
        requirement = self._requirement(wanted, name)
        if requirement == _ALONE[name]:
            self._broken_alone.add(name)
        elif name in self._broken_alone:
            return
        yield failed(requirement, message, *evidence)

    def _requirement(self, wanted: Wanted, name: str) -> str:
        if len(wanted[name]) > 1:
            return "LST-15"
        return "LST-6" if len(wanted) > 1 else _ALONE[name]

    def _unfiltered(self, seen: Observation, ledger: Ledger, entries: list[Any]) -> Iterator[Finding]:
        self._listed.update(item.id for item in filter(None, map(item_of, entries)) if item.id in self._own)
        walk = ledger.walk
        if walk is not None and walk.complete:
            held = self._missing.pop(seen.params["projectId"], [])
            yield from (finding for container_id, finding in held if container_id in walk.by_id)

    def _completed(self, seen: Observation, ledger: Ledger, wanted: Wanted, walk: Walk) -> Iterator[Finding]:
        only_filters = set(FILTERED).issuperset(name for name, _ in walk.filters)
        if walk.malformed or not only_filters or limit_kind(walk.limit) in {Limit.WRONG, Limit.OPEN}:
            return
        missing, held_back = False, False
        for container in self._own.values():
            read = settled(container, ledger, walk.began)
            if read is None or (read.fields.get("projectId") or container.project_id) != walk.project_id:
                continue
            if any(read.fields.get(name) not in tuple(values) for name, values in wanted.items()):
                held_back = held_back or container.id not in walk.by_id
            elif container.id not in walk.by_id:
                missing = True
                yield from self._miss(seen, container, read, wanted)
        broken = any(breaks(item, wanted, walk.pages[item.page], ledger) for item in walk.items)
        if (walk.items or held_back) and not missing and not broken:
            yield from self._praise(seen, wanted, len(walk.pages))

    def _miss(self, seen: Observation, container: Container, read: Observation, wanted: Wanted) -> Iterator[Finding]:
        # Whether a list by status forgets what waits for approval or was rejected is APR-6's to say.
        if "status" in wanted and read.fields.get("approvalStatus") in ("pending", "rejected"):
            return
        name = next((name for name, values in wanted.items() if len(values) > 1), next(iter(wanted)))
        facts = " and ".join(f"{each} {read.fields[each]}" for each in wanted)
        message = f"The list with {described(wanted)} lacks container {container.id}, which has {facts}."
        findings = list(self._accuse(wanted, name, message, read, seen))
        if container.id in self._listed:
            yield from findings
        else:
            # A container that no list shows at all is LST-1's.
            self._missing[seen.params["projectId"]].extend((container.id, finding) for finding in findings)

    def _praise(self, seen: Observation, wanted: Wanted, pages: int) -> Iterator[Finding]:
        requirements = {self._requirement(wanted, name) for name in wanted}
        if len(wanted) > 1 or pages > 1:
            requirements.add("LST-6")
        yield from (passed(requirement, seen) for requirement in sorted(requirements))


CHECKS: tuple[type[Check], ...] = (Filtering,)
