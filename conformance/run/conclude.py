"""The end of a run: what its processes left is gathered, judged and reported."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from contextlib import closing

from conformance.checks.judge import Judge
from conformance.contract.document import Contract
from conformance.door.exchange import Exchange
from conformance.history.observation import TargetFacts
from conformance.reporting import write_all
from conformance.reporting.report import Report
from conformance.reporting.text import shown_by
from conformance.run.process import RunSpec, gather
from conformance.run.record import RunRecord
from conformance.run.verdict import conclude


def judge_history(contract: Contract, record: RunRecord, exchanges: Iterable[Exchange]) -> Judge:
    """Judge exchanges, given in judging order, to their end; a run that never began had another server before it, and judged nothing."""
    judge = Judge(contract, TargetFacts.of(record.target))
    for exchange in exchanges if record.began else ():
        judge.observe(exchange)
    judge.finish()
    return judge


def conclude_run(
    spec: RunSpec, contract: Contract, judge: Judge | None = None
) -> tuple[Report, Mapping[str, Exchange]]:
    """Gather what the processes of a run left, write its reports, and return the report and the exchanges that it names, by id.

    `judge` is the one that has followed the run's only process; the merged history of several processes is judged once more.
    """
    record, history = gather(spec, contract)
    with closing(history):
        try:
            if judge is None or not record.began:
                judge = judge_history(contract, record, history)
            else:
                judge.finish()
            report = conclude(contract, judge, record)
            write_all(report, history, spec.folder)
            return report, shown_by(report, history)
        finally:
            shutil.rmtree(spec.parts, ignore_errors=True)
