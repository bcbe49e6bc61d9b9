"""One process of a run: its session, the judge that follows it, and the notes that become part of the manifest."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from conformance import __version__
from conformance.checks.findings import Finding, Result
from conformance.checks.judge import Judge
from conformance.contract.document import Contract
from conformance.door.actors import api_keys_of
from conformance.door.budget import Budget, Limits
from conformance.door.exchange import KEPT, PLAIN, Exchange, Recorder, merge
from conformance.door.session import Session
from conformance.exceptions import BudgetSpent
from conformance.history.observation import TargetFacts
from conformance.reporting.model import HarnessFacts, SpentFacts
from conformance.reporting.report import EMBEDDED
from conformance.run.api import Api, Marks
from conformance.run.drivers import Driver, by_requirement, catalogue, promise_of
from conformance.run.plan import limits_of
from conformance.run.profiles import Profile
from conformance.run.reach import route_of
from conformance.run.record import Combination, RunRecord, Shards, Unreached
from conformance.run.shards import Shard
from conformance.run.target import Target

PARTS = "parts"
KNOWN = "known.json"
"""The file with the ids that each project held before the run, in the folder of its parts."""
PREFLIGHT = "preflight"
FATAL = "a requirement failed that ends this run"


@dataclass(frozen=True, slots=True)
class RunSpec:
    """What a run is asked to do, the same for all of its processes.

    A failure of a `fatal` requirement ends the run; `embedded` says that the target is the sandbox that the run has started.
    """

    target: Target
    profile: Profile
    folder: Path
    run_id: str
    seed: int = 0
    only: tuple[str, ...] = ()
    strict: bool = False
    fatal: tuple[str, ...] = ()
    workers: int = 1
    embedded: bool = False
    shard: Shard | None = None
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def parts(self) -> Path:
        """The folder into which each process writes its part."""
        return self.folder / PARTS

    @property
    def limits(self) -> Limits:
        """What the run may spend: the configuration of the target overrides the profile, and a shard has its share."""
        whole = limits_of(self.profile, self.target)
        return self.shard.limits(self.chosen, whole) if self.shard else whole

    @property
    def chosen(self) -> list[Driver]:
        """The drivers of the run, over all of its shards."""
        return [driver for driver in catalogue() if driver.chosen(self.profile, self.only)]

    @property
    def drivers(self) -> frozenset[str]:
        """The names of those that this shard runs; without shards, of all."""
        return frozenset(each.name for each in (self.shard.drivers(self.chosen) if self.shard else self.chosen))


class Run:
    """A process of a run: sends, records, judges each answer as it comes, and takes notes."""

    def __init__(self, spec: RunSpec, contract: Contract, worker: str) -> None:
        self.spec = spec
        self.contract = contract
        # The ids of exchanges begin with it, and stay unique when shards are merged.
        worker = f"shard{spec.shard.number}{worker}" if spec.shard else worker
        self.worker = worker
        spec.parts.mkdir(parents=True, exist_ok=True)
        self.budget = Budget(spec.parts / "budget.sqlite", spec.limits)
        self._recorder = Recorder(spec.parts / f"{worker}.history.jsonl")
        self.judge = Judge(contract, TargetFacts.of(spec.target.public_facts()))
        self._fresh: list[Finding] = []
        self.session = session_for(
            spec.target, contract, self.budget, self._recorder, self._listen, name=worker, workers=spec.workers
        )
        self.api = Api(self.session, spec.target, contract, Marks(spec.run_id, worker))

    def _listen(self, exchange: Exchange) -> None:
        findings = self.judge.observe(exchange)
        self._fresh.extend(findings)
        # During the preflight no driver has started that could be ended.
        if self.session.driver != PREFLIGHT and any(
            finding.result is Result.FAILED and finding.requirement in self.spec.fatal for finding in findings
        ):
            raise BudgetSpent(FATAL)

    def fresh_failures(self) -> list[Finding]:
        """Return the failures since the last call that make the run not conformant or end it."""
        levels = {"MUST", "SHOULD"} if self.spec.strict else {"MUST"}
        found = [
            finding
            for finding in self._fresh
            if finding.result is Result.FAILED
            and (
                self.contract.requirements[finding.requirement].level in levels
                or finding.requirement in self.spec.fatal
            )
        ]
        self._fresh.clear()
        return found

    def note(self, kind: str, **facts: Any) -> None:
        """Write a note for the manifest."""
        with (self.spec.parts / f"{self.worker}.notes.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps({"kind": kind} | facts) + "\n")

    def close(self) -> None:
        """Close the session and the files."""
        self.session.close()
        self._recorder.close()
        self.budget.close()


def session_for(
    target: Target,
    contract: Contract,
    budget: Budget,
    recorder: Recorder,
    listener: Callable[[Exchange], object],
    *,
    name: str,
    workers: int = 1,
) -> Session:
    """Open the door to a target: with its keys, and at its pace, which `workers` sessions share."""
    owner, other = target.key("owner"), target.key("other")
    return Session(
        target.base_url,
        api_keys_of(owner.get_secret_value() if owner else None, other.get_secret_value() if other else None),
        contract,
        budget,
        recorder,
        listener,
        known=TargetFacts.of(target.public_facts()).known,
        name=name,
        timeout=target.timing.request_timeout,
        outage_timeout=target.timing.outage_timeout,
        largest_answer=target.limits.answer_bytes,
        probe=f"/v1/projects/{quote(target.target.project_id, safe='')}/content?limit=1",
        requests_per_second=_share(target.budget.requests_per_second, workers),
        route=route_of(target.network),
    )


def _share(rate: float | None, workers: int) -> float | None:
    return rate / max(workers, 1) if rate else None


def gather(spec: RunSpec, contract: Contract) -> tuple[RunRecord, list[Exchange]]:
    """Merge the parts of the processes of a run into `history.jsonl.gz` and `run.json`, and remove them."""
    exchanges = merge(sorted(spec.parts.glob("*.history.jsonl")), spec.folder / KEPT)
    notes = [
        json.loads(line)
        for path in sorted(spec.parts.glob("*.notes.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    stopped = [note for note in notes if note["kind"] == "stopped"]
    gone = [note for note in stopped if note.get("gone")]
    chosen = {driver.name for driver in spec.chosen}
    selected = {name for note in notes if note["kind"] == "selected" for name in note["drivers"]}
    deselected = spec.drivers - selected
    budget = Budget(spec.parts / "budget.sqlite", spec.limits)
    spent = budget.spent()
    budget.close()
    record = RunRecord(
        harness=HarnessFacts(version=__version__, contract_version=contract.version, contract_digest=contract.digest),
        target=spec.target.public_facts() | {EMBEDDED: spec.embedded},
        configured=sorted(spec.target.configured()),
        profile=spec.profile.name,
        strict=spec.strict,
        only=list(spec.only),
        seed=spec.seed,
        workers=spec.workers,
        started_at=spec.started_at,
        finished_at=datetime.now(UTC),
        spent=SpentFacts(generations=spent.generations, requests=spent.requests, seconds=round(spent.seconds, 3)),
        promised=promise_of(selected, deselected, chosen - spec.drivers),
        drivers=by_requirement(catalogue()),
        shards=Shards(numbers=[spec.shard.number], of=spec.shard.of) if spec.shard else None,
        elsewhere=sorted(chosen - spec.drivers),
        deselected=sorted(deselected),
        unreached=[_without_kind(Unreached, note) for note in notes if note["kind"] == "unreached"],
        planned=[_without_kind(Combination, note) for note in notes if note["kind"] == "planned"],
        stopped=next((note["reason"] for note in gone or stopped), None),
        target_gone=bool(gone),
        defects=[note["sentence"] for note in notes if note["kind"] == "defect"],
    )
    record.write(spec.folder / "run.json")
    # The history of an earlier run, before histories were compressed, does not belong to this run.
    (spec.folder / PLAIN).unlink(missing_ok=True)
    shutil.rmtree(spec.parts, ignore_errors=True)
    return record, exchanges


def _without_kind(model: type[Any], note: Mapping[str, Any]) -> Any:
    return model(**{name: value for name, value in note.items() if name != "kind"})


def new_run_id() -> str:
    """Return a new id of a run: short, random, and in lower case."""
    return os.urandom(4).hex()
