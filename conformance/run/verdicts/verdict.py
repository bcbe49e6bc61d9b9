"""From the findings of the checks to one verdict a requirement, and from the verdicts to the outcome and the exit status.

| exit status | outcome | meaning |
| --- | --- | --- |
| 0 | conformant | no MUST failed, and every promised MUST was exercised; `scope` says of how much of the contract |
| 0 | known failures only | as above, but for failures that are listed and tolerated for a time |
| 1 | not conformant | a MUST failed; with `strict` a SHOULD too |
| 2 | incomplete | a promised MUST was not exercised, a MUST is inconclusive, nothing was promised or judged, or the run ended early |
| 2 | incomplete | the list of known failures is out of date |
| 3 | incomplete | the harness itself is wrong, so that its silence proves nothing |
| 130 | incomplete | the run was interrupted, and nothing was found broken until then |

False beats unknown beats true: a failure that was shown counts, whatever else is open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from conformance.checks.findings import Tally
from conformance.checks.judge import Crashed, Judge
from conformance.contract.document import Contract, Requirement
from conformance.history.ledger import Ledger
from conformance.history.observation import mark_of
from conformance.history.owners import as_sent, plain
from conformance.reporting.model import OUTDATED, TOLERATED, Evidence, KnownResult
from conformance.reporting.report import (
    JUDGED,
    Coverage,
    CoveredCombination,
    MadeContainer,
    Outcome,
    Report,
    RequirementResult,
    StartedGeneration,
    Summary,
    Verdict,
    binding_levels,
)
from conformance.run.planning.drivers import selects
from conformance.run.settings.reach import warnings_of
from conformance.run.settings.target import OPTIONAL_CAPABILITIES, SETTING_OF_NEED, USED_UP, reason_of_unmet
from conformance.run.verdicts.detection import figure_of_run
from conformance.run.verdicts.known_failures import KnownFailures, key_of
from conformance.run.verdicts.record import RunRecord
from conformance.run.verdicts.scope import figures, scope_of
from conformance.run.verdicts.warnings import lag_warnings, put_off_warnings, settling_warnings

CAPABILITIES = (
    *OPTIONAL_CAPABILITIES,
    *("etag", "rate_limit", "reject_regenerates", "in_flight", "first_in_flight", "archived_in_flight"),
)
"""The needs that the target itself may lack; all others are settings of its configuration."""

LACKS = {
    "approve": "it answers approveContent as if there were no such operation, or wants a body that no page describes",
    "cancel": "it answers cancelJob as if there were no such operation",
    "archive": "it answers archiveProject as if there were no such operation",
    "etag": "no job that was read carries an ETag",
    "rate_limit": "no answer was 429, not even where one job was read over and over",
    "in_flight": "no read showed a generation that was not yet over, which is legal (open reading 9)",
    "first_in_flight": "no read showed a first generation that was not yet over, which is legal (open reading 9)",
    "archived_in_flight": "what was created in its project had ended before the archiving came, which is legal (open reading 9)",
    "reject_regenerates": "no reject that asked for a regeneration began one",
}


def conclude(contract: Contract, judge: Judge, record: RunRecord) -> Report:
    """Return the report of a run whose whole history the judge has seen."""
    coverage = judge.history.coverage
    capabilities = {**coverage.capabilities, **judge.ledger.capabilities}
    crashed = {name: crash for crash in reversed(judge.crashes) for name in crash.judges}
    cases = {
        name: _Case(
            requirement, judge.tallies[name], contract, record, capabilities, coverage.used_up, crashed.get(name)
        )
        for name, requirement in contract.requirements.items()
    }
    results = {name: _result(case) for name, case in cases.items()}
    defects = list(dict.fromkeys([*record.defects, *(crash.sentence for crash in judge.crashes)]))
    known = KnownFailures(record.known_failures, judge.tallies, record.started_at.date())
    became = known.results(results, {name for name, case in cases.items() if case.wanted})
    tolerated = known.tolerated()
    outcome, exit_status = decide(
        results,
        tolerated=tolerated,
        known=became,
        strict=record.strict,
        defects=defects,
        ended_early=record.stopped is not None or record.target_gone,
        interrupted=record.interrupted,
    )
    return Report(
        outcome=outcome,
        exit_status=exit_status,
        scope=scope_of(record, results, {name for name, case in cases.items() if case.lacking}, outcome, became),
        figures=figures(results),
        harness=record.harness,
        target=record.target,
        profile=record.profile,
        strict=record.strict,
        only=record.only,
        seed=record.seed,
        workers=record.workers,
        started_at=record.started_at,
        finished_at=record.finished_at,
        spent=record.spent,
        parts=record.parts,
        stopped=record.stopped,
        defects=defects,
        warnings=[
            *warnings_of(record.target),
            *lag_warnings(record.target, judge.tallies),
            *settling_warnings(record.target),
            *put_off_warnings(coverage.put_off.values()),
            *record.cut,
        ],
        summary=_summary(results.values()),
        requirements=results,
        capabilities=capabilities,
        coverage=_coverage(record, coverage.combinations),
        containers=_containers(judge.ledger),
        generations=_generations(judge.ledger),
        detection=figure_of_run(record, results),
        known_failures=became,
        tolerated=[name for name in results if name in tolerated],
    )


def decide(
    results: dict[str, RequirementResult],
    *,
    tolerated: Collection[str] = (),
    known: Collection[KnownResult] = (),
    strict: bool = False,
    defects: Iterable[str] = (),
    ended_early: bool = False,
    interrupted: bool = False,
) -> tuple[Outcome, Literal[0, 1, 2, 3, 130]]:
    """Return the outcome of a run and its exit status."""
    binding = binding_levels(strict=strict)
    rows = list(results.values())
    counting = [row for name, row in results.items() if name not in tolerated]
    musts = [row for row in rows if row.level == "MUST"]
    if any(row.verdict is Verdict.FAILED and row.level in binding for row in counting):
        return Outcome.NOT_CONFORMANT, 1
    if any(defects):
        return Outcome.INCOMPLETE, 3
    if interrupted:
        return Outcome.INCOMPLETE, 130
    # What was left out may be what shows the defect, and a target that spends the budget itself would choose what is left out.
    if ended_early:
        return Outcome.INCOMPLETE, 2
    if any(row.verdict is Verdict.INCONCLUSIVE for row in musts):
        return Outcome.INCOMPLETE, 2
    if any(row.verdict is Verdict.NOT_EXERCISED and row.promised for row in musts):
        return Outcome.INCOMPLETE, 2
    # A run whose promise is empty, or that showed nothing of it, has nothing to be green about, whatever it saw in passing.
    if not any(row.promised and row.verdict in JUDGED for row in rows):
        return Outcome.INCOMPLETE, 2
    states = {result.state for result in known}
    if states & OUTDATED:
        return Outcome.INCOMPLETE, 2
    return (Outcome.KNOWN_FAILURES if states & TOLERATED else Outcome.CONFORMANT), 0


def verdict_of(tally: Tally, crash: Crashed | None = None) -> Verdict:
    """Return the verdict on one requirement.

    An observation that could not be judged does not change the verdict on the others, unless it says that they show too little. If a
    check crashed, what it would have seen is unknown, and its requirement never passes.
    """
    if tally.failed:
        return Verdict.FAILED
    if crash is not None:
        return Verdict.INCONCLUSIVE
    if tally.passed and not tally.withheld:
        return Verdict.PASSED
    return Verdict.INCONCLUSIVE if tally.inconclusive else Verdict.NOT_EXERCISED


@dataclass(frozen=True, slots=True)
class _Case:
    """One requirement, and all that its verdict depends on."""

    requirement: Requirement
    tally: Tally
    contract: Contract
    record: RunRecord
    capabilities: dict[str, bool]
    used_up: Collection[str]
    crash: Crashed | None

    @property
    def lacking(self) -> str | None:
        """The optional capability that it needs and the target lacks."""
        return next((need for need in self.requirement.needs if self.capabilities.get(need) is False), None)

    @property
    def unconfigured(self) -> str | None:
        """The need that the configuration does not meet."""
        return next(
            (
                need
                for need in self.requirement.needs
                if need not in CAPABILITIES and need not in self.record.configured
            ),
            None,
        )

    @property
    def spent(self) -> str | None:
        """The need whose fixture an earlier run, or somebody else, has used up."""
        return next((need for need in self.requirement.needs if need in self.used_up), None)

    @property
    def selected(self) -> bool:
        """Whether the run was not limited to other requirements."""
        return selects(self.record.only, self.contract, self.requirement.id)

    @property
    def in_profile(self) -> bool:
        """Whether a driver of the profile provokes it."""
        return bool(self.record.promised.get(self.requirement.id))

    @property
    def wanted(self) -> bool:
        """Whether the run was to provoke it, whatever the configuration and the target made of that."""
        return self.in_profile and self.selected

    @property
    def promised(self) -> bool:
        """Whether the outcome depends on it."""
        return self.in_profile and self.selected and not (self.lacking or self.unconfigured or self.spent)


def _result(case: _Case) -> RequirementResult:
    tally, verdict = case.tally, verdict_of(case.tally, case.crash)
    findings = {Verdict.FAILED: tally.failures, Verdict.INCONCLUSIVE: tally.inconclusive}.get(verdict, [])
    return RequirementResult(
        level=case.requirement.level,
        sentence=case.requirement.sentence,
        verdict=verdict,
        observations=tally.passed + tally.failed,
        failures=tally.failed,
        reason=_reason(case, verdict),
        promised=case.promised,
        findings=[
            Evidence(message=finding.message, key=key_of(finding), exchanges=list(finding.exchanges))
            for finding in findings
        ],
        shown_by=list(tally.shown_by),
    )


def _reason(case: _Case, verdict: Verdict) -> str | None:
    open_ones = case.tally.inconclusive
    if verdict is Verdict.NOT_EXERCISED:
        return _why_not_exercised(case)
    if verdict is Verdict.INCONCLUSIVE:
        return case.crash.sentence if case.crash else open_ones[0].message
    if verdict is Verdict.PASSED and open_ones:
        return f"{case.tally.unjudged} more could not be judged; the first: {open_ones[0].message}"
    return None


def _why_not_exercised(case: _Case) -> str:
    """Return why a requirement was not exercised: the most fundamental reason."""
    requirement, record = case.requirement, case.record
    if case.lacking:
        return f"The target lacks the optional capability {case.lacking}: {LACKS.get(case.lacking, 'it never showed')}."
    if case.unconfigured:
        return reason_of_unmet(case.unconfigured, record.target)
    if case.spent:
        return f"{SETTING_OF_NEED[case.spent]} {USED_UP[case.spent]}"
    if not case.selected:
        return f"It is not among those that the run was limited to ({', '.join(record.only)})."
    if record.stopped and case.in_profile:
        return f"The run ended early: {record.stopped}."
    blocked = [item for item in record.unreached if requirement.id in item.requirements]
    if blocked:
        return f"The driver {blocked[0].driver} could not go on: {blocked[0].reason}"
    if not case.in_profile and not set(record.elsewhere).isdisjoint(record.drivers.get(requirement.id, ())):
        return "The drivers that provoke it are those of another shard."
    if not set(record.deselected).isdisjoint(record.drivers.get(requirement.id, ())):
        return "Not every driver that provokes it was selected."
    if not case.in_profile and record.drivers.get(requirement.id):
        return f"The profile {record.profile} does not promise it; a deeper one does."
    return "No driver of this run met the situation."


def _summary(results: Iterable[RequirementResult]) -> Summary:
    rows = list(results)

    def count(verdict: Verdict) -> int:
        return sum(row.verdict is verdict for row in rows)

    return Summary(
        passed=count(Verdict.PASSED),
        failed=count(Verdict.FAILED),
        not_exercised=count(Verdict.NOT_EXERCISED),
        inconclusive=count(Verdict.INCONCLUSIVE),
        failed_must=sum(row.verdict is Verdict.FAILED and row.level == "MUST" for row in rows),
    )


def _coverage(record: RunRecord, counted: Counter[tuple[str, str]]) -> Coverage:
    planned = {(item.situation, item.operation) for item in record.planned}
    combinations = [
        CoveredCombination(
            situation=situation,
            operation=operation,
            planned=(situation, operation) in planned,
            count=counted[situation, operation],
        )
        for situation, operation in sorted(planned | set(counted))
    ]
    return Coverage(
        planned=len(planned),
        reached=sum(item.planned and item.count > 0 for item in combinations),
        combinations=combinations,
    )


def _containers(ledger: Ledger) -> list[MadeContainer]:
    made = ((container, container.made_by) for container in ledger.containers.values())
    return [
        MadeContainer(
            id=plain(container.id),
            project_id=container.project_id,
            mark=mark_of((origin.accepted.sent_brief or {}).get("hook")),
        )
        for container, origin in made
        if origin is not None
    ]


def _generations(ledger: Ledger) -> list[StartedGeneration]:
    found = []
    for generation in ledger.jobs.values():
        started, ended = generation.accepted.exchange, ledger.ended(generation)
        found.append(
            StartedGeneration(
                exchange=started.id,
                driver=started.driver,
                operation=generation.operation_id,
                container_id=as_sent(generation.container_id),
                job_id=as_sent(generation.job_id),
                seconds=None if ended is None else round(max(0.0, ended.exchange.received_at - started.sent_at), 3),
            )
        )
    return found
