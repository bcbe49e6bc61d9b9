"""The report as JUnit XML, the form that CI services read: one test case a requirement."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from conformance.door.exchange import Exchange
from conformance.reporting.curl import curl
from conformance.reporting.report import Report, RequirementResult, Verdict
from conformance.reporting.text import exchange_line, headline, printable, xml_text

_ELEMENTS = {Verdict.FAILED: "failure", Verdict.INCONCLUSIVE: "error", Verdict.NOT_EXERCISED: "skipped"}


def tree(report: Report, exchanges: Mapping[str, Exchange]) -> ElementTree[Element]:
    """Build the XML: failed is a failure, inconclusive an error, not exercised skipped with its reason."""
    counts = report.summary
    numbers = {
        "tests": len(report.requirements),
        "failures": counts.failed,
        "errors": counts.inconclusive,
        "skipped": counts.not_exercised,
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
    for name, value in facts.items():
        SubElement(properties, "property", {"name": name, "value": xml_text(str(value))})
    for name, row in report.requirements.items():
        _case(suite, name, row, report, exchanges)
    indent(root)
    return ElementTree(root)


def _case(suite: Element, name: str, row: RequirementResult, report: Report, exchanges: Mapping[str, Exchange]) -> None:
    family = name.partition("-")[0]
    case = SubElement(
        suite, "testcase", {"classname": f"conformance.{family}", "name": f"{name} {row.sentence}", "time": "0"}
    )
    if row.verdict not in _ELEMENTS:
        return
    message = row.findings[0].message if row.verdict is Verdict.FAILED and row.findings else row.reason or ""
    child = SubElement(case, _ELEMENTS[row.verdict], {"message": xml_text(printable(message)), "type": row.level})
    lines: list[str] = []
    for finding in row.findings:
        lines.append(printable(finding.message))
        known = [exchanges[each] for each in finding.exchanges if each in exchanges]
        lines.extend(f"  {exchange_line(exchange)}" for exchange in known)
        if known:
            lines.append(f"  {curl(known[-1], report.target)}")
    child.text = xml_text("\n".join(lines)) or None
