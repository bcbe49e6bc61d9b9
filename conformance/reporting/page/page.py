"""The page as a whole: what the template is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Template
from markupsafe import Markup

from conformance.client.exchange import Exchange
from conformance.contract.document import Contract, Requirement, load
from conformance.reporting.model import Cause, Reading
from conformance.reporting.model import Source as Quoted
from conformance.reporting.page.finding import Finding, Source, finding, shown_exchange
from conformance.reporting.page.heat import heat
from conformance.reporting.page.parts import Parts
from conformance.reporting.page.picture import duration
from conformance.reporting.page.rendering import environment, file, policy
from conformance.reporting.report import Outcome, Report, RequirementResult, Verdict
from conformance.reporting.text import LEVELS, headline, printable, summary_line, worst_first

ORDER = (Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.NOT_EXERCISED, Verdict.PASSED)
_SIGNS = {
    Outcome.CONFORMANT: "passed",
    Outcome.KNOWN_FAILURES: "partly",
    Outcome.NOT_CONFORMANT: "failed",
    Outcome.INCOMPLETE: "inconclusive",
}


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding in the list: its sentence, and what it opens to, here or by the number of a piece."""

    anchor: str
    message: str
    times: int
    content: Markup | None
    part: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement."""

    id: str
    number: str
    result: RequirementResult
    operations: Sequence[str]
    sources: Sequence[Quoted]
    readings: Sequence[Reading]
    findings: Sequence[FindingRow]

    @property
    def symbol(self) -> str:
        """The name of the verdict's sign and style."""
        return symbol(self.result.verdict)


@dataclass(frozen=True, slots=True)
class Family:
    """The requirements of one family."""

    id: str
    title: str
    rows: Sequence[Row]


def symbol(verdict: Verdict) -> str:
    """Return a verdict as one word."""
    return verdict.replace(" ", "-")


def page(report: Report, exchanges: Mapping[str, Exchange]) -> str:
    """Write the page; `exchanges` are those of the history by id."""
    contract = load()
    source = Source(report, exchanges, contract)
    parts = Parts()
    rows = _rows(source, parts)
    style, script = file("page.css"), file("page.js")
    text = (
        environment()
        .get_template("page.html")
        .render(
            report=report,
            headline=headline(report),
            summary=printable(_begun(summary_line(report))),
            sign="partly" if _is_partly(report) else _SIGNS[report.outcome],
            families=list(_families(contract, rows)),
            rows=rows,
            counts=[(verdict, symbol(verdict), len(report.with_verdict(verdict))) for verdict in ORDER],
            levels=[level for level in LEVELS if any(row.level == level for row in report.requirements.values())],
            operations=sorted({each for row in rows.values() for each in row.operations if each != "*"}),
            causes=report.causes
            or [_alone(name, row) for name, row in worst_first(report.with_verdict(Verdict.FAILED))],
            open_reasons=_reasons(report),
            heat=heat(report.coverage),
            packs=parts.packs(),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            policy=policy(style, script),
            duration=duration,
        )
    )
    return f"{text}\n"


def _is_partly(report: Report) -> bool:
    return report.outcome is Outcome.CONFORMANT and not report.scope.complete


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _rows(source: Source, parts: Parts) -> dict[str, Row]:
    """Return all requirements; the first findings of each are placed first, so that they stand in the page itself."""
    found: dict[str, list[FindingRow]] = {name: [] for name in source.report.requirements}
    writer = _Writer(source, parts)
    ranks = max((len(row.findings) for row in source.report.requirements.values()), default=0)
    for rank in range(ranks):
        for name, row in source.report.requirements.items():
            if rank < len(row.findings):
                found[name].append(writer.row(finding(source, name, rank + 1, row.findings[rank])))
    return {name: _row(source.contract, name, row, found[name]) for name, row in source.report.requirements.items()}


class _Writer:
    """Writes findings and the exchanges that they name; an exchange that many name is kept once."""

    def __init__(self, source: Source, parts: Parts) -> None:
        self._source, self._parts = source, parts
        self._template: Template = environment().get_template("finding.html")
        self._exchange: Any = getattr(environment().get_template("sides.html").module, "sides")  # noqa: B009 - a macro
        self._numbers: dict[str, int] = {}

    def row(self, each: Finding) -> FindingRow:
        content = self._template.render(finding=each, part_of=self._part_of)
        is_inline = self._parts.fits(content)
        return FindingRow(
            anchor=each.anchor,
            message=each.message,
            times=each.times,
            content=Markup(content) if is_inline else None,  # noqa: S704 - rendered with autoescape
            part=None if is_inline else self._parts.keep(content),
        )

    def _part_of(self, exchange_id: str) -> int:
        if exchange_id not in self._numbers:
            shown = shown_exchange(self._source.exchanges[exchange_id])
            self._numbers[exchange_id] = self._parts.keep(str(self._exchange(shown)))
        return self._numbers[exchange_id]


def _row(contract: Contract, name: str, result: RequirementResult, findings: Sequence[FindingRow]) -> Row:
    known = contract.requirements.get(name)
    return Row(
        id=name,
        number=name.partition("-")[2],
        result=result,
        operations=known.operations if known else (),
        sources=result.sources or _titles(contract, known),
        readings=result.readings,
        findings=findings,
    )


def _titles(contract: Contract, known: Requirement | None) -> list[Quoted]:
    return [Quoted(title=contract.sources[letter]) for letter in known.sources] if known else []


def _alone(name: str, row: RequirementResult) -> Cause:
    """Return a failure as its own cause, where nobody has looked for causes."""
    message = row.findings[0].message if row.findings else row.sentence
    return Cause(id=name, requirement=name, message=message, exchanges=[])


def _families(contract: Contract, rows: Mapping[str, Row]) -> Iterator[Family]:
    grouped: dict[str, list[Row]] = {}
    for name, row in rows.items():
        grouped.setdefault(name.partition("-")[0], []).append(row)
    for family, members in grouped.items():
        title = contract.family_title(family) if family in contract.families else family
        yield Family(family, title, members)


def _reasons(report: Report) -> list[tuple[str, bool, list[str]]]:
    """Return why requirements were not exercised: each reason, whether it concerns promised ones, and their ids."""
    found: dict[tuple[str, bool], list[str]] = {}
    for name, row in worst_first(report.with_verdict(Verdict.NOT_EXERCISED)):
        found.setdefault((printable(row.reason or "no reason is known"), row.promised), []).append(name)
    return [(reason, promised, names) for (reason, promised), names in found.items()]
