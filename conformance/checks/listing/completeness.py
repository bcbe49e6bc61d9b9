"""What a walk along a list meets: every container exactly once, also while others are made (LST-1, LST-7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.checks.cloning import asked_destination
from conformance.checks.findings import Check, Finding, failed, passed
from conformance.checks.listing.paging import Limit, is_own_list, limit_kind
from conformance.contract.validity import Validity
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.requests import is_ordinary
from conformance.history.walks import Walk, digest, entries_of, item_of, without_body

EMPTY_PAGES = 20
"""So many empty pages one after another are no walk that ends."""
FRESH = 60.0
"""Seconds in which a cursor must not have expired; how long it lives is stated nowhere."""


@dataclass(slots=True)
class Existing:
    """Since when a container has surely existed, what shows it, and whether anything but its creation does."""

    since: float
    shown_by: Observation
    confirmed: bool


class Census:
    """Which containers have surely existed in which project, and since when."""

    def __init__(self) -> None:
        self._projects: dict[str, dict[str, Existing]] = defaultdict(dict)

    def of(self, project_id: str) -> dict[str, Existing]:
        """Give the containers of a project."""
        return self._projects[project_id]

    def learn(self, seen: Observation, ledger: Ledger) -> None:
        """Take in what one exchange shows of the owner's containers."""
        if seen.actor != "owner":
            return
        if ledger.started and seen.operation_id == "createContent":
            if seen.validity not in {Validity.INVALID, Validity.MALFORMED}:
                self._add(seen.params["projectId"], ledger.started.container_id, seen.evidence, confirmed=False)
        elif seen.operation_id == "getContent":
            self._learn_read(seen, ledger)
        elif entries_of(seen) is not None:
            self._learn_page(seen, ledger)

    def _learn_page(self, seen: Observation, ledger: Ledger) -> None:
        page, project_id = seen.evidence, seen.params["projectId"]
        for item in filter(None, map(item_of, entries_of(seen) or ())):
            container = ledger.containers.get(item.id)
            is_own = container is None or container.project_id in (None, project_id)
            if is_own and item.project_id in (None, project_id):
                self._add(project_id, item.id, page, confirmed=True)

    def _learn_read(self, seen: Observation, ledger: Ledger) -> None:
        container = ledger.containers.get(seen.params["containerId"])
        if container is None or container.project_id is None:
            return
        project_id = container.project_id
        shown = seen.fields.get("projectId")
        if seen.container_view is not None and shown in (None, project_id):
            self._add(project_id, container.id, seen.evidence, confirmed=True)
        elif seen.ok or seen.status in {403, 404, 410}:
            # A container that cannot be read, or shows another project, is no matter of the list.
            self._projects[project_id].pop(container.id, None)

    def _add(self, project_id: str, container_id: str, seen: Observation, *, confirmed: bool) -> None:
        known = self._projects[project_id]
        existing = known.get(container_id)
        if existing is None:
            known[container_id] = Existing(seen.exchange.received_at, seen, confirmed)
        else:
            existing.confirmed = existing.confirmed or confirmed


