"""Checks of cloning (CLO): each clone makes a new container in the right project, and changes nothing else."""

from __future__ import annotations

from conformance.checks.base import Check, changes, on, short
from conformance.checks.shared import EndsInTime
from conformance.client.actors import OWNER
from conformance.contract.lifecycle import is_terminal
from conformance.contract.validity import Validity
from conformance.history.containers import Generation
from conformance.history.facts import CallSettled, Changed, CloneSent, ContainerRequest, PageRead, Wrote
from conformance.history.fields import CHANGEABLE, status_of
from conformance.history.messages import is_same_id
from conformance.history.observation import Observation
from conformance.history.windows import Change

REFUSALS = frozenset({400, 404, 405, 409, 410, 422, 501})
"""Refusals because of the request or the operation, not because of the caller's rights or pace."""


class ClonesMakeContainers(Check):
    """CLO-1: a valid clone is answered 202 with a container that did not exist before."""

    judges = ("CLO-1",)

    def __init__(self) -> None:
        self._listed: dict[str, Observation] = {}
        self._named: dict[str, list[Observation]] = {}
        self._suspects: set[str] = set()

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        for item in fact.items:
            self._listed.setdefault(item.id, fact.seen.evidence)

    @on(CloneSent)
    def clone(self, fact: CloneSent) -> None:
        """Judge the answer to a fresh clone, and suspend the judgement of a refusal until the call is settled."""
        seen = fact.seen
        if not seen.refused:
            self._named.setdefault(seen.params["containerId"], []).append(seen.evidence)
        if not fact.key.is_unused or not seen.authorized:
            return
        if seen.status == 202:
            self._accepted(fact)
        elif seen.validity is not Validity.PLAIN or seen.may_object_to_form:
            return
        elif (seen.ok or seen.status in REFUSALS) and self._must_work(fact):
            self._suspects.add(seen.exchange.id)

    @on(CallSettled)
    def settled(self, fact: CallSettled) -> None:
        """Report a refusal, unless another call may have moved the source container or taken the chosen id meanwhile."""
        call = fact.seen
        if call.exchange.id not in self._suspects:
            return
        self._suspects.remove(call.exchange.id)
        if self.ledger.facts.clone_id == "fresh":
            names = self._named.get(call.params["containerId"], ())
            other = any(
                one.exchange.id != call.exchange.id and one.exchange.sent_at < call.exchange.received_at
                for one in names
            )
        else:
            other = fact.standing is not None and fact.standing.moved_before(call)
        if not (other and call.status in {400, 409, 422}):
            message = f"A clone of the configured source post was answered {call.status}."
            self.failed("CLO-1", "not 202", message, call)

    def _must_work(self, fact: CloneSent) -> bool:
        """Return whether the target has no reason to refuse a clone of the configured post."""
        seen, facts, windows = fact.seen, self.ledger.facts, self.ledger.windows
        if seen.actor != OWNER:
            return False  # the configured post is the owner's, and may be unknown to another organization
        project_id = seen.body.get("projectId")
        if facts.clone_id == "fresh":
            is_unused = fact.container is None
            return is_unused and project_id == facts.project_id and not windows.archived(facts.project_id)
        stood = fact.standing
        if stood is None or stood.container.owner != seen.actor:
            return False
        if status_of(stood.read.fields) != "completed":
            return False  # no page says whether what failed or was canceled can be cloned (open reading 26)
        home = stood.container.project_id
        return project_id in (None, home) and not (home and windows.archived(home))

    def _accepted(self, fact: CloneSent) -> None:
        seen = fact.seen
        container_id = seen.fields.get("containerId")
        if not isinstance(container_id, str):
            self.failed("CLO-1", "no containerId", "A clone was answered 202 without a containerId.", seen)
            return
        if self.ledger.facts.clone_id == "existing" and container_id == seen.params["containerId"]:
            message = f"A clone was answered with container {container_id}, which is the container that it was asked to clone."
            self.failed("CLO-1", "the source itself", message, seen)
            return
        earlier = self._earlier(container_id, fact)
        if earlier is not None:
            message = f"A clone was answered with container {container_id}, which existed before."
            self.failed("CLO-1", "an old container", message, earlier, seen)
        elif fact.started is None:
            message = f"A clone was answered 202 with job {short(seen.fields.get('jobId'))}, which is not a new job."
            self.failed("CLO-1", "no new job", message, seen)
        else:
            self.passed("CLO-1", seen)

    def _earlier(self, container_id: str, fact: CloneSent) -> Observation | None:
        """Return what shows that a container existed before a clone named it."""
        container = self.ledger.containers.get(container_id)
        if container is not None:
            if container.first_read is not None and container.first_read.precedes(fact.seen):
                return container.first_read
            older = [one.accepted for one in container.generations if one is not fact.started]
            if older:
                return older[0]
        listed = self._listed.get(container_id)
        return listed if listed is not None and listed.precedes(fact.seen) else None


