"""What the history has established so far: the containers, jobs, generations and projects that the checks share.

The ledger is a fold too. It holds no opinion: it says what was sent and answered, never whether that was right.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from conformance.contract.document import GENERATING_OPERATIONS
from conformance.contract.lifecycle import IN_FLIGHT, reachable
from conformance.history.fields import documented
from conformance.history.observation import Facts, Seen, mark_of
from conformance.history.settled import Changes
from conformance.history.walks import Walk, Walks

ACCEPTED = 202
CHANGEABLE = ("status", "approvalStatus", "format", "influencerId", "brief", "assets", "captions", "lastError")


@dataclass(slots=True, eq=False)
class Generation:
    """One accepted create, regenerate, clone, or reject with regeneration: the answer that named its job first."""

    accepted: Seen
    container_id: str
    job_id: str

    @property
    def operation_id(self) -> str:
        """The operation that started it."""
        return self.accepted.operation_id


@dataclass(slots=True, eq=False)
class Container:
    """What is known of one container.

    `generations` are in judging order; `read` is the latest successful getContent, by whichever organization's key; `writes` are the
    calls on it, accepted or not, that had not ended when that read was sent;
    `influences` are all calls on it that were not refused, and so may have changed it; `unshown` are those that may have started a generation
    of which the latest read shows nothing yet.
    """

    id: str
    project_id: str | None = None
    owner: str | None = None
    generations: list[Generation] = field(default_factory=list)
    read: Seen | None = None
    first_read: Seen | None = None
    writes: list[Seen] = field(default_factory=list)
    influences: list[Seen] = field(default_factory=list)
    unshown: list[Seen] = field(default_factory=list)

    @property
    def made_by(self) -> Generation | None:
        """The create or clone that made it, None where the history does not show it."""
        first = self.generations[0] if self.generations else None
        return first if first and first.operation_id in {"createContent", "cloneFromPost"} else None


@dataclass(slots=True, eq=False)
class Project:
    """What is known of one project: whether its policy requires review (None: unknown), and who archived it when."""

    id: str
    review: bool | None = None
    archived: Seen | None = None
    archive_attempts: list[Seen] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Change:
    """Two successive full reads of one container that do not overlap, and the writes that may have taken effect between them.

    `between` holds calls on the container, its jobs or its project, accepted, refused or unanswered.
    `differing` names the known fields whose values differ; a null and an absent field are the same (open reading 11).
    `unshown` is what the container's record said of it when the first read was the latest.
    """

    container: Container
    before: Seen
    after: Seen
    between: tuple[Seen, ...]
    differing: frozenset[str]
    unshown: tuple[Seen, ...] = ()

    def old(self, name: str) -> Any:
        """Give the value of a field at the first read."""
        return self.before.fields.get(name)

    def new(self, name: str) -> Any:
        """Give the value of a field at the second read."""
        return self.after.fields.get(name)

    @property
    def was_in_flight(self) -> bool:
        """Whether the first read showed a container that changes by itself."""
        return self.old("status") in ("queued", "generating")


class Ledger:
    """The shared knowledge of all checks, brought up to date once an exchange."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.containers: dict[str, Container] = {}
        self.jobs: dict[str, Generation] = {}
        self.generations: list[Generation] = []
        self.projects: dict[str, Project] = {}
        self.attempts: dict[str, list[Seen]] = defaultdict(list)
        self.change: Change | None = None
        self.started: Generation | None = None
        self.walk: Walk | None = None
        self.changes = Changes()
        self.walks = Walks()
        self.clock_offset = 0.0
        self.capabilities: dict[str, bool] = {}
        for project_id, review in ((facts.project_id, False), (facts.review_project_id, True)):
            if project_id:
                self.projects[project_id] = Project(project_id, review=review)

    def container(self, container_id: str) -> Container:
        """Give what is known of a container, an empty record where that is nothing."""
        return self.containers.setdefault(container_id, Container(container_id))

    def project(self, project_id: str) -> Project:
        """Give what is known of a project, an empty record where that is nothing."""
        return self.projects.setdefault(project_id, Project(project_id))

    def named(self, job_id: object) -> Generation | None:
        """Give the generation whose job an answer names, None where it names no job, or one that the history does not show."""
        return self.jobs.get(job_id) if isinstance(job_id, str) else None

    def container_of_job(self, job_id: str) -> Container | None:
        """Give the container that a job belongs to, None where the history does not show it."""
        generation = self.jobs.get(job_id)
        return self.containers.get(generation.container_id) if generation else None

    def touched(self, seen: Seen) -> Container | None:
        """Give the container that a call names, by its own id or by its job's; None for any other call."""
        container_id = seen.params.get("containerId")
        if container_id is not None:
            return self.containers.get(container_id)
        job_id = seen.params.get("jobId")
        return self.container_of_job(job_id) if job_id is not None else None

    def observe(self, seen: Seen) -> None:
        """Take one exchange in; `change`, `started` and `walk` then tell of this exchange alone."""
        self.change = None
        self.started = None
        self.walk = self.walks.observe(seen)
        if isinstance(seen.advanced_seconds, (int, float)) and seen.ok:
            self.clock_offset += seen.advanced_seconds
        if seen.operation is None:
            return
        self._note_capability(seen)
        if seen.is_write:
            self._note_write(seen)
        elif seen.container_view is not None:
            self._note_read(seen)

    def _note_write(self, seen: Seen) -> None:
        brief = seen.sent_brief
        mark = mark_of(brief.get("hook")) if brief else None
        if mark:
            self.attempts[mark].append(seen)
        if seen.operation_id in GENERATING_OPERATIONS or seen.operation_id == "rejectContent":
            self.started = self._start(seen)
        touched = self.touched(seen)
        self.changes.note(seen, touched)
        if touched:
            touched.writes.append(seen)
            if not seen.did_nothing:
                touched.influences.append(seen)
        if seen.operation_id == "archiveProject":
            project = self.project(seen.params["projectId"])
            project.archive_attempts.append(seen)
            if seen.ok and seen.authorized:
                project.archived = project.archived or seen

    def _start(self, seen: Seen) -> Generation | None:
        job_id, container_id = seen.fields.get("jobId"), seen.fields.get("containerId")
        if seen.status != ACCEPTED or not isinstance(job_id, str) or job_id in self.jobs:
            return None
        if not isinstance(container_id, str):
            container_id = seen.params.get("containerId") if seen.operation_id != "cloneFromPost" else None
        if not isinstance(container_id, str):
            return None
        generation = Generation(seen, container_id, job_id)
        container = self.container(container_id)
        container.generations.append(generation)
        if container.owner is None and seen.authorized:
            container.owner = seen.actor
        project_id = seen.params.get("projectId") or seen.fields.get("projectId")
        if container.project_id is None and isinstance(project_id, str):
            container.project_id = project_id
        self.jobs[job_id] = generation
        self.generations.append(generation)
        return generation

    def _note_read(self, seen: Seen) -> None:
        container = self.container(seen.params["containerId"])
        project_id = seen.fields.get("projectId")
        if container.project_id is None and isinstance(project_id, str):
            container.project_id = project_id
        before = container.read
        if before is not None and before.precedes(seen):
            self.change = Change(
                container=container,
                before=before,
                after=seen,
                between=tuple(self._between(container, before)),
                differing=_differing(before, seen),
                unshown=tuple(container.unshown),
            )
        if before is None or before.exchange.sent_at <= seen.exchange.sent_at:
            container.unshown = _unshown(container, before, seen)
            container.read = seen
            container.first_read = container.first_read or seen
            began = seen.exchange.sent_at
            container.writes = [call for call in container.writes if call.exchange.received_at > began]

    def _between(self, container: Container, before: Seen) -> list[Seen]:
        began = before.exchange.sent_at
        calls = [call for call in container.writes if call.exchange.received_at > began]
        if container.project_id is not None:
            attempts = self.project(container.project_id).archive_attempts
            calls.extend(call for call in attempts if call.exchange.received_at > began)
        return calls

    def _note_capability(self, seen: Seen) -> None:
        name = {"approveContent": "approve", "cancelJob": "cancel", "archiveProject": "archive"}.get(seen.operation_id)
        if name is None or seen.actor != "owner" or seen.status is None:
            return
        if seen.ok or seen.status == 409:
            self.capabilities[name] = True
        elif seen.status in {405, 501} or (seen.status == 404 and self._names_what_exists(seen)):
            self.capabilities.setdefault(name, False)

    def _names_what_exists(self, seen: Seen) -> bool:
        project_id = seen.params.get("projectId")
        if project_id is not None:
            configured = {self.facts.project_id, self.facts.review_project_id, self.facts.archive_project_id}
            return project_id in configured or any(each.project_id == project_id for each in self.containers.values())
        return self.touched(seen) is not None


def _differing(before: Seen, after: Seen) -> frozenset[str]:
    old, new = before.fields, after.fields
    return frozenset(name for name in CHANGEABLE if documented(name, old.get(name)) != documented(name, new.get(name)))


def _unshown(container: Container, before: Seen | None, after: Seen) -> list[Seen]:
    if before is None:
        return []
    began = before.exchange.sent_at
    new = [call for call in container.influences if call.may_regenerate and call.exchange.received_at > began]
    waiting = [*(call for call in container.unshown if call not in new), *new]
    if not _differing(before, after) and before.fields.get("updatedAt") == after.fields.get("updatedAt"):
        return waiting
    # What was in flight moves on by itself, so that its move need not show the regeneration that was accepted meanwhile.
    return [call for call in waiting if not call.uncertain] if _moved_on(before, after) else []


def _moved_on(before: Seen, after: Seen) -> bool:
    old, new = before.fields.get("status"), after.fields.get("status")
    return isinstance(old, str) and isinstance(new, str) and old in IN_FLIGHT and new in reachable(old)
