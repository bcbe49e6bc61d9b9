"""Writes that meet on one container: each pair of them is released at one instant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from conformance.contract.paths import path_to
from conformance.door.session import Call
from conformance.exceptions import NotReached
from conformance.run.answers import answer_of, asset_ids_of
from conformance.run.api import Api
from conformance.run.drivers import provokes
from conformance.suite.stock import Made, Stock, again, sweep

Write = Callable[[Api, Made], Call]


def _approve(api: Api, made: Made) -> Call:
    return api.call("POST", path_to("content", made.container_id, "approve"))


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
MOST = 12
"""Generations that the meetings start at most, with the container's own."""


@provokes(
    *("APR-2", "APR-7", "APR-8", "LIF-2", "LIF-10", "JOB-2", "JOB-3", "REG-1", "REJ-2", "CLO-3", "ERR-1", "SCH-4"),
    profile="certify",
    generations=MOST,
    needs=("review_project",),
    depth=MOST,
)
def test_writes_that_meet_on_one_container(api: Api, stock: Stock) -> None:
    """Release each pair of writes on a container of the review project at one instant, and look at it from every side after each."""
    made = stock.pending("meeting")
    for meeting in MEETINGS:
        try:
            calls = [meeting.one(api, made), meeting.other(api, made)]
        except NotReached:
            continue
        api.read(made.container_id)
        for exchange in api.send_together(calls):
            found = answer_of(exchange)
            if isinstance(found.get("jobId"), str) and found.get("containerId") == made.container_id:
                made.job_id = found["jobId"]
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
    api.walk(api.review_project, {"status": "completed"})
    api.read(made.container_id)
