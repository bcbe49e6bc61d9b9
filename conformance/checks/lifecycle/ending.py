"""Judges of how a generation ends: in time, and as whoever stopped it was told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from conformance.checks.findings import Check, Finding, failed, passed, verify
from conformance.contract.lifecycle import JOB_ENDED, TERMINAL
from conformance.history.causes import (
    MOMENT,
    assets_of,
    causes_of,
    first_generation,
    is_fresh_view,
    latest_start,
    may_have_regenerated,
    may_regenerate,
    status_of,
)
from conformance.history.ledger import ACCEPTED, Container, Generation, Ledger
from conformance.history.observation import Seen
from conformance.history.walks import without_body

ALSO_PROMISED_BY = {"regenerateContent": "REG-4", "rejectContent": "REG-4", "cloneFromPost": "CLO-2"}
"""The requirement that promises an end beside LIF-7, by the operation that started the generation."""


SEVERAL = 3
"""Cancels that cannot all have come too late."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one read says of a generation: in flight, or the terminal status that it ended in."""

    generation: Generation
    ended_as: str | None
    subject: str


def sighting(seen: Seen, ledger: Ledger) -> Sighting | None:
    """Read an exchange as a sighting of a generation, None where it shows none, or one that can't be told from another."""
    if seen.job_view is not None:
        job_id, status = seen.params["jobId"], seen.job_view.get("status")
        generation = ledger.jobs.get(job_id)
        if generation is None or not generation.accepted.precedes(seen):
            return None
        if status == "running":
            return Sighting(generation, None, f"Job {job_id}")
        ended = isinstance(status, str) and status in JOB_ENDED
        return Sighting(generation, status, f"Job {job_id}") if ended else None
    if seen.container_view is None:
        return None
    container = ledger.containers[seen.params["containerId"]]
    generation, status = _only_candidate(container, seen), status_of(seen.fields)
    if generation is None or status is None:
        return None
    return Sighting(generation, status if status in TERMINAL else None, f"Container {container.id}")


def _only_candidate(container: Container, read: Seen) -> Generation | None:
    if not container.generations or not is_fresh_view(container, read):
        return None
    latest = max(container.generations, key=lambda one: one.accepted.exchange.sent_at)
    if may_have_regenerated(container, latest.accepted, latest.accepted):
        return None
    return latest if latest.accepted.exchange.sent_at >= latest_start(container) else None


class EndsInTime(Check):
    """LIF-7, with REG-4 and CLO-2 for what a regeneration or a clone started."""

    judges = ("LIF-7", "REG-4", "CLO-2")

    def __init__(self) -> None:
        self._judged: set[str] = set()

    def observe(self, seen: Seen, ledger: Ledger) -> Iterable[Finding]:
        """Judge the first end of a generation, or a sighting of it that comes too late."""
        found = sighting(seen, ledger)
        if found is None or found.generation.job_id in self._judged:
            return
        accepted = found.generation.accepted
        names = ["LIF-7"] + [ALSO_PROMISED_BY[op] for op in (accepted.operation_id,) if op in ALSO_PROMISED_BY]
        if found.ended_as is not None:
            self._judged.add(found.generation.job_id)
            yield from (passed(name, accepted, seen) for name in names)
            return
        waited = seen.exchange.sent_at - accepted.exchange.received_at
        if waited <= ledger.facts.generation_timeout or _stopped(found.generation, ledger):
            return
        self._judged.add(found.generation.job_id)
        message = f"{found.subject} is still in flight {waited:.0f} s after job {found.generation.job_id} was accepted."
        yield from (failed(name, message, accepted, seen) for name in names)


def _stopped(generation: Generation, ledger: Ledger) -> bool:
    """Tell whether someone may have cancelled or archived it, so that LIF-10 and LIF-11 say how it must end."""
    container = ledger.containers[generation.container_id]
    cancelled = any(call.operation_id == "cancelJob" for call in container.influences)
    return cancelled or (container.project_id is not None and ledger.changes.archived(container.project_id))


@dataclass(slots=True)
class Stop:
    """An accepted call that stops a generation, and the reads after it that showed the generation in flight.

    `still_in_flight` is the first such read by which the call has surely arrived; `running_on` is the first of all.
    """

    requirement: str
    call: Seen
    still_in_flight: Seen | None = None
    running_on: Seen | None = None
    done: bool = False


