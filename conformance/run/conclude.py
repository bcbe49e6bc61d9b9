"""The end of a run: what its processes left is gathered, judged and reported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from conformance.checks.judge import Judge
from conformance.contract.document import Contract
from conformance.door.exchange import Exchange
from conformance.history.observation import TargetFacts
from conformance.reporting import write_all
from conformance.reporting.report import Report
from conformance.run.evidence import concluded
from conformance.run.process import RunSpec, gather
from conformance.run.record import RunRecord
from conformance.run.repro import write_scripts


def judge_history(contract: Contract, record: RunRecord, exchanges: Iterable[Exchange]) -> Judge:
    """Judge exchanges, given in judging order, to their end; a run that never began had another server before it, and judged nothing."""
    judge = Judge(contract, TargetFacts.of(record.target))
    for exchange in exchanges if record.began else ():
        judge.observe(exchange)
    judge.finish()
    return judge


def conclude_run(spec: RunSpec, contract: Contract, judge: Judge | None = None) -> tuple[Report, list[Exchange]]:
    """Gather what the processes of a run left, write its reports, and return the report and the history.

    `judge` is the one that has followed the run's only process; the merged history of several processes is judged once more.
    """
    record, exchanges = gather(spec, contract)
    if judge is None or not record.began:
        judge = judge_history(contract, record, exchanges)
    else:
        judge.finish()
    report = concluded(contract, judge, record, exchanges)
    write_reports(report, exchanges, spec.folder, contract)
    return report, exchanges


def write_reports(report: Report, exchanges: Sequence[Exchange], folder: Path, contract: Contract) -> dict[str, Path]:
    """Write every form of a report into a folder, and a script for each failed requirement; return the paths of the forms."""
    paths = write_all(report, exchanges, folder)
    write_scripts(report, exchanges, folder, contract)
    return paths
