"""The report as JUnit XML, the form that CI services read: one test case a requirement.

Who reads it sees red exactly if the exit status is not 0. There is a `<failure>` exactly if it is 1, so that a failure that does not count
is none, and what stayed inconclusive no `<error>`: both are skipped with a message, and their proof stands in `<system-out>`. A run
that proves nothing, though nothing failed, has one case more, with an `<error>` that says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from conformance.client.exchange import Exchange
from conformance.reporting.proof import curl_lines, history_of, place_lines
from conformance.reporting.report import Report, RequirementResult, Verdict
from conformance.reporting.text import exchange_line, headline, printable, spent_line, summary_line, xml_text

DECIDED = frozenset({0, 1})
"""The exit statuses of a run that proves something."""


def tree(report: Report, exchanges: Mapping[str, Exchange]) -> ElementTree[Element]:
    """Build the XML: a failure that counts is a failure, and all else that did not pass is skipped with its reason."""
    errors = int(report.exit_status not in DECIDED)
    failures = sum(_is_red(name, row, report) for name, row in report.requirements.items())
    numbers = {
        "tests": len(report.requirements) + errors,
        "failures": failures,
        "errors": errors,
        "skipped": len(report.requirements) - report.summary.passed - failures,
    }
    attributes = {name: str(number) for name, number in numbers.items()} | {"time": f"{report.spent.seconds:.3f}"}
    root = Element("testsuites", {"name": f"layers-conformance: {headline(report)}"} | attributes)
    suite = SubElement(
        root,
        "testsuite",
        {"name": "layers-conformance"} | attributes | {"timestamp": report.started_at.isoformat(timespec="seconds")},
    )
    properties = SubElement(suite, "properties")
    facts = {
        "outcome": headline(report),
        "scope": report.scope.sentence,
        "divergence": f"{report.figures.divergence} (failed of judged)",
        "coverage": f"{report.figures.coverage} (judged of all)",
        "profile": report.profile,
        "seed": report.seed,
        "target": report.target.get("target", {}).get("base_url", ""),
        "contract": report.harness.contract_version,
    }
    facts |= {"spent": spent_line(report)} if report.parts else {}
    facts |= {"warning": " ".join(report.warnings)} if report.warnings else {}
    for name, value in facts.items():
        SubElement(properties, "property", {"name": name, "value": xml_text(printable(str(value)))})
    for name, row in report.requirements.items():
        _case(suite, name, row, report, exchanges)
    if errors:
        case = SubElement(suite, "testcase", {"classname": "conformance", "name": "The run proves something"})
        SubElement(case, "error", {"message": xml_text(summary_line(report)), "type": str(report.outcome)})
    indent(root)
    return ElementTree(root)


def _case(suite: Element, name: str, row: RequirementResult, report: Report, exchanges: Mapping[str, Exchange]) -> None:
    family = name.partition("-")[0]
    took = f"{_seconds(row, exchanges):.3f}"
    case = SubElement(
        suite, "testcase", {"classname": f"conformance.{family}", "name": f"{name} {row.sentence}", "time": took}
    )
    if row.verdict is Verdict.PASSED:
        return
    message = row.findings[0].message if row.verdict is Verdict.FAILED and row.findings else row.reason or ""
    proof = xml_text("\n".join(_proof(row, report, exchanges))) or None
    if _is_red(name, row, report):
        SubElement(case, "failure", {"message": xml_text(printable(message)), "type": row.level}).text = proof
        return
    until = next((each.until for each in report.known_failures if each.requirement == name), None)
    said = f"A known failure until {until}: " if name in report.tolerated else ""
    said = said or {
        Verdict.FAILED: f"A failed {row.level}, which does not make this run not conformant: ",
        Verdict.INCONCLUSIVE: "Inconclusive: ",
    }.get(row.verdict, "")
    SubElement(case, "skipped", {"message": xml_text(printable(said + message)), "type": row.level})
    if proof:
        SubElement(case, "system-out").text = proof


def _seconds(row: RequirementResult, exchanges: Mapping[str, Exchange]) -> float:
    """Return the time from the first to the last of the exchanges that show a verdict; 0 where none does."""
    shown = row.findings[0].exchanges if row.findings else row.shown_by
    known = [exchanges[each] for each in shown if each in exchanges]
    return max(each.received_at for each in known) - min(each.sent_at for each in known) if known else 0.0


def _is_red(name: str, row: RequirementResult, report: Report) -> bool:
    return row.verdict is Verdict.FAILED and report.counts(row) and name not in report.tolerated


def _proof(row: RequirementResult, report: Report, exchanges: Mapping[str, Exchange]) -> Iterator[str]:
    for finding in row.findings:
        yield printable(finding.message)
        known = history_of(finding, exchanges)
        yield from (f"  {exchange_line(exchange)}" for exchange in known)
        yield from (f"  {line}" for line in place_lines(finding))
        if known:
            yield from (f"  {line}" for line in curl_lines(finding, known, report).splitlines())
