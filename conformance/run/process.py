"""One process of a run: its session, the judge that follows it, and the notes that become part of the manifest."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.checks.findings import Finding, Result
from conformance.checks.judge import Judge
from conformance.client.actors import api_keys_of
from conformance.client.budget import Budget, Limits
from conformance.client.exchange import UNASKED, Exchange, Recorder, saved_in
from conformance.client.hash_chain import Chain
from conformance.client.saved import Saved
from conformance.client.session import Session
from conformance.contract.document import Contract
from conformance.contract.paths import path_to
from conformance.exceptions import BudgetSpent, CannotWrite, NotReached
from conformance.history.observation import TargetFacts
from conformance.history.owners import plain
from conformance.reporting.model import HarnessFacts, KnownFailure, SpentFacts
from conformance.reporting.report import EMBEDDED, Part
from conformance.run.calls.api import Api
from conformance.run.calls.ownership import Marks
from conformance.run.journal import KILLED, MANIFEST, NOTES, PARTS, SENT, SPENT, complete_record
from conformance.run.planning.drivers import by_requirement, catalogue
from conformance.run.planning.plan import Plan, chosen, plan_run
from conformance.run.planning.price import Shard
from conformance.run.planning.profiles import Profile
from conformance.run.resume import Earlier, keep_notes
from conformance.run.settings.reach import route_of
from conformance.run.settings.target import Target
from conformance.run.verdicts.detection import suite_digest
from conformance.run.verdicts.known_failures import key_of
from conformance.run.verdicts.record import Kept, RunRecord, Shards

PREFLIGHT = "preflight"
"""What stands in place of a driver's name before the first driver."""
KNOWN = "known.json"
"""The file with the ids that each project held before the run, in the folder of its parts."""
BEFORE_ACCUSING = 1.0
"""Seconds after its last use for which a connection is looked at before a failure is told: what is left over then may be a call's own answer."""
STOPPED_ON = "a requirement failed that ends this run"


@dataclass(frozen=True, slots=True)
class RunSpec:
    """What a run is asked to do, the same for all of its processes.

    A failure of a `fatal` requirement ends the run; `embedded` says that the target is the sandbox that the run has started. `earlier` are
    the parts that the run had before, where it is resumed.
    """

    target: Target
    profile: Profile
    folder: Path
    run_id: str
    seed: int = 0
    only: tuple[str, ...] = ()
    strict: bool = False
    stop_on: tuple[str, ...] = ()
    workers: int = 1
    embedded: bool = False
    shard: Shard | None = None
    earlier: tuple[Part, ...] = ()
    known: tuple[KnownFailure, ...] = ()
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    plan: Plan = field(init=False)

    def __post_init__(self) -> None:
        plan = plan_run(
            self.profile,
            self.only,
            self.target,
            workers=self.workers,
            stop_on=self.stop_on,
            shard=self.shard,
            spent=sum(part.spent.generations for part in self.earlier),
        )
        object.__setattr__(self, "plan", plan)

    @property
    def began_on(self) -> date:
        """The day on which the run began, in its first part."""
        return (self.earlier[0].started_at if self.earlier else self.started_at).date()

    @property
    def parts(self) -> Path:
        """The folder into which each process writes its part."""
        return self.folder / PARTS

    @property
    def limits(self) -> Limits:
        """What the run may spend: what its plan has told, so that "at most" holds."""
        return self.plan.limits

    def begun(self, contract: Contract) -> RunRecord:
        """Return what the manifest can say before the first request; it promises what all drivers of the profile provoke."""
        every = chosen(self.profile, self.only)
        mine = chosen(self.profile, self.only, shard=self.shard)
        nothing = SpentFacts(generations=0, requests=0, seconds=0.0)
        part = Part(started_at=self.started_at, finished_at=self.started_at, spent=nothing)
        return RunRecord(
            harness=HarnessFacts(
                version=__version__, contract_version=contract.version, contract_digest=contract.digest
            ),
            target=self.target.public_facts() | {EMBEDDED: self.embedded},
            configured=sorted(self.target.configured()),
            profile=self.profile.name,
            strict=self.strict,
            only=list(self.only),
            seed=self.seed,
            workers=self.workers,
            started_at=(self.earlier[0] if self.earlier else part).started_at,
            finished_at=self.started_at,
            spent=nothing,
            promised=by_requirement(mine),
            drivers=by_requirement(catalogue()),
            shards=Shards(numbers=[self.shard.number], of=self.shard.of) if self.shard else None,
            parts=[*self.earlier, part] if self.earlier else [],
            elsewhere=sorted(driver.name for driver in every if driver not in mine),
            stopped=KILLED,
            known_failures=list(self.known),
            suite=suite_digest(),
        )


