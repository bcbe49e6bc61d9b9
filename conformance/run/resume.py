"""How a run that did not come to its end goes on: what it has left, whether it may be joined, and what is taken over."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import merge
from itertools import chain
from pathlib import Path
from shutil import rmtree
from typing import Any

from conformance.client.exchange import (
    Exchange,
    Recorder,
    TransportError,
    TransportFailure,
    from_json,
    judging_order,
    read,
    saved_in,
    to_json,
)
from conformance.client.hash_chain import Chain
from conformance.client.saved import Saved
from conformance.exceptions import ConfigurationError
from conformance.reporting.report import EMBEDDED, Part
from conformance.reporting.text import counted
from conformance.run.journal import (
    MANIFEST,
    NOTES,
    PARTS,
    SENT,
    Remains,
    hold_lock,
    notes_in,
    read_record,
    remains_in,
    require_intact,
    unknown_of,
)
from conformance.run.merge import unlike_target
from conformance.run.verdicts.record import Kept, RunRecord

EARLIER = "earlier"
"""What stands in place of a process's name for what the earlier parts of a run have left."""
LOST = TransportFailure(TransportError.ABANDONED, "the run ended before it was answered")
LASTING = ("known", "stock", "planned", "defect", "doubted")
"""The kinds of notes that hold whatever became of the driver that was running."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the earlier parts of a run have left.

    `history` stays on the disk; `lost` are the exchanges that were sent and never answered; `notes` are what the next part needs of the notes;
    `ended` names the tests that have ended; `ended_at` is the last moment, in seconds since the epoch, at which the earlier parts surely ran.
    """

    folder: Path
    record: RunRecord
    history: Saved
    lost: Sequence[Exchange]
    notes: Sequence[dict[str, Any]]
    ended: frozenset[str]
    ended_at: float

    @property
    def exchanges(self) -> Iterator[Exchange]:
        """All exchanges in judging order, the lost ones too, each in memory only while somebody looks at it."""
        return merge(self.history, self.lost, key=judging_order)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The earlier parts, of which a run that was never resumed is the only one."""
        record = self.record
        only = Part(
            started_at=record.started_at, finished_at=record.finished_at, spent=record.spent, stopped=record.stopped
        )
        return tuple(record.parts) or (only,)

    @property
    def drivers(self) -> frozenset[str]:
        """The drivers of which a test has ended."""
        return frozenset(note["driver"] for note in self.of_kind("ended"))

    @property
    def sentence(self) -> str:
        """What the user is told before the run goes on."""
        spent = self.record.spent
        return (
            f"This run goes on with the one in {self.folder}, which ended early: {self.record.stopped}; {counted(len(self.ended), 'driver')} "
            f"have ended, and {counted(spent.generations, 'generation')} and {counted(spent.requests, 'request')} of its budget are spent."
        )

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        """Return the notes of one kind."""
        return [note for note in self.notes if note["kind"] == kind]

    def copy_into(self, parts: Path) -> None:
        """Write what the next part takes over into the folder of its parts."""
        with (parts / f"{EARLIER}.{NOTES}").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(note) + "\n" for note in self.notes)
        recorder = Recorder(parts / f"{EARLIER}.history.jsonl")
        for exchange in self.lost:
            recorder.record(exchange)
        recorder.close()


def record_in(folder: Path) -> RunRecord:
    """Return the manifest of a run that may go on; raises ConfigurationError for one that may not."""
    remains = remains_in(folder)
    record = remains.record if remains else read_record(folder / MANIFEST)
    if record.target.get(EMBEDDED):
        raise ConfigurationError(
            f"The run in {folder} was on an embedded sandbox, which ended with it; serve one with `conformance sandbox`, and run on that."
        )
    if record.stopped is None:
        raise ConfigurationError(
            f"The run in {folder} has come to its end, so that nothing is left to do; `conformance judge` judges it again."
        )
    if record.shards and len(record.shards.numbers) != 1:
        raise ConfigurationError(
            f"{folder} holds several runs that were merged; resume them one by one, and merge again."
        )
    if not record.began:
        raise ConfigurationError(f"The run in {folder} came no further than the first contact; start a new one.")
    return record


def taken_from(folder: Path, now: RunRecord) -> Earlier:
    """Return what the run in a folder has left, once it may be joined with the part that `now` begins.

    What a killed part has left is brought into the form of one that has ended. Raises ConfigurationError where the parts are none of one run.
    """
    require_alike(folder, record_in(folder), now)
    remains = remains_in(folder)
    if remains is not None:
        _require_ended(folder)
    _require_intact(folder, remains)
    if remains is not None:
        _end(folder, remains)
    record, history = read_record(folder / MANIFEST), Saved([saved_in(folder)])
    if not history:
        raise ConfigurationError(f"The run in {folder} has sent nothing; start a new one.")
    notes = list(_lines(folder / NOTES))
    moment, ended = time.time(), {note["item"]: note["driver"] for note in notes if note["kind"] == "ended"}
    answered_at = max(exchange.received_at for exchange in history)
    if moment < answered_at:
        raise ConfigurationError(
            f"The clock of this machine is behind the one that made the run in {folder}, so that nobody knows what came before what; set it."
        )
    lost = sorted(
        (
            replace(from_json(note["exchange"]), received_at=moment, failure=LOST)
            for note in notes
            if note["kind"] == "lost"
        ),
        key=judging_order,
    )
    kept = [note for note in notes if _lasts(note, ended)]
    ended_at = max([answered_at, *(exchange.sent_at for exchange in lost)])
    return Earlier(folder, record, history, lost, kept, frozenset(ended), ended_at)


def _require_ended(folder: Path) -> None:
    lock = hold_lock(folder / PARTS)
    if lock is None:
        raise ConfigurationError(f"The run in {folder} is still going on; wait for its end, or interrupt it.")
    lock.close()


def _require_intact(folder: Path, remains: Remains | None) -> None:
    """Raise ConfigurationError where what the earlier parts have seen is not all there: nobody would know what the target was sent."""
    unknown = unknown_of(sorted((folder / PARTS).glob("*.history.jsonl"))) if remains else []
    if remains is None or remains.record.parts:
        kept = read_record(folder / MANIFEST).history
        unknown += require_intact(saved_in(folder), kept, may_go_on=remains is not None)
    if unknown:
        raise ConfigurationError(f"The run in {folder} cannot go on. {unknown[0]}")


def _end(folder: Path, remains: Remains) -> None:
    """Bring what a killed part has left into the form of one that has ended."""
    links = Chain()
    remains.exchanges.keep(folder, links)
    keep_notes(folder, remains.exchanges)
    ended = remains.record.model_copy(update={"history": Kept(head=links.head, length=links.length)})
    ended.write(folder / MANIFEST)
    rmtree(folder / PARTS, ignore_errors=True)


def _lasts(note: dict[str, Any], ended: dict[str, str]) -> bool:
    """Return whether a note holds on: what a driver could not reach does where that driver is not run again."""
    kind = note["kind"]
    return kind in (*LASTING, "ended") or (kind == "unreached" and note["driver"] in ended.values())


def require_alike(folder: Path, record: RunRecord, now: RunRecord) -> None:
    """Raise ConfigurationError where a run cannot go on as it is configured now."""
    if (record.harness, record.drivers, record.suite) != (now.harness, now.drivers, now.suite):
        raise ConfigurationError(
            f"The run in {folder} was made by layers-conformance {record.harness.version} with the contract "
            f"{record.harness.contract_version}, which is not the one that is installed; go on with that one, or start a new run."
        )
    unlike = unlike_target(record, now)
    if unlike or record.configured != now.configured:
        raise ConfigurationError(
            f"The run in {folder} was made with another {unlike or 'set of settings'}; go on with the one that it had, or start a new run."
        )


def keep_notes(folder: Path, exchanges: Iterable[Exchange]) -> None:
    """Write what a run needs to go on: the notes of its processes, and the writes that no exchange of the history answers."""
    parts, answered = folder / PARTS, {exchange.id for exchange in exchanges}
    sent = (exchange for path in sorted(parts.glob(f"*.{SENT}")) for exchange in read(path))
    lost = ({"kind": "lost", "exchange": to_json(exchange)} for exchange in sent if exchange.id not in answered)
    unfinished = folder / f"unfinished-{NOTES}"
    with unfinished.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(note) + "\n" for note in chain(notes_in(parts), lost))
    unfinished.replace(folder / NOTES)


def _lines(path: Path) -> Iterable[dict[str, Any]]:
    if not path.exists():
        raise ConfigurationError(
            f"There is no {path}, without which nobody knows how far that run came; start a new one."
        )
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)
