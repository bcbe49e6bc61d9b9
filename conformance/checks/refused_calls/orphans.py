"""Containers that exist though no accepted call named them, found by the marks in their hooks.

They show what no answer tells: that a refused call, a replay, a conflict or a regeneration has made a container (CRE-10, AUT-3, AUT-4,
IDM-2, IDM-4, IDM-6, IDM-11, REG-3, CLO-4).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conformance.checks.findings import Check, Finding, failed, passed
from conformance.checks.listing.paging import Limit, is_own_list, limit_kind
from conformance.checks.refused_calls.suspects import MAYBE, OPERATIONS, blame, likeliest, project_of, suspects_of
from conformance.history.ledger import Ledger
from conformance.history.observation import MARK, Observation
from conformance.history.timestamps import Instant, instant
from conformance.history.walks import Walk, entries_of, without_body

WAITING_CALLS = 2_000
"""How many calls of a project wait for a walk that clears them; the oldest is forgotten."""
WAITING_FOR = 50
"""How many unknown containers a call's verdict waits for at most."""


@dataclass(slots=True, eq=False)
class Waiting:
    """A call that must have made nothing, until a walk and reads have shown whether it did.

    `newest` is the latest createdAt that had been seen when the call was sent: whatever is not newer is older than the call.
    """

    call: Observation
    requirement: str
    newest: Instant | None
    unknown: set[str]


