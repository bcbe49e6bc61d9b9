"""What a history tried: situations of the table of factors, operations by state, and capabilities that only use can tell of."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from conformance.client.actors import ANONYMOUS, HARNESS, OWNER
from conformance.contract import factors as table
from conformance.contract.factors import Combination
from conformance.contract.lifecycle import IN_FLIGHT, JOB_ENDED, TERMINAL
from conformance.contract.validity import Unparsed, Validity, reason_fault
from conformance.history.containers import MAKING_OPERATIONS, Container, Generation
from conformance.history.keyed_calls import Body
from conformance.history.ledger import ACCEPTED, Ledger
from conformance.history.observation import AUTHORIZED, Observation, TargetFacts

PUT_OFF = frozenset({408, 429})
"""Answers that ask for the call again, and say nothing else of it."""
IN_A_ROW = 20
"""Reads of one job with no other call in between, as no polling makes them, after which a limit to the pace may be expected to show."""


@dataclass(slots=True)
class Coverage:
    """What a history tried.

    `combinations` counts pairs of situation (`status/approvalStatus`) and operation. `capabilities` tells of those that have no
    operation of their own: true where one showed, false where it was provoked and never showed. `used_up` are the needs whose fixture
    was there already as no run may find it. `put_off` are the calls whose last repetition was put off again, by the id of its exchange.
    """

    combinations: Counter[tuple[str, str]] = field(default_factory=Counter)
    capabilities: dict[str, bool] = field(default_factory=dict)
    used_up: set[str] = field(default_factory=set)
    put_off: dict[str, str] = field(default_factory=dict)
    _read_last: tuple[str | None, int] = (None, 0)

    def note(self, seen: Observation, ledger: Ledger) -> None:
        """Take in one exchange, before the ledger does.

        The situation of a call is that of the container's latest full read before it. A call after a write that may have changed the
        container unseen is not counted, since nobody knows what it met.
        """
        if seen.status == 429:
            self._note("rate_limit", shown=True)
        repeated = seen.exchange.tags.get("retry_of")
        if repeated is not None:
            self.put_off.pop(repeated, None)
            if seen.status in PUT_OFF:
                self.put_off[seen.exchange.id] = seen.operation_id or "other calls"
        if seen.operation is None or not seen.authorized:
            return
        container = ledger.touched(seen)
        situation = _state_at_read(container, seen) if container else None
        if situation is not None:
            self.combinations[situation, seen.operation_id] += 1
        self._note_capabilities(seen)
        if container is not None and seen.container_view is not None:
            self._note_flight(container, seen.container_view.get("status"), ledger)
        if _finds_archived(seen, ledger):
            self.used_up.add("archive_project")

    def _note_capabilities(self, seen: Observation) -> None:
        status = seen.container_view.get("status") if seen.container_view is not None else None
        if isinstance(status, str):
            self._note("in_flight", shown=status in IN_FLIGHT)
        self._note_pace(seen)
        response = seen.exchange.response
        if seen.job_view is not None and response is not None:
            self._note("etag", shown=response.header("etag") is not None)
        asks = isinstance(seen.body, dict) and bool(seen.body.get("regenerate"))
        if seen.operation_id == "rejectContent" and asks and (seen.ok or _refused_as_unknown(seen)):
            self._note("reject_regenerates", shown=seen.status == ACCEPTED)

    def _note_pace(self, seen: Observation) -> None:
        job_id = seen.params.get("jobId") if seen.operation_id == "getJob" else None
        last, times = self._read_last
        self._read_last = job_id, times + 1 if job_id == last else 1
        if job_id is not None and self._read_last[1] >= IN_A_ROW:
            self._note("rate_limit", shown=False)

    def _note_flight(self, container: Container, status: Any, ledger: Ledger) -> None:
        """Note whether a read came in time to show a first generation in flight, and an archiving to stop one."""
        if isinstance(status, str) and container.in_first_generation:
            self._note("first_in_flight", shown=status in IN_FLIGHT)
            if ledger.windows.archived(container.project_id):
                self._note("archived_in_flight", shown=status in {*IN_FLIGHT, "canceled"})

    def _note(self, capability: str, *, shown: bool) -> None:
        self.capabilities[capability] = shown or self.capabilities.get(capability, False)


def _state_at_read(container: Container, seen: Observation) -> str | None:
    read = container.read
    if read is None or not read.precedes(seen) or not all(call.refused for call in container.writes):
        return None
    return f"{read.fields.get('status')}/{read.fields.get('approvalStatus')}"


def _refused_as_unknown(seen: Observation) -> bool:
    """Return whether a reject with nothing wrong in it was refused for its body rather than for the container's state."""
    sound = reason_fault(seen.body) is None and seen.body["regenerate"] is True
    return seen.status in {400, 422} and (sound or seen.validity is Validity.PLAIN)


