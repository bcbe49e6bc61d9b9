"""Faults at a border: of what a key stands for, of two projects, of texts, of pages and of a container in flight."""

import json
import unicodedata
from collections.abc import Callable, Sequence

from sandbox.backend import Backend
from sandbox.bodies import LONGEST_REASON, RejectBody
from sandbox.change import Fault, Install
from sandbox.errors import idempotency_conflict
from sandbox.faults.earlier_jobs import DECIDED, without_filter
from sandbox.faults.replacing import Doc, before, container_shown, fresh, replacing, together
from sandbox.lifecycle import encode_brief
from sandbox.listing import Filters, Page
from sandbox.operations import Call
from sandbox.records import Answer, Brief, Container, Job, Project, Replay, Snapshot

Matches = Callable[[Snapshot, Filters], bool]
Pages = Callable[[Project, Sequence[tuple[str, str]]], Page]
Query = Sequence[tuple[str, str]]
Lookup = Callable[[str, int], Replay | None]

UNION = 2


def forgotten(regeneration_is_over: Callable[[Backend, Job, int], bool]) -> Install:
    """Forget the key of a regenerate whose job is in a state."""

    def lookup(backend: Backend, lookup: Lookup, slot: str, now: int) -> Replay | None:
        replay = lookup(slot, now)
        job = None if replay is None else backend.store.job(str(json.loads(replay.body).get("jobId")))
        if job is None or job.kind != "content_regenerate":
            return replay
        return None if regeneration_is_over(backend, job, now) else replay

    return replacing("idempotency", "lookup", lookup)


def _conflicts_take_the_key(
    backend: Backend,
    answer: Callable[..., Answer],
    scope: tuple[str, ...],
    key: str | None,
    body: object,
    make: Callable[[], Answer],
) -> Answer:
    idempotency = backend.idempotency
    slot, fingerprint = idempotency.slot(scope, key or ""), idempotency.fingerprint(body)
    replay = idempotency.lookup(slot, backend.clock.now()) if key else None
    if replay is None or replay.fingerprint == fingerprint:
        return answer(scope, key, body, make)
    with backend.store.transaction():
        backend.store.keep_replay(slot, replay._replace(fingerprint=fingerprint))
    raise idempotency_conflict()


def _clones_of_this_render(
    backend: Backend, scope: Callable[..., tuple[str, ...]], org: str, operation: str, resource: str
) -> tuple[str, ...]:
    source = backend.store.container(resource, backend.clock.now()) if operation == "cloneFromPost" else None
    return (*scope(org, operation, resource), *([source.job.id] if source else []))


def _keyless_replays_keyed() -> Install:
    answers: dict[str, Answer] = {}

    def answer(
        _: Backend,
        answer: Callable[..., Answer],
        scope: tuple[str, ...],
        key: str | None,
        body: object,
        make: Callable[[], Answer],
    ) -> Answer:
        name = json.dumps([scope, body], sort_keys=True)
        if key is None and name in answers:
            return answers[name]
        made = answer(scope, key, body, make)
        if key is not None and "createContent" in scope:
            answers.setdefault(name, made)
        return made

    return replacing("idempotency", "answer", answer)


def cloning(note: Callable[[Snapshot, Job], None]) -> Install:
    """Call `note` with the source and the new job of each clone."""

    def clone(_: Backend, clone: Callable[[Snapshot, Project], Job], source: Snapshot, project: Project) -> Job:
        job = clone(source, project)
        note(source, job)
        return job

    return replacing("lifecycle", "clone", clone)


def _assets_of_the_source() -> Install:
    sources: dict[str, str] = {}

    def note(source: Snapshot, job: Job) -> None:
        sources[job.container_id] = source.container.id

    def look(call: Call, backend: Backend) -> Answer | None:
        source = backend.store.container(sources.get(call.path["container_id"], ""), backend.clock.now())
        for asset in backend.generation.assets_at(source) if source else ():
            if source and asset.id == call.path["asset_id"]:
                return backend.rendering.answer(200, backend.rendering.signed_asset(asset, source.now))
        return None

    return together(cloning(note), before("get_asset", look))


def policy_of_the_source(*, asks: bool) -> Callable[[], Install]:
    """Return an install by which clones keep the policy of their source, where that asks for review, or where it does not."""

    def make() -> Install:
        policies: dict[str, bool] = {}

        def note(source: Snapshot, job: Job) -> None:
            policies[job.container_id] = source.requires_review

        def status_at(_: Backend, status_at: Callable[[Snapshot], str], snapshot: Snapshot) -> str:
            kept = policies.get(snapshot.container.id) is asks
            return status_at(snapshot._replace(requires_review=asks) if kept else snapshot)

        return together(cloning(note), replacing("approval", "status_at", status_at))

    return make


def _folded_by_a_decision(
    _: Backend, decided: Callable[[Snapshot, str], Container], snapshot: Snapshot, decision: str
) -> Container:
    container = decided(snapshot, decision)
    brief: Brief = json.loads(container.brief)
    brief["hook"] = unicodedata.normalize("NFKC", brief["hook"])
    return container._replace(brief=encode_brief(brief))


def _urls_by_decision(doc: Doc, _: Snapshot, __: Backend) -> Doc:
    approval = doc["approvalStatus"]
    if approval not in DECIDED:
        return doc
    return {**doc, "assets": [{**asset, "url": f"{asset['url']}?{approval}"} for asset in doc["assets"]]}


def _in_flight_has_no_assets(call: Call, backend: Backend) -> None:
    snapshot = backend.access.container(call.org, call.path["container_id"])
    if backend.generation.in_flight(snapshot.job, snapshot.now):
        raise LookupError


