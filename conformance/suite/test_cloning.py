"""Cloning from a post: a new container that touches no other one."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace

from conformance.client.actors import OTHER, OWNER
from conformance.client.answers import answer_of, asset_ids_of, needed, text_in
from conformance.client.call import Call
from conformance.client.exchange import Exchange
from conformance.exceptions import NotReached
from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.suite.calls import ResourceIds, altered, ids_of_nothing
from conformance.suite.stock import Made, Stock, again, body_of, sweep, watched


@provokes(
    "CLO-1 CLO-2 CLO-3 IDM-11 IDM-12 APR-3 APR-4 APR-5 LST-8",
    profile="gate",
    generations=2,
    takes=("approved",),
    without={"review_project": "slideshow_remix"},
    depth=1,
    uses=("clones",),
    calls=70,
)
def test_a_clone(api: Api, stock: Stock) -> None:
    """Clone what was approved into the plain project and, at the same instant, into its own; replay, dispute, and look.

    Where no project asks for approval, it is a plain container that is cloned. The clone into its own project has no key and the mode reimagine.
    """
    review = api.target.target.review_project_id
    # A container that was never regenerated: what a late regeneration may still move shows nothing of a clone.
    source = stock.to_approve() if review else stock.other_format("slideshow_remix")
    sweep(api)
    for made in stock.made():
        api.read(made.container_id)
    call = api.clone_call(source.container_id, key=api.key())
    keyless = _reimagined(api.clone_call(source.container_id, project=review))
    *exchanges, other = api.send_together([call, *[again(call)] * 3, keyless])
    first = next((exchange for exchange in exchanges if text_in(exchange, "containerId")), exchanges[0])
    beside = _begun(api, other, keyless)
    if beside is not None and not text_in(first, "containerId"):
        # One clone of a source at a time: this one came second.
        stock.finish(beside)
        first = api.send(call)
    clone = Made.of(call, first)
    clone.shape = answer_of(api.read(clone.container_id))
    api.read(source.container_id)
    for made in stock.made():
        api.read(made.container_id)
    api.send(again(call))
    stock.put("clone", stock.finish(clone))
    if beside is not None:
        stock.put("second clone", stock.finish(beside))
    api.send(again(call))
    api.send(_reimagined(call))
    api.send(again(call))
    for made in stock.made():
        api.read(made.container_id)
    sweep(api, api.project, *([review] if review else []))


def _reimagined(call: Call) -> Call:
    """Return a clone in the other mode."""
    return replace(again(call), body=json.dumps(body_of(call) | {"mode": "reimagine"}).encode(), costs=call.costs)


def _begun(api: Api, exchange: Exchange, call: Call) -> Made | None:
    """Return the container of a clone, read at once, or None where the clone was refused, as may be while another one of its source begins."""
    clone_id, job_id = text_in(exchange, "containerId"), text_in(exchange, "jobId")
    return Made(clone_id, job_id, call, answer_of(api.read(clone_id))) if clone_id and job_id else None


UNKNOWN_POSTS = ("post_unknown", "00000000-0000-4000-8000-000000000000", "7000000000000000002", "-1")
"""Several, as a container without a mark shows only by its time what has made it, and one or two may be those of others."""


@provokes("CLO-4 CLO-3 ERR-1 ERR-3", profile="gate", takes=("first",))
def test_a_clone_of_an_unknown_post(api: Api, stock: Stock) -> None:
    """Clone from posts that are not there, and into a project that is not, with the container and the list read around it."""
    made = stock.first()
    known = api.target.fixtures.source_post_id or "7000000000000000001"
    sweep(api)
    calls = (
        api.clone_call(made.container_id, post, costs=0, key=api.key())
        for post in (altered(known), "0", "unknown-post", *UNKNOWN_POSTS)
    )
    watched(api, made, *calls)
    with suppress(NotReached):
        nothing = ids_of_nothing(api, ResourceIds(api.project, made.container_id, made.job_id))
        watched(api, made, api.clone_call(made.container_id, project=nothing.project, costs=0, key=api.key()))
    sweep(api)


@provokes(
    "CLO-1 CLO-2 CLO-3 IDM-7 IDM-11 AST-1 APR-5",
    profile="certify",
    generations=6,
    takes=("first", "slideshow_remix", "auto", "odd", "across"),
    fills=5,
    depth=2,
    changes=("recovered",),
    calls=90,
)
def test_clones_of_every_source_and_mode(api: Api, stock: Stock) -> None:
    """Clone each format in each mode, one anew whose clone was canceled, two under one key, and one under review that is decided afterwards."""
    first, slideshow, auto, odd = (
        *(stock.first(), stock.other_format("slideshow_remix"), stock.other_format("auto"), stock.odd()),
    )
    review, key = api.target.target.review_project_id, api.key()
    undecided = stock.found("recovered")
    wanted: list[tuple[Made, str | None, str | None]] = [
        (first, "fork", None),
        (first, "fork", None),
        (slideshow, "reimagine", None),
    ]
    wanted += [(auto, None, key), (odd, None, key)]
    wanted += [(undecided or stock.across(), "reimagine", None)] if review else []
    clones: list[Made] = []
    for source, mode, under in wanted:
        api.read(source.container_id)
        call = api.clone_call(source.container_id, project=review if source is undecided else None, key=under)
        body = {name: value for name, value in body_of(call).items() if name != "mode"} | (
            {"mode": mode} if mode else {}
        )
        clones.append(stock.start(replace(call, body=json.dumps(body).encode())))
        if len(clones) == 1:
            # The same clone follows: what is canceled is not to be taken up again.
            api.cancel(clones[0].job_id)
            api.settle(clones[0].container_id, clones[0].job_id)
        api.read(source.container_id)
    for clone in clones:
        for asset_id in asset_ids_of(stock.finish(clone).shape):
            api.asset(clone.container_id, asset_id)
    if undecided:
        # Its clone has ended: what is decided on one of the two is not decided on the other.
        api.approve(undecided.container_id)
        api.read(undecided.container_id)
        api.read(clones[-1].container_id)
    for source, *_ in wanted:
        api.progress(source.container_id)
    sweep(api, *([api.project, review] if review else [api.project]))


@provokes(
    "CLO-2 CLO-4 APR-3 APR-4 APR-5 APR-7 LIF-7 LST-8 REJ-1",
    profile="certify",
    generations=5,
    takes=("first",),
    needs=("review_project",),
    depth=4,
    uses=("failed",),
    calls=90,
)
def test_clones_that_leave_their_project(api: Api, stock: Stock) -> None:
    """Clone into the project with review and regenerate that, clone what was rejected without naming any, and what failed."""
    plain, reviewed = stock.first(), stock.pending("rejected for good", "slideshow_remix")
    api.read(reviewed.container_id)
    api.reject(reviewed.container_id)
    api.read(reviewed.container_id)
    clones: list[Made] = []
    for source, project in ((plain, api.review_project), (reviewed, None)):
        call = api.clone_call(source.container_id, project=project)
        if project is None:
            body = {name: value for name, value in body_of(call).items() if name != "projectId"}
            call = replace(call, body=json.dumps(body).encode())
        sent = api.send(call)
        api.read(source.container_id)
        if text_in(sent, "containerId"):
            clone = Made.of(call, sent)
            clone.shape = answer_of(api.read(clone.container_id))
            clones.append(clone)
    for clone in clones:
        stock.finish(clone)
    if stock.has("failed"):
        stock.finish(stock.start(api.clone_call(stock.failed().container_id)))
    unknown = altered(api.target.fixtures.source_post_id or "0")
    watched(api, reviewed, api.clone_call(reviewed.container_id, unknown, api.review_project, costs=0))
    for clone in clones[:1]:
        exchange = api.regenerate(clone.container_id, {"themeTags": ["abroad"]}, key=api.key())
        clone.job_id = needed(exchange, "jobId")
        stock.finish(clone)
    sweep(api, api.project, api.review_project)


def _into_the_other_organization(api: Api, made: Made) -> Call:
    """Return a clone of the owner's container into the other organization's project; raises NotReached where none can be made."""
    project = api.target.target.other_project_id
    if not api.session.has_actor(OTHER) or project is None:
        raise NotReached("no project of another organization is configured (target.other_project_id)")
    if project == api.project:
        raise NotReached(
            "both organizations have a project of this id, so that the owner's is meant (target.other_project_id)"
        )
    if api.target.dialect.clone_id == "fresh":
        raise NotReached("a clone names no container that another organization could own (dialect.clone_id)")
    return api.clone_call(made.container_id, project=project)


@provokes("AUT-4", profile="gate", takes=("first",))
def test_a_clone_of_what_another_organization_owns(api: Api, stock: Stock) -> None:
    """Clone the owner's container into the other organization's project with the other organization's key."""
    made = stock.first()
    api.read(made.container_id)
    api.send(replace(_into_the_other_organization(api, made), actor=OTHER, costs=0))
    api.read(made.container_id)


@provokes("AUT-4", profile="gate", takes=("first",), needs=("source_post",))
def test_a_clone_into_what_another_organization_owns(api: Api, stock: Stock) -> None:
    """Clone the owner's container into the other organization's project with the owner's key."""
    call = replace(_into_the_other_organization(api, stock.first()), costs=0)
    clone_id = text_in(api.send(call), "containerId")
    if clone_id:
        for actor in (OTHER, OWNER):
            api.read(clone_id, actor=actor)
    sweep(api)
