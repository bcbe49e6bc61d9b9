"""The end of a run: the whole history judged at once, by the fold that followed it live."""

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
    """Judge exchanges, given in judging order, to their end."""
    judge = Judge(contract, Facts.of(record.target))
    for exchange in exchanges:
        judge.observe(exchange)
    judge.finish()
    return judge


def report_on(contract: Contract, record: RunRecord, exchanges: Sequence[Exchange], folder: Path) -> Report:
    """Judge a history, conclude, and write every report into the folder."""
    report = conclude(contract, judge_history(contract, record, exchanges), record, exchanges)
    write_all(report, exchanges, folder)
    return report


def conclude_run(spec: RunSpec, contract: Contract) -> tuple[Report, list[Exchange]]:
    """Gather what the processes of a run left, and report on it."""
    record, exchanges = gather(spec, contract)
    return report_on(contract, record, exchanges, spec.folder), exchanges
