"""The 24 hours of an Idempotency-Key, on the target's test clock."""

from __future__ import annotations

import time
from dataclasses import replace

from conformance.run.answers import answer_of
from conformance.run.api import Api
from conformance.run.drivers import provokes
from conformance.suite.stock import Made, Stock, again, disputed, sweep

DAY = 86_400.0
MARGIN = 30.0
"""Seconds before and after the border at which the key is tried."""
AGES = (600.0, 3_600.0 + MARGIN, 12 * 3_600.0, 23 * 3_600.0)
"""Ages of the first key at which every key is replayed: some store may keep the keys of one operation for less than a day."""


@provokes("IDM-12", "IDM-11", profile="gate", generations=2, takes=("first", "slideshow_remix"), depth=1, alone=True)
def test_the_border_of_a_day(api: Api, stock: Stock) -> None:
    """Replay everything at several ages and half a minute before a day has passed since the create, and the create half a minute after."""
    made, slideshow = stock.first(), stock.other_format("slideshow_remix")
    passed = 0.0
    for age in AGES:
        passed += _wait_until(api, made, age, passed)
        _replay_all(api, stock, passed)
    passed += _wait_until(api, made, DAY - MARGIN, passed)
    api.send(again(made.call))
    api.send(disputed(api, made))
    _replay_all(api, stock, passed)
    api.advance_clock(2 * MARGIN + max(0.0, slideshow.made_at - made.made_at))
    other = disputed(api, slideshow)
    fresh_key = api.send(replace(other, costs=1))
    exchange = api.send(replace(made.call, costs=1))
    if answer_of(exchange).get("containerId"):
        fresh = Made(str(answer_of(exchange)["containerId"]), str(answer_of(exchange).get("jobId")), made.call, {})
        stock.finish(fresh)
        api.send(again(made.call))
    api.send(again(other))
    if answer_of(fresh_key).get("containerId"):
        api.settle(str(answer_of(fresh_key)["containerId"]))
    sweep(api)


def _wait_until(api: Api, made: Made, age: float, passed: float) -> float:
    """Advance the clock until a key has an age, when `passed` seconds were advanced before; return by how much."""
    step = age - passed - (time.time() - made.made_at)
    if step <= 0:
        return 0.0
    api.advance_clock(step)
    return step


def _replay_all(api: Api, stock: Stock, passed: float) -> None:
    """Replay every keyed call of the stock once, those of clones and regenerates too, but none whose key may be free again."""
    for made in {(each.call.path, each.key): each for each in stock.made() if each.key}.values():
        if time.time() - made.made_at + passed < DAY - MARGIN / 2:
            api.send(again(made.call))
