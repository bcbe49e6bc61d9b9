"""Whether what a manifest tells of a run can be true of its history: its time, and what it has spent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from conformance.door.exchange import lines_of, saved_in
from conformance.run.verdicts.record import RunRecord

SLACK = timedelta(minutes=1)
"""By how much a clock may have been set while a run went on."""


def contradictions(record: RunRecord, folder: Path) -> Iterator[str]:
    """Yield a sentence for what the history in a folder, which is whole, shows otherwise."""
    first: bytes | None = None
    last, count = b"", 0
    for line in lines_of(saved_in(folder)):
        first, last, count = first or line, line, count + 1
    if first is None:
        return
    began, ended = _moment(first, "sentAt"), _moment(last, "receivedAt")
    if began is None or ended is None:
        yield "The history does not tell when its exchanges were sent."
    elif began < record.started_at - SLACK or ended > record.finished_at + SLACK:
        yield (
            f"The manifest dates the run from {record.started_at:%Y-%m-%d %H:%M} to {record.finished_at:%Y-%m-%d %H:%M} UTC, and its "
            f"exchanges were sent from {began:%Y-%m-%d %H:%M} to {ended:%Y-%m-%d %H:%M} UTC."
        )
    if record.spent.requests < count:
        yield f"The manifest tells {record.spent.requests:,} requests, and the history holds {count:,}."


def _moment(line: bytes, name: str) -> datetime | None:
    told: Any = json.loads(line)
    seconds = told.get(name) if isinstance(told, dict) else None
    try:
        return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int | float) else None
    except (OverflowError, ValueError, OSError):
        return None
