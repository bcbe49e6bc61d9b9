"""Calls that are refused at no price, sent when another organization has just been heard: their answers must show nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.client.call import Call
from conformance.contract.paths import path_to
from conformance.run.calls.api import Api
from conformance.suite.calls import altered
from conformance.suite.stock import Made, again, disputed
from strategies.bodies import MALFORMED


def _create(api: Api, made: Made) -> Call:
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


def _clone(api: Api, made: Made) -> Call:
    unknown = altered(api.target.fixtures.source_post_id or "7000000000000000001")
    return replace(api.clone_call(made.container_id, unknown, costs=0), means_valid=False)


def _unknown(api: Api, made: Made) -> Call:
    return api.call("GET", path_to("content", altered(made.container_id)))


def _query(api: Api, made: Made) -> Call:
    return api.call("GET", f"{made.call.path}?limit=0&cursor=not-a-cursor")


REFUSED: dict[str, Callable[[Api, Made], Call]] = {
    "a create that breaks the schema": _create,
    "a create that is no JSON": _malformed,
    "a create under a key that is taken": disputed,
    "a patch that breaks the schema": _patch,
    "a reject where none is asked for": _reject,
    "a reject without a reason": _reject_without_reason,
    "a clone of an unknown post": _clone,
    "an unknown container": _unknown,
    "a list by parameters that nobody gave": _query,
}
"""One call for each way of being refused, on a container of the caller or beside it."""


def ask_after(api: Api, heard: Made, asked: Made) -> None:
    """Send every refused call on `asked` by its owner, each right after a valid body and an invalid one by the owner of `heard`."""
    for make in REFUSED.values():
        for speech in (disputed(api, heard), _create(api, heard)):
            api.send(replace(again(speech), actor=heard.call.actor, means_valid=False))
            api.send(replace(make(api, asked), actor=asked.call.actor))
