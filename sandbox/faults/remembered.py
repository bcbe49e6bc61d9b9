"""Faults of what a backend remembers between calls: keys, cursors, tags, answers and refusals."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from sandbox.access import RawHeaders
from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import ApiError, idempotency_conflict
from sandbox.faults.parts import using
from sandbox.faults.replacing import edited, fresh, replacing, together
from sandbox.idempotency import Idempotency
from sandbox.listing import Filters, Listing, Page, Position
from sandbox.operations import Call
from sandbox.records import Answer, Project, Replay, Snapshot

SECOND = 2
Query = Sequence[tuple[str, str]]


def _refused_draft_revived() -> Install:
    drafts: dict[tuple[str, str], str] = {}

    def create(backend: Backend, create: Callable[[Call], Answer], call: Call) -> Answer:
        name = call.path["project_id"], "".join(call.headers.get("idempotency-key", ()))
        try:
            answer = create(call)
        except ApiError as error:
            hook = _hook_of(call.content) if error.code == "VALIDATION" else None
            if name[1] and hook:
                drafts[name] = hook
            raise
        project = backend.store.project(name[0])
        if name in drafts and project is not None:
            with backend.store.transaction():
                backend.lifecycle.create(project, "auto", {"hook": drafts.pop(name)})
        return answer

    return replacing("operations", "create_content", create)


def _hook_of(content: bytes) -> str | None:
    """Return the hook of a create, as far as it can be read."""
    try:
        hook = json.loads(content)["brief"]["hook"]
    except (ValueError, TypeError, LookupError):
        return None
    return hook if isinstance(hook, str) else None


def _undone_by_a_filter(backend: Backend, answer: Callable[[Call], Answer], call: Call) -> Answer:
    granted = answer(call)
    if "status=" not in call.query_string:
        return granted
    for item in json.loads(granted.body)["items"]:
        snapshot = backend.store.container(item["id"], backend.clock.now())
        if snapshot is not None and item["approvalStatus"] == "rejected":
            backend.store.update_container(snapshot.container._replace(approval_job=None))
    return granted


class _NowFromTheSecond(Idempotency):
    """From the second replay after the job's end on, a replay shows the job as it is now."""

    backend: Backend

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self.ended: Counter[str] = Counter()

    def replayed(self, replay: Replay, fingerprint: str) -> Answer:
        answer = super().replayed(replay, fingerprint)
        job = self.backend.store.job(json.loads(answer.body).get("jobId", ""))
        now = self.backend.clock.now()
        if job is None or self.backend.generation.in_flight(job, now):
            return answer
        self.ended[job.id] += 1
        return self.backend.operations.started(job) if self.ended[job.id] >= SECOND else answer


class _SecondConflictTakesTheKey(Idempotency):
    """The second conflict under a key makes its body the one that the key belongs to."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self.refused: Counter[bytes] = Counter()
        self.taken: dict[bytes, str] = {}

    def replayed(self, replay: Replay, fingerprint: str) -> Answer:
        known = replay._replace(fingerprint=self.taken.get(replay.body, replay.fingerprint))
        if fingerprint != known.fingerprint:
            self.refused[replay.body] += 1
            if self.refused[replay.body] == SECOND:
                self.taken[replay.body] = fingerprint
            raise idempotency_conflict()
        return super().replayed(known, fingerprint)


class _OnePlaceForAllWalks(Listing):
    """Every cursor of a list goes on where the latest page of that list has ended."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self.places: dict[str, str] = {}

    def page(self, project: Project, query: Query) -> Page:
        binding = self.binding(project.id, self.filters(query))
        place, cursor = json.dumps(binding), self.single(query, "cursor")
        if cursor is not None:
            self.decode_cursor(cursor, binding)
            rest = [pair for pair in query if pair[0] != "cursor"]
            query = [*rest, ("cursor", self.places.get(place, cursor))]
        page = super().page(project, query)
        self.places.pop(place, None)
        if page.next_cursor is not None:
            self.places[place] = page.next_cursor
        return page


