"""Which run is certified: a whole certification that found the target conformant, without exceptions."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.reporting.report import Outcome, Report
from conformance.reporting.text import counted
from conformance.run.planning.profiles import ORDER
from conformance.run.verdicts.record import RunRecord
from conformance.run.verdicts.scope import restriction


def restrictions(record: RunRecord) -> Iterator[str]:
    """Yield a sentence for each thing that keeps a run from being a whole certification."""
    if record.profile != ORDER[-1]:
        yield f"It is a run of the profile {record.profile}, and {ORDER[-1]} alone is certified."
    restricted = restriction(record)
    if restricted is not None:
        yield f"It is a part of {ORDER[-1]} ({restricted}), and a whole run alone is certified."
    if record.defects:
        yield f"The harness itself was wrong: {record.defects[0]}"


def exceptions(report: Report) -> Iterator[str]:
    """Yield a sentence for each thing that keeps what a run found from being certified."""
    if report.known_failures:
        yield f"It was given a list of known failures, such as {report.known_failures[0].requirement}; run without it."
    if report.outcome is not Outcome.CONFORMANT:
        yield f"Its outcome is not conformant: {report.scope.sentence}."
    if report.scope.gaps:
        yield f"It left {counted(len(report.scope.gaps), 'requirement')} unjudged: {', '.join(report.scope.gaps[:6])}."
