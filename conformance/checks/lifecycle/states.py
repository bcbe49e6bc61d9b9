"""Judges of a container's life: its status, what each status shows, and what never changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.checks.findings import Check, Finding, failed, passed, verify
from conformance.checks.lifecycle.ending import ENDING_CHECKS
from conformance.checks.wording import short
from conformance.contract.lifecycle import IN_FLIGHT, STATUSES, TERMINAL, reachable
from conformance.history.causes import (
    DECISIONS,
    causes,
    causes_of,
    first_generation,
    may_regenerate,
    status_of,
    vouched,
)
from conformance.history.ledger import Container, Ledger
from conformance.history.observation import Seen
from conformance.history.requests import is_same_id
from conformance.history.timestamps import Instant, instant
from conformance.history.walks import entries_of, item_of, without_body


class LegalStatus(Check):
    """LIF-1: a status is one of the five values, wherever a container shows it."""

    judges = ("LIF-1",)

    def observe(self, seen: Seen, ledger: Ledger) -> Iterable[Finding]:  # noqa: ARG002 - one answer tells
        """Judge every status in a container or a list."""
        view = seen.container_view
        if view is not None and "status" in view:
            yield from self._judge(seen, [(seen.params["containerId"], view["status"])])
        entries = entries_of(seen)
        if entries:
            yield from self._judge(
                seen,
                [(item.get("id"), item["status"]) for item in entries if isinstance(item, dict) and "status" in item],
            )

    def _judge(self, seen: Seen, statuses: list[tuple[object, object]]) -> Iterator[Finding]:
        wrong = [pair for pair in statuses if not (isinstance(pair[1], str) and pair[1] in STATUSES)]
        for container_id, status in wrong:
            yield failed("LIF-1", f"Container {short(container_id)} shows the status {short(status)}.", seen)
        if statuses and not wrong:
            yield passed("LIF-1", seen)


class StatusMoves(Check):
    """LIF-2: between any two observations, by getContent or in a list, a status only moves forward."""

    judges = ("LIF-2",)

    def __init__(self) -> None:
        self._latest: dict[str, tuple[Seen, str]] = {}

    def observe(self, seen: Seen, ledger: Ledger) -> Iterable[Finding]:
        """Compare a status with the one that was seen before."""
        view = seen.container_view
        if view is not None:
            yield from self._compare(seen, seen, seen.params["containerId"], view.get("status"), ledger)
        entries = entries_of(seen) if seen.authorized else None
        if entries:
            evidence = without_body(seen)
            for item in filter(None, map(item_of, entries)):
                if item.id in ledger.containers:
                    yield from self._compare(seen, evidence, item.id, item.status, ledger)

    def _compare(
        self, seen: Seen, evidence: Seen, container_id: str, status: object, ledger: Ledger
    ) -> Iterator[Finding]:
        container = ledger.containers[container_id]
        if not isinstance(status, str) or status not in STATUSES or not vouched(container):
            return
        known = self._latest.get(container_id)
        if known is not None and known[0].precedes(seen):
            before, old = known
            unshown = ledger.change.unshown if ledger.change else container.unshown
            if status in reachable(old):
                yield passed("LIF-2", before, evidence)
            elif not _explained(
                container, before, causes(container, before, seen.exchange.received_at, ledger, unshown), ledger
            ):
                yield failed(
                    "LIF-2",
                    f"Container {container_id} went from {old} to {status} without a regeneration.",
                    before,
                    evidence,
                )
        if known is None or known[0].exchange.sent_at <= seen.exchange.sent_at:
            self._latest[container_id] = (without_body(seen), status)


def _explained(container: Container, before: Seen, calls: list[Seen], ledger: Ledger) -> bool:
    """Tell whether a call may have moved the status, or must not have and is accused for it by another requirement.

    A decision that moves it breaks APR-2, a clone CLO-3, and a refused call the requirement that refuses it.
    """
    if any(call.may_regenerate or call.operation_id in {*DECISIONS, "cloneFromPost"} for call in calls):
        return True
    writes = ledger.change.between if ledger.change else container.writes
    return any(call.refused and call.exchange.received_at > before.exchange.sent_at for call in writes)


class WhatAStatusShows(Check):
    """LIF-3, LIF-4, LIF-5 and LIF-6: the assets, captions and lastError that go with each status."""

    judges = ("LIF-3", "LIF-4", "LIF-5", "LIF-6")

    def __init__(self) -> None:
        self._has_failed: set[str] = set()
        self._has_ended: set[str] = set()
        self._completed: dict[str, float] = {}

    def observe(self, seen: Seen, ledger: Ledger) -> Iterable[Finding]:
        """Judge one read of a container."""
        view = seen.container_view
        if view is None:
            return
        container_id, status = seen.params["containerId"], status_of(view)
        # What goes back from an end is not in its first generation, whoever is to blame.
        first = container_id not in self._has_ended and first_generation(ledger.containers[container_id])
        if status in TERMINAL:
            self._has_ended.add(container_id)
        if status in IN_FLIGHT and first:
            count = _length(view.get("assets"))
            message = f"Container {container_id} is {status} for the first time and shows {count} assets already."
            yield from verify("LIF-3", count == 0, message, seen)
        if status == "completed":
            missing = [name for name in ("assets", "captions") if _length(view.get(name)) == 0]
            yield from verify(
                "LIF-4",
                not missing,
                f"Container {container_id} is completed and has no {' and no '.join(missing)}.",
                seen,
            )
        yield from self._last_error(seen, ledger.containers[container_id], status, view.get("lastError"))
        if status == "completed":
            self._completed[container_id] = max(self._completed.get(container_id, 0.0), seen.exchange.sent_at)

    def _last_error(self, seen: Seen, container: Container, status: str | None, error: object) -> Iterator[Finding]:
        container_id = container.id
        if status == "failed":
            self._has_failed.add(container_id)
            yield from verify(
                "LIF-5", error is not None, f"Container {container_id} failed and its lastError is null.", seen
            )
        elif status == "completed" or (status is not None and not self._may_have_failed(container)):
            message = f"Container {container_id} is {status} and shows the lastError {short(error)}."
            yield from verify("LIF-6", error is None, message, seen)

    def _may_have_failed(self, container: Container) -> bool:
        """Tell whether an earlier generation was read as failed, or may have failed between two reads, so that its error may stay."""
        if container.id in self._has_failed or container.made_by is None:
            return True
        completed = self._completed.get(container.id)
        unread = [
            call
            for call in container.influences
            if call.may_regenerate and (completed is None or call.exchange.received_at > completed)
        ]
        return len(unread) > (0 if completed is None else 1)


def _length(value: object) -> int:
    return len(value) if isinstance(value, list) else 0


class WhatNeverChanges(Check):
    """LIF-8, and for createdAt across a regeneration REG-4."""

    judges = ("LIF-8", "REG-4")

    def __init__(self) -> None:
        self._listed: dict[str, tuple[Seen, str, Instant]] = {}

    def observe(self, seen: Seen, ledger: Ledger) -> Iterable[Finding]:
        """Compare a read or a list with an earlier one."""
        view = seen.container_view
        if view is not None:
            shown = view.get("id")
            if isinstance(shown, str) and not is_same_id(shown, seen.params["containerId"]):
                message = f"Reading container {seen.params['containerId']} shows the id {short(shown)}."
                yield failed("LIF-8", message, seen)
            yield from self._reads(ledger)
        entries = entries_of(seen) if seen.authorized else None
        if entries:
            yield from self._items(seen, entries, ledger)

    def _reads(self, ledger: Ledger) -> Iterator[Finding]:
        change = ledger.change
        if change is None:
            return
        container_id, evidence = change.container.id, (change.before, change.after)
        old, new = change.old("projectId"), change.new("projectId")
        if isinstance(old, str) and isinstance(new, str):
            message = f"Container {container_id} moved from project {short(old)} to {short(new)}."
            yield from verify("LIF-8", old == new, message, *evidence)
        first, second = instant(change.old("createdAt")), instant(change.new("createdAt"))
        if first is None or second is None:
            return
        message = (
            f"The createdAt of container {container_id} changed from {short(change.old('createdAt'))} "
            f"to {short(change.new('createdAt'))}"
        )
        if may_regenerate(causes_of(change, ledger)):
            yield from verify(
                "REG-4", first.microseconds == second.microseconds, f"{message} by a regeneration.", *evidence
            )
        else:
            yield from verify("LIF-8", first.microseconds == second.microseconds, f"{message}.", *evidence)

    def _items(self, seen: Seen, entries: list[object], ledger: Ledger) -> Iterator[Finding]:
        evidence = without_body(seen)
        for item in filter(None, map(item_of, entries)):
            moment = instant(item.created_at)
            if moment is None:
                continue
            first, created, moment_then = self._listed.setdefault(item.id, (evidence, item.created_at, moment))
            if first is not evidence and moment.microseconds != moment_then.microseconds:
                container = ledger.containers.get(item.id)
                requirement = "REG-4" if container and may_regenerate(container.influences) else "LIF-8"
                message = f"Lists show container {short(item.id)} as created at {created} and at {item.created_at}."
                yield failed(requirement, message, first, evidence)


class UpdatedAt(Check):
    """LIF-9: updatedAt is not before createdAt, and later reads never show an earlier one."""

    judges = ("LIF-9",)

    def observe(self, seen: Seen, ledger: Ledger) -> Iterable[Finding]:
        """Judge one read of a container, or the items of a list by themselves."""
        view = seen.container_view
        if view is None:
            yield from self._items(seen)
            return
        container_id, updated = seen.params["containerId"], instant(view.get("updatedAt"))
        created = instant(view.get("createdAt"))
        if updated is not None and created is not None:
            message = f"Container {container_id} was updated at {view['updatedAt']}, before its createdAt {view['createdAt']}."
            yield from verify("LIF-9", created.microseconds <= updated.microseconds, message, seen)
        change = ledger.change
        before = instant(change.old("updatedAt")) if change else None
        if change is not None and updated is not None and before is not None:
            message = f"The updatedAt of container {container_id} went back from {change.old('updatedAt')} to {view['updatedAt']}."
            yield from verify("LIF-9", before.microseconds <= updated.microseconds, message, change.before, seen)

    @staticmethod
    def _items(seen: Seen) -> Iterator[Finding]:
        """Accuse an item whose own times contradict each other; a list may lag behind, so that it is compared with nothing else."""
        for item in (entries_of(seen) or ()) if seen.authorized else ():
            shown = item if isinstance(item, dict) else {}
            created, updated = instant(shown.get("createdAt")), instant(shown.get("updatedAt"))
            if created is not None and updated is not None and updated.microseconds < created.microseconds:
                times = f"{short(shown['updatedAt'])}, before its createdAt {short(shown['createdAt'])}"
                yield failed(
                    "LIF-9",
                    f"A list shows container {short(shown.get('id'))} as updated at {times}.",
                    without_body(seen),
                )
                return


CHECKS: tuple[type[Check], ...] = (
    LegalStatus,
    StatusMoves,
    WhatAStatusShows,
    WhatNeverChanges,
    UpdatedAt,
    *ENDING_CHECKS,
)
