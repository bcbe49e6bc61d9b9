"""Idempotency: keys sent again, with the same body and with others."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice
from typing import Any

from conformance.client.answers import answer_of, status_of
from conformance.client.call import Call
from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.run.process import Run
from conformance.suite.calls import altered, strangers
from conformance.suite.stock import (
    BY_ITS_HOOK,
    IN_ANOTHER_FORMAT,
    IN_REVIEW,
    Made,
    Stock,
    again,
    body_of,
    disputed,
    sweep,
)

RETRIES: dict[str, dict[str, str]] = {
    "by another client": {"User-Agent": "another-client/1.0"},
    "in another language": {"Accept-Language": "pt-BR"},
    "under another trace": {"X-Request-Id": "retry-1", "traceparent": f"00-{'1f' * 16}-{'2e' * 8}-01"},
}
"""Headers that a proxy or another client of the same organization changes between a call and its retry."""
LEAST_ALIKE = 3
"""How often each body is released at one instant at least: a target may tell the second of a kind from the first, and no third."""


def retries(call: Call) -> list[Call]:
    """Return replays whose headers differ in what says nothing of the request, also in the case of the key's name (RFC 9110, section 5.1)."""
    lower = tuple((name.lower(), value) for name, value in call.headers)
    return [
        *(replace(again(call), headers=(*call.headers, *headers.items())) for headers in RETRIES.values()),
        replace(again(call), headers=lower),
    ]


def with_body(call: Call, body: Any) -> Call:
    """Return a replay with another body."""
    return replace(again(call), body=json.dumps(body, ensure_ascii=False).encode())


@provokes("IDM-1 IDM-2 IDM-3 IDM-4 IDM-13", takes=("first",))
def test_replays_after_the_job_has_ended(api: Api, stock: Stock) -> None:
    """Replay as it was, with other headers, white space and order, and after an invalid body; dispute; replay once more; look for strays."""
    made = stock.first()
    body = body_of(made.call)
    for call in (again(made.call), *retries(made.call)):
        api.send(call)
    api.send(replace(again(made.call), body=json.dumps(body, indent=2).encode()))
    reordered = {"brief": dict(reversed(body["brief"].items())), "format": body["format"]}
    api.send(with_body(made.call, reordered))
    # What is refused as invalid must leave what stands under its key as it was.
    api.send(replace(with_body(made.call, {"format": "no_such_format", "brief": body["brief"]}), means_valid=False))
    api.send(again(made.call))
    api.send(disputed(api, made))
    api.send(again(made.call))
    sweep(api)


@provokes("IDM-3 IDM-4 IDM-1", takes=("first",))
def test_bodies_that_differ_in_little(api: Api, stock: Stock) -> None:
    """Dispute with bodies that differ in the format alone, deep in the brief, in one code point, in case, or in a blank."""
    made = stock.first()
    for body in nearly_the_same(body_of(made.call)):
        api.send(with_body(made.call, body))
    api.send(again(made.call))
    sweep(api)


