"""What a report says of each finding beside its sentence: the place, the difference, the smallest history, and the cause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from conformance.checks.findings import WHOLE_ANSWER, Difference, Finding
from conformance.checks.judge import Judge
from conformance.checks.places import place_of
from conformance.client.exchange import Exchange
from conformance.contract.document import Contract, Requirement, sources_of
from conformance.replay.causes import causes_of
from conformance.replay.dependencies import Dependencies
from conformance.replay.smallest import Shrinker
from conformance.reporting.excerpts import place_in, request_of, response_of, shortened, text_difference
from conformance.reporting.model import Evidence, Quote, Reading, Source
from conformance.reporting.report import Report, RequirementResult, Verdict

LONGEST_VALUE = 2000
"""Characters of an expected or an actual value that are kept."""


def with_evidence(report: Report, contract: Contract, judge: Judge, links: Dependencies) -> Report:
    """Return a report, each of its failures with its evidence; `links` are those of the whole history."""
    index = {exchange.id: exchange for exchange in links.exchanges}
    shrinker = Shrinker(contract, judge.target, links, judge.tallies)
    rows = {
        name: row.model_copy(
            update={
                "sources": list(_sources(contract, contract.requirements[name])),
                "readings": list(_readings(contract.requirements[name], report)),
                "findings": list(_evidence(name, row, judge, index, shrinker)),
            }
        )
        for name, row in report.requirements.items()
    }
    caused, causes = causes_of(rows)
    for name, row in rows.items():
        found = [each.model_copy(update={"cause": caused.get(each.id)}) for each in row.findings]
        rows[name] = row.model_copy(update={"findings": found})
    return report.model_copy(update={"requirements": rows, "causes": causes})


def _evidence(
    name: str, row: RequirementResult, judge: Judge, index: Mapping[str, Exchange], shrinker: Shrinker
) -> Iterator[Evidence]:
    tally = judge.tallies[name]
    has_failed = row.verdict is Verdict.FAILED
    found: Iterable[Finding] = tally.failures if has_failed else tally.inconclusive
    for number, (said, finding) in enumerate(zip(row.findings, found, strict=False), start=1):
        told = {
            "id": name if number == 1 else f"{name}.{number}",
            "kind": finding.kind,
            "operation": finding.place,
            "times": tally.times[finding.key] if has_failed else 1,
        }
        decisive = index.get(finding.exchanges[-1]) if finding.exchanges else None
        if decisive is not None:
            shown = [index[each] for each in finding.exchanges if each in index]
            told |= shown_at(place_of(finding, shown), decisive, is_failure=has_failed)
        if has_failed and decisive is not None:
            smallest = shrinker.smallest(finding)
            told |= {"smallest": [each.id for each in smallest.exchanges], "is_confirmed": smallest.is_confirmed}
        yield Evidence.model_validate(said.model_dump() | told)


def shown_at(difference: Difference, decisive: Exchange, *, is_failure: bool = True) -> dict[str, object]:
    """Return the members of a finding that say where it shows and what differs there."""
    request, response = request_of(decisive, difference.pointer), response_of(decisive, difference.pointer)
    told: dict[str, object] = {"request": request, "response": response}
    if not is_failure:
        return told
    return told | {
        "pointer": place_in(request, response, difference.pointer, is_absent=difference.is_absent),
        "expected": shortened(difference.expected, LONGEST_VALUE),
        "actual": shortened(difference.actual, LONGEST_VALUE),
        "rule": difference.rule,
        "is_absent": difference.is_absent or (difference.pointer == WHOLE_ANSWER and decisive.response is None),
        "text_difference": text_difference(difference.expected, difference.actual),
    }


def _sources(contract: Contract, requirement: Requirement) -> Iterator[Source]:
    for title, passages in sources_of(contract, requirement.id):
        yield Source(title=title, quotes=[Quote(anchor=each.anchor, text=each.text) for each in passages])


def _readings(requirement: Requirement, report: Report) -> Iterator[Reading]:
    settings = {
        name: value
        for section in report.target.values()
        if isinstance(section, dict)
        for name, value in section.items()
    }
    for each in requirement.readings:
        setting = each.get("setting")
        chosen = settings.get(setting) if setting else None
        yield Reading(number=each["reading"], text=each["text"], setting=setting, chosen=chosen)
