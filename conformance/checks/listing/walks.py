"""LST-1, LST-2, LST-7, LST-11 and LST-13: a walk begins, ends, meets every container exactly once, and has pages of the right size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from conformance.checks.base import Check, failure, on
from conformance.checks.findings import Finding
from conformance.contract.validity import Validity
from conformance.history.containers import LatestCreations
from conformance.history.facts import (
    ClockMoved,
    ContainerRead,
    ContainerRequest,
    CreateSent,
    JobRead,
    ListRequest,
    PageRead,
)
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.walks import HIGHEST_LIMIT, Limit, Walk

EMPTY_PAGES = 20
"""How many empty pages in a row count as a walk that never ends."""
FRESH = 60.0
"""Seconds for which a cursor must stay valid; the documents do not say how long it does."""


class WalksEnd(Check):
    """LST-1 and LST-7: a walk can continue from each cursor, and ends."""

    judges = ("LST-1", "LST-7")

    def __init__(self) -> None:
        self._clock_moved_at = float("-inf")

    @on(ClockMoved)
    def clock_moved(self, fact: ClockMoved) -> None:
        self._clock_moved_at = fact.seen.exchange.received_at

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        walk, seen = fact.walk, fact.seen
        if walk is None or not fact.is_own:
            return
        if walk.looped:
            giver = walk.pages[walk.cursors.index(seen.fields["nextCursor"])]
            message = "A walk received a cursor that it had already followed, with a page that held nothing new, so it never ends."
            self.failed("LST-1", "cursor given again", message, giver, seen)
            return
        # Under a filter a target may pass over any number of containers before one matches, unless it gives one cursor for all of them.
        if walk.empty_pages == EMPTY_PAGES and not walk.complete and (walk.held or not walk.filters):
            message = f"A walk received {EMPTY_PAGES} empty pages in a row, each with a nextCursor."
            self.failed("LST-1", "empty pages", message, walk.pages[0], seen)

    @on(ListRequest)
    def request(self, fact: ListRequest) -> None:
        """Fail a walk whose next page is refused shortly after its cursor was received."""
        seen, walk, cursor = fact.seen, fact.walk, fact.cursor
        if seen.status not in {400, 404, 409, 410, 422} or walk is None or cursor is None or not fact.is_own:
            return
        last = walk.pages[-1]
        # A 403 or a 429 speaks of the caller, and what answers 5xx is ERR-1's.
        if seen.exchange.sent_at - last.exchange.received_at > FRESH or not seen.is_ordinary:
            return
        if self._clock_moved_at > last.exchange.sent_at:
            return
        if cursor.last_used is not None and cursor.last_used > last.exchange.sent_at:
            return  # The documents do not say how often a cursor may be used.
        insert = self.ledger.creations.since(last.exchange.sent_at, walk.project_id)
        message = f"A walk could not continue: the cursor from its page {len(walk.pages)} was answered {seen.status}"
        if insert is not None:
            self.failed("LST-7", "cursor refused", f"{message}, after a creation.", last, insert, seen)
        else:
            self.failed("LST-1", "cursor refused", f"{message}.", last, seen)


@dataclass(slots=True)
class Existing:
    """Since when a container is known to exist, what shows it, and whether anything other than its creation confirms it."""

    since: float
    shown_by: Observation
    confirmed: bool


class Census:
    """Which of the owner's containers are known to exist in which project, and since when."""

    def __init__(self) -> None:
        self._projects: dict[str, dict[str, Existing]] = defaultdict(dict)

    def of(self, project_id: str) -> Mapping[str, Existing]:
        """Return the containers of a project."""
        return self._projects[project_id]

    def created(self, fact: CreateSent) -> None:
        """Take in a create."""
        if fact.started is not None and fact.seen.validity not in {Validity.INVALID, Validity.MALFORMED}:
            self._add(fact.seen.params["projectId"], fact.started.container_id, fact.seen.evidence, confirmed=False)

    def listed(self, fact: PageRead, ledger: Ledger) -> None:
        """Take in a page."""
        for item in fact.items:
            container = ledger.containers.get(item.id)
            is_own = container is None or container.project_id in (None, fact.project_id)
            if is_own and item.project_id in (None, fact.project_id):
                self._add(fact.project_id, item.id, fact.seen.evidence, confirmed=True)

    def read(self, fact: ContainerRequest) -> None:
        """Take in a read, whatever it was answered."""
        seen, container = fact.seen, fact.container
        if container is None or container.project_id is None:
            return
        shown = seen.fields.get("projectId")
        if isinstance(fact, ContainerRead) and shown in (None, container.project_id):
            self._add(container.project_id, container.id, seen.evidence, confirmed=True)
        elif seen.ok or seen.status in {403, 404, 410}:
            # LST-1 does not cover a container that cannot be read or that shows another project.
            self._projects[container.project_id].pop(container.id, None)

    def _add(self, project_id: str, container_id: str, seen: Observation, *, confirmed: bool) -> None:
        known = self._projects[project_id]
        existing = known.get(container_id)
        if existing is None:
            known[container_id] = Existing(seen.exchange.received_at, seen, confirmed)
        elif confirmed:
            existing.confirmed = True


