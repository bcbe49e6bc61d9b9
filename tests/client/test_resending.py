"""What a repro script sends again where requests that have to meet came out otherwise than in the run."""

from __future__ import annotations

from functools import partial
from typing import Any

import httpx
import pytest

from conformance.client.resending import FIXED, STILL_BROKEN, UNDECIDED, Target, tried

APPROVE: dict[str, Any] = {"id": "x1", "actor": "owner", "method": "POST", "url": "/approve", "headers": []}
REJECT = APPROVE | {"id": "x2", "url": "/reject"}
READ = APPROVE | {"id": "x3", "method": "GET", "url": "/content"}
RACE: dict[str, Any] = {
    "groups": [[APPROVE | {"answered": 409}, REJECT | {"answered": 200}], [READ | {"answered": 200}]],
    **dict.fromkeys(("crowd", "stock", "watched", "again", "forged", "reading", "fresh", "derived"), ()),
    "tries": 3,
    "pause": 0.0,
    "turns": False,
    "timeout": 5.0,
    "generationTimeout": 5.0,
}


def sent(monkeypatch: pytest.MonkeyPatch, outcome: str, winner: str) -> list[str]:
    """Return the paths of the calls that a script sends of a race, in their order, where one of the calls wins each time."""
    paths: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            paths.append(request.url.path)
        return httpx.Response(200 if request.method == "GET" or request.url.path == winner else 409, json={})

    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, transport=httpx.MockTransport(answer)))
    said = tried(Target(RACE, "http://test", {}), RACE, {}, lambda *_: (outcome, []))
    assert said == outcome
    return paths


def test_a_race_that_came_out_otherwise_is_sent_again_and_at_last_in_the_order_of_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paths = sent(monkeypatch, FIXED, "/approve")
    assert len(paths) == 6
    assert paths[-2:] == ["/reject", "/approve"]


def test_a_race_that_came_out_as_in_the_run_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(sent(monkeypatch, FIXED, "/reject")) == 2


def test_what_is_still_broken_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(sent(monkeypatch, STILL_BROKEN, "/approve")) == 2


def test_what_nobody_can_decide_is_sent_as_often_as_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(sent(monkeypatch, UNDECIDED, "/reject")) == 6


@pytest.mark.parametrize(("answered", "status", "refused"), [(200, 409, True), (200, 404, False), (409, 409, False)])
def test_a_call_that_was_accepted_in_the_run_and_conflicts_now_is_told(
    answered: int,
    status: int,
    refused: bool,  # noqa: FBT001 - a column of the table
) -> None:
    part = RACE | {"groups": [[REJECT | {"answered": answered}]], "evidence": ["x2", "x3"]}
    target = Target(part, "http://test", {})
    target.history, target.sent = [{"id": "repro-1", "response": {"status": status}}], {"x2": "repro-1"}
    assert target.refuses(part) is refused
