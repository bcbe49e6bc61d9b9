"""Writes that meet on one container: each pair of them is released at one instant."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from conformance.client.answers import asset_ids_of, text_in
from conformance.client.call import Call
from conformance.exceptions import NotReached
from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.suite.calls import begin, in_turns
from conformance.suite.stock import IN_REVIEW, Made, Stock, again, body_of, sweep

Write = Callable[[Api, Made], Call]


def _approve(api: Api, made: Made) -> Call:
    return api.approve_call(made.container_id)


def _reject(api: Api, made: Made) -> Call:
    return api.reject_call(made.container_id)


def _reject_and_regenerate(api: Api, made: Made) -> Call:
    return api.reject_call(made.container_id, regenerate={"hook": api.hook("Rejected at once")})


def _regenerate(api: Api, made: Made) -> Call:
    return api.regenerate_call(made.container_id, {"hook": api.hook("Anew at once")}, key=api.key())


def _clone(api: Api, made: Made) -> Call:
    return api.clone_call(made.container_id, key=api.key())


def _cancel(api: Api, made: Made) -> Call:
    return api.cancel_call(made.job_id)


def _replay(_: Api, made: Made) -> Call:
    return again(made.call)


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two writes that are released at one instant; `waits`: the container is at rest before the next meeting."""

    one: Write
    other: Write
    waits: bool = True


MEETINGS = (
    Meeting(_approve, _reject),
    Meeting(_regenerate, _regenerate),
    Meeting(_reject, _reject),
    Meeting(_regenerate, _clone),
    Meeting(_reject_and_regenerate, _reject_and_regenerate),
    Meeting(_reject_and_regenerate, _approve),
    Meeting(_regenerate, _replay, waits=False),
    Meeting(_cancel, _cancel),
    Meeting(_regenerate, _approve, waits=False),
    Meeting(_cancel, _regenerate),
)
"""In this order each meets the container in a state in which at least one of the two may succeed."""
MOST = 10
"""Generations that the meetings start at most."""


@provokes(
    "APR-2 APR-7 APR-8 LIF-2 LIF-10 JOB-2 JOB-3 REG-1 REJ-2 CLO-3 ERR-1 SCH-4",
    profile="certify",
    generations=MOST,
    takes=(IN_REVIEW,),
    needs=("review_project",),
    depth=MOST,
    changes=(IN_REVIEW,),
    calls=130,
)
def test_writes_that_meet_on_one_container(api: Api, stock: Stock) -> None:
    """Release each pair of writes on a container of the review project at one instant, and look at it from every side after each."""
    made = stock.complete(stock.alike(IN_REVIEW))
    for meeting in MEETINGS:
        try:
            calls = [meeting.one(api, made), meeting.other(api, made)]
        except NotReached:
            continue
        api.read(made.container_id)
        for exchange in api.send_together(calls):
            if text_in(exchange, "containerId") == made.container_id:
                made.job_id = text_in(exchange, "jobId") or made.job_id
        _look(api, made, waits=meeting.waits)
    sweep(api, api.project, api.review_project)


def _look(api: Api, made: Made, *, waits: bool) -> None:
    api.read(made.container_id)
    if not waits:
        return
    made.shape = api.settle(made.container_id, made.job_id)
    api.progress(made.container_id)
    for asset_id in asset_ids_of(made.shape):
        api.asset(made.container_id, asset_id)
    # A list may follow its containers by a moment.
    api.session.pause(api.target.timing.settling + api.target.timing.read_lag)
    api.walk(api.review_project, {"status": "completed"})
    api.read(made.container_id)


@provokes(
    "REJ-1 APR-7 LIF-10 LIF-12 CLO-1 CLO-2 CLO-3 IDM-7 LIF-2 LIF-7 AST-1 LST-6 APR-3 APR-5",
    profile="certify",
    generations=6,
    takes=("approved",),
    needs=("review_project",),
    depth=2,
    calls=120,
)
def test_writes_that_meet_on_two_containers(api: Api, stock: Stock) -> None:
    """Reject two containers at one instant in the midst of walks, clone one of them twice at one instant, and cancel both clones at one."""
    one, two = stock.once("met", lambda: _alike_what_is_approved(api, stock)), stock.pending("met too", "auto")
    walks = [
        api.pages(api.review_project, query) for query in ({"limit": 1}, {"limit": 1, "format": "slideshow_remix"})
    ]
    begin(walks)
    api.send_together([_reject(api, one), _reject(api, two)])
    in_turns(walks)
    for made in (one, two):
        _look(api, made, waits=True)
    with suppress(NotReached):
        _clone_and_cancel(api, one)
    for made in (one, two):
        _look(api, made, waits=True)
    stock.finish(stock.start(api.create_call(brief=api.brief(), key=api.key())))
    sweep(api, api.project, api.review_project)


def _alike_what_is_approved(api: Api, stock: Stock) -> Made:
    """Return a completed container of the review project with the body of one that was approved, under another key."""
    body = body_of(stock.to_approve().call)
    call = api.create_call(api.review_project, body["brief"], body["format"], key=api.key())
    return stock.complete(stock.start(call))


def _clone_and_cancel(api: Api, source: Made) -> None:
    """Clone a container twice without a key, cancel both, and clone a clone that was canceled, which a target may refuse."""
    call = api.clone_call(source.container_id)
    exchanges = api.send_together([call, call])
    clones = [
        Made.of(call, exchange)
        for exchange in exchanges
        if text_in(exchange, "containerId") and text_in(exchange, "jobId")
    ]
    for clone in clones:
        api.read(clone.container_id)
    api.send_together([_cancel(api, clone) for clone in clones])
    for clone in clones:
        clone.shape = api.settle(clone.container_id, clone.job_id)
    for clone in clones[:1]:
        clone_id = text_in(api.send(api.clone_call(clone.container_id)), "containerId")
        if clone_id:
            api.settle(clone_id)
