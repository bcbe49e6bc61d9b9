"""Faults at a border: of what a key stands for, of two projects, of texts, of pages and of a container in flight."""

import json
import unicodedata
from collections.abc import Callable, Sequence

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.replacing import replacing
from sandbox.lifecycle import encode_brief
from sandbox.listing import Filters, Page
from sandbox.records import Brief, Container, Job, Project, Replay, Snapshot

Matches = Callable[[Snapshot, Filters], bool]
Pages = Callable[[Project, Sequence[tuple[str, str]]], Page]
Query = Sequence[tuple[str, str]]
Lookup = Callable[[str, int], Replay | None]


def forgotten(regeneration_is_over: Callable[[Backend, Job, int], bool]) -> Install:
    """Forget the key of a regenerate whose job is in a state."""

    def lookup(backend: Backend, lookup: Lookup, slot: str, now: int) -> Replay | None:
        replay = lookup(slot, now)
        job = None if replay is None else backend.store.job(str(json.loads(replay.body).get("jobId")))
        if job is None or job.kind != "content_regenerate":
            return replay
        return None if regeneration_is_over(backend, job, now) else replay

    return replacing("idempotency", "lookup", lookup)


def _clones_of_this_render(
    backend: Backend, scope: Callable[..., tuple[str, ...]], org: str, operation: str, resource: str
) -> tuple[str, ...]:
    source = backend.store.container(resource, backend.clock.now()) if operation == "cloneFromPost" else None
    return (*scope(org, operation, resource), *([source.job.id] if source else []))


def cloning(note: Callable[[Snapshot, Job], None]) -> Install:
    """Call `note` with the source and the new job of each clone."""

    def clone(_: Backend, clone: Callable[[Snapshot, Project], Job], source: Snapshot, project: Project) -> Job:
        job = clone(source, project)
        note(source, job)
        return job

    return replacing("lifecycle", "clone", clone)


def _folded_by_a_decision(
    _: Backend, decided: Callable[[Snapshot, str], Container], snapshot: Snapshot, decision: str
) -> Container:
    container = decided(snapshot, decision)
    brief: Brief = json.loads(container.brief)
    brief["hook"] = unicodedata.normalize("NFKC", brief["hook"])
    return container._replace(brief=encode_brief(brief))


def _last_page_backwards(_: Backend, page: Pages, project: Project, query: Query) -> Page:
    found = page(project, query)
    is_last = found.next_cursor is None and any(name == "cursor" for name, _value in query)
    return found._replace(items=found.items[::-1]) if is_last else found


FAULTS: tuple[Fault, ...] = (
    Fault(
        "canceled-regeneration-frees-its-key",
        "IDM-11",
        "deep",
        "A regenerate whose job was canceled starts anew when it is retried.",
        forgotten(lambda _, job, __: job.canceled_at is not None),
    ),
    Fault(
        "clone-key-forgotten-with-the-next-render",
        "IDM-11",
        "deep",
        "A clone that is retried after its source was regenerated is made again.",
        replacing("idempotency", "scope", _clones_of_this_render),
    ),
    Fault(
        "decision-folds-the-hook",
        "APR-2",
        "deep",
        "A decision writes the hook back in Unicode's form NFKC.",
        replacing("approval", "decided", _folded_by_a_decision),
    ),
    Fault(
        "last-page-backwards",
        "LST-3",
        "deep",
        "The last page of a walk has its items in the other order.",
        replacing("listing", "page", _last_page_backwards),
    ),
)
