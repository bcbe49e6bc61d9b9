"""What checks say: findings, the places in an exchange where they show, and the tallies in which they are counted.

A place is a JSON Pointer (RFC 6901) into the exchange written as one JSON value: `/request` with `method`, `url`, `headers` and `body`, and
`/response` with `status`, `headers` and `body`. Names of headers are in lower case, a body that is JSON is its value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol

from conformance.client.exchange import Exchange
from conformance.history.observation import Observation

WHOLE_ANSWER = "/response"


class Answered(Protocol):
    """An exchange with the JSON value of its answer; an observation is one."""

    @property
    def exchange(self) -> Exchange:
        """The exchange."""

    @property
    def answer(self) -> Any:
        """The JSON value of the answer."""

    @property
    def status(self) -> int | None:
        """The status code, None where no answer came."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place, and what stands there instead of what was expected.

    `expected` is the value that should stand there; where more than one would do, `rule` says in words what would. `is_absent` says that
    nothing stands there at all.
    """

    pointer: str = WHOLE_ANSWER
    expected: Any = None
    actual: Any = None
    rule: str | None = None
    is_absent: bool = False

    def with_values(self, written: Callable[[Any], Any]) -> Difference:
        """Return the difference with its values written otherwise."""
        return replace(self, expected=written(self.expected), actual=written(self.actual))


def pointer(*steps: str | int) -> str:
    """Return the JSON Pointer of steps (RFC 6901, section 3)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def in_answer(
    seen: Answered, *steps: str | int, expected: Any = None, rule: str | None = None, body: Any = ...
) -> Difference:
    """Return the difference at a place in the body of an answer; `body` is given where the observation no longer holds it."""
    value: Any = seen.answer if body is ... else body
    for number, step in enumerate(steps, start=1):
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return Difference(pointer("response", "body", *steps[:number]), expected, None, rule, is_absent=True)
    return Difference(pointer("response", "body", *steps), expected, value, rule)


def in_status(seen: Answered, expected: int | None = None, rule: str | None = None) -> Difference:
    """Return the difference of a status code; without an answer, the whole answer is missing."""
    if seen.status is None:
        return Difference(WHOLE_ANSWER, None, None, rule or "an answer", is_absent=True)
    return Difference(pointer("response", "status"), expected, seen.status, rule)


def in_header(seen: Answered, name: str, expected: str | None = None, rule: str | None = None) -> Difference:
    """Return the difference of a header of an answer."""
    response = seen.exchange.response
    value = response.header(name) if response else None
    return Difference(pointer("response", "headers", name.lower()), expected, value, rule, is_absent=value is None)


def in_code(seen: Answered, expected: str) -> Difference:
    """Return the difference of the code in an error envelope."""
    return in_answer(seen, "error", "code", expected=expected)


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
            self.inconclusive = [finding, *(other for other in self.inconclusive if other is not finding)]
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
