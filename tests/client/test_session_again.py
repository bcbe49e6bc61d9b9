"""What is sent again, when, and how often."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
from client_sessions import KEYED, RecordedSession, create, get, ok, one_after_the_other, open_session

from conformance.client import session as session_module
from conformance.client import waiting
from conformance.client.budget import Limits
from conformance.client.call import Call
from conformance.client.exchange import Exchange
from conformance.client.retries import RETRIES
from conformance.client.session import Session
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
    for module in (session_module, waiting):
        monkeypatch.setattr(module, "time", found)
    return found


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the waits that a session took, none of which takes any time."""
    found: list[float] = []
    monkeypatch.setattr(session_module.time, "sleep", found.append)
    return found


def slow_down(value: str | None) -> httpx.Response:
    return httpx.Response(429, headers={} if value is None else {"Retry-After": value})


def statuses(here: RecordedSession) -> list[int | None]:
    return [exchange.response.status if exchange.response else None for exchange in here.story]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("2", 2), (" 3 ", 3), ("1.5", 1.5), ("0", 0.05), ("60", 60), (None, 1), ("soon", 1), ("-5", 1), ("", 1)],
)
def test_a_429_is_sent_again_after_its_retry_after(
    value: str | None, seconds: float, waits: list[float], tmp_path: Path
) -> None:
    with open_session(tmp_path, one_after_the_other(slow_down(value), httpx.Response(200))) as here:
        exchange = here.session.send(get())
        assert statuses(here) == [429, 200]
        assert exchange is here.story[1]
        assert exchange.tags == {"retry_of": here.story[0].id}
        assert waits == [seconds]


@pytest.mark.parametrize(("ahead", "least", "most"), [(20, 17, 20), (-20, 0.05, 0.05)])
def test_a_retry_after_may_be_a_date(ahead: int, least: float, most: float, waits: list[float], tmp_path: Path) -> None:
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=ahead), usegmt=True)
    with open_session(tmp_path, one_after_the_other(slow_down(when), httpx.Response(200))) as here:
        here.session.send(get())
        assert least <= waits[0] <= most


@pytest.mark.parametrize("form", ["%a %b %d %H:%M:%S %Y", "%a, %d %b %Y %H:%M:%S -0000"])
def test_a_date_without_a_zone_is_one_of_utc_wherever_the_suite_runs(
    form: str, waits: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        when = (datetime.now(UTC) + timedelta(seconds=30)).strftime(form)
        with open_session(tmp_path, one_after_the_other(slow_down(when), httpx.Response(200))) as here:
            here.session.send(get())
            assert 10 <= waits[0] <= 30
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "value", ["Wed, 99 Foo 2026 10:00:00 GMT", "\u0661", "1e3", "1,2", "nan", "..", "Sun, 06 Nov 1994"]
)
def test_a_retry_after_that_nobody_can_read_is_a_second(value: str, waits: list[float], tmp_path: Path) -> None:
    odd = httpx.Response(429, headers=[(b"Retry-After", value.encode())])
    with open_session(tmp_path, one_after_the_other(odd, httpx.Response(200))) as here:
        here.session.send(get())
        assert waits == [1]


@pytest.mark.parametrize(
    "value", ["61", "3600", "9" * 400, format_datetime(datetime(2999, 1, 1, tzinfo=UTC), usegmt=True)]
)
def test_a_target_that_asks_to_wait_for_too_long_ends_the_driver(
    value: str, waits: list[float], tmp_path: Path
) -> None:
    with open_session(tmp_path, lambda _: slow_down(value)) as here:
        with pytest.raises(NotReached, match="asked to wait for"):
            here.session.send(get())
        assert statuses(here) == [429]
        assert waits == []


def test_a_target_that_never_relents_is_let_alone_after_a_few(waits: list[float], tmp_path: Path) -> None:
    with open_session(tmp_path, lambda _: slow_down("1")) as here:
        exchange = here.session.send(get())
        assert statuses(here) == [429] * (RETRIES + 1)
        assert exchange is here.story[-1]
        assert len(waits) == RETRIES


def test_a_paid_call_is_sent_again_after_a_429_since_nothing_has_begun(waits: list[float], tmp_path: Path) -> None:
    answers = one_after_the_other(slow_down("1"), httpx.Response(202, json={"jobId": "job_1", "containerId": "cnt_1"}))
    with open_session(tmp_path, answers) as here:
        here.session.send(create())
        assert statuses(here) == [429, 202]
        assert (here.spent.generations, here.spent.requests) == (1, 2)
        assert waits == [1]


