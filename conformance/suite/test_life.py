"""The life of one container, watched from every side."""

from __future__ import annotations

from conformance.client.answers import asset_ids_of
from conformance.contract.paths import path_to
from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.suite.calls import altered
from conformance.suite.stock import Stock, sweep, watched

APPENDED = ("0", ".mp4", ":1", "-1", "_1", "@2x", "~", ",")
"""What is put behind an id, so that it is another one: a target may read an id up to a separator, as it would a file's name."""


@provokes(
    *(f"CRE-{number}" for number in (1, 2, 3, 4, 5, 6, 8)),
    *(f"LIF-{number}" for number in (1, 2, 3, 4, 6, 7, 8, 9)),
    *(f"JOB-{number}" for number in (1, 2, 3, 4, 5, 6, 7)),
    "APR-1 APR-4 APR-5 AST-2 AST-5 IDM-1 IDM-2 IDM-3 IDM-4 SCH-1 SCH-2 SCH-3 SCH-4 AUT-5 ERR-1 ERR-2 ERR-6",
    takes=("first",),
    depth=1,
)
def test_one_container_from_create_to_completion(api: Api, stock: Stock) -> None:
    """Create, read at once, replay and dispute in flight, poll to the end, replay again, and look for strays."""
    made = stock.first()
    api.read(made.container_id)
    api.job(made.job_id)
    sweep(api)


@provokes("AST-1 AST-2 AST-3 AST-4", takes=("first",))
def test_assets_of_a_completed_container(api: Api, stock: Stock) -> None:
    """Read every asset by its id, an unknown one, and the container again."""
    made = stock.first()
    for asset_id in asset_ids_of(made.shape):
        api.asset(made.container_id, asset_id)
    longer = (made.asset_id + more for more in APPENDED)
    for wrong in (altered(made.asset_id), made.asset_id[:-1], made.asset_id.swapcase(), *longer):
        if wrong and wrong != made.asset_id:
            api.asset(made.container_id, wrong)
    api.asset(made.container_id, made.asset_id)
    api.read(made.container_id)


@provokes("AST-3", profile="gate", takes=("first", "slideshow_remix"), depth=1)
def test_an_asset_of_another_container(api: Api, stock: Stock) -> None:
    """Ask each of two containers for the other's asset."""
    one, two = stock.first(), stock.other_format("slideshow_remix")
    api.asset(one.container_id, two.asset_id)
    api.asset(two.container_id, one.asset_id)


@provokes("AST-1 AST-4 AST-5", profile="gate", takes=("slideshow_remix",))
def test_assets_of_other_formats(api: Api, stock: Stock) -> None:
    """Read every asset of a container of another format."""
    made = stock.other_format("slideshow_remix")
    for asset_id in asset_ids_of(made.shape):
        api.asset(made.container_id, asset_id)
    api.read(made.container_id)


@provokes("JOB-8", takes=("first",))
def test_an_unchanged_job_read_with_its_tag(api: Api, stock: Stock) -> None:
    """Read an ended job again with the ETag that it came with."""
    made = stock.first()
    exchange = api.job(made.job_id)
    tag = exchange.response.header("etag") if exchange.response else None
    if tag:
        api.job(made.job_id, headers={"If-None-Match": tag})
        api.job(made.job_id, headers={"If-None-Match": '"another"'})
        api.job(made.job_id, headers={"If-None-Match": f'"another", {tag}'})


@provokes("APR-9 REJ-3", takes=("first",))
def test_a_reject_where_no_approval_is_asked_for(api: Api, stock: Stock) -> None:
    """Reject a completed container of the plain project, with a reason, without, and with too long a one."""
    made = stock.first()
    path = path_to("content", made.container_id, "reject")
    watched(
        api,
        made,
        api.reject_call(made.container_id),
        api.call("POST", path, {}),
        api.call("POST", path, {"reason": ""}),
        api.call("POST", path, {"reason": "x" * 1025}),
    )


@provokes("REG-6 CLO-4", takes=("first",))
def test_writes_that_are_refused(api: Api, stock: Stock) -> None:
    """Send patches that break the schema and a clone of an unknown post, and look whether anything came of it."""
    made = stock.first()
    path = path_to("content", made.container_id, "regenerate")
    broken: tuple[dict[str, object], ...] = (
        {"patch": {"hook": 7}},
        {"patch": {"targetPlatforms": "tiktok"}},
        {"patch": {"hook": api.hook("A refused patch"), "themeTags": [1]}},
        {"patch": "hook"},
    )
    watched(api, made, *(api.call("POST", path, body) for body in broken))
    unknown = altered(api.target.fixtures.source_post_id or "7000000000000000001")
    watched(api, made, api.clone_call(made.container_id, unknown, costs=0))
    sweep(api)
