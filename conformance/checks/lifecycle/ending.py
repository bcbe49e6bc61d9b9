"""LIF-7 and LIF-10 to LIF-12: how a generation ends, in time and as the call that stopped it says."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.checks.base import Check, on
from conformance.checks.shared import EndsInTime, SidesAgree
from conformance.history.containers import Generation
from conformance.history.facts import CancelSent, Changed, ContainerRead, GenerationSeen, JobRead, Side, SidesCompared
from conformance.history.fields import assets_of, instant, status_of
from conformance.history.ledger import ACCEPTED
from conformance.history.observation import Observation
from conformance.history.windows import may_regenerate

SEVERAL = 3
"""Cancels that cannot all have come too late."""
LEAST_LATE = 1.0
"""Seconds by which a job must tell that it ran on at least, as two clocks do not go alike."""
_WHAT = {"LIF-10": "the cancel was accepted", "LIF-11": "its project was archived"}


class GenerationsEnd(EndsInTime):
    """LIF-7: every accepted generation reaches a terminal status in time."""

    judges = ("LIF-7",)


@dataclass(slots=True)
class _Stop:
    """An accepted call that stops a generation, and the reads after it that showed the generation in flight.

    `still_in_flight` is the first such read by which the call has surely arrived; `running_on` is the first of all.
    """

    requirement: str
    call: Observation
    still_in_flight: Observation | None = None
    running_on: Observation | None = None
    done: bool = False


class StoppedGenerations(Check):
    """LIF-10 and LIF-11: what was stopped ends as canceled, or as what it was before."""

    judges = ("LIF-10", "LIF-11")

    def __init__(self) -> None:
        self._cancels: dict[str, _Stop] = {}
        self._archives: dict[tuple[str, str], _Stop] = {}
        self._ended_before: set[str] = set()
        self._heeded: set[str] = set()
        self._ignored: dict[str, tuple[Observation, Observation, Observation]] = {}

    def finish(self) -> None:
        """Judge the cancels together: one may come too late by a moment, but not every one of several."""
        if len(self._ignored) >= SEVERAL and not self._heeded:
            message = (
                f"Each of {len(self._ignored)} cancels was accepted with 202, and none of their jobs ended as canceled."
            )
            self.failed("LIF-10", "no cancel was heeded", message, *list(self._ignored.values())[-1])

    @on(CancelSent)
    def cancel(self, fact: CancelSent) -> None:
        seen = fact.seen
        if seen.ok and seen.authorized and seen.params["jobId"] in self.ledger.jobs:
            self._cancels.setdefault(seen.params["jobId"], _Stop("LIF-10", seen))

    @on(GenerationSeen)
    def seen(self, fact: GenerationSeen) -> None:
        if fact.side is Side.PROGRESS:
            return  # JOB-3 and JOB-2 judge it: it may follow the job by a moment, which must not add to that of the cancel
        cancel = self._cancels.get(fact.generation.job_id)
        if cancel is not None:
            self._judge(cancel, fact)
            return
        archive = self._archive_of(fact.generation, fact.seen, fact.subject)
        if archive is not None:
            self._judge(archive, fact)
        elif fact.ended_as is not None:
            self._ended_before.add(fact.generation.job_id)

    @on(JobRead)
    def job(self, fact: JobRead) -> None:
        """Judge a job that tells by its own times that it ran on after it was stopped."""
        generation, ended_as = fact.generation, fact.view.get("status")
        if generation is None or ended_as not in ("completed", "failed"):
            return
        stop = self._cancels.get(generation.job_id) or self._archive_of(
            generation, fact.seen, f"Job {generation.job_id}"
        )
        if stop is None or stop.done or not stop.call.precedes(fact.seen):
            return
        finished = self._finished_at(generation, fact)
        after = finished - stop.call.exchange.received_at if finished is not None else 0.0
        if after > max(self.ledger.facts.settling, LEAST_LATE):
            stop.done = True
            message = f"Job {generation.job_id} became {ended_as} {after:.1f} s or more after {_WHAT[stop.requirement]}, by its own times."
            self.failed(stop.requirement, f"became {ended_as}", message, generation.accepted, stop.call, fact.seen)

    def _finished_at(self, generation: Generation, fact: JobRead) -> float | None:
        """Return the earliest moment of our clock at which a job may have ended, None where its times don't tell.

        A job begins no earlier than the call that starts it. Whoever moves the target's clock makes it tell of more time than has passed.
        """
        accepted = generation.accepted
        started, finished = instant(accepted.fields.get("startedAt")), instant(fact.view.get("finishedAt"))
        if started is None or finished is None or self.ledger.clock_offset:
            return None
        if self.ledger.clock.strayed_since(accepted.exchange.sent_at) != (0.0, 0.0):
            return None
        least = (finished.microseconds - started.microseconds - max(started.unit, finished.unit)) / 1e6
        moment = accepted.exchange.sent_at + least
        return moment if moment <= fact.seen.exchange.received_at else None

    def _archive_of(self, generation: Generation, seen: Observation, subject: str) -> _Stop | None:
        project_id = self.ledger.containers[generation.container_id].project_id
        call = self.ledger.project(project_id).archived if project_id else None
        if call is None or not call.precedes(seen) or not generation.accepted.precedes(call):
            return None
        return self._archives.setdefault((generation.job_id, subject), _Stop("LIF-11", call))

    def _judge(self, stop: _Stop, fact: GenerationSeen) -> None:
        seen, call = fact.seen, stop.call
        if stop.done or not call.precedes(seen):
            return
        what = _WHAT[stop.requirement]
        if stop.requirement == "LIF-10":
            self._weigh(stop, fact)
        if fact.ended_as is None:
            self._judge_in_flight(stop, fact, what)
        elif fact.ended_as == "canceled":
            # Nobody has canceled its job, so that it was in flight until the project was archived, whether a read has shown that or not.
            if stop.requirement == "LIF-10" or fact.generation.job_id not in self._ended_before:
                self.passed(stop.requirement, call, seen)
        elif stop.still_in_flight is not None and stop.still_in_flight.precedes(seen):
            stop.done = True
            message = f"{fact.subject} was in flight after {what}, and then became {fact.ended_as}."
            self.failed(stop.requirement, f"became {fact.ended_as}", message, call, stop.still_in_flight, seen)
        elif stop.requirement == "LIF-10":
            self.passed(stop.requirement, call, seen)

    def _judge_in_flight(self, stop: _Stop, fact: GenerationSeen, what: str) -> None:
        seen, received_at = fact.seen, stop.call.exchange.received_at
        waited = self.ledger.gaps.lasted(received_at, seen.exchange.sent_at)
        if waited > self.ledger.facts.generation_timeout:
            stop.done = True
            message = f"{fact.subject} is still in flight {waited:.0f} s after {what}."
            self.failed(stop.requirement, "never ends", message, stop.call, seen)
        # A cancel may take a while to arrive, and the job may end before it does; and a read may be older than both.
        arrives = self.ledger.facts.settling if stop.requirement == "LIF-10" else 0.0
        if waited >= arrives + self.ledger.facts.read_lag:
            stop.still_in_flight = stop.still_in_flight or seen.evidence

    def _weigh(self, stop: _Stop, fact: GenerationSeen) -> None:
        """Count whether a cancel that was accepted for a running job was heeded."""
        job_id = fact.generation.job_id
        if fact.ended_as is None:
            stop.running_on = stop.running_on or fact.seen.evidence
        elif fact.ended_as == "canceled":
            self._heeded.add(job_id)
        elif stop.running_on is not None and stop.call.status == ACCEPTED:
            self._ignored.setdefault(job_id, (stop.call, stop.running_on, fact.seen.evidence))


class CancelledJobMatchesContainer(SidesAgree):
    """LIF-10: after a cancel, the job and its container end alike."""

    judges = ("LIF-10",)

    def concerns(self, fact: SidesCompared) -> bool:
        """Return whether a call may have cancelled the job."""
        return fact.is_cancelled


class CancelOfTheEnded(Check):
    """LIF-10: a cancel of a job that had ended leaves the container's later generation to run."""

    judges = ("LIF-10",)

    def __init__(self) -> None:
        self._ended: dict[str, Observation] = {}
        self._canceled: set[str] = set()

    @on(CancelSent)
    def cancel(self, fact: CancelSent) -> None:
        if not fact.seen.refused:
            self._canceled.add(fact.seen.params["jobId"])

    @on(GenerationSeen)
    def seen(self, fact: GenerationSeen) -> None:
        if fact.ended_as is not None:
            self._ended.setdefault(fact.generation.job_id, fact.seen.evidence)

    @on(Changed)
    def changed(self, fact: Changed) -> None:
        """Accuse the cancel of an ended job where nothing else can have canceled what ran in two reads around it."""
        change, container = fact.change, fact.change.container
        if not change.was_in_flight or change.new("status") != "canceled" or not container.is_vouched:
            return
        latest = container.generations[-1]
        if latest.job_id in self._canceled or self.ledger.windows.archived(container.project_id):
            return
        others = [call for call in (*change.between, *change.causes) if call is not latest.accepted]
        accepted = [call for call in others if call.ok]
        if accepted and all(self._names_the_ended(call, latest.job_id) for call in others):
            message = (
                f"Container {container.id} was in flight under job {latest.job_id}, and became canceled when job"
                f" {accepted[-1].params['jobId']} was canceled, which had ended before."
            )
            self.failed_by("LIF-10", "another job was canceled", message, change, accepted[-1])

    def _names_the_ended(self, call: Observation, latest: str) -> bool:
        ended = self._ended.get(call.params.get("jobId", latest))
        is_cancel = call.operation_id == "cancelJob" and call.params["jobId"] != latest
        return is_cancel and ended is not None and ended.precedes(call)


class NoAssetsAfterCancel(Check):
    """LIF-12: a canceled container gains no asset."""

    judges = ("LIF-12",)

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        container, change = fact.container, fact.change
        if status_of(fact.view) != "canceled":
            return
        if container.in_first_generation:
            count = len(assets_of(fact.view))
            message = f"Container {container.id} was canceled before it had completed and shows {count} assets."
            self.verify("LIF-12", "assets", count == 0, message, fact.seen)
            return
        if change is None or status_of(change.before.fields) != "canceled" or may_regenerate(change.causes):
            return
        old = {asset["id"] for asset in assets_of(change.before.fields)}
        gained = sorted({asset["id"] for asset in assets_of(fact.view)} - old)
        message = f"Canceled container {container.id} gained the assets {', '.join(gained)}."
        self.verify("LIF-12", "gained assets", not gained, message, change.before, fact.seen)
