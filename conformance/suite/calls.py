"""One valid call of every operation on given ids, for drivers that vary the caller, the ids, or the state of what they name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from conformance.client.actors import ANONYMOUS, OTHER
from conformance.client.answers import status_of
from conformance.client.call import Call
from conformance.client.exchange import Exchange
from conformance.contract.paths import path_to
from conformance.exceptions import NotReached
from conformance.run.calls.api import Api
from conformance.run.calls.marks import fresh_id

READS = ("listContent", "getContent", "getContentProgress", "getAsset", "getJob")
WRITES = (
    "createContent",
    "regenerateContent",
    "cloneFromPost",
    "rejectContent",
    "approveContent",
    "cancelJob",
    "archiveProject",
)
NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class ResourceIds:
    """The ids that the calls name."""

    project: str
    container: str
    job: str
    asset: str = "med_unknown"
    archivable: str | None = None


def call_of(api: Api, operation: str, ids: ResourceIds, actor: str = "owner") -> Call | None:
    """Return a valid call of an operation that is expected to cost nothing, or None where no such call may be made.

    A project is archived only where one is configured for that.
    """
    content = path_to("content", ids.container)
    more: dict[str, Any] = {"actor": actor, "costs": 0}
    match operation:
        case "createContent":
            return api.create_call(ids.project, **more)
        case "listContent":
            return api.call("GET", path_to("projects", ids.project, "content"), **more)
        case "getContent":
            return api.call("GET", content, **more)
        case "getContentProgress":
            return api.call("GET", f"{content}/progress", **more)
        case "getAsset":
            return api.call("GET", path_to("content", ids.container, "assets", ids.asset), **more)
        case "getJob":
            return api.call("GET", path_to("jobs", ids.job), **more)
        case "regenerateContent":
            return api.regenerate_call(ids.container, {"hook": api.hook("Mornings that are yours")}, **more)
        case "cloneFromPost":
            source = api.target.fixtures.source_post_id or "7000000000000000001"
            return replace(api.clone_call(ids.container, source, **more), path=f"{content}/clone-from-post")
        case "rejectContent":
            return api.reject_call(ids.container, **more)
        case "approveContent":
            return api.approve_call(ids.container, **more)
        case "cancelJob":
            return api.call("POST", path_to("jobs", ids.job, "cancel"), **more)
        case _:
            return api.call("DELETE", path_to("projects", ids.archivable), **more) if ids.archivable else None


def calls_of(api: Api, operations: tuple[str, ...], ids: ResourceIds, actor: str = "owner") -> Iterator[Call]:
    """Yield a valid call of each operation that may be called."""
    for operation in operations:
        call = call_of(api, operation, ids, actor)
        if call is not None:
            yield call


def by_other_methods(api: Api, ids: ResourceIds) -> Iterator[Call]:
    """Yield calls by methods that no page documents, the one that may remove what it names last."""
    for operation in (*READS, "regenerateContent", "rejectContent"):
        call = call_of(api, operation, ids)
        if call is not None and operation != "getContent":
            yield replace(call, method="PUT", means_valid=False, body=None)
    for method in ("PATCH", "DELETE"):
        for operation in READS:
            call = call_of(api, operation, ids)
            if call is not None:
                yield replace(call, method=method, means_valid=False, body=None)


def ids_of_nothing(api: Api, ids: ResourceIds) -> ResourceIds:
    """Return ids of the same form that a read has shown to name nothing; raises NotReached where none is known.

    Where ids are serial numbers, an altered one may name what somebody else has made, so that nothing is written to before that is known.
    """
    return ResourceIds(
        _absent(ids.project, api.page),
        _absent(ids.container, api.read),
        _absent(ids.job, api.job),
        altered(ids.asset),
    )


def _absent(like: str, read: Callable[[str], Exchange]) -> str:
    for candidate in (altered(like), fresh_id(like)):
        if status_of(read(candidate)) == NOT_FOUND:
            return candidate
    raise NotReached(f"no id like {like} is known to name nothing, so that nothing is written to one")


def strangers(api: Api) -> tuple[str, ...]:
    """Return the callers without a right to what the owner has made, as far as the target has them."""
    return (ANONYMOUS, OTHER) if api.session.has_actor(OTHER) else (ANONYMOUS,)


def altered(identifier: str) -> str:
    """Return an id of the same form that names nothing: the last letter or digit is replaced."""
    for index in range(len(identifier) - 1, -1, -1):
        character = identifier[index]
        if character.isalnum():
            substitute = "7" if character != "7" else "3"
            return identifier[:index] + substitute + identifier[index + 1 :]
    return identifier + "7"
