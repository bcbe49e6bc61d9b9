"""`conformance sign`: a certificate of a run, refused for every run but a whole certification that found the target conformant."""

from __future__ import annotations

import filecmp
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.client.exchange import lines_of, saved_in
from conformance.client.hash_chain import examine
from conformance.client.saved import Saved, for_reports
from conformance.contract.document import Contract, load
from conformance.exceptions import ConfigurationError, NotCertified
from conformance.reporting import json_report
from conformance.reporting.report import Report
from conformance.run.conclude import judge_history, links_of, write_reports
from conformance.run.parts.intact import differences, flaw_of
from conformance.run.parts.manifest import MANIFEST, left_in, read_record
from conformance.run.verdicts.record import Kept, RunRecord
from conformance.run.verdicts.verdict import conclude
from conformance.trust.certifiable import exceptions, restrictions
from conformance.trust.envelope import seal
from conformance.trust.keys import key_id, private_key
from conformance.trust.plausible import contradictions
from conformance.trust.statement import REPORT, Statement, beside, state

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
    for sentence in restrictions(record):
        raise NotCertified(sentence)
    kept = _chain_of(folder, record)
    unlike = differences(record, contract, __version__)
    if unlike:
        raise NotCertified(f"{unlike[0].partition(': verdicts')[0]}; run again with what is installed.")
    report = judged(contract, record, folder)
    if _told_by(report) != _told_by(saved):
        raise NotCertified(
            f"Its {REPORT} is not what its history is judged to be; `conformance judge --write` makes it anew."
        )
    for sentence in chain(exceptions(report), contradictions(record, folder)):
        raise NotCertified(sentence)
    _require_written(contract, record, saved, folder)
    return record, report, kept


def _told_by(report: Report) -> dict[str, Any]:
    """Return what a certificate rests on; which exchanges show a verdict may depend on who was judged first."""
    told = report.model_dump(include=_TOLD)
    return told | {"verdicts": {name: row.verdict for name, row in report.requirements.items()}}


def _require_written(contract: Contract, record: RunRecord, saved: Report, folder: Path) -> None:
    """Raise NotCertified where a file beside a report holds something else than is written for that report."""
    with closing(Saved([saved_in(folder)])) as history, tempfile.TemporaryDirectory() as place:
        exchanges = for_reports(history)
        anew = Path(place)
        write_reports(saved, exchanges, links_of(exchanges, record), anew, contract)
        for name in beside(folder):
            if not (anew / name).is_file() or not filecmp.cmp(folder / name, anew / name, shallow=False):
                raise NotCertified(
                    f"Its {name} is not what its {REPORT} and its history show; `conformance judge --write` makes it anew."
                )


def judged(contract: Contract, record: RunRecord, folder: Path) -> Report:
    """Judge the history in a folder and return the report."""
    with closing(Saved([saved_in(folder)])) as history:
        return conclude(contract, judge_history(contract, record, history), record)


def _chain_of(folder: Path, record: RunRecord) -> Kept:
    if record.history is None:
        raise NotCertified(
            "Its history has no chain of hashes that the run has told of, so that nobody knows whether it is whole."
        )
    flaw = flaw_of(examine(lines_of(saved_in(folder))), record.history)
    if flaw is not None:
        raise NotCertified(f"Its history is not the one that the run has recorded: {flaw}.")
    return record.history
