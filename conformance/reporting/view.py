"""What every form of a report shows, computed once: the outcome in words, rows by verdict, and the proof of each finding."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from conformance.client.exchange import Exchange
from conformance.contract.document import LEVELS, load
from conformance.reporting.calls import Seen, seen
from conformance.reporting.curl import curl
from conformance.reporting.model import OUTDATED, Cause, Evidence, Reading, Source, SpentFacts, TextPart
from conformance.reporting.report import CoveredCombination, Outcome, Report, RequirementResult, Verdict
from conformance.reporting.text import counted, exchange_line, printable

SHOWN_FINDINGS = 3
"""Findings of one requirement that are shown where a person reads; `report.json` and `junit.xml` hold all that are kept."""
LONGEST_VALUE = 120
VERDICTS = (Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.NOT_EXERCISED, Verdict.PASSED)
"""In the order in which they are shown."""
COSTS = "# this starts a generation, which costs the owner of the target money"
TRIGGERS_FIRST = "# this alone may not show it: what comes before it is left out"
MEANING_OF_STATUS = {
    0: "no MUST failed, and every promised MUST was exercised",
    1: "the target breaks a requirement",
    2: "what was promised was not shown, so nothing is proved",
    3: "the harness itself is wrong; please report it",
    130: "it was interrupted, so nothing is proved",
}
"""What each exit status means, in words for the user."""


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding with its proof: `calls` are the exchanges to show, the smallest history or those that the check named."""

    requirement: str
    number: int
    evidence: Evidence
    calls: Sequence[Seen]
    target: dict[str, Any]
    causes: Sequence[Cause]

    @property
    def message(self) -> str:
        """What is wrong, on one line."""
        return printable(self.evidence.message)

    @property
    def lines(self) -> list[str]:
        """The exchanges, a line each."""
        return [exchange_line(call.exchange) for call in self.calls]

    @property
    def notes(self) -> list[str]:
        """Where it shows and what differs there, what it comes of, and how to send it again."""
        again = f"send it again: conformance repro {self.evidence.id or self.requirement}"
        return [*self._place(), *self._cause(), *([again] if self.evidence.smallest else [])]

    @property
    def command(self) -> str:
        """The decisive request as a curl command, with a warning if it costs or shows nothing by itself; empty if it is not known."""
        if not self.calls:
            return ""
        warnings = [COSTS] if self.calls[-1].may_cost else []
        warnings += [TRIGGERS_FIRST] if len(self.evidence.smallest) > 1 else []
        return "\n".join([*warnings, curl(self.calls[-1].exchange, self.target)])

    def _place(self) -> Iterator[str]:
        found = self.evidence
        if found.pointer is None or found.pointer.count("/") < 2:
            # Only the whole answer can be named.
            return
        actual = "nothing" if found.is_absent else _value(found.actual)
        expected = found.rule or ("" if found.expected is None else _value(found.expected))
        yield printable(f"at {found.pointer}: {actual}{f', expected {expected}' if expected else ''}")
        texts = found.text_difference
        if texts is not None:
            parts = f"{_part(texts.actual)}, expected {_part(texts.expected)}"
            yield printable(f"they differ first at character {texts.index}: {parts}")

    def _cause(self) -> Iterator[str]:
        if self.evidence.cause and self.evidence.cause != self.evidence.id:
            yield f"one cause with {self.evidence.cause}"
        elif self.evidence.cause:
            consequences = next((cause.consequences for cause in self.causes if cause.id == self.evidence.id), [])
            yield from [f"also brings about {', '.join(consequences)}"] if consequences else []


