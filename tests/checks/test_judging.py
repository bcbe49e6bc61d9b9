"""The judge at the end of a history, where no exchange is left that could be named."""

from __future__ import annotations

from collections.abc import Iterable

from histories import FACTS

from conformance.checks.findings import Check, Finding, Result
from conformance.checks.judge import Judge
from conformance.contract.document import load
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation


class Hasty(Check):
    """Breaks down at the end."""

    judges = ("CRE-1", "CRE-2")

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:  # noqa: ARG002 - the base's signature
        return ()

    def finish(self, ledger: Ledger) -> Iterable[Finding]:
        raise ValueError(ledger.facts.project_id)


def test_a_check_that_breaks_down_at_the_end_makes_all_that_it_judges_inconclusive() -> None:
    judge = Judge(load(), FACTS, [Hasty()])
    message = f"The check Hasty broke down: ValueError: {FACTS.project_id}"
    assert judge.finish() == [Finding(name, Result.INCONCLUSIVE, message, ()) for name in ("CRE-1", "CRE-2")]
    assert [len(judge.tallies[name].inconclusive) for name in ("CRE-1", "CRE-2", "CRE-3")] == [1, 1, 0]
