"""Variants whose reads come from replicas that lag behind."""

from collections.abc import Iterator
from functools import cached_property
from typing import cast

from sandbox.access import Access
from sandbox.backend import Backend
from sandbox.change import using
from sandbox.clock import Clock
from sandbox.errors import not_found
from sandbox.lifecycle import Lifecycle
from sandbox.listing import Listing, Position
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Brief, Job, Snapshot
from sandbox.store import Store

VARIANTS = """
reads-by-replica: Reads and lists show creates and decisions 250 ms later.
lists-by-replica: Lists show creates and ends 250 ms later than reads.
assets-by-replica: getAsset knows an asset 250 ms later than reads show it.
jobs-by-turns: Every second read of a job is 250 ms behind.
containers-by-turns: Every second read of a container is 250 ms behind.
"""

REPLICA_LAG_MS = 250
BEHIND_MS = 250


def behind(snapshot: Snapshot) -> Snapshot:
    """Return a container as it was a moment before, as far as time alone has changed it."""
    return snapshot._replace(now=max(snapshot.now - BEHIND_MS, snapshot.job.started_at))


class ListsByReplica(Listing):
    def candidates(self, project_id: str, after: Position | None, now: int) -> Iterator[Snapshot]:
        found = super().candidates(project_id, after, now)
        return (behind(one) for one in found if one.container.created_at + BEHIND_MS <= now)


class _Behind(Access):
    def container(self, org: str, container_id: str) -> Snapshot:
        return behind(super().container(org, container_id))


class AssetsByReplica(Operations):
    def get_asset(self, call: Call) -> Answer:
        access = self.backend.access
        self.backend.access = _Behind(self.backend)
        try:
            return super().get_asset(call)
        finally:
            self.backend.access = access


class _ClockBehind(Clock):
    """A clock that shows a moment before, but none before a job began."""

    def __init__(self, store: Store, earliest: int) -> None:
        super().__init__(store)
        self.earliest = earliest

    def now(self) -> int:
        return max(super().now() - BEHIND_MS, self.earliest)


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


class _LateDecisions(Lifecycle):
    """Remembers what containers were before a decision, for reads by a replica."""

    @cached_property
    def before(self) -> dict[str, Snapshot]:
        """The containers as they were before their latest decision, with its time."""
        return {}

    def decide(self, snapshot: Snapshot, decision: str) -> Snapshot:
        decided = super().decide(snapshot, decision)
        self.before[snapshot.container.id] = snapshot
        return decided

    def replicated(self, snapshot: Snapshot) -> Snapshot | None:
        """Return a container as a replica has it, None where it has none yet."""
        container, now = snapshot.container, snapshot.now
        if now < container.created_at + REPLICA_LAG_MS:
            return None
        old = self.before.get(container.id)
        if old is None or now >= old.now + REPLICA_LAG_MS or old.job.id != snapshot.job.id:
            return snapshot
        stale = container._replace(approval=old.container.approval, approval_job=old.container.approval_job)
        return snapshot._replace(container=stale)


class _ReplicaLists(Listing):
    backend: Backend

    def candidates(self, project_id: str, after: Position | None, now: int) -> Iterator[Snapshot]:
        replicated = cast("_LateDecisions", self.backend.lifecycle).replicated
        found = map(replicated, super().candidates(project_id, after, now))
        return (snapshot for snapshot in found if snapshot is not None)


class _ReplicaReads(Operations):
    def get_content(self, call: Call) -> Answer:
        backend = self.backend
        snapshot = backend.access.container(call.org, call.path["container_id"])
        shown = cast("_LateDecisions", backend.lifecycle).replicated(snapshot)
        if shown is None:
            raise not_found("container")
        return self.shown(shown)


reads_by_replica = using(_LateDecisions, _ReplicaReads, _ReplicaLists)


class _KeepsVersions(Lifecycle):
    """Remembers what each container was before each change, with the moment of the change."""

    backend: Backend

    @cached_property
    def versions(self) -> dict[str, list[tuple[int, Snapshot]]]:
        """What each container was until a moment, the earliest first."""
        return {}

    def keep(self, snapshot: Snapshot) -> None:
        """Remember a container that is about to change."""
        self.versions.setdefault(snapshot.container.id, []).append((self.backend.clock.now(), snapshot))

    def decide(self, snapshot: Snapshot, decision: str) -> Snapshot:
        decided = super().decide(snapshot, decision)
        self.keep(snapshot)
        return decided

    def regenerate(self, snapshot: Snapshot, patch: Brief) -> Job:
        job = super().regenerate(snapshot, patch)
        self.keep(snapshot)
        return job

    def cancel(self, job: Job, now: int) -> Job:
        snapshot = self.backend.store.container(job.container_id, now)
        canceled = super().cancel(job, now)
        if snapshot is not None:
            self.keep(snapshot)
        return canceled

    def as_of(self, snapshot: Snapshot, moment: int) -> Snapshot:
        """Return a container as it was at a moment, or when it was made if that is later."""
        moment = max(moment, snapshot.container.created_at)
        earlier = self.versions.get(snapshot.container.id, ())
        return next((was for until, was in earlier if moment < until), snapshot)._replace(now=moment)


class _Turns(Operations):
    """Every second read of a container comes from a replica that is behind in all it shows (open reading 27)."""

    turns = 0

    def get_content(self, call: Call) -> Answer:
        snapshot = self.backend.access.container(call.org, call.path["container_id"])
        self.turns += 1
        if self.turns % 2 == 0:
            snapshot = cast("_KeepsVersions", self.backend.lifecycle).as_of(snapshot, snapshot.now - BEHIND_MS)
        return self.shown(snapshot)


containers_by_turns = using(_KeepsVersions, _Turns)
