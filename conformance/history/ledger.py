"""What the history has established so far: the containers, jobs, generations and projects that the checks share.

The ledger is a fold too. It holds no opinion: it says what was sent and answered, never whether that was right.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain

from conformance.client.actors import OTHER, OWNER
from conformance.contract.document import GENERATING_OPERATIONS, Operation
from conformance.contract.lifecycle import IN_FLIGHT, JOB_ENDED, is_terminal, reachable
from conformance.contract.validity import Unparsed
from conformance.history.clock import Gaps, TargetClock
from conformance.history.containers import MAKING_OPERATIONS, Container, Generation, LatestCreations, Project
from conformance.history.fields import differing_fields
from conformance.history.keys import UNUSED, KeyUse, Use, UsedKeys
from conformance.history.messages import is_redirected, names_in
from conformance.history.observation import Observation, TargetFacts, mark_of
from conformance.history.owners import homonyms
from conformance.history.walks import Walk, Walks
from conformance.history.windows import FOREVER, Change, Windows, is_same_request, may_regenerate

ACCEPTED = 202
BODY_REFUSED = frozenset({400, 422})
"""The answers by which a target says that no such request is ever carried out, whatever became of it before (open reading 7)."""
CALLER_REFUSED = frozenset({401, 403, 404})
"""The answers that say so to a caller who may not call at all; the owner may get one since its key or the container is gone."""
REFUSED_FOR_THE_BODY = frozenset({400, 411, 415, 422})


class Ledger:
    """The shared knowledge of all checks, brought up to date once an exchange.

    `unclear` are the ids of containers, jobs and projects that a call which no page documents may have changed or removed (open reading 28),
    and of containers that have not been read again since a gap in which somebody may have removed them.
    `change`, `started`, `walk` and `key_use` tell of the latest exchange alone. `attempts` are the writing calls by the mark of their hook.
    """

    def __init__(self, facts: TargetFacts) -> None:
        self.facts = facts
        self.windows = Windows(facts.read_lag)
        self.walks = Walks()
        self.creations = LatestCreations()
        self.containers: dict[str, Container] = {}
        self.jobs: dict[str, Generation] = {}
        self.projects: dict[str, Project] = self.windows.projects
        self.attempts: dict[str, list[Observation]] = defaultdict(list)
        self.unclear = self.windows.unclear
        self.change: Change | None = None
        self.started: Generation | None = None
        self.walk: Walk | None = None
        self.key_use: KeyUse = UNUSED
        self.clock_offset = 0.0
        self.clock = TargetClock(facts.base_url)
        self.gaps = Gaps()
        self._doubted: set[str] = set()
        self.capabilities: dict[str, bool] = {}
        self._keys = UsedKeys()
        self._ended: dict[str, Observation] = {}
        self._homes = {facts.project_id, facts.review_project_id, facts.archive_project_id}
        for project_id, review in ((facts.project_id, False), (facts.review_project_id, True)):
            if project_id:
                self.projects[project_id] = Project(project_id, review=review)

    def container(self, container_id: str) -> Container:
        """Return what is known of a container, an empty record where that is nothing."""
        found = self.containers.get(container_id)
        if found is None:
            found = Container(container_id, settling=self.facts.settling, read_lag=self.facts.read_lag)
            self.containers[container_id] = found
        return found

    def project(self, project_id: str) -> Project:
        """Return what is known of a project, an empty record where that is nothing."""
        return self.windows.project(project_id)

    def knows_project(self, project_id: str) -> bool:
        """Return whether a project surely exists: it is configured, or a container was made or read in it."""
        return project_id in self._homes

    def named(self, job_id: object) -> Generation | None:
        """Return the generation whose job an answer names, None where it names no job, or one that the history does not show."""
        return self.jobs.get(job_id) if isinstance(job_id, str) else None

    def container_of_job(self, job_id: str) -> Container | None:
        """Return the container that a job belongs to, None where the history does not show it."""
        generation = self.jobs.get(job_id)
        return self.containers.get(generation.container_id) if generation else None

    def touched(self, seen: Observation) -> Container | None:
        """Return the container that a call names, by its own id or by its job's; None for any other call."""
        container_id = seen.params.get("containerId")
        if container_id is not None:
            return self.containers.get(container_id)
        job_id = seen.params.get("jobId")
        return self.container_of_job(job_id) if job_id is not None else None

    def holder_of_project(self, project_id: str | None) -> str | None:
        """Return whose a project is, None where the configuration does not name it."""
        facts = self.facts
        if not project_id:
            return None
        if project_id == facts.other_project_id:
            return OTHER
        return OWNER if project_id in {facts.project_id, facts.review_project_id, facts.archive_project_id} else None

    def holder_of(self, container: Container) -> str | None:
        """Return whose a container is: its project's, or else of the caller that made it."""
        return self.holder_of_project(container.project_id) or (container.owner if container.made_by else None)

    def destination(self, clone: Generation) -> str | None:
        """Return the project that a clone must be made in: the one that it asks for, or else that of the container it forks."""
        asked = clone.accepted.asked_destination
        if asked is not None:
            return asked
        source = self.containers.get(clone.accepted.params["containerId"])
        return source.project_id if source is not None and source.id != clone.container_id else None

    def may_be_absent(self, operation: Operation | None) -> bool:
        """Return whether the target may have no such operation at all, as far as the history shows."""
        capability = operation.capability if operation else None
        return capability is not None and not self.capabilities.get(capability, False)

    def project_of(self, call: Observation) -> str | None:
        """Return the project that a call names, or that the container it names is in; None where nothing tells."""
        if "projectId" in call.params:
            return call.params["projectId"]
        touched = self.touched(call)
        return touched.project_id if touched else None

    def observe(self, seen: Observation) -> None:
        """Take one exchange in."""
        self.change = None
        self.started = None
        self.walk = self.walks.observe(seen)
        self.key_use = self._keys.take(seen) if seen.is_write else UNUSED
        if self.gaps.note(seen.exchange):
            self._doubt_all()
        if seen.ok and seen.advanced_seconds is not None:
            self.clock_offset += seen.clock_step or 0.0
        if seen.operation is None:
            self._note_undocumented(seen)
            return
        if seen.operation.capability is not None:
            self._note_capability(seen, seen.operation.capability)
        if seen.is_write:
            self._note_write(seen)
        elif seen.container_view is not None:
            self._note_read(seen)
        elif seen.operation_id in {"getJob", "getContentProgress"}:
            self._note_ended(seen)

    def is_unclear(self, seen: Observation) -> bool:
        """Return whether what a call names is unclear to everybody."""
        if not self.unclear:
            return False
        container = self.touched(seen)
        home = container.project_id if container else None
        return home in self.unclear or any(value in self.unclear for value in seen.params.values())

    def _note_undocumented(self, seen: Observation) -> None:
        if not (seen.ok or seen.uncertain) or seen.advanced_seconds is not None:
            return
        if not (seen.is_write or is_redirected(seen.exchange.request)):
            return
        named = names_in(seen.exchange.request.url, seen.body)
        for name in chain.from_iterable(map(homonyms, named)):
            container = self.containers.get(name) or self.container_of_job(name)
            if container is not None:
                self._make_unclear(container)
            if self.knows_project(name):
                self.unclear.add(name)
                for other in self.containers.values():
                    if other.project_id == name:
                        self._make_unclear(other)

    def _make_unclear(self, container: Container) -> None:
        self.unclear.add(container.id)
        self.unclear.update(one.job_id for one in container.generations)

    def _doubt_all(self) -> None:
        """Let no container be relied on that may be gone after a gap, until a read shows it."""
        for container in self.containers.values():
            if container.id not in self.unclear:
                self._doubted.add(container.id)
                self._make_unclear(container)

    def _trust_again(self, container: Container) -> None:
        self._doubted.discard(container.id)
        self.unclear.discard(container.id)
        self.unclear.difference_update(one.job_id for one in container.generations)

    def _note_write(self, seen: Observation) -> None:
        brief = seen.sent_brief
        mark = mark_of(brief.get("hook")) if brief else None
        if mark:
            self.attempts[mark].append(seen)
        if seen.operation_id in GENERATING_OPERATIONS or seen.operation_id == "rejectContent":
            self.started = self._start(seen)
        touched = self.touched(seen)
        self.windows.note(seen, touched)
        self.creations.note(seen, touched)
        if touched:
            if seen.status in BODY_REFUSED or (seen.status in CALLER_REFUSED and seen.actor != touched.owner):
                touched.withdraw(seen.exchange.tags.get("retry_of"))
            touched.writes.append(seen)
            if not seen.did_nothing:
                touched.influences.append(seen)
                if seen.may_regenerate:
                    is_repeat = self.started is None and self.named(seen.fields.get("jobId")) is not None
                    if seen.ok and not is_repeat and not self._is_at_rest(touched, seen):
                        touched.queued[seen] = FOREVER
                    touched.regenerating.append(seen)
        if seen.operation_id == "archiveProject":
            project = self.project(seen.params["projectId"])
            project.note_attempt(seen)
            if seen.ok and seen.authorized:
                project.archived = project.archived or seen

    def _is_at_rest(self, container: Container, call: Observation) -> bool:
        """Return whether no other generation of a container can have been in flight when a call that starts one was sent."""
        others = [one for one in container.generations if one.accepted is not call]
        if not others:
            return True
        stood = self.windows.standing(container, call)
        if stood is not None and not may_regenerate(
            other
            for other in stood.causes_until(call.exchange.received_at)
            if other is not call and not is_same_request(other, call)
        ):
            return True
        latest = others[-1].accepted
        ended = self._ended.get(others[-1].job_id)
        return (
            ended is not None
            and ended.precedes(call)
            and all(
                other is latest or other.exchange.sent_at < latest.exchange.sent_at for other in container.regenerating
            )
        )

    def ended(self, generation: Generation) -> Observation | None:
        """Return the first read of its job that showed a generation ended."""
        return self._ended.get(generation.job_id)

    def _note_ended(self, seen: Observation) -> None:
        """Take in a read that shows a job, by which time the end of its generation has shown, and all before it."""
        generation, status = self.named(seen.fields.get("jobId")), seen.fields.get("status")
        if generation is None or not isinstance(status, str) or status not in JOB_ENDED:
            return
        if seen.status != 200 or not seen.authorized or not generation.accepted.precedes(seen):
            return
        self._ended.setdefault(generation.job_id, seen.evidence)
        container = self.containers[generation.container_id]
        container.note_shown(generation.accepted, seen.exchange.received_at + container.begins_within)

    def _start(self, seen: Observation) -> Generation | None:
        job_id, container_id = seen.fields.get("jobId"), seen.fields.get("containerId")
        if seen.status != ACCEPTED or not isinstance(job_id, str) or job_id in self.jobs:
            return None
        if not isinstance(container_id, str):
            container_id = seen.params.get("containerId") if seen.operation_id != "cloneFromPost" else None
        if not isinstance(container_id, str):
            return None
        was_made_before = self.key_use.use is Use.LOST and container_id in self.containers
        generation = Generation(seen, container_id, job_id)
        container = self.container(container_id)
        container.generations.append(generation)
        if container.owner is None and seen.authorized:
            container.owner = seen.actor
        self._settle_home(container, seen.params.get("projectId") or seen.fields.get("projectId"))
        self.jobs[job_id] = generation
        if was_made_before and seen.operation_id in MAKING_OPERATIONS:
            # The first answer to this call is not known, and what others have done to the container since then is not either.
            self._make_unclear(container)
        elif container_id in self.unclear:
            self.unclear.add(job_id)
        return generation

    def _note_read(self, seen: Observation) -> None:
        container = self.container(seen.params["containerId"])
        if container.id in self._doubted:
            self._trust_again(container)
        self._settle_home(container, seen.fields.get("projectId"))
        before = container.read
        if before is not None and before.precedes(seen):
            self.change = Change(
                container=container,
                before=before,
                after=seen,
                between=self._between(container, before),
                causes=tuple(self.windows.causes(container, before, seen.exchange.received_at)),
                differing=differing_fields(before.fields, seen.fields),
                since=container.since or before,
                unshown=tuple(container.unshown),
            )
        if before is None or before.exchange.sent_at <= seen.exchange.sent_at:
            if self.change is None or not self.change.shows_the_same:
                container.since = seen.evidence
            container.unshown = _unshown(container, before, seen)
            _note_started(container, before, seen)
            container.read = seen
            container.first_read = container.first_read or seen
            began = seen.exchange.sent_at
            container.writes = [call for call in container.writes if call.exchange.received_at > began]

    def _settle_home(self, container: Container, project_id: object) -> None:
        if container.project_id is None and isinstance(project_id, str):
            container.project_id = project_id
            self._homes.add(project_id)

    def _between(self, container: Container, before: Observation) -> tuple[Observation, ...]:
        began = before.exchange.sent_at
        calls = [call for call in container.writes if call.exchange.received_at > began]
        if container.project_id is not None:
            calls.extend(self.project(container.project_id).attempts_since(began))
        return tuple(calls)

    def _note_capability(self, seen: Observation, name: str) -> None:
        if seen.actor != OWNER or seen.status is None:
            return
        if seen.ok or seen.status == 409:
            self.capabilities[name] = True
        elif seen.status in {405, 501} or (
            (seen.status == 404 or _wants_what_no_page_names(seen)) and self._names_what_exists(seen)
        ):
            self.capabilities.setdefault(name, False)

    def _names_what_exists(self, seen: Observation) -> bool:
        project_id = seen.params.get("projectId")
        return self.knows_project(project_id) if project_id is not None else self.touched(seen) is not None


