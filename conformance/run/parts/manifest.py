"""The manifest of a run: begun before the first request, completed at the end, and read back where a run was killed in between."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from conformance import __version__
from conformance.client.budget import Budget, Limits, Spent
from conformance.client.exchange import is_whole, saved_in
from conformance.client.saved import Saved
from conformance.contract.document import Contract
from conformance.exceptions import ConfigurationError
from conformance.reporting.model import HarnessFacts, SpentFacts
from conformance.reporting.report import EMBEDDED, Part
from conformance.run.planning.drivers import by_requirement, catalogue, promise_of
from conformance.run.planning.plan import chosen
from conformance.run.planning.profiles import Profile
from conformance.run.planning.shards import Shard
from conformance.run.settings.target import Target
from conformance.run.verdicts.detection import suite_digest
from conformance.run.verdicts.record import Combination, RunRecord, Shards, Unreached

PARTS = "parts"
"""The folder into which each process of a run writes its part, in the folder of the run."""
MANIFEST = "run.json"
SPENT = "budget.sqlite"
NOTES, SENT = "notes.jsonl", "sent.jsonl"
"""The ends of the names of the files into which each process writes its notes, and its writes before they are sent."""
KILLED = "it was killed before its end"
NOTHING_SPENT = SpentFacts(generations=0, requests=0, seconds=0.0)


class Left(NamedTuple):
    """What a killed run has left: its manifest, its history in judging order, and sentences on what is missing."""

    record: RunRecord
    exchanges: Saved
    missing: list[str]


def begun(  # noqa: PLR0913 - each is a fact of the manifest
    target: Target,
    profile: Profile,
    contract: Contract,
    *,
    only: Iterable[str],
    strict: bool,
    seed: int,
    workers: int,
    embedded: bool,
    started_at: datetime,
    shard: Shard | None = None,
    earlier: Sequence[Part] = (),
) -> RunRecord:
    """Return what a manifest can say before the first request; it promises what all its drivers of the profile provoke.

    `earlier` are the parts of a run that is resumed.
    """
    wanted = tuple(only)
    every = chosen(profile, wanted)
    mine = chosen(profile, wanted, shard=shard)
    return RunRecord(
        harness=HarnessFacts(version=__version__, contract_version=contract.version, contract_digest=contract.digest),
        target=target.public_facts() | {EMBEDDED: embedded},
        configured=sorted(target.configured()),
        profile=profile.name,
        strict=strict,
        only=list(wanted),
        seed=seed,
        workers=workers,
        started_at=earlier[0].started_at if earlier else started_at,
        finished_at=started_at,
        spent=NOTHING_SPENT,
        promised=by_requirement(mine),
        drivers=by_requirement(catalogue()),
        shards=Shards(numbers=[shard.number], of=shard.of) if shard else None,
        parts=[*earlier, Part(started_at=started_at, finished_at=started_at, spent=NOTHING_SPENT)] if earlier else [],
        elsewhere=sorted(driver.name for driver in every if driver not in mine),
        stopped=KILLED,
        suite=suite_digest(),
    )


def completed(record: RunRecord, parts: Path, spent: SpentFacts, finished_at: datetime) -> RunRecord:
    """Return the manifest of a run that has ended, with what its processes have noted.

    `spent` are the generations and requests of all parts of it, and the seconds of the last one.
    """
    notes = list(notes_in(parts))
    mine = {name for names in record.promised.values() for name in names}
    selected = {name for note in notes if note["kind"] == "selected" for name in note["drivers"]}
    selected -= {note["driver"] for note in notes if note["kind"] == "left_out"}
    deselected = mine - selected
    stopped = [note for note in notes if note["kind"] == "stopped"]
    gone = [note for note in stopped if note.get("gone")]
    reason = next((note["reason"] for note in gone or stopped), None)
    ended = _with_last_part(record.parts, spent, finished_at, reason)
    return record.model_copy(
        update={
            "finished_at": finished_at,
            "spent": spent.model_copy(update={"seconds": round(sum(each.spent.seconds for each in ended), 3)})
            if ended
            else spent,
            "parts": ended,
            "promised": promise_of(selected, deselected, record.elsewhere),
            "deselected": sorted(deselected),
            "unreached": [_without_kind(Unreached, note) for note in notes if note["kind"] == "unreached"],
            "planned": [_without_kind(Combination, note) for note in notes if note["kind"] == "planned"],
            "stopped": reason,
            "target_gone": bool(gone),
            "began": not any(note.get("never_began") for note in stopped),
            "defects": [note["sentence"] for note in notes if note["kind"] == "defect"],
            "doubted": list(
                dict.fromkeys(name for note in notes if note["kind"] == "doubted" for name in note["exchanges"])
            ),
            "cut": list(dict.fromkeys(note["sentence"] for note in notes if note["kind"] == "cut")),
        }
    )


def _with_last_part(parts: Sequence[Part], spent: SpentFacts, finished_at: datetime, reason: str | None) -> list[Part]:
    """Return the parts of a run with what the last one spent itself; none where it has no parts."""
    if not parts:
        return []
    *earlier, last = parts
    own = SpentFacts(
        generations=spent.generations - sum(each.spent.generations for each in earlier),
        requests=spent.requests - sum(each.spent.requests for each in earlier),
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


def left_in(folder: Path) -> Left | None:
    """Return what a killed run has left in a folder; None where the last run in it has ended."""
    parts, whole = folder / PARTS, folder / MANIFEST
    if not (parts / MANIFEST).exists():
        return None
    record = read_record(parts / MANIFEST)
    if whole.exists() and _which(read_record(whole)) == _which(record):
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
    counted = _counted(parts / SPENT)
    if counted is None:
        accepted = sum(exchange.response is not None and exchange.response.status == 202 for exchange in exchanges)
        counted = Spent(accepted, len(exchanges), 0.0)
        missing.append(f"{parts / SPENT} cannot be read: the generations are those answers that were 202.")
    spent = SpentFacts(generations=counted.generations, requests=counted.requests, seconds=seconds)
    ended = completed(record, parts, spent, last)
    if not ended.promised:
        missing.append("It is not known which drivers were selected: nothing counts as promised.")
    return Left(_killed(ended), exchanges, missing)


def _killed(record: RunRecord) -> RunRecord:
    reason = record.stopped or KILLED
    parts = [*record.parts[:-1], *(each.model_copy(update={"stopped": reason}) for each in record.parts[-1:])]
    return record.model_copy(update={"stopped": reason, "parts": parts})


def _which(record: RunRecord) -> tuple[datetime, int]:
    """Return what tells a run, and a part of it, from others."""
    return record.started_at, len(record.parts)


def _counted(path: Path) -> Spent | None:
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


def _without_kind(model: type[Any], note: Mapping[str, Any]) -> Any:
    return model(**{name: value for name, value in note.items() if name != "kind"})
