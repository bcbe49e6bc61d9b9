"""Whether what a manifest tells of a run can be true of its history: its time, its target, its cost, and that it is one run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from conformance.client.call import origin
from conformance.client.exchange import Exchange, saved_in
from conformance.client.saved import Saved
from conformance.history.observation import MARK
from conformance.reporting.text import counted, printable
from conformance.run.verdicts.record import RunRecord

SLACK = timedelta(minutes=1)
"""By how much a clock may have been set while a run went on."""
SHOWN = 80
"""Characters of a URL or an id that a sentence shows."""
Origin = tuple[str, str | None, int | None]


@dataclass
class _Seen:
    """What the exchanges of a history show of the run that has sent them."""

    clock: str | None
    count: int = 0
    began: float | None = None
    ended: float = 0.0
    origins: dict[Origin | None, Exchange] = field(default_factory=dict)
    runs: set[str] = field(default_factory=set)
    numbers: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def note(self, exchange: Exchange) -> None:
        self.count += 1
        self.began = exchange.sent_at if self.began is None else min(self.began, exchange.sent_at)
        self.ended = max(self.ended, exchange.received_at)
        # A test clock may be anywhere.
        if exchange.request.url != self.clock:
            self.origins.setdefault(_origin(exchange.request.url), exchange)
        text = (exchange.request.body or b"").decode("utf-8", "replace")
        self.runs.update(mark.split("-")[1] for mark in MARK.findall(text))
        worker, _, number = exchange.id.rpartition("-")
        if number.isdecimal():
            self.numbers[worker].add(int(number))


def contradictions(record: RunRecord, folder: Path) -> Iterator[str]:
    """Yield a sentence for what the history in a folder, which is whole, shows otherwise."""
    seen = _Seen(clock=record.target.get("hooks", {}).get("clock_url"))
    with closing(Saved([saved_in(folder)])) as history:
        for exchange in history:
            seen.note(exchange)
    yield from _times(record, seen)
    yield from _server(record, seen)
    yield from _one_run(record, seen)
    if record.doubted:
        yield (
            f"The manifest doubts the answers to {counted(len(record.doubted), 'call')}, such as {printable(record.doubted[0], SHOWN)}, so "
            "that what they show is not judged."
        )


def _times(record: RunRecord, seen: _Seen) -> Iterator[str]:
    if seen.began is None:
        return
    try:
        began, ended = (datetime.fromtimestamp(moment, UTC) for moment in (seen.began, seen.ended))
    except (OverflowError, ValueError, OSError):
        yield "The history does not tell when its exchanges were sent."
        return
    if began < record.started_at - SLACK or ended > record.finished_at + SLACK:
        yield (
            f"The manifest dates the run from {record.started_at:%Y-%m-%d %H:%M} to {record.finished_at:%Y-%m-%d %H:%M} UTC, and its "
            f"exchanges were sent from {began:%Y-%m-%d %H:%M} to {ended:%Y-%m-%d %H:%M} UTC."
        )


def _server(record: RunRecord, seen: _Seen) -> Iterator[str]:
    """Yield what was sent to another server than the manifest names."""
    ours = _origin(record.target.get("target", {}).get("base_url", ""))
    elsewhere = next((exchange for each, exchange in seen.origins.items() if each != ours), None)
    if elsewhere is not None:
        yield (
            f"{printable(elsewhere.id, SHOWN)} was sent to {printable(elsewhere.request.url, SHOWN)}, which is not at the target that the "
            "manifest names."
        )


def _origin(url: str) -> Origin | None:
    """Return scheme, host and port; None for what is no URL."""
    try:
        return origin(url)
    except ValueError:
        return None


def _one_run(record: RunRecord, seen: _Seen) -> Iterator[str]:
    """Yield what shows that a history is not all of one run, or more than that: its cost, the numbers of its exchanges, its marks."""
    told = record.spent.requests
    # Of a run that was killed, and resumed, what was under way is counted and not recorded.
    if told < seen.count or (told > seen.count and not record.parts):
        yield f"The manifest tells {told:,} requests, and the history holds {seen.count:,}."
    gap = None if record.parts else next(_gaps(seen.numbers.items()), None)
    if gap is not None:
        yield f"The history has no exchange {printable(gap, SHOWN)}, and has later ones of the same process."
    runs = max(1, len(record.parts)) * (len(record.shards.numbers) if record.shards else 1)
    if len(seen.runs) > runs:
        yield (
            f"What was sent bears the marks of {len(seen.runs)} runs ({', '.join(sorted(seen.runs)[:3])}), and the manifest tells of "
            f"{'one' if runs == 1 else runs}."
        )


def _gaps(numbers: Iterable[tuple[str, set[int]]]) -> Iterator[str]:
    for worker, found in numbers:
        yield from (f"{worker}-{number}" for number in range(1, max(found)) if number not in found)
