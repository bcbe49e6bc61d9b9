"""The end of a run: the merged history is judged, and the reports are written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from conformance.checks.judge import Judge
from conformance.contract.document import Contract
from conformance.door.exchange import Exchange
from conformance.history.observation import Facts
from conformance.reporting import write_all
from conformance.reporting.report import Report
from conformance.run.process import RunSpec, gather
from conformance.run.record import RunRecord
from conformance.run.verdict import conclude


def judge_history(contract: Contract, record: RunRecord, exchanges: Sequence[Exchange]) -> Judge:
    """Judge all exchanges, which are in judging order, and return the judge."""
    judge = Judge(contract, Facts.of(record.target))
    for exchange in exchanges:
        judge.observe(exchange)
    judge.finish()
    return judge


def report_on(contract: Contract, record: RunRecord, exchanges: Sequence[Exchange], folder: Path) -> Report:
    """Judge a history, and write its reports into the folder."""
    report = conclude(contract, judge_history(contract, record, exchanges), record, exchanges)
    write_all(report, exchanges, folder)
    return report


def conclude_run(spec: RunSpec, contract: Contract) -> tuple[Report, list[Exchange]]:
    """Merge the parts of the processes of a run, and report on them."""
    record, exchanges = gather(spec, contract)
    return report_on(contract, record, exchanges, spec.folder), exchanges