class Run:
    """A process of a run: sends, records, judges each answer as it comes, and takes notes."""

    def __init__(self, spec: RunSpec, contract: Contract, worker: str) -> None:
        self.spec = spec
        self.contract = contract
        # The ids of exchanges begin with it, and stay unique when shards are merged and parts are joined.
        worker = f"part{len(spec.earlier) + 1}{worker}" if spec.earlier else worker
        worker = f"shard{spec.shard.number}{worker}" if spec.shard else worker
        self.worker = worker
        spec.parts.mkdir(parents=True, exist_ok=True)
        self.budget = Budget(spec.parts / SPENT, spec.limits)
        self._recorder = Recorder(spec.parts / f"{worker}.history.jsonl", spec.parts / f"{worker}.{SENT}")
        self.judge = Judge(contract, TargetFacts.of(spec.target.public_facts()))
        self._fresh: list[Finding] = []
        self.earlier: Earlier | None = None
        self.unfinished: set[str] = set()
        self._ended: set[str] = set()
        self._accounted: set[str] = set()
        self._doubted: set[str] = set()
        self.is_interrupted = False
        self.session = session_for(
            spec.target, contract, self.budget, self._recorder, self._listen, name=worker, workers=spec.workers
        )
        self.api = Api(self.session, spec.target, contract, Marks(spec.run_id, worker))

    def take_over(self, earlier: Earlier) -> None:
        """Go on after the earlier parts: judge what they have seen, and count what they have spent."""
        self.earlier = earlier
        earlier.copy_into(self.spec.parts)
        for exchange in earlier.exchanges:
            self.judge.observe(exchange)
            self.api.ownership.note(exchange)
        spent, ledger = earlier.record.spent, self.judge.ledger
        self.budget.count(spent.generations, spent.requests)
        self.session.recognize(map(plain, ledger.jobs))
        self.api.know(*(plain(container.id) for container in ledger.containers.values() if container.generations))

    def _note_doubts(self) -> None:
        fresh = [name for name in self.session.doubted if name not in self._doubted]
        if fresh:
            self.note("doubted", exchanges=fresh)
            self._doubted.update(fresh)

    def _listen(self, exchange: Exchange) -> None:
        if UNASKED in exchange.tags:
            self._note_doubts()
        findings = self.judge.observe(exchange)
        self._fresh.extend(findings)
        # During the preflight no driver has started that could be ended.
        if self.session.driver != PREFLIGHT and any(
            finding.result is Result.FAILED and finding.requirement in self.spec.stop_on for finding in findings
        ):
            raise BudgetSpent(STOPPED_ON)

    def fresh_failures(self) -> list[Finding]:
        """Return the failures since the last call that make the run not conformant or end it."""
        levels = {"MUST", "SHOULD"} if self.spec.strict else {"MUST"}
        known = {
            (failure.requirement, failure.key) for failure in self.spec.known if self.spec.began_on <= failure.until
        }
        found = [
            finding
            for finding in self._fresh
            if finding.result is Result.FAILED
            and (finding.requirement, key_of(finding)) not in known
            and (
                self.contract.requirements[finding.requirement].level in levels
                or finding.requirement in self.spec.stop_on
            )
        ]
        self._fresh.clear()
        return found

    def note(self, kind: str, **facts: Any) -> None:
        """Write a note for the manifest, without the keys that a text of the target may hold."""
        path, line = self.spec.parts / f"{self.worker}.{NOTES}", json.dumps({"kind": kind} | facts)
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write(self.session.redacted(line) + "\n")
        except OSError as error:
            raise CannotWrite(path, error.strerror) from None

    @contextmanager
    def ending(self, test: str, driver: str) -> Iterator[None]:
        """Note that a driver has ended where nothing stops it in the block, so that a later part of the run does not run it again."""
        try:
            yield
        except NotReached:
            self._note_end(test, driver)
            raise
        self._note_end(test, driver)

    def account_for(self, test: str) -> None:
        """Take note that what became of a driver which did not end is told."""
        self._accounted.add(test)

    def is_accounted_for(self, test: str) -> bool:
        """Return whether a driver has ended, or it is told why not."""
        return test in self._ended or test in self._accounted

    def _note_end(self, test: str, driver: str) -> None:
        if test not in self._ended:
            self._ended.add(test)
            self.note("ended", item=test, driver=driver)

    def close(self) -> None:
        """Close the session and the files."""
        accuses = self.spec.workers > 1 or any(tally.failed for tally in self.judge.tallies.values())
        self.session.close(BEFORE_ACCUSING if accuses and not self.is_interrupted else 0.0)
        # A worker that has no disk left says so elsewhere.
        with suppress(CannotWrite):
            self._note_doubts()
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
    """Open the session of a target, with its keys, and at its pace, which `workers` sessions share."""
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
        probe=path_to("projects", target.target.project_id, "content") + "?limit=1",
        requests_per_second=_share(target.budget.requests_per_second, workers),
        route=route_of(target.network),
    )


def _share(rate: float | None, workers: int) -> float | None:
    return rate / max(workers, 1) if rate else None


def gather(spec: RunSpec, contract: Contract) -> tuple[RunRecord, Saved]:
    """Merge the parts of the processes of a run into its history and `run.json`; the history is read from the parts as long as it is used."""
    earlier = [saved_in(spec.folder)] if spec.earlier else []
    history = Saved([*earlier, *sorted(spec.parts.glob("*.history.jsonl"))])
    chain = Chain()
    history.keep(spec.folder, chain)
    budget = Budget(spec.parts / SPENT, spec.limits)
    counted = budget.spent()
    budget.close()
    spent = SpentFacts(generations=counted.generations, requests=counted.requests, seconds=round(counted.seconds, 3))
    record = complete_record(spec.begun(contract), spec.parts, spent, datetime.now(UTC))
    if record.stopped:
        keep_notes(spec.folder, history)
    else:
        (spec.folder / NOTES).unlink(missing_ok=True)
    record = record.model_copy(update={"history": Kept(head=chain.head, length=chain.length)})
    record.write(spec.folder / MANIFEST)
    return record, history


def new_run_id() -> str:
    """Return a new id of a run: short, random, and in lower case."""
    return os.urandom(4).hex()
