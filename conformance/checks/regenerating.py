"""Checks of regenerating (REG): its answer, its patch, that it ends, and what it leaves unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.checks.base import Check, changes, created_at_in_lists, on, short
from conformance.checks.findings import in_answer
from conformance.checks.shared import EndsInTime
from conformance.contract.validity import Unparsed, Validity
from conformance.history.containers import Container, Generation
from conformance.history.facts import (
    CallSettled,
    Changed,
    ContainerRead,
    EndedJobReadAgain,
    JobRequest,
    ListedCreatedAtMoved,
    RegenerateSent,
    RejectSent,
)
from conformance.history.fields import BRIEF_FIELDS, instant, status_of
from conformance.history.messages import ABSENT
from conformance.history.observation import Observation
from conformance.history.windows import is_fresh_view, may_have_regenerated, may_lag, may_regenerate


class RegenerateIsAccepted(Check):
    """REG-1: a regenerate of a completed container is answered 202 with a new job and the same container.

    No page says whether a container that failed or was canceled can be regenerated (open reading 26).
    """

    judges = ("REG-1",)

    @on(RegenerateSent)
    def regenerate(self, fact: RegenerateSent) -> None:
        """Judge the envelope in the answer of 202 to a call with an unused key."""
        seen, container = fact.seen, fact.container
        if seen.status != 202 or not fact.key.is_unused or container is None or seen.actor != container.owner:
            return
        job_id, named = seen.fields.get("jobId"), seen.fields.get("containerId")
        start = f"Regenerating container {container.id} was answered"
        if isinstance(named, str) and named != container.id:
            self.failed("REG-1", "another container", f"{start} with container {short(named)}.", seen)
        elif not isinstance(job_id, str):
            self.failed("REG-1", "no jobId", f"{start} 202 without a jobId.", seen)
        elif not isinstance(named, str):
            self.failed("REG-1", "no containerId", f"{start} 202 without a containerId.", seen)
        elif fact.started is None:
            known = self.ledger.named(job_id)
            message = f"{start} with job {short(job_id)}, which is not new."
            self.failed("REG-1", "an old job", message, *([known.accepted] if known else []), seen)
        else:
            self.passed("REG-1", seen)

    @on(CallSettled)
    def settled(self, fact: CallSettled) -> None:
        """Judge any other answer, unless another call may have changed the container or archived its project."""
        call, stood = fact.seen, fact.standing
        if stood is None or not isinstance(fact.wrote, RegenerateSent) or not fact.wrote.key.is_unused:
            return
        status, container = call.status, stood.container
        if status_of(stood.read.fields) != "completed":
            return
        if status == 202 or call.actor != container.owner or not _is_plain(call) or call.may_object_to_form:
            return
        is_absent = status in ABSENT
        if not is_absent and (not (call.ok or status in {400, 409, 422}) or stood.moved_before(call)):
            return
        if self.ledger.windows.archived(container.project_id):
            return
        if status in {400, 422} and call.validity is not Validity.PLAIN:
            return
        message = f"Regenerating container {container.id}, which is completed, was answered {status}."
        kind = "no such operation" if is_absent else "not 202" if call.ok else "refused"
        self.failed("REG-1", kind, message, stood.read, call)


def _is_plain(call: Observation) -> bool:
    return call.validity is Validity.PLAIN or (call.validity is Validity.VALID and call.body is Unparsed.ABSENT)


@dataclass(frozen=True, slots=True)
class _Patched:
    """The brief that an accepted regeneration must lead to; `kept` are the fields that its patch does not name."""

    generation: Generation
    before: Observation
    brief: dict[str, Any]
    kept: frozenset[str]


class PatchAppliesToBrief(Check):
    """REG-2: the fields of a brief that a patch names are replaced, and the others keep their values."""

    judges = ("REG-2",)

    def __init__(self) -> None:
        self._expected: dict[str, _Patched] = {}

    @on(RegenerateSent, RejectSent)
    def regeneration(self, fact: RegenerateSent | RejectSent) -> None:
        if fact.started is not None and fact.seen.may_regenerate:
            self._note(fact.started, fact.seen, self.ledger.containers[fact.started.container_id])

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        seen, container = fact.seen, fact.container
        expected = self._expected.get(container.id)
        if expected is None or not expected.generation.accepted.precedes(seen):
            return
        # A replay starts nothing, so that the brief must stay what the latest regeneration made it.
        if container.latest_start > expected.generation.accepted.exchange.sent_at:
            return
        # Whether a canceled regeneration leaves its patch in the brief is open; the next one starts from what a read shows.
        if status_of(fact.view) in {"completed", "failed"} and is_fresh_view(container, seen):
            self._judge(expected, container, seen)

    def _note(self, started: Generation, seen: Observation, container: Container) -> None:
        read = container.read
        earlier = self._expected.pop(container.id, None)
        others = [one.accepted for one in container.generations if one is not started]
        sent_before = [call.exchange.sent_at for call in others]
        # Which of two overlapping calls took effect last is unknown.
        if any(call is not seen and call.overlaps(seen) for call in container.regenerating):
            return
        if read is None or not read.precedes(seen) or (seen.sent_brief and seen.validity is Validity.UNCLEAR):
            return
        # A read that was sent before the generation before this one shows a brief that may have been patched since.
        if sent_before and max(sent_before) > read.exchange.sent_at and earlier is None:
            return
        old = read.fields.get("brief")
        if not isinstance(old, dict) or may_have_regenerated(container, read, seen):
            return
        base = {name: old.get(name) for name in BRIEF_FIELDS}
        if earlier is not None and earlier.generation.accepted.exchange.received_at > read.exchange.sent_at:
            base = earlier.brief
        elif any(call.may_regenerate and may_lag(read, call, container.read_lag) for call in others):
            return
        patch = {name: value for name, value in (seen.sent_brief or {}).items() if name in BRIEF_FIELDS}
        known = {name: value for name, value in (base | patch).items() if value is not None}
        self._expected[container.id] = _Patched(started, read, known, frozenset(known) - frozenset(patch))

    def _judge(self, expected: _Patched, container: Container, seen: Observation) -> None:
        brief = seen.fields.get("brief")
        shown = brief if isinstance(brief, dict) else {}
        wrong = [name for name, value in expected.brief.items() if shown.get(name) != value]
        accepted = expected.generation.accepted
        for name in wrong:
            field = f"brief.{name} of container {container.id}"
            values = f"{short(shown.get(name))}, not {short(expected.brief[name])}"
            if name in expected.kept:
                kind = f"{name} not kept"
                message = f"The patch of a regeneration did not name {field}, which is now {values}."
            else:
                kind = f"{name} not patched"
                message = f"The patch of a regeneration named {field}, which is now {values}."
            at = in_answer(seen, "brief", name, expected=expected.brief[name])
            self.failed("REG-2", kind, message, expected.before, accepted, seen, at=at)
        if not wrong:
            self.passed("REG-2", expected.before, accepted, seen)


class RegenerationsEnd(EndsInTime):
    """REG-4: every accepted regeneration reaches a terminal status in time."""

    judges = ("REG-4",)
    operations = frozenset({"regenerateContent", "rejectContent"})


class RegenerationKeepsCreatedAt(Check):
    """REG-4: a regeneration does not change createdAt."""

    judges = ("REG-4",)

    @on(Changed)
    def changed(self, fact: Changed) -> None:
        change = fact.change
        if not may_regenerate(change.causes):
            return
        made = change.old("createdAt"), change.new("createdAt")
        first, second = map(instant, made)
        if first is not None and second is not None:
            message = f"A regeneration changed the createdAt of container {change.container.id} from {short(made[0])} to {short(made[1])}."
            self.verify(
                "REG-4",
                "another createdAt",
                first.microseconds == second.microseconds,
                message,
                change.before,
                change.after,
            )

    @on(ListedCreatedAtMoved)
    def listed(self, fact: ListedCreatedAtMoved) -> None:
        """Judge a createdAt that differs between two lists, where a regeneration may have changed it."""
        container = self.ledger.containers.get(fact.container_id)
        if container is not None and container.regenerating:
            message = created_at_in_lists(fact)
            self.failed("REG-4", "another createdAt in a list", message, fact.first, fact.seen.evidence)


class EarlierJobsRemain(Check):
    """REG-5: the jobs of earlier generations can still be read, and do not change."""

    judges = ("REG-5",)

    @on(JobRequest)
    def request(self, fact: JobRequest) -> None:
        """Judge whether the caller can still read the job of an earlier generation."""
        seen, generation = fact.seen, fact.generation
        if generation is None or generation.accepted.actor != seen.actor:
            return
        if seen.is_turned_away and fact.was_superseded:
            message = f"Job {generation.job_id} was accepted, but reading it was answered {seen.status}."
            self.failed("REG-5", "cannot be read", message, generation.accepted, seen)

    @on(EndedJobReadAgain)
    def read_again(self, fact: EndedJobReadAgain) -> None:
        """Judge whether a job that had ended before a regeneration is unchanged."""
        if not fact.was_regenerated:
            return
        message = f"Job {short(fact.job_id)} changed its {changes(fact.changed)} after it had ended."
        if fact.runs_again and self.lagged("REG-5", message, fact.first, fact.seen):
            return
        self.verify("REG-5", f"changed {' and '.join(fact.changed)}", not fact.changed, message, fact.first, fact.seen)


class InvalidPatchRefused(Check):
    """REG-6: a regenerate whose body breaks the schema is not accepted."""

    judges = ("REG-6",)

    @on(RegenerateSent)
    def regenerate(self, fact: RegenerateSent) -> None:
        """Judge the answer to a body that breaks a documented type, or is not JSON."""
        seen = fact.seen
        if seen.ok and seen.authorized and seen.validity in {Validity.INVALID, Validity.MALFORMED}:
            message = f"A regenerate was answered {seen.status} although {seen.invalid_because}."
            self.failed("REG-6", "accepted", message, seen)