def _finds_archived(seen: Observation, ledger: Ledger) -> bool:
    """Return whether the project that a run may archive refuses creates, though no call of this history has archived it."""
    project_id = seen.params.get("projectId")
    return (
        seen.operation_id == "createContent"
        and project_id is not None
        and project_id == ledger.facts.archive_project_id
        and seen.status in {404, 409, 410}
        and seen.error_code != "IDEMPOTENCY_CONFLICT"
        and not ledger.windows.archived(project_id)
        and not any(made.project_id == project_id for made in ledger.containers.values())
    )


LONG = 200
"""Characters from which on a text is long."""
MANY = 4
"""Generations under way that count as several."""
RECENT = 64
"""Writes that are remembered, to tell which of them a walk went around."""
_BROKEN = {Validity.INVALID: "broken", Validity.MALFORMED: "no JSON"}
_LOOKS = {"getContent": "container", "getJob": "job", "getContentProgress": "progress"}


@dataclass(slots=True)
class _Write:
    """A writing call: the situations that it met so far, and what it named."""

    seen: Observation
    met: list[Combination]


@dataclass(frozen=True, slots=True)
class _Use:
    """What a key was used for."""

    actor: str
    operation: str
    path: tuple[tuple[str, str], ...]
    raw: bytes
    json: bytes | None
    is_refused: bool


