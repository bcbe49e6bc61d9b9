"""Judges of approval: its values, what completion makes of it, and that it stands apart from the status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from conformance.checks.approval.decisions import DECIDING_CHECKS
from conformance.checks.findings import Check, Finding, failed, passed, verify
from conformance.checks.listing.paging import Limit, limit_kind
from conformance.checks.wording import short
from conformance.contract.lifecycle import APPROVAL_STATUSES, TERMINAL
from conformance.history.causes import (
    DECISIONS,
    assets_of,
    causes,
    causes_of,
    first_generation,
    is_fresh_view,
    latest_start,
    may_have_regenerated,
    status_of,
    vouched,
)
from conformance.history.fields import documented, lost
from conformance.history.ledger import Container, Ledger
from conformance.history.observation import Observation
from conformance.history.settled import UNANSWERED_FOR
from conformance.history.walks import entries_of, item_of, without_body

DECIDED_BY = {"approved": "approveContent", "rejected": "rejectContent"}


class LegalApproval(Check):
    """APR-1: an approvalStatus is one of the four values, wherever a container shows it."""

    judges = ("APR-1",)

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:  # noqa: ARG002 - one answer tells
        """Judge every approvalStatus in a container, a list, or the answer to a decision."""
        shown: list[tuple[object, object]] = []
        decided = seen.operation_id in DECISIONS and seen.status == 200 and seen.authorized
        if seen.container_view is not None or decided:
            shown = [
                (seen.params["containerId"], seen.fields[name]) for name in ("approvalStatus",) if name in seen.fields
            ]
        else:
            entries = entries_of(seen) or ()
            shown = [
                (item.get("id"), item["approvalStatus"])
                for item in entries
                if isinstance(item, dict) and "approvalStatus" in item
            ]
        wrong = [pair for pair in shown if not (isinstance(pair[1], str) and pair[1] in APPROVAL_STATUSES)]
        for container_id, value in wrong:
            yield failed("APR-1", f"Container {short(container_id)} shows the approvalStatus {short(value)}.", seen)
        if shown and not wrong:
            yield passed("APR-1", seen)


class DecidingChangesNothingElse(Check):
    """APR-2: between two reads with nothing but accepted decisions between, only approvalStatus moves."""

    judges = ("APR-2",)

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Compare the reads around accepted decisions."""
        change = ledger.change
        if change is None or not vouched(change.container):
            return
        calls = causes_of(change, ledger)
        if not calls or not all(
            call.ok and call.operation_id in DECISIONS and not call.may_regenerate for call in calls
        ):
            return
        if change.was_in_flight:
            moved = ["brief"] if lost(change.old("brief"), change.new("brief")) else []
        else:
            names = ["status", "assets", "captions", "brief"]
            moved = [name for name in names if _lasting(name, change.old(name)) != _lasting(name, change.new(name))]
        done = " and ".join(
            sorted({"a reject" if call.operation_id == "rejectContent" else "an approve" for call in calls})
        )
        changes = " and ".join(f"{name} from {short(change.old(name))} to {short(change.new(name))}" for name in moved)
        message = f"{done.capitalize()} changed the {changes} of container {change.container.id}."
        yield from verify("APR-2", not moved, message, change.before, *calls, seen)


def _lasting(name: str, value: Any) -> Any:
    # The URLs of assets are AST-2's.
    if name == "assets":
        return documented("assets", [{**asset, "url": None} for asset in assets_of({"assets": value})])
    return documented(name, value)


class _Refusals:
    """When a decision on a container was refused last, by what it would have made of it."""

    def __init__(self) -> None:
        self._at: dict[tuple[str, str], float] = {}

    def note(self, seen: Observation) -> None:
        """Take in an exchange."""
        if seen.operation_id in DECISIONS and seen.refused:
            self._at[seen.params["containerId"], seen.operation_id] = seen.exchange.received_at

    def since(self, container: Container, approval: str) -> float:
        """Give the moment since which no call was refused that would have made this approval, seconds since the epoch."""
        return self._at.get((container.id, DECIDED_BY.get(approval, "")), float("-inf"))


