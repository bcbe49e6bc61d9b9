"""The generations that a run has under way: how many there may be, and how long one takes as far as the run has seen."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.client.exchange import Exchange
from conformance.contract.document import Operation
from conformance.contract.lifecycle import JOB_ENDED, TERMINAL

GROWTH = 1.5
"""How much longer each pause between two polls is than the one before."""
LONGEST_PAUSE = 10
"""The longest pause between two polls, as a multiple of the first."""
BLIND = 0.2
"""The longest pause as a part of the time since the generation began, where nobody knows when it will end."""
_TOO_MANY = re.compile(rb"too[ _-]many|concurren|simultaneous|(?:in|under)[ _-](?:flight|way|progress)", re.IGNORECASE)


@dataclass(slots=True)
class Generation:
    """A generation that was accepted: its job and container, who asked for it, when, and when it was last seen to run."""

    job_id: str
    container_id: str
    actor: str
    since: float
    running_at: float


class Generations:
    """What is known of the generations of one process; at most `most` are to be under way at once.

    A target that refuses one more lowers that. As many accepted ones as it bears raise it by one again, up to what it was; each time that
    this was too early, twice as many.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = self._highest = most
        self._clock = clock
        self._accepted = 0
        self._rounds = 1
        self._is_raised = False
        self._measured: float | None = None
        self._guessed: float | None = None
        self._known: dict[str, Generation] = {}
        self._under_way: dict[str, Generation] = {}

    @property
    def under_way(self) -> list[Generation]:
        """Those that were not seen to end, the oldest first."""
        return list(self._under_way.values())

    @property
    def expected(self) -> float | None:
        """The seconds that a generation takes, as far as the run has seen; None before it knows."""
        return self._measured or self._guessed

    def has_room(self, for_: int) -> bool:
        """Return whether so many more may begin; where none is under way, any number may."""
        return not self._under_way or len(self._under_way) + for_ <= self.most

    def begin(self, job_id: str, container_id: str, actor: str) -> None:
        """Note that a generation was accepted; a replay of what was accepted before changes nothing."""
        if job_id not in self._known:
            now = self._clock()
            generation = Generation(job_id, container_id, actor, now, now)
            self._known[job_id] = self._under_way[job_id] = generation
            self._raise()

    def see(self, body: Mapping[str, Any]) -> None:
        """Take in a job or a container as it was shown."""
        status, now = body.get("status"), self._clock()
        by_job = self._under_way.get(str(body.get("jobId")))
        for generation in (
            [by_job]
            if by_job
            else [generation for generation in self.under_way if generation.container_id == body.get("id")]
        ):
            if not isinstance(status, str) or status not in (JOB_ENDED if by_job else TERMINAL):
                generation.running_at = now
                self._guess_from(body.get("progress"), now - generation.since)
                continue
            self.forget(generation)
            if status == "completed" and generation.running_at > generation.since:
                self._measure(generation.running_at - generation.since, now - generation.since)

    def forget(self, generation: Generation) -> None:
        """Count a generation no longer, be it that it has ended or that it is stuck."""
        self._under_way.pop(generation.job_id, None)

    def age(self, generation: Generation) -> float:
        """Return the seconds since a generation was accepted."""
        return self._clock() - generation.since

    def lower(self) -> None:
        """Let fewer be under way: the target refused one more than there are."""
        if self._is_raised:
            self._rounds *= 2
        self.most = max(1, min(self.most, len(self._under_way)))
        self._accepted, self._is_raised = 0, False

    def _raise(self) -> None:
        """Let one more be under way once enough were accepted."""
        self._accepted += 1
        if self.most < self._highest and self._accepted >= self.most * self._rounds:
            self.most += 1
            self._accepted, self._is_raised = 0, True

    def pause(self, container_id: str, waited: float, first: float, before: float | None) -> float:
        """Return how long to wait until the next poll of a container, where `before` was the last pause and `first` is the shortest.

        The pauses grow. The last one before the end that is expected ends a little after it, and from there on they grow anew.
        """
        grown = first if before is None else min(before * GROWTH, first * LONGEST_PAUSE)
        since = [generation.since for generation in self._under_way.values() if generation.container_id == container_id]
        age = self._clock() - since[-1] if since else waited
        expected = self.expected
        if expected is None:
            return max(first, min(grown, age * BLIND))
        remaining = expected - age
        if remaining > 0:
            return remaining + first / 10 if remaining < grown * GROWTH else grown
        return max(first / 2, min(grown, -remaining))

    def _guess_from(self, progress: object, age: float) -> None:
        if isinstance(progress, float) and 0 < progress < 1:
            self._guessed = age / progress

    def _measure(self, least: float, most: float) -> None:
        """Take in that a generation ended between these ages."""
        for known in (self._measured, self._guessed):
            if known is not None and least <= known <= most:
                self._measured = known
                return
        self._measured = (least + most) / 2


def is_one_too_many(exchange: Exchange, operation: Operation | None) -> bool:
    """Return whether an answer refuses a generation because too many are under way.

    A 409 says so of a create or a clone alone: where it refuses a regeneration, the container itself is in flight.
    """
    answer = exchange.response
    if answer is None or answer.status not in {409, 429}:
        return False
    makes = operation is not None and operation.id in {"createContent", "cloneFromPost"}
    return answer.status == 429 or (makes and _TOO_MANY.search(answer.body) is not None)
