"""Haste: one job polled without a pause, until the target asks to slow down."""

from __future__ import annotations

from conformance.exceptions import NotReached
from conformance.run.answers import status_of
from conformance.run.api import Api
from conformance.run.drivers import provokes
from conformance.run.process import Run
from conformance.suite.stock import Stock

POLLS = 400


@provokes("ERR-7", profile="certify", takes=("first",), alone=True)
def test_one_job_polled_without_a_pause(run: Run, api: Api, stock: Stock) -> None:
    """Read one job over and over until a 429; a run that is paced never gets there, and does not try."""
    if run.spec.target.budget.requests_per_second:
        raise NotReached("the run is paced (budget.requests_per_second), so that no limit is provoked")
    made = stock.first()
    for _ in range(POLLS):
        if status_of(api.job(made.job_id, once=True)) == 429:
            break
    else:
        raise NotReached(f"the target set no limit to {POLLS} reads in a row")
    api.job(made.job_id)