class Stopping(Check):
    """LIF-10 and LIF-11: what was stopped ends as canceled, or as what it was before."""

    judges = ("LIF-10", "LIF-11")

    def __init__(self) -> None:
        self._cancels: dict[str, Stop] = {}
        self._archives: dict[tuple[str, str], Stop] = {}
        self._running_before: dict[str, Seen] = {}
        self._heeded: set[str] = set()
        self._ignored: dict[str, tuple[Seen, Seen, Seen]] = {}

    def finish(self, ledger: Ledger) -> Iterable[Finding]:  # noqa: ARG002 - the base's signature
        """Judge the cancels together: one may come too late by a moment, but not every one of several."""
        if len(self._ignored) >= SEVERAL and not self._heeded:
            message = (
                f"Each of {len(self._ignored)} cancels was accepted with 202, and none of their jobs ended as canceled."
            )
            yield failed("LIF-10", message, *list(self._ignored.values())[-1])

    def observe(self, seen: Seen, ledger: Ledger) -> Iterable[Finding]:
        """Note a stop, and judge what is seen of a stopped generation."""
        if seen.operation_id == "cancelJob" and seen.ok and seen.authorized and seen.params["jobId"] in ledger.jobs:
            self._cancels.setdefault(seen.params["jobId"], Stop("LIF-10", seen))
        found = sighting(seen, ledger)
        if found is None:
            return
        cancel = self._cancels.get(found.generation.job_id)
        if cancel is not None:
            yield from self._judge(cancel, found, seen, ledger)
            return
        archive = self._archive_of(found, seen, ledger)
        if archive is not None:
            yield from self._judge(archive, found, seen, ledger)
        elif found.ended_as is None:
            self._running_before[found.generation.job_id] = without_body(seen)

    def _archive_of(self, found: Sighting, seen: Seen, ledger: Ledger) -> Stop | None:
        project_id = ledger.containers[found.generation.container_id].project_id
        call = ledger.project(project_id).archived if project_id else None
        if call is None or not call.precedes(seen) or not found.generation.accepted.precedes(call):
            return None
        key = (found.generation.job_id, found.subject)
        return self._archives.setdefault(key, Stop("LIF-11", call))

    def _judge(self, stop: Stop, found: Sighting, seen: Seen, ledger: Ledger) -> Iterator[Finding]:
        if stop.done or not stop.call.precedes(seen):
            return
        call = stop.call
        what = "the cancel was accepted" if stop.requirement == "LIF-10" else "its project was archived"
        if stop.requirement == "LIF-10":
            self._weigh(stop, found, seen)
        if found.ended_as is None:
            waited = seen.exchange.sent_at - call.exchange.received_at
            if waited > ledger.facts.generation_timeout:
                stop.done = True
                yield failed(
                    stop.requirement, f"{found.subject} is still in flight {waited:.0f} s after {what}.", call, seen
                )
            # A cancel may take a while to arrive, and the job may end before it does.
            arrived = stop.requirement == "LIF-11" or seen.exchange.sent_at >= call.exchange.received_at + MOMENT
            if arrived:
                stop.still_in_flight = stop.still_in_flight or without_body(seen)
        elif found.ended_as == "canceled":
            was_running = stop.still_in_flight or self._running_before.get(found.generation.job_id)
            if stop.requirement == "LIF-10" or was_running is not None:
                yield passed(stop.requirement, call, seen)
        elif stop.still_in_flight is not None and stop.still_in_flight.precedes(seen):
            stop.done = True
            message = f"{found.subject} was in flight after {what}, and then became {found.ended_as}."
            yield failed(stop.requirement, message, call, stop.still_in_flight, seen)
        elif stop.requirement == "LIF-10":
            yield passed(stop.requirement, call, seen)

    def _weigh(self, stop: Stop, found: Sighting, seen: Seen) -> None:
        """Count whether a cancel that was accepted for a running job was heeded."""
        job_id = found.generation.job_id
        if found.ended_as is None:
            stop.running_on = stop.running_on or without_body(seen)
        elif found.ended_as == "canceled":
            self._heeded.add(job_id)
        elif stop.running_on is not None and stop.call.status == ACCEPTED:
            self._ignored.setdefault(job_id, (stop.call, stop.running_on, without_body(seen)))


class NoAssetsAfterCancel(Check):
    """LIF-12: a canceled container gains no asset."""

    judges = ("LIF-12",)

    def observe(self, seen: Seen, ledger: Ledger) -> Iterable[Finding]:
        """Judge the assets of a container that reads as canceled."""
        if seen.container_view is None or status_of(seen.fields) != "canceled":
            return
        container = ledger.containers[seen.params["containerId"]]
        if first_generation(container):
            count = len(assets_of(seen.fields))
            message = f"Container {container.id} was canceled before it had completed and shows {count} assets."
            yield from verify("LIF-12", count == 0, message, seen)
            return
        change = ledger.change
        if change is None or status_of(change.before.fields) != "canceled" or may_regenerate(causes_of(change, ledger)):
            return
        old = {asset["id"] for asset in assets_of(change.before.fields)}
        gained = sorted({asset["id"] for asset in assets_of(seen.fields)} - old)
        message = f"Canceled container {container.id} gained the assets {', '.join(gained)}."
        yield from verify("LIF-12", not gained, message, change.before, seen)


ENDING_CHECKS: tuple[type[Check], ...] = (EndsInTime, Stopping, NoAssetsAfterCancel)
