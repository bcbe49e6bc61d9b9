"""`conformance merge`: join the histories of several runs of one target, and judge them once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from conformance import __version__
from conformance.cli.judge import saved_run
from conformance.client.exchange import keep
from conformance.client.saved import Passing
from conformance.contract.document import load
from conformance.exceptions import ConfigurationError
from conformance.reporting import terminal
from conformance.reporting.console import console_for
from conformance.reporting.model import HarnessFacts
from conformance.reporting.view import View
from conformance.run.conclude import judge_history, reported
from conformance.run.journal import MANIFEST, end_of_chain, make_folders
from conformance.run.merge import Joined, join


def merge_runs(given: Sequence[Path], report_dir: Path | None, *, quiet: bool = False) -> int:
    """Judge the runs in folders as one, write one folder of reports, print the result, and return the exit status.

    Of a run that was killed, what it has left is judged. Raises ConfigurationError for runs that are no parts of one.
    """
    contract = load()
    places = list(dict.fromkeys(folder.resolve() for folder in given))
    target = (report_dir or Path("reports") / f"{datetime.now(UTC):%Y%m%d-%H%M%S}").resolve()
    if target in places:
        raise ConfigurationError(f"The folder {report_dir} is that of a run to merge; give --report-dir another one.")
    now = HarnessFacts(version=__version__, contract_version=contract.version, contract_digest=contract.digest)
    runs = {folder: saved_run(folder) for folder in places}
    record = join({folder: each.record for folder, each in runs.items()}, now)
    # What a run met that came no further than the first contact may be another server.
    began = {folder: each for folder, each in runs.items() if each.record.began or not record.began}
    joined = Joined({folder: each.exchanges for folder, each in began.items()})
    doubted = joined.names({folder: each.record.doubted for folder, each in began.items()})
    record = record.model_copy(update={"doubted": doubted})
    passing = Passing(joined)
    judge = judge_history(contract, record, passing)
    exchanges = passing.for_reports()
    joined.require_like_clocks()
    make_folders(target)
    keep(joined, target)
    # A chain that is made here says nothing of a history that had none.
    is_known = all(each.record.history is not None for each in runs.values())
    record = record.model_copy(update={"history": end_of_chain(target) if is_known else None})
    record.write(target / MANIFEST)
    for line in dict.fromkeys(line for each in runs.values() for line in each.missing):
        console_for(sys.stderr).print(line, soft_wrap=True)
    report, paths = reported(contract, judge, record, exchanges, target)
    terminal.show(View(report, exchanges), console_for(), paths=paths, quiet=quiet)
    return report.exit_status
