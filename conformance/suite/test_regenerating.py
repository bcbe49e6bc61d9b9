"""Regenerating one container: with a patch and without, replayed, disputed, refused, and while it is in flight."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

from conformance.client.answers import answer_of, needed, status_of, text_in
from conformance.client.call import Call
from conformance.contract.paths import path_to
from conformance.run.calls.api import Api
from conformance.run.calls.long_lists import WHOLE
from conformance.run.planning.drivers import provokes
from conformance.suite.calls import altered, begin, in_turns, strangers
from conformance.suite.stock import (
    IN_ANOTHER_FORMAT,
    Made,
    Stock,
    again,
    body_of,
    sweep,
    watched,
)
from strategies.bodies import broken_patches

LOOKS = 20
"""Polls of a job that may wait behind another one, at most."""
ODD_HOOK = 'Evenings & <mornings> that are "yours", d\u00e9j\u00e0 vu'
MOST_PAGES = 10
"""The most pages of the walk that a regenerate interrupts, in a project of many containers."""
AT_ONCE = 6
"""How often one regenerate is sent at one instant."""


@provokes(
    *(f"REG-{number}" for number in (1, 2, 3, 4, 5)),
    "IDM-10 IDM-11 IDM-13 AUT-1 AUT-4 JOB-3 LIF-2 LIF-8 LIF-9 LIF-10 AST-2 LST-1",
    profile="gate",
    generations=1,
    takes=("first",),
    without={"review_project": 1},
    depth=1,
    changes=("first",),
)
def test_a_regenerate_with_a_patch(api: Api, stock: Stock) -> None:
    """Regenerate with a patch of two fields under the key of the create; cancel the earlier job; replay, dispute, and look back."""
    made = stock.first()
    held = len(api.walk(query={"limit": 200}))
    api.job(made.job_id)
    api.read(made.container_id)
    # A walk that goes wrong at the hundredth item is read by a person, page by page.
    size = max(3, held // MOST_PAGES)
    walks = [api.pages(query=query) for query in ({"limit": size}, {"limit": 2, "format": made.shape.get("format")})]
    begin(walks)
    began = time.time()
    call, new_job = _accepted_regenerate(api, made)
    # Others need no more of it than that it was accepted.
    regenerated = stock.put("regenerated", Made(made.container_id, new_job, call, made.shape, began))
    api.read(made.container_id)
    # What has ended cannot be stopped, and it is not what runs now.
    api.cancel(made.job_id)
    api.read(made.container_id)
    api.job(new_job)
    api.asset(made.container_id, altered(made.asset_id))
    in_turns(walks)
    sweep(api)
    api.send(again(call))
    api.send(replace(again(call), body=json.dumps(body_of(call), indent=2).encode()))
    api.job(new_job)
    api.progress(made.container_id)
    for query in ({"limit": 100}, {"status": "completed"}, {"status": ["queued", "generating"]}):
        api.walk(query=query)
    api.settle(made.container_id, new_job)
    api.walk(query={"status": "completed"})
    api.progress(made.container_id)
    api.job(made.job_id)
    api.send(again(call))
    patch = {"hook": api.hook("Another patch"), "targetPlatforms": ["tiktok"]}
    for actor in strangers(api):
        api.send(replace(again(call), actor=actor))
    other = api.regenerate_call(made.container_id, patch, costs=0)
    api.read(made.container_id)
    api.send(replace(other, headers=call.headers))
    api.read(made.container_id)
    api.progress(made.container_id)
    api.send(again(call))
    api.send(again(made.call))
    made.shape = api.settle(made.container_id)
    made.job_id = new_job
    api.job(new_job)
    regenerated.shape = made.shape
    watched(api, made, api.reject_call(made.container_id))
    if api.target.target.review_project_id is None:
        _regenerate_plainly(api, made)
    sweep(api)


def _regenerate_plainly(api: Api, made: Made) -> None:
    """Regenerate under a fresh key and without a replay, as the drivers of the review project do where there is one."""
    exchange = api.regenerate(made.container_id, {"themeTags": ["plainly"]}, key=api.key())
    job_id = text_in(exchange, "jobId")
    made.shape = api.settle(made.container_id, job_id)
    made.job_id = job_id or made.job_id


def _accepted_regenerate(api: Api, made: Made) -> tuple[Call, str]:
    """Regenerate under the create's own key, and under a fresh one where the target refuses a key of another operation."""
    patch: dict[str, Any] = {"hook": api.hook("Mornings that are yours"), "targetPlatforms": ["instagram"]}
    call = api.regenerate_call(made.container_id, patch, key=made.key)
    exchange = api.send(call)
    if status_of(exchange) != 202:
        call = api.regenerate_call(made.container_id, patch, key=api.key())
        exchange = api.send(call)
    return call, needed(exchange, "jobId")


@provokes("REG-6 ERR-4 AUT-3", profile="gate", takes=("first",))
def test_patches_that_break_the_schema(api: Api, stock: Stock) -> None:
    """Send every kind of broken patch, with the container and its progress read around each."""
    made = stock.first()
    path = path_to("content", made.container_id, "regenerate")
    watched(api, made, *(api.call("POST", path, body) for body in broken_patches(api.hook)))
    sweep(api)


