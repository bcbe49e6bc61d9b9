"""Faults of a write that undoes or overwrites another one, or reaches what it should leave alone."""

from collections.abc import Callable

from sandbox.backend import Backend
from sandbox.change import Fault
from sandbox.errors import ApiError
from sandbox.faults.at_one_moment import KEY
from sandbox.faults.earlier_jobs import changed
from sandbox.faults.replacing import answering, replacing
from sandbox.operations import Call
from sandbox.records import Answer


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
)
