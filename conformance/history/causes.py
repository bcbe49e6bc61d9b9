"""What may have moved a container between two moments: the calls that were not refused, and those that take effect late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.contract.lifecycle import STATUSES
from conformance.history.observation import Seen
from conformance.history.settled import BEGINNING, UNANSWERED_FOR, is_terminal

if TYPE_CHECKING:
    from conformance.history.ledger import Change, Container, Ledger

DECISIONS = frozenset({"approveContent", "rejectContent"})
MOMENT = BEGINNING
"""Seconds in which two reads around a change may differ."""


def causes(
    container: Container, before: Seen, until: float, ledger: Ledger, unshown: Iterable[Seen] | None = None
) -> list[Seen]:
    """Give every call that may have changed the container after an observation of it began and before a moment.

    `unshown` are the regenerations that this observation may have been too early to show; by default those that the ledger names now.
    """
    began = before.exchange.sent_at
    waiting = container.unshown if unshown is None else unshown
    found = [
        call
        for call in container.influences
        if call.exchange.sent_at < until and _effect_until(call, call in waiting) > began
    ]
    if container.project_id is not None:
        found += [
            call
            for call in ledger.project(container.project_id).archive_attempts
            if not call.did_nothing and call.exchange.sent_at < until and _effect_until(call, late=False) > began
        ]
    return found


def _effect_until(call: Seen, late: bool) -> float:  # noqa: FBT001 - private, and its one caller reads well
    received = call.exchange.received_at
    if call.uncertain:
        return received + UNANSWERED_FOR
    return received + BEGINNING if late else received


def causes_of(change: Change, ledger: Ledger) -> list[Seen]:
    """Give every call that may have made the second read of a change differ from the first."""
    return causes(change.container, change.before, change.after.exchange.received_at, ledger, change.unshown)


def may_regenerate(calls: Iterable[Seen]) -> bool:
    """Tell whether one of the calls may have started another generation."""
    return any(call.may_regenerate for call in calls)


def vouched(container: Container | None) -> bool:
    """Tell whether this history made or regenerated the container, so that its calls are the ones that matter."""
    return container is not None and bool(container.generations)


def first_generation(container: Container) -> bool:
    """Tell whether the history shows the container's making, and no call that may have started another generation of it."""
    made_by = container.made_by
    return made_by is not None and all(
        call is made_by.accepted or not call.may_regenerate for call in container.influences
    )


def may_have_regenerated(container: Container, since: Seen, accepted: Seen) -> bool:
    """Tell whether a call without an answer, sent before an accepted one, may have started a generation of its own after a moment.

    A call with the key of the accepted one is the same request, and starts no other generation.
    """
    return any(
        call.may_regenerate
        and call.uncertain
        and call is not accepted
        and call.exchange.sent_at <= accepted.exchange.sent_at
        and _effect_until(call, late=False) > since.exchange.sent_at
        and not (call.key is not None and call.key == accepted.key and call.operation_id == accepted.operation_id)
        for call in container.influences
    )


def repeats(call: Seen, container: Container) -> bool:
    """Tell whether a call was answered with the job of an earlier one, so that it has started nothing, or breaks idempotency."""
    job_id = call.fields.get("jobId") if call.ok else None
    return any(one.job_id == job_id and one.accepted is not call for one in container.generations)


def latest_start(container: Container) -> float:
    """Give the last moment at which a call that may have started a generation of the container was sent."""
    calls = [call for call in container.influences if call.may_regenerate and not repeats(call, container)]
    calls += [generation.accepted for generation in container.generations]
    return max((call.exchange.sent_at for call in calls), default=float("-inf"))


def is_fresh_view(container: Container, read: Seen) -> bool:
    """Tell whether the latest read of a container surely shows the outcome of its latest generation, and not what was before it."""
    return all(
        not call.uncertain and call.exchange.received_at + MOMENT <= read.exchange.sent_at for call in container.unshown
    ) and all(
        call.exchange.received_at <= read.exchange.sent_at
        and not (call.uncertain and call.exchange.received_at + UNANSWERED_FOR > read.exchange.sent_at)
        for call in container.influences
        if call.may_regenerate
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """A container at rest when a call was sent: its latest read, and what this read may have been too early to show."""

    container: Container
    read: Seen
    unshown: tuple[Seen, ...]

    def moved_before(self, call: Seen, ledger: Ledger) -> bool:
        """Tell whether another call may have moved the container before this one was answered."""
        others = causes(self.container, self.read, call.exchange.received_at, ledger, self.unshown)
        return any(other is not call for other in others)


def standing(container: Container | None, call: Seen) -> Standing | None:
    """Give how a container stood when a call was sent, None where it is not known here or was not seen at rest."""
    if container is None or not vouched(container):
        return None
    read = container.read
    if read is None or not read.precedes(call) or not is_terminal(read.fields.get("status")):
        return None
    return Standing(container, read, tuple(container.unshown))


class Keys:
    """The idempotency keys that were used before, so that a replay is not taken for a fresh call."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def is_fresh(self, seen: Seen) -> bool:
        """Tell whether a writing call carries no key that an earlier one carried; ask once a call."""
        key = seen.key
        if key is None:
            return True
        fresh = key not in self._used
        self._used.add(key)
        return fresh


def assets_of(fields: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the assets of a container that are objects with a string id."""
    assets = fields.get("assets")
    if not isinstance(assets, list):
        return []
    return [asset for asset in assets if isinstance(asset, dict) and isinstance(asset.get("id"), str)]


def status_of(fields: dict[str, Any]) -> str | None:
    """Give the status of a container where it is a legal one, None for anything else."""
    status = fields.get("status")
    return status if isinstance(status, str) and status in STATUSES else None
