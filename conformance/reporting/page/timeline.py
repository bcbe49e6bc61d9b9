"""The whole run over time: each generation a bar, the requests as a curve, and the moments that decided a failure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conformance.client.exchange import Exchange
from conformance.contract.document import Contract
from conformance.contract.lifecycle import JOB_ENDED
from conformance.reporting.page.calls import Kind, Seen, seen, sights
from conformance.reporting.report import Report, StartedGeneration, Verdict
from conformance.reporting.text import counted, printable

WIDTH, LEFT, BUCKETS = 960, 92, 120
BAR, GAP, REQUESTS = 9, 3, 44
MOST_ROWS = 40
MARK = 20
_STEPS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200)
_TICKS = 8


@dataclass(slots=True)
class Generation:
    """One job from the call that started it to the first answer that shows its end; `end` is None where none does."""

    told: StartedGeneration
    begin: float
    end: float | None = None
    state: str = "running"


@dataclass(frozen=True, slots=True)
class Bar:
    """A generation, placed."""

    x: float
    y: float
    width: float
    state: str
    title: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything to draw, and what it says in words."""

    bars: Sequence[Bar]
    left_out: int
    columns: Sequence[tuple[float, float, float]]
    column: float
    ticks: Sequence[tuple[float, str]]
    marks: Sequence[tuple[float, str]]
    states: Sequence[str]
    base: float
    marks_at: float
    height: float
    label: str


def generations(report: Report, exchanges: Sequence[Exchange], contract: Contract, base_url: str) -> list[Generation]:
    """Return the generations of a report with the times and the states that its history shows, in the order in which they were started."""
    sent = {exchange.id: exchange.sent_at for exchange in exchanges}
    found = {each.job_id: Generation(each, sent[each.exchange]) for each in report.generations if each.exchange in sent}
    for exchange in exchanges:
        call = seen(exchange, contract, base_url)
        if call.operation_id in {"getJob", "getContentProgress"}:
            _note_end(found, call)
    return sorted(found.values(), key=lambda each: each.begin)


def _note_end(found: dict[str, Generation], call: Seen) -> None:
    for sight in sights(call):
        generation = found.get(sight.id) if sight.kind is Kind.JOB else None
        if generation and generation.end is None and sight.state in JOB_ENDED:
            generation.end, generation.state = call.exchange.received_at, sight.state


def timeline(report: Report, exchanges: Sequence[Exchange], contract: Contract, base_url: str) -> Timeline | None:
    """Lay out the time of a run; None where nothing was sent."""
    if not exchanges:
        return None
    begin = min(exchange.sent_at for exchange in exchanges)
    end = max(exchange.received_at for exchange in exchanges)
    scale = (WIDTH - LEFT - 8) / max(end - begin, 0.001)

    def x(moment: float) -> float:
        return round(LEFT + (moment - begin) * scale, 1)

    found = generations(report, exchanges, contract, base_url)
    bars, rows, left_out = _bars(found, end, x)
    columns = _columns(exchanges, begin, end)
    base = rows * (BAR + GAP) + REQUESTS + 12
    times = {exchange.id: exchange.received_at for exchange in exchanges}
    marks = [
        (x(times[finding.exchanges[-1]]), name)
        for name, row in report.with_verdict(Verdict.FAILED).items()
        for finding in row.findings[:1]
        if finding.exchanges and finding.exchanges[-1] in times
    ]
    ended = sum(each.end is not None for each in found)
    return Timeline(
        bars=bars,
        left_out=left_out,
        columns=[(LEFT + number * (WIDTH - LEFT - 8) / BUCKETS, base - h, h) for number, h in columns],
        column=(WIDTH - LEFT - 8) / BUCKETS - 1,
        ticks=_ticks(end - begin, scale),
        marks=marks,
        states=sorted({each.state for each in found}),
        base=base,
        marks_at=base + MARK,
        height=base + 2 * MARK + 16,
        label=f"{counted(len(exchanges), 'request')} in {end - begin:.1f} seconds; {counted(len(found), 'generation')}, {ended} seen to end.",
    )


def _bars(found: Sequence[Generation], end: float, x: Callable[[float], float]) -> tuple[list[Bar], int, int]:
    """Put each generation into the first row that is free, and return the bars, the rows, and how many found none."""
    free: list[float] = []
    bars, left_out = [], 0
    for each in found:
        until = each.end if each.end is not None else end
        row = next((number for number, moment in enumerate(free) if moment <= each.begin), len(free))
        if row >= MOST_ROWS:
            left_out += 1
            continue
        free[row : row + 1] = [until]
        took = f"{until - each.begin:.1f} s" if each.end is not None else "its end was not seen"
        told = each.told
        title = printable(
            f"{told.job_id}, {told.operation} for {told.driver or 'no driver'}: {each.state}, {took}", 300
        )
        left = x(each.begin)
        bars.append(Bar(left, row * (BAR + GAP) + 4, max(2.0, round(x(until) - left, 1)), each.state, title))
    return bars, len(free), left_out


def _columns(exchanges: Sequence[Exchange], begin: float, end: float) -> list[tuple[int, float]]:
    counts = [0] * BUCKETS
    span = max(end - begin, 0.001)
    for exchange in exchanges:
        counts[min(BUCKETS - 1, int((exchange.sent_at - begin) / span * BUCKETS))] += 1
    most = max(counts)
    return [(number, round(count / most * REQUESTS, 1)) for number, count in enumerate(counts) if count]


def _ticks(seconds: float, scale: float) -> list[tuple[float, str]]:
    step = next((step for step in _STEPS if seconds / step <= _TICKS), max(1, int(seconds / _TICKS)))
    return [(round(LEFT + at * scale, 1), _clock(at)) for at in range(0, int(seconds) + 1, step)]


def _clock(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60}:{seconds % 60:02d} min"
