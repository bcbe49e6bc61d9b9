"""Cloning from a post: a new container that touches no other one."""

from __future__ import annotations

from dataclasses import replace

from conformance.drivers import provokes
from conformance.suite.api import Api, answer_of
from conformance.suite.calls import altered
from conformance.suite.stock import Stock, again, body_of, sweep, watched


@provokes("CLO-1", "CLO-2", "CLO-3", "IDM-11", profile="gate", generations=1)
def test_a_clone(api: Api, stock: Stock) -> None:
    """Clone from the known post, replay and dispute it, watch it to its end, and find it in the list."""
    # A container that was never regenerated: what a late regeneration may still move shows nothing of a clone.
    source = stock.other_format("slideshow_remix")
    sweep(api)
    for made in stock.made()[:4]:
        api.read(made.container_id)
    call = api.clone_call(source.container_id, key=api.key())
    clone = stock.start(call)
    api.read(source.container_id)
    api.send(again(call))
    stock.finish(clone)
    api.send(again(call))
    reimagined = api.call("POST", call.path, (body_of(call) | {"mode": "reimagine"}), key=clone.key, means_valid=True)
    api.send(reimagined)
    api.send(again(call))
    for made in stock.made()[:4]:
        api.read(made.container_id)
    sweep(api)


@provokes("CLO-4", "CLO-3", profile="gate")
def test_a_clone_of_an_unknown_post(api: Api, stock: Stock) -> None:
    """Clone from posts that are not there, with the container and the list read around it."""
    made = stock.first()
    known = api.target.fixtures.source_post_id or "7000000000000000001"
    sweep(api)
    calls = (
        api.clone_call(made.container_id, post, costs=0, key=api.key())
        for post in (altered(known), "0", "unknown-post")
    )
    watched(api, made, *calls)
    sweep(api)


@provokes("CLO-1", "CLO-2", "CLO-3", profile="certify", generations=3)
def test_clones_of_both_modes(api: Api, stock: Stock) -> None:
    """Clone without a key, in each mode and without naming one."""
    source = stock.first()
    for mode in ("fork", "reimagine", None):
        call = api.clone_call(source.container_id)
        body = body_of(call) | ({"mode": mode} if mode else {})
        if mode is None:
            body.pop("mode", None)
        exchange = api.send(replace(api.call("POST", call.path, body), means_valid=True, costs=1))
        container_id = answer_of(exchange).get("containerId")
        if isinstance(container_id, str):
            api.settle(container_id)
        api.read(source.container_id)
    sweep(api)
