"""Whether the history in the folder of a run is the one that the run has recorded."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from conformance.client.exchange import lines_of, saved_in
from conformance.client.hash_chain import Examined, examine
from conformance.contract.document import Contract
from conformance.exceptions import ConfigurationError
from conformance.reporting.text import counted
from conformance.run.verdicts.detection import suite_digest
from conformance.run.verdicts.record import Kept, RunRecord

NO_CHAIN = (
    "The history has no chain of hashes, as one of an earlier version or of another program; whether exchanges were changed or are missing "
    "cannot be known."
)
NO_END = "The manifest does not tell where the history ends; whether its last exchanges are missing cannot be known."


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


def all_of(paths: Iterable[Path]) -> list[str]:
    """Return what cannot be known of the histories that the processes of a killed run have left; raises as `require_intact` does."""
    # How many exchanges a killed run has recorded is told nowhere.
    return list(dict.fromkeys(said for path in paths for said in require_intact(path, None) if said != NO_END))
