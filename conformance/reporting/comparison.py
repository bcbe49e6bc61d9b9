"""Several reports beside one another: what changed between two runs of one target, implementations in a matrix, many runs in a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from conformance.reporting.report import EMBEDDED, JUDGED, Outcome, Report, Verdict
from conformance.reporting.series import Series, Value


class Change(StrEnum):
    """What became of a requirement from one run to the next; the first three are worse than before."""

    FAILS = "newly failing"
    FAILS_OTHERWISE = "failing in another way too"
    SILENT = "gone silent"
    PASSES = "newly passing"
    FAILS_LESS = "failing in fewer ways"
    HEARD = "newly exercised"


WORSE = frozenset({Change.FAILS, Change.FAILS_OTHERWISE, Change.SILENT})


@dataclass(frozen=True, slots=True)
class Changed:
    """A requirement that changed, both verdicts, and the sentence that the later report has on it."""

    requirement: str
    change: Change
    before: Verdict
    after: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one run to another one of the same target; `is_incomplete` where the later one alone is."""

    changes: tuple[Changed, ...]
    notes: tuple[str, ...]
    is_incomplete: bool = False

    @property
    def is_worse(self) -> bool:
        """Whether the later run is worse in any requirement, or proves nothing any more."""
        return self.is_incomplete or any(each.change in WORSE for each in self.changes)

    def of(self, change: Change) -> list[Changed]:
        """Return the requirements of one change."""
        return [each for each in self.changes if each.change is change]


def compare(before: Report, after: Report) -> Comparison:
    """Compare two runs of one target, the earlier one first."""
    changes = [
        found
        for name, row in after.requirements.items()
        if name in before.requirements and (found := _changed(name, before, after)) is not None
    ]
    order = list(Change)
    changes.sort(key=lambda each: order.index(each.change))
    notes = [
        f"The runs differ in their {what} ({mine or 'none'} and {theirs or 'none'}), which may explain a change."
        for what, mine, theirs in (
            ("profile", before.profile, after.profile),
            ("restriction", before.scope.restriction, after.scope.restriction),
            ("contract", before.harness.contract_version, after.harness.contract_version),
            ("version of the harness", before.harness.version, after.harness.version),
        )
        if mine != theirs
    ]
    gone = [name for name in before.requirements if name not in after.requirements]
    new = [name for name in after.requirements if name not in before.requirements]
    notes += [f"Only one of the runs knows {', '.join([*gone, *new])}."] if gone or new else []
    is_incomplete = after.outcome is Outcome.INCOMPLETE and before.outcome is not Outcome.INCOMPLETE
    return Comparison(tuple(changes), tuple(notes), is_incomplete)


def _changed(name: str, before: Report, after: Report) -> Changed | None:
    was, row = before.requirements[name], after.requirements[name]
    old, new = was.verdict, row.verdict
    ways = {each.key for each in row.findings} - {each.key for each in was.findings}
    fewer = {each.key for each in was.findings} - {each.key for each in row.findings}
    change: Change | None = None
    if new is Verdict.FAILED:
        if old is not Verdict.FAILED:
            change = Change.FAILS
        elif ways:
            change = Change.FAILS_OTHERWISE
        elif fewer:
            change = Change.FAILS_LESS
    elif new not in JUDGED:
        change = Change.SILENT if old in JUDGED else None
    elif old is Verdict.FAILED:
        change = Change.PASSES
    elif old not in JUDGED:
        change = Change.HEARD
    if change is None:
        return None
    message = next(
        (each.message for each in row.findings if new is Verdict.FAILED and (each.key in ways or not ways)), None
    )
    return Changed(name, change, old, new, message or row.reason or "")


def target_of(report: Report) -> str:
    """Return what a report is about; every embedded sandbox is the same, whatever its port."""
    if report.target.get(EMBEDDED):
        return "the embedded sandbox"
    return str(report.target.get("target", {}).get("base_url", "")).rstrip("/")


def matrix(reports: Sequence[Report]) -> Mapping[str, tuple[Verdict | None, ...]]:
    """Return the verdicts of each requirement, one a report; None where a report does not know it."""
    names = list(dict.fromkeys(name for report in reports for name in report.requirements))
    return {
        name: tuple(report.requirements[name].verdict if name in report.requirements else None for report in reports)
        for name in names
    }


@dataclass(frozen=True, slots=True)
class Point:
    """One run of many, in figures; `generation` is the median of the seconds that a generation took, as far as reads showed it."""

    run: str
    started: str
    title: str
    failures: int
    judged: int
    requirements: int
    generations: int
    seconds: float
    generation: float | None


def point(run: str, report: Report) -> Point:
    """Return a run in figures, under the name that it has."""
    took = [each.seconds for each in report.generations if each.seconds is not None]
    return Point(
        run=run,
        started=f"{report.started_at:%Y-%m-%d %H:%M}",
        title=report.scope.title,
        failures=report.figures.divergence.count,
        judged=report.figures.coverage.count,
        requirements=report.figures.coverage.of,
        generations=report.spent.generations,
        seconds=report.spent.seconds,
        generation=median(took) if took else None,
    )


def series_of(points: Sequence[Point]) -> list[Series]:
    """Return what is watched over many runs: failures, coverage, cost, time, and how long a generation takes."""

    def series(title: str, value: Callable[[Point], float | None]) -> Series:
        return Series(title, [Value(f"{each.run}, {each.started}", value(each)) for each in points])

    return [
        series("failures", lambda each: each.failures),
        series("requirements judged", lambda each: each.judged),
        series("generations", lambda each: each.generations),
        series("seconds of a run", lambda each: each.seconds),
        series("seconds of a generation", lambda each: each.generation),
    ]
