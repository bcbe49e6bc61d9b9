"""Containers that exist though no accepted call named them, found by the marks in their hooks.

They show what no answer tells: that a refused call, a replay, a conflict or a regeneration has made a container (CRE-10, AUT-3, AUT-4,
IDM-2, IDM-4, IDM-6, IDM-11, REG-3, CLO-4).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.checks.base import Check, on
from conformance.checks.refused_calls.blame import FOR_MAKING, blame_for_making, may_have_made
from conformance.client.actors import OWNER
from conformance.contract.document import GENERATING_OPERATIONS
from conformance.history.containers import Container
from conformance.history.facts import ContainerRead, PageRead, Wrote
from conformance.history.fields import Instant, instant
from conformance.history.ledger import Ledger
from conformance.history.observation import MARK, Observation
from conformance.history.walks import Walk
from conformance.history.windows import UNANSWERED_FOR

TOLERANCE = 2.0
"""Seconds by which a target's timestamps may miss the times of a call."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A call, the requirement that a container made by it breaks (empty: none), and the container whose creation dates it.

    `moved` is by how many seconds a test clock was moved between the creation and the call.
    """

    call: Observation
    requirement: str
    reference: Container | None
    moved: float = 0.0


def suspects_of(
    calls: Iterable[Observation], project_id: str | None, ledger: Ledger, offsets: Mapping[str, float]
) -> list[Suspect]:
    """Return the calls that can have made a container in a project; `offsets` holds the offset of a moved test clock by exchange id."""
    made = [container for call in calls if (container := _made_by(call, ledger)) is not None]
    found = []
    for call in calls:
        if project_id is not None and ledger.project_of(call) not in (None, project_id):
            continue
        own = ledger.containers.get(call.params.get("containerId", ""))
        reference = own or (made[0] if made else None)
        origin = reference.made_by.accepted if reference and reference.made_by else call
        moved = offsets.get(call.exchange.id, 0.0) - offsets.get(origin.exchange.id, 0.0)
        found.append(Suspect(call, blame_for_making(call, ledger), reference, moved))
    return found


def _made_by(call: Observation, ledger: Ledger) -> Container | None:
    container_id = call.fields.get("containerId") if call.operation_id == "createContent" and call.ok else None
    return ledger.containers.get(container_id) if isinstance(container_id, str) else None


def likeliest(suspects: list[Suspect], created_at: object) -> Suspect | None:
    """Return the suspect whose time fits best, None where none fits or where a call without an answer fits too.

    Where nothing dates the container or the calls, every suspect fits, and the last one is returned.
    """
    made = instant(created_at)
    fitting = [(miss, suspect) for suspect in suspects if (miss := _misses_by(suspect, made)) <= TOLERANCE]
    if any(may_have_made(suspect.call) for _, suspect in fitting):
        return None
    guilty = [(miss, -place, suspect) for place, (miss, suspect) in enumerate(fitting) if suspect.requirement]
    return min(guilty, key=lambda found: found[:2])[2] if guilty else None


def _misses_by(suspect: Suspect, made: Instant | None) -> float:
    """Return by how many seconds a creation misses the window of a call; 0 where it lies within or nothing tells.

    A container whose creating call is known tells the target's clock. Whether moving a test clock moves timestamps is open (reading 23).
    """
    container = suspect.reference
    origin = container.made_by.accepted.exchange if container and container.made_by else None
    read = container.read or container.first_read if container else None
    reference = instant(read.fields.get("createdAt")) if read else None
    if made is None or origin is None or reference is None:
        return 0.0
    apart = (made.microseconds - reference.microseconds) / 1_000_000
    call = suspect.call.exchange
    earliest, latest = call.sent_at - origin.received_at, call.received_at - origin.sent_at
    if suspect.call.uncertain:
        latest += UNANSWERED_FOR
    return min(max(earliest - seconds, seconds - latest, 0.0) for seconds in (apart, apart - suspect.moved))


WAITING_CALLS = 2_000
"""How many calls of a project wait for a walk that clears them; the oldest is forgotten."""
WAITING_FOR = 50
"""How many unknown containers a call's verdict waits for at most."""
SECOND = 1_000_000
"""Microseconds: an instant that is told by the second alone is that of many containers."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """A call that must have made nothing, until a walk and reads have shown whether it did.

    `newest` is the latest createdAt that had been seen when the call was sent: a container that is not newer is older than the call.
    `unknown` are the containers of that walk which the call may have made, as far as is known.
    """

    call: Observation
    requirement: str
    newest: Instant | None
    unknown: set[str]


class OrphanContainers(Check):
    """Every container whose hook has a mark of this history was named by an answer."""

    judges = FOR_MAKING

    def __init__(self) -> None:
        self._named: set[str] = set()
        self._first_seen: dict[str, float] = {}
        self._cleared: set[str] = set()
        self._accused: dict[str, str] = {}
        self._newest: Instant | None = None
        self._offsets: dict[str, float] = {}
        self._born: dict[tuple[str, str], str] = {}
        self._unmarked: set[str] = set()
        self._whole: dict[str, Walk] = {}
        self._before: dict[str, Walk] = {}
        self._calls_on: dict[str, list[Observation]] = defaultdict(list)
        self._waiting: dict[str, deque[_Waiting]] = defaultdict(lambda: deque(maxlen=WAITING_CALLS))
        self._waiting_for: dict[str, list[_Waiting]] = defaultdict(list)

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        if fact.seen.actor == OWNER:
            self._look(fact.seen, fact.container.id, fact.view)

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        """Look at every container of a page, and at the calls that ended before the walk."""
        if not fact.is_own:
            return
        for entry in fact.entries:
            if (
                isinstance(entry, dict)
                and isinstance(entry.get("id"), str)
                and self.ledger.walks.roll.knows(entry["id"])
            ):
                self._look(fact.seen, entry["id"], entry)
        walk = fact.walk
        if walk is not None and walk.is_reliable and not walk.filters:
            self._walked(fact.seen, walk)

    @on(Wrote)
    def wrote(self, fact: Wrote) -> None:
        """Keep what the answer names, and a call that may have made what its answer does not name."""
        seen, ledger = fact.seen, self.ledger
        if seen.ok:
            self._named.update(name for name in map(seen.fields.get, ("containerId", "id")) if isinstance(name, str))
        if seen.operation_id not in GENERATING_OPERATIONS:
            return
        if ledger.clock_offset:
            self._offsets[seen.exchange.id] = ledger.clock_offset
        requirement, project_id = blame_for_making(seen, ledger), ledger.project_of(seen)
        if "containerId" in seen.params:
            self._calls_on[seen.params["containerId"]].append(seen)
            if requirement == "REG-3" and project_id in self._whole and seen.params["containerId"] in self._unmarked:
                self._before[seen.exchange.id] = self._whole[project_id]
        if requirement and project_id is not None and seen.status != 429:
            self._waiting[project_id].append(_Waiting(seen.evidence, requirement, self._newest, set()))

    def _look(self, seen: Observation, container_id: str, shown: dict[str, Any]) -> None:
        """Look at one container as a read or a list item shows it."""
        self._first_seen.setdefault(container_id, seen.exchange.received_at)
        made = instant(shown.get("createdAt"))
        if made is not None and (self._newest is None or made.after(self._newest)):
            self._newest = made
        if container_id in self._cleared or container_id in self._accused:
            return
        brief = shown.get("brief")
        hook = brief.get("hook") if isinstance(brief, dict) else None
        if not isinstance(hook, str):
            return
        found = MARK.search(hook)
        birth = None if found or made is None or made.microseconds % SECOND == 0 else (str(shown["createdAt"]), hook)
        if container_id in self._named:
            if birth is not None:
                self._born.setdefault(birth, container_id)
                self._unmarked.add(container_id)
            return
        calls = self.ledger.attempts.get(found.group(), []) if found else []
        if calls:
            self._attribute(seen, container_id, shown, calls)
        elif birth in self._born:
            self._compare(seen, container_id, self._born[birth])
        if container_id not in self._accused:
            self._cleared.add(container_id)
        self._resolve(seen, container_id)

    def _attribute(self, seen: Observation, container_id: str, shown: dict[str, Any], calls: list[Observation]) -> None:
        carriers = dict.fromkeys(
            name
            for call in calls
            for name in (call.fields.get("containerId"), call.params.get("containerId"))
            if isinstance(name, str)
        )
        on_carriers = [call for name in carriers for call in self._calls_on.get(name, ())]
        home = shown.get("projectId") or seen.params.get("projectId")
        everything = list(dict.fromkeys([*calls, *on_carriers]))
        suspects = suspects_of(everything, home if isinstance(home, str) else None, self.ledger, self._offsets)
        suspect = likeliest(suspects, shown.get("createdAt"))
        if suspect is None:
            return
        self._accused[container_id] = suspect.requirement
        call = suspect.call
        message = (
            f"Container {container_id} exists although no answer named it; "
            f"by its mark and its time, {call.name()} made it, which was answered {call.status}."
        )
        self.failed(suspect.requirement, f"{call.operation_id} made a container", message, call, seen)

    def _compare(self, seen: Observation, container_id: str, origin: str) -> None:
        """Accuse a regeneration of the copy of a container whose brief has no mark: it has the same hook, and was made at the same instant.

        Another client may have made one at that instant, which a whole walk before the regeneration would have shown.
        """
        calls = self._calls_on.get(origin, [])
        if any(may_have_made(call) for call in calls):
            return
        for call in reversed(calls):
            walk = self._before.get(call.exchange.id)
            if walk is not None and call.precedes(seen) and self._came_after(walk, container_id, origin):
                break
        else:
            return
        self._accused[container_id] = "REG-3"
        message = (
            f"Container {container_id} exists although no answer named it; it has the hook and the createdAt that container {origin} had"
            f" before {call.name()}, and the list did not show it then."
        )
        self.failed("REG-3", "regenerateContent made a copy", message, walk.page_of(origin), call, seen)

    def _came_after(self, walk: Walk, container_id: str, origin: str) -> bool:
        """Return whether a walk that shows what was made at an instant lacks another container of that instant."""
        known = self._first_seen[origin] + self.ledger.facts.read_lag
        return origin in walk.by_id and container_id not in walk.by_id and walk.began >= known

    def _walked(self, seen: Observation, walk: Walk) -> None:
        """Clear the calls that ended before a whole walk, or let them wait for the containers that it shows for the first time."""
        self._whole[walk.project_id] = walk
        waiting = self._waiting[walk.project_id]
        ready = [pending for pending in waiting if pending.call.exchange.received_at <= walk.began]
        self._waiting[walk.project_id] = deque(
            (pending for pending in waiting if pending.call.exchange.received_at > walk.began),
            maxlen=WAITING_CALLS,
        )
        unknown = {
            item.id: instant(item.created_at)
            for item in walk.items
            if item.id not in self._named and item.id not in self._cleared
        }
        for pending in ready:
            if pending.requirement == "REG-3" and not self._stands_once(pending.call, walk):
                continue
            pending.unknown = {
                container_id
                for container_id, made in unknown.items()
                if self._may_be_made_by(pending, container_id, made)
            }
            if any(self._accused.get(container_id) == pending.requirement for container_id in pending.unknown):
                continue
            pending.unknown.difference_update(self._accused)
            if not pending.unknown:
                self.passed(pending.requirement, pending.call, seen)
            elif len(pending.unknown) <= WAITING_FOR:
                for container_id in pending.unknown:
                    self._waiting_for[container_id].append(pending)

    def _stands_once(self, call: Observation, walk: Walk) -> bool:
        container_id = call.params["containerId"]
        return container_id in walk.by_id and all(item.id != container_id for item in walk.repeated)

    def _may_be_made_by(self, waiting: _Waiting, container_id: str, made: Instant | None) -> bool:
        if self._first_seen.get(container_id, float("inf")) <= waiting.call.exchange.sent_at:
            return False
        return waiting.newest is None or made is None or made.after(waiting.newest)

    def _resolve(self, seen: Observation, container_id: str) -> None:
        """Clear the calls that waited for this container alone; one that is accused of it waits for ever."""
        accused = self._accused.get(container_id)
        for pending in self._waiting_for.pop(container_id, ()):
            if accused == pending.requirement:
                continue
            pending.unknown.remove(container_id)
            if not pending.unknown:
                self.passed(pending.requirement, pending.call, seen)
