"""`conformance judge`: judge a saved run again with the requirements and checks that are installed now."""

from __future__ import annotations

import sys
from pathlib import Path

from conformance import __version__
from conformance.client.exchange import saved_in
from conformance.client.saved import Passing, Saved
from conformance.contract.document import load
from conformance.exceptions import ConfigurationError
from conformance.reporting import json_report, terminal
from conformance.reporting.console import console_for
from conformance.reporting.model import HarnessFacts
from conformance.reporting.report import Report
from conformance.reporting.view import View
from conformance.run.conclude import concluded, judge_history, links_of, reported
from conformance.run.journal import MANIFEST, PARTS, Left, differences, left_in, read_record, require_intact, unknown_of


def judge_again(folder: Path, *, quiet: bool = False, write: bool = False) -> int:
    """Judge the history in a folder, print the result, and return the exit status.

    Reports are written where there are none, or with `write`. Of a run that was killed, what it has left is judged. Raises
    ConfigurationError if the manifest or the history is missing, not valid or not the one that was recorded.
    """
    contract = load()
    record, history, missing = saved_run(folder)
    missing = [*missing, *differences(record, contract, __version__)]
    now = HarnessFacts(version=__version__, contract_version=contract.version, contract_digest=contract.digest)
    passing = Passing(history)
    judge = judge_history(contract, record, passing)
    exchanges = passing.for_reports()
    judged = record.model_copy(update={"harness": now})
    before = folder / "report.json"
    is_new = write or not before.exists()
    if is_new:
        report, paths = reported(contract, judge, judged, exchanges, folder)
    else:
        report, paths = concluded(contract, judge, judged, links_of(exchanges, record)), {}
    if not is_new and _verdicts(report) != _verdicts(json_report.read(before)):
        missing.append(f"{before} tells other verdicts and was left as it is; --write replaces it.")
    for sentence in missing:
        console_for(sys.stderr).print(sentence, soft_wrap=True)
    terminal.show(View(report, exchanges), console_for(), paths=paths, quiet=quiet)
    return report.exit_status


def _verdicts(report: Report) -> dict[str, str]:
    return {name: row.verdict for name, row in report.requirements.items()}


def saved_run(folder: Path) -> Left:
    """Return the run in a folder, where nothing is missing of one that has ended.

    Raises ConfigurationError if the manifest or the history is missing, not valid or not the one that was recorded.
    """
    left = left_in(folder)
    if left is not None:
        return left._replace(missing=[*left.missing, *unknown_of(sorted((folder / PARTS).glob("*.history.jsonl")))])
    record, exchanges = read_record(folder / MANIFEST), _history_in(folder)
    return Left(record, exchanges, require_intact(saved_in(folder), record.history))


def _history_in(folder: Path) -> Saved:
    path = saved_in(folder)
    try:
        return Saved([path])
    except OSError as error:
        raise ConfigurationError(
            f"Cannot read {path}: {error.strerror}; give a folder with the reports of a run."
        ) from None