class Strays(Check):
    """Nothing exists that no accepted call has named."""

    judges = ("CRE-10", "AUT-3", "AUT-4", "IDM-2", "IDM-4", "IDM-6", "IDM-11", "REG-3", "CLO-4")

    def __init__(self) -> None:
        self._named: set[str] = set()
        self._first_seen: dict[str, float] = {}
        self._cleared: set[str] = set()
        self._accused: dict[str, str] = {}
        self._newest: Instant | None = None
        self._offsets: dict[str, float] = {}
        self._calls_on: dict[str, list[Observation]] = defaultdict(list)
        self._waiting: dict[str, deque[Waiting]] = defaultdict(lambda: deque(maxlen=WAITING_CALLS))
        self._reading: list[Waiting] = []

    def observe(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        """Take in what a call may have made, or look at what a read or a list shows."""
        if seen.is_write:
            self._note_call(seen, ledger)
            return
        if seen.actor != "owner":
            return
        if seen.container_view is not None:
            yield from self._look(seen, seen.params["containerId"], seen.fields, ledger)
        elif is_own_list(seen, ledger):
            for entry in entries_of(seen) or ():
                if isinstance(entry, dict) and isinstance(entry.get("id"), str):
                    yield from self._look(seen, entry["id"], entry, ledger)
            walk = ledger.walk
            if walk is not None and walk.complete and not walk.filters:
                yield from self._walked(seen, walk)

    def _note_call(self, seen: Observation, ledger: Ledger) -> None:
        if seen.ok:
            self._named.update(name for name in map(seen.fields.get, ("containerId", "id")) if isinstance(name, str))
        if seen.operation_id not in OPERATIONS:
            return
        if ledger.clock_offset:
            self._offsets[seen.exchange.id] = ledger.clock_offset
        if "containerId" in seen.params:
            self._calls_on[seen.params["containerId"]].append(seen)
        requirement, project_id = blame(seen, ledger), project_of(seen, ledger)
        if requirement not in ("", MAYBE) and project_id is not None and seen.status != 429:
            self._waiting[project_id].append(Waiting(seen.evidence, requirement, self._newest, set()))

    def _look(self, seen: Observation, container_id: str, shown: dict[str, Any], ledger: Ledger) -> Iterator[Finding]:
        """Look at one container as a read or a list item shows it."""
        self._first_seen.setdefault(container_id, seen.exchange.received_at)
        made = instant(shown.get("createdAt"))
        if made is not None and (self._newest is None or made.after(self._newest)):
            self._newest = made
        if container_id in self._named or container_id in self._cleared or container_id in self._accused:
            return
        brief = shown.get("brief")
        hook = brief.get("hook") if isinstance(brief, dict) else None
        if not isinstance(hook, str):
            return
        found = MARK.search(hook)
        calls = ledger.attempts.get(found.group(), []) if found else []
        if calls:
            yield from self._attribute(seen, container_id, shown, calls, ledger)
        if container_id not in self._accused:
            self._cleared.add(container_id)
        yield from self._resolve(seen, container_id)

    def _attribute(
        self, seen: Observation, container_id: str, shown: dict[str, Any], calls: list[Observation], ledger: Ledger
    ) -> Iterator[Finding]:
        carriers = dict.fromkeys(
            name
            for call in calls
            for name in (call.fields.get("containerId"), call.params.get("containerId"))
            if isinstance(name, str)
        )
        on_carriers = [call for name in carriers for call in self._calls_on.get(name, ())]
        home = shown.get("projectId") or seen.params.get("projectId")
        everything = list(dict.fromkeys([*calls, *on_carriers]))
        suspects = suspects_of(everything, home if isinstance(home, str) else None, ledger, self._offsets)
        suspect = likeliest(suspects, shown.get("createdAt"))
        if suspect is None:
            return
        self._accused[container_id] = suspect.requirement
        answer = str(suspect.call.status)
        message = (
            f"Container {container_id} exists, though no answer named it; {suspect.call.name()}, "
            f"answered {answer}, carried its mark."
        )
        yield failed(suspect.requirement, message, suspect.call, seen)

    def _walked(self, seen: Observation, walk: Walk) -> Iterator[Finding]:
        """Clear the calls that ended before a whole walk, or let them wait for the containers that it shows for the first time."""
        if walk.malformed or limit_kind(walk.limit) in {Limit.WRONG, Limit.OPEN}:
            return
        waiting = self._waiting[walk.project_id]
        ready = [each for each in waiting if each.call.exchange.received_at <= walk.began]
        self._waiting[walk.project_id] = deque(
            (each for each in waiting if each.call.exchange.received_at > walk.began), maxlen=WAITING_CALLS
        )
        unknown = {
            item.id: instant(item.created_at)
            for item in walk.items
            if item.id not in self._named and item.id not in self._cleared
        }
        for each in ready:
            if each.requirement == "REG-3" and not self._stands_once(each.call, walk):
                continue
            each.unknown = {
                container_id for container_id, made in unknown.items() if self._may_be_made_by(each, container_id, made)
            }
            if any(self._accused.get(container_id) == each.requirement for container_id in each.unknown):
                continue
            each.unknown.difference_update(self._accused)
            if not each.unknown:
                yield passed(each.requirement, each.call, seen)
            elif len(each.unknown) <= WAITING_FOR:
                self._reading.append(each)

    def _stands_once(self, call: Observation, walk: Walk) -> bool:
        container_id = call.params["containerId"]
        return container_id in walk.by_id and all(item.id != container_id for item in walk.repeated)

    def _may_be_made_by(self, waiting: Waiting, container_id: str, made: Instant | None) -> bool:
        if self._first_seen.get(container_id, float("inf")) <= waiting.call.exchange.sent_at:
            return False
        return waiting.newest is None or made is None or made.after(waiting.newest)

    def _resolve(self, seen: Observation, container_id: str) -> Iterator[Finding]:
        """Clear the calls that waited for this container alone."""
        accused = self._accused.get(container_id)
        still: list[Waiting] = []
        for each in self._reading:
            if container_id not in each.unknown:
                still.append(each)
            elif accused != each.requirement:
                each.unknown.remove(container_id)
                if each.unknown:
                    still.append(each)
                else:
                    yield passed(each.requirement, each.call, seen)
        self._reading = still


CHECKS: tuple[type[Check], ...] = (Strays,)
