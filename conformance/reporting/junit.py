"""The report as JUnit XML, the form that CI services read: one test case a requirement.

Who reads it sees red exactly if the exit status is not 0. There is a `<failure>` exactly if it is 1, so that a failure that does not count
is none, and what stayed inconclusive no `<error>`: both are skipped with a message, and their proof stands in `<system-out>`. A run
that proves nothing, though nothing failed, has one case more, with an `<error>` that says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from conformance.reporting.report import Verdict
from conformance.reporting.text import printable, xml_text
from conformance.reporting.view import Row, View

DECIDED = frozenset({0, 1})
"""The exit statuses of a run that proves something."""


def tree(view: View) -> ElementTree[Element]:
    """Build the XML: a failure that counts is a failure, and all else that did not pass is skipped with its reason."""
    report = view.report
    errors = int(report.exit_status not in DECIDED)
    failures = sum(row.is_red for row in view.rows.values())
    attributes = {
        "tests": str(len(view.rows) + errors),
        "failures": str(failures),
        "errors": str(errors),
        "skipped": str(len(view.rows) - report.summary.passed - failures),
        "time": f"{report.spent.seconds:.3f}",
    }
    root = Element("testsuites", {"name": f"layers-conformance: {view.headline}"} | attributes)
    started = {"timestamp": report.started_at.isoformat(timespec="seconds")}
    suite = SubElement(root, "testsuite", {"name": "layers-conformance"} | attributes | started)
    properties = SubElement(suite, "properties")
    facts = {
        "outcome": view.headline,
        "scope": report.scope.sentence,
        "divergence": f"{report.figures.divergence} (failed of judged)",
        "coverage": f"{report.figures.coverage} (judged of all)",
        "profile": report.profile,
        "seed": str(report.seed),
        "target": view.target,
        "contract": report.harness.contract_version,
        "spent": view.spent if report.parts else "",
        "warning": " ".join(report.warnings),
    }
    for name, value in facts.items():
        if value or name not in {"spent", "warning"}:
            SubElement(properties, "property", {"name": name, "value": xml_text(printable(value))})
    for row in view.rows.values():
        _case(suite, row, view)
    if errors:
        case = SubElement(suite, "testcase", {"classname": "conformance", "name": "The run proves something"})
        SubElement(case, "error", {"message": xml_text(view.summary), "type": str(report.outcome)})
    indent(root)
    return ElementTree(root)


def _case(suite: Element, row: Row, view: View) -> None:
    result = row.result
    family = row.id.partition("-")[0]
    named = {"classname": f"conformance.{family}", "name": f"{row.id} {result.sentence}"}
    case = SubElement(suite, "testcase", named | {"time": f"{_seconds(row, view):.3f}"})
    if result.verdict is Verdict.PASSED:
        return
    message = row.message if result.verdict is Verdict.FAILED else printable(result.reason or "")
    proof = xml_text("\n".join(_proof(row))) or None
    if row.is_red:
        SubElement(case, "failure", {"message": xml_text(message), "type": result.level}).text = proof
        return
    said = {
        Verdict.FAILED: f"A failed {result.level}, which does not make this run not conformant: ",
        Verdict.INCONCLUSIVE: "Inconclusive: ",
    }.get(result.verdict, "")
    if row.id in view.report.tolerated:
        until = next((known.until for known in view.report.known_failures if known.requirement == row.id), None)
        said = f"A known failure until {until}: "
    SubElement(case, "skipped", {"message": xml_text(printable(said + message)), "type": result.level})
    if proof:
        SubElement(case, "system-out").text = proof


def _seconds(row: Row, view: View) -> float:
    """Return the time from the first to the last of the exchanges that show a verdict; 0 where none does."""
    shown = row.findings[0].evidence.exchanges if row.findings else row.result.shown_by
    known = [view.exchanges[name] for name in shown if name in view.exchanges]
    times = (max(call.received_at for call in known), min(call.sent_at for call in known)) if known else (0.0, 0.0)
    return times[0] - times[1]


def _proof(row: Row) -> Iterator[str]:
    for finding in row.findings:
        yield finding.message
        yield from (f"  {line}" for line in (*finding.lines, *finding.notes, *finding.command.splitlines()))
