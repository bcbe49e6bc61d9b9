"""Calls that drivers share: one valid call of every operation, ETags, keys that are nearly alike, early cancels, and walks in turns."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

from conformance.client.actors import ANONYMOUS, OTHER
from conformance.client.answers import answer_of, items_of, needed, status_of
from conformance.client.call import Call
from conformance.client.exchange import Exchange
from conformance.contract.lifecycle import is_terminal
from conformance.contract.paths import path_to
from conformance.exceptions import NotReached
from conformance.run.calls.api import Api
from conformance.run.calls.long_lists import WHOLE
from conformance.run.calls.ownership import fresh_id
from strategies.samples import STATUSES

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


def strangers(api: Api, *more: str) -> tuple[str, ...]:
    """Return the callers without a right to what the owner has made, as far as the target has them, the other organization last."""
    return (ANONYMOUS, *more, OTHER) if api.session.has_actor(OTHER) else (ANONYMOUS, *more)


def altered(identifier: str) -> str:
    """Return an id of the same form that names nothing: the last letter or digit is replaced."""
    for index in range(len(identifier) - 1, -1, -1):
        character = identifier[index]
        if character.isalnum():
            substitute = "7" if character != "7" else "3"
            return identifier[:index] + substitute + identifier[index + 1 :]
    return identifier + "7"


def running_tag(exchange: Exchange) -> str | None:
    """Return the ETag of a job that was read while it ran."""
    running = answer_of(exchange).get("status") == "running"
    return exchange.response.header("etag") if running and exchange.response else None


def ended_tag(api: Api, job_id: str) -> str | None:
    """Read a job, and return the ETag of the answer, if there is one."""
    response = api.job(job_id).response
    return response.header("etag") if response else None


SEPARATORS = "-_.:/|"
"""Where a target may cut a key, or part it: of keys that share what is behind these, or before, it may see one alone."""


@dataclass(slots=True)
class AlikeKeys:
    """Long keys that differ behind all their separators, in their last character, or in the case of their letters alone.

    `are_parted` says whether they have more separators than a hyphen, which a target may refuse.
    """

    are_parted: bool = True
    _stem: str = field(default_factory=lambda: f"ab{secrets.token_hex(8)}" * 13)

    def ending(self, end: int) -> str:
        """Return the key with this number at its end, which alone tells it from the others."""
        return f"{self._stem}{SEPARATORS if self.are_parted else '-'}{end}"

    def both_ending(self, end: int) -> tuple[str, str]:
        """Return the key with this number at its end with all separators, and with a hyphen alone."""
        return f"{self._stem}{SEPARATORS}{end}", f"{self._stem}-{end}"

    @property
    def in_upper_case(self) -> str:
        """The first key in another case."""
        return self.ending(1).upper()


def tried_by_strangers(api: Api, key: str, project: str | None = None) -> str:
    """Return a key after creates with it were refused to callers without a right (AUT-3): what follows is the first call of who has one."""
    for actor in strangers(api):
        api.create(project, api.brief(), key=key, actor=actor, costs=0)
    return key


def used_in_vain(api: Api, key: str, project: str | None = None) -> str:
    """Return a key after creates with it were refused: those of callers without a right, and then an invalid one (IDM-14)."""
    tried_by_strangers(api, key, project)
    api.create(project, api.brief(targetPlatforms="tiktok"), key=key, means_valid=False, costs=0)
    return key


CALLS_BEFORE = 6
"""What is sent until the owner's cancel has come: two reads of the container, one of the job, two cancels by others, and itself."""


def cancel_begun(api: Api, begun: Exchange) -> dict[str, Any]:
    """Cancel a job first by callers without a right, then by its owner, twice at one instant, and return the container as it is then.

    Where it would have ended by then, its owner cancels it before all others.
    """
    container_id, job_id = needed(begun, "containerId"), needed(begun, "jobId")
    tag = None
    if _ends_before_a_cancel(api, begun):
        api.cancel(job_id)
    else:
        tag = running_tag(api.job(job_id))
    api.read(container_id)
    for actor in strangers(api):
        api.cancel(job_id, actor=actor)
    api.read(container_id)
    api.send_together([api.cancel_call(job_id)] * 2)
    shape = answer_of(api.read(container_id))
    api.job(job_id)
    if tag:
        api.job(job_id, headers={"If-None-Match": tag})
    return shape


def _ends_before_a_cancel(api: Api, begun: Exchange) -> bool:
    """Return whether a generation would end while the calls are answered, each in the time that the one took that began it."""
    expected = api.generations.expected
    return expected is not None and CALLS_BEFORE * (begun.received_at - begun.sent_at) > expected


LOOKS = 200
"""Reads after which a container that stays in one status is waited for no longer."""


def begin(walks: Iterable[Iterator[Exchange]]) -> None:
    """Read the first page of each walk."""
    for walk in walks:
        next(walk, None)


def in_turns(walks: Iterable[Iterator[Exchange]]) -> None:
    """Go on with walks to their ends, a page of each in turn."""
    for _ in zip_longest(*walks):
        pass


def up_to(container_id: str, walk: Iterator[Exchange]) -> None:
    """Read the pages of a walk up to the one that shows a container."""
    for page in walk:
        if any(item.get("id") == container_id for item in items_of(page)):
            return


def by_each_status(api: Api, project: str | None = None) -> None:
    """Walk a list by each status."""
    for status in STATUSES:
        api.walk(project, {"status": status, "limit": WHOLE})


def by_each_status_in_flight(api: Api, container_id: str, project: str | None = None) -> None:
    """Walk a list by each status in each status that a container in flight is in, with reads of the container around the walks."""
    shown, before = answer_of(api.read(container_id)).get("status"), None
    for _ in range(LOOKS):
        if not isinstance(shown, str) or is_terminal(shown):
            return
        if shown != before:
            by_each_status(api, project)
            before = shown
        else:
            api.session.pause(api.target.timing.poll_interval)
        shown = answer_of(api.read(container_id)).get("status")