class ExactlyOnce(Check):
    """LST-1 and LST-7: a walk meets every container of the project exactly once."""

    judges = ("LST-1", "LST-7")

    def __init__(self) -> None:
        self._census = Census()
        self._held: dict[str, list[Finding]] = defaultdict(list)
        self._lost: set[str] = set()
        self._completed: set[str] = set()

    def finish(self) -> None:
        """Report missing containers that nobody read but whose job completed, so that they must exist."""
        for container_id, held in self._held.items():
            generations = self.ledger.container(container_id).generations
            if container_id not in self.ledger.unclear and any(one.job_id in self._completed for one in generations):
                self._report(held)

    @on(CreateSent)
    def created(self, fact: CreateSent) -> None:
        if fact.seen.actor == "owner":
            self._census.created(fact)

    @on(JobRead)
    def job(self, fact: JobRead) -> None:
        if fact.view.get("status") == "completed":
            self._completed.add(fact.job_id)

    @on(ContainerRequest)
    def read(self, fact: ContainerRequest) -> None:
        """Note whether a container exists, and report it if a walk missed it when only its creation had shown it."""
        seen, container = fact.seen, fact.container
        if seen.actor == "owner":
            self._census.read(fact)
        if container is not None and container.id in self._held and (seen.ok or seen.status == 404):
            held = self._held.pop(container.id)
            if container.project_id is not None and container.id in self._census.of(container.project_id):
                self._report(held)

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        """Judge whether a walk met a container twice or missed one, and only then note what the page shows."""
        walk = fact.walk
        if walk is not None and fact.is_own:
            self._judge_repeated(fact.seen, walk)
            if walk.is_reliable and not walk.filters:
                self._judge_missing(fact.seen, walk)
        if fact.seen.actor == "owner":
            self._census.listed(fact, self.ledger)

    def _judge_repeated(self, seen: Observation, walk: Walk) -> None:
        again = walk.repeated[0] if walk.repeated else None
        if again is None or again.page != len(walk.pages) - 1 or walk.looped or again.id in self.ledger.unclear:
            return
        where = f"on page {walk.by_id[again.id].page + 1} of a walk and again on page {again.page + 1}"
        what = f"Container {again.id} appears {where}"
        self._report([self._finding("met twice", what, walk, walk.page_of(again.id), seen)])

    def _judge_missing(self, seen: Observation, walk: Walk) -> None:
        older = {key: known for key, known in self._census.of(walk.project_id).items() if known.since <= walk.began}
        unclear = self.ledger.unclear
        missing = {key: known for key, known in older.items() if key not in walk.by_id and key not in unclear}
        late = {
            key
            for key, known in missing.items()
            if self.lagged("LST-1", f"A walk does not include container {key}.", known.shown_by, walk.pages[0])
        }
        for container_id, known in missing.items():
            if container_id in late:
                continue
            what = f"Container {container_id} existed before a walk began, but the walk of {len(walk.items)} items does not include it"
            finding = self._finding("missing", what, walk, known.shown_by, seen)
            if known.confirmed:
                # A container that is also missing from walks without a creation was not hidden by a creation.
                if finding.requirement == "LST-1":
                    self._lost.add(container_id)
                elif container_id in self._lost:
                    continue
                self._report([finding])
                return
            self._held[container_id].append(finding)
        if older.keys() - late and missing.keys() == late and not walk.repeated:
            self.passed("LST-1", seen)
            insert = self.ledger.creations.accepted_since(walk.began, walk.project_id) if len(walk.pages) > 1 else None
            if insert is not None:
                self.passed("LST-7", walk.pages[0], insert, seen)

    def _finding(self, kind: str, what: str, walk: Walk, shown_by: Observation, seen: Observation) -> Finding:
        insert = _insert_during(walk, self.ledger.creations)
        if insert is None:
            return failure("LST-1", kind, f"{what}.", shown_by, seen)
        return failure("LST-7", kind, f"{what}; a container was created during the walk.", shown_by, insert, seen)

    def _report(self, findings: list[Finding]) -> None:
        for finding in findings:
            self.findings.add(finding)


