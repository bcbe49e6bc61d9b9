"""APR-2: what a decision is not to be blamed for, and what two of them are."""

from __future__ import annotations

from typing import Any

import pytest
from histories import BRIEF, HistoryBuilder, asset, failures, results
from moves import approve, created_in, pending, reject, shown


@pytest.mark.parametrize(
    "fields",
    [
        {"assets": [asset(views=3)]},
        {"captions": [{"platform": "tiktok", "text": "…", "likes": 3}]},
        {"brief": {**BRIEF, "tone": "calm", "language": None}},
    ],
)
def test_members_that_no_page_names_may_change_under_a_decision(fields: Any) -> None:
    story = pending()
    reject(story)
    shown(story, "rejected", **fields)
    assert results(story, "APR-2") == ["passed"]


@pytest.mark.parametrize("odd", ["med_2", None, {"kind": "video"}, {"id": 7}])
def test_what_is_no_asset_is_not_missed_after_a_decision(odd: Any) -> None:
    story = created_in()
    shown(story, "pending", assets=[asset(), odd])
    reject(story)
    shown(story, "rejected", assets=[asset()])
    assert results(story, "APR-2") == ["passed"]


def test_two_decisions_share_the_blame() -> None:
    story = pending()
    reject(story)
    approve(story)
    shown(story, "approved", captions=[])
    assert failures(story)["APR-2"][0].startswith("A reject and an approve changed the captions from ")


@pytest.mark.parametrize("status", [422, 504, None])
def test_a_decision_that_was_not_surely_carried_out_is_not_blamed(status: Any) -> None:
    story = pending()
    reject(story, status)
    shown(story, "pending", captions=[])
    assert results(story, "APR-2") == []


def test_what_the_run_did_not_make_may_be_changed_by_others_while_it_is_decided_on() -> None:
    story = HistoryBuilder()
    shown(story, "pending")
    reject(story)
    shown(story, "rejected", captions=[])
    assert results(story, "APR-2") == []
