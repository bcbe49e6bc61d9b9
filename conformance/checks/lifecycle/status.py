"""LIF-1 to LIF-6, LIF-8 and LIF-9: what a container shows with each status, how that moves, and what never changes."""

from __future__ import annotations

from typing import Any

from conformance.checks.base import Check, created_at_in_lists, on, short
from conformance.checks.shared import LegalValue
from conformance.contract.lifecycle import IN_FLIGHT, STATUSES, TERMINAL, reachable
from conformance.history.containers import Container
from conformance.history.facts import Changed, ContainerRead, DecisionSent, ListedCreatedAtMoved, PageRead
from conformance.history.fields import instant, status_of
from conformance.history.ledger import Ledger
from conformance.history.messages import is_same_id
from conformance.history.observation import Observation
from conformance.history.windows import may_regenerate
from conformance.history.writes import DECISIONS


class LegalStatus(LegalValue):
    """LIF-1: a status is one of the five values, wherever a container shows it."""

    judges = ("LIF-1",)
    field, values = "status", STATUSES


class StatusMoves(Check):
    """LIF-2: between any two observations, by getContent or in a list, a status only moves forward."""

    judges = ("LIF-2",)

    def __init__(self) -> None:
        self._latest: dict[str, tuple[Observation, str]] = {}

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        """Compare the status in a container with the one that was seen before."""
        self._compare(fact.seen, fact.seen, fact.container, fact.view.get("status"))

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        if not fact.seen.authorized:
            return
        for item in fact.items:
            container = self.ledger.containers.get(item.id)
            if container is not None:
                self._compare(fact.seen, fact.seen.evidence, container, item.status)

    def _compare(self, seen: Observation, evidence: Observation, container: Container, status: object) -> None:
        if not isinstance(status, str) or status not in STATUSES or not container.is_vouched:
            return
        known = self._latest.get(container.id)
        if known is not None and known[0].precedes(seen):
            before, old = known
            if status in reachable(old):
                self.passed("LIF-2", before, evidence)
            elif not _is_explained(container, before, seen, self.ledger):
                message = f"Container {container.id} went from {old} to {status} without a regeneration."
                if self.lagged("LIF-2", message, before, seen):
                    return  # the one before is the newer of the two
                self.failed("LIF-2", f"from {old} to {status}", message, before, evidence)
        if known is None or known[0].exchange.sent_at <= seen.exchange.sent_at:
            self._latest[container.id] = (seen.evidence, status)


def _is_explained(container: Container, before: Observation, seen: Observation, ledger: Ledger) -> bool:
    """Return whether a call may have moved the status, or must not have and is accused for it by another requirement.

    A decision that moves it breaks APR-2, a clone CLO-3, and a refused call the requirement that refuses it.
    """
    change = ledger.change
    unshown = change.unshown if change else container.unshown
    calls = ledger.windows.causes(container, before, seen.exchange.received_at, unshown)
    if any(call.may_regenerate or call.operation_id in {*DECISIONS, "cloneFromPost"} for call in calls):
        return True
    writes = change.between if change else container.writes
    return any(call.refused and call.exchange.received_at > before.exchange.sent_at for call in writes)


