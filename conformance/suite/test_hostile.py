"""Hostile input: whatever is sent, no 5xx and no broken connection; what is accepted comes back unchanged."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace

from conformance.contract.paths import Encoded, path_to
from conformance.door.session import Call
from conformance.run.answers import answer_of
from conformance.run.api import Api
from conformance.run.drivers import provokes
from conformance.run.process import Run
from conformance.suite.stock import Made, Stock, again, differing_at_its_end, sweep
from strategies import hostile


@provokes("ERR-1", "ERR-2", "ERR-6", "CRE-10", takes=("first",))
def test_bodies_that_parsers_read_differently(api: Api, stock: Stock) -> None:
    """Send bodies with duplicate members, lone surrogates, deep nesting, odd numbers and other encodings; most are refused."""
    stock.first()
    path = path_to("projects", api.project, "content")
    for _, raw in hostile.raw_creates(api.hook):
        api.send(api.call("POST", path, raw=raw.replace(b'"video_remix"', b'"no_such_format"')))
    sweep(api)


@provokes("ERR-1", "ERR-2", "CRE-5", "CRE-10", profile="gate", group="hostile")
def test_texts_in_refused_creates(api: Api) -> None:
    """Send every odd text in a create that another field makes invalid: nothing is to be paid for, and nothing may break."""
    path = path_to("projects", api.project, "content")
    for text in hostile.TEXTS.values():
        brief = api.brief(themeTags=[text]) | {"hook": api.hook(text)}
        api.send(api.call("POST", path, {"format": "no_such_format", "brief": brief}))
        api.send(api.call("POST", path, {"format": text, "brief": api.brief()}))
    api.send(api.call("POST", path, {"format": "no_such_format", "brief": {"hook": "x" * hostile.LONGEST}}))
    sweep(api)


@provokes("ERR-1", "IDM-3", "IDM-4", takes=("first",))
def test_texts_under_a_key_that_is_taken(api: Api, stock: Stock) -> None:
    """Send every odd text in a valid create whose key belongs to another body: it is read to its end, and refused at no price."""
    made = stock.first()
    for text in hostile.TEXTS.values():
        body = {"format": "auto", "brief": {"hook": f"{text} {api.hook()}", "themeTags": [text]}}
        api.send(replace(again(made.call), body=json.dumps(body, ensure_ascii=False).encode()))
    api.send(again(made.call))
    sweep(api)


@provokes(
    *("CRE-5", "CRE-6", "ERR-1", "ERR-2", "IDM-3", "IDM-4"),
    profile="certify",
    group="hostile",
    generations=len(hostile.TEXTS) + 1,
    fills=len(hostile.TEXTS) + 1,
    depth=20,
)
def test_each_odd_text_in_a_create_of_its_own(api: Api) -> None:
    """Create once with each odd text, in each place that takes one, read it back, and dispute it with a body that differs at its end."""
    formats = ("video_remix", "slideshow_remix", "ugc_remix", "auto")
    for index, text in enumerate(hostile.TEXTS.values()):
        brief = api.brief(themeTags=[text, "plain"]) | {"hook": f"{text} {api.hook()}"}
        call = api.create_call(brief=brief, format=formats[index % len(formats)], key=api.key())
        container_id = answer_of(api.send(call)).get("containerId")
        if isinstance(container_id, str):
            api.read(container_id)
            api.settle(container_id)
            api.send(differing_at_its_end(call))
            api.send(again(call))
    path = path_to("projects", api.project, "content")
    api.send(api.call("POST", path, {"format": "no_such_format", "brief": {"hook": "x" * hostile.LARGEST}}))
    exchange = api.create(brief={"hook": api.hook() + "\u00e9" * hostile.LONGEST})
    if isinstance(answer_of(exchange).get("containerId"), str):
        api.read(str(answer_of(exchange)["containerId"]))


@provokes(
    "ERR-1",
    "ERR-2",
    "ERR-3",
    "AUT-1",
)
def test_hostile_ids_in_paths(api: Api) -> None:
    """Read containers, jobs, assets and projects by ids that no target gives."""
    for identifier in map(Encoded, hostile.IDS.values()):
        for path in (path_to("content", identifier), path_to("jobs", identifier)):
            api.send(api.call("GET", path))
    for identifier in map(Encoded, ("a%2Fb", "a%00b", "%ff%fe", "%20")):
        for path in (
            path_to("content", identifier, "progress"),
            path_to("content", identifier, "assets", identifier),
            path_to("projects", identifier, "content"),
        ):
            api.send(api.call("GET", path))
        api.send(api.call("POST", path_to("content", identifier, "regenerate")))
        api.send(api.call("POST", path_to("content", identifier, "reject"), {"reason": "a"}))
        api.send(api.call("POST", path_to("projects", identifier, "content"), {"format": "auto", "brief": api.brief()}))


@provokes("ERR-1", "LST-13", "LST-14", takes=("first",))
def test_hostile_queries_of_the_list(api: Api, stock: Stock) -> None:
    """Read the list with queries that no sensible client sends."""
    stock.first()
    for query in hostile.QUERIES.values():
        api.page(query=query)


def _odd_headed(api: Api, made: Made) -> tuple[Call, ...]:
    """Return a read, and a create that is invalid."""
    return (
        api.call("GET", path_to("jobs", made.job_id)),
        api.create_call(brief={"hook": 7}, means_valid=False, costs=0),
    )


@provokes("ERR-1", profile="gate", group="tour", takes=("first",))
def test_hostile_keys_and_headers(run: Run, api: Api, stock: Stock) -> None:
    """Send odd Idempotency-Keys and other headers with reads and with bodies that are invalid, so that nothing is to be paid for."""
    made = stock.first()
    content = path_to("content", made.container_id)
    for key in hostile.KEYS.values():
        api.create(brief={"hook": 7}, key=key, means_valid=False, costs=0)
        api.send(api.call("POST", f"{content}/regenerate", {"patch": {"hook": 7}}, key=key))
        api.send(api.call("POST", f"{content}/clone-from-post", {"sourcePlatformPostId": 7}, key=key))
        api.send(api.call("POST", f"{content}/reject", {"reason": 7}, key=key))
    for headers in hostile.HEADERS.values():
        for call in _odd_headed(api, made):
            api.send(replace(call, headers=(*call.headers, *headers)))
    api.send(api.call("GET", path_to("jobs", made.job_id), raw=b"{"))
    run.session.send(api.call("GET", path_to("projects", api.project, "content"), headers={"X-Odd": "v" * 7000}))
    run.session.send(
        api.call("GET", path_to("projects", api.project, "content"), headers={"Accept": "text/html;q=0.1"})
    )
    sweep(api)


@provokes(
    "ERR-1",
    "IDM-1",
    "IDM-5",
    "CRE-7",
    profile="certify",
    group="hostile",
    generations=len(hostile.KEYS) - 1,
    fills=len(hostile.KEYS) - 1,
)
def test_odd_keys_of_valid_creates(api: Api) -> None:
    """Create and replay under each odd Idempotency-Key, made unique so that no earlier run has used it."""
    for key in filter(None, hostile.KEYS.values()):
        unique = secrets.token_hex(6) + (key[12:] if len(key) > 100 else key)
        call = api.create_call(key=unique, means_valid=False)
        exchange = api.send(call)
        api.send(again(call))
        container_id = answer_of(exchange).get("containerId")
        if isinstance(container_id, str):
            api.read(container_id)
    sweep(api)
