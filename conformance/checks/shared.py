"""Judgements that several families share: a generation ends in time, its two sides agree, a replay starts none, a reject is answered."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from conformance.checks.base import Check, on, short
from conformance.contract.lifecycle import OPERATIONS_BY_STATE, Answer, is_terminal
from conformance.contract.validity import Validity
from conformance.history.facts import (
    CallSettled,
    Changed,
    ContainerRead,
    DecisionRead,
    DecisionSent,
    GenerationRequest,
    GenerationSeen,
    PageRead,
    ProgressRequest,
    RejectSent,
    Side,
    SidesCompared,
)
from conformance.history.observation import Observation
from conformance.history.windows import Change, Standing


class SidesAgree(Check):
    """Judges by the one requirement in `judges` whether the two sides agree.

    Around a change they may differ for `settling` seconds; up to the time in which a generation must end, nobody can tell whether the slower
    side will follow (open reading 36). Two different ends never agree.
    """

    judges: ClassVar[tuple[str, ...]]

    def __init__(self) -> None:
        self._judged: set[str] = set()
        self._doubted: set[str] = set()

    @abstractmethod
    def concerns(self, fact: SidesCompared) -> bool:
        """Return whether this requirement, and no other, speaks of the generation."""

    @on(SidesCompared)
    def compare(self, fact: SidesCompared) -> None:
        job_id = fact.generation.job_id
        if job_id in self._judged:
            return
        if fact.ended_as == fact.other_ended_as:
            self.agree(fact)
            return
        if not self.concerns(fact):
            return
        here, there = fact.here[:1].upper() + fact.here[1:], fact.there
        if fact.ended_as is not None and fact.other_ended_as is not None:
            self._judged.add(job_id)
            message = f"{here} is {fact.ended_as}, and {there} is {fact.other_ended_as}."
            self.failed(self.judges[0], "different ends", message, fact.other, fact.seen)
        elif fact.first_ended is not None:
            waited = self.ledger.gaps.lasted(fact.first_ended.exchange.received_at, fact.seen.exchange.sent_at)
            message = f"{here} is still in flight {waited:.1f} s after {there} was {fact.other_ended_as}"
            if waited > self.ledger.facts.generation_timeout:
                self._judged.add(job_id)
                self.failed(self.judges[0], "one side ended", f"{message}.", fact.first_ended, fact.seen)
            elif waited >= self.ledger.facts.settling and job_id not in self._doubted:
                self._doubted.add(job_id)
                message += ", and may follow it (timing.settling, timing.generation_timeout)."
                self.inconclusive(self.judges[0], "one side lags", message, fact.first_ended, fact.seen)

    def agree(self, fact: SidesCompared) -> None:
        """Take note that the sides agree."""


class EndsInTime(Check):
    """Judges the first end of a generation, or a sighting of it that comes too late, by the one requirement in `judges`.

    `operations` are those that start the generations it speaks of; empty: all.
    """

    judges: ClassVar[tuple[str, ...]]
    operations: ClassVar[frozenset[str]] = frozenset()

    def __init__(self) -> None:
        self._judged: set[str] = set()

    @on(GenerationSeen)
    def seen(self, fact: GenerationSeen) -> None:
        generation, seen = fact.generation, fact.seen
        if fact.side is Side.PROGRESS or generation.job_id in self._judged:
            return
        if self.operations and generation.operation_id not in self.operations:
            return
        accepted = generation.accepted
        if fact.ended_as is not None:
            self._judged.add(generation.job_id)
            self.passed(self.judges[0], accepted, seen)
            return
        waited = self.ledger.gaps.lasted(accepted.exchange.received_at, seen.exchange.sent_at)
        if waited <= self.ledger.facts.generation_timeout or self._was_stopped(fact):
            return
        self._judged.add(generation.job_id)
        message = f"{fact.subject} is still in flight {waited:.0f} s after job {generation.job_id} was accepted."
        self.failed(self.judges[0], "never ends", message, accepted, seen)

    def _was_stopped(self, fact: GenerationSeen) -> bool:
        """Return whether a call may have cancelled or archived it, so that LIF-10 and LIF-11 say how it must end."""
        generation = fact.generation
        container = self.ledger.containers[generation.container_id]
        cancelled = any(
            call.operation_id == "cancelJob" and call.params["jobId"] == generation.job_id
            for call in container.influences
        )
        return cancelled or self.ledger.windows.archived(container.project_id)


class RepeatsStartNothing(Check):
    """A replay that names the original job leaves the container at rest, and its progress on a job that some answer has named.

    `requirements` are those that say so, by the operation that is repeated.
    """

    requirements: ClassVar[Mapping[str, str]]

    def __init__(self) -> None:
        self._replays: dict[str, Observation] = {}

    @on(GenerationRequest)
    def request(self, fact: GenerationRequest) -> None:
        seen, container_id = fact.seen, fact.call.container_id
        is_accepted = seen.status == 202 and seen.operation_id in self.requirements
        if is_accepted and fact.wrote.started is None and container_id and self.ledger.named(fact.call.job_id):
            self._replays[container_id] = seen.evidence

    @on(Changed)
    def changed(self, fact: Changed) -> None:
        change = fact.change
        replay = self._replays.get(change.container.id)
        if replay is None or not _is_moved_by(replay, change):
            return
        old, new = change.old("status"), change.new("status")
        message = f"A replay of {replay.operation_id} took container {change.container.id} from {old} to {new}."
        self.failed_by(self.requirements[replay.operation_id], "started anew", message, change, replay)

    @on(ProgressRequest)
    def progress(self, fact: ProgressRequest) -> None:
        seen, container = fact.seen, fact.container
        replay = self._replays.get(container.id) if container is not None else None
        if container is None or container.made_by is None or replay is None:
            return
        if not (seen.ok and seen.authorized and replay.precedes(seen)):
            return
        # Whoever regenerated without an answer has a job that this history cannot name.
        unnamed = any(not self.ledger.named(call.fields.get("jobId")) for call in container.regenerating)
        job_id = seen.fields.get("jobId")
        if not unnamed and isinstance(job_id, str) and job_id not in self.ledger.jobs:
            message = (
                f"After a replay of {replay.operation_id}, its container is on job {job_id}, which no answer has named."
            )
            self.failed(self.requirements[replay.operation_id], "unnamed job", message, replay, seen)


def _is_moved_by(replay: Observation, change: Change) -> bool:
    # What was accepted or lost before may begin to show only now.
    return (
        all(call.exchange.id == replay.exchange.id for call in (*change.between, *change.causes))
        and change.container.made_by is not None
        and is_terminal(change.old("status"))
        and change.new("status") in ("queued", "generating")
        and change.before.precedes(replay)
        and replay.precedes(change.after)
    )


class RejectAnswers(Check):
    """Judges by the one requirement in `judges` a valid reject, without regeneration, of a container at rest by its owner."""

    judges: ClassVar[tuple[str, ...]]

    @on(CallSettled)
    def settled(self, fact: CallSettled) -> None:
        call, stood = fact.seen, fact.standing
        if stood is None or not isinstance(fact.wrote, RejectSent):
            return
        # What a key was used for elsewhere may explain a refusal; only what it was used for here explains a success.
        key = fact.wrote.key
        if key.may_replay or not (call.ok or key.is_unused):
            return
        if call.validity not in {Validity.PLAIN, Validity.VALID} or call.body.get("regenerate"):
            return
        if call.actor != stood.container.owner or call.may_object_to_form:
            return
        if not (call.refused and self.ledger.windows.archived(stood.container.project_id)):
            self.judge(call, stood, _stated(call, stood))

    @abstractmethod
    def judge(self, call: Observation, stood: Standing, stated: Answer) -> None:
        """Judge the answer; `stated` is what the documents say of a reject in the container's state, EITHER where that is not known."""


