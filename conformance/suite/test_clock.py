"""The 24 hours of an Idempotency-Key, on the target's test clock."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from zlib import crc32

from conformance.client.answers import answer_of
from conformance.client.call import Call
from conformance.exceptions import NotReached
from conformance.run.calls.api import Api
from conformance.run.calls.shared_clock import SharedClock
from conformance.run.planning.drivers import provokes
from conformance.suite.stock import Made, Stock, again, body_of, disputed, sweep

DAY = 86_400.0
MARGIN = 30.0
"""Seconds before and after the border at which the key is tried."""
ATTEMPTS = 3
"""How often the border is tried where somebody else moves the clock; each attempt starts one generation, and the last one two."""
AGES = (600.0, 3_600.0 + MARGIN, 12 * 3_600.0, 23 * 3_600.0)
"""Ages of the first key at which every key is replayed: some store may keep the keys of one operation for less than a day."""


@provokes(
    "IDM-12 IDM-11", profile="gate", generations=1, takes=("first", "slideshow_remix"), depth=1, alone=True, calls=80
)
def test_the_border_of_a_day(api: Api, stock: Stock) -> None:
    """Replay everything at several ages, dispute two keys half a minute before a day has passed, and use one anew half a minute after."""
    made, slideshow = stock.first(), stock.other_format("slideshow_remix")
    stock.finished.clear()
    clock = SharedClock(api, made.shape.get("createdAt"), made.made_at)
    passed = 0.0
    for age in (*AGES, DAY - MARGIN):
        if not clock.is_disturbed:
            passed += _wait_until(clock, made, age, passed)
        if clock.is_disturbed:
            _the_border_of_a_fresh_key(api, stock, clock)
            return
        if age in AGES:
            _replay_all(api, stock, passed)
    api.send(again(made.call))
    # What refuses another body under a key must not make the key last longer.
    api.send(disputed(api, made))
    api.send(disputed(api, slideshow))
    _replay_all(api, stock, passed)
    clock.advance(2 * MARGIN + max(0.0, slideshow.made_at - made.made_at))
    # Another body shows that the key is free as the same one would, and also where no more than conflicts outlive the day.
    other = _in_another_format(slideshow)
    answer = answer_of(api.send(replace(other, costs=1)))
    if answer.get("containerId"):
        stock.finish(Made(str(answer["containerId"]), str(answer.get("jobId")), other, {}))
        api.send(again(slideshow.call))
    api.send(again(other))
    sweep(api)


@provokes("IDM-12 IDM-11", profile="certify", generations=1, takes=("first",), depth=1, alone=True)
def test_a_regenerate_after_a_day(api: Api, stock: Stock) -> None:
    """Regenerate what is more than a day old under a key, whose own day begins then, and send that again at once and at the end."""
    made = stock.first()
    SharedClock(api, made.shape.get("createdAt"), made.made_at).advance(DAY + MARGIN)
    call = api.regenerate_call(made.container_id, key=api.key())
    answer = answer_of(api.send(call))
    if answer.get("jobId"):
        api.send(again(call))
        stock.finish(Made(made.container_id, str(answer["jobId"]), call, {}))
        api.send(again(call))
    sweep(api)


def _in_another_format(made: Made) -> Call:
    """Return a create with the key and the brief of a container's create, and another format."""
    body = body_of(made.call)
    other = "video_remix" if body["format"] != "video_remix" else "slideshow_remix"
    return replace(again(made.call), body=json.dumps(body | {"format": other}, ensure_ascii=False).encode())


def _the_border_of_a_fresh_key(api: Api, stock: Stock, clock: SharedClock) -> None:
    """Take the whole way at one stroke, since somebody else moves the clock too; raises NotReached where he does so each time."""
    for attempt in range(ATTEMPTS):
        # Two runs that disturb each other must not do so in step.
        api.session.pause(attempt * (1 + crc32(api.hook().encode()) % 5))
        clock.watch()
        call = api.create_call(key=api.key())
        made = stock.start(call)
        clock.advance(DAY - MARGIN)
        if clock.is_disturbed:
            continue
        api.send(again(call))
        api.send(disputed(api, made))
        clock.advance(2 * MARGIN)
        api.send(replace(call, costs=1))
        stock.finish(made)
        api.send(again(call))
        sweep(api)
        return
    raise NotReached("somebody else moves the test clock, so that the age of no key is known; let only one run move it")


def _wait_until(clock: SharedClock, made: Made, age: float, passed: float) -> float:
    """Advance the clock until a key has an age, when `passed` seconds were advanced before; return by how much."""
    step = age - passed - (time.time() - made.made_at)
    if step <= 0:
        return 0.0
    clock.advance(step)
    return step


def _replay_all(api: Api, stock: Stock, passed: float) -> None:
    """Replay every keyed call of the stock once, those of clones and regenerates too, but none whose key may be free again."""
    for made in {(one.call.path, one.key): one for one in stock.made() if one.key}.values():
        if time.time() - made.made_at + passed < DAY - MARGIN / 2:
            api.send(again(made.call))
