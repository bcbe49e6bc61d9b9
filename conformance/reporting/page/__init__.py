"""`report.html`: one file that a browser opens without loading anything else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from conformance.contract.document import LEVELS
from conformance.reporting.page.finding import opened, shown_exchange
from conformance.reporting.page.picture import duration
from conformance.reporting.page.rendering import Parts, environment, render
from conformance.reporting.text import printable
from conformance.reporting.view import VERDICTS, FindingView, View


@dataclass(frozen=True, slots=True)
class Opened:
    """A finding in the list, and what it opens to: the text, or the number of the piece that holds it."""

    finding: FindingView
    content: Markup | None
    part: int | None

    @property
    def anchor(self) -> str:
        """The place that a link leads to."""
        return f"{self.finding.requirement}.{self.finding.number}"


def page(view: View) -> str:
    """Write the page."""
    parts = Parts()
    findings = _findings(view, parts)
    rows = view.rows.values()
    return render(
        "page.html",
        script="page.js",
        view=view,
        report=view.report,
        summary=printable(view.summary[:1].upper() + view.summary[1:]),
        sign="partly" if view.sign == "known" else view.sign,
        findings=findings,
        counts=[(verdict, verdict.replace(" ", "-"), len(view.with_verdict(verdict))) for verdict in VERDICTS],
        levels=[level for level in LEVELS if any(row.result.level == level for row in rows)],
        operations=sorted({name for row in rows for name in row.operations if name != "*"}),
        packs=parts.packs(),
        duration=duration,
    )


def _findings(view: View, parts: Parts) -> dict[str, list[Opened]]:
    """Write all findings; the first ones of each requirement come first, so that they stand in the page itself."""
    template = environment().get_template("finding.html")
    write_sides: Any = getattr(environment().get_template("sides.html").module, "sides")  # noqa: B009 - a macro
    numbers: dict[str, int] = {}
    found: dict[str, list[Opened]] = {name: [] for name in view.rows}

    def part_of(exchange_id: str) -> int:
        """Keep an exchange that many findings name once."""
        if exchange_id not in numbers:
            numbers[exchange_id] = parts.keep(str(write_sides(shown_exchange(view.exchanges[exchange_id]))))
        return numbers[exchange_id]

    everything = [finding for row in view.rows.values() for finding in row.findings]
    for finding in sorted(everything, key=lambda finding: finding.number):
        content = template.render(finding=opened(finding, view.report), part_of=part_of)
        fits = parts.fits(content)
        inline = Markup(content) if fits else None  # noqa: S704 - rendered with autoescape
        found[finding.requirement].append(Opened(finding, inline, None if fits else parts.keep(content)))
    return found
