"""Faults of what has ended or was decided: a replay, a progress, a list or a refusal takes it for something else."""

import json
from collections.abc import Callable, Mapping

from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.faults.replacing import before, fresh, replacing, together
from sandbox.operations import Call
from sandbox.records import Answer, Brief, Job, Replay, Snapshot

Regenerate = Callable[[Snapshot, Brief], Job]


def _replayed_as_canceled(
    backend: Backend, replayed: Callable[[Replay, str], Answer], replay: Replay, fingerprint: str
) -> Answer:
    answer = replayed(replay, fingerprint)
    shown = json.loads(answer.body)
    job = backend.store.job(str(shown.get("jobId")))
    if job is None or job.canceled_at is None:
        return answer
    return answer._replace(body=json.dumps(shown | {"status": "canceled"}).encode())


def _jobs_of_regenerated(take: Callable[[dict[str, Job]], Install]) -> Install:
    """Install what needs the job that each container had before its latest regeneration."""
    earlier: dict[str, Job] = {}

    def regenerate(_: Backend, regenerate: Regenerate, snapshot: Snapshot, patch: Brief) -> Job:
        earlier[snapshot.container.id] = snapshot.job
        return regenerate(snapshot, patch)

    return together(replacing("lifecycle", "regenerate", regenerate), take(earlier))


def _listed_as_failed(earlier: dict[str, Job]) -> Install:
    def values(_: Backend, values: Callable[[Snapshot], Mapping[str, str]], snapshot: Snapshot) -> Mapping[str, str]:
        found, job = values(snapshot), earlier.get(snapshot.container.id)
        has_recovered = job is not None and job.outcome == "failed" and found["status"] == "completed"
        return {**found, "status": "failed"} if has_recovered else found

    return replacing("listing", "filter_values", values)


def _approved_all_the_same(call: Call, backend: Backend) -> None:
    snapshot = backend.access.container(call.org, call.path["container_id"])
    if backend.approval.status_at(snapshot) == "rejected":
        backend.store.update_container(snapshot.container._replace(approval="approved", approval_job=snapshot.job.id))


FAULTS: tuple[Fault, ...] = (
    Fault(
        "replay-shows-the-cancel",
        "IDM-11",
        "stateful",
        "The replay of a call whose job was canceled shows the status canceled.",
        replacing("idempotency", "replayed", _replayed_as_canceled),
    ),
    Fault(
        "recovered-listed-as-failed",
        "LST-4",
        "stateful",
        "A container that failed and has completed since is listed under status=failed.",
        fresh(lambda: _jobs_of_regenerated(_listed_as_failed)),
    ),
    Fault(
        "refused-approve-of-what-is-rejected-approves",
        "APR-7",
        "stateful",
        "An approve of a rejected container answers 409, and the container is approved.",
        before("approve_content", _approved_all_the_same),
    ),
)
