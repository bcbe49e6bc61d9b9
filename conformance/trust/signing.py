"""`conformance sign`: a certificate of a run, refused for every run but a whole certification that found the target conformant."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.contract.document import Contract, load
from conformance.door.exchange import lines_of, saved_in
from conformance.door.hash_chain import examine
from conformance.door.saved import Saved
from conformance.exceptions import ConfigurationError, NotCertified
from conformance.reporting import json_report
from conformance.reporting.report import Outcome, Report
from conformance.reporting.text import counted
from conformance.run.conclude import judge_history
from conformance.run.parts.intact import differences, flaw_of
from conformance.run.parts.manifest import MANIFEST, left_in, read_record
from conformance.run.planning.profiles import ORDER
from conformance.run.verdicts.record import Kept, RunRecord
from conformance.run.verdicts.scope import restriction
from conformance.run.verdicts.verdict import conclude
from conformance.trust.envelope import seal
from conformance.trust.keys import key_id, private_key
from conformance.trust.plausible import contradictions
from conformance.trust.statement import REPORT, Statement, state

CERTIFICATE = "certificate.json"
_TOLD = {
    *("outcome", "exit_status", "scope", "figures", "harness", "target", "profile", "strict", "only", "seed"),
    *("started_at", "finished_at", "spent", "stopped", "defects", "warnings", "detection"),
}


def sign(folder: Path, key_file: Path, *, out: Path | None = None, days: int = 90) -> tuple[Path, Statement, str]:
    """Write the certificate of the run in a folder; return its path, what it states and the name of the key.

    Raises NotCertified where the run is not one that is certified, and ConfigurationError where the key or the folder cannot be used.
    """
    key = private_key(key_file)
    record, report, kept = certifiable(folder)
    statement = state(folder, record, report, kept, datetime.now(UTC), days)
    path = out or folder / CERTIFICATE
    try:
        path.write_text(seal(statement.payload(), key), encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"Cannot write {path}: {error.strerror}; give --out another file.") from None
    return path, statement, key_id(key.public_key())


def certifiable(folder: Path) -> tuple[RunRecord, Report, Kept]:
    """Return the run in a folder, its report and the end of its history; raises NotCertified for one that is not certified."""
    contract = load()
    if left_in(folder) is not None:
        raise NotCertified("It was killed before its end; run again.")
    record, saved = read_record(folder / MANIFEST), json_report.read(folder / REPORT)
    _require_whole(record)
    kept = _chain_of(folder, record)
    unlike = differences(record, contract, __version__)
    if unlike:
        raise NotCertified(f"{unlike[0].partition(': verdicts')[0]}; run again with what is installed.")
    report = judged(contract, record, folder)
    if _told_by(report) != _told_by(saved):
        raise NotCertified(
            f"Its {REPORT} is not what its history is judged to be; `conformance judge --write` makes it anew."
        )
    _require_conformant(report)
    for sentence in contradictions(record, folder):
        raise NotCertified(sentence)
    return record, report, kept


def _told_by(report: Report) -> dict[str, Any]:
    """Return what a certificate rests on; which exchanges show a verdict may depend on who was judged first."""
    told = report.model_dump(include=_TOLD)
    return told | {"verdicts": {name: row.verdict for name, row in report.requirements.items()}}


def judged(contract: Contract, record: RunRecord, folder: Path) -> Report:
    """Judge the history in a folder and return the report."""
    with closing(Saved([saved_in(folder)])) as history:
        return conclude(contract, judge_history(contract, record, history), record)


def _require_whole(record: RunRecord) -> None:
    if record.profile != ORDER[-1]:
        raise NotCertified(f"It is a run of the profile {record.profile}, and {ORDER[-1]} alone is certified.")
    restricted = restriction(record)
    if restricted is not None:
        raise NotCertified(f"It is a part of {ORDER[-1]} ({restricted}), and a whole run alone is certified.")
    if record.defects:
        raise NotCertified(f"The harness itself was wrong: {record.defects[0]}")


def _chain_of(folder: Path, record: RunRecord) -> Kept:
    if record.history is None:
        raise NotCertified(
            "Its history has no chain of hashes that the run has told of, so that nobody knows whether it is whole."
        )
    flaw = flaw_of(examine(lines_of(saved_in(folder))), record.history)
    if flaw is not None:
        raise NotCertified(f"Its history is not the one that the run has recorded: {flaw}.")
    return record.history


def _require_conformant(report: Report) -> None:
    if report.known_failures:
        raise NotCertified(
            f"It was given a list of known failures, such as {report.known_failures[0].requirement}; run without it."
        )
    if report.outcome is not Outcome.CONFORMANT:
        raise NotCertified(f"Its outcome is not conformant: {report.scope.sentence}.")
    if not report.scope.complete:
        raise NotCertified(
            f"It left {counted(len(report.scope.gaps), 'requirement')} unjudged: {', '.join(report.scope.gaps[:6])}."
        )