class StatusContents(Check):
    """LIF-3, LIF-4, LIF-5 and LIF-6: what a container shows beside its status."""

    judges = ("LIF-3", "LIF-4", "LIF-5", "LIF-6")

    def __init__(self) -> None:
        self._has_failed: set[str] = set()
        self._has_ended: set[str] = set()
        self._completed: dict[str, float] = {}

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        seen, container, view = fact.seen, fact.container, fact.view
        status = status_of(view)
        # A container that left an end is not in its first generation, whoever is to blame.
        is_first = self._is_first(container)
        if status in TERMINAL:
            self._has_ended.add(container.id)
        if status in IN_FLIGHT and is_first:
            count = _length(view.get("assets"))
            message = f"Container {container.id} is {status} for the first time and shows {count} assets already."
            self.verify("LIF-3", "assets in flight", count == 0, message, seen)
        if status == "completed":
            missing = [name for name in ("assets", "captions") if _length(view.get(name)) == 0]
            message = f"Container {container.id} is completed and has no {' and no '.join(missing)}."
            self.verify("LIF-4", f"no {' and no '.join(missing)}", not missing, message, seen)
        self._last_error(fact, status)
        if status == "completed":
            self._completed[container.id] = max(self._completed.get(container.id, 0.0), seen.exchange.sent_at)

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        """Accuse an item that shows assets beside its own status; whether an item shows them at all is the target's choice."""
        if not fact.seen.authorized:
            return
        listed = {item.id for item in fact.items}
        for entry in fact.entries:
            if not isinstance(entry, dict) or status_of(entry) not in IN_FLIGHT or not _length(entry.get("assets")):
                continue
            name = entry.get("id")
            container = self.ledger.containers.get(name) if isinstance(name, str) and name in listed else None
            if container is not None and self._is_first(container):
                message = (
                    f"A list shows assets of container {container.id}, which is {entry['status']} for the first time."
                )
                self.failed("LIF-3", "assets in flight in a list", message, fact.seen.evidence)

    def _is_first(self, container: Container) -> bool:
        return container.id not in self._has_ended and container.in_first_generation

    def _last_error(self, fact: ContainerRead, status: str | None) -> None:
        container, error = fact.container, fact.view.get("lastError")
        if status == "failed":
            self._has_failed.add(container.id)
            message = f"Container {container.id} failed and its lastError is null."
            self.verify("LIF-5", "no lastError", error is not None, message, fact.seen)
        elif status == "completed" or (status is not None and not self._may_have_failed(container)):
            message = f"Container {container.id} is {status} and shows the lastError {short(error)}."
            self.verify("LIF-6", f"lastError while {status}", error is None, message, fact.seen)

    def _may_have_failed(self, container: Container) -> bool:
        """Return whether an earlier generation was read as failed, or may have failed between two reads, so that its error may stay."""
        if container.id in self._has_failed or container.made_by is None:
            return True
        completed = self._completed.get(container.id)
        if completed is None:
            return bool(container.regenerating)
        return sum(call.exchange.received_at > completed for call in container.regenerating) > 1


def _length(value: object) -> int:
    return len(value) if isinstance(value, list) else 0


class Constants(Check):
    """LIF-8: id, projectId and createdAt never change; a createdAt that a regeneration changes breaks REG-4."""

    judges = ("LIF-8",)

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        shown, asked = fact.view.get("id"), fact.container.id
        if isinstance(shown, str) and not is_same_id(shown, asked):
            self.failed("LIF-8", "another id", f"Reading container {asked} shows the id {short(shown)}.", fact.seen)

    @on(Changed)
    def changed(self, fact: Changed) -> None:
        change = fact.change
        container_id, evidence = change.container.id, (change.before, change.after)
        old, new = change.old("projectId"), change.new("projectId")
        if isinstance(old, str) and isinstance(new, str):
            message = f"Container {container_id} moved from project {short(old)} to {short(new)}."
            self.verify("LIF-8", "another project", old == new, message, *evidence)
        made = change.old("createdAt"), change.new("createdAt")
        first, second = map(instant, made)
        if first is not None and second is not None and not may_regenerate(change.causes):
            message = f"The createdAt of container {container_id} changed from {short(made[0])} to {short(made[1])}."
            self.verify("LIF-8", "another createdAt", first.microseconds == second.microseconds, message, *evidence)

    @on(DecisionSent)
    def decided(self, fact: DecisionSent) -> None:
        """Accuse the answer of a decision that shows another project or createdAt than the first read of the container."""
        seen, container = fact.seen, fact.container
        first = container.first_read if container is not None else None
        if container is None or first is None or not _is_answered(seen):
            return
        project_id, shown = seen.fields.get("projectId"), first.fields.get("projectId")
        if isinstance(project_id, str) and isinstance(shown, str) and project_id != shown:
            message = (
                f"{seen.name()} shows container {container.id} in project {short(project_id)}, not {short(shown)}."
            )
            self.failed("LIF-8", "another project in an answer", message, first, seen)
        made, before = instant(seen.fields.get("createdAt")), instant(first.fields.get("createdAt"))
        # What is no read may write an instant with another precision.
        if made is None or before is None or container.regenerating or made.same(before):
            return
        old, new = short(first.fields["createdAt"]), short(seen.fields["createdAt"])
        message = f"{seen.name()} shows container {container.id} as created at {new}, not at {old}."
        self.failed("LIF-8", "another createdAt in an answer", message, first, seen)

    @on(ListedCreatedAtMoved)
    def listed(self, fact: ListedCreatedAtMoved) -> None:
        """Accuse a createdAt that moved between two lists, where no regeneration may have moved it."""
        container = self.ledger.containers.get(fact.container_id)
        if container is None or not container.regenerating:
            message = created_at_in_lists(fact)
            self.failed("LIF-8", "another createdAt in a list", message, fact.first, fact.seen.evidence)


