"""Who may call: every operation by callers without a right."""

from __future__ import annotations

from conformance.client.actors import ANONYMOUS, UNAUTHORIZED
from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.suite.calls import READS, WRITES, ResourceIds, altered, calls_of, ended_tag
from conformance.suite.stock import Made, Stock, sweep

FEW = (ANONYMOUS, "empty-key", "last-character-off", "right-prefix", "other-case")


def _try(api: Api, made: Made, actors: tuple[str, ...]) -> None:
    ids = ResourceIds(api.project, made.container_id, made.job_id, made.asset_id, api.target.target.archive_project_id)
    if ids.archivable:
        api.page(ids.archivable)
    for actor in actors:
        for call in calls_of(api, READS, ids, actor):
            api.send(call)
        api.read(made.container_id)
        for call in calls_of(api, WRITES, ids, actor):
            api.send(call)
        api.read(made.container_id)
    api.progress(made.container_id)
    if ids.archivable:
        api.page(ids.archivable)
    sweep(api)


@provokes("AUT-1 AUT-2 AUT-3 AUT-5", takes=("first",), uses=("archivable",), calls=80)
def test_every_operation_without_a_right(api: Api, stock: Stock) -> None:
    """Call every operation on a known container without a key, with an empty one, and with keys that are nearly right."""
    # The list needs no container, which a target may fail to make.
    for actor in FEW:
        api.page(actor=actor)
    _try(api, stock.first(), FEW)


@provokes("AUT-1 AUT-2 AUT-3 AUT-5", profile="gate", takes=("first",), uses=("archivable",), calls=120)
def test_every_operation_with_every_kind_of_wrong_key(api: Api, stock: Stock) -> None:
    """Call every operation with each of the other wrong keys."""
    _try(api, stock.first(), tuple(actor for actor in UNAUTHORIZED if actor not in FEW))


@provokes("AUT-1 AUT-2 AUT-3", profile="gate", takes=("first",))
def test_invalid_calls_without_a_right(api: Api, stock: Stock) -> None:
    """Send what is invalid, unknown or replayed without a key: none of it may be answered as if the key were there."""
    made = stock.first()
    api.read(made.container_id)
    for actor in (ANONYMOUS, "last-character-off"):
        api.create(brief={"hook": 1}, actor=actor, means_valid=False, costs=0)
        api.send(api.call("POST", made.call.path, raw=made.call.body, key=made.key, actor=actor))
        api.page(query={"status": "completed", "limit": 1}, actor=actor)
        api.page(query={"limit": 0}, actor=actor)
        api.read(altered(made.container_id), actor=actor)
        api.job(altered(made.job_id), actor=actor)
        api.page(altered(api.project), actor=actor)
        # What is answered 304 is confirmed to be as its caller knows it.
        for tag in ("*", *filter(None, [ended_tag(api, made.job_id)])):
            api.job(made.job_id, headers={"If-None-Match": tag}, actor=actor)
    api.read(made.container_id)
