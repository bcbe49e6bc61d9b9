"""What JOB-2 and LIF-10 have in common: a job and its container tell the same of a generation."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from conformance.checks.base import Check, on
from conformance.history.facts import SidesCompared


class SidesAgree(Check):
    """Judges by the one requirement in `judges` whether the two sides agree.

    Around a change they may differ for `settling` seconds; up to the time in which a generation must end, nobody can tell whether the slower
    side will follow (open reading 36). Two different ends never agree.
    """

    judges: ClassVar[tuple[str, ...]]

    def __init__(self) -> None:
        self._judged: set[str] = set()
        self._doubted: set[str] = set()

    @abstractmethod
    def concerns(self, fact: SidesCompared) -> bool:
        """Return whether this requirement, and no other, speaks of the generation."""

    @on(SidesCompared)
    def compare(self, fact: SidesCompared) -> None:
        """Judge what the two sides say."""
        job_id = fact.generation.job_id
        if job_id in self._judged:
            return
        if fact.ended_as == fact.other_ended_as:
            self.agree(fact)
            return
        if not self.concerns(fact):
            return
        here, there = fact.here[:1].upper() + fact.here[1:], fact.there
        if fact.ended_as is not None and fact.other_ended_as is not None:
            self._judged.add(job_id)
            message = f"{here} is {fact.ended_as}, and {there} is {fact.other_ended_as}."
            self.failed(self.judges[0], "different ends", message, fact.other, fact.seen)
        elif fact.first_ended is not None:
            waited = self.ledger.gaps.lasted(fact.first_ended.exchange.received_at, fact.seen.exchange.sent_at)
            message = f"{here} is still in flight {waited:.1f} s after {there} was {fact.other_ended_as}"
            if waited > self.ledger.facts.generation_timeout:
                self._judged.add(job_id)
                self.failed(self.judges[0], "one side ended", f"{message}.", fact.first_ended, fact.seen)
            elif waited >= self.ledger.facts.settling and job_id not in self._doubted:
                self._doubted.add(job_id)
                message += ", and may follow it (timing.settling, timing.generation_timeout)."
                self.inconclusive(self.judges[0], "one side lags", message, fact.first_ended, fact.seen)

    def agree(self, fact: SidesCompared) -> None:
        """Take note that the sides agree."""
