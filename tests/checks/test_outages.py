"""The judge of ERR-1, by histories on each side of every line."""

from __future__ import annotations

from typing import Any

import pytest
from histories import FACTS, HistoryBuilder, results

from conformance.checks.findings import Tally
from conformance.checks.judge import Judge
from conformance.contract.document import load
from conformance.reporting.report import Verdict
from conformance.run.verdicts.verdict import verdict_of

BROKEN = "broken: Server disconnected without sending a response."


def asked(*answers: int | str, path: str = "/v1/content/cnt_1", method: str = "GET", **more: Any) -> HistoryBuilder:
    story = HistoryBuilder()
    for answer in answers:
        status, error = (answer, None) if isinstance(answer, int) else (None, answer)
        story.call(method, path, status, error=error, **more)
    return story


def test_silence_that_shows_nothing_of_the_target_is_inconclusive() -> None:
    for error in ("timeout: ReadTimeout", "connect: refused"):
        assert results(asked(error, error), "ERR-1") == ["inconclusive"] * 2
    assert results(asked(BROKEN, BROKEN, method="POST", body=b"a" * 65_537), "ERR-1") == ["inconclusive"] * 2
    assert "failed" in results(asked(BROKEN, BROKEN, method="POST", body=b"a" * 65_536), "ERR-1")


def tallied(story: HistoryBuilder) -> Tally:
    judge = Judge(load(), FACTS)
    for exchange in story.exchanges:
        judge.observe(exchange)
    judge.finish()
    return judge.tallies["ERR-1"]


def lapsing(calls: int, *lapses: int | str) -> HistoryBuilder:
    story = asked(*[200] * calls)
    for number, lapse in enumerate(lapses):
        for answer in (lapse, 200):
            status, error = (answer, None) if isinstance(answer, int) else (None, answer)
            story.call("GET", f"/v1/content/cnt_{number + 2}", status, error=error)
    return story


@pytest.mark.parametrize("lapse", [502, 503, 504, BROKEN])
def test_a_target_that_lapses_often_has_not_passed(lapse: int | str) -> None:
    tally = tallied(lapsing(88, *[lapse] * 6))
    assert verdict_of(tally) is Verdict.INCONCLUSIVE
    assert tally.inconclusive[0].message.startswith("6 of 100 calls were answered 502, 503 or 504, or broke")


def test_a_target_that_lapses_seldom_passes_and_it_is_counted() -> None:
    tally = tallied(lapsing(388, *[503] * 6))
    assert verdict_of(tally) is Verdict.PASSED
    assert tally.inconclusive[-1].message == "6 of 400 calls were answered 502, 503 or 504, or broke the connection."


def test_a_target_that_says_when_to_come_back_and_answers_then_passes() -> None:
    story = asked(*[200] * 24)
    for number in range(6):
        story.call("GET", f"/v1/content/cnt_{number}", 503, answer_headers={"Retry-After": "1"})
        story.at += 1
        story.call("GET", f"/v1/content/cnt_{number}", 200)
    tally = tallied(story)
    assert verdict_of(tally) is Verdict.PASSED
    assert tally.inconclusive[-1].message == "6 of 36 calls were put off with 503 and Retry-After."


def test_a_repetition_is_no_other_lapse() -> None:
    story = lapsing(10, 503)
    for _ in range(6):
        story.call("GET", "/v1/content/cnt_9", 503, tags={"retry_of": "x1"})
    assert verdict_of(tallied(story)) is not Verdict.PASSED
    assert not any("calls were answered" in each.message for each in tallied(story).inconclusive)


def test_four_lapses_are_no_share() -> None:
    assert verdict_of(tallied(lapsing(8, *[503] * 4))) is Verdict.PASSED


def test_what_was_never_sent_and_what_came_late_is_no_lapse() -> None:
    story = lapsing(10, *["connect: refused", "timeout: ReadTimeout", "unsent: Illegal header"] * 5)
    assert verdict_of(tallied(story)) is Verdict.PASSED
