"""The end of a run: what its processes left is gathered, judged and reported."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from conformance.checks.judge import Judge
from conformance.contract.document import Contract
from conformance.door.exchange import Exchange
from conformance.door.holding import is_interrupted
from conformance.door.saved import Passing
from conformance.history.observation import TargetFacts
from conformance.reporting import write_all
from conformance.reporting.report import Report
from conformance.run.evidence.findings import concluded, links_of
from conformance.run.evidence.links import Links
from conformance.run.evidence.repro import write_scripts
from conformance.run.process import RunSpec, gather
from conformance.run.verdicts.doubts import without_doubted
from conformance.run.verdicts.record import INTERRUPTED, RunRecord

LEAST_GRACE, GRACE = 2.0, 0.02
"""Seconds, and share of the budget of seconds, by which the judgement of a merged history may go past the budget."""


def judge_history(contract: Contract, record: RunRecord, exchanges: Iterable[Exchange]) -> Judge:
    """Judge exchanges, given in judging order, to their end; a run that never began had another server before it, and judged nothing."""
    judge = Judge(contract, TargetFacts.of(record.target))
    for exchange in without_doubted(exchanges, record.doubted) if record.began else ():
        judge.observe(exchange)
    judge.finish()
    return judge


def conclude_run(spec: RunSpec, contract: Contract, judge: Judge | None = None) -> tuple[Report, list[Exchange]]:
    """Gather what the processes of a run left, write its reports, and return the report and the history.

    `judge` is the one that has followed the run's only process; the merged history of several processes is judged once more, and so is one
    of which some answers came to be doubted.
    """
    record, history = gather(spec, contract)
    with closing(history):
        try:
            passing = Passing(history)
            if judge is None or not record.began or record.doubted:
                ends: list[str] = []
                judge = judge_history(contract, record, _in_time(passing, spec.limits.seconds, record, ends))
                record = record.model_copy(update={"stopped": record.stopped or next(iter(ends), None)})
            else:
                judge.finish()
            exchanges = passing.for_reports()
            links = links_of(exchanges, record)
            report = concluded(contract, judge, record, links)
            write_reports(report, exchanges, links, spec.folder, contract)
            return report, exchanges
        finally:
            shutil.rmtree(spec.parts, ignore_errors=True)


def write_reports(
    report: Report, exchanges: Sequence[Exchange], links: Links, folder: Path, contract: Contract
) -> dict[str, Path]:
    """Write every form of a report into a folder, and a script for each failed requirement; return the paths of the forms."""
    paths = write_all(report, exchanges, folder)
    write_scripts(report, links, folder, contract)
    return paths


def _in_time(history: Iterable[Exchange], seconds: float, record: RunRecord, ends: list[str]) -> Iterator[Exchange]:
    """Yield exchanges until the run is interrupted, or has taken longer than it may; `ends` gets the reason."""
    spent = record.parts[-1].spent if record.parts else record.spent
    deadline = time.monotonic() + max(seconds - spent.seconds, 0.0) + max(LEAST_GRACE, GRACE * seconds)
    for number, exchange in enumerate(history):
        if is_interrupted():
            ends.append(INTERRUPTED)
            return
        if time.monotonic() > deadline:
            ends.append(
                f"the budget of {seconds:g} seconds was spent when {number} exchanges had been judged; `conformance judge` judges all of them"
            )
            return
        yield exchange
