"""A last look: whatever was made, read once more when its moment has long passed."""

from __future__ import annotations

from conformance.drivers import provokes
from conformance.suite.api import Api, answer_of, asset_ids_of
from conformance.suite.stock import Stock, sweep
from strategies.briefs import FORMATS, STATUSES

MOMENT = 2.0
"""Seconds after which two sides of one story can no longer be told apart by chance (JOB-2)."""


@provokes(
    "JOB-2",
    "JOB-3",
    "JOB-4",
    "LIF-2",
    "LIF-8",
    "AST-2",
    "APR-5",
    "APR-7",
    "APR-8",
    "LST-9",
    "LST-4",
    "LST-5",
    "AST-1",
    "AST-4",
    "AST-5",
    profile="gate",
)
def test_everything_once_more(api: Api, stock: Stock) -> None:
    """Read every container of the stock, its job and its progress, and the whole lists, long after the last change."""
    api.session.pause(MOMENT)
    for made in stock.made():
        made.shape = answer_of(api.read(made.container_id))
        api.job(made.job_id)
        api.progress(made.container_id)
        for asset_id in asset_ids_of(made.shape):
            api.asset(made.container_id, asset_id)
    for value in FORMATS:
        api.walk(query={"format": value, "limit": 50})
    for value in STATUSES:
        api.walk(query={"status": value, "limit": 50})
    review = api.target.target.review_project_id
    sweep(api, api.project, *([review] if review else []), whole=True)