@dataclass(slots=True)
class Situations:
    """A fold over every documented call; `met` are the situations, each with one value a factor, in the order of the table."""

    met: set[Combination] = field(default_factory=set)
    _keys: dict[str, list[_Use]] = field(default_factory=dict)
    _under_way: dict[str, str] = field(default_factory=dict)
    _writes: deque[_Write] = field(default_factory=lambda: deque(maxlen=RECENT))
    _latest: dict[str, _Write] = field(default_factory=dict)
    _pages: dict[str, Observation] = field(default_factory=dict)

    def note(self, seen: Observation, ledger: Ledger) -> None:
        """Take in one exchange, before the ledger does: what its container was last seen as is what the call met."""
        if seen.operation is None or seen.actor == HARNESS or seen.operation_id not in table.APPLIES:
            return
        container = ledger.touched(seen)
        project = seen.params.get("projectId") or (container.project_id if container else None)
        options = {table.OPERATION: [seen.operation_id], **_where(project, container, seen, ledger)}
        holder = ledger.holder_of_project(project) or (container.owner if container else None)
        options[table.CALLER] = [_caller(seen, holder or OWNER)]
        if seen.is_write:
            self._note_write(seen, options, container, project)
        else:
            self._add(_rows(seen.operation_id, options))
            self._look(seen, project, holder or OWNER)
        self._note_generations(seen)

    def covered(self) -> frozenset[Combination]:
        """Return every pair, and every triple that the contract names, of the situations that were met."""
        return frozenset(combination for row in self.met for combination in table.combinations_in(row))

    def _add(self, rows: Iterable[Combination]) -> list[Combination]:
        found = list(rows)
        self.met.update(found)
        return found

    def _note_write(
        self, seen: Observation, options: dict[str, list[str]], container: Container | None, project: str | None
    ) -> None:
        options[table.KEY], options[table.BODY] = self._key_and_body(seen)
        options[table.TEXT] = _texts(seen)
        at_once = [write for write in self._writes if write.seen.exchange.received_at > seen.exchange.sent_at]
        options[table.COMPANY] = self._company(container, at_once=bool(at_once))
        write = _Write(seen, self._add(_rows(seen.operation_id, options)))
        for other in at_once:
            self._extend(other, table.COMPANY, "at once")
        self._writes.append(write)
        made = seen.fields.get("containerId") if seen.operation_id in MAKING_OPERATIONS else None
        key = seen.idempotency_key
        if key is not None and self._is_same_call(seen, key):
            self._look_from(f"key {key}", seen, "replay")
        names = [container.id if container else None, made, project, f"key {key}" if key else None]
        for name in names:
            if isinstance(name, str):
                self._latest[name] = write
        if key is not None:
            self._use_key(seen, key)

    def _key_and_body(self, seen: Observation) -> tuple[list[str], list[str]]:
        body = ["none" if seen.body is Unparsed.ABSENT else _BROKEN.get(seen.validity, "sound")]
        key = seen.idempotency_key
        if key is None:
            return ["none"], body
        uses = self._keys.get(key, [])
        if not uses:
            return ["fresh"], body
        if all(use.is_refused for use in uses):
            return ["refused"], body
        same = [use for use in uses if not use.is_refused and _is_same(use, seen)]
        if not same:
            return sorted({_relation(use, seen) for use in uses if not use.is_refused}), body
        mine = Body(seen)
        if body == ["sound"] and mine.raw != same[0].raw:
            body = ["in other words" if mine.json is not None and mine.json == same[0].json else "changed"]
        return ["same call"], body

    def _is_same_call(self, seen: Observation, key: str) -> bool:
        raw = Body(seen).raw
        return any(_is_same(use, seen) and use.raw == raw for use in self._keys.get(key, []))

    def _use_key(self, seen: Observation, key: str) -> None:
        uses = self._keys.setdefault(key, [])
        body = Body(seen)
        place = tuple(sorted(seen.params.items()))
        use = _Use(seen.actor, seen.operation_id, place, body.raw, body.json, seen.refused)
        same = [use for use in uses if _is_same(use, seen)]
        if not same or (same[0].is_refused and not use.is_refused):
            self._keys[key] = [use for use in uses if use not in same] + [use]

    def _company(self, container: Container | None, *, at_once: bool) -> list[str]:
        others = len(self._under_way) - (container is not None and container.id in self._under_way.values())
        found = ["at once"] if at_once else []
        if others:
            found.append("generations")
        if others >= MANY:
            found.append("four generations")
        return found or ["alone"]

    def _look(self, seen: Observation, project: str | None, holder: str) -> None:
        """Note what a read looks at: the latest write that names the same container or project."""
        if seen.operation_id == table.LIST:
            filtered = any(name in {"status", "format"} for name, _ in seen.query)
            if seen.actor == holder and project is not None:
                self._look_from(project, seen, "filtered list" if filtered else "list")
            self._note_page(seen)
            return
        looks = _LOOKS.get(seen.operation_id)
        name = seen.params.get("containerId") or self._under_way_or_known(seen)
        if looks is None or name is None or seen.actor not in AUTHORIZED:
            return
        self._look_from(name, seen, looks if seen.actor == holder else "foreign view")

    def _under_way_or_known(self, seen: Observation) -> str | None:
        shown = seen.fields.get("containerId")
        return shown if isinstance(shown, str) else self._under_way.get(seen.params.get("jobId", ""))

    def _look_from(self, name: str, seen: Observation, value: str) -> None:
        write = self._latest.get(name)
        if write is not None and write.seen.precedes(seen):
            self._extend(write, table.AFTERWARDS, value)

    def _extend(self, write: _Write, factor: str, value: str) -> None:
        """Add what is known of a write by now: another value of one factor."""
        applies = table.APPLIES[write.seen.operation_id]
        if value not in applies.get(factor, ()):
            return
        known = set(write.met)
        for row in tuple(write.met):
            other = table.in_order({**dict(row), factor: value})
            if other not in known:
                known.add(other)
                write.met.append(other)
        self.met.update(write.met)

    def _note_page(self, seen: Observation) -> None:
        """Note the writes that a walk went around: those between the page that gave a cursor and the one that was asked for with it."""
        project = seen.params["projectId"]
        for cursor in seen.values("cursor"):
            page = self._pages.pop(f"{project} {cursor}", None)
            for write in self._writes if page else ():
                if page is not None and page.precedes(write.seen) and write.seen.precedes(seen):
                    self._extend(write, table.COMPANY, "a walk")
        following = seen.fields.get("nextCursor")
        if isinstance(following, str) and seen.status == 200:
            self._pages[f"{project} {following}"] = seen.evidence

    def _note_generations(self, seen: Observation) -> None:
        """Note what begins, and what is seen to have ended, on whichever side."""
        job_id, container_id = seen.fields.get("jobId"), seen.fields.get("containerId")
        if seen.is_write:
            if seen.status == 202 and isinstance(job_id, str):
                self._under_way[job_id] = str(container_id or seen.params.get("containerId"))
            return
        if seen.status != 200 or not self._under_way:
            return
        if isinstance(job_id, str) and str(seen.fields.get("status")) in JOB_ENDED:
            self._under_way.pop(job_id, None)
        items = seen.fields.get("items")
        shown = [seen.fields, *(items if isinstance(items, list) else ())]
        ended = {
            str(item.get("id")) for item in shown if isinstance(item, dict) and str(item.get("status")) in TERMINAL
        }
        for job in [job for job, name in self._under_way.items() if name in ended]:
            del self._under_way[job]


