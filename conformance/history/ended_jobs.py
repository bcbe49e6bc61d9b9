"""Jobs that a read showed ended, and what of them may never change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.contract.lifecycle import JOB_ENDED, JOB_STATUSES
from conformance.history.facts import EndedJobReadAgain
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation
from conformance.history.timestamps import instant


@dataclass(frozen=True, slots=True)
class _Ended:
    seen: Observation
    lasting: dict[str, Any]


class EndedJobs:
    """A fold over reads of jobs."""

    def __init__(self) -> None:
        self._ended: dict[str, _Ended] = {}

    def take(self, seen: Observation, ledger: Ledger) -> EndedJobReadAgain | None:
        """Take in a read of a job, and compare it with the first one that showed it ended."""
        view = seen.job_view
        status = view.get("status") if view is not None else None
        if view is None or not isinstance(status, str) or status not in JOB_STATUSES:
            return None
        job_id = seen.params["jobId"]
        known = self._ended.get(job_id)
        if known is None:
            if status in JOB_ENDED:
                self._ended[job_id] = _Ended(seen.evidence, _lasting(view))
            return None
        if not known.seen.precedes(seen):
            return None
        new, since = _lasting(view), known.seen.exchange.sent_at
        generation = ledger.jobs.get(job_id)
        was_regenerated = generation is not None and any(
            other is not generation and other.accepted.exchange.received_at > since
            for other in ledger.containers[generation.container_id].generations
        )
        changed = {name: (value, new[name]) for name, value in known.lasting.items() if not _is_same(value, new[name])}
        return EndedJobReadAgain(seen, job_id, known.seen, changed, was_regenerated)


def _lasting(view: dict[str, Any]) -> dict[str, Any]:
    # A result may show a signed URL, which is another one at each read.
    result = view.get("result")
    named = result.get("containerId") if isinstance(result, dict) else None
    # An error may be told with the id of the request that asks for it, or in the caller's language.
    error = view.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    told = None if error is None else code or "told"
    lasting = {name: view.get(name) for name in ("status", "kind", "finishedAt")}
    return lasting | {"error": told, "result.containerId": named}


def _is_same(old: Any, new: Any) -> bool:
    if old == new:
        return True
    first, second = instant(old), instant(new)
    return first is not None and second is not None and first.same(second)
