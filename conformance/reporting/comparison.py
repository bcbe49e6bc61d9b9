"""Two runs beside one another: what changed from the earlier to the later one, as tables and sentences, in Markdown and as a page."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from conformance.contract.paths import quoted
from conformance.reporting.page.rendering import render
from conformance.reporting.report import EMBEDDED, JUDGED, Outcome, Report, Verdict
from conformance.reporting.text import markdown_text

PAGES = ("report.html", "report.md")
"""The forms of a report to which a link may lead, the best first."""


class Change(StrEnum):
    """What became of a requirement from one run to the next; the first three are worse than before."""

    FAILS = "newly failing"
    FAILS_OTHERWISE = "failing in another way too"
    SILENT = "gone silent"
    PASSES = "newly passing"
    FAILS_LESS = "failing in fewer ways"
    HEARD = "newly exercised"


WORSE = frozenset({Change.FAILS, Change.FAILS_OTHERWISE, Change.SILENT})


@dataclass(frozen=True, slots=True)
class Changed:
    """A requirement that changed, both verdicts, and the sentence of the later report about it."""

    requirement: str
    change: Change
    before: Verdict
    after: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class Run:
    """A report, and the folder that it stands in."""

    folder: Path
    report: Report

    @property
    def target(self) -> str:
        """What the run is about; every embedded sandbox is the same, whatever its port."""
        if self.report.target.get(EMBEDDED):
            return "the embedded sandbox"
        return str(self.report.target.get("target", {}).get("base_url", "")).rstrip("/")

    def address(self, requirement: str, folder: Path) -> str | None:
        """Return where a page in a folder links a requirement to, None if this run has no page."""
        name = next((name for name in PAGES if (self.folder / name).is_file()), None)
        if name is None:
            return None
        steps = Path(os.path.relpath((self.folder / name).resolve(), folder.resolve())).parts
        return f"{'/'.join(step if step == '..' else quoted(step) for step in steps)}#{requirement}"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts; `is_linked` says that its second column names requirements of the later run."""

    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    is_linked: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two runs; `is_incomplete` says that the later one alone is incomplete."""

    before: Run
    after: Run
    changes: list[Changed]
    notes: list[str]
    is_incomplete: bool

    @property
    def is_worse(self) -> bool:
        """Whether the later run is worse in a requirement, or proves nothing any more."""
        return self.is_incomplete or any(row.change in WORSE for row in self.changes)

    @property
    def tables(self) -> list[Table]:
        """What changed, if anything did, and cost and time."""
        names = self.before.folder.name, self.after.folder.name
        rows = [(str(row.change), row.requirement, str(row.before), str(row.after), row.why) for row in self.changes]
        head = ("change", "requirement", "before", "after", "why")
        changes = [Table(f"{names[0]} → {names[1]}: {self.after.target}", head, rows, is_linked=True)] if rows else []
        return [*changes, Table("Cost and time", ("figure", *names, "difference"), self._figures())]

    def _figures(self) -> list[tuple[str, ...]]:
        old, new = self.before.report, self.after.report
        pairs = {
            "failures": (old.figures.divergence.count, new.figures.divergence.count),
            "requirements judged": (old.figures.coverage.count, new.figures.coverage.count),
            "generations": (old.spent.generations, new.spent.generations),
            "requests": (old.spent.requests, new.spent.requests),
            "seconds": (old.spent.seconds, new.spent.seconds),
        }
        return [(name, f"{was:,.0f}", f"{now:,.0f}", f"{now - was:+,.0f}") for name, (was, now) in pairs.items()]

    @property
    def conclusion(self) -> str:
        """Whether the later run is worse, and why, in one sentence."""
        named = {
            change: [row.requirement for row in self.changes if row.change is change]
            for change in dict.fromkeys(row.change for row in self.changes)
        }
        parts = [f"{len(names)} {change} ({', '.join(names)})" for change, names in named.items()]
        parts = parts or ["no requirement changed its verdict"]
        parts += ["it is incomplete, so that it proves nothing"] if self.is_incomplete else []
        verdict = "is worse than" if self.is_worse else "is no worse than"
        return f"{self.after.folder.name} {verdict} {self.before.folder.name}: {'; '.join(parts)}."


def compare(before: Run, after: Run) -> Comparison:
    """Compare two runs, the earlier one first."""
    old, new = before.report, after.report
    order = list(Change)
    changes = [row for name in new.requirements if name in old.requirements and (row := _changed(name, old, new))]
    changes.sort(key=lambda row: order.index(row.change))
    notes = [
        f"The runs differ in their {what} ({mine or 'none'} and {theirs or 'none'}), which may explain a change."
        for what, mine, theirs in (
            ("target", before.target, after.target),
            ("profile", old.profile, new.profile),
            ("restriction", old.scope.restriction, new.scope.restriction),
            ("contract", old.harness.contract_version, new.harness.contract_version),
            ("version of the harness", old.harness.version, new.harness.version),
        )
        if mine != theirs
    ]
    known_once = [
        name
        for name in (*old.requirements, *new.requirements)
        if name in old.requirements.keys() ^ new.requirements.keys()
    ]
    notes += [f"Only one of the runs knows {', '.join(known_once)}."] if known_once else []
    is_incomplete = new.outcome is Outcome.INCOMPLETE and old.outcome is not Outcome.INCOMPLETE
    return Comparison(before, after, changes, notes, is_incomplete)


def _changed(name: str, before: Report, after: Report) -> Changed | None:
    was, row = before.requirements[name], after.requirements[name]
    old, new = was.verdict, row.verdict
    ways = {finding.key for finding in row.findings} - {finding.key for finding in was.findings}
    fewer = {finding.key for finding in was.findings} - {finding.key for finding in row.findings}
    change: Change | None = None
    if new is Verdict.FAILED:
        if old is not Verdict.FAILED:
            change = Change.FAILS
        elif ways:
            change = Change.FAILS_OTHERWISE
        elif fewer:
            change = Change.FAILS_LESS
    elif new not in JUDGED:
        change = Change.SILENT if old in JUDGED else None
    elif old is Verdict.FAILED:
        change = Change.PASSES
    elif old not in JUDGED:
        change = Change.HEARD
    if change is None:
        return None
    messages = (
        finding.message for finding in row.findings if new is Verdict.FAILED and (finding.key in ways or not ways)
    )
    return Changed(name, change, old, new, next(messages, None) or row.reason or "")


def markdown(found: Comparison, folder: Path) -> str:
    """Return a comparison as Markdown, with links for a page in a folder."""
    lines = ["# Comparison", "", *(f"- {markdown_text(line, 2000)}" for line in [*found.notes, found.conclusion])]
    for table in found.tables:
        lines += ["", f"## {markdown_text(table.title)}", "", f"| {' | '.join(map(markdown_text, table.head))} |"]
        lines.append(f"{'| --- ' * len(table.head)}|")
        for row in table.rows:
            cells = [markdown_text(cell) for cell in row]
            address = found.after.address(row[1], folder) if table.is_linked else None
            if address:
                cells[1] = f"[{cells[1]}]({address})"
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def html(found: Comparison, folder: Path) -> str:
    """Return a comparison as a page that loads nothing, with links for a page in a folder."""
    return render("comparison.html", found=found, address=lambda requirement: found.after.address(requirement, folder))
