"""LST-4, LST-5, LST-6, LST-14 and LST-15: a filtered list shows every container that matches its filters, and no other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import takewhile
from typing import Any

from conformance.checks.base import Check, failure, on
from conformance.checks.findings import Finding
from conformance.contract.lifecycle import IN_FLIGHT, STATUSES
from conformance.history.containers import Container
from conformance.history.facts import Changed, ContainerRead, ListRequest, PageRead, WalkCompleted
from conformance.history.fields import status_of
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.walks import Filters, Item, Limit, Walk

FILTERED: Mapping[str, frozenset[str]] = {
    "status": STATUSES,
    "format": frozenset({"video_remix", "slideshow_remix", "ugc_remix", "auto"}),
}
"""The documented values of each documented filter."""

Wanted = Mapping[str, frozenset[str]]


def wanted_by(filters: Filters) -> Wanted:
    """Return the documented filters of a list with their values; empty where one of these values is not documented."""
    wanted: dict[str, frozenset[str]] = {}
    for name, known in FILTERED.items():
        values = frozenset(value for filter_name, value in filters if filter_name == name)
        if not values <= known:
            return {}
        if values:
            wanted[name] = values
    return wanted


def are_documented(filters: Filters) -> bool:
    """Return whether a list was filtered by documented filters alone, whatever their values."""
    return all(name in FILTERED for name, _ in filters)


def shown(item: Item, name: str) -> Any:
    """Return the field of an item that a filter looks at."""
    return item.status if name == "status" else item.format


def breaks(item: Item, wanted: Wanted, seen: Observation, ledger: Ledger) -> tuple[str, str] | None:
    """Return the filter that an item does not match and the item's value; None where it matches all.

    Where the item lacks the field, the value comes from a read before the page, if nothing can have changed it since.
    """
    for name, values in wanted.items():
        value = shown(item, name)
        if value is None:
            read = ledger.windows.settled(ledger.containers.get(item.id), seen.exchange.sent_at)
            value = read.fields.get(name) if read else None
        if isinstance(value, str) and value not in values:
            return name, value
    return None


def described(wanted: Wanted) -> str:
    """Write filters as a query."""
    return "&".join(f"{name}={value}" for name, values in wanted.items() for value in sorted(values))


_ALONE = {"status": "LST-4", "format": "LST-5"}


class ReadContainers:
    """The containers that have been read, by their project and by the values that filters look at."""

    def __init__(self) -> None:
        self._projects: dict[str, dict[tuple[str, str], dict[str, Container]]] = defaultdict(dict)
        self._groups: dict[str, dict[str, Container]] = {}

    def note(self, container: Container) -> None:
        """Take in what the latest read of a container shows."""
        group = self._groups.pop(container.id, None)
        if group is not None:
            del group[container.id]
        fields = container.read.fields if container.read else {}
        project_id = fields.get("projectId") or container.project_id
        if not isinstance(project_id, str):
            return
        values = [value if isinstance(value, str) else "" for value in (fields.get("status"), fields.get("format"))]
        group = self._projects[project_id].setdefault((values[0], values[1]), {})
        group[container.id] = container
        self._groups[container.id] = group

    def matching(self, project_id: str, wanted: Wanted, *, match: bool) -> Iterator[Container]:
        """Iterate over the containers of a project that were last read with the wanted values, or over all others."""
        for (status, form), group in self._projects[project_id].items():
            values = {"status": status, "format": form}
            if all(values[name] in accepted for name, accepted in wanted.items()) is match:
                yield from group.values()


class ExactFilters(Check):
    """LST-4, LST-5, LST-6 and LST-15: a filtered list shows every container that matches its filters, and no other."""

    judges = ("LST-4", "LST-5", "LST-6", "LST-15")

    def __init__(self) -> None:
        self._read = ReadContainers()
        self._listed: set[str] = set()
        self._broken_alone: set[str] = set()
        self._missing: dict[str, list[tuple[str, Finding]]] = defaultdict(list)

    def finish(self) -> None:
        """Report the missing containers that no complete unfiltered list has explained."""
        for held in self._missing.values():
            for _, finding in held:
                self.findings.add(finding)

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        self._read.note(fact.container)

    @on(ListRequest)
    def request(self, fact: ListRequest) -> None:
        if not fact.is_own or (fact.cursor is not None and fact.cursor.is_misplaced):
            return
        wanted = wanted_by(fact.filters)
        if not isinstance(fact, PageRead):
            self._refused(fact, wanted)
        elif not fact.filters:
            self._unfiltered(fact)
        elif wanted:
            self._let_through(fact, wanted)

    @on(WalkCompleted)
    def completed(self, fact: WalkCompleted) -> None:
        """Judge whether a filtered walk met every container that matches its filters."""
        walk = fact.walk
        wanted = wanted_by(walk.filters)
        if not fact.is_own or not wanted or not are_documented(walk.filters):
            return
        missing = list(self._settled(walk, wanted, match=True))
        for container, read in missing:
            self._miss(fact.seen, container, read, wanted)
        if missing or any(breaks(item, wanted, walk.pages[item.page], self.ledger) for item in walk.items):
            return
        if walk.items or any(self._settled(walk, wanted, match=False)):
            requirements = {self._requirement(wanted, name) for name in wanted}
            if len(wanted) > 1 or len(walk.pages) > 1:
                requirements.add("LST-6")
            for requirement in sorted(requirements):
                self.passed(requirement, fact.seen)

    def _settled(self, walk: Walk, wanted: Wanted, *, match: bool) -> Iterator[tuple[Container, Observation]]:
        """Iterate over the containers, with their reads, that a walk does not include although they matched throughout (or never matched)."""
        for container in self._read.matching(walk.project_id, wanted, match=match):
            if container.id not in walk.by_id:
                read = self.ledger.windows.settled(container, walk.began)
                if read is None and match and "status" not in wanted:
                    read = self._known_format(container, walk)
                if read is not None:
                    yield container, read

    def _known_format(self, container: Container, walk: Walk) -> Observation | None:
        """Return a read before a walk that shows a format which lasts whatever becomes of the container (open reading 5)."""
        read = container.read
        if read is None or not container.is_vouched or container.id in self.ledger.unclear:
            return None
        is_old = read.exchange.received_at + self.ledger.facts.read_lag <= walk.began
        return read if is_old and read.fields.get("format") != "auto" else None

    def _refused(self, fact: ListRequest, wanted: Wanted) -> None:
        if not wanted or fact.seen.values("cursor") or not are_documented(fact.filters):
            return
        status = fact.seen.status
        if status in {400, 422} and fact.refuses_query and fact.limit_kind in {Limit.ABSENT, Limit.WITHIN}:
            name = next(iter(wanted))
            message = f"The documented filter {described(wanted)} was refused with {status}."
            # Only the list reference, a SHOULD, says that a filter may be repeated, be it with one value.
            repeated = next((name for name in wanted if len(fact.seen.values(name)) > 1), None)
            if repeated is None:
                self._add(self._accusation(wanted, name, f"{name} refused", message, fact.seen))
            elif repeated not in self._broken_alone:
                self.failed("LST-15", f"{repeated} refused", message, fact.seen)

    def _let_through(self, fact: PageRead, wanted: Wanted) -> None:
        for item in fact.items:
            broken = breaks(item, wanted, fact.seen, self.ledger)
            if broken is None:
                continue
            name, value = broken
            message = f"The list with {described(wanted)} holds container {item.id} with {name} {value[:80]}."
            if fact.seen.values("cursor") and not _broke_at_once(fact.walk, wanted, name):
                self.failed(
                    "LST-6", f"another {name} on a later page", f"A later page breaks the filter: {message}", fact.seen
                )
                if self._requirement(wanted, name) == "LST-6":
                    return
            self._add(self._accusation(wanted, name, f"another {name}", message, fact.seen))
            return

    def _unfiltered(self, fact: PageRead) -> None:
        for item in fact.items:
            container = self.ledger.containers.get(item.id)
            if container is not None and container.is_vouched:
                self._listed.add(item.id)
        walk = fact.walk
        if walk is not None and walk.complete:
            for container_id, finding in self._missing.pop(fact.project_id, ()):
                if container_id in walk.by_id:
                    self.findings.add(finding)

    def _miss(self, seen: Observation, container: Container, read: Observation, wanted: Wanted) -> None:
        # APR-6 judges whether a list by status includes what is pending or rejected.
        if "status" in wanted and read.fields.get("approvalStatus") in ("pending", "rejected"):
            return
        name = next((name for name, values in wanted.items() if len(values) > 1), next(iter(wanted)))
        facts = " and ".join(f"{name} {read.fields[name]}" for name in wanted)
        message = f"The list with {described(wanted)} lacks container {container.id}, which has {facts}."
        finding = self._accusation(wanted, name, f"lacks its {name}", message, read, seen)
        if container.id in self._listed:
            self._add(finding)
        elif finding is not None:
            # LST-1 judges a container that no list shows at all.
            self._missing[seen.params["projectId"]].append((container.id, finding))

    def _accusation(self, wanted: Wanted, name: str, kind: str, message: str, *evidence: Observation) -> Finding | None:
        """Make a finding, or None for a combination with a filter that is already known to fail alone."""
        requirement = self._requirement(wanted, name)
        if requirement == _ALONE[name]:
            self._broken_alone.add(name)
        elif name in self._broken_alone:
            return None
        return failure(requirement, kind, message, *evidence)

    def _add(self, finding: Finding | None) -> None:
        if finding is not None:
            self.findings.add(finding)

    def _requirement(self, wanted: Wanted, name: str) -> str:
        if len(wanted[name]) > 1:
            return "LST-15"
        return "LST-6" if len(wanted) > 1 else _ALONE[name]


def _broke_at_once(walk: Walk | None, wanted: Wanted, name: str) -> bool:
    """Return whether the first page of the walk already broke the filter; true where that is unknown."""
    if walk is None:
        return True
    values = [shown(item, name) for item in takewhile(lambda item: item.page == 0, walk.items)]
    return any(isinstance(value, str) and value not in wanted[name] for value in values)


class InFlightFilter(Check):
    """LST-4: a list by an in-flight status includes what had that status throughout the walk."""

    judges = ("LST-4",)

    def __init__(self) -> None:
        self._walks: dict[tuple[str, str], Walk] = {}

    @on(WalkCompleted)
    def completed(self, fact: WalkCompleted) -> None:
        walk = fact.walk
        if not fact.is_own or len(walk.filters) != 1:
            return
        name, status = walk.filters[0]
        if name == "status" and status in IN_FLIGHT:
            self._walks[walk.project_id, status] = walk

    @on(Changed)
    def changed(self, fact: Changed) -> None:
        """Judge the last walk at a read that shows the same status as the read before the walk."""
        change, container = fact.change, fact.change.container
        if fact.seen.actor != "owner" or not container.is_vouched or container.project_id is None:
            return
        status = status_of(change.after.fields)
        if status is None or status not in IN_FLIGHT or change.old("status") != status:
            return
        walk = self._walks.get((container.project_id, status))
        if walk is None or not (change.before.precedes(walk.pages[0]) and walk.pages[-1].precedes(fact.seen)):
            return
        if self.ledger.windows.of_container(container) > change.before.exchange.sent_at:
            return
        # A list, and a read too, may show what was some time before (open reading 27).
        lag = self.ledger.facts.read_lag
        if change.before.exchange.received_at + lag > walk.began or walk.ended + lag > fact.seen.exchange.sent_at:
            return
        message = f"The list with status={status} lacks container {container.id}, which was {status} before and after the walk."
        self.verify(
            "LST-4",
            f"lacks what is {status}",
            container.id in walk.by_id,
            message,
            change.before,
            walk.pages[-1],
            fact.seen,
        )


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

    @on(ListRequest)
    def request(self, fact: ListRequest) -> None:
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

    def _unknown(self, fact: ListRequest, name: str, value: str) -> None:
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
