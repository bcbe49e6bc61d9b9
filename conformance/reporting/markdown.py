"""The report as GitHub-flavoured Markdown, as a step summary of GitHub Actions shows it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from conformance.reporting.report import StartedGeneration, Verdict
from conformance.reporting.text import compact_ids, markdown_text
from conformance.reporting.view import SHOWN_FINDINGS, VERDICTS, FindingView, View

SHOWN_STARTS = 5
"""So many exchanges that started generations of one driver are named."""
SIGNS = {"passed": "✅", "partly": "☑️", "known": "🟡", "failed": "❌", "inconclusive": "⚠️"}


def markdown(view: View) -> str:
    """Write the page: outcome, a table by family, failures with their proof, and what was not exercised and why."""
    sections = (_head, _families, _findings, _known, _not_exercised, _generations)
    return "\n".join([*(line for section in sections for line in section(view)), ""])


def _head(view: View) -> Iterator[str]:
    report = view.report
    yield f"# {SIGNS[view.sign]} {markdown_text(view.headline)}"
    for sentence in (view.summary, view.figures):
        yield f"\n{markdown_text(sentence, 1000)}."
    yield (
        f"\nTarget {markdown_text(view.target)}, profile {report.profile}, seed {report.seed}; {view.spent}; "
        f"layers-conformance {report.harness.version}, contract {report.harness.contract_version}."
    )
    yield from (f"\n**{title}:** {markdown_text(text, 2000)}" for title, text in view.notices)
    if report.detection:
        yield f"\n{markdown_text(report.detection.sentence)}"


def _families(view: View) -> Iterator[str]:
    rows = (
        (f"{family.id} {family.title}", *(compact_ids(family.ids(verdict)) for verdict in VERDICTS))
        for family in view.families
    )
    yield ""
    yield from _table(("Family", *VERDICTS), rows)


def _findings(view: View) -> Iterator[str]:
    for title, verdict in (("Failed", Verdict.FAILED), ("Inconclusive", Verdict.INCONCLUSIVE)):
        rows = view.with_verdict(verdict)
        if rows:
            yield f"\n## {title}"
        for row in rows:
            yield f"\n### {row.id} ({row.result.level})\n\n{markdown_text(row.result.sentence)}"
            for finding in row.findings[:SHOWN_FINDINGS]:
                yield from _finding(finding)
            if row.more:
                yield f"\n…{row.more}."


def _finding(finding: FindingView) -> Iterator[str]:
    yield f"\n- {markdown_text(finding.message)}"
    yield from (f"  - {markdown_text(line)}" for line in (*finding.lines, *finding.notes))
    if finding.command:
        longest = max((len(run) for run in re.findall("`+", finding.command)), default=0)
        fence = "`" * max(3, longest + 1)
        yield "\n" + "\n".join(f"  {line}" for line in (f"{fence}sh", *finding.command.splitlines(), fence))


def _known(view: View) -> Iterator[str]:
    if view.report.known_failures:
        yield "\n## Known failures\n"
        rows = (
            (known.requirement, known.key, known.state, str(known.until), known.reason, known.whose)
            for known in view.report.known_failures
        )
        yield from _table(("Requirement", "Finding", "State", "Until", "Reason", "Owner"), rows)


def _not_exercised(view: View) -> Iterator[str]:
    rows = view.with_verdict(Verdict.NOT_EXERCISED)
    if rows:
        yield "\n## Not exercised\n"
        yield "| Requirement | Level | Promised | Reason |\n| --- | --- | --- | --- |"
    for row in rows:
        promised = "**yes**" if row.result.promised else "no"
        yield f"| {row.id} | {row.result.level} | {promised} | {markdown_text(row.message)} |"


def _generations(view: View) -> Iterator[str]:
    """Say what each generation was for: by driver, with the exchanges that started them."""
    of: dict[str, list[StartedGeneration]] = {}
    for generation in view.report.generations:
        of.setdefault(generation.driver, []).append(generation)
    rows = []
    for driver, started in of.items():
        seconds = [generation.seconds for generation in started if generation.seconds is not None]
        names = ", ".join(generation.exchange for generation in started[:SHOWN_STARTS])
        longest = f"{max(seconds):.1f}" if seconds else "not seen"
        rows.append((driver, str(len(started)), longest, names + (" …" if started[SHOWN_STARTS:] else "")))
    if rows:
        yield "\n## What the generations were for\n"
        yield from _table(("Driver", "Generations", "Seconds, at most", "Started by"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "| --- " * len(head) + "|"
    yield from (f"| {' | '.join(markdown_text(cell) for cell in row)} |" for row in rows)
