"""The judge: feeds a history to the ledger and to every check, and keeps what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from conformance.checks.findings import Check, Finding, Result
from conformance.checks.registry import all_checks
from conformance.contract.document import Contract
from conformance.door.exchange import Exchange
from conformance.history.ledger import Ledger
from conformance.history.observation import Facts, Seen, understand

KEPT_FAILURES = 25
"""How many different failures of one requirement are kept; the rest are counted."""


@dataclass(slots=True)
class Tally:
    """What the checks said of one requirement over a history.

    `shown_by` are the exchanges of the first observation that passed.
    """

    passed: int = 0
    failed: int = 0
    shown_by: tuple[str, ...] = ()
    failures: list[Finding] = field(default_factory=list)
    inconclusive: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """Count one finding, and keep it where it is a new failure."""
        if finding.result is Result.PASSED:
            self.passed += 1
            self.shown_by = self.shown_by or finding.exchanges
        elif finding.result is Result.INCONCLUSIVE:
            self.inconclusive.append(finding)
        else:
            self.failed += 1
            if len(self.failures) < KEPT_FAILURES and all(finding.message != kept.message for kept in self.failures):
                self.failures.append(finding)


class Judge:
    """Judges exchanges in judging order, each once.

    A check that raises makes every requirement that it judges inconclusive, never passed, and is not asked again.
    """

    def __init__(self, contract: Contract, facts: Facts, checks: Iterable[Check] | None = None) -> None:
        self.contract = contract
        self.facts = facts
        self.ledger = Ledger(facts)
        self.tallies: dict[str, Tally] = {requirement: Tally() for requirement in contract.requirements}
        self._checks = list(all_checks() if checks is None else checks)

    def observe(self, exchange: Exchange) -> list[Finding]:
        """Judge one exchange and give what the checks said of it."""
        seen = understand(exchange, self.contract, self.facts)
        self.ledger.observe(seen)
        return self._ask(lambda check: check.observe(seen, self.ledger), seen)

    def finish(self) -> list[Finding]:
        """Give what only the end of the history can tell; call it once."""
        return self._ask(lambda check: check.finish(self.ledger), None)

    def _ask(self, question: Callable[[Check], Iterable[Finding]], seen: Seen | None) -> list[Finding]:
        findings: list[Finding] = []
        for check in tuple(self._checks):
            try:
                findings.extend(question(check))
            except Exception as error:  # noqa: BLE001 - whatever a check raises must not pass for a verdict
                self._checks.remove(check)
                evidence = (seen.exchange.id,) if seen else ()
                message = f"The check {type(check).__name__} broke down: {type(error).__name__}: {error}"
                findings.extend(Finding(name, Result.INCONCLUSIVE, message, evidence) for name in check.judges)
        for finding in findings:
            self.tallies[finding.requirement].add(finding)
        return findings
