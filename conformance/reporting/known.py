"""Known failures in a report: what is listed, and what became of it in the run."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import Field

from conformance.reporting.model import Model


class KnownFailure(Model):
    """A failure that its owner knows: the requirement, the key of the finding, why it is tolerated, who mends it, and until when."""

    requirement: str = Field(min_length=1)
    key: str = Field(min_length=1)
    reason: str
    owner: str = ""
    issue: str = ""
    until: date

    @property
    def whose(self) -> str:
        """Who mends it, or where that is told."""
        return self.owner or self.issue


class KnownState(StrEnum):
    """What became of a known failure in a run."""

    FAILS = "fails as listed"
    DUE = "fails as listed, and is soon due"
    EXPIRED = "fails after its date"
    PASSES = "no longer fails"
    OPEN = "was not exercised"
    UNKNOWN = "names no requirement"
    NOT_ASKED = "was not asked for"


TOLERATED = frozenset({KnownState.FAILS, KnownState.DUE})
"""The states in which a known failure does not fail the run."""
OUTDATED = frozenset({KnownState.PASSES, KnownState.OPEN, KnownState.UNKNOWN})
"""The states in which the list is out of date, so that the run is red whatever else it found."""


class KnownResult(KnownFailure):
    """A known failure, and what became of it, in a word and in a sentence."""

    state: KnownState
    sentence: str
