"""The base of every check: which facts it wants, and how it says what it found."""

from __future__ import annotations

import json
from abc import ABC
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar, TypeVar

from conformance.checks.findings import LAGS, Difference, Finding, Findings, Result, ids_of
from conformance.history.facts import Fact, ListedCreatedAtMoved
from conformance.history.ledger import Ledger
from conformance.history.messages import MOST_ITEMS
from conformance.history.observation import Observation
from conformance.history.owners import as_sent, with_owners
from conformance.history.windows import Change, may_lag

LONGEST = 80


def short(value: Any) -> str:
    """Write a JSON value for a sentence, cut after 80 characters."""
    # A long value is cut before it is written, so that a hook of a megabyte costs nothing.
    if isinstance(value, str) and len(value) > LONGEST:
        value = value[:LONGEST] + "…"
    elif isinstance(value, list) and len(value) > LONGEST:
        value = value[:LONGEST]
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST + 3 else text[:LONGEST] + "…"


def changes(values: Mapping[str, tuple[Any, Any]]) -> str:
    """Write what changed, each member with its old and its new value, for a sentence."""
    return " and ".join(f"{name} from {short(old)} to {short(new)}" for name, (old, new) in values.items())


def created_at_in_lists(moved: ListedCreatedAtMoved) -> str:
    """Say that two lists show a container as created at different times; whether a regeneration may be to blame decides who says so."""
    return f"Lists show container {short(moved.container_id)} as created at {moved.old} and at {moved.new}."


_Handler = TypeVar("_Handler", bound=Callable[..., None])
_WANTED = "_wanted_facts"


def on(*kinds: type[Fact]) -> Callable[[_Handler], _Handler]:
    """Mark a method of a check as the one that is handed every fact of these kinds, and of all kinds below them."""

    def mark(method: _Handler) -> _Handler:
        setattr(method, _WANTED, kinds)
        return method

    return mark


class Check(ABC):
    """A fold over the facts of a history: pure, and at a cost per exchange that does not grow with the history.

    `judges` names every requirement that the check may say anything of. Its methods that are marked by `on` are handed the facts;
    `ledger` holds what the whole history has established up to and including this exchange.
    """

    judges: ClassVar[tuple[str, ...]]
    handlers: ClassVar[tuple[tuple[str, tuple[type[Fact], ...]], ...]] = ()
    ledger: Ledger
    findings: Findings

    def __init_subclass__(cls, **more: Any) -> None:
        """Collect the marked methods, those of the bases first."""
        super().__init_subclass__(**more)
        marked: dict[str, tuple[type[Fact], ...]] = {}
        for base in reversed(cls.__mro__):
            for name, value in vars(base).items():
                if hasattr(value, _WANTED):
                    marked[name] = getattr(value, _WANTED)
        cls.handlers = tuple(marked.items())

    def attach(self, ledger: Ledger, findings: Findings) -> None:
        """Set where the check reads what is known, and where its findings go."""
        self.ledger = ledger
        self.findings = findings

    def finish(self) -> None:  # noqa: B027 - most checks need no end
        """Say what only the end of the history can tell."""

    def passed(self, requirement: str, *evidence: Observation) -> None:
        """Say that a requirement held in these exchanges; by a page of which only a part was looked at, nobody can say that."""
        cut = next((seen for seen in evidence if seen.items_beyond), None)
        if cut is None:
            self.findings.passed(requirement, evidence)
        else:
            message = f"{cut.name()} answered with a page of {MOST_ITEMS + cut.items_beyond:,} items; only the first {MOST_ITEMS:,} are judged."
            self.inconclusive(requirement, "page too long", message, *evidence)

    def failed(
        self, requirement: str, kind: str, message: str, *evidence: Observation, at: Difference | None = None
    ) -> None:
        """Say that a requirement was broken, in one sentence; the last exchange is the decisive one.

        `kind` is a short word for what is wrong, without ids: it tells one defect of the requirement from another. `at` is the place in the
        decisive exchange where it shows.
        """
        self.findings.add(failure(requirement, kind, message, *evidence, at=at))

    def verify(
        self,
        requirement: str,
        kind: str,
        holds: bool,  # noqa: FBT001 - reads as a sentence
        message: str,
        *evidence: Observation,
        at: Difference | None = None,
    ) -> None:
        """Say that a requirement held, or else that it was broken, how and where."""
        if holds:
            self.passed(requirement, *evidence)
        else:
            self.failed(requirement, kind, message, *evidence, at=at)

    def lagged(self, requirement: str, message: str, before: Observation, read: Observation) -> bool:
        """Say that a read which lacks a write, or what a read before it showed, may be older than that; return whether it may.

        The target's `read_lag` says for how long (open reading 27).
        """
        if not may_lag(read, before, self.ledger.facts.read_lag):
            return False
        what = "write" if before.is_write else "read before"
        waited = read.exchange.sent_at - before.exchange.received_at
        said = f"{message[:-1]}, {waited:.1f} s after the {what} (timing.read_lag)."
        self.inconclusive(requirement, LAGS, said, before, read)
        return True

    def failed_by(self, requirement: str, kind: str, message: str, change: Change, *calls: Observation) -> None:
        """Say that a requirement was broken by how a container changed around some calls, unless its later read may be an older state."""
        if not self.lagged(requirement, message, change.since, change.after):
            self.failed(requirement, kind, message, change.before, *calls, change.after)

    def inconclusive(self, requirement: str, kind: str, message: str, *evidence: Observation) -> None:
        """Say that the situation was met but could not be judged, and why."""
        self.findings.add(_finding(requirement, Result.INCONCLUSIVE, kind, message, evidence))

    def withhold(self, requirement: str, kind: str, message: str, *evidence: Observation) -> None:
        """Say that what passed of a requirement shows too little to say that it holds, and why."""
        finding = _finding(requirement, Result.INCONCLUSIVE, kind, message, evidence)
        self.findings.add(replace(finding, withholds=True))


def failure(requirement: str, kind: str, message: str, *evidence: Observation, at: Difference | None = None) -> Finding:
    """Make a finding that a requirement was broken, for a check that holds it back until more is known."""
    finding = _finding(requirement, Result.FAILED, kind, message, evidence)
    return replace(finding, difference=at and at.with_values(as_sent))


def _finding(requirement: str, result: Result, kind: str, message: str, evidence: tuple[Observation, ...]) -> Finding:
    place = evidence[-1].operation_id if evidence else ""
    return Finding(requirement, result, with_owners(message), ids_of(evidence), kind, place)
