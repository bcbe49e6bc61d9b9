"""Judges of cloning: a new container each time, where it lands, and that nothing else moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.checks.access import OWNER
from conformance.checks.findings import Check, Finding, failed, passed, verify
from conformance.checks.late import LateCheck
from conformance.checks.listing.paging import Limit, limit_kind
from conformance.checks.wording import short
from conformance.contract.validity import Validity
from conformance.history.causes import Keys, Standing, causes_of, standing
from conformance.history.ledger import CHANGEABLE, Change, Container, Generation, Ledger
from conformance.history.observation import Observation
from conformance.history.requests import is_same_id, may_object_to_form
from conformance.history.settled import is_terminal
from conformance.history.walks import entries_of, item_of, without_body

REFUSALS = frozenset({400, 404, 405, 409, 410, 422, 501})
"""The refusals that say something of the request or the operation, and not of the caller's rights or pace."""


class CloneAnswers(LateCheck[Standing | None]):
    """CLO-1: a plain clone answers 202 with a container that was never there before."""

    judges = ("CLO-1",)

    def __init__(self) -> None:
        super().__init__()
        self._listed: dict[str, Observation] = {}
        self._named: dict[str, list[Observation]] = {}

    def look(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge the answer to a fresh clone, keep a refusal, and remember what lists have shown."""
        if seen.operation_id == "cloneFromPost" and not seen.refused:
            self._named.setdefault(seen.params["containerId"], []).append(seen.evidence)
        for item in filter(None, map(item_of, entries_of(seen) or ())):
            self._listed.setdefault(item.id, seen)
        if not seen.is_write or not self._keys.is_fresh(seen) or seen.operation_id != "cloneFromPost":
            return
        if not seen.authorized:
            return
        if seen.status == 202:
            yield from self._accepted(seen, ledger)
        elif seen.validity is not Validity.PLAIN or seen.may_object_to_form:
            return
        elif (seen.ok or seen.status in REFUSALS) and self._must_work(seen, ledger):
            self.keep(seen, standing(ledger.containers.get(seen.params["containerId"]), seen))

    def judge(self, call: Observation, stood: Standing | None, ledger: Ledger) -> Iterator[Finding]:
        """Accuse, unless the path's container may be in flight by now, or the id that a caller chose may be taken by another call."""
        if ledger.facts.clone_id == "fresh":
            names = self._named.get(call.params["containerId"], ())
            other = any(
                one.exchange.id != call.exchange.id and one.exchange.sent_at < call.exchange.received_at
                for one in names
            )
        else:
            other = stood is not None and stood.moved_before(call, ledger)
        if not (other and call.status in {400, 409, 422}):
            message = f"A clone of the configured source post was answered {call.status}."
            yield failed("CLO-1", message, call)

    def _must_work(self, seen: Observation, ledger: Ledger) -> bool:
        project_id = seen.body.get("projectId")
        facts = ledger.facts
        if seen.actor != OWNER:
            return False  # the configured post is the owner's, and may be unknown to another organization
        if facts.clone_id == "fresh":
            unused = seen.params["containerId"] not in ledger.containers
            return unused and project_id == facts.project_id and not ledger.windows.archived(facts.project_id)
        stood = standing(ledger.containers.get(seen.params["containerId"]), seen)
        if stood is None or stood.container.owner != seen.actor:
            return False
        home = stood.container.project_id
        return project_id in (None, home) and not (home and ledger.windows.archived(home))

    def _accepted(self, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        container_id, started = seen.fields.get("containerId"), ledger.started
        if not isinstance(container_id, str):
            yield failed("CLO-1", "A clone answered 202 without a containerId.", seen)
            return
        if ledger.facts.clone_id == "existing" and container_id == seen.params["containerId"]:
            message = f"A clone answered with container {container_id}, the one that it was asked to fork."
            yield failed("CLO-1", message, seen)
            return
        earlier = self._earlier(container_id, seen, started, ledger)
        if earlier is not None:
            yield failed(
                "CLO-1", f"A clone answered with container {container_id}, which was there before.", earlier, seen
            )
        elif started is None:
            yield failed(
                "CLO-1", f"A clone answered 202 with job {short(seen.fields.get('jobId'))}, not a new one.", seen
            )
        else:
            yield passed("CLO-1", seen)

    def _earlier(
        self, container_id: str, seen: Observation, started: Generation | None, ledger: Ledger
    ) -> Observation | None:
        container = ledger.containers.get(container_id)
        if container is not None:
            if container.first_read is not None and container.first_read.precedes(seen):
                return container.first_read
            older = [one.accepted for one in container.generations if one is not started]
            if older:
                return older[0]
        listed = self._listed.get(container_id)
        return listed if listed is not None and listed.precedes(seen) else None


class CloneLands(Check):
    """CLO-2: the container that a clone made can be read and listed in its project."""

    judges = ("CLO-2",)

    def __init__(self) -> None:
        self._made: dict[str, dict[str, Generation]] = {}

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge reads of a clone, and the end of a walk through its whole project."""
        container = ledger.containers.get(seen.params.get("containerId", ""))
        if seen.operation_id == "getContent" and container is not None and container.owner == seen.actor:
            made = container.made_by
            if made is not None and made.operation_id == "cloneFromPost" and made.accepted.precedes(seen):
                yield from self._read(container, made, seen, ledger)
        started = ledger.started
        if started is not None and started.operation_id == "cloneFromPost":
            project_id = destination(started, ledger)
            if project_id is not None:
                self._made.setdefault(project_id, {})[started.container_id] = started
        walk = ledger.walk
        if walk is None or not walk.complete or walk.malformed or walk.filters:
            return
        if limit_kind(walk.limit) in {Limit.WRONG, Limit.OPEN} or ledger.windows.archived(walk.project_id):
            return
        for container_id, generation in self._made.get(walk.project_id, {}).items():
            if generation.accepted.exchange.received_at <= walk.began and generation.accepted.actor == walk.actor:
                message = (
                    f"Container {container_id} was cloned into project {walk.project_id}, whose list leaves it out."
                )
                yield from verify("CLO-2", container_id in walk.by_id, message, generation.accepted, *walk.pages)

    def _read(self, container: Container, made: Generation, seen: Observation, ledger: Ledger) -> Iterator[Finding]:
        if seen.status in {404, 410}:
            message = f"Container {container.id} was cloned, and reading it was answered {seen.status}."
            yield failed("CLO-2", message, made.accepted, seen)
            return
        project_id = destination(made, ledger)
        if seen.container_view is not None and project_id is not None and "projectId" in seen.fields:
            shown = seen.fields["projectId"]
            message = (
                f"Container {container.id} was cloned into project {project_id}, and shows project {short(shown)}."
            )
            same = isinstance(shown, str) and is_same_id(shown, project_id)
            yield from verify("CLO-2", same, message, made.accepted, seen)


def destination(generation: Generation, ledger: Ledger) -> str | None:
    """Give the project that a clone must land in: the one that was asked for, or else the one of the container it forks."""
    asked = asked_destination(generation.accepted)
    if asked is not None:
        return asked
    source = ledger.containers.get(generation.accepted.params["containerId"])
    return source.project_id if source is not None and source.id != generation.container_id else None


def asked_destination(clone: Observation) -> str | None:
    """Give the project that the body of a clone asks for, None where it asks for none."""
    asked = clone.body.get("projectId") if isinstance(clone.body, dict) else None
    return asked if isinstance(asked, str) else None


class CloneChangesNothing(Check):
    """CLO-3: the container whose id a clone names stays as it is, and so does every other one."""

    judges = ("CLO-3",)

    def __init__(self) -> None:
        self._clone: Observation | None = None
        self._other_write = float("-inf")

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Compare the reads around accepted clones of a container at rest."""
        if ledger.started is not None and ledger.started.operation_id == "cloneFromPost":
            self._clone = seen.evidence
        elif seen.is_write and not seen.refused:
            self._other_write = max(self._other_write, seen.exchange.received_at)
        change = ledger.change
        if change is None or not is_terminal(change.old("status")):
            return
        calls = causes_of(change, ledger)
        if not calls and self._only_clone_between(change):
            calls = [self._clone] if self._clone else []
        elif ledger.facts.clone_id != "existing":
            return
        if not calls or not all(call.operation_id == "cloneFromPost" and call.ok for call in calls):
            return
        moved = [name for name in CHANGEABLE if name in change.differing]
        changes = " and ".join(f"{name} from {short(change.old(name))} to {short(change.new(name))}" for name in moved)
        message = f"A clone changed the {changes} of container {change.container.id}."
        yield from verify("CLO-3", not moved, message, change.before, *calls, seen)

    def _only_clone_between(self, change: Change) -> bool:
        """Tell whether the latest clone lies between the reads of a container of the run's own, and no other accepted call does."""
        clone = self._clone
        return (
            clone is not None
            and change.container.made_by is not None
            and change.before.precedes(clone)
            and clone.precedes(change.after)
            and self._other_write <= change.before.exchange.sent_at
        )


class UnknownSource(Check):
    """CLO-4: a source post that nobody knows is refused."""

    judges = ("CLO-4",)

    def __init__(self) -> None:
        self._keys = Keys()

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Judge a clone whose source a driver of the run made up."""
        if not seen.is_write or not self._keys.is_fresh(seen) or seen.operation_id != "cloneFromPost":
            return
        known = ledger.facts.known.source_post_id
        post_id = seen.body.get("sourcePlatformPostId") if isinstance(seen.body, dict) else None
        # Only the run's own drivers make ids up; other traffic may name posts that the configuration does not.
        if not seen.authorized or not isinstance(post_id, str) or post_id == known or not seen.exchange.driver:
            return
        if seen.ok:
            yield failed("CLO-4", f"A clone of the unknown post {short(post_id)} was answered {seen.status}.", seen)
        elif seen.status in {400, 404, 422} and seen.validity is Validity.VALID:
            yield passed("CLO-4", seen)


CHECKS: tuple[type[Check], ...] = (CloneAnswers, CloneLands, CloneChangesNothing, UnknownSource)
