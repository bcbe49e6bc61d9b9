"""What is sent again, when, and how often."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from client_sessions import KEYED, Answer, RecordedSession, create, get, ok, one_after_the_other, open_session

from conformance.client import retry_after, waiting
from conformance.client import session as session_module
from conformance.client.budget import Limits
from conformance.client.call import Call
from conformance.client.exchange import Exchange
from conformance.client.retries import RETRIES
from conformance.client.waiting import Stopped
from conformance.exceptions import BudgetSpent, NotReached


class Clock:
    """A clock that stands still but for the waits of a session."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def passed(self, sent: Sequence[Exchange]) -> list[float]:
        """Return the seconds from the first of some exchanges to each of them."""
        return [round(each.sent_at - sent[0].sent_at, 6) for each in sent]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    for module in (session_module, waiting, retry_after):
        monkeypatch.setattr(module, "time", found)
    return found


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the waits that a session took, none of which takes any time."""
    found: list[float] = []
    monkeypatch.setattr(session_module.time, "sleep", found.append)
    return found


def slow_down(value: str) -> httpx.Response:
    return httpx.Response(429, headers={"Retry-After": value})


def answers_of(*rows: int | tuple[int, str] | Exception) -> Answer:
    """Return a target that answers in turn with a status, with a status and a Retry-After, or not at all."""
    found: list[httpx.Response | Exception] = []
    for row in rows:
        if isinstance(row, tuple):
            found.append(httpx.Response(row[0], headers=[(b"Retry-After", row[1].encode())]))
        else:
            found.append(httpx.Response(row) if isinstance(row, int) else row)
    return one_after_the_other(*found)


def statuses(here: RecordedSession) -> list[int | None]:
    return [exchange.response.status if exchange.response else None for exchange in here.story]


FREE = (get(), create(costs=0), create(headers=KEYED), create(headers=(("idempotency-key", "k"),)))
PAID = (create(), Call("POST", "/v1/content/c/regenerate", costs=1))
GATEWAY = [0.2, 0.8, 3.2]
"""Seconds between the tries of a call whose sending again cannot cost."""
UNREADABLE = (
    "soon",
    "-5",
    "",
    "Wed, 99 Foo 2026 10:00:00 GMT",
    "\u0661",
    "1e3",
    "1,2",
    "nan",
    "..",
    "Sun, 06 Nov 1994",
)
READABLE = (("2", 2), (" 3 ", 3), ("1.5", 1.5), ("0", 0.05), ("60", 60), *((value, 1) for value in UNREADABLE))


@pytest.mark.parametrize(
    ("call", "answers", "pauses"),
    [
        *((get(), [(429, value), 200], [seconds]) for value, seconds in READABLE),
        (get(), [429, 200], [1]),
        # A target that never relents is let alone after a few tries.
        (get(), [(429, "1")] * (RETRIES + 1), [1] * RETRIES),
        # Nothing has begun after a 429 or a 503, and a 408 says that the request may not have been read.
        (create(), [(429, "1"), 202], [1]),
        (create(), [(503, "2"), (503, "2"), 202], [2, 2]),
        *((call, [408, 408], [0.2]) for call in (get(), create(), create(headers=KEYED))),
        # A gateway error is sent again three times where that cannot cost.
        *((call, [status] * 4, GATEWAY) for call in FREE for status in (502, 503, 504)),
        *((call, [status], []) for call in PAID for status in (502, 504)),
        *((call, [503] * 4, GATEWAY) for call in PAID),
        # A 503 may say when to come again, a 502 may not.
        (get(), [(503, "2"), (502, "2"), (503, "2"), 200], [2, 0.8, 2]),
        *((get(once=True), [answer], []) for answer in ((429, "1"), 503, httpx.ReadError("gone"))),
        *((get(), [status], []) for status in (200, 301, 400, 404, 409, 418, 500, 501)),
        *((get(), [problem] * 2, [0.2]) for problem in (httpx.ReadError("gone"), httpx.RemoteProtocolError("gone"))),
        *((get(), [problem], []) for problem in (httpx.ReadTimeout("late"), httpx.LocalProtocolError("illegal"))),
    ],
)
def test_what_is_sent_again_and_after_how_many_seconds(
    call: Call, answers: list[Any], pauses: list[float], waits: list[float], tmp_path: Path
) -> None:
    with open_session(tmp_path, answers_of(*answers)) as here:
        exchange = here.session.send(call)
        assert statuses(here) == [
            None if isinstance(row, Exception) else row if isinstance(row, int) else row[0] for row in answers
        ]
        assert waits == pauses
        assert exchange is here.story[-1]
        assert [each.tags.get("retry_of") for each in here.story[1:]] == [each.id for each in here.story[:-1]]
        assert here.recorded() == here.story
        accepted = exchange.response is not None and exchange.response.status == 202
        assert (here.spent.requests, here.spent.generations) == (len(answers), int(accepted))


@pytest.mark.parametrize("status", [502, 503])
def test_a_call_that_is_released_is_sent_again_as_often(status: int, waits: list[float], tmp_path: Path) -> None:
    with open_session(tmp_path, answers_of(status)) as here:
        here.session.send_together([get()])
        assert (statuses(here), waits) == ([status] * 4, GATEWAY)


@pytest.mark.parametrize(("ahead", "seconds"), [(20, 20), (-20, 0.05)])
@pytest.mark.parametrize("form", ["%a, %d %b %Y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y", "%a, %d %b %Y %H:%M:%S -0000"])
def test_a_retry_after_may_be_a_date_of_utc_wherever_the_suite_runs(
    form: str, ahead: int, seconds: float, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        when = datetime.fromtimestamp(clock.now + ahead, UTC).strftime(form)
        with open_session(tmp_path, answers_of((429, when), 200)) as here:
            here.session.send(get())
            assert clock.passed(here.story) == [0, seconds]
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    "value", ["61", "3600", "9" * 400, format_datetime(datetime(2999, 1, 1, tzinfo=UTC), usegmt=True)]
)
def test_a_target_that_asks_to_wait_for_too_long_ends_the_driver(
    value: str, status: int, waits: list[float], tmp_path: Path
) -> None:
    with open_session(tmp_path, answers_of((status, value))) as here:
        with pytest.raises(NotReached, match=rf"asked to wait for .*\({status}\)"):
            here.session.send(get())
        assert (statuses(here), waits) == ([status], [])


def test_what_a_503_puts_off_of_those_released_together_is_released_again(waits: list[float], tmp_path: Path) -> None:
    busy, down = httpx.Response(503, headers={"Retry-After": "2"}), httpx.Response(503)
    answers = {"/v1/jobs/a": [busy], "/v1/jobs/b": [down], "/v1/jobs/c": []}

    def answer(request: httpx.Request) -> httpx.Response:
        left = answers[request.url.path]
        return left.pop(0) if left else httpx.Response(200)

    with open_session(tmp_path, answer) as here:
        found = here.session.send_together([Call("GET", path) for path in answers])
        assert [each.response.status for each in found if each.response] == [200] * 3
        assert (waits, len(here.story)) == ([2], 5)


def test_a_wait_never_passes_the_budget(waits: list[float], tmp_path: Path) -> None:
    with open_session(tmp_path, lambda _: slow_down("30"), limits=Limits(5, 99, 20)) as here:
        with pytest.raises(BudgetSpent, match="20 seconds is spent"):
            here.session.send(get())
        assert waits == []


def test_the_last_request_of_the_budget_is_not_sent_again(waits: list[float], tmp_path: Path) -> None:
    with open_session(tmp_path, lambda _: httpx.Response(503), limits=Limits(5, 1, 600)) as here:
        with pytest.raises(BudgetSpent):
            here.session.send(get())
        assert statuses(here) == [503]
        assert waits == [0.2]


def test_what_does_not_fit_into_the_budget_together_is_not_sent_nor_counted(tmp_path: Path) -> None:
    with open_session(tmp_path, ok, limits=Limits(1, 3, 600)) as here:
        here.session.send(get())
        with pytest.raises(BudgetSpent, match="3 requests is spent"):
            here.session.send_together([create(costs=1), get(), get()])
        assert statuses(here) == [200]
        assert (here.spent.requests, here.spent.generations) == (1, 0)
        here.session.send_together([get(), get()])
        assert len(here.story) == 3


def test_requests_are_paced(clock: Clock, tmp_path: Path) -> None:
    with open_session(tmp_path, ok, rate=20) as here:
        for _ in range(3):
            here.session.send(get())
        here.session.send_together([get()] * 3)
        assert clock.passed(here.story) == [0, 0.05, 0.1, 0.25, 0.25, 0.25]


def test_what_was_refused_of_those_released_together_is_released_again(waits: list[float], tmp_path: Path) -> None:
    answers = {"/v1/jobs/a": [slow_down("2"), slow_down("1")], "/v1/jobs/b": [], "/v1/jobs/c": [slow_down("3")]}

    def answer(request: httpx.Request) -> httpx.Response:
        left = answers[request.url.path]
        return left.pop(0) if left else httpx.Response(200)

    with open_session(tmp_path, answer) as here:
        calls = [Call("GET", path) for path in answers]
        exchanges = here.session.send_together([*calls, Call("GET", "/v1/jobs/b", once=True)])
        assert [exchange.response.status for exchange in exchanges if exchange.response] == [200] * 4
        assert [exchange.request.url.rpartition("/")[2] for exchange in exchanges] == ["a", "b", "c", "b"]
        assert waits == [3, 1]
        assert len(here.story) == 7
        first = next(each for each in here.story if each.request.url.endswith("/c"))
        assert exchanges[2].tags == {"retry_of": first.id}


def test_what_found_no_connection_is_released_again_once_the_target_is_back(waits: list[float], tmp_path: Path) -> None:
    out = [0]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path != "/v1/jobs/a":
            out[0] += 1
            if out[0] <= 3:
                raise httpx.ConnectError("refused")
        return httpx.Response(202, json={"jobId": f"job_{request.url.path[-1]}"})

    with open_session(tmp_path, answer) as here:
        paid = [create(), create()]
        found = here.session.send_together([Call("GET", "/v1/jobs/a"), *paid])
        assert [each.response.status for each in found if each.response] == [202] * 3
        assert statuses(here).count(None) == 3
        assert waits == [0.2, 0.2]
        assert here.budget.spent().generations == 2


def test_a_call_that_is_sent_once_is_not_released_again(waits: list[float], tmp_path: Path) -> None:
    with open_session(tmp_path, lambda _: slow_down("2")) as here:
        here.session.send_together([Call("GET", "/v1/jobs/a", once=True)] * 2)
        assert statuses(here) == [429, 429]
        assert waits == []


class Watched:
    """Ways to wait that note which one was taken."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, float]] = []

    def rest(self, seconds: float, unless: Callable[[], bool]) -> None:
        assert not unless()
        self.taken.append(("rest", seconds))

    def hold(self, seconds: float) -> None:
        self.taken.append(("hold", seconds))

    def until(self, ready: Callable[[], bool]) -> None:
        assert ready()

    def check(self) -> None:
        self.taken.append(("check", 0))


def test_nobody_else_goes_on_while_a_429_is_waited_for_but_while_a_driver_pauses(tmp_path: Path) -> None:
    with open_session(tmp_path, one_after_the_other(slow_down("2"), httpx.Response(200))) as here:
        here.session.waiting = watched = Watched()
        here.session.send(get())
        here.session.pause(5)
        assert watched.taken == [("check", 0), ("hold", 2), ("rest", 5)]


def test_nothing_is_sent_once_the_run_ends(tmp_path: Path) -> None:
    class Ended(Watched):
        def check(self) -> None:
            raise Stopped

    with open_session(tmp_path, ok) as here:
        here.session.waiting = Ended()
        for send in (lambda: here.session.send(get()), lambda: here.session.send_together([get()])):
            with pytest.raises(Stopped):
                send()
        assert here.sent == []


def test_what_is_released_together_pays_its_pause_before_and_is_not_parted(clock: Clock, tmp_path: Path) -> None:
    with open_session(tmp_path, ok, rate=4) as here:
        here.session.send(get())
        here.session.send_together([get()] * 4)
        here.session.send(get())
        assert clock.passed(here.story) == [0, 1, 1, 1, 1, 1.25]
