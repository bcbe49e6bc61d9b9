"""What checks say: findings, and the tallies in which they are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from conformance.checks.difference import Difference
from conformance.history.observation import Observation

KEPT_FINDINGS = 25
"""How many failures of different keys are kept of one requirement, and how many unjudged observations; the rest are counted."""

MOST_FRESH = 200
"""How many findings of one exchange are handed on; a page may have as many wrong items as it holds."""


class Result(StrEnum):
    """What one observation said of one requirement."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"


LAGS = "lags"
"""The kind of a finding on a read that lacks a write and may be older than it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw once: a requirement, a result, one plain sentence, and the ids of the exchanges that prove it.

    The exchanges of a failure are the fewest that show it, in reading order, the decisive exchange last. `kind` is a short word for what
    is wrong and `place` the operation at which it showed; with the requirement they tell one defect from another. One that `withholds` says
    that what passed beside it shows too little.
    """

    requirement: str
    result: Result
    message: str
    exchanges: tuple[str, ...]
    kind: str = ""
    place: str = ""
    withholds: bool = False
    difference: Difference | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells this defect from another one of the same requirement."""
        return self.requirement, self.place, self.kind


@dataclass(slots=True)
class Tally:
    """What the checks said of one requirement over a history.

    `shown_by` are the exchanges of the first observation that passed; `failures` and `inconclusive` hold the first finding of each key, and
    `times` says how often each key was seen to fail. `unjudged` counts the observations that could not be judged, `lagged` those of them that
    `read_lag` excuses. `withheld` says that what passed shows too little to say so.
    """

    passed: int = 0
    failed: int = 0
    unjudged: int = 0
    lagged: int = 0
    withheld: bool = False
    shown_by: tuple[str, ...] = ()
    failures: list[Finding] = field(default_factory=list)
    inconclusive: list[Finding] = field(default_factory=list)
    times: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _kept: set[tuple[Result, tuple[str, str, str]]] = field(default_factory=set, repr=False)

    def add(self, finding: Finding) -> bool:
        """Count a finding that is no success, keep it where it is the first of its key, and return whether it is."""
        is_failure = finding.result is Result.FAILED
        if is_failure:
            self.failed += 1
            self.times[finding.key] += 1
        else:
            self.unjudged += 1
            self.lagged += finding.kind == LAGS
        kept = self.failures if is_failure else self.inconclusive
        is_first = len(kept) < KEPT_FINDINGS and (finding.result, finding.key) not in self._kept
        if is_first:
            self._kept.add((finding.result, finding.key))
            kept.append(finding)
        if finding.withholds:
            # It is the reason of the verdict, whatever else could not be judged.
            self.withheld = True
            self.inconclusive = [finding, *(each for each in self.inconclusive if each is not finding)]
        return is_first


class Findings:
    """Takes in what checks say of one history.

    Successes are counted, not kept: only the first of each requirement is, for the report. `listener` is handed every finding, successes too,
    for tests that compare them all.
    """

    def __init__(self, requirements: Iterable[str], listener: Callable[[Finding], object] | None = None) -> None:
        self.tallies: dict[str, Tally] = {requirement: Tally() for requirement in requirements}
        self._listener = listener
        self._fresh: list[Finding] = []

    def passed(self, requirement: str, evidence: tuple[Observation, ...]) -> None:
        """Count a success."""
        tally = self.tallies[requirement]
        tally.passed += 1
        if not tally.shown_by:
            tally.shown_by = ids_of(evidence)
        if self._listener is not None:
            self._listener(Finding(requirement, Result.PASSED, "", ids_of(evidence)))

    def add(self, finding: Finding) -> None:
        """Take in a finding that is no success."""
        is_first = self.tallies[finding.requirement].add(finding)
        if is_first or len(self._fresh) < MOST_FRESH:
            self._fresh.append(finding)
        if self._listener is not None:
            self._listener(finding)

    def take_fresh(self) -> list[Finding]:
        """Return what was found since the last call, but for successes."""
        if not self._fresh:
            return []
        found, self._fresh = self._fresh, []
        return found


def ids_of(evidence: Iterable[Observation]) -> tuple[str, ...]:
    """Return the ids of exchanges."""
    return tuple(seen.exchange.id for seen in evidence)
