"""The judge at the end of a history, where no exchange is left that could be named."""

from __future__ import annotations

from histories import FACTS

from conformance.checks.base import Check, on
from conformance.checks.judge import Crashed, Judge
from conformance.contract.document import load
from conformance.history.facts import Called
from conformance.run.verdicts.verdict import Verdict, verdict_of


class Hasty(Check):
    """Breaks down at the end."""

    judges = ("CRE-1", "CRE-2")

    @on(Called)
    def called(self, fact: Called) -> None:
        self.passed("CRE-1", fact.seen)

    def finish(self) -> None:
        raise ValueError(self.ledger.facts.project_id)


def test_a_check_that_breaks_down_at_the_end_makes_all_that_it_judges_inconclusive() -> None:
    judge = Judge(load(), FACTS, [Hasty()])
    assert judge.finish() == []
    crash = Crashed("Hasty", ("CRE-1", "CRE-2"), f"ValueError: {FACTS.project_id}", None)
    assert judge.crashes == [crash]
    assert crash.sentence == f"The check Hasty broke down: ValueError: {FACTS.project_id}"
    assert verdict_of(judge.tallies["CRE-1"], crash) is Verdict.INCONCLUSIVE