@pytest.mark.parametrize("call", [get(), create(), create(headers=KEYED)])
def test_a_408_is_sent_again_once_since_the_request_may_not_have_been_read(
    call: Call, waits: list[float], tmp_path: Path
) -> None:
    with open_session(tmp_path, lambda _: httpx.Response(408)) as here:
        here.session.send(call)
        assert statuses(here) == [408, 408]
        assert here.story[1].tags["retry_of"] == here.story[0].id
        assert here.spent.generations == 0
        assert len(waits) == 1


def test_what_is_to_be_sent_once_is_sent_once(waits: list[float], tmp_path: Path) -> None:
    answers = one_after_the_other(slow_down("1"), httpx.Response(503), httpx.ReadError("gone"))
    with open_session(tmp_path, answers) as here:
        for _ in range(3):
            here.session.send(get(once=True))
        assert statuses(here) == [429, 503, None]
        assert waits == []


@pytest.mark.parametrize("status", [502, 503, 504])
@pytest.mark.parametrize(
    ("call", "times"),
    [
        (get(), {502: 4, 503: 4, 504: 4}),
        (create(headers=KEYED), {502: 4, 503: 4, 504: 4}),
        (create(headers=(("idempotency-key", "k"),)), {502: 4, 503: 4, 504: 4}),
        (create(costs=0), {502: 4, 503: 4, 504: 4}),
        (create(), {502: 1, 503: 4, 504: 1}),
        (Call("POST", "/v1/content/c/regenerate", costs=1), {502: 1, 503: 4, 504: 1}),
    ],
)
@pytest.mark.parametrize("send", [Session.send, lambda session, call: session.send_together([call])])
def test_a_gateway_error_is_sent_again_three_times_where_that_cannot_cost(
    call: Call,
    times: dict[int, int],
    status: int,
    send: Callable[[Session, Call], object],
    waits: list[float],
    tmp_path: Path,
) -> None:
    with open_session(tmp_path, lambda _: httpx.Response(status)) as here:
        send(here.session, call)
        assert statuses(here) == [status] * times[status]
        assert waits == [0.2, 0.8, 3.2][: times[status] - 1]


def test_a_503_is_sent_again_after_its_retry_after_and_a_502_is_not_asked(waits: list[float], tmp_path: Path) -> None:
    busy, bad = (httpx.Response(status, headers={"Retry-After": "2"}) for status in (503, 502))
    with open_session(tmp_path, one_after_the_other(busy, bad, busy, httpx.Response(200))) as here:
        here.session.send(get())
        assert statuses(here) == [503, 502, 503, 200]
        assert waits == [2, 0.8, 2]


def test_a_503_that_asks_for_too_long_a_wait_ends_the_driver(waits: list[float], tmp_path: Path) -> None:
    with open_session(tmp_path, lambda _: httpx.Response(503, headers={"Retry-After": "3600"})) as here:
        with pytest.raises(NotReached, match=r"3600 seconds \(503\)"):
            here.session.send(get())
        assert waits == []


def test_a_paid_call_is_sent_again_after_a_503_that_says_when_to_come_again(waits: list[float], tmp_path: Path) -> None:
    busy = httpx.Response(503, headers={"Retry-After": "2"})
    with open_session(tmp_path, one_after_the_other(busy, busy, httpx.Response(202, json={"jobId": "job_1"}))) as here:
        here.session.send(create())
        assert (statuses(here), waits) == ([503, 503, 202], [2, 2])
        assert here.budget.spent().generations == 1


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


@pytest.mark.parametrize("status", [200, 301, 400, 404, 409, 418, 500, 501])
def test_no_other_answer_is_sent_again(status: int, waits: list[float], tmp_path: Path) -> None:
    with open_session(tmp_path, lambda _: httpx.Response(status)) as here:
        here.session.send(get())
        assert statuses(here) == [status]
        assert waits == []


@pytest.mark.parametrize(
    ("problem", "times"),
    [
        (httpx.ReadError("gone"), 2),
        (httpx.RemoteProtocolError("gone"), 2),
        (httpx.ReadTimeout("late"), 1),
        (httpx.LocalProtocolError("illegal"), 1),
    ],
)
def test_only_a_broken_connection_is_tried_again(
    problem: Exception, times: int, waits: list[float], tmp_path: Path
) -> None:
    with open_session(tmp_path, one_after_the_other(problem)) as here:
        here.session.send(get())
        assert len(here.sent) == times
        assert len(waits) == times - 1


def test_each_try_is_counted_recorded_and_told(waits: list[float], tmp_path: Path) -> None:
    with open_session(tmp_path, one_after_the_other(httpx.Response(503), httpx.Response(200))) as here:
        here.session.send(get())
        assert here.spent.requests == 2
        assert [exchange.id for exchange in here.recorded()] == ["t-1", "t-2"]
        assert here.recorded() == here.story
        assert waits == [0.2]


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
