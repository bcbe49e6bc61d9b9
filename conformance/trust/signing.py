"""`conformance sign`: a certificate of a run, refused for every run but a whole certification that found the target conformant."""

from __future__ import annotations

import filecmp
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.client.exchange import lines_of, saved_in
from conformance.client.hash_chain import examine
from conformance.client.saved import Saved, for_reports
from conformance.contract.document import Contract, load
from conformance.exceptions import ConfigurationError, NotCertified
from conformance.reporting import json_report
from conformance.reporting.report import Outcome, Report
from conformance.reporting.text import counted
from conformance.run.conclude import judge_history, links_of, write_reports
from conformance.run.journal import MANIFEST, differences, flaw_of, read_record, remains_in
from conformance.run.planning.profiles import ORDER
from conformance.run.verdicts.record import Kept, RunRecord
from conformance.run.verdicts.scope import restriction
from conformance.run.verdicts.verdict import conclude
from conformance.trust.envelope import key_id, private_key, seal
from conformance.trust.statement import REPORT, Statement, may_be_missing, resources, state

CERTIFICATE = "certificate.json"
AGAIN = "`conformance judge --write` makes it anew"
_COMPARED = {
    *("outcome", "exit_status", "scope", "figures", "harness", "target", "profile", "strict", "only", "seed"),
    *("started_at", "finished_at", "spent", "stopped", "defects", "warnings", "detection"),
}


def sign(folder: Path, key_file: Path, *, out: Path | None = None, days: int = 90) -> tuple[Path, Statement, str]:
    """Write the certificate of the run in a folder; return its path, its statement and the name of the key.

    Raises NotCertified for a run that is not certified, and ConfigurationError if the key or the folder cannot be used.
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
    if remains_in(folder) is not None:
        raise NotCertified("It was killed before its end; run again.")
    record, saved = read_record(folder / MANIFEST), json_report.read(folder / REPORT)
    for sentence in restrictions(record):
        raise NotCertified(sentence)
    if record.history is None:
        raise NotCertified("Its history has no chain of hashes, so that nobody knows whether it is whole.")
    flaw = flaw_of(examine(lines_of(saved_in(folder))), record.history)
    if flaw is not None:
        raise NotCertified(f"Its history is not the one that the run has recorded: {flaw}.")
    for sentence in differences(record, contract, __version__):
        raise NotCertified(f"{sentence.partition(': verdicts')[0]}; run again with what is installed.")
    report = judged(contract, record, folder)
    if _compared(report) != _compared(saved):
        raise NotCertified(f"Its {REPORT} is not what its history is judged to be; {AGAIN}.")
    for sentence in exceptions(report):
        raise NotCertified(sentence)
    _require_written(record, saved, folder)
    return record, report, record.history


def restrictions(record: RunRecord) -> Iterator[str]:
    """Yield a sentence for each thing that keeps a run from being a whole certification."""
    if record.profile != ORDER[-1]:
        yield f"It is a run of the profile {record.profile}, and {ORDER[-1]} alone is certified."
    restricted = restriction(record)
    if restricted is not None:
        yield f"It is a part of {ORDER[-1]} ({restricted}), and a whole run alone is certified."
    if record.defects:
        yield f"The harness itself was wrong: {record.defects[0]}"
    if record.doubted:
        yield f"The answers to {counted(len(record.doubted), 'call')} were doubted, and so not judged."


def exceptions(report: Report) -> Iterator[str]:
    """Yield a sentence for each thing that keeps the result of a run from being certified."""
    if report.known_failures:
        yield f"It was given a list of known failures, such as {report.known_failures[0].requirement}; run without it."
    if report.outcome is not Outcome.CONFORMANT:
        yield f"Its outcome is not conformant: {report.scope.sentence}."
    if report.scope.gaps:
        yield f"It left {counted(len(report.scope.gaps), 'requirement')} unjudged: {', '.join(report.scope.gaps[:6])}."


def judged(contract: Contract, record: RunRecord, folder: Path) -> Report:
    """Judge the history in a folder and return the report."""
    with closing(Saved([saved_in(folder)])) as history:
        return conclude(contract, judge_history(contract, record, history), record)


def _compared(report: Report) -> dict[str, Any]:
    """Return what a certificate rests on; which exchanges show a verdict may depend on the order of judging."""
    facts = report.model_dump(include=_COMPARED)
    return facts | {"verdicts": {name: row.verdict for name, row in report.requirements.items()}}


def _require_written(record: RunRecord, saved: Report, folder: Path) -> None:
    """Raise NotCertified if a file beside a report holds something else than is written for that report."""
    with closing(Saved([saved_in(folder)])) as history, tempfile.TemporaryDirectory() as place:
        exchanges = for_reports(history)
        anew = Path(place)
        write_reports(saved, exchanges, links_of(exchanges, record), anew)
        for name in (resource.name for resource in resources(folder, record)[0] if may_be_missing(resource.name)):
            if not (anew / name).is_file() or not filecmp.cmp(folder / name, anew / name, shallow=False):
                raise NotCertified(f"Its {name} is not what its {REPORT} and its history show; {AGAIN}.")
