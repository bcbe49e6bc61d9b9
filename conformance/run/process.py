"""One run as one process sees it: the door, the judge that follows it, and the notes that end in the manifest."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.checks.findings import Finding, Result
from conformance.checks.judge import Judge
from conformance.contract.document import Contract
from conformance.door.actors import api_keys_of
from conformance.door.budget import Budget, Limits
from conformance.door.exchange import Exchange, Recorder, merge
from conformance.door.session import Session
from conformance.exceptions import BudgetSpent
from conformance.history.observation import Facts
from conformance.run.api import Api, Marks
from conformance.run.drivers import by_requirement, catalogue
from conformance.run.profiles import Profile
from conformance.run.record import Combination, HarnessFacts, RunRecord, SpentFacts, Unreached
from conformance.run.target import Target

PARTS = "parts"
KNOWN = "known.json"
"""The ids that each project held before the run, in the folder of its parts."""
PREFLIGHT = "preflight"
FATAL = "a requirement failed that ends this run"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is asked to do; every process of the run has the same. A failure of a `fatal` requirement ends the run."""

    target: Target
    profile: Profile
    folder: Path
    run_id: str
    seed: int = 0
    only: tuple[str, ...] = ()
    strict: bool = False
    fatal: tuple[str, ...] = ()
    workers: int = 1
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def parts(self) -> Path:
        """The folder in which each process leaves its part."""
        return self.folder / PARTS

    @property
    def limits(self) -> Limits:
        """What the run may spend: the target's configuration wins over the profile."""
        budget = self.target.budget
        return Limits(
            generations=self.profile.generations if budget.generations is None else budget.generations,
            requests=budget.requests or self.profile.requests,
            seconds=budget.seconds or self.profile.seconds,
        )


class Run:
    """A process of a run: sends, records, judges as the answers come, and takes notes."""

    def __init__(self, plan: Plan, contract: Contract, worker: str) -> None:
        self.plan = plan
        self.contract = contract
        self.worker = worker
        plan.parts.mkdir(parents=True, exist_ok=True)
        self.budget = Budget(plan.parts / "budget.sqlite", plan.limits)
        self._recorder = Recorder(plan.parts / f"{worker}.history.jsonl")
        facts = Facts.of(plan.target.public_facts())
        self.judge = Judge(contract, facts)
        self._fresh: list[Finding] = []
        other = plan.target.key("other")
        owner = plan.target.key("owner")
        self.session = Session(
            plan.target.base_url,
            api_keys_of(owner.get_secret_value() if owner else "", other.get_secret_value() if other else None),
            contract,
            self.budget,
            self._recorder,
            self._listen,
            known=facts.known,
            name=worker,
            timeout=plan.target.timing.request_timeout,
            requests_per_second=_share(plan.target.budget.requests_per_second, plan.workers),
        )
        self.api = Api(self.session, plan.target, contract, Marks(plan.run_id, worker))

    def _listen(self, exchange: Exchange) -> None:
        findings = self.judge.observe(exchange)
        self._fresh.extend(findings)
        # Before the first driver there is no run yet that could end.
        if self.session.driver != PREFLIGHT and any(
            finding.result is Result.FAILED and finding.requirement in self.plan.fatal for finding in findings
        ):
            raise BudgetSpent(FATAL)

    def fresh_failures(self) -> list[Finding]:
        """Give the failures found since the last call that make the run not conformant or end it."""
        levels = {"MUST", "SHOULD"} if self.plan.strict else {"MUST"}
        found = [
            finding
            for finding in self._fresh
            if finding.result is Result.FAILED
            and (
                self.contract.requirements[finding.requirement].level in levels
                or finding.requirement in self.plan.fatal
            )
        ]
        self._fresh.clear()
        return found

    def note(self, kind: str, **facts: Any) -> None:
        """Leave a note for the manifest."""
        with (self.plan.parts / f"{self.worker}.notes.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps({"kind": kind} | facts) + "\n")

    def close(self) -> None:
        """Close the door and the files."""
        self.session.close()
        self._recorder.close()
        self.budget.close()


def _share(rate: float | None, workers: int) -> float | None:
    return rate / max(workers, 1) if rate else None


def gather(plan: Plan, contract: Contract) -> tuple[RunRecord, list[Exchange]]:
    """Merge what the processes of a run left into `history.jsonl` and `run.json`."""
    exchanges = merge(sorted(plan.parts.glob("*.history.jsonl")), plan.folder / "history.jsonl")
    notes = [
        json.loads(line)
        for path in sorted(plan.parts.glob("*.notes.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    provoking = by_requirement(catalogue())
    selected = {name for note in notes if note["kind"] == "selected" for name in note["drivers"]}
    left_out = {driver.name for driver in catalogue() if driver.chosen(plan.profile, plan.only)} - selected
    budget = Budget(plan.parts / "budget.sqlite", plan.limits)
    spent = budget.spent()
    budget.close()
    record = RunRecord(
        harness=HarnessFacts(version=__version__, contract_version=contract.version, contract_digest=contract.digest),
        target=plan.target.public_facts(),
        configured=sorted(plan.target.configured()),
        profile=plan.profile.name,
        strict=plan.strict,
        only=list(plan.only),
        seed=plan.seed,
        workers=plan.workers,
        started_at=plan.started_at,
        finished_at=datetime.now(UTC),
        spent=SpentFacts(generations=spent.generations, requests=spent.requests, seconds=round(spent.seconds, 3)),
        # One of several drivers may count on what the others have done, so that some of them promise nothing.
        promised={
            requirement: names
            for requirement, names in by_requirement(each for each in catalogue() if each.name in selected).items()
            if left_out.isdisjoint(provoking[requirement])
        },
        drivers=provoking,
        deselected=sorted(left_out),
        unreached=[_without_kind(Unreached, note) for note in notes if note["kind"] == "unreached"],
        planned=[_without_kind(Combination, note) for note in notes if note["kind"] == "planned"],
        stopped=next((note["reason"] for note in notes if note["kind"] == "stopped"), None),
        defects=[note["sentence"] for note in notes if note["kind"] == "defect"],
    )
    record.write(plan.folder / "run.json")
    return record, exchanges


def _without_kind(model: type[Any], note: Mapping[str, Any]) -> Any:
    return model(**{name: value for name, value in note.items() if name != "kind"})


def new_run_id() -> str:
    """Make the id of a run: short, in lower case, and unlike any other."""
    return os.urandom(4).hex()
