"""Every format, and the generation that fails."""

from __future__ import annotations

from conformance.contract.paths import path_to
from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.suite.stock import Stock, again, disputed, sweep, watched


@provokes(
    "CRE-1 CRE-6 CRE-7 LIF-3 LIF-4 AST-2 AST-5 IDM-14 JOB-2",
    profile="gate",
    takes=("slideshow_remix",),
    without={"failing_brief": "auto"},
    depth=1,
)
def test_a_container_of_each_other_format(api: Api, stock: Stock) -> None:
    """Create a slideshow, and a container whose format is left to the server where the one that fails, and works later, is none."""
    api.read(stock.other_format("slideshow_remix").container_id)
    if api.target.fixtures.failing_brief is None:
        stock.other_format("auto")


@provokes("LIF-5 JOB-2 JOB-4 JOB-6 JOB-8 IDM-1 IDM-2 IDM-3 IDM-4", profile="gate", takes=("failed",))
def test_a_generation_that_fails(api: Api, stock: Stock) -> None:
    """Create with the brief that fails, watch it fail, replay and dispute it, read it again, and try to patch it wrongly."""
    made = stock.failed()
    api.send(again(made.call))
    api.send(disputed(api, made))
    api.send(again(made.call))
    api.read(made.container_id)
    exchange = api.job(made.job_id)
    tag = exchange.response.header("etag") if exchange.response else None
    if tag:
        api.job(made.job_id, headers={"If-None-Match": tag})
    path = path_to("content", made.container_id, "regenerate")
    watched(api, made, api.call("POST", path, {"patch": {"hook": 7}}), api.call("POST", path, {"patch": "hook"}))
    sweep(api)
