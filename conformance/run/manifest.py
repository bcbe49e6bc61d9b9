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
from conformance.contract.document import Contract
from conformance.door.budget import Budget, Limits, Spent
from conformance.door.exchange import Exchange, is_whole
from conformance.door.saved import Saved
from conformance.exceptions import ConfigurationError
from conformance.reporting.model import HarnessFacts, SpentFacts
from conformance.reporting.report import EMBEDDED
from conformance.run.detection import suite_digest
from conformance.run.drivers import by_requirement, catalogue, promise_of
from conformance.run.plan import chosen
from conformance.run.profiles import Profile
from conformance.run.record import Combination, RunRecord, Shards, Unreached
from conformance.run.shards import Shard
from conformance.run.target import Target

PARTS = "parts"
"""The folder into which each process of a run writes its part, in the folder of the run."""
MANIFEST = "run.json"
SPENT = "budget.sqlite"
KILLED = "it was killed before its end"
NOTHING_SPENT = SpentFacts(generations=0, requests=0, seconds=0.0)


class Left(NamedTuple):
    """What a killed run has left: its manifest, its history in judging order, and sentences on what is missing."""

    record: RunRecord
    exchanges: Sequence[Exchange]
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
) -> RunRecord:
    """Return what a manifest can say before the first request; it promises what all its drivers of the profile provoke."""
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
        started_at=started_at,
        finished_at=started_at,
        spent=NOTHING_SPENT,
        promised=by_requirement(mine),
        drivers=by_requirement(catalogue()),
        shards=Shards(numbers=[shard.number], of=shard.of) if shard else None,
        elsewhere=sorted(driver.name for driver in every if driver not in mine),
        stopped=KILLED,
        suite=suite_digest(),
    )


def completed(record: RunRecord, parts: Path, spent: SpentFacts, finished_at: datetime) -> RunRecord:
    """Return the manifest of a run that has ended, with what its processes have noted."""
    notes = list(_notes(parts))
    mine = {name for names in record.promised.values() for name in names}
    selected = {name for note in notes if note["kind"] == "selected" for name in note["drivers"]}
    deselected = mine - selected
    stopped = [note for note in notes if note["kind"] == "stopped"]
    gone = [note for note in stopped if note.get("gone")]
    return record.model_copy(
        update={
            "finished_at": finished_at,
            "spent": spent,
            "promised": promise_of(selected, deselected, record.elsewhere),
            "deselected": sorted(deselected),
            "unreached": [_without_kind(Unreached, note) for note in notes if note["kind"] == "unreached"],
            "planned": [_without_kind(Combination, note) for note in notes if note["kind"] == "planned"],
            "stopped": next((note["reason"] for note in gone or stopped), None),
            "target_gone": bool(gone),
            "began": not any(note.get("never_began") for note in stopped),
            "defects": [note["sentence"] for note in notes if note["kind"] == "defect"],
            "cut": list(dict.fromkeys(note["sentence"] for note in notes if note["kind"] == "cut")),
        }
    )


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
    if whole.exists() and read_record(whole).started_at == record.started_at:
        return None
    histories = sorted(parts.glob("*.history.jsonl"))
    exchanges = Saved(histories)
    missing = [f"The run was killed before its end; what it left in {parts} is judged: {len(exchanges)} exchanges."]
    missing += [f"The last exchange of {path} is cut short and left out." for path in histories if not is_whole(path)]
    last = datetime.fromtimestamp(exchanges[-1].received_at, UTC) if exchanges else record.started_at
    seconds = round((last - record.started_at).total_seconds(), 3)
    counted = _counted(parts / SPENT)
    if counted is None:
        accepted = sum(exchange.response is not None and exchange.response.status == 202 for exchange in exchanges)
        counted = Spent(accepted, len(exchanges), 0.0)
        missing.append(f"{parts / SPENT} cannot be read: the generations are those answers that were 202.")
    spent = SpentFacts(generations=counted.generations, requests=counted.requests, seconds=seconds)
    ended = completed(record, parts, spent, last)
    if not ended.promised:
        missing.append("It is not known which drivers were selected: nothing counts as promised.")
    return Left(ended.model_copy(update={"stopped": ended.stopped or KILLED}), exchanges, missing)


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


def _notes(parts: Path) -> Iterable[dict[str, Any]]:
    """Yield the notes of all processes; a last line that a killed run cut short is left out."""
    for path in sorted(parts.glob("*.notes.jsonl")):
        with path.open(encoding="utf-8", errors="replace") as file:
            yield from (json.loads(line) for line in file if line.endswith("\n"))


def _without_kind(model: type[Any], note: Mapping[str, Any]) -> Any:
    return model(**{name: value for name, value in note.items() if name != "kind"})