class WhatCompletionMakes(Check):
    """APR-3, APR-4 and APR-10: the approvalStatus of a container on which nobody has decided, by its project's policy."""

    judges = ("APR-3", "APR-4", "APR-10")

    def __init__(self) -> None:
        self._refused = _Refusals()

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge a container of a project whose policy is known."""
        self._refused.note(seen)
        if seen.container_view is None:
            return
        container = ledger.containers[seen.params["containerId"]]
        approval = seen.fields.get("approvalStatus")
        review = ledger.project(container.project_id).review if container.project_id else None
        if container.made_by is None or review is None or not isinstance(approval, str):
            return
        made = container.made_by.accepted
        # A refused call that decided all the same is accused by the judge of refused calls, until the next generation wipes it out.
        if self._refused.since(container, approval) > latest_start(container):
            return
        if not review:
            if not _decided_since(container, made.exchange.sent_at):
                message = f"Container {container.id} is {short(approval)} in a project that requires no review."
                yield from verify("APR-4", approval == "not_required", message, made, seen)
            return
        if status_of(seen.fields) != "completed":
            return
        if _decided_since(container, latest_start(container)) or not is_fresh_view(container, seen):
            return
        if first_generation(container):
            message = f"Container {container.id} completed in a project that requires review, and is {short(approval)}."
            yield from verify("APR-3", approval == "pending", message, made, seen)
            return
        latest = max(container.generations, key=lambda one: one.accepted.exchange.sent_at).accepted
        # What an unanswered call has started shows no completion that could be told from the one before.
        if latest.exchange.sent_at >= latest_start(container) and not may_have_regenerated(container, latest, latest):
            message = (
                f"Container {container.id} completed again in a project that requires review, and is {short(approval)}."
            )
            yield from verify("APR-10", approval == "pending", message, latest, seen)


def _decided_since(container: Container, moment: float) -> bool:
    for call in container.influences:
        if call.operation_id not in DECISIONS:
            continue
        until = call.exchange.received_at + (UNANSWERED_FOR if call.uncertain else 0)
        # A reject that regenerates starts a generation itself, and decides nothing on what it makes.
        if until > moment and not (call.may_regenerate and call.status == 202 and call.exchange.sent_at <= moment):
            return True
    return False


class NobodyDecided(Check):
    """APR-5: a container that the run made is approved or rejected only where a call may have done it."""

    judges = ("APR-5",)

    def __init__(self) -> None:
        self._accused: set[tuple[str, str]] = set()
        self._refused = _Refusals()

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge the approvalStatus in a container or in the items of a list."""
        self._refused.note(seen)
        if seen.container_view is not None:
            container = ledger.containers[seen.params["containerId"]]
            since = ledger.change.before.exchange.sent_at if ledger.change is not None else float("-inf")
            yield from self._judge(container, seen.fields.get("approvalStatus"), seen, seen, since)
            yield from self._moved(container, seen, ledger)
            return
        entries = entries_of(seen) if seen.authorized else None
        evidence = seen.evidence if entries else seen
        for item in filter(None, map(item_of, entries or ())):
            container_or_none = ledger.containers.get(item.id)
            if container_or_none is not None:
                yield from self._judge(container_or_none, item.approval_status, seen, evidence)

    def _judge(
        self, container: Container, approval: object, seen: Observation, evidence: Observation, since: float = float("-inf")
    ) -> Iterator[Finding]:
        if container.made_by is None or not isinstance(approval, str) or approval not in DECIDED_BY:
            return
        wanted = DECIDED_BY[approval]
        # A refused call since the read before that decided all the same is accused by the judge of refused calls.
        if self._refused.since(container, approval) > since or any(
            call.operation_id == wanted and call.exchange.sent_at < seen.exchange.received_at
            for call in container.influences
        ):
            return
        if (container.id, approval) not in self._accused:
            self._accused.add((container.id, approval))
            message = f"Container {container.id} is {approval}, and nobody has {approval} it."
            yield failed("APR-5", message, container.made_by.accepted, evidence)

    def _moved(self, container: Container, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        change = ledger.change
        approval, status = seen.fields.get("approvalStatus"), status_of(seen.fields)
        if container.made_by is None or not isinstance(approval, str) or status is None:
            return
        if change is None:
            # A first read that shows the end has shown a move as well: no container begins there.
            if status in TERMINAL and approval not in DECIDED_BY:
                yield passed("APR-5", seen)
            return
        before = change.old("approvalStatus")
        if not isinstance(before, str) or (approval == before and status == change.old("status")):
            return
        # A refused call that decided all the same is accused by the judge of refused calls.
        calls = [*causes_of(change, ledger), *(call for call in change.between if call.refused)]
        decided = any(call.operation_id == DECIDED_BY.get(approval) for call in calls)
        if approval in DECIDED_BY and approval != before and not decided:
            if (container.id, approval) not in self._accused:
                message = (
                    f"Container {container.id} went from {short(before)} to {approval}, "
                    f"and nobody has {approval} it in between."
                )
                yield failed("APR-5", message, change.before, seen)
        elif status != change.old("status"):
            yield passed("APR-5", change.before, seen)


class FilterIgnoresApproval(Check):
    """APR-6: a walk under `status=completed` meets what is completed, whether pending, approved or rejected."""

    judges = ("APR-6",)

    def __init__(self) -> None:
        self._resting: dict[str, dict[str, Observation]] = {}

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Keep what is known to be completed and undecided or rejected, and judge the end of a walk."""
        if seen.container_view is not None:
            self._note(ledger.containers[seen.params["containerId"]], seen)
        walk = ledger.walk
        if walk is None or {name for name, _ in walk.filters} - {"status", "format"}:
            return
        if not walk.complete or walk.malformed or walk.values("status") != {"completed"}:
            return
        if limit_kind(walk.limit) in {Limit.WRONG, Limit.OPEN}:
            return
        for container_id, read in tuple(self._resting.get(walk.project_id, {}).items()):
            container = ledger.containers[container_id]
            if read.exchange.received_at > walk.began or container.owner != seen.actor:
                continue
            if any(asked != read.fields.get("format") for asked in walk.values("format")):
                continue
            if causes(container, read, walk.ended, ledger):
                continue
            approval = read.fields.get("approvalStatus")
            message = (
                f"Container {container_id} is completed and {approval}, and the list of status=completed leaves it out."
            )
            yield from verify("APR-6", container_id in walk.by_id, message, read, *walk.pages)

    def _note(self, container: Container, seen: Observation) -> None:
        if container.project_id is None or not vouched(container):
            return
        resting = self._resting.setdefault(container.project_id, {})
        resting.pop(container.id, None)
        if status_of(seen.fields) == "completed" and seen.fields.get("approvalStatus") in ("pending", "rejected"):
            resting[container.id] = seen


CHECKS: tuple[type[Check], ...] = (
    LegalApproval,
    DecidingChangesNothingElse,
    WhatCompletionMakes,
    NobodyDecided,
    FilterIgnoresApproval,
    *DECIDING_CHECKS,
)
