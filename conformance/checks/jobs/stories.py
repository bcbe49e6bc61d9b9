"""JOB-2: a job and its container tell the same story."""

from __future__ import annotations

from conformance.checks.base import Check
from conformance.checks.sides import SidesAgree
from conformance.history.facts import SidesCompared


class JobMatchesContainer(SidesAgree):
    """JOB-2: the latest job and its container agree, but for a moment around a change; after a cancel, LIF-10 says how."""

    judges = ("JOB-2",)

    def concerns(self, fact: SidesCompared) -> bool:
        """Return whether no call may have cancelled the job."""
        return not fact.is_cancelled

    def agree(self, fact: SidesCompared) -> None:
        """Count that the sides agree."""
        self.passed("JOB-2", fact.other, fact.seen)


CHECKS: tuple[type[Check], ...] = (JobMatchesContainer,)