def _insert_during(walk: Walk, creations: LatestCreations) -> Observation | None:
    """Return a creation that may have taken effect between two pages of the walk."""
    if len(walk.pages) < 2:
        return None
    return creations.since(walk.began, walk.project_id) or creations.since(walk.began, None)


ARCHIVED = frozenset({404, 409, 410})
"""What a list may be answered once its project is archived (open reading 33), which another client may have done."""
NEVER = frozenset({400, 405, 422, 501})
"""What no list is answered that has nothing wrong about it: the operation may not be absent."""


class ListsAnswer(Check):
    """LST-1: a walk can begin, where creates of the project were accepted before, and after where it could be archived otherwise."""

    judges = ("LST-1",)

    def __init__(self) -> None:
        self._made: dict[str, Observation] = {}
        self._refused: dict[str, tuple[Observation, Observation]] = {}

    @on(CreateSent)
    def created(self, fact: CreateSent) -> None:
        """Note a project that took a create of its owner, and so was not archived when a list of it was refused before."""
        seen, project_id = fact.seen, fact.seen.params["projectId"]
        if fact.started is None or seen.actor != "owner":
            return
        made, refused = self._refused.get(project_id, (None, None))
        if made is not None and refused is not None and refused.precedes(seen):
            del self._refused[project_id]
            self._accuse(project_id, made, refused, seen)
        self._made[project_id] = seen.evidence

    @on(ListRequest)
    def request(self, fact: ListRequest) -> None:
        """Judge a list that was asked for without a cursor and without filters."""
        seen, made = fact.seen, self._made.get(fact.project_id)
        if made is None or not made.precedes(seen) or not (fact.is_own and seen.is_ordinary):
            return
        if seen.values("cursor") or fact.filters or fact.limit_kind not in {Limit.ABSENT, Limit.WITHIN}:
            return
        if seen.status in NEVER:
            self._accuse(fact.project_id, made, seen)
        elif seen.status in ARCHIVED:
            self._refused.setdefault(fact.project_id, (made, seen.evidence))

    def _accuse(self, project_id: str, made: Observation, refused: Observation, *later: Observation) -> None:
        when = "before and after" if later else "before"
        message = (
            f"The list of project {project_id}, in which containers were created {when}, was answered {refused.status}."
        )
        self.failed("LST-1", "list refused", message, made, *later, refused)


DEFAULT_LIMIT = 25
_BUSY = frozenset({502, 503, 504})


class PageSize(Check):
    """LST-2, LST-11 and LST-13: a page holds no more items than its limit, and 25 without one."""

    judges = ("LST-2", "LST-11", "LST-13")

    @on(ListRequest)
    def request(self, fact: ListRequest) -> None:
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

    def _clamped(self, requirement: str, fact: ListRequest) -> None:
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
