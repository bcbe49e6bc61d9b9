"""What a check says, and the base of every check."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from conformance.history.ledger import Ledger
    from conformance.history.observation import Seen


class Result(StrEnum):
    """What one observation said of one requirement."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw once: a requirement, a result, one plain sentence, and the ids of the exchanges that prove it.

    The exchanges of a failure are the fewest that show it, in the order of a reader's eye, the telling one last.
    """

    requirement: str
    result: Result
    message: str
    exchanges: tuple[str, ...]


class Check(ABC):
    """A fold over the history: pure, and at a cost per exchange that does not grow with the history.

    `judges` names every requirement that the check may say anything of. `observe` runs after the ledger has taken the exchange in.
    """

    judges: ClassVar[tuple[str, ...]]

    @abstractmethod
    def observe(self, seen: Seen, ledger: Ledger) -> Iterable[Finding]:
        """Say what this exchange shows, given what the ledger knows."""

    def finish(self, ledger: Ledger) -> Iterable[Finding]:  # noqa: ARG002 - most checks need no end
        """Say what only the end of the history can tell."""
        return ()


def passed(requirement: str, *evidence: Seen, message: str = "") -> Finding:
    """Make a finding that the requirement held in these exchanges."""
    return Finding(requirement, Result.PASSED, message, tuple(item.exchange.id for item in evidence))


def failed(requirement: str, message: str, *evidence: Seen) -> Finding:
    """Make a finding that the requirement was broken, said in one sentence and shown by these exchanges."""
    return Finding(requirement, Result.FAILED, message, tuple(item.exchange.id for item in evidence))


def inconclusive(requirement: str, message: str, *evidence: Seen) -> Finding:
    """Make a finding that the situation was met but could not be judged, and why."""
    return Finding(requirement, Result.INCONCLUSIVE, message, tuple(item.exchange.id for item in evidence))


def verify(requirement: str, holds: bool, message: str, *evidence: Seen) -> Iterator[Finding]:  # noqa: FBT001 - reads as a sentence
    """Yield one finding: passed where `holds`, else failed with the message."""
    yield passed(requirement, *evidence) if holds else failed(requirement, message, *evidence)
