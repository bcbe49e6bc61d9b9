"""The journal of a run: what its processes append while it goes on, the manifest made from that, and what a killed run has left.

While it goes on, its folder holds `parts/`: the manifest as it was before the first request, what was spent, the lock of the first process,
and for each process a history, its writes before they are sent, and notes, to which lines are only ever appended. At its end `run.json`,
`history.jsonl.gz` and, if it ended early, `notes.jsonl` stand in the folder itself.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

from pydantic import ValidationError

from conformance.client.budget import Budget, Limits, Spent
from conformance.client.exchange import is_whole, lines_of, saved_in
from conformance.client.hash_chain import Examined, examine
from conformance.client.saved import Saved
from conformance.contract.document import Contract
from conformance.exceptions import ConfigurationError
from conformance.reporting.model import SpentFacts
from conformance.reporting.report import Part
from conformance.reporting.text import counted
from conformance.run.planning.drivers import promise_of
from conformance.run.verdicts.detection import suite_digest
from conformance.run.verdicts.record import Combination, Kept, RunRecord, Unreached

PARTS = "parts"
"""The folder into which each process of a run writes its part, in the folder of the run."""
MANIFEST = "run.json"
SPENT, LOCK = "budget.sqlite", "running.lock"
NOTES, SENT = "notes.jsonl", "sent.jsonl"
"""The ends of the names of the files into which each process writes its notes, and its writes before they are sent."""
KILLED = "it was killed before its end"
NO_CHAIN = (
    "The history has no chain of hashes, as one of an earlier version or of another program; whether exchanges were changed or are missing "
    "cannot be known."
)
NO_END = "The manifest does not tell where the history ends; whether its last exchanges are missing cannot be known."


class Remains(NamedTuple):
    """What a killed run has left: its manifest, its history in judging order, and sentences on what is missing."""

    record: RunRecord
    exchanges: Saved
    missing: list[str]


def complete_record(record: RunRecord, parts: Path, spent: SpentFacts, finished_at: datetime) -> RunRecord:
    """Return the manifest of a run that has ended, with what its processes have noted.

    `spent` are the generations and requests of all parts of it, and the seconds of the last one.
    """
    notes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for note in notes_in(parts):
        notes[note.pop("kind")].append(note)
    mine = {name for names in record.promised.values() for name in names}
    selected = {name for note in notes["selected"] for name in note["drivers"]}
    selected -= {note["driver"] for note in notes["left_out"]}
    deselected = mine - selected
    gone = [note for note in notes["stopped"] if note.get("gone")]
    reason = next((note["reason"] for note in gone or notes["stopped"]), None)
    ended = _with_last_part(record.parts, spent, finished_at, reason)
    seconds = round(sum(part.spent.seconds for part in ended), 3) if ended else spent.seconds
    return record.model_copy(
        update={
            "finished_at": finished_at,
            "spent": spent.model_copy(update={"seconds": seconds}),
            "parts": ended,
            "promised": promise_of(selected, deselected, record.elsewhere),
            "deselected": sorted(deselected),
            "unreached": [Unreached(**note) for note in notes["unreached"]],
            "planned": [Combination(**note) for note in notes["planned"]],
            "stopped": reason,
            "target_gone": bool(gone),
            "began": not any(note.get("never_began") for note in notes["stopped"]),
            "defects": [note["sentence"] for note in notes["defect"]],
            "doubted": list(dict.fromkeys(name for note in notes["doubted"] for name in note["exchanges"])),
            "cut": list(dict.fromkeys(note["sentence"] for note in notes["cut"])),
        }
    )


def _with_last_part(parts: Sequence[Part], spent: SpentFacts, finished_at: datetime, reason: str | None) -> list[Part]:
    """Return the parts of a run with what the last one spent itself; none where it has no parts."""
    if not parts:
        return []
    *earlier, last = parts
    own = SpentFacts(
        generations=spent.generations - sum(part.spent.generations for part in earlier),
        requests=spent.requests - sum(part.spent.requests for part in earlier),
        seconds=spent.seconds,
    )
    return [*earlier, last.model_copy(update={"finished_at": finished_at, "spent": own, "stopped": reason})]


def read_record(path: Path) -> RunRecord:
    """Return the manifest of a run; raises ConfigurationError if it is missing or not valid."""
    try:
        return RunRecord.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        reason = getattr(error, "strerror", None) or "it is not a manifest of this version"
        raise ConfigurationError(f"Cannot read {path}: {reason}; give a folder with the reports of a run.") from None


def remains_in(folder: Path) -> Remains | None:
    """Return what a killed run has left in a folder; None where the last run in it has ended."""
    parts, whole = folder / PARTS, folder / MANIFEST
    if not (parts / MANIFEST).exists():
        return None
    record = read_record(parts / MANIFEST)
    if whole.exists():
        other = read_record(whole)
        if (other.started_at, len(other.parts)) == (record.started_at, len(record.parts)):
            return None
    histories = sorted(parts.glob("*.history.jsonl"))
    # Killed at the right moment, a run that was resumed has left an exchange in both places.
    exchanges = Saved([*([saved_in(folder)] if record.parts else []), *histories])
    missing = [f"The run was killed before its end; what it left in {parts} is judged: {len(exchanges)} exchanges."]
    missing += [f"The last exchange of {path} is cut short and left out." for path in histories if not is_whole(path)]
    began = (record.parts[-1] if record.parts else record).started_at
    # A part that was killed before its first answer has left those of the earlier ones alone.
    last = max(began, datetime.fromtimestamp(exchanges[-1].received_at, UTC)) if exchanges else began
    seconds = round((last - began).total_seconds(), 3)
    count = _count_in(parts / SPENT)
    if count is None:
        accepted = sum(exchange.response is not None and exchange.response.status == 202 for exchange in exchanges)
        count = Spent(accepted, len(exchanges), 0.0)
        missing.append(f"{parts / SPENT} cannot be read: the generations are those answers that were 202.")
    spent = SpentFacts(generations=count.generations, requests=count.requests, seconds=seconds)
    ended = complete_record(record, parts, spent, last)
    if not ended.promised:
        missing.append("It is not known which drivers were selected: nothing counts as promised.")
    reason = ended.stopped or KILLED
    parts_of_run = [*ended.parts[:-1], *(part.model_copy(update={"stopped": reason}) for part in ended.parts[-1:])]
    return Remains(ended.model_copy(update={"stopped": reason, "parts": parts_of_run}), exchanges, missing)


def _count_in(path: Path) -> Spent | None:
    """Return what a budget has counted; None where it cannot be read."""
    if not path.exists():
        return None
    try:
        budget = Budget(path, Limits(0, 0, 0.0))
        try:
            return budget.spent()
        finally:
            budget.close()
    except (sqlite3.Error, TypeError):
        return None


def notes_in(parts: Path) -> Iterable[dict[str, Any]]:
    """Yield the notes of all processes; a last line that a killed run cut short is left out."""
    for path in sorted(parts.glob(f"*.{NOTES}")):
        with path.open(encoding="utf-8", errors="replace") as file:
            yield from (json.loads(line) for line in file if line.endswith("\n"))


def hold_lock(parts: Path) -> IO[bytes] | None:
    """Take the lock in the folder of a run's parts, until what is returned is closed; None where another process holds it."""
    file = (parts / LOCK).open("ab")
    # Where the platform has no such lock, or the file system no locks at all, nobody knows.
    with suppress(ImportError):
        import fcntl  # noqa: PLC0415 - no module of Windows

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        except OSError:
            return file
    return file


