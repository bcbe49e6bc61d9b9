"""When a call may still take effect, and what may have moved a container between two moments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from conformance.contract.lifecycle import is_terminal
from conformance.history.containers import Container, Project
from conformance.history.observation import Observation

UNANSWERED_FOR = 60.0
"""Seconds in which a call that got no answer may still take effect."""
NEVER = float("-inf")
FOREVER = float("inf")


def acts_until(call: Observation) -> float:
    """Return the moment by which the target has surely done with a call, in seconds since the epoch."""
    return call.exchange.received_at + UNANSWERED_FOR if call.uncertain else call.exchange.received_at


def may_lag(read: Observation, write: Observation, read_lag: float) -> bool:
    """Return whether a read may show what was before an accepted write, as the target is configured (open reading 27)."""
    return read.exchange.sent_at < write.exchange.received_at + read_lag


def may_regenerate(calls: Iterable[Observation]) -> bool:
    """Return whether one of the calls may have started another generation."""
    return any(call.may_regenerate for call in calls)


def may_have_regenerated(container: Container, since: Observation, accepted: Observation) -> bool:
    """Return whether a call without an answer, sent before an accepted one, may have started a generation of its own after a moment.

    A call with the key of the accepted one is the same request, and starts no other generation.
    """
    return any(
        call.uncertain
        and call is not accepted
        and call.exchange.sent_at <= accepted.exchange.sent_at
        and acts_until(call) > since.exchange.sent_at
        and not is_same_request(call, accepted)
        for call in container.regenerating
    )


def is_same_request(call: Observation, other: Observation) -> bool:
    """Return whether two calls on one container have one key, so that they start one generation between them."""
    return (
        call.operation_id == other.operation_id
        and call.idempotency_key is not None
        and call.idempotency_key == other.idempotency_key
    )


def is_fresh_view(container: Container, read: Observation) -> bool:
    """Return whether the latest read of a container surely shows the outcome of its latest generation, and not what was before it."""
    sent_at = read.exchange.sent_at
    return (
        all(
            not call.uncertain and call.exchange.received_at + container.begins_within <= sent_at
            for call in container.unshown
        )
        and all(acts_until(call) + container.read_lag <= sent_at for call in container.regenerating)
        and all(shown_by <= sent_at for shown_by in container.queued.values())
    )


@dataclass(slots=True, eq=False)
class Change:
    """Two successive full reads of one container that do not overlap, and the calls that may have taken effect between them.

    `between` holds calls on the container, its jobs or its project, accepted, refused or unanswered. `causes` are those that may have
    made the second read differ from the first, late ones too. `differing` names the known fields whose values differ; a null and an
    absent field are the same (open reading 11). `since` is the first of the reads up to the first of the two that show the same: the second
    may be older than that read as the target's `read_lag` says, and then differs from it rightly. `unshown` is what the container's record
    said of it when the first read was the latest.
    """

    container: Container
    before: Observation
    after: Observation
    between: tuple[Observation, ...]
    causes: tuple[Observation, ...]
    differing: frozenset[str]
    since: Observation
    unshown: tuple[Observation, ...] = ()

    def old(self, name: str) -> Any:
        """Return the value of a field at the first read."""
        return self.before.fields.get(name)

    def new(self, name: str) -> Any:
        """Return the value of a field at the second read."""
        return self.after.fields.get(name)

    def values_of(self, names: Iterable[str]) -> dict[str, tuple[Any, Any]]:
        """Return the values of fields at the first and at the second read, by name."""
        return {name: (self.old(name), self.new(name)) for name in names}

    @property
    def shows_the_same(self) -> bool:
        """Whether both reads show the same container, and no call may have changed it between them."""
        return not (self.differing or self.causes) and self.old("updatedAt") == self.new("updatedAt")

    @property
    def was_in_flight(self) -> bool:
        """Whether the first read showed a container that changes by itself."""
        return self.old("status") in ("queued", "generating")

    @property
    def may_move_alone(self) -> bool:
        """Whether the first read does not show a container at rest: one whose status cannot be read may have been in flight."""
        return not is_terminal(self.old("status"))


@dataclass(frozen=True, slots=True)
class Standing:
    """A container at rest when a call was sent: its latest read, and what this read may have been too early to show."""

    container: Container
    read: Observation
    unshown: tuple[Observation, ...]
    windows: Windows = field(repr=False)

    def causes_until(self, moment: float) -> list[Observation]:
        """Return every call that may have moved the container since this read and before a moment."""
        return self.windows.causes(self.container, self.read, moment, self.unshown)

    def moved_before(self, call: Observation) -> bool:
        """Return whether another call may have moved the container before this one was answered."""
        return any(other is not call for other in self.causes_until(call.exchange.received_at))


class Windows:
    """When each container and each project was last changed by a call of this history, in seconds since the epoch.

    A refused call changes nothing; any other may have changed what it names up to the moment that is kept. `read_lag` are the seconds for
    which a read may not show a change. `unclear` are ids of what may change at any time, as nobody can tell what a call has done to it.
    """

    def __init__(self, read_lag: float = 0.0) -> None:
        self.read_lag = read_lag
        self.projects: dict[str, Project] = {}
        self.unclear: set[str] = set()
        self._containers: dict[str, float] = {}
        self._changed_projects: dict[str, float] = {}
        self._archived: dict[str, float] = {}
        self._somewhere = NEVER

    def project(self, project_id: str) -> Project:
        """Return what is known of a project, an empty record where that is nothing."""
        found = self.projects.get(project_id)
        if found is None:
            found = self.projects[project_id] = Project(project_id)
        return found

    def note(self, write: Observation, container: Container | None) -> None:
        """Take in one writing call and the container that it names."""
        if write.did_nothing:
            return
        answered = acts_until(write) + self.read_lag
        project_id = write.params.get("projectId") or (container.project_id if container else None)
        if container is not None:
            shows = answered + (container.settling if not write.uncertain and write.may_regenerate else 0)
            self._containers[container.id] = max(self._containers.get(container.id, NEVER), shows)
        if project_id is None:
            self._somewhere = max(self._somewhere, answered)
            return
        self._changed_projects[project_id] = max(self._changed_projects.get(project_id, NEVER), answered)
        if write.operation_id == "archiveProject":
            self._archived[project_id] = max(self._archived.get(project_id, NEVER), answered)

    def of_container(self, container: Container) -> float:
        """Return the last moment at which a call may have changed the container, or its effect may have begun to show."""
        if container.id in self.unclear:
            return FOREVER
        moment = max(self._containers.get(container.id, NEVER), *container.queued.values(), NEVER)
        return max(moment, self._archived.get(container.project_id, NEVER)) if container.project_id else moment

    def of_project(self, project_id: str) -> float:
        """Return the last moment at which a call may have been accepted in the project."""
        return max(self._changed_projects.get(project_id, NEVER), self._somewhere)

    def archived(self, project_id: str | None) -> bool:
        """Return whether a call may have archived the project."""
        return project_id in self._archived

    def settled(self, container: Container | None, before: float) -> Observation | None:
        """Return the read that ended before a moment and shows a terminal status which no call can have changed since.

        Only a container that this history generated can be vouched for: others have other callers. None where there is no such read, nor
        where what is asked for at the moment may still show what was before it (open reading 27).
        """
        read = container.read if container is not None and container.generations else None
        if container is None or read is None:
            return None
        if read.exchange.received_at + self.read_lag > before or not is_terminal(read.fields.get("status")):
            return None
        return read if self.of_container(container) <= read.exchange.sent_at else None

    def causes(
        self,
        container: Container,
        before: Observation,
        until: float,
        unshown: Iterable[Observation] | None = None,
    ) -> list[Observation]:
        """Return every call that may have changed the container after an observation of it began and before a moment.

        `unshown` are the regenerations that this observation may have been too early to show; by default those that the record names now.
        """
        began = before.exchange.sent_at
        waiting = container.unshown if unshown is None else unshown
        found = [
            call
            for call in container.influences
            if call.exchange.sent_at < until
            and max(
                acts_until(call)
                + self.read_lag
                + (container.settling if not call.uncertain and call in waiting else 0),
                container.queued.get(call, NEVER),
            )
            > began
        ]
        if container.project_id in self._archived:
            found += [
                call
                for call in self.project(container.project_id or "").attempts_since(
                    began - UNANSWERED_FOR - self.read_lag
                )
                if not call.did_nothing and call.exchange.sent_at < until and acts_until(call) + self.read_lag > began
            ]
        return found

    def standing(self, container: Container | None, call: Observation) -> Standing | None:
        """Return how a container stood when a call was sent, None where it is not known here or was not seen at rest."""
        if container is None or not container.is_vouched or container.id in self.unclear:
            return None
        read = container.read
        if read is None or not read.precedes(call) or not is_terminal(read.fields.get("status")):
            return None
        return Standing(container, read, tuple(container.unshown), self)