def _stated(call: Observation, stood: Standing) -> Answer:
    status, approval = stood.read.fields.get("status"), stood.read.fields.get("approvalStatus")
    if not isinstance(status, str) or not isinstance(approval, str) or stood.moved_before(call):
        return Answer.EITHER
    return OPERATIONS_BY_STATE.get((status, approval, "rejectContent"), Answer.EITHER)


class LegalValue(Check):
    """Judges by the one requirement in `judges` that `field` has one of its documented `values`, wherever a container shows it."""

    judges: ClassVar[tuple[str, ...]]
    field: ClassVar[str]
    values: ClassVar[frozenset[str]]

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        self.judge(fact.seen, [(fact.container.id, fact.view)])

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        self.judge(fact.seen, [(entry.get("id"), entry) for entry in fact.entries if isinstance(entry, dict)])

    def judge(self, seen: Observation, containers: list[tuple[Any, dict[str, Any]]]) -> None:
        """Judge what an answer shows of containers, each given by its id."""
        shown = [(container_id, fields[self.field]) for container_id, fields in containers if self.field in fields]
        wrong = [pair for pair in shown if not (isinstance(pair[1], str) and pair[1] in self.values)]
        for container_id, value in wrong:
            message = f"Container {short(container_id)} shows the {self.field} {short(value)}."
            self.failed(self.judges[0], f"unknown {self.field}", message, seen)
        if shown and not wrong:
            self.passed(self.judges[0], seen)


class DecisionShows(Check):
    """Judges by the one requirement in `judges` that reads show a successful decision until another call may have undone it.

    `makes` is the approvalStatus that the decision makes. `only_first`: only the reads are judged before which no read has shown it.
    """

    judges: ClassVar[tuple[str, ...]]
    makes: ClassVar[str]
    only_first: ClassVar[bool] = False

    @on(DecisionRead)
    def read(self, fact: DecisionRead) -> None:
        if fact.makes != self.makes or (self.only_first and fact.was_shown):
            return
        before = f" and had been read as {fact.makes}" if fact.was_shown else ""
        message = f"Container {fact.container.id} reads as {short(fact.approval)} after it was {fact.makes}{before}."
        if not (fact.lags and self.lagged(self.judges[0], message, fact.decision, fact.seen)):
            kind = "went back" if fact.was_shown else "does not show"
            self.verify(self.judges[0], kind, fact.approval == fact.makes, message, fact.decision, fact.seen)


class NamesItsContainer(Check):
    """Judges that a successful decision is answered with the container that it names, and not with another one that answers have shown."""

    judges: ClassVar[tuple[str, ...]]

    def judge(self, fact: DecisionSent, doing: str, member: str, requirement: str) -> None:
        """Judge the container that a member of the answer names."""
        seen, container = fact.seen, fact.container
        shown = seen.fields.get(member) if seen.ok and seen.authorized else None
        named = self.ledger.containers.get(shown) if isinstance(shown, str) else None
        if container is None or named is None or named is container or {named.id, container.id} & self.ledger.unclear:
            return
        message = f"{doing} container {container.id} was answered with container {named.id}."
        self.failed(requirement, "answers for another container", message, seen)
