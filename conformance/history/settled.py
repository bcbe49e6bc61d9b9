"""Which containers stand still, so that two observations of one can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.history.observation import Seen

if TYPE_CHECKING:
    from conformance.history.ledger import Container, Ledger

TERMINAL = ("completed", "failed", "canceled")
UNANSWERED_FOR = 60.0
"""Seconds in which a call that got no answer may still take effect."""
BEGINNING = 2.0
"""Seconds in which an accepted regeneration may begin to show."""
NEVER = float("-inf")


class Changes:
    """When each container and each project was last changed by a call of this history, in seconds since the epoch.

    A refused call changes nothing; any other may have changed what it names up to the moment that is kept.
    """

    def __init__(self) -> None:
        self._containers: dict[str, float] = {}
        self._projects: dict[str, float] = {}
        self._archived: dict[str, float] = {}
        self._somewhere = NEVER

    def note(self, write: Seen, container: Container | None) -> None:
        """Take in one writing call and the container that it names."""
        if write.did_nothing:
            return
        answered = write.exchange.received_at + (UNANSWERED_FOR if write.uncertain else 0)
        project_id = write.params.get("projectId") or (container.project_id if container else None)
        if container is not None:
            shows = answered + (BEGINNING if not write.uncertain and _regenerates(write) else 0)
            self._containers[container.id] = max(self._containers.get(container.id, NEVER), shows)
        if project_id is None:
            self._somewhere = max(self._somewhere, answered)
            return
        self._projects[project_id] = max(self._projects.get(project_id, NEVER), answered)
        if write.operation_id == "archiveProject":
            self._archived[project_id] = max(self._archived.get(project_id, NEVER), answered)

    def of_container(self, container: Container) -> float:
        """Give the last moment at which a call may have changed the container, or its effect may have begun to show."""
        moment = self._containers.get(container.id, NEVER)
        return max(moment, self._archived.get(container.project_id, NEVER)) if container.project_id else moment

    def of_project(self, project_id: str) -> float:
        """Give the last moment at which a call may have been accepted in the project."""
        return max(self._projects.get(project_id, NEVER), self._somewhere)

    def archived(self, project_id: str) -> bool:
        """Tell whether a call may have archived the project."""
        return project_id in self._archived


def _regenerates(write: Seen) -> bool:
    """Tell whether a call may have started a regeneration."""
    if write.operation_id == "rejectContent":
        return write.status == 202 or (isinstance(write.body, dict) and bool(write.body.get("regenerate")))
    return write.operation_id == "regenerateContent"


def is_terminal(status: object) -> bool:
    """Tell whether a status is one that only a regeneration changes (LIF-2)."""
    return status in TERMINAL


def settled(container: Container | None, ledger: Ledger, before: float) -> Seen | None:
    """Give the read that ended before a moment and shows a terminal status which no call can have changed since.

    Only a container that this history generated can be vouched for: others have other callers. None where there is no such read.
    """
    if container is None or not container.generations:
        return None
    read = container.read
    if read is None or read.exchange.received_at > before or not is_terminal(read.fields.get("status")):
        return None
    return read if ledger.changes.of_container(container) <= read.exchange.sent_at else None