def _longest_reason_is_lost(call: Call, backend: Backend) -> Answer | None:
    snapshot = backend.access.container(call.org, call.path["container_id"])
    body, _ = backend.bodies.read(RejectBody, call.content, call.content_type)
    if len(body.reason) < LONGEST_REASON or body.regenerate:
        return None
    return backend.operations.decided(snapshot._replace(container=backend.approval.decided(snapshot, "rejected")))


def _last_page_backwards(_: Backend, page: Pages, project: Project, query: Query) -> Page:
    found = page(project, query)
    is_last = found.next_cursor is None and any(name == "cursor" for name, _value in query)
    return found._replace(items=found.items[::-1]) if is_last else found


def _one_more_where_filtered(backend: Backend, page: Pages, project: Project, query: Query) -> Page:
    if not backend.listing.filters(query):
        return page(project, query)
    limit = backend.listing.page_limit(backend.listing.single(query, "limit"))
    return page(project, [*(pair for pair in query if pair[0] != "limit"), ("limit", str(limit + 1))])


def _rejected_leaves_two_filters(backend: Backend, matches: Matches, snapshot: Snapshot, filters: Filters) -> bool:
    is_rejected = backend.approval.status_at(snapshot) == "rejected"
    return matches(snapshot, filters) and not (len(filters) > 1 and is_rejected)


def _canceled_and_failed_are_one(backend: Backend, matches: Matches, snapshot: Snapshot, filters: Filters) -> bool:
    has_failed = backend.generation.status_at(snapshot.job, snapshot.now) == "failed"
    if has_failed and filters.get("status") == frozenset({"canceled"}):
        return matches(snapshot, without_filter(filters, "status"))
    return matches(snapshot, filters)


def _union_of_two(_: Backend, filters: Callable[[Query], Filters], query: Query) -> Filters:
    filters(query)
    counted = [(pair, [name for name, _ in query[: at + 1]].count(pair[0])) for at, pair in enumerate(query)]
    return filters([pair for pair, count in counted if count <= UNION])


FAULTS: tuple[Fault, ...] = (
    Fault(
        "canceled-regeneration-frees-its-key",
        "IDM-11",
        "deep",
        "A regenerate whose job was canceled starts anew when it is retried.",
        forgotten(lambda _, job, __: job.canceled_at is not None),
    ),
    Fault(
        "key-of-a-regenerate-lasts-while-it-runs",
        "IDM-11",
        "stateful",
        "A regenerate that is retried after its job has ended starts another one.",
        forgotten(lambda backend, job, now: not backend.generation.in_flight(job, now)),
    ),
    Fault(
        "conflict-takes-the-key",
        "IDM-4",
        "stateful",
        "After a conflict the key stands for the body that was refused, with the first answer.",
        replacing("idempotency", "answer", _conflicts_take_the_key),
    ),
    Fault(
        "clone-key-forgotten-with-the-next-render",
        "IDM-11",
        "deep",
        "A clone that is retried after its source was regenerated is made again.",
        replacing("idempotency", "scope", _clones_of_this_render),
    ),
    Fault(
        "keyless-create-replays-a-keyed-one",
        "IDM-7",
        "stateful",
        "A create without a key is answered with an earlier one that had a key and this body.",
        fresh(_keyless_replays_keyed),
    ),
    Fault(
        "clone-answers-for-its-sources-assets",
        "AST-3",
        "deep",
        "The assets of a source can be read by the id of its clone.",
        fresh(_assets_of_the_source),
    ),
    Fault(
        "clone-into-review-goes-without",
        "APR-3",
        "deep",
        "A clone that leaves a project without review is never pending.",
        fresh(policy_of_the_source(asks=False)),
    ),
    Fault(
        "clone-out-of-review-is-pending",
        "APR-4",
        "deep",
        "A clone that leaves a project with review is pending.",
        fresh(policy_of_the_source(asks=True)),
    ),
    Fault(
        "decision-folds-the-hook",
        "APR-2",
        "deep",
        "A decision writes the hook back in Unicode's form NFKC.",
        replacing("approval", "decided", _folded_by_a_decision),
    ),
    Fault(
        "permanent-urls-tell-the-decision",
        "AST-2",
        "stateful",
        "The URLs of assets change with a decision.",
        container_shown(_urls_by_decision),
    ),
    Fault(
        "asset-of-what-is-in-flight-crashes",
        "ERR-1",
        "deep",
        "Asking for an asset of a container in flight is answered 500.",
        before("get_asset", _in_flight_has_no_assets),
    ),
    Fault(
        "longest-reason-is-lost",
        "REJ-1",
        "deep",
        "A reject for a reason of 1,024 characters is answered 200, and nothing is written.",
        before("reject_content", _longest_reason_is_lost),
    ),
    Fault(
        "last-page-backwards",
        "LST-3",
        "deep",
        "The last page of a walk has its items in the other order.",
        replacing("listing", "page", _last_page_backwards),
    ),
    Fault(
        "one-item-more-where-filtered",
        "LST-2",
        "stateful",
        "A page of a filtered list holds one item more than its limit.",
        replacing("listing", "page", _one_more_where_filtered),
    ),
    Fault(
        "rejected-leaves-two-filters",
        "APR-6",
        "deep",
        "Under two filters the rejected are left out.",
        replacing("listing", "filter_matches", _rejected_leaves_two_filters),
    ),
    Fault(
        "canceled-filter-finds-the-failed",
        "LST-4",
        "deep",
        "status=canceled finds what has failed too.",
        replacing("listing", "filter_matches", _canceled_and_failed_are_one),
    ),
    Fault(
        "union-of-two-values",
        "LST-15",
        "deep",
        "Of a filter that is repeated three times the third value is ignored.",
        replacing("listing", "filters", _union_of_two),
    ),
)