@provokes(
    "REG-1 REG-2 REG-3 REG-4 REG-5 JOB-3 JOB-4 IDM-6 IDM-11 IDM-14",
    profile="certify",
    generations=9,
    takes=(IN_ANOTHER_FORMAT,),
    depth=10,
    changes=(IN_ANOTHER_FORMAT,),
    calls=170,
)
def test_regenerates_of_every_shape(api: Api, stock: Stock) -> None:
    """Regenerate without a body, with an empty one and with each field alone, one of them several times at once; send each again at its end."""
    made = stock.complete(stock.alike(IN_ANOTHER_FORMAT))
    fields: list[dict[str, Any] | None] = [None, {}, *_single_fields(api)]
    for patch in fields:
        api.read(made.container_id)
        key = api.key()
        if patch == {}:
            api.regenerate(made.container_id, {"hook": 7}, key=key, means_valid=False, costs=0)
        call = api.regenerate_call(made.container_id, patch, key=key)
        times = AT_ONCE if patch == {"themeTags": ["only"]} else 1
        exchanges = api.send_together([call, *[again(call)] * (times - 1)])
        job_id = next(filter(None, (text_in(exchange, "jobId") for exchange in exchanges)), None)
        if job_id:
            api.read(made.container_id)
            made.shape = api.settle(made.container_id, job_id)
            api.job(made.job_id)
            api.send(again(call))
            made.job_id = job_id
    api.progress(made.container_id)
    sweep(api)


def _single_fields(api: Api) -> list[dict[str, Any]]:
    fixtures = api.target.fixtures
    patches: list[dict[str, Any]] = [
        {"hook": api.hook("Only the hook")},
        {"targetPlatforms": ["tiktok"]},
        {"themeTags": ["only"]},
        {"themeTags": []},
        {"language": "en"},
    ]
    if fixtures.influencer_id:
        patches.append({"influencerId": fixtures.influencer_id})
    if fixtures.reference_media_ids:
        patches.append({"referenceMediaIds": [fixtures.reference_media_ids[0]]})
    return patches


@provokes("REG-1 REG-4 JOB-3 LIF-2 LIF-7", profile="certify", generations=2, depth=1)
def test_a_regenerate_in_flight(api: Api, stock: Stock) -> None:
    """Regenerate a container that was just created, then let it end."""
    made = stock.start(api.create_call(brief=api.brief(), key=api.key()))
    exchange = api.regenerate(made.container_id, {"themeTags": ["early"]}, key=api.key())
    job_id = text_in(exchange, "jobId")
    stock.finish(made)
    if job_id:
        # It may wait behind the first generation (open reading 35), so that the container's first end need not be its own.
        for _ in range(LOOKS):
            if answer_of(api.job(job_id)).get("status") != "running":
                break
            api.session.pause(api.target.timing.poll_interval)
        api.settle(made.container_id, job_id)
    api.progress(made.container_id)


@provokes(
    "LIF-5 LIF-6 LIF-7 JOB-2 REG-2 REG-4 IDM-1 IDM-11 LST-9 CRE-8",
    profile="gate",
    generations=1,
    takes=("failed",),
    depth=2,
    changes=("failed",),
)
def test_a_regenerate_after_a_failure(api: Api, stock: Stock) -> None:
    """Regenerate a failed container with a brief that succeeds and names an influencer, and replay all calls.

    Its key was used for a patch that is refused before, and its hook is an odd text; where that is refused, it is a plain one under a fresh key.
    """
    failed = stock.failed()
    influencer = api.target.fixtures.influencer_id
    rest, key = {"influencerId": influencer} if influencer else {}, api.key()
    api.read(failed.container_id)
    for query in ({"limit": WHOLE}, {"format": "auto", "limit": WHOLE}):
        api.walk(query=query)
    api.regenerate(failed.container_id, {"hook": 7}, key=key, means_valid=False, costs=0)
    call = api.regenerate_call(failed.container_id, {"hook": api.hook(ODD_HOOK)} | rest, key=key)
    exchange = api.send(call)
    if status_of(exchange) != 202:
        call = api.regenerate_call(failed.container_id, {"hook": api.hook("Now it works")} | rest, key=api.key())
        exchange = api.send(call)
    job_id = text_in(exchange, "jobId")
    if status_of(exchange) == 202 and job_id:
        stock.further.append(Made(failed.container_id, job_id, call, {}))
        api.read(failed.container_id)
        failed.shape = api.settle(failed.container_id, job_id)
        for query in ({"limit": WHOLE}, {"status": "failed", "limit": WHOLE}):
            api.walk(query=query)
        api.job(failed.job_id)
    for sent in (call, failed.call):
        api.send(again(sent))
        api.read(failed.container_id)
    api.progress(failed.container_id)


@provokes("LIF-5 LIF-6 LST-4", profile="certify", generations=1, takes=("failed",), depth=1, changes=("failed",))
def test_a_second_failure(api: Api, stock: Stock) -> None:
    """Regenerate a container that failed, and may have recovered, with the brief that fails."""
    failed = stock.failed()
    api.read(failed.container_id)
    exchange = api.regenerate(failed.container_id, api.failing_brief(), key=api.key())
    failed.job_id = needed(exchange, "jobId")
    api.read(failed.container_id)
    failed.shape = api.settle(failed.container_id, failed.job_id)
    for query in ({"limit": WHOLE}, {"status": "failed", "limit": WHOLE}):
        api.walk(query=query)
    api.progress(failed.container_id)