def make_folders(folder: Path) -> list[Path]:
    """Make a folder and its parents; return those that were not there, the innermost first.

    Raises ConfigurationError where it cannot be made.
    """
    try:
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"Cannot write reports into {folder}: {error.strerror}; give --report-dir another folder."
        ) from None
    return missing


def remove_empty(made: Iterable[Path]) -> None:
    """Remove folders, the innermost first, up to one that holds something."""
    for folder in made:
        try:
            folder.rmdir()
        except OSError:
            return


def end_of_chain(folder: Path) -> Kept | None:
    """Return the end of the chain of the history in a folder; None where it has none."""
    found = examine(lines_of(saved_in(folder)))
    return Kept(head=found.head, length=found.length) if found.linked and found.flaw is None else None


def flaw_of(found: Examined, kept: Kept | None) -> str | None:
    """Return, in half a sentence, how a history differs from the one that was recorded; None where nothing is known against it."""
    if found.flaw is not None or kept is None:
        return found.flaw
    if not found.linked:
        return "it has lost its chain of hashes" if found.length else "it is empty"
    if found.length < kept.length:
        return f"it holds {found.length} of {kept.length} exchanges, the last ones are missing"
    if found.length > kept.length:
        return f"{counted(found.length - kept.length, 'exchange')} more than the {kept.length} that were recorded"
    return None if found.head == kept.head else "its chain of hashes ends otherwise than was recorded"


def require_intact(path: Path, kept: Kept | None, *, may_go_on: bool = False) -> list[str]:
    """Return sentences on what cannot be known of a history; raises ConfigurationError where it is not the one that was recorded.

    One that `may_go_on` may hold more than was recorded: a run that was killed while it ended has written its history, and no manifest.
    """
    found = examine(lines_of(path))
    goes_on = may_go_on and kept is not None and found.linked and found.length > kept.length
    flaw = found.flaw if goes_on else flaw_of(found, kept)
    if flaw is not None:
        raise ConfigurationError(
            f"The history {path} is not the one that the run has recorded: {flaw}; give the folder as the run left it."
        )
    if not found.linked and (kept is not None or found.length):
        return [NO_CHAIN]
    return [] if kept is not None else [NO_END]


def differences(record: RunRecord, contract: Contract, version: str) -> list[str]:
    """Return sentences on how what is installed differs from what judged a run."""
    ran = record.harness
    found: list[str] = []
    if (ran.contract_version, ran.contract_digest) != (contract.version, contract.digest):
        found.append(
            f"The run was judged by the contract {ran.contract_version} ({ran.contract_digest[:12]}), and is judged now by "
            f"{contract.version} ({contract.digest[:12]}): verdicts may differ from those of the run."
        )
    if record.suite != suite_digest():
        then = f"{ran.version} ({record.suite[:12] or 'which is not told'})"
        found.append(
            f"The checks or drivers of the run, of layers-conformance {then}, are not those that are installed now, of {version} "
            f"({suite_digest()[:12]}): verdicts may differ from those of the run."
        )
    return found


def unknown_of(paths: Iterable[Path]) -> list[str]:
    """Return what cannot be known of the histories that the processes of a killed run have left; raises as `require_intact` does."""
    # How many exchanges a killed run has recorded is told nowhere.
    return list(dict.fromkeys(said for path in paths for said in require_intact(path, None) if said != NO_END))
