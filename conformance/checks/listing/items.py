"""LST-3, LST-8 to LST-10, LST-12 and LST-16: what lists show of each container, in which order, and cursors of other lists."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from conformance.checks.base import Check, on
from conformance.checks.findings import in_answer
from conformance.checks.listing.filters import breaks, described, wanted_by
from conformance.contract.lifecycle import is_terminal
from conformance.history.containers import Container
from conformance.history.facts import (
    ContainerRead,
    ContainerRequest,
    ListedElsewhere,
    ListRequest,
    PageRead,
    WalkCompleted,
    Wrote,
)
from conformance.history.fields import instant
from conformance.history.messages import is_same_id
from conformance.history.observation import Observation
from conformance.history.walks import Filters, Item, Limit, Walk
from conformance.history.windows import may_lag


class ForeignCursors(Check):
    """LST-12: a cursor that the target did not issue is refused."""

    judges = ("LST-12",)

    @on(ListRequest)
    def request(self, fact: ListRequest) -> None:
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

    @on(ListRequest)
    def request(self, fact: ListRequest) -> None:
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


MUCH_OLDER = 60_000_000
"""A container this many microseconds older than another one of a walk existed when the walk began."""


MOST_COMPARED = 10_000
"""Items of the longest walk that is kept to be compared with the next one."""


class NewestFirst(Check):
    """LST-10: a list shows the newest container first."""

    judges = ("LST-10",)

    def __init__(self) -> None:
        self._reported: Walk | None = None

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        """Judge the order of the latest page of a walk, with the item before it."""
        walk = fact.walk
        if walk is None or walk is self._reported or walk.repeated or walk.looped or not fact.is_own:
            return
        latest = walk.sizes[-1]
        for older, newer in pairwise(walk.items[-latest - 1 :] if latest else ()):
            before, after = instant(older.created_at), instant(newer.created_at)
            if before and after and after.after(before):
                self._reported = walk
                message = (
                    f"Container {newer.id}, created at {newer.created_at}, is listed after {older.id}, "
                    f"created at {older.created_at}, which is older."
                )
                evidence = dict.fromkeys((walk.pages[older.page], walk.pages[newer.page]))
                self.failed("LST-10", "older before newer", message, *evidence)
                return
        if walk.complete and _shows_order(walk):
            self.passed("LST-10", fact.seen)


class PageSizeIndependence(Check):
    """LST-3: walks with different page sizes meet the same containers in the same order."""

    judges = ("LST-3",)

    def __init__(self) -> None:
        self._last: dict[tuple[str, Filters], Walk] = {}

    @on(WalkCompleted)
    def completed(self, fact: WalkCompleted) -> None:
        walk = fact.walk
        if not fact.is_own or walk.repeated:
            return
        before = self._last.get((walk.project_id, walk.filters))
        if len(walk.items) > MOST_COMPARED:
            self._last.pop((walk.project_id, walk.filters), None)
        else:
            self._last[walk.project_id, walk.filters] = walk
        if before is None or before.limit == walk.limit or before.ended > walk.began:
            return
        if self.ledger.windows.of_project(walk.project_id) <= before.began and not self._report_missing(before, walk):
            self._compare_order(before, walk)

    def _report_missing(self, before: Walk, walk: Walk) -> bool:
        """Report a container that only one of two walks includes, and return whether there is one."""
        if walk.filters:
            return False
        for earlier, later in ((before, walk), (walk, before)):
            missing = next((item for item in earlier.items if self._is_missing(item, later, before)), None)
            if missing is not None:
                sizes = f"limit={_size(before)} and limit={_size(walk)}"
                message = f"Of two walks with {sizes}, only the one with limit={_size(earlier)} includes container {missing.id}."
                self.failed("LST-3", "missing container", message, before.pages[-1], walk.pages[-1])
                return True
        return False

    def _compare_order(self, before: Walk, walk: Walk) -> None:
        common = [item for item in before.items if item.id in walk.by_id]
        if any(item.id in self.ledger.unclear for item in common):
            return
        if any(_moved(item, walk.by_id[item.id]) for item in common):
            return
        order = [item.id for item in walk.items if item.id in before.by_id]
        different = next((pair for pair in zip(common, order, strict=True) if pair[0].id != pair[1]), None)
        if different is None:
            if len(common) > 1 and len(before.pages) != len(walk.pages):
                self.passed("LST-3", before.pages[-1], walk.pages[-1])
        elif not any(self._may_still_move(item, before) for item in common):
            sizes = f"limit={_size(before)} and limit={_size(walk)}"
            message = f"Two walks with {sizes} differ in order: where one has {different[0].id}, the other has {different[1]}."
            self.failed("LST-3", "another order", message, before.pages[-1], walk.pages[-1])

    def _may_still_move(self, item: Item, before: Walk) -> bool:
        """Return whether a call may have changed the container after the first walk began."""
        container = self.ledger.containers.get(item.id)
        return container is not None and self.ledger.windows.of_container(container) > before.began

    def _is_missing(self, item: Item, walk: Walk, first: Walk) -> bool:
        """Return whether a walk does not include a container that must have existed when it began."""
        if item.id in walk.by_id or item.id in self.ledger.unclear:
            return False
        if walk is not first:
            return True
        container = self.ledger.containers.get(item.id)
        if container is not None and container.made_by is not None:
            return container.made_by.accepted.exchange.received_at <= walk.began
        made = instant(item.created_at)
        newest = max(filter(None, (instant(other.created_at) for other in walk.items)), default=None)
        return made is not None and newest is not None and newest.microseconds - made.microseconds >= MUCH_OLDER


def _shows_order(walk: Walk) -> bool:
    """Return whether two neighbours of a walk were made at different times."""
    instants = [moment for item in walk.items if (moment := instant(item.created_at))]
    return any(earlier.after(later) for earlier, later in pairwise(instants))


def _size(walk: Walk) -> str:
    return walk.limit[0][:80] if walk.limit else "default"


def _moved(one: Item, other: Item) -> bool:
    return one[1:-1] != other[1:-1]


class OwnProject(Check):
    """LST-8: a list holds only containers of its own project."""

    judges = ("LST-8",)

    def __init__(self) -> None:
        self._homes: set[str] = set()

    @on(Wrote)
    def wrote(self, fact: Wrote) -> None:
        """Remember the project of a container that a call made or regenerated."""
        if fact.started is not None and fact.seen.actor == "owner":
            self._note(self.ledger.containers[fact.started.container_id])

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        if fact.seen.actor == "owner":
            self._note(fact.container)

    def _note(self, container: Container) -> None:
        home = _home_of(container)
        if home:
            self._homes.add(home)

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        if not fact.seen.authorized or not fact.items:
            return
        project_id = fact.project_id
        for item in fact.items:
            container = self.ledger.containers.get(item.id)
            home = _home_of(container) if container is not None else None
            said = item.project_id if isinstance(item.project_id, str) else None
            wrong = next((name for name in (said, home) if name and not _is_project(name, project_id)), None)
            if wrong is not None:
                message = f"The list of project {project_id} holds container {item.id} of project {wrong[:80]}."
                read = container.read if container is not None and wrong == home else None
                self.failed("LST-8", "another project", message, *((read,) if read else ()), fact.seen)
                return
        if any(home != project_id for home in self._homes) or all(item.project_id == project_id for item in fact.items):
            self.passed("LST-8", fact.seen)

    @on(ListedElsewhere)
    def elsewhere(self, fact: ListedElsewhere) -> None:
        """Report a container that stands in the lists of two projects, one of which is not its own."""
        message = f"The lists of the projects {fact.other_project_id} and {fact.project_id} both hold container {fact.container_id}."
        self.failed("LST-8", "in two lists", message, fact.first, fact.seen, at=in_answer(fact.seen, "items"))


class ListMatchesContainer(Check):
    """LST-9: a list item and getContent show the same values."""

    judges = ("LST-9",)

    def __init__(self) -> None:
        self._listed: dict[str, tuple[Item, Observation]] = {}
        self._doubted: dict[str, tuple[str, Observation, Item, Observation]] = {}

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        if not fact.is_own:
            return
        page = fact.seen.evidence
        agreed: Observation | None = None
        for item in fact.items:
            self._listed[item.id] = item, page
            container = self.ledger.containers.get(item.id)
            read = container.read if container is not None else None
            if container is None or read is None or read.actor != "owner":
                continue
            agrees = self._compare(container, item, page, read)
            if agrees and self._must_hold(container, read, page, read.fields.get("status")):
                agreed = read
        if agreed is not None:
            self.passed("LST-9", agreed, page)

    @on(ContainerRequest)
    def read(self, fact: ContainerRequest) -> None:
        seen, container = fact.seen, fact.container
        if seen.actor != "owner":
            return
        container_id = seen.params["containerId"]
        self._resolve_doubt(container_id, seen)
        item, page = self._listed.get(container_id, (None, None))
        if item is None or page is None or not page.precedes(seen):
            return
        if isinstance(fact, ContainerRead):
            agrees = self._compare(fact.container, item, page, seen)
            if agrees and self._must_hold(fact.container, page, seen, item.status):
                self.passed("LST-9", page, seen)
        elif seen.status == 404 and _is_unknown(container) and item.project_id in (None, page.params["projectId"]):
            message = f"A list shows container {container_id}, but getContent answers 404."
            self.failed("LST-9", "not found", message, page, seen)

    def _must_hold(self, container: Container, first: Observation, second: Observation, status: Any) -> bool:
        """Return whether a terminal status of the first exchange must hold in the second."""
        unchanged = self.ledger.windows.of_container(container) <= first.exchange.sent_at
        return is_terminal(status) and first.precedes(second) and unchanged and not self._may_lag(first, second)

    def _may_lag(self, first: Observation, second: Observation) -> bool:
        """Return whether the second exchange may show what was before the first one, as the target is configured."""
        return may_lag(second, first, self.ledger.facts.read_lag)

    def _compare(self, container: Container, item: Item, page: Observation, read: Observation) -> bool:
        """Report what a list item and a read show differently, and return whether they agree."""
        first, second = (read, page) if read.precedes(page) else (page, read)
        status = read.fields.get("status") if first is read else item.status
        settled = self._must_hold(container, first, second, status)
        agrees = True
        made, listed = instant(read.fields.get("createdAt")), instant(item.created_at)
        if made and listed and not made.same(listed):
            self._report(item, "createdAt", item.created_at, read.fields.get("createdAt"), first, second)
            agrees = False
        if _formats_differ(item, read, first, second) and not self._may_lag(first, second):
            self._report(item, "format", item.format, read.fields.get("format"), first, second)
            agrees = False
        if not settled:
            return agrees
        for name, value in _shown_by(item).items():
            said = read.fields.get(name)
            if name == "format" and (said if first is read else value) != "auto":
                continue
            if isinstance(value, str) and isinstance(said, str) and value != said:
                if container.is_vouched:
                    self._report(item, name, value, said, first, second)
                    return False
                if first is read:
                    self._doubted[item.id] = name, read, item, page
                return agrees
        return agrees

    def _resolve_doubt(self, container_id: str, seen: Observation) -> None:
        """Report a container that others made only if the reads before and after the page agree."""
        doubt = self._doubted.get(container_id)
        if doubt is None or seen.container_view is None or not doubt[3].precedes(seen):
            return
        del self._doubted[container_id]
        name, before, item, page = doubt
        same = all(before.fields.get(member) == seen.fields.get(member) for member in (name, "updatedAt"))
        if same and isinstance(seen.fields.get("updatedAt"), str):
            self._report(item, name, _shown_by(item)[name], seen.fields.get(name), before, page, seen)

    def _report(self, item: Item, name: str, listed: Any, shown: Any, *evidence: Observation) -> None:
        message = f"Container {item.id} has {name} {str(listed)[:80]} in a list and {str(shown)[:80]} in getContent."
        self.failed("LST-9", f"another {name}", message, *evidence)


def _is_unknown(container: Container | None) -> bool:
    """Return whether the history neither made nor read a container."""
    return container is None or not (container.is_vouched or container.read)


def _home_of(container: Container) -> str | None:
    """Return the project that a container belongs to, None where nothing shows it or two things disagree."""
    accepted = container.made_by.accepted if container.made_by else None
    made = (accepted.params.get("projectId") or accepted.asked_destination) if accepted else None
    read = container.read.fields.get("projectId") if container.read else None
    shown = read if isinstance(read, str) else None
    return None if made and shown and made != shown else (shown or made)


def _is_project(name: str, asked: str) -> bool:
    return is_same_id(name, asked) or is_same_id(asked, name)


def _shown_by(item: Item) -> dict[str, Any]:
    """Return what an item shows that only a generation or a decision changes once the container is terminal."""
    return {"format": item.format, "status": item.status, "approvalStatus": item.approval_status}


def _formats_differ(item: Item, read: Observation, first: Observation, second: Observation) -> bool:
    """Return whether two formats differ although a generation in between cannot have resolved `auto` (open reading 5)."""
    listed, shown = item.format, read.fields.get("format")
    if not isinstance(listed, str) or not isinstance(shown, str) or listed == shown:
        return False
    earlier = shown if first is read else listed
    return "auto" not in (listed, shown) or (first.precedes(second) and earlier != "auto")
