"""The report as GitHub-flavoured Markdown, as a step summary of GitHub Actions shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from conformance.client.exchange import Exchange
from conformance.contract.document import load
from conformance.reporting.proof import cause_line, curl_lines, history_of, place_lines, repro_line
from conformance.reporting.report import Outcome, Report, RequirementResult, StartedGeneration, Verdict
from conformance.reporting.text import (
    SHOWN_FINDINGS,
    compact_ids,
    exchange_line,
    families,
    figures_line,
    headline,
    markdown_text,
    more_line,
    spent_line,
    summary_line,
    worst_first,
)

PARTLY = "☑️"
"""The sign of a run that found nothing wrong and did not judge all; the green one is that of a complete one."""
SHOWN_STARTS = 5
"""So many exchanges that started generations of one driver are named."""
_SIGNS = {Outcome.CONFORMANT: "✅", Outcome.KNOWN_FAILURES: "🟡", Outcome.NOT_CONFORMANT: "❌", Outcome.INCOMPLETE: "⚠️"}


def markdown(report: Report, exchanges: Mapping[str, Exchange]) -> str:
    """Write the page: outcome, a table by family, failures with their proof, and what was not exercised and why."""
    return "\n".join(
        [
            *_head(report),
            *_family_table(report),
            *_findings("Failed", report.with_verdict(Verdict.FAILED), report, exchanges),
            *_findings("Inconclusive", report.with_verdict(Verdict.INCONCLUSIVE), report, exchanges),
            *_known(report),
            *_not_exercised(report),
            *_generations(report),
            "",
        ]
    )


def _head(report: Report) -> Iterator[str]:
    base_url = report.target.get("target", {}).get("base_url", "")
    is_part = report.outcome is Outcome.CONFORMANT and not report.scope.complete
    yield f"# {PARTLY if is_part else _SIGNS[report.outcome]} {markdown_text(headline(report))}"
    yield ""
    yield f"{markdown_text(summary_line(report), 1000)}."
    yield ""
    yield f"{markdown_text(figures_line(report))}."
    yield ""
    yield (
        f"Target {markdown_text(base_url)}, profile {report.profile}, seed {report.seed}; {spent_line(report)}; "
        f"layers-conformance {report.harness.version}, contract {report.harness.contract_version}."
    )
    for warning in report.warnings:
        yield f"\n**Warning:** {markdown_text(warning)}"
    if report.detection:
        yield f"\n{markdown_text(report.detection.sentence)}"
    if report.stopped:
        yield f"\nThe run ended early: {markdown_text(report.stopped)}."
    for defect in report.defects:
        yield f"\n**Defect of the harness:** {markdown_text(defect)}"


def _family_table(report: Report) -> Iterator[str]:
    contract = load()
    order = (Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.NOT_EXERCISED, Verdict.PASSED)
    yield "\n| Family | " + " | ".join(str(verdict) for verdict in order) + " |"
    yield "| --- " * (len(order) + 1) + "|"
    for family, verdicts in families(report).items():
        cells = " | ".join(compact_ids(verdicts[verdict]) for verdict in order)
        yield f"| {family} {contract.family_title(family)} | {cells} |"


def _findings(
    title: str, rows: Mapping[str, RequirementResult], report: Report, exchanges: Mapping[str, Exchange]
) -> Iterator[str]:
    if rows:
        yield f"\n## {title}"
    for name, row in worst_first(rows):
        yield f"\n### {name} ({row.level})\n\n{markdown_text(row.sentence)}"
        for finding in row.findings[:SHOWN_FINDINGS]:
            yield f"\n- {markdown_text(finding.message)}"
            known = history_of(finding, exchanges)
            yield from (f"  - {markdown_text(exchange_line(exchange))}" for exchange in known)
            told = [*place_lines(finding), cause_line(finding, report)]
            yield from (f"  - {markdown_text(line)}" for line in told if line)
            again = repro_line(name, finding)
            if again:
                yield f"  - send it anew: `{again}`"
            if known:
                yield "\n" + _fenced(curl_lines(finding, known, report))
        more = more_line(row)
        if more:
            yield f"\n…{more}."


def _known(report: Report) -> Iterator[str]:
    if report.known_failures:
        yield "\n## Known failures\n"
        yield "| Requirement | Finding | State | Until | Reason | Owner |\n| --- | --- | --- | --- | --- | --- |"
    for each in report.known_failures:
        cells = (each.requirement, each.key, each.state, str(each.until), each.reason, each.whose)
        yield f"| {' | '.join(markdown_text(cell) for cell in cells)} |"


def _fenced(command: str) -> str:
    longest = max((len(run) for run in re.findall("`+", command)), default=0)
    fence = "`" * max(3, longest + 1)
    body = "\n".join(f"  {line}" for line in command.splitlines())
    return f"  {fence}sh\n{body}\n  {fence}"


def _not_exercised(report: Report) -> Iterator[str]:
    rows = report.with_verdict(Verdict.NOT_EXERCISED)
    if not rows:
        return
    yield "\n## Not exercised\n"
    yield "| Requirement | Level | Promised | Reason |\n| --- | --- | --- | --- |"
    for name, row in worst_first(rows):
        promised = "**yes**" if row.promised else "no"
        yield f"| {name} | {row.level} | {promised} | {markdown_text(row.reason or '')} |"


def _generations(report: Report) -> Iterator[str]:
    """Say what each generation was for: by driver, with the exchanges that started them."""
    of: dict[str, list[StartedGeneration]] = {}
    for each in report.generations:
        of.setdefault(each.driver, []).append(each)
    if of:
        yield "\n## What the generations were for\n\n| Driver | Generations | Seconds, at most | Started by |"
        yield "| --- | --- | --- | --- |"
    for driver, started in of.items():
        seconds = [each.seconds for each in started if each.seconds is not None]
        names = ", ".join(each.exchange for each in started[:SHOWN_STARTS]) + (" …" if started[SHOWN_STARTS:] else "")
        longest = f"{max(seconds):.1f}" if seconds else "not seen"
        yield f"| {markdown_text(driver)} | {len(started)} | {longest} | {names} |"
