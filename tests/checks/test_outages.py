"""The judge of ERR-1, by histories on each side of every line."""

from __future__ import annotations

from typing import Any

import pytest
from histories import BASE, FACTS, PROJECT, HistoryBuilder, failures, results

from conformance.checks.findings import Tally
from conformance.checks.judge import Judge
from conformance.client.exchange import TransportError
from conformance.contract.document import load
from conformance.reporting.report import Verdict
from conformance.run.verdicts.verdict import verdict_of

CREATE = f"/v1/projects/{PROJECT}/content"
BROKEN = "broken: Server disconnected without sending a response."


def asked(*answers: int | str, path: str = "/v1/content/cnt_1", method: str = "GET", **more: Any) -> HistoryBuilder:
    story = HistoryBuilder()
    for answer in answers:
        status, error = (answer, None) if isinstance(answer, int) else (None, answer)
        story.call(method, path, status, error=error, **more)
    return story


@pytest.mark.parametrize("status", [500, 505, 507, 599])
def test_a_5xx_fails_at_once_and_says_what_was_odd(status: int) -> None:
    story = asked(status, method="POST", path=CREATE, body=b"{")
    assert failures(story)["ERR-1"] == [f"createContent answered {status} (the body is not JSON in UTF-8)."]


def test_anything_below_500_passes() -> None:
    assert results(asked(200, 404, 302, 499), "ERR-1") == ["passed"] * 4


@pytest.mark.parametrize("first", [502, 503, 504, BROKEN])
@pytest.mark.parametrize("second", [502, 503, 504])
def test_a_gateway_error_that_three_repetitions_meet_too_fails(first: int | str, second: int | str) -> None:
    assert results(asked(first, second, first), "ERR-1") == (["inconclusive"])
    story = asked(first, second, first, second)
    assert results(story, "ERR-1") == ["failed"]
    assert "when the same request was sent before, 4 times in all" in failures(story)["ERR-1"][0]


def test_a_broken_connection_that_recurs_fails() -> None:
    story = asked(BROKEN, BROKEN)
    assert results(story, "ERR-1") == ["failed"]
    assert "when the same request was sent before" in failures(story)["ERR-1"][0]


@pytest.mark.parametrize(
    ("value", "found"), [("0", ["failed"]), ("2", ["inconclusive"]), ("soon", ["failed"]), ("9" * 99, ["failed"])]
)
def test_a_repetition_before_its_retry_after_shows_nothing(value: str, found: list[str]) -> None:
    story = HistoryBuilder()
    for _ in range(4):
        story.call("GET", "/v1/content/cnt_1", 503, answer_headers={"Retry-After": value})
    assert results(story, "ERR-1") == found


def test_a_target_that_is_asked_again_when_it_says_so_and_has_not_recovered_fails() -> None:
    story = HistoryBuilder()
    for _ in range(4):
        story.call("GET", "/v1/content/cnt_1", 503, answer_headers={"Retry-After": "2"})
        story.at += 1.1
    assert results(story, "ERR-1") == ["failed"]


def test_two_outages_minutes_apart_are_two() -> None:
    story = asked(503, 503)
    story.at += 61
    story.call("GET", "/v1/content/cnt_1", 503)
    story.call("GET", "/v1/content/cnt_1", 503)
    assert results(story, "ERR-1") == ["inconclusive"] * 2


@pytest.mark.parametrize("first", [503, BROKEN])
def test_one_that_does_not_recur_is_inconclusive(first: int | str) -> None:
    assert results(asked(first, 200), "ERR-1") == ["inconclusive", "passed"]
    assert results(asked(first), "ERR-1") == ["inconclusive"]
    assert results(asked(first, 200, first, 200), "ERR-1") == ["inconclusive", "passed"] * 2


def test_two_different_requests_are_no_repetition() -> None:
    story = asked(503, 503, path=CREATE, method="POST", body={"a": 1})
    story.exchanges.pop()
    story.call("POST", CREATE, 503, body={"a": 2})
    story.call("POST", CREATE, 503, body={"a": 1}, actor="other")
    story.call("PUT", CREATE, 503, body={"a": 1})
    assert results(story, "ERR-1") == ["inconclusive"] * 4


def test_two_at_the_same_time_are_no_repetition() -> None:
    story = HistoryBuilder()
    story.call("GET", "/v1/content/cnt_1", 503, sent=1.0, took=2)
    story.call("GET", "/v1/content/cnt_1", 503, sent=2.5, took=2)
    assert results(story, "ERR-1") == ["inconclusive"]
    for sent in (3.0, 6.0, 9.0):
        story.call("GET", "/v1/content/cnt_1", 503, sent=sent, took=2)
    # The five are also counted as lapses.
    assert results(story, "ERR-1") == ["failed", "inconclusive"]


def test_silence_that_shows_nothing_of_the_target_is_inconclusive() -> None:
    for error in ("timeout: ReadTimeout", "connect: refused"):
        assert results(asked(error, error), "ERR-1") == ["inconclusive"] * 2
    assert results(asked(BROKEN, BROKEN, method="POST", body=b"a" * 65_537), "ERR-1") == ["inconclusive"] * 2
    assert "failed" in results(asked(BROKEN, BROKEN, method="POST", body=b"a" * 65_536), "ERR-1")


def test_an_answer_that_the_harness_cut_off_accuses_nobody() -> None:
    story = asked("too-large: 200, more than 33,554,432 bytes", "too-large: 200, more than 33,554,432 bytes")
    assert results(story, "ERR-1") == ["inconclusive"] * 2
    assert failures(story) == {}


def test_bytes_that_nobody_asked_for_are_named_and_accuse_nobody() -> None:
    story = asked(200, tags={"unasked": "45"})
    assert sorted(results(story, "ERR-1")) == ["inconclusive", "passed"]


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


@pytest.mark.parametrize(
    "error", ["unsent: Illegal header value b'x'", "abandoned: the run ended", "doubted: whose is it"]
)
def test_what_the_harness_did_not_send_or_could_not_read_is_no_observation(error: str) -> None:
    assert results(asked(*[error] * 9), "ERR-1") == []


@pytest.mark.parametrize(
    "error", [each for each in TransportError if each not in {TransportError.UNSENT, TransportError.CONNECT}]
)
def test_a_write_whose_answer_is_not_known_may_have_taken_effect(error: TransportError) -> None:
    story = HistoryBuilder()
    story.create()
    story.read()
    story.call("POST", "/v1/content/cnt_1/reject", None, body={"reason": "No."}, error=f"{error}: whatever")
    story.call("POST", "/v1/content/cnt_1/regenerate", None, body={"patch": {"hook": "B"}}, error=f"{error}: whatever")
    story.read(approvalStatus="rejected")
    story.read(status="generating", brief={"hook": "B"})
    assert failures(story) == {}
    del story.exchanges[2:4]
    assert {"APR-5", "LIF-2"} <= failures(story).keys()


def test_a_501_tells_of_what_the_target_lacks_but_not_of_a_promised_operation() -> None:
    assert results(asked(501, path="/v1/content/cnt_1/approve", method="POST"), "ERR-1") == []
    assert results(asked(501, method="PURGE"), "ERR-1") == []
    assert results(asked(501, headers={"Transfer-Encoding": "x"}), "ERR-1") == []
    assert results(asked(501), "ERR-1") == ["failed"]


def test_the_clock_and_other_hosts_are_not_the_target() -> None:
    story = asked(500, path=f"{BASE}/_sandbox/clock")
    story.call("GET", "https://media.test/med_1.mp4", 500)
    assert results(story, "ERR-1") == []
