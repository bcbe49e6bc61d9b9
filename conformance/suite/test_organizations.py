"""Two organizations: what one made, the other neither reads, lists nor changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.client.actors import OTHER
from conformance.client.answers import answer_of, asset_ids_of, needed, text_in
from conformance.client.call import Call
from conformance.contract.paths import path_to
from conformance.exceptions import NotReached
from conformance.run.calls.api import Api
from conformance.run.planning.drivers import provokes
from conformance.suite.calls import READS, WRITES, ResourceIds, altered, calls_of, ended_tag
from conformance.suite.stock import Made, Stock, again, disputed, sweep
from strategies.bodies import MALFORMED


def _broken_create(api: Api, made: Made) -> Call:
    broken = {"format": "no_such_format", "brief": api.brief()}
    return api.call("POST", made.call.path, broken, key=api.key())


def _malformed(api: Api, made: Made) -> Call:
    return api.call("POST", made.call.path, raw=MALFORMED[0])


def _patch(api: Api, made: Made) -> Call:
    return api.call("POST", path_to("content", made.container_id, "regenerate"), {"patch": {"hook": 7}})


def _reject(api: Api, made: Made) -> Call:
    return api.reject_call(made.container_id)


def _reject_without_reason(api: Api, made: Made) -> Call:
    return api.call("POST", path_to("content", made.container_id, "reject"), {})


def _unknown_clone(api: Api, made: Made) -> Call:
    unknown = altered(api.target.fixtures.source_post_id or "7000000000000000001")
    return replace(api.clone_call(made.container_id, unknown, costs=0), means_valid=False)


def _unknown(api: Api, made: Made) -> Call:
    return api.call("GET", path_to("content", altered(made.container_id)))


def _query(api: Api, made: Made) -> Call:
    return api.call("GET", f"{made.call.path}?limit=0&cursor=not-a-cursor")


REFUSED: dict[str, Callable[[Api, Made], Call]] = {
    "a create that breaks the schema": _broken_create,
    "a create that is no JSON": _malformed,
    "a create under a key that is taken": disputed,
    "a patch that breaks the schema": _patch,
    "a reject where none is asked for": _reject,
    "a reject without a reason": _reject_without_reason,
    "a clone of an unknown post": _unknown_clone,
    "an unknown container": _unknown,
    "a list by parameters that nobody gave": _query,
}
"""One call for each way of being refused, on a container of the caller or beside it."""


def ask_after(api: Api, heard: Made, asked: Made) -> None:
    """Send every refused call on `asked` by its owner, each right after a valid body and an invalid one by the owner of `heard`."""
    for make in REFUSED.values():
        for speech in (disputed(api, heard), _broken_create(api, heard)):
            api.send(replace(again(speech), actor=heard.call.actor, means_valid=False))
            api.send(replace(make(api, asked), actor=asked.call.actor))


def _other_project(api: Api) -> str:
    if not api.session.has_actor(OTHER):
        raise NotReached("no key of another organization is configured (target.other_api_key_env)")
    project = api.target.target.other_project_id
    if project is None:
        raise NotReached("no project of the other organization is configured (target.other_project_id)")
    return project


@provokes("AUT-4 AUT-3", profile="gate", takes=("first",), uses=("archivable",))
def test_every_operation_by_another_organization(api: Api, stock: Stock) -> None:
    """Call every operation on what the owner made with the other organization's key."""
    if not api.session.has_actor(OTHER):
        raise NotReached("no key of another organization is configured (target.other_api_key_env)")
    made = stock.first()
    ids = ResourceIds(api.project, made.container_id, made.job_id, made.asset_id, api.target.target.archive_project_id)
    if ids.archivable:
        api.page(ids.archivable)
    for call in calls_of(api, READS, ids, OTHER):
        api.send(call)
    api.page(query={"status": "completed", "limit": 1}, actor=OTHER)
    for tag in ("*", *filter(None, [ended_tag(api, made.job_id)])):
        api.job(made.job_id, headers={"If-None-Match": tag}, actor=OTHER)
    cursor = text_in(api.page(query={"limit": 1}), "nextCursor")
    for project in (api.project, api.target.target.other_project_id):
        if project and cursor:
            api.page(project, {"limit": 50, "cursor": cursor}, actor=OTHER)
    api.send(replace(again(made.call), actor=OTHER))
    for call in calls_of(api, WRITES, ids, OTHER):
        api.read(made.container_id)
        api.send(call)
    api.read(made.container_id)
    api.progress(made.container_id)
    if ids.archivable:
        api.page(ids.archivable)
    sweep(api)


@provokes("IDM-8 AUT-4 LST-8", profile="gate", generations=1, takes=("first",), any_state=("first",), calls=80)
def test_a_key_of_another_organization(api: Api, stock: Stock) -> None:
    """Send the first container's key and body with the other organization's key to its own project, look back, and look into each refusal."""
    project = _other_project(api)
    first = stock.first()
    call = replace(first.call, path=first.call.path.replace(api.project, project), actor=OTHER)
    exchange = api.send(call)
    container_id, job_id = needed(exchange, "containerId"), needed(exchange, "jobId")
    api.read(container_id, actor=OTHER)
    api.read(container_id)
    api.job(job_id)
    api.progress(container_id)
    api.page(project)
    api.walk(project, {"limit": 200}, actor=OTHER)
    api.walk(query={"limit": 200})
    api.send(again(call))
    api.send(again(first.call))
    shape = answer_of(api.read(container_id, actor=OTHER))
    for asset_id in asset_ids_of(shape):
        api.asset(container_id, asset_id)
    foreign = Made(container_id, job_id, call, shape)
    stock.further.append(foreign)
    ask_after(api, foreign, first)
    ask_after(api, first, foreign)
    for made in (first, foreign):
        api.read(made.container_id, actor=made.call.actor)


@provokes("AUT-4 LST-8", profile="certify", generations=2)
def test_a_clone_into_a_foreign_project(api: Api, stock: Stock) -> None:
    """Let the other organization clone a container of its own and name the owner's project in the body; look for what came of it."""
    project = _other_project(api)
    made = stock.start(api.create_call(project, key=api.key(), actor=OTHER))
    api.send(api.clone_call(made.container_id, project=api.project, key=api.key(), actor=OTHER))
    sweep(api)
    api.page(project, actor=OTHER)