class ClonesAppearInProject(Check):
    """CLO-2: a cloned container can be read and is listed in its project."""

    judges = ("CLO-2",)

    def __init__(self) -> None:
        self._made: dict[str, dict[str, Generation]] = {}

    @on(CloneSent)
    def clone(self, fact: CloneSent) -> None:
        """Remember which container a clone made, and in which project it must be."""
        project_id = self.ledger.destination(fact.started) if fact.started else None
        if fact.started is not None and project_id is not None:
            self._made.setdefault(project_id, {})[fact.started.container_id] = fact.started

    @on(ContainerRequest)
    def read(self, fact: ContainerRequest) -> None:
        seen, container = fact.seen, fact.container
        made = container.made_by if container else None
        if container is None or made is None or made.operation_id != "cloneFromPost":
            return
        if container.owner != seen.actor or not made.accepted.precedes(seen):
            return
        if seen.status in {404, 410}:
            message = f"Reading the cloned container {container.id} was answered {seen.status}."
            if not self.lagged("CLO-2", message, made.accepted, seen):
                self.failed("CLO-2", "not found", message, made.accepted, seen)
            return
        project_id = self.ledger.destination(made)
        if seen.container_view is None or project_id is None or "projectId" not in seen.fields:
            return
        shown = seen.fields["projectId"]
        message = f"Container {container.id} was cloned into project {project_id}, but shows project {short(shown)}."
        self.verify(
            "CLO-2",
            "another project",
            isinstance(shown, str) and is_same_id(shown, project_id),
            message,
            made.accepted,
            seen,
        )

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        walk = fact.walk
        if walk is None or not walk.is_reliable or walk.filters or self.ledger.windows.archived(walk.project_id):
            return
        for container_id, generation in self._made.get(walk.project_id, {}).items():
            made = generation.accepted
            if made.exchange.received_at > walk.began or made.actor != walk.actor:
                continue
            if container_id in self.ledger.unclear:
                continue
            if container_id in walk.by_id:
                self.passed("CLO-2", made, *walk.pages)
            else:
                message = (
                    f"Container {container_id} was cloned into project {walk.project_id}, but is missing from its list."
                )
                if not self.lagged("CLO-2", message, made, walk.pages[0]):
                    self.failed("CLO-2", "not listed", message, made, *walk.pages)


class ClonesEnd(EndsInTime):
    """CLO-2: what a clone generates reaches a terminal status in time."""

    judges = ("CLO-2",)
    operations = frozenset({"cloneFromPost"})


class ClonesChangeNothing(Check):
    """CLO-3: a clone changes neither the container that it names nor any other existing one."""

    judges = ("CLO-3",)

    def __init__(self) -> None:
        self._clone: Observation | None = None
        self._other_write = float("-inf")

    @on(Wrote)
    def wrote(self, fact: Wrote) -> None:
        """Remember the latest accepted clone, and when any other call may have changed something."""
        if isinstance(fact, CloneSent) and fact.started is not None:
            self._clone = fact.seen.evidence
        elif not (fact.seen.refused or self._repeats_a_clone(fact)):
            self._other_write = max(self._other_write, fact.seen.exchange.received_at)

    @on(Changed)
    def changed(self, fact: Changed) -> None:
        change = fact.change
        if not is_terminal(change.old("status")):
            return
        calls = change.causes
        if not calls and self._only_clone_between(change):
            calls = (self._clone,) if self._clone else ()
        elif self.ledger.facts.clone_id != "existing":
            return
        if not calls or not all(call.operation_id == "cloneFromPost" and call.ok for call in calls):
            return
        # An updatedAt alone may count that it was cloned; no page says what else moves it.
        moved = [name for name in CHANGEABLE if name in change.differing]
        if not moved:
            self.passed("CLO-3", change.before, *calls, change.after)
            return
        changed = changes(change.values_of(moved))
        message = f"A clone changed container {change.container.id}: {changed}."
        self.failed_by("CLO-3", f"changed {', '.join(moved)}", message, change, *calls)

    def _repeats_a_clone(self, fact: Wrote) -> bool:
        """Return whether a clone was answered with the job of an earlier one, as a retry under the same key is."""
        first = (
            self.ledger.named(fact.seen.fields.get("jobId")) if isinstance(fact, CloneSent) and fact.seen.ok else None
        )
        return first is not None and first.operation_id == "cloneFromPost"

    def _only_clone_between(self, change: Change) -> bool:
        """Return whether the latest clone is the only call between the two reads that was not refused, of a container made in this history."""
        clone = self._clone
        return (
            clone is not None
            and change.container.made_by is not None
            and change.before.precedes(clone)
            and clone.precedes(change.after)
            and self._other_write <= change.before.exchange.sent_at
        )


class UnknownSourceRefused(Check):
    """CLO-4: a clone of an unknown source post is refused."""

    judges = ("CLO-4",)

    @on(CloneSent)
    def clone(self, fact: CloneSent) -> None:
        """Judge a clone of a source post that a driver of the run invented."""
        seen, known = fact.seen, self.ledger.facts.known.source_post_id
        post_id = seen.body.get("sourcePlatformPostId") if isinstance(seen.body, dict) else None
        # Only the run's own drivers invent ids; other traffic may name real posts that are not configured.
        is_invented = isinstance(post_id, str) and post_id != known and bool(seen.exchange.driver)
        if not fact.key.is_unused or not seen.authorized or not is_invented:
            return
        if seen.ok:
            message = f"A clone of the unknown post {short(post_id)} was answered {seen.status}."
            self.failed("CLO-4", "accepted", message, seen)
        elif seen.status in {400, 404, 422} and seen.validity is Validity.VALID:
            self.passed("CLO-4", seen)
