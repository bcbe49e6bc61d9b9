"""Faults of idempotency keys: replays, scopes and the time that a key is kept (IDM-1, IDM-2, IDM-5 to IDM-9, IDM-12)."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from sandbox.backend import Backend
from sandbox.change import Install, together, using
from sandbox.errors import ApiError, idempotency_conflict
from sandbox.faults.creating import deduplicated
from sandbox.faults.installers import changed, container_of, fresh, job_named, replacing, run_again, status_now
from sandbox.faults.races import KEY
from sandbox.idempotency import WINDOW_MS, Idempotency
from sandbox.lifecycle import encode_brief
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Brief, Job, Project, Replay

FAULTS = """
IDM-1 stateful replay-answers-200: A replay answers 200 instead of 202.
IDM-1 deep replay-built-from-current-state: A replay shows the job as it is now, so it differs once the job has moved
    on.
IDM-1 stateful replay-with-fresh-started-at: A replay says that it starts now.
IDM-1 deep replay-record-serves-once: The record of a key is consumed by its first replay; the second retry is a fresh
    request.
IDM-1 deep only-64-keys-remembered: A key is forgotten when 64 others were sent, those of refused calls included.
IDM-1 deep fingerprint-of-the-client: A key that another User-Agent has sent belongs to another request, whatever the
    body.
IDM-1 stateful bad-body-frees-its-key: A create that breaks the schema frees its key, so that a retry of the earlier
    create makes another container.
IDM-2 deep record-written-after-job-ended: A key is recorded when the job has ended, so a retry before that makes a
    second container.
IDM-2 deep replay-makes-hidden-container: A replay gives the original answer and yet makes one more container.
IDM-2 deep replay-starts-second-job: A replay gives the original answer and yet puts the container under a second job.
IDM-2 stateful key-freed-by-a-reject: The key of a create is free again once its container was rejected.
IDM-5 deep key-compared-without-case: Keys that differ only in case are one key.
IDM-5 stateful failed-container-used-again: A create with the format and the brief of one that failed runs in that
    one's container.
IDM-6 deep parallel-creates-both-make: Parallel creates with one key look it up before any of them has recorded it,
    and all make a container.
IDM-6 deep parallel-create-loser-fails: A parallel duplicate runs into the record of the first one and answers 500.
IDM-7 stateful identical-creates-share-a-container: A create without a key that repeats one of the last minute answers
    with that one's container.
IDM-7 deep keyless-creates-merged: Two creates without a key and with the same body within five seconds are one.
IDM-7 deep keyless-clones-merged: Two clones without a key and with the same body within five seconds are one.
IDM-7 deep keyless-regenerates-merged: Two regenerates without a key and with the same body within five seconds are
    one.
IDM-8 deep key-known-across-organizations: A key and body that another organization used are answered with its job.
IDM-8 deep key-answers-other-organization-to-any-body: A key that another organization used is answered with its job,
    whatever the body.
IDM-9 deep key-known-across-projects: A key and body that were used in another project are answered with its
    container.
IDM-9 deep key-known-across-projects-relabeled: A key used in another project is answered with its container, under
    this project's id.
