"""`report.json`: what a run says of every requirement, and what it takes to trust that."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from conformance.reporting.model import (
    Cause,
    Evidence,
    HarnessFacts,
    KnownResult,
    Model,
    Reading,
    Source,
    SpentFacts,
    Text,
)

EMBEDDED = "embeddedSandbox"
"""The member of a report's target that says whether it is the sandbox that the run itself has started."""


class Verdict(StrEnum):
    """What a run says of one requirement."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_EXERCISED = "not exercised"
    INCONCLUSIVE = "inconclusive"


def binding_levels(*, strict: bool) -> frozenset[str]:
    """Return the levels of the requirements whose failure makes a run not conformant."""
    return frozenset({"MUST", "SHOULD"} if strict else {"MUST"})


JUDGED = frozenset({Verdict.PASSED, Verdict.FAILED})
"""The verdicts that say something of the target."""


class Outcome(StrEnum):
    """What a run says of the target, as far as its scope reaches."""

    CONFORMANT = "conformant"
    KNOWN_FAILURES = "known failures only"
    NOT_CONFORMANT = "not conformant"
    INCOMPLETE = "incomplete"


class Figure(Model):
    """The figure in a report: what the profile detects of the sandbox's faults, and its false alarms on the variants.

    `current` says whether the suite that judged is, to the byte, the one that was measured.
    """

    profile: str
    seed: int
    faults: int
    detected: int
    variants: int
    false_alarms: int
    current: bool
    command: str
    sentence: str


class RequirementResult(Model):
    """What the run says of one requirement.

    `observations` counts the times that it was seen kept or broken, `failures` the times that it was seen broken. `reason` says why
    nothing was decided, or what stayed open beside a pass. `promised` says whether the outcome depends on the requirement having been
    exercised: the profile promises it, and the target's configuration and capabilities make it possible. `findings` are different
    failures, or what was inconclusive, the first of each kind and at most 25 of each; `shown_by` are the exchanges of the first pass.
    `sources` are what the documentation says, `readings` how the open places of it were read.
    """

    level: Literal["MUST", "SHOULD", "ADVICE"]
    sentence: str
    verdict: Verdict
    observations: int = Field(ge=0)
    failures: int = Field(0, ge=0)
    reason: Text | None = None
    promised: bool
    findings: list[Evidence] = Field(default_factory=list)
    shown_by: list[str] = Field(default_factory=list)
    sources: list[Source] = Field(default_factory=list)
    readings: list[Reading] = Field(default_factory=list)


class MadeContainer(Model):
    """One container that the run made in the target, and the mark in its hook by which it can be found again."""

    id: Text
    project_id: Text | None = None
    mark: Text | None = None


class StartedGeneration(Model):
    """One generation of the run: the exchange that started it, the driver and the operation that it was for, and its container and job.

    `seconds` is the time until a read of its job showed it ended, as far as one did.
    """

    exchange: str
    driver: str
    operation: str
    container_id: Text
    job_id: Text
    seconds: float | None = Field(None, ge=0)


class CoveredCombination(Model):
    """How often an operation was tried on a container that was last seen in one situation (`status/approvalStatus`)."""

    situation: Text
    operation: str
    planned: bool
    count: int = Field(ge=0)


class Coverage(Model):
    """How many of the planned combinations of situation and operation the run reached, and every combination by itself."""

    planned: int = Field(0, ge=0)
    reached: int = Field(0, ge=0)
    combinations: list[CoveredCombination] = Field(default_factory=list)


class Summary(Model):
    """How many requirements have each verdict, and how many MUST requirements failed."""

    passed: int = 0
    failed: int = 0
    not_exercised: int = 0
    inconclusive: int = 0
    failed_must: int = 0


class Share(Model):
    """So many of so many."""

    count: int = Field(0, ge=0)
    of: int = Field(0, ge=0)

    def __str__(self) -> str:
        return f"{self.count} of {self.of}"


class Figures(Model):
    """The two figures of a run, which are never added or averaged.

    `divergence` is how many of the judged requirements failed, `coverage` how many of all requirements were judged.
    """

    divergence: Share = Share()
    coverage: Share = Share()


class Scope(Model):
    """What an outcome holds for.

    `complete` is true of an unrestricted `certify` that judged every requirement that the target has: only its outcome is one of the whole
    contract. `restriction` says what kept the run from the whole of its profile, such as `--only`. `gaps` are the requirements that were not
    judged, but for those in `lacking`, which need an optional capability that the target has not. `title` is the outcome with its
    scope in a few words, `sentence` with its figures.
    """

    complete: bool = False
    profile: str = ""
    only: list[str] = Field(default_factory=list)
    restriction: Text | None = None
    gaps: list[str] = Field(default_factory=list)
    lacking: list[str] = Field(default_factory=list)
    title: Text = ""
    sentence: Text = ""


class Part(Model):
    """One part of a run that was resumed: when it was, what it spent itself, and why it ended early, if it did."""

    started_at: datetime
    finished_at: datetime
    spent: SpentFacts
    stopped: Text | None = None


class Report(Model):
    """One run of the harness.

    `exit_status` is 0 conformant, 1 not conformant, 2 incomplete, 3 a defect of the harness, described by `defects`, and 130 interrupted
    before anything was found broken. `outcome` is to be read with `scope`: what a narrowed run found conformant is not the whole contract.
    `capabilities` maps each optional capability that the history shows to whether the target has it. `stopped` says why the run ended
    early, `parts` are those of a run that was resumed. `warnings` are what a reader has to know before he trusts the outcome. `causes` are
    what is wrong once, the gravest first, with the findings that each brings about. `detection` is what the profile was measured to detect,
    None where it was not measured, or where the run was another one than was measured: narrowed, ended early, resumed, or with less than a
    whole configuration. `known_failures` is what became of the list that the run was given, `tolerated` the failed requirements that fail as
    listed and in no other way.
    """

    schema_version: Literal[2] = 2
    outcome: Outcome
    exit_status: Literal[0, 1, 2, 3, 130]
    scope: Scope = Scope()
    figures: Figures = Figures()
    harness: HarnessFacts
    target: dict[str, Any]
    profile: str
    strict: bool = False
    only: list[str] = Field(default_factory=list)
    seed: int = 0
    workers: int = 1
    started_at: datetime
    finished_at: datetime
    spent: SpentFacts
    parts: list[Part] = Field(default_factory=list)
    stopped: Text | None = None
    defects: list[Text] = Field(default_factory=list)
    warnings: list[Text] = Field(default_factory=list)
    summary: Summary
    requirements: dict[str, RequirementResult]
    capabilities: dict[str, bool] = Field(default_factory=dict)
    coverage: Coverage = Coverage()
    containers: list[MadeContainer] = Field(default_factory=list)
    causes: list[Cause] = Field(default_factory=list)
    generations: list[StartedGeneration] = Field(default_factory=list)
    detection: Figure | None = None
    known_failures: list[KnownResult] = Field(default_factory=list)
    tolerated: list[str] = Field(default_factory=list)

    def counts(self, row: RequirementResult) -> bool:
        """Return whether a requirement's failure makes the run not conformant."""
        return row.level in binding_levels(strict=self.strict)

    def with_verdict(self, verdict: Verdict) -> dict[str, RequirementResult]:
        """Return the requirements that have one verdict, by id."""
        return {name: row for name, row in self.requirements.items() if row.verdict is verdict}
