"""`conformance judge`: judge a saved run again with the requirements and checks that are installed now."""

from __future__ import annotations

import sys
from pathlib import Path

from conformance import __version__
from conformance.contract.document import load
from conformance.door.exchange import saved_in
from conformance.door.saved import Saved, for_reports
from conformance.exceptions import ConfigurationError
from conformance.reporting import terminal
from conformance.reporting.console import console_for
from conformance.reporting.model import HarnessFacts
from conformance.reporting.text import by_id
from conformance.run.conclude import judge_history, write_reports
from conformance.run.evidence import concluded
from conformance.run.manifest import MANIFEST, Left, left_in, read_record


def judge_again(folder: Path, *, quiet: bool = False) -> int:
    """Judge the history in a folder, rewrite its reports, print the result, and return the exit status.

    Of a run that was killed, what it has left is judged. Raises ConfigurationError if the manifest or the history is missing or not valid.
    """
    contract = load()
    record, history, missing = saved_run(folder)
    now = HarnessFacts(version=__version__, contract_version=contract.version, contract_digest=contract.digest)
    judge = judge_history(contract, record, history)
    exchanges = for_reports(history)
    report = concluded(contract, judge, record.model_copy(update={"harness": now}), exchanges)
    for sentence in missing:
        console_for(sys.stderr).print(sentence, soft_wrap=True)
    paths = write_reports(report, exchanges, folder, contract)
    terminal.show(report, by_id(exchanges), console_for(), paths=paths, quiet=quiet)
    return report.exit_status


def saved_run(folder: Path) -> Left:
    """Return the run in a folder, where nothing is missing of one that has ended.

    Raises ConfigurationError if the manifest or the history is missing or not valid.
    """
    return left_in(folder) or Left(read_record(folder / MANIFEST), _history_in(folder), [])


def _history_in(folder: Path) -> Saved:
    path = saved_in(folder)
    try:
        return Saved([path])
    except OSError as error:
        raise ConfigurationError(
            f"Cannot read {path}: {error.strerror}; give a folder with the reports of a run."
        ) from None
