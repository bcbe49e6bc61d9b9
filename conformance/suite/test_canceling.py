"""A regeneration that is canceled, and what every side tells of it afterwards."""

from __future__ import annotations

from conformance.run.answers import answer_of, asset_ids_of, needed, status_of
from conformance.run.api import Api
from conformance.run.drivers import provokes
from conformance.run.long_lists import WHOLE
from conformance.suite.calls import strangers
from conformance.suite.stock import Made, Stock, accepted


def _look(api: Api, made: Made, job_id: str) -> None:
    """Wait for the end of a generation, and read its container, its job, its progress, its assets and the lists."""
    made.shape = api.settle(made.container_id, job_id)
    api.progress(made.container_id)
    for status in ("canceled", "completed"):
        api.walk(query={"status": status, "limit": WHOLE})
    api.walk(query={"limit": WHOLE})
    for asset_id in asset_ids_of(answer_of(api.read(made.container_id))):
        api.asset(made.container_id, asset_id)


@provokes(
    *("LIF-10", "LIF-12", "JOB-2", "JOB-3", "JOB-4", "LIF-2", "LST-4", "LST-9", "REG-1", "REG-4", "IDM-7", "AUT-3"),
    profile="gate",
    generations=2,
    takes=("twins",),
    changes=("twins",),
    depth=1,
)
def test_a_regeneration_that_is_canceled(api: Api, stock: Stock) -> None:
    """Regenerate without a key what has completed, cancel that with a body, look from every side, and send the same regenerate again."""
    made, _ = stock.twins()
    api.read(made.container_id)
    call = api.regenerate_call(made.container_id, {"themeTags": ["anew"]})
    canceled = needed(api.send(call), "jobId")
    api.read(made.container_id)
    for actor in strangers(api):
        api.cancel(canceled, actor=actor)
    if not accepted(status_of(api.cancel(canceled, body={"reason": "Not this one"}))):
        api.cancel(canceled)
    _look(api, made, canceled)
    api.session.pause(api.target.timing.settling)
    api.read(made.container_id)
    api.progress(made.container_id)
    exchange = api.send(call)
    made.job_id = needed(exchange, "jobId")
    api.read(made.container_id)
    api.progress(made.container_id)
    _look(api, made, made.job_id)
    api.job(canceled)
    api.job(made.job_id)
