"""No judge breaks down on an answer, whatever JSON stands where the documents have a string, a list or an object."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from histories import FACTS, FOREIGN, KEY, PROJECT, REVIEW, HistoryBuilder, container, envelope_of_error
from lists import item
from moves import approve, cancel, clone, fetch, progress, regenerate, reject, shown

from conformance.checks.judge import Judge
from conformance.client.exchange import Exchange, judging_order
from conformance.contract.document import load

KEYED = {"Idempotency-Key": KEY}
ODD: tuple[Any, ...] = ([], {}, 7, -1.5, True, None, "", ["x"], {"a": 1}, "x" * 300, 10**400, "\u0000", [[]], [None])


def everything() -> HistoryBuilder:
    """Make every documented call, most of them twice."""
    story = HistoryBuilder()
    for n, project in ((1, REVIEW), (2, PROJECT)):
        story.create(n, project=project, key=KEY)
        story.create(n, project=project, key=KEY)
    story.create(3, actor="other", project=FOREIGN, key=KEY)
    story.create(4, status=422, answer=envelope_of_error("VALIDATION"), body={"format": 5})
    for status in ("queued", "generating", "completed"):
        shown(story, "not_required" if status != "completed" else "pending", status=status)
        story.job(1, status="completed" if status == "completed" else "running")
        progress(story, 1, status="completed" if status == "completed" else "running")
    for decide, approval in ((approve, "approved"), (reject, "rejected")):
        shown(story, "pending")
        decide(story, answer=container(projectId=REVIEW, approvalStatus=approval))
        shown(story, approval)
    for _ in range(2):
        regenerate(story, 5, project=REVIEW, headers=KEYED)
        clone(story, 6, headers=KEYED)
        story.list([item(1), item(1, id="cnt_2")], "?limit=2", cursor="c")
        story.list([item(1, id="cnt_6")], "?limit=2&cursor=c")
        fetch(story)
        approve(story, headers=KEYED)
        shown(story, "approved")
        reject(story, headers=KEYED)
        reject(story, 202, regenerates=True, n=7)
        shown(story, "rejected", status="queued")
        cancel(story)
        story.call("DELETE", f"/v1/projects/{REVIEW}", 200, {"id": REVIEW})
        story.error("GET", "/v1/content/cnt_9", 404, "NOT_FOUND")
        story.call("POST", "/_sandbox/clock", 200, {"now": 5}, body={"advanceSeconds": 60})
    return story


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every member of a JSON value, as its holder and its name or number."""
    held = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for name, member in held for place in ((value, name), *places(member))]


def made_odd(exchange: Exchange, chance: random.Random) -> Exchange:
    if exchange.response is None or not exchange.response.body:
        return exchange
    answer = json.loads(exchange.response.body)
    for holder, name in chance.sample(found := places(answer), min(2, len(found))):
        holder[name] = deepcopy(chance.choice(ODD))
    answer = chance.choice(ODD) if chance.random() < 0.1 else answer
    return replace(exchange, response=replace(exchange.response, body=json.dumps(answer).encode()))


@pytest.mark.parametrize("seed", range(40))
def test_no_judge_breaks_down_on_odd_answers(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test that is the same at every run
    story = everything().exchanges
    odd = [made_odd(each, chance) if chance.random() < 0.4 else each for each in story]
    judge = Judge(load(), FACTS)
    for exchange in sorted(odd, key=judging_order):
        judge.observe(exchange)
    judge.finish()
    assert judge.crashes == []
