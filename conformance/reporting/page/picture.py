"""A short history as a picture: time runs down, requests are arrows, and each container, approval and job has a lane of its states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.client.exchange import path_and_query
from conformance.reporting.calls import Kind, Seen, Sight, answer_of, sights, started, value_of
from conformance.reporting.text import counted, printable

API, FIRST_LANE, LANE, MARGIN = 452, 464, 138, 16
"""Where the lines of the API and of the lanes are, in pixels."""
HEAD, ROW, BREAK = 44, 34, 26
LONGEST_LABEL, LONGEST_NOTE, LONGEST_STATE = 30, 26, 16
LONG_WAIT = 1.0
"""Seconds without an event from which the picture says how long it waited."""
MOST_LANES = 7
_SightsOf = Mapping[str, Sequence[Sight]]
"""What each exchange shows, by its id."""
_KINDS = (Kind.CONTAINER, Kind.APPROVAL, Kind.JOB)


@dataclass(frozen=True, slots=True)
class Event:
    """A request that was sent, or the answer that came; `y` is its place."""

    y: int
    is_answer: bool
    label: str
    note: str
    time: str
    is_decisive: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A state in a lane, with its word where it is the first or another than before."""

    x: int
    y: int
    state: str
    is_new: bool
    is_decisive: bool


@dataclass(slots=True)
class Lane:
    """The states of one thing."""

    kind: Kind
    id: str
    x: int
    title: str
    chips: list[Chip] = field(default_factory=list)

    @property
    def middle(self) -> int:
        """The middle of the lane."""
        return self.x + LANE // 2


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything to draw."""

    events: Sequence[Event]
    waits: Sequence[tuple[int, str]]
    lanes: Sequence[Lane]
    left_out: int
    width: int
    height: int
    label: str


def picture(calls: Sequence[Seen], decisive: str | None) -> Picture:
    """Lay out a history; `decisive` is the id of the exchange whose answer decided."""
    moments = sorted(
        [(call.exchange.sent_at, False, call) for call in calls]
        + [(call.exchange.received_at, True, call) for call in calls],
        key=lambda moment: moment[0],
    )
    sights_of = {call.exchange.id: tuple(sights(call)) for call in calls}
    lanes, left_out = _lanes(calls, sights_of)
    events: list[Event] = []
    waits: list[tuple[int, str]] = []
    begin = before = moments[0][0] if moments else 0.0
    y = HEAD + ROW
    for at, is_answer, call in moments:
        if at - before >= LONG_WAIT:
            waits.append((y - ROW // 2 + 2, f"{duration(at - before)} later"))
            y += BREAK
        is_decisive = call.exchange.id == decisive and is_answer
        label, note = _answer(call, sights_of[call.exchange.id]) if is_answer else _request(call)
        events.append(Event(y, is_answer, label, note, f"{at - begin:.3f} s", is_decisive))
        if is_answer:
            _put(lanes, sights_of[call.exchange.id], y, is_decisive=is_decisive)
        before, y = at, y + ROW
    width = (FIRST_LANE + LANE * len(lanes) if lanes else API) + MARGIN
    words = f"{counted(len(calls), 'exchange')}, time runs down; " + "; ".join(_told(calls))
    return Picture(events, waits, list(lanes.values()), left_out, width, y, words)


def cut(text: str, limit: int) -> str:
    """Return a text on one line, cut to what has room in a picture."""
    line = printable(text, 10 * limit)
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def duration(seconds: float) -> str:
    """Return a time in the largest unit that tells it."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"


def _told(calls: Iterable[Seen]) -> Iterable[str]:
    return (f"{call.exchange.id} {cut(call.name, 60)} {call.status or 'no answer'}" for call in calls)


def _lanes(calls: Sequence[Seen], sights_of: _SightsOf) -> tuple[dict[tuple[Kind, str], Lane], int]:
    """Return a lane for each thing whose state is shown, containers and their approvals first, and how many found no room."""
    named = _named(calls, sights_of)
    things = dict.fromkeys(
        (sight.kind, sight.id) for found in sights_of.values() for sight in found if sight.id in named
    )
    ordered = sorted(things, key=lambda key: (key[0] is Kind.JOB, named.index(key[1]), _KINDS.index(key[0])))
    many = {kind: sum(key[0] is kind for key in ordered) > 1 for kind in Kind}
    lanes = {}
    for number, key in enumerate(ordered[:MOST_LANES]):
        kind, name = key
        title = f"{kind} …{printable(name[-6:])}" if many[kind] else str(kind)
        lanes[key] = Lane(kind, name, FIRST_LANE + LANE * number, title)
    return lanes, len(ordered[MOST_LANES:])


def _named(calls: Iterable[Seen], sights_of: _SightsOf) -> list[str]:
    """Return the containers and jobs that a call or an envelope names, in their order; a list names too many."""
    found: dict[str, None] = {}
    for call in calls:
        found.update(dict.fromkeys(call.params.get(name, "") for name in ("containerId", "jobId")))
        found.update(dict.fromkeys(name for name in started(call) or () if name))
        if call.operation_id != "listContent":
            found.update(dict.fromkeys(sight.id for sight in sights_of[call.exchange.id]))
    found.pop("", None)
    return list(found)


def _put(lanes: Mapping[tuple[Kind, str], Lane], sights_of: Iterable[Sight], y: int, *, is_decisive: bool) -> None:
    for sight in sights_of:
        lane = lanes.get((sight.kind, sight.id))
        if lane is not None:
            state = cut(sight.state, LONGEST_STATE)
            is_new = not lane.chips or lane.chips[-1].state != state or is_decisive
            lane.chips.append(Chip(lane.middle, y, state, is_new, is_decisive))


def _request(call: Seen) -> tuple[str, str]:
    request = call.exchange.request
    body = value_of(request.body)
    notes = []
    if not call.operation and isinstance(body, dict) and "advanceSeconds" in body:
        notes.append(f"clock +{body['advanceSeconds']} s")
    key = request.header("idempotency-key")
    if key:
        notes.append(f"key …{key[-6:]}")
    if call.exchange.actor != "owner":
        notes.append(f"as {call.exchange.actor}")
    query = path_and_query(request.url)[1]
    if query:
        notes.append(f"?{query}")
    return cut(call.name, LONGEST_LABEL), cut(", ".join(notes), LONGEST_NOTE)


def _answer(call: Seen, sights_of: Sequence[Sight]) -> tuple[str, str]:
    if call.exchange.response is None:
        return "no answer", cut(str(call.exchange.failure or ""), LONGEST_NOTE)
    begun = started(call)
    states = "" if call.operation_id == "listContent" else ", ".join(sight.state for sight in sights_of)
    said = f"job …{begun[0][-6:]}" if begun else states or _code(answer_of(call.exchange))
    return cut(f"{call.status} {said}".strip(), LONGEST_LABEL), cut(call.exchange.id, LONGEST_NOTE)


def _code(answer: Any) -> str:
    error = answer.get("error") if isinstance(answer, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) else ""