def nearly_the_same(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Yield valid bodies that differ from a create's in one place each."""
    brief = body["brief"]
    hook = brief["hook"]

    def changed(**fields: Any) -> dict[str, Any]:
        return body | {"brief": brief | fields}

    bodies = [
        body | {"format": "slideshow_remix" if body["format"] != "slideshow_remix" else "ugc_remix"},
        changed(hook=hook.replace("E", "e", 1)),
        changed(hook=hook.replace(" ", "  ", 1)),
        changed(hook=hook + "."),
        changed(hook=hook + " "),
        changed(themeTags=list(reversed(brief.get("themeTags", [])))),
        changed(language="en" if brief.get("language") != "en" else "en-US"),
        changed(themeTags=[*brief.get("themeTags", []), "extra"]),
        changed(themeTags=[*brief.get("themeTags", [])[:-1], "other"]),
        changed(targetPlatforms=["instagram"]),
    ]
    bodies += [
        body | {"brief": {field: value for field, value in brief.items() if field != name}}
        for name in brief
        if name != "hook"
    ]
    return [other for other in bodies if other != body]


@provokes("IDM-7 CRE-7 LST-1", profile="gate", takes=("twins",), depth=1)
def test_creates_without_a_key(api: Api, stock: Stock) -> None:
    """Send one body twice without a key, at once, so that the two may even share their createdAt."""
    stock.twins()
    sweep(api)


@provokes(
    "IDM-3 IDM-5 IDM-6 CRE-5 CRE-7 LST-7",
    profile="gate",
    generations=1,
    takes=("first", "slideshow_remix"),
    depth=2,
    any_state=("first", "slideshow_remix"),
)
def test_duplicates_released_at_one_instant(run: Run, api: Api, stock: Stock) -> None:
    """Send two earlier bodies several times at once under a key nearly like that of the one, which strangers have sent, while walking a list."""
    first, slideshow = stock.first_call(), stock.other_format("slideshow_remix")
    body = body_of(first)
    call = api.create_call(brief=body["brief"], format=body["format"], key=altered(slideshow.key or api.key()))
    for actor in strangers(api):
        api.send(replace(again(call), actor=actor))
    # Whichever comes first: its body has another key already.
    other = replace(again(call), body=slideshow.call.body)
    walk = api.pages(query={"limit": 1, "format": body["format"]})
    list(islice(walk, 1))
    times = max(LEAST_ALIKE, run.spec.profile.parallel[0] // 2)
    exchanges = api.send_together([call, *[again(call)] * (times - 1), *[other] * times])
    list(walk)
    won = next((index for index, exchange in enumerate(exchanges) if status_of(exchange) == 202), 0)
    bodies = (call, other) if won < times else (other, call)
    found = answer_of(exchanges[won])
    if found.get("containerId"):
        made = Made(str(found["containerId"]), str(found.get("jobId")), bodies[0], {})
        stock.put("parallel", stock.finish(made))
    for call in (*bodies, bodies[0]):
        api.send(again(call))
    sweep(api)


@provokes("IDM-6 CRE-7", profile="certify", generations=1, takes=("first",), depth=1, any_state=("first",))
def test_many_duplicates_released_at_one_instant(run: Run, api: Api, stock: Stock) -> None:
    """Send a body many times at once under one new key, and again."""
    body = body_of(stock.first_call())
    call = api.create_call(brief=body["brief"], format=body["format"], key=api.key())
    exchanges = api.send_together([call, *[again(call)] * (run.spec.profile.parallel[-1] - 1)])
    api.send(again(call))
    found = [answer_of(exchange) for exchange in exchanges if answer_of(exchange).get("containerId")]
    if found:
        stock.finish(Made(str(found[0]["containerId"]), str(found[0].get("jobId")), call, {}))
    sweep(api)


@provokes(
    "IDM-5 CRE-7 IDM-7",
    profile="certify",
    takes=(IN_REVIEW, IN_ANOTHER_FORMAT, BY_ITS_HOOK),
    any_state=(IN_REVIEW, IN_ANOTHER_FORMAT, BY_ITS_HOOK),
)
def test_creates_that_share_a_part(api: Api, stock: Stock) -> None:
    """Send the first body under another key to the review project, and its hook and its brief in other formats; others watch them."""
    for name in (IN_REVIEW, IN_ANOTHER_FORMAT, BY_ITS_HOOK):
        stock.alike(name)
    sweep(api)


@provokes(
    "IDM-9 LST-8",
    profile="gate",
    generations=1,
    takes=("first",),
    leaves=("across", "undecided"),
    depth=1,
    uses=("across",),
    any_state=("first",),
)
def test_a_key_of_another_project(api: Api, stock: Stock) -> None:
    """Send the first container's key and body to the review project."""
    made = stock.across()
    api.send(again(made.call))
    api.send(again(stock.first_call()))
    sweep(api, api.project, api.review_project)


@provokes("IDM-10 IDM-11 IDM-7", profile="certify", generations=6, takes=(IN_REVIEW,), depth=7, changes=(IN_REVIEW,))
def test_a_key_of_every_operation(api: Api, stock: Stock) -> None:
    """Send one key with a regenerate, a clone and rejects of one container, with regeneration too, and a regenerate twice without a key."""
    made = stock.complete(stock.alike(IN_REVIEW))
    key = api.key()
    api.regenerate(made.container_id, {"themeTags": ["keyed"]}, key=key)
    api.settle(made.container_id)
    if api.target.fixtures.source_post_id:
        exchange = api.send(api.clone_call(made.container_id, key=key))
        if answer_of(exchange).get("containerId"):
            api.settle(str(answer_of(exchange)["containerId"]))
    api.read(made.container_id)
    api.reject(made.container_id, key=key)
    api.read(made.container_id)
    for _ in range(2):
        api.regenerate(made.container_id, {"themeTags": ["keyless"]})
        api.settle(made.container_id)
    api.progress(made.container_id)
    key = api.key()
    for call in (
        api.regenerate_call(made.container_id, {"themeTags": ["keyed"]}, key=key),
        api.reject_call(made.container_id, regenerate={"themeTags": ["keyed"]}, key=key),
    ):
        api.send(call)
        api.settle(made.container_id)
    api.progress(made.container_id)
    sweep(api)


@provokes("IDM-1", profile="certify", generations=0, alone=True)
def test_the_first_key_after_many_others(api: Api, stock: Stock) -> None:
    """Replay the first create, and every other one, when many keys have been used since."""
    for made in stock.made():
        if made.key:
            api.send(again(made.call))
    sweep(api)