class ExactlyOnce(Check):
    """A walk meets every container of the project exactly once, and ends."""

    judges = ("LST-1", "LST-7")

    def __init__(self) -> None:
        self._census = Census()
        self._inserted: dict[str | None, Observation] = {}
        self._held: dict[str, list[Finding]] = defaultdict(list)
        self._lost: set[str] = set()
        self._moved_at: float | None = None
        self._used: dict[bytes, float] = {}
        self._completed: set[str] = set()

    def observe(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Judge the walk that a page continues, and learn which containers exist."""
        self._note_insert(seen, ledger)
        if seen.advanced_seconds is not None:
            self._moved_at = seen.exchange.received_at
        walk = ledger.walk
        if seen.status in {400, 404, 409, 410, 422} and is_own_list(seen, ledger):
            yield from self._broken_off(seen, ledger)
        elif walk is not None and is_own_list(seen, ledger):
            yield from self._ends(seen, walk)
            yield from self._once(seen, walk)
            if walk.complete and not walk.filters:
                yield from self._every(seen, walk)
        for cursor in seen.values("cursor"):
            self._used[digest(cursor)] = seen.exchange.received_at
        if seen.job_view is not None and seen.job_view.get("status") == "completed":
            self._completed.add(seen.params["jobId"])
        self._census.learn(seen, ledger)
        yield from self._release(seen, ledger)

    def finish(self, ledger: Ledger) -> Iterator[Finding]:
        """Accuse for what nobody tried to read, though its job completed: its container exists."""
        for container_id, held in self._held.items():
            if any(one.job_id in self._completed for one in ledger.container(container_id).generations):
                yield from held

    def _note_insert(self, seen: Observation, ledger: Ledger) -> None:
        if seen.operation_id not in {"createContent", "cloneFromPost"} or seen.refused:
            return
        project_id = seen.params.get("projectId") or asked_destination(seen)
        if project_id is None:
            container = ledger.containers.get(seen.params["containerId"])
            project_id = container.project_id if container else None
        before = self._inserted.get(project_id)
        if before is None or before.exchange.received_at < seen.exchange.received_at:
            self._inserted[project_id] = seen

    def _insert_during(self, walk: Walk) -> Observation | None:
        """Give a creation that may have taken effect between two pages of the walk."""
        if len(walk.pages) < 2:
            return None
        for project_id in (walk.project_id, None):
            insert = self._inserted.get(project_id)
            if insert is not None and insert.exchange.received_at > walk.began:
                return insert
        return None

    def _ends(self, seen: Observation, walk: Walk) -> Iterator[Finding]:
        if walk.looped:
            giver = walk.pages[walk.cursors.index(seen.fields["nextCursor"])]
            yield failed("LST-1", "A walk got a cursor again that it had followed, so it never ends.", giver, seen)
            return
        last = walk.items[-1].page if walk.items else -1
        if len(walk.pages) - 1 - last == EMPTY_PAGES and not walk.complete and not walk.filters:
            message = f"A walk has met {EMPTY_PAGES} empty pages one after another, each with a cursor to the next."
            yield failed("LST-1", message, walk.pages[0], seen)

    def _broken_off(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Accuse where the cursor that a page gave a moment ago is refused in the same walk."""
        walk = ledger.walks.waiting_for(seen)
        if walk is None or seen.exchange.sent_at - walk.pages[-1].exchange.received_at > FRESH:
            return
        if not seen.is_ordinary:
            return
        if self._moved_at is not None and self._moved_at > walk.pages[-1].exchange.sent_at:
            return
        last = walk.pages[-1]
        if self._used.get(digest(seen.values("cursor")[0]), 0.0) > last.exchange.sent_at:
            return  # how often a cursor may be used is stated nowhere
        insert = self._inserted.get(walk.project_id)
        message = f"A walk could not go on: the cursor that its page {len(walk.pages)} gave was answered {seen.status}"
        if insert is not None and insert.exchange.received_at > last.exchange.sent_at:
            yield failed("LST-7", f"{message}, after a creation.", last, insert, seen)
        else:
            yield failed("LST-1", f"{message}.", last, seen)

    def _once(self, seen: Observation, walk: Walk) -> Iterator[Finding]:
        again = walk.repeated[0] if walk.repeated else None
        if again is None or again.page != len(walk.pages) - 1 or walk.looped:
            return
        first = walk.page_of(again.id)
        where = f"on page {walk.by_id[again.id].page + 1} of a walk and again on page {again.page + 1}"
        yield self._accuse(f"Container {again.id} stood {where}", walk, first, seen)

    def _every(self, seen: Observation, walk: Walk) -> Iterator[Finding]:
        if walk.malformed or limit_kind(walk.limit) in {Limit.WRONG, Limit.OPEN}:
            return
        older = {key: known for key, known in self._census.of(walk.project_id).items() if known.since <= walk.began}
        lacking = {key: known for key, known in older.items() if key not in walk.by_id}
        for container_id, known in lacking.items():
            what = f"Container {container_id} existed before a walk began, and the walk of {len(walk.items)} items lacks it"
            finding = self._accuse(what, walk, known.shown_by, seen)
            if known.confirmed:
                # What walks lack without any creation too, no creation has hidden.
                if finding.requirement == "LST-1":
                    self._lost.add(container_id)
                elif container_id in self._lost:
                    continue
                yield finding
                return
            self._held[container_id].append(finding)
        if older and not lacking and not walk.repeated:
            yield passed("LST-1", seen)
            insert = self._insert_during(walk)
            if insert is not None and insert.ok:
                yield passed("LST-7", walk.pages[0], insert, seen)

    def _accuse(self, what: str, walk: Walk, shown_by: Observation, seen: Observation) -> Finding:
        insert = self._insert_during(walk)
        if insert is None:
            return failed("LST-1", f"{what}.", shown_by, seen)
        return failed("LST-7", f"{what}, with a creation in between.", shown_by, insert, seen)

    def _release(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Decide on a container that a walk lacked before anything but its creation had shown it."""
        if seen.operation_id != "getContent" or seen.params["containerId"] not in self._held:
            return
        if seen.ok or seen.status == 404:
            held = self._held.pop(seen.params["containerId"])
            container = ledger.containers[seen.params["containerId"]]
            if container.project_id is not None and container.id in self._census.of(container.project_id):
                yield from held


CHECKS: tuple[type[Check], ...] = (ExactlyOnce,)
