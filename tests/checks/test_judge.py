"""The judge: what checks say is counted, and a check that breaks down says nothing good."""

from __future__ import annotations

from typing import Any

import pytest
from histories import BASE, FACTS, HistoryBuilder

from conformance.checks.base import Check, on
from conformance.checks.findings import KEPT_FINDINGS
from conformance.checks.judge import Crashed, Judge
from conformance.client.exchange import Exchange
from conformance.contract.document import load
from conformance.history import history
from conformance.history.facts import Called
from conformance.history.observation import Observation
from conformance.reporting.text import exchange_line
from conformance.run.verdicts.verdict import Verdict, verdict_of


class Scripted(Check):
    """Says of each exchange what its driver's name says."""

    judges = ("CRE-1", "CRE-2")

    @on(Called)
    def called(self, fact: Called) -> None:
        seen, word = fact.seen, fact.seen.exchange.driver
        if word == "break":
            self.passed("CRE-1", seen)
            raise ValueError("no luck")
        if word == "fail":
            self.failed("CRE-1", f"kind {seen.exchange.id}", f"Broken {seen.exchange.id}.", seen)
        elif word == "fail alike":
            self.failed("CRE-1", "alike", f"Broken {seen.exchange.id}.", seen)
        elif word == "lost":
            self.inconclusive("CRE-1", "lost", "Lost.", seen)
        else:
            self.passed("CRE-1", seen)

    def finish(self) -> None:
        self.passed("CRE-2")


class Steady(Check):
    """Passes its one requirement on every exchange."""

    judges = ("CRE-3",)

    @on(Called)
    def called(self, fact: Called) -> None:
        self.passed("CRE-3", fact.seen)


def judged(*words: str) -> Judge:
    story = HistoryBuilder()
    for word in words:
        story.call("GET", "/v1/content/cnt_1", driver=word)
    judge = Judge(load(), FACTS, [Scripted(), Steady()])
    for exchange in story.exchanges:
        judge.observe(exchange)
    judge.finish()
    return judge


def verdicts(judge: Judge) -> list[Verdict]:
    crashes = {name: crash for crash in judge.crashes for name in crash.judges}
    return [verdict_of(judge.tallies[name], crashes.get(name)) for name in ("CRE-1", "CRE-2", "CRE-3", "CRE-4")]


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
    assert judge.crashes == [Crashed("Scripted", ("CRE-1", "CRE-2"), "ValueError: no luck", "x2")]
    assert judge.crashes[0].sentence == "The check Scripted broke down at exchange x2: ValueError: no luck"
    assert judge.tallies["CRE-2"].passed == 0, "it is not asked for the end"


class BreaksFirst(Check):
    """Raises in the first of its two methods for one fact."""

    judges = ("CRE-4",)

    @on(Called)
    def first(self, fact: Called) -> None:
        raise ValueError(fact.seen.exchange.id)

    @on(Called)
    def second(self, fact: Called) -> None:
        self.failed("CRE-4", "said by a broken check", "Broken.", fact.seen)


def test_a_check_that_broke_down_is_not_asked_for_the_same_fact_again() -> None:
    judge = Judge(load(), FACTS, [BreaksFirst(), Steady()])
    story = HistoryBuilder()
    story.call("GET", "/v1/content/cnt_1")
    judge.observe(story.exchanges[0])
    assert judge.tallies["CRE-4"].failed == 0
    assert judge.tallies["CRE-3"].passed == 1, "the others go on"


def test_a_history_that_breaks_down_lets_nothing_pass_and_accuses_nobody_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    judge = Judge(load(), FACTS, [Scripted(), Steady()])
    story = HistoryBuilder()
    for word in ("", "fail", "odd", "fail"):
        story.call("GET", "/v1/content/cnt_1", driver=word)
    understand = history.understand

    def breaking(exchange: Exchange, *rest: Any) -> Observation:
        if exchange.driver == "odd":
            raise ValueError("not understood")
        return understand(exchange, *rest)

    monkeypatch.setattr(history, "understand", breaking)
    for exchange in story.exchanges:
        judge.observe(exchange)
    judge.finish()
    assert [crash.sentence for crash in judge.crashes] == [
        "The history broke down at exchange x3: ValueError: not understood"
    ]
    assert verdicts(judge) == [Verdict.FAILED, *[Verdict.INCONCLUSIVE] * 3]
    assert judge.tallies["CRE-1"].failed == 1, "what was shown before stands"


@pytest.mark.parametrize("url", [f"{BASE}[/v1/content", "http://[", f"{BASE}/v1/content/[x", f"{BASE}\u2100/"])
def test_a_url_that_no_parser_takes_breaks_nothing(url: str) -> None:
    story = HistoryBuilder()
    story.call("GET", url, 500)
    story.call("DELETE", url, 200, {})
    judge = Judge(load(), FACTS)
    for exchange in story.exchanges:
        judge.observe(exchange)
        assert exchange_line(exchange)
    judge.finish()
    assert judge.crashes == []


def test_a_failure_that_was_shown_stands_where_the_check_breaks_down_later() -> None:
    assert verdicts(judged("fail", "break"))[0] is Verdict.FAILED


def test_failures_of_one_kind_are_kept_once_and_counted_each_time() -> None:
    tally = judged(*["fail alike"] * 40).tallies["CRE-1"]
    assert (tally.failed, len(tally.failures)) == (40, 1)
    tally = judged(*["fail"] * 40).tallies["CRE-1"]
    assert (tally.failed, len(tally.failures)) == (40, KEPT_FINDINGS)
    assert tally.failures[0].message == "Broken x1."


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