def _rows(operation: str, options: dict[str, list[str]]) -> Iterator[Combination]:
    """Yield each situation of one value a factor, of those that the table has."""
    applies = table.APPLIES[operation]
    left = {
        factor: [value for value in values if factor == table.OPERATION or value in applies.get(factor, ())]
        for factor, values in options.items()
    }
    named = [(factor, left[factor]) for factor in table.FACTORS if left.get(factor)]
    for values in product(*(values for _, values in named)):
        yield tuple((factor, value) for (factor, _), value in zip(named, values, strict=True))


def _where(project: str | None, container: Container | None, seen: Observation, ledger: Ledger) -> dict[str, list[str]]:
    found = {table.PROJECT: [kind_of(project, ledger.facts)] if project else []}
    if container is None or "projectId" in seen.params:
        return found
    if container.latest is not None:
        found[table.ORIGIN] = [origin_of(container.latest)]
    read = container.read
    if read is not None and read.precedes(seen) and all(call.refused for call in container.writes):
        status, approval = read.fields.get("status"), read.fields.get("approvalStatus")
        if isinstance(status, str) and isinstance(approval, str):
            found[table.STATUS] = ["in flight" if status in IN_FLIGHT else status]
            found[table.APPROVAL] = [approval]
    return found


def kind_of(project: str, facts: TargetFacts) -> str:
    """Return what kind of project one is, as the table of factors names it."""
    kinds = {facts.review_project_id: "review", facts.other_project_id: "foreign"}
    return kinds.get(project, "plain")


def origin_of(latest: Generation) -> str:
    """Return what began a container's latest generation, as the table of factors names it."""
    return {"createContent": "created", "cloneFromPost": "cloned"}.get(latest.operation_id, "regenerated")


def _caller(seen: Observation, holder: str) -> str:
    if seen.actor in AUTHORIZED:
        return table.ITS_OWN if seen.actor == holder else table.ANOTHER
    return table.NO_KEY if seen.actor in {ANONYMOUS, "empty-key"} else table.WRONG_KEY


def _texts(seen: Observation) -> list[str]:
    text = (seen.sent_brief or {}).get("hook")
    if text is None and isinstance(seen.body, dict):
        text = seen.body.get("reason")
    if not isinstance(text, str):
        return ["plain"]
    if not text:
        return ["empty"]
    found = {
        "beyond ASCII": not text.isascii(),
        "blanks": text != text.strip() or "  " in text,
        "long": len(text) >= LONG,
    }
    return [name for name, holds in found.items() if holds] or ["plain"]


def _is_another(use: _Use, seen: Observation) -> bool:
    """Return whether a key was used by another organization; a caller without a right may be anybody."""
    return use.actor != seen.actor and {use.actor, seen.actor} <= AUTHORIZED


def _is_same(use: _Use, seen: Observation) -> bool:
    place = tuple(sorted(seen.params.items()))
    return (use.operation, use.path) == (seen.operation_id, place) and not _is_another(use, seen)


def _relation(use: _Use, seen: Observation) -> str:
    if _is_another(use, seen):
        return "other organization"
    return "other operation" if use.operation != seen.operation_id else "other place"
