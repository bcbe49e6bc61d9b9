"""Faults of a write that undoes or overwrites another one, or reaches what it should leave alone."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import ApiError
from sandbox.faults.at_one_moment import KEY, Arrival, Perform, met, of_organization
from sandbox.faults.earlier_jobs import changed
from sandbox.faults.replacing import (
    Doc,
    answering,
    fresh,
    replacing,
    status_of,
    together,
)
from sandbox.operations import Call
from sandbox.records import Answer, Brief, Container, Job, Snapshot

Regenerate = Callable[[Snapshot, Brief], Job]


def _pending_after_progress(answer: Answer, call: Call, backend: Backend) -> Answer:
    snapshot = backend.access.container(call.org, call.path["container_id"])
    if backend.approval.status_at(snapshot) == "rejected":
        backend.store.update_container(snapshot.container._replace(approval_job=None))
    return answer


def _key_freed_by_a_bad_body(backend: Backend, answer: Callable[[Call], Answer], call: Call) -> Answer:
    try:
        return answer(call)
    except ApiError as error:
        if error.code == "VALIDATION":
            scope = backend.idempotency.scope(call.org, "createContent", call.path["project_id"])
            for key in call.headers.get(KEY, ()):
                changed(backend, "DELETE FROM replays WHERE scope = ?", backend.idempotency.slot(scope, key))
        raise


def _second_cancel_takes_back_the_first(answer: Answer, call: Call, backend: Backend) -> Answer:
    if answer.status == 200:
        changed(backend, "UPDATE jobs SET canceled_at = NULL WHERE id = ?", call.path["job_id"])
    return answer


def _lost_in_the_last_stage() -> Install:
    lost: set[str] = set()

    def cancel(backend: Backend, cancel: Callable[[Job, int], Job], job: Job, now: int) -> Job:
        if backend.generation.stage_at(job, now) != "captioning":
            return cancel(job, now)
        lost.add(job.id)
        return job

    def status(status: str, job: Job, _: int, __: Backend) -> str:
        return "generating" if job.id in lost else status

    return together(replacing("lifecycle", "cancel", cancel), status_of(status))


def regenerating(change: Callable[[Backend, Snapshot, Brief, Job], Job]) -> Install:
    """Call `change` after each regenerate; it returns the job that is answered."""

    def regenerate(backend: Backend, regenerate: Regenerate, snapshot: Snapshot, patch: Brief) -> Job:
        return change(backend, snapshot, patch, regenerate(snapshot, patch))

    return replacing("lifecycle", "regenerate", regenerate)


def _as_written(backend: Backend, job: Job) -> Container | None:
    snapshot = backend.store.container(job.container_id, job.started_at)
    return None if snapshot is None else snapshot.container


def _compared_with_the_first_brief() -> Install:
    first: dict[str, Doc] = {}

    def add_container(_: Backend, add: Callable[[Container], None], container: Container) -> None:
        first[container.id] = json.loads(container.brief)
        add(container)

    def regenerate(_: Backend, regenerate: Regenerate, snapshot: Snapshot, patch: Brief) -> Job:
        known = first.get(snapshot.container.id, {})
        different = {name: value for name, value in patch.items() if known.get(name) != value}
        return regenerate(snapshot, cast("Brief", different))

    return together(
        replacing("store", "add_container", add_container), replacing("lifecycle", "regenerate", regenerate)
    )


async def _with_the_patch_of_the_other(
    _: Backend, perform: Perform, mine: Arrival, earlier: Sequence[Arrival]
) -> Answer:
    others = [each.call for each in earlier if each.call.path != mine.call.path and each.call.content]
    content = others[0].content if others and mine.call.content else mine.call.content
    return await perform(mine.operation, replace(mine.call, content=content))


FAULTS: tuple[Fault, ...] = (
    Fault(
        "rejected-reset-by-reading-progress",
        "APR-7",
        "stateful",
        "A rejected container is pending again once its progress was read.",
        answering("get_content_progress", _pending_after_progress),
    ),
    Fault(
        "bad-body-frees-its-key",
        "IDM-1",
        "stateful",
        "A create that breaks the schema frees its key, so that a retry of the earlier create makes another container.",
        replacing("operations", "create_content", _key_freed_by_a_bad_body),
    ),
    Fault(
        "second-cancel-takes-back-the-first",
        "LIF-2",
        "stateful",
        "A cancel of a canceled job takes the cancel back, so that its container goes on and completes.",
        answering("cancel_job", _second_cancel_takes_back_the_first),
    ),
    Fault(
        "cancel-in-the-last-stage-never-ends",
        "LIF-10",
        "deep",
        "A job that is canceled while its captions are made is answered 202, and runs for ever with its container.",
        fresh(_lost_in_the_last_stage),
    ),
    Fault(
        "patch-back-to-the-first-brief-is-lost",
        "REG-2",
        "stateful",
        "A patched field with the value of the create counts as unchanged and keeps what an earlier patch gave it.",
        fresh(_compared_with_the_first_brief),
    ),
    Fault(
        "regenerates-at-once-mix-their-patches",
        "REG-2",
        "deep",
        "A regenerate that arrives while one of another container is being made gets the other one's patch.",
        met(of_organization("regenerate_content"), _with_the_patch_of_the_other),
    ),
)
