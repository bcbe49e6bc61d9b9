"""LIF-8 and LIF-9: what of a container never changes, and that its updatedAt never goes back."""

from __future__ import annotations

from typing import Any

from conformance.checks.base import Check, on
from conformance.checks.wording import created_at_in_lists, short
from conformance.history.facts import Changed, ContainerRead, DecisionSent, ListedCreatedAtMoved, PageRead
from conformance.history.fields import instant
from conformance.history.messages import is_same_id
from conformance.history.observation import Observation
from conformance.history.windows import may_regenerate


class Constants(Check):
    """LIF-8: id, projectId and createdAt never change; a createdAt that a regeneration changes breaks REG-4."""

    judges = ("LIF-8",)

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        """Judge the id that a read shows."""
        shown, asked = fact.view.get("id"), fact.container.id
        if isinstance(shown, str) and not is_same_id(shown, asked):
            self.failed("LIF-8", "another id", f"Reading container {asked} shows the id {short(shown)}.", fact.seen)

    @on(Changed)
    def changed(self, fact: Changed) -> None:
        """Compare two reads."""
        change = fact.change
        container_id, evidence = change.container.id, (change.before, change.after)
        old, new = change.old("projectId"), change.new("projectId")
        if isinstance(old, str) and isinstance(new, str):
            self.verify(
                "LIF-8",
                "another project",
                old == new,
                lambda: f"Container {container_id} moved from project {short(old)} to {short(new)}.",
                *evidence,
            )
        made = change.old("createdAt"), change.new("createdAt")
        first, second = map(instant, made)
        if first is not None and second is not None and not may_regenerate(change.causes):
            self.verify(
                "LIF-8",
                "another createdAt",
                first.microseconds == second.microseconds,
                lambda: f"The createdAt of container {container_id} changed from {short(made[0])} to {short(made[1])}.",
                *evidence,
            )

    @on(DecisionSent)
    def decided(self, fact: DecisionSent) -> None:
        """Accuse the answer of a decision that shows another project or createdAt than the first read of the container."""
        seen, container = fact.seen, fact.container
        first = container.first_read if container is not None else None
        if container is None or first is None or not _is_answered(seen):
            return
        told, shown = seen.fields.get("projectId"), first.fields.get("projectId")
        if isinstance(told, str) and isinstance(shown, str) and told != shown:
            message = f"{seen.name()} shows container {container.id} in project {short(told)}, not {short(shown)}."
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
        """Judge one read, by itself and beside the read before."""
        view, container_id, change = fact.view, fact.container.id, fact.change
        created, updated = instant(view.get("createdAt")), instant(view.get("updatedAt"))
        if updated is None:
            return
        if created is not None:
            self.verify(
                "LIF-9",
                "before createdAt",
                created.microseconds <= updated.microseconds,
                lambda: (
                    f"Container {container_id} was updated at {view['updatedAt']}, "
                    f"before its createdAt {view['createdAt']}."
                ),
                fact.seen,
            )
        before = instant(change.old("updatedAt")) if change else None
        if change is None or before is None:
            return
        message = f"The updatedAt of container {container_id} went back from {change.old('updatedAt')} to {view['updatedAt']}."
        stays = before.microseconds <= updated.microseconds
        if stays or not self.lagged("LIF-9", message, change.before, fact.seen):
            self.verify("LIF-9", "went back", stays, lambda: message, change.before, fact.seen)

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


CHECKS: tuple[type[Check], ...] = (Constants, UpdatedAt)
