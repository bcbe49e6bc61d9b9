"""The end of a run: what its processes left is gathered, judged and reported."""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path

from conformance.checks.judge import Judge
from conformance.client.exchange import Exchange, TransportError, TransportFailure
from conformance.client.holding import is_interrupted
from conformance.client.saved import Passing
from conformance.contract.document import Contract
from conformance.history.observation import TargetFacts
from conformance.replay.dependencies import Dependencies
from conformance.replay.findings import with_evidence
from conformance.replay.story import write_stories
from conformance.reporting import Bearing, Mishaps, write_all
from conformance.reporting.report import Report
from conformance.reporting.view import View
from conformance.run.process import RunSpec, gather
from conformance.run.verdicts.record import INTERRUPTED, RunRecord
from conformance.run.verdicts.verdict import conclude

LEAST_GRACE, GRACE = 2.0, 0.02
"""Seconds, and share of the budget of seconds, by which the judgement of a merged history may go past the budget."""
DOUBTED = TransportFailure(
    TransportError.DOUBTED, "its connection brought what nobody had asked for, so that the answer may be another call's"
)


def judge_history(contract: Contract, record: RunRecord, exchanges: Iterable[Exchange]) -> Judge:
    """Judge exchanges, given in judging order, to their end; a run that never began had another server before it, and judged nothing."""
    judge = Judge(contract, TargetFacts.of(record.target))
    for exchange in without_doubted(exchanges, record.doubted) if record.began else ():
        judge.observe(exchange)
    judge.finish()
    return judge


def links_of(exchanges: Sequence[Exchange], record: RunRecord) -> Dependencies:
    """Return the dependencies in the whole history of a run, given in judging order, as it was judged."""
    judged = without_doubted(exchanges, record.doubted) if record.doubted else exchanges
    return Dependencies(judged, TargetFacts.of(record.target).clock_url)


def concluded(contract: Contract, judge: Judge, record: RunRecord, links: Dependencies) -> Report:
    """Return the report of a run, each of its failures with its evidence; `links` are those of the whole history."""
    return with_evidence(conclude(contract, judge, record), contract, judge, links)


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
            report, _ = reported(contract, judge, record, exchanges, spec.folder)
            return report, exchanges
        finally:
            shutil.rmtree(spec.parts, ignore_errors=True)


def reported(
    contract: Contract, judge: Judge, record: RunRecord, exchanges: Sequence[Exchange], folder: Path
) -> tuple[Report, dict[str, Path]]:
    """Write every form of a run's report into a folder, and the smallest history of each failure; return it and the paths of the forms.

    Where something of ours breaks, the report is made anew without it, and names it as a defect.
    """
    mishaps = Mishaps()
    made = _reported(contract, judge, record, exchanges, folder, mishaps)
    if mishaps.sentences:
        record = record.model_copy(update={"defects": [*record.defects, *mishaps.sentences]})
        made = _reported(contract, judge, record, exchanges, folder, mishaps)
        mishaps.write(folder)
    return made


def _reported(
    contract: Contract, judge: Judge, record: RunRecord, exchanges: Sequence[Exchange], folder: Path, mishaps: Mishaps
) -> tuple[Report, dict[str, Path]]:
    links = links_of(exchanges, record)
    report = conclude(contract, judge, record)
    with mishaps.bear("The evidence of the report"):
        report = with_evidence(report, contract, judge, links)
    return report, write_reports(report, exchanges, links, folder, mishaps.bear)


def write_reports(
    report: Report,
    exchanges: Sequence[Exchange],
    links: Dependencies,
    folder: Path,
    bear: Bearing = lambda _: nullcontext(),
) -> dict[str, Path]:
    """Write every form of a report into a folder, and the smallest history of each failure; return the paths of the forms.

    What breaks within `bear` is left out.
    """
    paths = write_all(View(report, exchanges), folder, bear)
    write_stories(report, links, folder, bear)
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


def without_doubted(history: Iterable[Exchange], doubted: Collection[str]) -> Iterator[Exchange]:
    """Yield a history as it is judged: a doubted call is one whose answer is not known, so that nothing rests on it."""
    names = frozenset(doubted)
    for exchange in history:
        yield (
            replace(exchange, response=None, failure=DOUBTED)
            if exchange.response and exchange.id in names
            else exchange
        )
