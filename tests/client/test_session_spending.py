"""What a session spends: requests and generations, counted before they are sent, and corrected by what came of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from client_sessions import (
    CONTENT,
    KEYED,
    RecordedSession,
    accepted,
    create,
    get,
    ok,
    one_after_the_other,
    open_session,
)

from conformance.client.budget import Limits
from conformance.client.call import Call
from conformance.exceptions import BudgetSpent, NotReached

REFUSED = httpx.Response(400, json={"error": {}})
REPLAY = create(costs=0, headers=KEYED)


def test_a_request_is_counted_before_it_is_sent(tmp_path: Path) -> None:
    counted: list[int] = []

    def answer(_: httpx.Request) -> httpx.Response:
        counted.append(here.spent.requests)
        return httpx.Response(200)

    with open_session(tmp_path, answer) as here:
        here.session.send(get())
        here.session.send_together([get(), get()])
    assert counted == [1, 3, 3]


def test_a_generation_is_counted_before_it_is_sent(tmp_path: Path) -> None:
    counted: list[int] = []

    def answer(_: httpx.Request) -> httpx.Response:
        counted.append(here.spent.generations)
        return REFUSED

    with open_session(tmp_path, answer) as here:
        here.session.send(create())
        here.session.send_together([create(), create()])
        assert counted[0] == 1
        assert max(counted[1:]) == 2
        assert here.spent.generations == 0


def test_the_request_that_would_pass_the_budget_is_not_sent(tmp_path: Path) -> None:
    with open_session(tmp_path, ok, limits=Limits(5, 2, 600)) as here:
        here.session.send(get())
        here.session.send(get())
        with pytest.raises(BudgetSpent, match="2 requests is spent"):
            here.session.send(get())
        with pytest.raises(BudgetSpent):
            here.session.send_together([get()])
        assert len(here.sent) == len(here.story) == here.spent.requests == 2


def test_what_spends_the_budget_passes_whoever_catches_exceptions(tmp_path: Path) -> None:
    def careless(door_: RecordedSession) -> None:
        try:
            door_.session.send(create())
        except Exception:  # noqa: BLE001 - what is tested is that this does not catch it
            pytest.fail("a driver can swallow it")

    with (
        open_session(tmp_path, ok, limits=Limits(0, 9, 600)) as here,
        pytest.raises(BudgetSpent, match="0 generations is spent"),
    ):
        careless(here)


def test_reads_go_on_when_the_generations_are_spent(tmp_path: Path) -> None:
    with open_session(tmp_path, lambda _: accepted(1), limits=Limits(1, 9, 600)) as here:
        here.session.send(create())
        with pytest.raises(BudgetSpent):
            here.session.send(create())
        here.session.send(get())
        here.session.send(REPLAY)
        assert (here.spent.generations, here.spent.requests) == (1, 3)


def test_time_is_a_budget_too(tmp_path: Path) -> None:
    with (
        open_session(tmp_path, ok, limits=Limits(5, 9, 0.000001)) as here,
        pytest.raises(BudgetSpent, match="seconds is spent"),
    ):
        here.session.send(get())
    with (
        open_session(tmp_path, ok, limits=Limits(5, 9, 3)) as here,
        pytest.raises(BudgetSpent, match="3 seconds is spent"),
    ):
        here.session.pause(60)


@pytest.mark.parametrize(
    ("call", "answer", "generations"),
    [
        (create(), accepted(1), 1),
        (create(), REFUSED, 0),
        (create(), httpx.Response(409, json={"jobId": "job_1"}), 0),
        (create(), httpx.Response(202, json={"containerId": "cnt_1"}), 1),
        (create(), httpx.Response(202, text="thank you"), 1),
        (create(), httpx.Response(201, json={"id": "cnt_1"}), 1),
        (create(costs=0), accepted(1), 1),
        (create(costs=0), httpx.Response(202, text="thank you"), 0),
        (create(actor="anonymous", costs=0), accepted(1), 1),
        (get("/v1/jobs/job_1"), httpx.Response(200, json={"jobId": "job_1"}), 0),
        (Call("POST", "/v1/content/c/reject", body=b"{}", costs=1), httpx.Response(200, json={"id": "c"}), 0),
        (Call("POST", "/v1/content/c/reject", body=b"{}", costs=1), accepted(1), 1),
    ],
)
def test_what_counts_is_what_began(call: Call, answer: httpx.Response, generations: int, tmp_path: Path) -> None:
    with open_session(tmp_path, lambda _: answer) as here:
        here.session.send(call)
        assert here.spent.generations == generations


@pytest.mark.parametrize("problem", [httpx.ReadTimeout("late"), httpx.ReadError("gone")])
def test_a_generation_whose_answer_is_lost_stays_counted(problem: Exception, tmp_path: Path) -> None:
    with open_session(tmp_path, one_after_the_other(problem)) as here:
        here.session.send(create())
        assert here.spent.generations == 1
        here.session.send(get(once=True))
        here.session.send(replace(REPLAY, once=True))
        assert here.spent.generations == 1


def test_a_replay_starts_nothing(tmp_path: Path) -> None:
    with open_session(tmp_path, lambda _: accepted(1)) as here:
        here.session.send(create(headers=KEYED))
        for _ in range(3):
            here.session.send(REPLAY)
        here.session.send_together([REPLAY] * 4)
        assert here.spent.generations == 1


def test_duplicates_that_each_start_a_job_are_each_counted(tmp_path: Path) -> None:
    jobs = count(1)

    def another(_: httpx.Request) -> httpx.Response:
        return accepted(next(jobs))

    with open_session(tmp_path, another) as here:
        here.session.send_together([create(headers=KEYED), *[REPLAY] * 3])
        assert here.spent.generations == 4


@pytest.mark.parametrize(
    ("call", "stopped"),
    [
        (REPLAY, True),
        (Call("POST", "/v1/content/c/regenerate"), True),
        (Call("POST", "/v1/content/c/clone-from-post", body=b"{}"), True),
        (Call("POST", "/v1/content/c/reject", body=b"{}"), True),
        (Call("POST", "/v1/content/c/regenerate", actor="other"), True),
        (Call("POST", "/v1/content/c/regenerate", actor="anonymous"), False),
        (Call("POST", "/v1/content/c/approve"), False),
        (Call("POST", "/v1/jobs/j/cancel"), False),
        (get(), False),
    ],
)
def test_a_target_that_overspends_is_sent_no_more_risky_calls(call: Call, stopped: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a column of the table
    answers = one_after_the_other(accepted(1), accepted(2), REFUSED)
    with open_session(tmp_path, answers, limits=Limits(1, 99, 600)) as here:
        here.session.send(create(headers=KEYED))
        here.session.send(REPLAY)
        assert here.spent.generations == 2
        if stopped:
            with pytest.raises(BudgetSpent, match="overspent by what the target should not have started"):
                here.session.send(call)
        else:
            here.session.send(call)
        assert len(here.sent) == (2 if stopped else 3)


def test_a_call_that_is_never_sent_costs_nothing(tmp_path: Path) -> None:
    away: dict[str, Any] = {"method": "POST", "path": "http://elsewhere.test" + CONTENT, "body": b"{}", "costs": 1}
    with open_session(tmp_path, ok) as here:
        for send in (here.session.send, lambda call: here.session.send_together([create(), call])):
            with pytest.raises(NotReached):
                send(Call(**away))
        assert (here.spent.generations, here.spent.requests, here.sent) == (0, 0, [])


def test_calls_of_one_instant_that_pass_the_budget_together_cost_nothing(tmp_path: Path) -> None:
    with open_session(tmp_path, ok, limits=Limits(2, 99, 600)) as here:
        with pytest.raises(BudgetSpent):
            here.session.send_together([create(), create(), create()])
        assert (here.spent.generations, here.sent) == (0, [])
