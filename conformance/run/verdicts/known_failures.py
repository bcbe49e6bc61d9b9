"""The list of known failures, `known-failures.toml`: read, held against the findings of a run, and written anew."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from conformance.checks.findings import KEPT_FINDINGS, Finding, Tally
from conformance.contract.document import load
from conformance.exceptions import ConfigurationError
from conformance.reporting.model import KnownFailure, KnownResult, KnownState
from conformance.reporting.report import JUDGED, Report, RequirementResult, Verdict
from conformance.reporting.text import counted

LONGEST = timedelta(days=180)
WARNED = timedelta(days=14)
FIRST = timedelta(days=30)
"""How long a failure is tolerated that was listed by `--update-known-failures`, until its owner gives another date."""
HEAD = """\
# Failures that are known and tolerated for a time; see docs/trust.md. Each needs a reason and an owner or an issue.
# `conformance run --update-known-failures` writes this file: comments of yours are lost.
"""


def key_of(finding: Finding) -> str:
    """Return what tells a defect from another one of the same requirement in every run: the operation, and what is wrong."""
    return f"{finding.place}: {finding.kind}"


def read_list(path: Path, today: date, *, lenient: bool = False) -> list[KnownFailure]:
    """Read the list; raises ConfigurationError, in one sentence, for what it must not say.

    `lenient` takes what is to be written anew: entries without a reason or an owner, and requirements that there are not.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigurationError(f"Cannot read the known failures in {path}: {reason}.") from None
    entries = tables.pop("failure", [])
    if tables or not isinstance(entries, list):
        raise ConfigurationError(f"{path} is to hold tables [[failure]] and nothing else; see docs/trust.md.")
    found = [
        _entry(entry, f"entry {number} of {path}", today, lenient=lenient) for number, entry in enumerate(entries, 1)
    ]
    seen: set[tuple[str, str]] = set()
    for failure in found:
        if (failure.requirement, failure.key) in seen:
            raise ConfigurationError(f"{path} lists {failure.requirement} ({failure.key}) twice; keep one of the two.")
        seen.add((failure.requirement, failure.key))
    return found


def _entry(value: Any, where: str, today: date, *, lenient: bool) -> KnownFailure:
    try:
        known = KnownFailure.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "it"
        raise ConfigurationError(f"In {where}, {name} is wrong: {first['msg'].lower()}.") from None
    if lenient:
        return known
    if not known.reason.strip() or not known.whose.strip():
        raise ConfigurationError(f"In {where}, {known.requirement} needs a reason, and an owner or an issue.")
    if known.until > today + LONGEST:
        raise ConfigurationError(
            f"In {where}, {known.requirement} is tolerated until {known.until}, more than {LONGEST.days} days ahead; give an earlier date."
        )
    if known.requirement not in load().requirements:
        raise ConfigurationError(f"In {where}, there is no requirement {known.requirement}; take the entry out.")
    return known


class KnownFailures:
    """The listed failures against what the checks said in a run."""

    def __init__(self, listed: Iterable[KnownFailure], tallies: Mapping[str, Tally], on: date) -> None:
        self._listed = list(listed)
        self._on = on
        self._found = {name: {key_of(finding) for finding in tally.failures} for name, tally in tallies.items()}

    def tolerated(self) -> frozenset[str]:
        """Return the requirements all of whose failures are listed and not past their date.

        Where not every failure is kept, one that is not listed may be among the others.
        """
        allowed: dict[str, set[str]] = {}
        for failure in self._listed:
            if self._on <= failure.until:
                allowed.setdefault(failure.requirement, set()).add(failure.key)
        return frozenset(
            name
            for name, keys in self._found.items()
            if keys and len(keys) < KEPT_FINDINGS and keys <= allowed.get(name, set())
        )

    def results(self, rows: Mapping[str, RequirementResult], provoked: Collection[str]) -> list[KnownResult]:
        """Return what became of each; `provoked` are the requirements that the run was to provoke."""
        return [
            self._result(failure, rows.get(failure.requirement), is_provoked=failure.requirement in provoked)
            for failure in self._listed
        ]

    def _result(self, known: KnownFailure, row: RequirementResult | None, *, is_provoked: bool) -> KnownResult:
        state = self._state(known, row, is_provoked=is_provoked)
        words = _SAID[state].format(until=known.until, days=counted((known.until - self._on).days, "day"))
        return KnownResult(
            **known.model_dump(),
            state=state,
            sentence=f"{known.requirement} ({known.key}) {words}: {known.reason} ({known.whose})",
        )

    def _state(self, known: KnownFailure, row: RequirementResult | None, *, is_provoked: bool) -> KnownState:
        if row is None:
            return KnownState.UNKNOWN
        if known.key in self._found.get(known.requirement, set()):
            if self._on > known.until:
                return KnownState.EXPIRED
            return KnownState.DUE if self._on > known.until - WARNED else KnownState.FAILS
        if row.verdict in JUDGED:
            return KnownState.PASSES
        return KnownState.OPEN if is_provoked else KnownState.NOT_ASKED


_SAID = {
    KnownState.FAILS: "is a known failure until {until}",
    KnownState.DUE: "is a known failure until {until}, in {days}: mend it, or agree on another date",
    KnownState.EXPIRED: "was to be mended until {until} and still fails",
    KnownState.PASSES: "no longer fails: take it out of the list",
    KnownState.OPEN: "was not exercised, so that nobody knows whether it still fails: provoke it, or take it out of the list",
    KnownState.UNKNOWN: "names no requirement: take it out of the list",
    KnownState.NOT_ASKED: "was not asked for by this run",
}


def update(path: Path, report: Report, today: date) -> str:
    """Write the list anew after a run, and return a sentence on what was done.

    What fails and counts is added, without a reason and an owner, which its owner has to give; what no longer fails is taken out. No date
    is put off.
    """
    before = read_list(path, today, lenient=True) if path.exists() else []
    states = {(failure.requirement, failure.key): failure.state for failure in report.known_failures}
    kept = [
        failure
        for failure in before
        if states.get((failure.requirement, failure.key)) not in {KnownState.PASSES, KnownState.UNKNOWN}
    ]
    listed = {(failure.requirement, failure.key) for failure in kept}
    new = [
        KnownFailure(requirement=name, key=finding.key, reason="", until=today + FIRST)
        for name, row in report.with_verdict(Verdict.FAILED).items()
        for finding in row.findings
        if report.counts(row) and finding.key and (name, finding.key) not in listed
    ]
    text = HEAD + "".join(_table(failure) for failure in [*kept, *new])
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"Cannot write {path}: {error.strerror}; give --known-failures another file."
        ) from None
    advice = "; give each new one a reason and an owner" if new else ""
    return f"Wrote {path}: {len(new)} new, {len(before) - len(kept)} taken out, {len(kept)} kept{advice}."


def _table(known: KnownFailure) -> str:
    lines = [f"{name} = {json.dumps(getattr(known, name), ensure_ascii=False)}" for name in _TEXTS]
    return "\n".join(["\n[[failure]]", *lines, f"until = {known.until}", ""])


_TEXTS = ("requirement", "key", "reason", "owner", "issue")