@dataclass(frozen=True, slots=True)
class Row:
    """A requirement with its result; `is_red` says that its failure makes the run not conformant."""

    id: str
    result: RequirementResult
    operations: Sequence[str]
    sources: Sequence[Source]
    findings: Sequence[FindingView]
    is_red: bool

    @property
    def number(self) -> str:
        """The id without its family."""
        return self.id.partition("-")[2]

    @property
    def symbol(self) -> str:
        """The verdict as one word."""
        return self.result.verdict.replace(" ", "-")

    @property
    def readings(self) -> Sequence[Reading]:
        """How the open places of the documentation were read."""
        return self.result.readings

    @property
    def message(self) -> str:
        """The first finding, or why there is none."""
        return self.findings[0].message if self.findings else printable(self.result.reason or "")

    @property
    def more(self) -> str:
        """What a reader does not see of it: what else report.json holds, and how often it was seen broken; or nothing."""
        hidden = len(self.findings) - SHOWN_FINDINGS
        parts = [f"{counted(hidden, 'more finding')} in report.json"] if hidden > 0 else []
        # One failure of each kind is kept, the rest are counted.
        if self.result.verdict is Verdict.FAILED and self.result.failures > len(self.findings):
            parts.append(f"seen broken {self.result.failures} times in all")
        return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class Family:
    """The requirements of one family."""

    id: str
    title: str
    rows: Sequence[Row]

    def ids(self, verdict: Verdict) -> list[str]:
        """Return the ids of those that have one verdict."""
        return [row.id for row in self.rows if row.result.verdict is verdict]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why requirements were not exercised, and whether the profile promises them."""

    text: str
    promised: bool
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Cell:
    """How often an operation was tried in one state."""

    count: int
    is_planned: bool

    @property
    def is_missed(self) -> bool:
        """Whether it was planned and not tried."""
        return self.is_planned and not self.count

    @property
    def level(self) -> int:
        """How dark it is shown, from 0 to 5; each level holds four times the count of the one below."""
        return min(5, (self.count.bit_length() + 1) // 2)


@dataclass(frozen=True, slots=True)
class States:
    """Which operations were tried in which states of a container (`status/approvalStatus`)."""

    operations: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]
    planned: int
    reached: int


class View:
    """A report as its forms show it, with the history that proves it."""

    def __init__(self, report: Report, history: Iterable[Exchange] = ()) -> None:
        self.report = report
        self.contract = load()
        self.exchanges = {exchange.id: exchange for exchange in history}
        self.target = str(report.target.get("target", {}).get("base_url", ""))

    @property
    def headline(self) -> str:
        """The outcome and its scope in a few words."""
        title = self.report.scope.title
        return printable(title[:1].upper() + title[1:])

    @property
    def sign(self) -> str:
        """The name of the outcome's sign; what found nothing wrong and did not judge all has another one than a complete run."""
        outcome = self.report.outcome
        if outcome is Outcome.CONFORMANT:
            return "passed" if self.report.scope.complete else "partly"
        return {Outcome.KNOWN_FAILURES: "known", Outcome.NOT_CONFORMANT: "failed"}.get(outcome, "inconclusive")

    @property
    def summary(self) -> str:
        """The outcome, its scope and its meaning in one sentence."""
        report = self.report
        meaning = MEANING_OF_STATUS[report.exit_status]
        if report.outcome is Outcome.KNOWN_FAILURES:
            meaning = (
                "every failure that counts is a listed one, so that the target is not conformant and the run is not red"
            )
        elif report.exit_status == 2 and any(known.state in OUTDATED for known in report.known_failures):
            meaning = "the list of known failures is out of date, or what was promised was not shown"
        elif report.exit_status == 2 and report.stopped:
            meaning = "it did not come to its end, so nothing is proved"
        elif report.outcome is Outcome.NOT_CONFORMANT and not report.summary.failed_must:
            meaning = "no MUST failed, but under --strict a failed SHOULD counts too"
        return f"{printable(report.scope.sentence)} (exit status {report.exit_status}: {meaning})"

    @property
    def figures(self) -> str:
        """The two figures, and the counts of verdicts behind them."""
        counts, figures = self.report.summary, self.report.figures
        return (
            f"Divergence {figures.divergence} (failed of judged), coverage {figures.coverage} (judged of all): {counts.passed} passed, "
            f"{counts.failed} failed, {counts.not_exercised} not exercised, {counts.inconclusive} inconclusive"
        )

    @property
    def spent(self) -> str:
        """What the run spent, and what each part of it did if it was resumed."""
        of = self.report.parts
        parts = "; ".join(f"{part.started_at:%Y-%m-%d %H:%M} UTC {_amounts(part.spent)}" for part in of)
        return _amounts(self.report.spent) + (f", in {counted(len(of), 'part')} ({parts})" if of else "")

    @property
    def notices(self) -> list[tuple[str, str]]:
        """What a reader has to know before the result: warnings, why it ended early, defects of the harness."""
        report = self.report
        return [
            *(("Warning", printable(warning)) for warning in report.warnings),
            *([("The run ended early", f"{printable(report.stopped)}.")] if report.stopped else []),
            *(("Defect of the harness", printable(defect)) for defect in report.defects),
        ]

    @cached_property
    def rows(self) -> dict[str, Row]:
        """All requirements by id, in the order of the register."""
        return {name: self._row(name, result) for name, result in self.report.requirements.items()}

    def with_verdict(self, verdict: Verdict) -> list[Row]:
        """Return the rows of a verdict: promised before others, MUST before SHOULD before ADVICE, else as they came."""
        rows = [row for row in self.rows.values() if row.result.verdict is verdict]
        return sorted(rows, key=lambda row: (not row.result.promised, LEVELS.index(row.result.level)))

    @property
    def families(self) -> list[Family]:
        """The requirements by family, in the order of the register."""
        grouped: dict[str, list[Row]] = {}
        for name, row in self.rows.items():
            grouped.setdefault(name.partition("-")[0], []).append(row)
        titles = {name: self.contract.family_title(name) for name in grouped if name in self.contract.families}
        return [Family(name, titles.get(name, name), rows) for name, rows in grouped.items()]

    @property
    def reasons(self) -> list[Reason]:
        """Why requirements were not exercised."""
        found: dict[tuple[str, bool], list[Row]] = {}
        for row in self.with_verdict(Verdict.NOT_EXERCISED):
            reason = printable(row.result.reason or "no reason is known")
            found.setdefault((reason, row.result.promised), []).append(row)
        return [Reason(reason, promised, rows) for (reason, promised), rows in found.items()]

    @property
    def causes(self) -> list[Cause]:
        """What is broken, once a cause; each failure is its own where nobody has looked for causes."""
        return self.report.causes or [
            Cause(id=row.id, requirement=row.id, message=row.message or row.result.sentence, exchanges=[])
            for row in self.with_verdict(Verdict.FAILED)
        ]

    @property
    def states(self) -> States | None:
        """How often each operation was tried in each state, None where nothing was tried or planned."""
        coverage = self.report.coverage
        cells = {(item.situation, item.operation): item for item in coverage.combinations}
        planned = [item.operation for item in coverage.combinations if item.planned]
        operations = list(dict.fromkeys(planned or [item.operation for item in coverage.combinations]))
        rows = []
        for state in sorted({item.situation for item in coverage.combinations}):
            row = [_cell(cells.get((state, operation))) for operation in operations]
            if any(cell.count or cell.is_planned for cell in row):
                rows.append((printable(state, 60), row))
        # Most names share the word Content.
        names = [operation.replace("Content", "") for operation in operations]
        return States(names, rows, coverage.planned, coverage.reached) if rows else None

    def _row(self, name: str, result: RequirementResult) -> Row:
        known = self.contract.requirements.get(name)
        titles = [Source(title=self.contract.sources[letter]) for letter in known.sources] if known else []
        report = self.report
        return Row(
            id=name,
            result=result,
            operations=known.operations if known else (),
            sources=result.sources or titles,
            findings=[self._finding(name, number, found) for number, found in enumerate(result.findings, start=1)],
            is_red=result.verdict is Verdict.FAILED and report.counts(result) and name not in report.tolerated,
        )

    def _finding(self, requirement: str, number: int, found: Evidence) -> FindingView:
        named = found.smallest or found.exchanges
        known = [self.exchanges[name] for name in named if name in self.exchanges]
        calls = [seen(exchange, self.contract, self.target) for exchange in known]
        return FindingView(requirement, number, found, calls, self.report.target, self.report.causes)


def _cell(item: CoveredCombination | None) -> Cell:
    return Cell(item.count, item.planned) if item else Cell(0, is_planned=False)


def _amounts(spent: SpentFacts) -> str:
    return f"{counted(spent.requests, 'request')}, {counted(spent.generations, 'generation')}, {spent.seconds:.1f} s"


def _value(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _part(part: TextPart) -> str:
    return f"{part.before}[{part.differs}]{part.after} ({' '.join(part.code_points) or 'its end'})"