def _wants_what_no_page_names(seen: Observation) -> bool:
    """Return whether an approve was refused for its body although nothing is wrong with it: no page says what may stand in one."""
    is_empty = seen.body is Unparsed.ABSENT or seen.body == {}
    is_sound = is_empty and not seen.query and seen.is_ordinary
    return is_sound and seen.operation_id == "approveContent" and seen.status in REFUSED_FOR_THE_BODY


def _unshown(container: Container, before: Observation | None, after: Observation) -> list[Observation]:
    if before is None:
        return []
    began = before.exchange.sent_at
    new = [call for call in container.regenerating if call.exchange.received_at > began]
    waiting = [*(call for call in container.unshown if call not in new), *new]
    if not waiting:
        return []
    differing = differing_fields(before.fields, after.fields)
    # A decision, also that of a reject which regenerates, may show before the generation does.
    if differing == {"approvalStatus"} or (
        not differing and before.fields.get("updatedAt") == after.fields.get("updatedAt")
    ):
        return waiting
    # What was in flight moves on by itself, so that its move need not show the regeneration that was accepted meanwhile.
    return [call for call in waiting if not call.uncertain] if _moved_on(before, after) else []


def _note_started(container: Container, before: Observation | None, after: Observation) -> None:
    """Note that the generation that waited longest has begun, where a container left an end that came after its acceptance."""
    if before is None or not is_terminal(before.fields.get("status")) or is_terminal(after.fields.get("status")):
        return
    waiting = [call for call, shown_by in container.queued.items() if shown_by == FOREVER]
    if waiting and waiting[0].precedes(before):
        container.note_shown(waiting[0], after.exchange.received_at)


def _moved_on(before: Observation, after: Observation) -> bool:
    old, new = before.fields.get("status"), after.fields.get("status")
    return isinstance(old, str) and isinstance(new, str) and old in IN_FLIGHT and new in reachable(old)
