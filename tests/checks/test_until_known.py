"""What is null until it is known, and then has a value, has not changed (open reading 32)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from histories import HistoryBuilder, asset, failures
from moves import clone, created_in, read_once, reject, shown

NULL = {"width": None, "height": None, "durationMs": None}
CALLS: list[Callable[[HistoryBuilder], object]] = [
    reject,
    clone,
    lambda story: story.error("POST", "/v1/content/cnt_1/regenerate", 401, "UNAUTHENTICATED", actor="anonymous"),
    lambda story: story.error("POST", "/v1/content/cnt_1/regenerate", 400, "VALIDATION", body={"patch": {"hook": 7}}),
]
ACCUSED = [["APR-2"], ["CLO-3"], ["AUT-3"], ["REG-6"]]


def around(
    call: Callable[[HistoryBuilder], object], before: dict[str, Any], after: dict[str, Any]
) -> dict[str, list[str]]:
    """Read a pending container before and after a call."""
    story = created_in()
    shown(story, "pending", **before)
    call(story)
    shown(story, "rejected" if call is reject else "pending", **after)
    return failures(story)


@pytest.mark.parametrize("call", CALLS)
def test_a_value_that_comes_is_no_change(call: Callable[[HistoryBuilder], object]) -> None:
    two = [asset("med_2"), asset("med_1")]
    assert around(call, {"influencerId": None, "assets": [asset(**NULL)]}, {"influencerId": "inf_1"}) == {}
    assert around(call, {"assets": [asset("med_1", width=None), asset("med_2", **NULL)]}, {"assets": two}) == {}


@pytest.mark.parametrize(("call", "accused"), list(zip(CALLS, ACCUSED, strict=True)))
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"assets": [asset(width=1080)]}, {"assets": [asset(width=720)]}),
        ({"assets": [asset(width=1080)]}, {"assets": [asset(width=None)]}),
        ({"assets": [asset(width=None)]}, {"assets": [asset(kind="image")]}),
        ({"assets": [asset(width=None)]}, {"assets": [asset(), asset("med_2")]}),
    ],
)
def test_a_value_that_changes_or_goes_is_one(
    call: Callable[[HistoryBuilder], object], accused: list[str], before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert list(around(call, before, after)) == accused


def test_an_influencer_that_changes_is_a_change() -> None:
    assert list(around(clone, {"influencerId": "inf_1"}, {"influencerId": "inf_2"})) == ["CLO-3"]
    assert list(around(clone, {"influencerId": "inf_1"}, {"influencerId": None})) == ["CLO-3"]


def test_a_duration_that_comes_later_is_not_missed() -> None:
    story = read_once(assets=[asset(durationMs=None)])
    story.read()
    assert failures(story) == {}


def test_a_duration_that_nobody_looked_for_again_is_not_missed_where_others_came() -> None:
    story = read_once(assets=[asset(durationMs=None), asset("med_2")])
    assert failures(story) == {}
    story.read(assets=[asset(durationMs=None), asset("med_2")], sent=story.at + 5)
    assert list(failures(story)) == ["AST-5"]


def test_a_duration_that_never_comes_is_missed_once() -> None:
    story = read_once(assets=[asset(durationMs=None)])
    story.read(assets=[asset(durationMs=None)])
    assert failures(story)["AST-5"] == ['Asset "med_1" of container cnt_1 is a video and has no durationMs.']
