"""Variants of what is read from copies: replicas, caches, and items of lists that show more or less."""

from collections.abc import Iterator, Mapping

from sandbox.access import Access
from sandbox.backend import Backend
from sandbox.clock import Clock
from sandbox.listing import Listing, Position
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Asset, Job, Snapshot
from sandbox.rendering import Json, Rendering
from sandbox.store import Store

VARIANTS = """
lists-by-replica: Lists show creates and ends 250 ms later than reads.
assets-by-replica: getAsset knows an asset 250 ms later than reads show it.
jobs-by-turns: Every second read of a job is 250 ms behind.
etags-everywhere: Containers and lists have weak ETags.
list-items-with-posters: Items show one asset.
job-results-in-full: A result holds signed assets.
"""


BEHIND_MS = 250


def behind(snapshot: Snapshot) -> Snapshot:
    """Return a container as it was a moment before, as far as time alone has changed it."""
    return snapshot._replace(now=max(snapshot.now - BEHIND_MS, snapshot.job.started_at))


class ListsByReplica(Listing):
    def candidates(self, project_id: str, after: Position | None, now: int) -> Iterator[Snapshot]:
        found = super().candidates(project_id, after, now)
        return (behind(one) for one in found if one.container.created_at + BEHIND_MS <= now)


class AssetsByReplica(Operations):
    def get_asset(self, call: Call) -> Answer:
        access = self.backend.access
        self.backend.access = _Behind(self.backend)
        try:
            return super().get_asset(call)
        finally:
            self.backend.access = access


class _Behind(Access):
    def container(self, org: str, container_id: str) -> Snapshot:
        return behind(super().container(org, container_id))


class JobsByTurns(Operations):
    turns = 0

    def get_job(self, call: Call) -> Answer:
        self.turns += 1
        clock = self.backend.clock
        if self.turns % 2 == 0:
            job = self.backend.access.job(call.org, call.path["job_id"])
            self.backend.clock = _ClockBehind(self.backend.store, job.started_at)
        try:
            return super().get_job(call)
        finally:
            self.backend.clock = clock


class _ClockBehind(Clock):
    """A clock that shows a moment before, but none before a job began."""

    def __init__(self, store: Store, earliest: int) -> None:
        super().__init__(store)
        self.earliest = earliest

    def now(self) -> int:
        return max(super().now() - BEHIND_MS, self.earliest)


class EtagsEverywhere(Operations):
    async def perform(self, operation: str, call: Call) -> Answer:
        answer = await super().perform(operation, call)
        if operation not in {"get_content", "get_content_progress", "list_content"} or answer.status != 200:
            return answer
        etag = f"W/{self.backend.rendering.etag(answer.body)}"
        if etag in {tag.strip() for value in call.headers.get("if-none-match", ()) for tag in value.split(",")}:
            return Answer(304, b"", {"ETag": etag})
        return answer._replace(headers={**answer.headers, "ETag": etag, "Cache-Control": "private, no-cache"})


class ListItemsWithPosters(Rendering):
    backend: Backend

    def list_item(self, snapshot: Snapshot) -> Json:
        first = self.backend.generation.assets_at(snapshot)[:1]
        posters = [f"{self.asset_url(asset)}?poster=1" for asset in first]
        shown = {"assets": [self.asset(asset) for asset in first], "posterUrl": posters[0] if posters else None}
        return {**super().list_item(snapshot), **shown}


class JobResultsInFull(Rendering):
    backend: Backend

    def job(self, job: Job, now: int) -> Json:
        shown = super().job(job, now)
        result = shown["result"]
        if not isinstance(result, Mapping):
            return shown
        return {**shown, "result": {**result, "assets": [self.signed_asset(each, now) for each in self.made(job)]}}

    def made(self, job: Job) -> list[Asset]:
        """Return what a job has made."""
        snapshot = self.backend.store.container(job.container_id, self.backend.clock.now())
        return [] if snapshot is None else self.backend.generation.assets_at(snapshot._replace(job=job))