IDM-12 deep window-of-one-hour: A key is free again after an hour.
IDM-12 deep window-of-23-hours: A key is free again after 23 hours.
IDM-12 deep window-of-25-hours: A key is free again only after 25 hours.
IDM-12 deep window-without-end: A key is never free again.
"""

GENERATES = ("content_generate", "content_regenerate", "content_clone")
RACE_SECONDS = 0.03
OPERATIONS = {"create_content": "createContent", "clone_from_post": "cloneFromPost"}
_found_free = ContextVar("found_free", default=False)
HOUR_MS = 60 * 60 * 1000
MERGED_FOR_MS = 5_000
ANY_BODY = "any body"
Slot = list[str]
"""Organization, operation, resource and key."""
KEYS_REMEMBERED = 64


class ReplayOfJob(Idempotency):
    """Base class with a hook for replays that answer with a job."""

    backend: Backend

    def again(self, answer: Answer, job: Job) -> Answer:  # noqa: ARG002  # for subclasses
        """Return the answer to a repeated request; `answer` is the original."""
        return answer

    def job_of(self, body: bytes) -> Job | None:
        return self.backend.store.job(str(json.loads(body).get("jobId")))

    def replayed(self, replay: Replay, fingerprint: str) -> Answer:
        answer = super().replayed(replay, fingerprint)
        job = self.job_of(answer.body)
        return self.again(answer, job) if job else answer

    def rewritten(self, answer: Answer, **members: Any) -> Answer:
        """Return an answer with some members of its body replaced."""
        return answer._replace(body=self.backend.rendering.encode(json.loads(answer.body) | members))


class Racing(Operations):
    """Looks up a key some time before it uses the result."""

    raced: tuple[str, ...] = ("create_content",)

    def slot_of(self, operation: str, call: Call) -> str | None:
        """Return the slot of a call that may race, or None for any other call."""
        values = call.headers.get("idempotency-key", ())
        if operation not in self.raced or len(values) != 1:
            return None
        idempotency = self.backend.idempotency
        return idempotency.slot(
            idempotency.scope(call.org, OPERATIONS[operation], next(iter(call.path.values()))), values[0]
        )

    def free(self, slot: str) -> bool:
        return self.backend.idempotency.lookup(slot, self.backend.clock.now()) is None

    def lost(self, operation: str, call: Call, slot: str) -> Answer:
        """Answer a call whose key was free and is now taken."""
        raise NotImplementedError

    async def perform(self, operation: str, call: Call) -> Answer:
        slot = self.slot_of(operation, call)
        if slot is not None and self.free(slot):
            await asyncio.sleep(RACE_SECONDS)
            if not self.free(slot):
                return self.lost(operation, call, slot)
        return await super().perform(operation, call)


def lasting(window_ms: int) -> Install:
    """Return an install that keeps records for another time than 24 hours."""

    class _Window(Idempotency):
        def expired(self, replay: Replay, now: int) -> bool:
            return now - replay.created_at >= window_ms

    return using(_Window)


class Sharing(ReplayOfJob):
    """Falls back to the record of the same key in another scope."""

    any_body = False

    def shares(self, mine: Slot, other: Slot) -> bool:
        """Return whether a record of another scope is used for this one."""
        raise NotImplementedError

    def lookup(self, slot: str, now: int) -> Replay | None:
        replay = super().lookup(slot, now)
        if replay:
            return replay
        mine = json.loads(slot)
        ending = ", " + json.dumps(mine[-1]) + "]"
        query = "SELECT scope FROM replays WHERE substr(scope, -length(?)) = ?"
        for (name,) in self.backend.store.connection.execute(query, (ending, ending)).fetchall():
            other = json.loads(name)
            found = super().lookup(name, now) if other != mine and self.shares(mine, other) else None
            if found:
                return found._replace(fingerprint=ANY_BODY) if self.any_body else found
        return None

    def replayed(self, replay: Replay, fingerprint: str) -> Answer:
        """Return the first answer; accept any body if the record is marked for that."""
        return super().replayed(replay, replay.fingerprint if replay.fingerprint == ANY_BODY else fingerprint)


def merging(operation: str) -> Install:
    """Return an install that answers a request without a key like a recent one with the same body."""

    class _Merged(Idempotency):
        def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
            if key is None and scope[1] == operation:
                return super().answer((*scope, "keyless"), self.fingerprint(body), body, make)
            return super().answer(scope, key, body, make)

        def lookup(self, slot: str, now: int) -> Replay | None:
            replay = super().lookup(slot, now)
            old = replay is not None and now - replay.created_at > MERGED_FOR_MS
            return None if old and '"keyless"' in slot else replay

    return using(_Merged)


class ReplayAnswers200(ReplayOfJob):
    def again(self, answer: Answer, job: Job) -> Answer:  # noqa: ARG002  # any job
        return answer._replace(status=200)


class ReplayWithFreshStartedAt(ReplayOfJob):
    def again(self, answer: Answer, job: Job) -> Answer:  # noqa: ARG002  # any job
        return self.rewritten(answer, startedAt=self.backend.rendering.timestamp(self.backend.clock.now()))


class ReplayRecordServesOnce(Idempotency):
    def lookup(self, slot: str, now: int) -> Replay | None:
        replay = super().lookup(slot, now)
        if replay:
            self.backend.store.keep_replay(slot, replay._replace(created_at=0))
        return replay


@fresh
def only_64_keys_remembered() -> Install:
    known: deque[str] = deque(maxlen=KEYS_REMEMBERED)
    forgotten: set[str] = set()

    async def perform(
        _: Backend, perform: Callable[[str, Call], Awaitable[Answer]], operation: str, call: Call
    ) -> Answer:
        for key in call.headers.get("idempotency-key", ()):
            if key in known:
                known.remove(key)
            else:
                forgotten.add(key)
            known.append(key)
        return await perform(operation, call)

    def lookup(_: Backend, lookup: Callable[[str, int], Replay | None], slot: str, now: int) -> Replay | None:
        key = json.loads(slot)[-1]
        if key in forgotten:
            forgotten.remove(key)
            return None
        return lookup(slot, now)

    return together(replacing("operations", "perform")(perform), replacing("idempotency", "lookup")(lookup))


@fresh
def fingerprint_of_the_client() -> Install:
    clients: dict[str, str | None] = {}

    async def perform(
        _: Backend, perform: Callable[[str, Call], Awaitable[Answer]], operation: str, call: Call
    ) -> Answer:
        answer = None
        for key in call.headers.get("idempotency-key", ()):
            if clients.get(key, call.header("user-agent")) != call.header("user-agent"):
                raise idempotency_conflict()
            answer = await perform(operation, call)
            clients[key] = call.header("user-agent")
        return answer or await perform(operation, call)

    return replacing("operations", "perform")(perform)


@replacing("operations", "create_content")
def bad_body_frees_its_key(backend: Backend, answer: Callable[[Call], Answer], call: Call) -> Answer:
    try:
        return answer(call)
    except ApiError as error:
        if error.code == "VALIDATION":
            scope = backend.idempotency.scope(call.org, "createContent", call.path["project_id"])
            for key in call.headers.get(KEY, ()):
                changed(backend, "DELETE FROM replays WHERE scope = ?", backend.idempotency.slot(scope, key))
        raise


class RecordWrittenAfterJobEnded(ReplayOfJob):
    def lookup(self, slot: str, now: int) -> Replay | None:
        replay = super().lookup(slot, now)
        job = self.job_of(replay.body) if replay else None
        return None if job and self.backend.generation.in_flight(job, now) else replay


class ReplayMakesHiddenContainer(ReplayOfJob):
    def again(self, answer: Answer, job: Job) -> Answer:
        project = self.backend.store.project(job.project_id)
        source = self.backend.store.container(job.container_id, self.backend.clock.now())
        if project and source and job.kind == "content_generate":
            self.backend.lifecycle.clone(source, project)
        return answer


class ReplayStartsSecondJob(ReplayOfJob):
    def again(self, answer: Answer, job: Job) -> Answer:
        snapshot = self.backend.store.container(job.container_id, self.backend.clock.now())
        if snapshot and snapshot.job.id == job.id:
            brief = json.loads(snapshot.container.brief)
            second = self.backend.lifecycle.start_job(job.kind, job.org, job.project_id, job.container_id, brief)
            self.backend.store.update_container(snapshot.container._replace(job_id=second.id))
        return answer


def _key_freed(ended: Callable[[Job, Backend], bool]) -> Install:
    def lookup(backend: Backend, lookup: Callable[[str, int], Replay | None], slot: str, now: int) -> Replay | None:
        replay = lookup(slot, now)
        job = job_named(backend, replay) if replay is not None else None
        return None if job is not None and ended(job, backend) else replay

    return replacing("idempotency", "lookup")(lookup)


@_key_freed
def key_freed_by_a_reject(job: Job, backend: Backend) -> bool:
    snapshot = container_of(backend, job)
    return snapshot is not None and snapshot.container.approval == "rejected"


@fresh
def failed_container_used_again() -> Install:
    made: dict[tuple[str, str, str], str] = {}

    def create(
        backend: Backend, create: Callable[..., Job], project: Project, format_: str, brief: Brief, *rest: Any
    ) -> Job:
        wanted = (project.id, format_, encode_brief(brief))
        earlier = backend.store.container(made.get(wanted, ""), backend.clock.now())
        if earlier is not None and status_now(backend, earlier) == "failed" and not rest:
            return run_again(backend, earlier, "content_generate")
        job = create(project, format_, brief, *rest)
        made[wanted] = job.container_id
        return job

    return replacing("lifecycle", "create")(create)


class ParallelCreateLoserFails(Racing):
    def lost(self, operation: str, call: Call, slot: str) -> Answer:  # noqa: ARG002  # every loser
        return self.defect()


class KeyKnownAcrossOrganizations(Sharing):
    def shares(self, mine: Slot, other: Slot) -> bool:
        return other[0] != mine[0] and other[1] == mine[1]


class KeyAnswersOtherOrganizationToAnyBody(KeyKnownAcrossOrganizations):
    any_body = True


class KeyKnownAcrossProjects(Sharing):
    def shares(self, mine: Slot, other: Slot) -> bool:
        return other[:2] == mine[:2] and mine[1] == "createContent"


class KeyKnownAcrossProjectsRelabeled(KeyKnownAcrossProjects):
    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        answer = super().answer(scope, key, body, make)
        return self.rewritten(answer, projectId=scope[2]) if scope[1] == "createContent" else answer


def current_state(*kinds: str) -> Install:
    """Return an install that builds replays of jobs of these kinds from the current state of the job."""

    class _CurrentState(ReplayOfJob):
        def again(self, answer: Answer, job: Job) -> Answer:
            return self.backend.operations.started(job) if job.kind in kinds else answer

    return using(_CurrentState)


replay_built_from_current_state = current_state(*GENERATES)


def keyed(simplified: Callable[[str], str]) -> Install:
    """Return an install that compares keys only after `simplified`."""

    class _Keyed(Idempotency):
        def slot(self, scope: tuple[str, ...], key: str) -> str:
            return super().slot(scope, simplified(key))

    return using(_Keyed)


key_compared_without_case = keyed(str.lower)


class _BlindOnce(Idempotency):
    def lookup(self, slot: str, now: int) -> Replay | None:
        return None if _found_free.get() else super().lookup(slot, now)


class _BothMake(Racing):
    def lost(self, operation: str, call: Call, slot: str) -> Answer:  # noqa: ARG002  # the slot is not looked at again
        _found_free.set(True)
        run: Callable[[Call], Answer] = getattr(self, operation)
        return run(call)


parallel_creates_both_make = using(_BothMake, _BlindOnce)
identical_creates_share_a_container = fresh(deduplicated(lambda project, format_, brief: [project.id, format_, brief]))
keyless_creates_merged = merging("createContent")
keyless_clones_merged = merging("cloneFromPost")
keyless_regenerates_merged = merging("regenerateContent")
window_of_one_hour = lasting(HOUR_MS)
window_of_23_hours = lasting(WINDOW_MS - HOUR_MS)
window_of_25_hours = lasting(WINDOW_MS + HOUR_MS)
window_without_end = lasting(10**15)
