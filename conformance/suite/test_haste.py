"""Haste: one job polled without a pause, until the target asks to slow down."""

from __future__ import annotations

from conformance.client.answers import status_of
from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.run.process import Run
from conformance.suite.stock import Stock

POLLS = 400
PACED = 25
"""How many of them a run makes that is paced, and so not meant to find the limit."""


@provokes("ERR-7", profile="certify", takes=("first",), alone=True, calls=120)
def test_one_job_polled_without_a_pause(run: Run, api: Api, stock: Stock) -> None:
    """Read one job over and over until a 429, only some times where the run is paced."""
    made = stock.first()
    for _ in range(PACED if run.spec.target.budget.requests_per_second else POLLS):
        if status_of(api.job(made.job_id, once=True)) == 429:
            break
    api.job(made.job_id)
