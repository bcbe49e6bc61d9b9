"""Judges of regenerating: the answer, the brief that it leaves, and the patch that must be refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from conformance.checks.findings import Check, Finding, failed, passed
from conformance.checks.late import LateCheck
from conformance.checks.wording import short
from conformance.contract.validity import Unparsed, Validity
from conformance.history.causes import (
    Standing,
    is_fresh_view,
    latest_start,
    may_have_regenerated,
    standing,
    status_of,
)
from conformance.history.fields import BRIEF_FIELDS
from conformance.history.ledger import Container, Generation, Ledger
from conformance.history.observation import Observation
from conformance.history.requests import ABSENT, may_object_to_form


class RegenerateAnswers(LateCheck[Standing]):
    """REG-1: a regenerate of a container at rest answers 202 with a new job and the same container."""

    judges = ("REG-1",)

    def look(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge the answer to a fresh call, and keep a refusal."""
        if not seen.is_write or not self._keys.is_fresh(seen) or seen.operation_id != "regenerateContent":
            return
        container_id = seen.params["containerId"]
        container = ledger.containers.get(container_id)
        if container is None or seen.actor != container.owner:
            return
        if seen.status == 202:
            yield from self._accepted(seen, container_id, ledger)
            return
        stood = standing(container, seen)
        plain = seen.validity is Validity.PLAIN or (seen.validity is Validity.VALID and seen.body is Unparsed.ABSENT)
        if stood is not None and plain and not seen.may_object_to_form:
            self.keep(seen, stood)

    def _accepted(self, seen: Observation, container_id: str, ledger: Ledger) -> Iterator[Finding]:
        job_id, named = seen.fields.get("jobId"), seen.fields.get("containerId")
        if isinstance(named, str) and named != container_id:
            yield failed(
                "REG-1", f"Regenerating container {container_id} answered with container {short(named)}.", seen
            )
        elif not isinstance(job_id, str):
            yield failed("REG-1", f"Regenerating container {container_id} answered 202 without a jobId.", seen)
        elif not isinstance(named, str):
            yield failed("REG-1", f"Regenerating container {container_id} answered 202 without a containerId.", seen)
        elif ledger.started is None:
            known = ledger.jobs.get(job_id)
            message = (
                f"Regenerating container {container_id} answered with job {short(job_id)}, which is not a new one."
            )
            yield failed("REG-1", message, *([known.accepted] if known else []), seen)
        else:
            yield passed("REG-1", seen)

    def judge(self, call: Observation, stood: Standing, ledger: Ledger) -> Iterator[Finding]:
        """Accuse a refusal, unless the container may have been moved or its project archived."""
        status, container = call.status, stood.container
        absent = status in ABSENT
        if not (absent or call.ok or status in {400, 409, 422}) or (not absent and stood.moved_before(call, ledger)):
            return
        if container.project_id is not None and ledger.windows.archived(container.project_id):
            return
        if status in {400, 422} and call.validity is not Validity.PLAIN:
            return
        message = (
            f"Regenerating container {container.id}, which is {stood.read.fields['status']}, was answered {status}."
        )
        yield failed("REG-1", message, stood.read, call)


@dataclass(frozen=True, slots=True)
class Patched:
    """What an accepted regeneration must leave of a brief; `kept` names the fields that its patch does not."""

    generation: Generation
    before: Observation
    brief: dict[str, Any]
    kept: frozenset[str]


class PatchedBrief(Check):
    """REG-2: the fields that a patch names are replaced, and the others keep their values."""

    judges = ("REG-2",)

    def __init__(self) -> None:
        self._expected: dict[str, Patched] = {}

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Work out what an accepted regeneration must leave, and judge the reads of its outcome."""
        started = ledger.started
        if started is not None and seen.may_regenerate and seen.operation_id != "cloneFromPost":
            self._expect(started, seen, ledger.containers[started.container_id])
        if seen.container_view is None:
            return
        container = ledger.containers[seen.params["containerId"]]
        expected = self._expected.get(container.id)
        if expected is None or not expected.generation.accepted.precedes(seen):
            return
        # A replay starts nothing, so that it must leave the brief as the latest regeneration has made it.
        if latest_start(container) > expected.generation.accepted.exchange.sent_at:
            return
        if status_of(seen.fields) in {"completed", "failed"} and is_fresh_view(container, seen):
            yield from self._judge(expected, container, seen)

    def _expect(self, started: Generation, seen: Observation, container: Container) -> None:
        read = container.read
        earlier = self._expected.pop(container.id, None)
        sent_before = [one.accepted.exchange.sent_at for one in container.generations if one is not started]
        # Of two that overlap, nobody knows which came last.
        if any(call.may_regenerate and call is not seen and call.overlaps(seen) for call in container.influences):
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
        patch = {name: value for name, value in (seen.sent_brief or {}).items() if name in BRIEF_FIELDS}
        known = {name: value for name, value in (base | patch).items() if value is not None}
        self._expected[container.id] = Patched(started, read, known, frozenset(known) - frozenset(patch))

    def _judge(self, expected: Patched, container: Container, seen: Observation) -> Iterator[Finding]:
        brief = seen.fields.get("brief")
        shown = brief if isinstance(brief, dict) else {}
        wrong = [name for name, value in expected.brief.items() if shown.get(name) != value]
        accepted = expected.generation.accepted
        for name in wrong:
            told = f"brief.{name} of container {container.id}"
            values = f"{short(shown.get(name))}, not {short(expected.brief[name])}"
            if name in expected.kept:
                message = f"The regeneration's patch did not name {told}, which now is {values}."
            else:
                message = f"The regeneration's patch named {told}, which now is {values}."
            yield failed("REG-2", message, expected.before, accepted, seen)
        if not wrong:
            yield passed("REG-2", expected.before, accepted, seen)


class BrokenPatch(Check):
    """REG-6: a body that breaks the schema is not accepted."""

    judges = ("REG-6",)

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:  # noqa: ARG002 - one answer tells
        """Judge a regenerate that breaks a stated type, or is not JSON."""
        broken = seen.validity in {Validity.INVALID, Validity.MALFORMED}
        if seen.operation_id == "regenerateContent" and seen.authorized and broken and seen.ok:
            message = f"A regenerate was answered {seen.status} although {seen.invalid_because}."
            yield failed("REG-6", message, seen)


CHECKS: tuple[type[Check], ...] = (RegenerateAnswers, PatchedBrief, BrokenPatch)
