"""The judge: what checks say is counted, and a check that breaks down says nothing good."""

from __future__ import annotations

from collections.abc import Iterable

from histories import FACTS, Told

from conformance.checks.findings import Check, Finding, failed, inconclusive, passed
from conformance.checks.judge import KEPT_FAILURES, Judge
from conformance.contract.document import load
from conformance.history.ledger import Ledger
from conformance.history.observation import Seen
from conformance.run.verdict import Verdict, verdict_of


class Scripted(Check):
    """Says of each exchange what its driver's name says."""

    judges = ("CRE-1", "CRE-2")

    def observe(self, seen: Seen, ledger: Ledger) -> Iterable[Finding]:  # noqa: ARG002 - the base's signature
        word = seen.exchange.driver
        if word == "break":
            yield passed("CRE-1", seen)
            raise ValueError("no luck")
        if word == "fail":
            yield failed("CRE-1", f"Broken {seen.exchange.id}.", seen)
        elif word == "fail alike":
            yield failed("CRE-1", "Broken.", seen)
        elif word == "lost":
            yield inconclusive("CRE-1", "Lost.", seen)
        else:
            yield passed("CRE-1", seen)

    def finish(self, ledger: Ledger) -> Iterable[Finding]:  # noqa: ARG002 - the base's signature
        return (passed("CRE-2"),)


class Steady(Check):
    """Passes its one requirement on every exchange."""

    judges = ("CRE-3",)

    def observe(self, seen: Seen, ledger: Ledger) -> Iterable[Finding]:  # noqa: ARG002 - the base's signature
        return (passed("CRE-3", seen),)


def judged(*words: str) -> Judge:
    told = Told()
    for word in words:
        told.call("GET", "/v1/content/cnt_1", driver=word)
    judge = Judge(load(), FACTS, [Scripted(), Steady()])
    for exchange in told.exchanges:
        judge.observe(exchange)
    judge.finish()
    return judge


def verdicts(judge: Judge) -> list[Verdict]:
    return [verdict_of(judge.tallies[name]) for name in ("CRE-1", "CRE-2", "CRE-3", "CRE-4")]


def test_what_was_seen_is_counted_and_its_first_proof_kept() -> None:
    judge = judged("", "", "")
    tally = judge.tallies["CRE-1"]
    assert (tally.passed, tally.failed, tally.shown_by) == (3, 0, ("x1",))
    assert verdicts(judge) == [Verdict.PASSED, Verdict.PASSED, Verdict.PASSED, Verdict.NOT_EXERCISED]


def test_one_failure_outweighs_every_pass() -> None:
    assert verdicts(judged("", "fail", "", "lost"))[0] is Verdict.FAILED


def test_what_could_not_be_judged_takes_nothing_from_what_could() -> None:
    assert verdicts(judged("lost", ""))[0] is Verdict.PASSED
    assert verdicts(judged("lost"))[0] is Verdict.INCONCLUSIVE


def test_a_check_that_breaks_down_makes_all_that_it_judges_inconclusive_and_is_not_asked_again() -> None:
    judge = judged("", "break", "")
    assert verdicts(judge) == [
        Verdict.INCONCLUSIVE,
        Verdict.INCONCLUSIVE,
        Verdict.PASSED,
        Verdict.NOT_EXERCISED,
    ]
    assert judge.tallies["CRE-3"].passed == 3, "the others go on"
    finding = judge.tallies["CRE-2"].inconclusive[0]
    assert finding.message == "The check Scripted broke down: ValueError: no luck"
    assert finding.exchanges == ("x2",)
    assert judge.tallies["CRE-2"].passed == 0, "it is not asked for the end"


def test_a_failure_that_was_shown_stands_where_the_check_breaks_down_later() -> None:
    assert verdicts(judged("fail", "break"))[0] is Verdict.FAILED


def test_failures_of_one_kind_are_kept_once_and_counted_each_time() -> None:
    tally = judged(*["fail alike"] * 40).tallies["CRE-1"]
    assert (tally.failed, len(tally.failures)) == (40, 1)
    tally = judged(*["fail"] * 40).tallies["CRE-1"]
    assert (tally.failed, len(tally.failures)) == (40, KEPT_FAILURES)
    assert tally.failures[0].message == "Broken x1."
