"""A last look: whatever was made, read once more when its moment has long passed."""

from __future__ import annotations

from itertools import combinations

from conformance.client.actors import OTHER
from conformance.client.answers import answer_of, asset_ids_of
from conformance.contract.paths import path_to
from conformance.run.calls.api import Api
from conformance.run.calls.long_lists import WHOLE
from conformance.run.planning.drivers import provokes
from conformance.suite.calls import READS, ResourceIds, calls_of, strangers
from conformance.suite.stock import Stock, sweep
from strategies.samples import FORMATS, STATUSES

MOST_JOBS = 60
"""Jobs that are read once more at most, the earliest first."""
KIND = ("status", "approvalStatus", "format")
"""The members of a list's item that make its kind."""
MOST_KINDS, ASSETS_OF_ONE = 16, 2
"""Containers of a project, and assets of each, that are read since they are the oldest of their kind."""
TOGETHER = 6
"""Containers of which every kind of read is sent together with those of the others."""
AT_ONCE = 12
"""Reads that are released at one instant."""


@provokes(
    "JOB-2 JOB-3 JOB-4 REG-5 LIF-2 LIF-8 AST-2 APR-5 APR-7 APR-8 LST-9 LST-4 LST-5 AST-1 AST-3 AST-4 AST-5",
    profile="gate",
    alone=True,
    calls=160,
)
def test_everything_once_more(api: Api, stock: Stock) -> None:
    """Read every container of the stock, its progress, the jobs of its earlier generations too, and the whole lists, at the end."""
    api.session.pause(api.target.timing.settling + api.target.timing.read_lag)
    for job_id in list(api.jobs)[:MOST_JOBS]:
        api.job(job_id)
    for made in stock.made():
        made.shape = answer_of(api.read(made.container_id))
        api.job(made.job_id)
        api.progress(made.container_id)
        for asset_id in asset_ids_of(made.shape):
            api.asset(made.container_id, asset_id)
    for earlier, later in combinations(stock.made(), 2):
        for asset_id in asset_ids_of(earlier.shape)[:1]:
            api.asset(later.container_id, asset_id)
    for value in FORMATS:
        api.walk(query={"format": value, "limit": 50})
    for value in STATUSES:
        api.walk(query={"status": value, "limit": 50})
    review = api.target.target.review_project_id
    sweep(api, api.project, *([review] if review else []), whole=True)


@provokes("LIF-4 LIF-5 LIF-7 LST-9 AST-1 AST-5 SCH-1", profile="gate", alone=True)
def test_the_oldest_container_of_each_kind(api: Api, stock: Stock) -> None:
    """Read the oldest container of each status, approval and format that a list shows, with its progress and its assets.

    It may be older than the code of today, and than what a generation makes now.
    """
    made = {one.container_id for one in stock.made()}
    for project in filter(None, (api.project, api.target.target.review_project_id)):
        oldest = {tuple(item.get(name) for name in KIND): item for item in api.walk(project, {"limit": WHOLE})}
        for item in list(oldest.values())[:MOST_KINDS]:
            container_id = str(item.get("id"))
            if container_id in made:
                continue  # it was read just now
            shape = answer_of(api.read(container_id))
            api.progress(container_id)
            for asset_id in asset_ids_of(shape)[:ASSETS_OF_ONE]:
                api.asset(container_id, asset_id)


@provokes("AUT-1 AUT-4", profile="gate", alone=True, calls=110)
def test_everything_by_callers_without_a_right(api: Api, stock: Stock) -> None:
    """Read what was made, in whatever state it ended, without a key and by the key of another organization."""
    for made in stock.made():
        asset_ids = [*asset_ids_of(made.shape), "med_of_nothing"]
        ids = ResourceIds(api.project, made.container_id, made.job_id, asset_ids[0])
        for actor in strangers(api):
            for call in calls_of(api, READS[1:], ids, actor):
                api.send(call)


@provokes("LIF-8 JOB-1 LST-8 AST-1", profile="gate", alone=True)
def test_reads_released_at_one_instant(api: Api, stock: Stock) -> None:
    """Read several containers, their jobs, their assets and the lists at one instant, by two organizations."""
    there = [made for made in stock.made() if asset_ids_of(made.shape)][:TOGETHER]
    calls = [
        call
        for made in there
        for call in calls_of(api, READS, ResourceIds(api.project, made.container_id, made.job_id, made.asset_id))
    ]
    foreign = api.target.target.other_project_id
    if foreign is not None and api.session.has_actor(OTHER):
        calls += [api.call("GET", path_to("projects", foreign, "content"), actor=OTHER)] * len(there)
    for start in range(0, len(calls), AT_ONCE):
        api.send_together(calls[start : start + AT_ONCE])
