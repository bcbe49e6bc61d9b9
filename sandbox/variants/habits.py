"""What a backend does by habit: when it says that something was updated, and how exactly, and what it does one after the other."""

from __future__ import annotations

import json

from sandbox.backend import Backend
from sandbox.bodies import CloneBody
from sandbox.change import using
from sandbox.errors import conflict
from sandbox.generation import Generation
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Container, Job, Project, Snapshot
from sandbox.rendering import Rendering
from sandbox.variants.encoding import whole_seconds

VARIANTS = """
clones-one-at-a-time: A clone is refused with 409 while another one of its source is in flight.
views-count-as-updates: Every read moves updatedAt.
views-count-as-updates-in-seconds: Every read moves updatedAt, which is kept in seconds and written as .000Z.
"""


class ViewsCountAsUpdates(Generation):
    def updated_at(self, container: Container, job: Job, now: int) -> int:
        return max(now, super().updated_at(container, job, now))


class _PaddedSeconds(Rendering):
    """Timestamps are kept in seconds, and written with three digits for all that."""

    def timestamp(self, moment: int) -> str:
        return f"{whole_seconds(moment)}.000Z"


class ClonesOneAtATime(Operations):
    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self._cloning: dict[str, str] = {}

    def clone_project(self, source: Snapshot, body: CloneBody, org: str) -> Project:
        job = self.backend.store.job(self._cloning.get(source.container.id, ""))
        if job is not None and self.backend.generation.in_flight(job, self.backend.clock.now()):
            raise conflict("The container is being cloned.")
        return super().clone_project(source, body, org)

    def clone_from_post(self, call: Call) -> Answer:
        answer = super().clone_from_post(call)
        self._cloning[call.path["container_id"]] = json.loads(answer.body)["jobId"]
        return answer


views_count_as_updates_in_seconds = using(ViewsCountAsUpdates, _PaddedSeconds)