class UpdatedAt(Check):
    """LIF-9: updatedAt is not before createdAt, and later reads never show an earlier one."""

    judges = ("LIF-9",)

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        view, container_id, change = fact.view, fact.container.id, fact.change
        created, updated = instant(view.get("createdAt")), instant(view.get("updatedAt"))
        if updated is None:
            return
        if created is not None:
            message = f"Container {container_id} was updated at {view['updatedAt']}, before its createdAt {view['createdAt']}."
            self.verify("LIF-9", "before createdAt", created.microseconds <= updated.microseconds, message, fact.seen)
        before = instant(change.old("updatedAt")) if change else None
        if change is None or before is None:
            return
        message = f"The updatedAt of container {container_id} went back from {change.old('updatedAt')} to {view['updatedAt']}."
        stays = before.microseconds <= updated.microseconds
        if stays or not self.lagged("LIF-9", message, change.before, fact.seen):
            self.verify("LIF-9", "went back", stays, message, change.before, fact.seen)

    @on(DecisionSent)
    def decided(self, fact: DecisionSent) -> None:
        """Accuse the answer of a decision whose updatedAt lies before that of the latest read, or before its own createdAt."""
        seen, container = fact.seen, fact.container
        updated = instant(seen.fields.get("updatedAt")) if _is_answered(seen) else None
        # A replay shows what was, and a target whose reads lag may read what it answers with.
        if updated is None or container is None or fact.key.may_replay or self.ledger.facts.read_lag:
            return
        read = container.read
        before = instant(read.fields.get("updatedAt")) if read is not None and read.precedes(seen) else None
        created = instant(seen.fields.get("createdAt"))
        for kind, earlier in (("went back in an answer", before), ("before createdAt in an answer", created)):
            if earlier is not None and earlier.after(updated):
                message = f"{seen.name()} shows container {container.id} as updated at {short(seen.fields['updatedAt'])}, which is too early."
                self.failed("LIF-9", kind, message, *([read] if earlier is before and read else []), seen)
                return

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        """Accuse an item whose own times contradict each other; a list may lag behind, so that it is compared with nothing else."""
        if not fact.seen.authorized:
            return
        for entry in fact.entries:
            shown: dict[str, Any] = entry if isinstance(entry, dict) else {}
            created, updated = instant(shown.get("createdAt")), instant(shown.get("updatedAt"))
            if created is not None and updated is not None and updated.microseconds < created.microseconds:
                times = f"{short(shown['updatedAt'])}, before its createdAt {short(shown['createdAt'])}"
                message = f"A list shows container {short(shown.get('id'))} as updated at {times}."
                self.failed("LIF-9", "before createdAt in a list", message, fact.seen.evidence)
                return


def _is_answered(seen: Observation) -> bool:
    """Return whether a decision of an organization was answered with the container that it names (open reading 25)."""
    shown = seen.fields.get("id")
    return (
        seen.status == 200
        and seen.authorized
        and isinstance(shown, str)
        and is_same_id(shown, seen.params["containerId"])
    )
