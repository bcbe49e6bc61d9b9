"""`conformance judge`: judge a saved run again with the requirements and checks that are installed now."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from conformance import __version__
from conformance.contract.document import load
from conformance.door.exchange import Exchange, judging_order, read, saved_in
from conformance.exceptions import ConfigurationError
from conformance.reporting import terminal, write_all
from conformance.reporting.console import console_for
from conformance.reporting.model import HarnessFacts
from conformance.reporting.text import by_id
from conformance.run.conclude import judge_history
from conformance.run.process import PARTS
from conformance.run.record import RunRecord
from conformance.run.verdict import conclude


def judge_again(folder: Path, *, quiet: bool = False) -> int:
    """Judge the history in a folder, rewrite its reports, print the result, and return the exit status.

    Raises ConfigurationError if run.json or the history is missing or not valid.
    """
    contract, record = load(), read_record(folder / "run.json")
    now = HarnessFacts(version=__version__, contract_version=contract.version, contract_digest=contract.digest)
    exchanges = sorted(history_in(folder), key=judging_order)
    judge = judge_history(contract, record, exchanges)
    report = conclude(contract, judge, record.model_copy(update={"harness": now}))
    paths = write_all(report, exchanges, folder)
    terminal.show(report, by_id(exchanges), console_for(), paths=paths, quiet=quiet)
    return report.exit_status


def read_record(path: Path) -> RunRecord:
    """Return the manifest of a run; raises ConfigurationError if it is missing or not valid."""
    if not path.exists() and (path.parent / PARTS).is_dir():
        raise ConfigurationError(
            f"The run in {path.parent} was killed before its end (there is no {path.name}); run it again, or leave it out."
        )
    try:
        return RunRecord.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        reason = getattr(error, "strerror", None) or "it is not a manifest of this version"
        raise ConfigurationError(f"Cannot read {path}: {reason}; give a folder with the reports of a run.") from None


def history_in(folder: Path) -> list[Exchange]:
    """Return the history of a run; raises ConfigurationError if it is missing or not valid."""
    path = saved_in(folder)
    try:
        return list(read(path))
    except OSError as error:
        raise ConfigurationError(
            f"Cannot read {path}: {error.strerror}; give a folder with the reports of a run."
        ) from None
