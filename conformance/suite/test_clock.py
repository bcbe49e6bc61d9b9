"""The 24 hours of an Idempotency-Key, on the target's test clock."""

from __future__ import annotations

import time
from dataclasses import replace

from conformance.run.api import Api, answer_of
from conformance.run.drivers import provokes
from conformance.suite.stock import Made, Stock, again, disputed, sweep

DAY = 86_400.0
MARGIN = 30.0
"""Seconds before and after the border at which the key is tried."""


@provokes("IDM-12", "IDM-11", profile="gate", generations=2, takes=("first", "slideshow_remix"), depth=1, alone=True)
def test_the_border_of_a_day(api: Api, stock: Stock) -> None:
    """Replay half a minute before a day has passed since the create, and send the same again half a minute after."""
    made, slideshow = stock.first(), stock.other_format("slideshow_remix")
    api.advance_clock(DAY - MARGIN - (time.time() - made.made_at))
    api.send(again(made.call))
    api.send(disputed(api, made))
    if stock.has("regenerated"):
        api.send(again(next(each for each in stock.made() if each.call.path.endswith("/regenerate")).call))
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
