"""LIF-8 and LIF-9: what of a container never changes, and that its updatedAt never goes back."""

from __future__ import annotations

from typing import Any

from conformance.checks.base import Check, on
from conformance.checks.wording import created_at_in_lists, short
from conformance.history.facts import Changed, ContainerRead, ListedCreatedAtMoved, PageRead
from conformance.history.requests import is_same_id
from conformance.history.timestamps import instant
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
        if change is not None and before is not None:
            self.verify(
                "LIF-9",
                "went back",
                before.microseconds <= updated.microseconds,
                lambda: (
                    f"The updatedAt of container {container_id} went back from {change.old('updatedAt')} "
                    f"to {view['updatedAt']}."
                ),
                change.before,
                fact.seen,
            )

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


CHECKS: tuple[type[Check], ...] = (Constants, UpdatedAt)