class _SkipsWhatRegenerates(Listing):
    """A walk leaves out what was regenerated since it began."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self.began: dict[str, int] = {}
        self.since: int | None = None

    def candidates(self, project_id: str, after: Position | None, now: int) -> Iterator[Snapshot]:
        for snapshot in super().candidates(project_id, after, now):
            again = snapshot.job.kind == "content_regenerate"
            if self.since is None or not again or snapshot.job.started_at < self.since:
                yield snapshot

    def page(self, project: Project, query: Query) -> Page:
        cursor = self.single(query, "cursor")
        self.since = None if cursor is None else self.began.get(cursor)
        page = super().page(project, query)
        if page.next_cursor is not None:
            began = self.backend.clock.now() if self.since is None else self.since
            self.began[page.next_cursor] = began
        return page


def _filters_lost_by_a_decision() -> Install:
    decisions: Counter[str] = Counter()
    issued: dict[str, int] = {}
    stale: list[bool] = []

    def decide(_: Backend, decide: Callable[..., Snapshot], snapshot: Snapshot, decision: str) -> Snapshot:
        decisions.update([snapshot.container.org])
        return decide(snapshot, decision)

    def page(backend: Backend, page: Callable[..., Page], project: Project, query: Query) -> Page:
        cursor = backend.listing.single(query, "cursor")
        count = decisions[project.org]
        stale.append(cursor is not None and issued.get(cursor, count) != count)
        found = page(project, query)
        stale.pop()
        if found.next_cursor is not None:
            issued[found.next_cursor] = count
        return found

    def matches(_: Backend, matches: Callable[..., bool], snapshot: Snapshot, filters: Filters) -> bool:
        return matches(snapshot, {} if stale[-1:] == [True] else filters)

    return together(
        replacing("lifecycle", "decide", decide),
        replacing("listing", "page", page),
        replacing("listing", "filter_matches", matches),
    )


def _canceled_as_known() -> Install:
    tags: dict[str, set[str]] = {}

    def get_job(backend: Backend, get_job: Callable[[Call], Answer], call: Call) -> Answer:
        job = backend.access.job(call.org, call.path["job_id"])
        for tag in call.headers.get("if-none-match", ()):
            if job.canceled_at is not None and tag in tags.get(job.id, ()):
                return Answer(304, b"", {"ETag": tag})
        answer = get_job(call)
        if job.canceled_at is None and "ETag" in answer.headers:
            tags.setdefault(job.id, set()).add(answer.headers["ETag"])
        return answer

    return replacing("operations", "get_job", get_job)


def _asset_once_read(name: Callable[[Call], str], *, owned: bool) -> Install:
    """Return an install that answers an asset from a cache, under what `name` says of the call."""

    def install() -> Install:
        cached: dict[str, Answer] = {}

        def get_asset(backend: Backend, get_asset: Callable[[Call], Answer], call: Call) -> Answer:
            if owned:
                backend.access.container(call.org, call.path["container_id"])
            if name(call) not in cached:
                cached[name(call)] = get_asset(call)
            return cached[name(call)]

        return replacing("operations", "get_asset", get_asset)

    return fresh(install)


def _keys_of_strangers() -> Install:
    taken: set[str] = set()

    def admit(
        _: Backend, admit: Callable[[str, str, RawHeaders], str], method: str, path: str, headers: RawHeaders
    ) -> str:
        try:
            return admit(method, path, headers)
        except ApiError:
            taken.update(value.decode("latin-1") for name, value in headers if name == b"idempotency-key")
            raise

    def answer(_: Backend, answer: Callable[..., Answer], scope: Any, key: str | None, *rest: Any) -> Answer:
        if key in taken:
            raise idempotency_conflict()
        return answer(scope, key, *rest)

    return together(replacing("access", "admit", admit), replacing("idempotency", "answer", answer))


def _second_conflict_is_bare() -> Install:
    conflicts: Counter[str] = Counter()

    async def perform(
        backend: Backend, perform: Callable[[str, Call], Awaitable[Answer]], operation: str, call: Call
    ) -> Answer:
        try:
            return await perform(operation, call)
        except ApiError as error:
            container = call.path.get("container_id", "")
            conflicts[container] += error.code == "CONFLICT"
            if error.code != "CONFLICT" or not container or conflicts[container] < SECOND:
                raise
            return edited(backend.rendering.error(error), lambda _: {"detail": "Conflict"})

    return replacing("operations", "perform", perform)


FAULTS: tuple[Fault, ...] = (
    Fault(
        "refused-draft-revived-by-its-key",
        "CRE-10",
        "stateful",
        "A create that was refused under a key is made after all when a good create uses the key.",
        fresh(_refused_draft_revived),
    ),
    Fault(
        "reject-undone-by-a-filtered-list",
        "APR-7",
        "stateful",
        "A rejected container is pending again once a list under a status filter has shown it.",
        replacing("operations", "list_content", _undone_by_a_filter),
    ),
    Fault(
        "second-replay-after-the-end-shows-now",
        "IDM-1",
        "stateful",
        "From the second replay after the job's end on, a replay shows the job as it is now.",
        using(_NowFromTheSecond),
    ),
    Fault(
        "second-conflict-takes-the-key",
        "IDM-4",
        "stateful",
        "After two conflicts under a key, the original body is the one that conflicts.",
        using(_SecondConflictTakesTheKey),
    ),
    Fault(
        "walks-at-once-share-their-place",
        "LST-1",
        "deep",
        "Two walks on one list that go on in turns share their place: each goes on where the other one has come to.",
        using(_OnePlaceForAllWalks),
    ),
    Fault(
        "walk-skips-what-was-regenerated-meanwhile",
        "LST-1",
        "deep",
        "A walk leaves out what was regenerated since its first page.",
        using(_SkipsWhatRegenerates),
    ),
    Fault(
        "filters-lost-once-something-is-decided",
        "LST-6",
        "deep",
        "A page is not filtered where a container was approved or rejected since its cursor was issued.",
        fresh(_filters_lost_by_a_decision),
    ),
    Fault(
        "canceled-job-unchanged-since-it-ran",
        "JOB-8",
        "stateful",
        "A canceled job that is read with a tag from when it ran is answered 304.",
        fresh(_canceled_as_known),
    ),
    Fault(
        "asset-once-read-is-answered-anywhere",
        "AST-3",
        "stateful",
        "An asset that was read once is answered under every container of its organization.",
        _asset_once_read(lambda call: f"{call.org} {call.path['asset_id']}", owned=True),
    ),
    Fault(
        "asset-once-read-is-everybodys",
        "AUT-4",
        "deep",
        "An asset that its owner has read is answered to another organization too.",
        _asset_once_read(lambda call: f"{call.path['container_id']} {call.path['asset_id']}", owned=False),
    ),
    Fault(
        "key-of-an-unauthenticated-call-is-taken",
        "AUT-3",
        "deep",
        "A call that is refused as unauthenticated takes its Idempotency-Key, and its owner is answered 409.",
        fresh(_keys_of_strangers),
    ),
    Fault(
        "second-conflict-without-envelope",
        "ERR-2",
        "stateful",
        "From the second conflict on a container on, a conflict has no error envelope.",
        fresh(_second_conflict_is_bare),
    ),
)
