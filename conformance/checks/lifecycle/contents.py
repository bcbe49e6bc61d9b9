"""LIF-3 to LIF-6: the assets, captions and lastError that go with each status."""

from __future__ import annotations

from conformance.checks.base import Check, on
from conformance.checks.wording import short
from conformance.contract.lifecycle import IN_FLIGHT, TERMINAL
from conformance.history.containers import Container
from conformance.history.facts import ContainerRead, PageRead
from conformance.history.fields import status_of


class StatusContents(Check):
    """LIF-3, LIF-4, LIF-5 and LIF-6: what a container shows beside its status."""

    judges = ("LIF-3", "LIF-4", "LIF-5", "LIF-6")

    def __init__(self) -> None:
        self._has_failed: set[str] = set()
        self._has_ended: set[str] = set()
        self._completed: dict[str, float] = {}

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        """Judge one read of a container."""
        seen, container, view = fact.seen, fact.container, fact.view
        status = status_of(view)
        # A container that left an end is not in its first generation, whoever is to blame.
        is_first = self._is_first(container)
        if status in TERMINAL:
            self._has_ended.add(container.id)
        if status in IN_FLIGHT and is_first:
            count = _length(view.get("assets"))
            self.verify(
                "LIF-3",
                "assets in flight",
                count == 0,
                lambda: f"Container {container.id} is {status} for the first time and shows {count} assets already.",
                seen,
            )
        if status == "completed":
            missing = [name for name in ("assets", "captions") if _length(view.get(name)) == 0]
            self.verify(
                "LIF-4",
                f"no {' and no '.join(missing)}",
                not missing,
                lambda: f"Container {container.id} is completed and has no {' and no '.join(missing)}.",
                seen,
            )
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
            self.verify(
                "LIF-5",
                "no lastError",
                error is not None,
                lambda: f"Container {container.id} failed and its lastError is null.",
                fact.seen,
            )
        elif status == "completed" or (status is not None and not self._may_have_failed(container)):
            self.verify(
                "LIF-6",
                f"lastError while {status}",
                error is None,
                lambda: f"Container {container.id} is {status} and shows the lastError {short(error)}.",
                fact.seen,
            )

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


CHECKS: tuple[type[Check], ...] = (StatusContents,)
