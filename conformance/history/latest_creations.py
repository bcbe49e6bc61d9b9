"""The latest creation in each project, by which a list may have grown meanwhile."""

from __future__ import annotations

from conformance.history.observation import Observation
from conformance.history.records import MAKING_OPERATIONS, Container


class LatestCreations:
    """A fold over the writing calls of a history: the call that was answered last of those that may have made a container."""

    def __init__(self) -> None:
        self._latest: dict[str | None, Observation] = {}

    def note(self, seen: Observation, container: Container | None) -> None:
        """Take in one writing call and the container that it names."""
        if seen.operation_id not in MAKING_OPERATIONS or seen.refused:
            return
        project_id = seen.params.get("projectId") or seen.asked_destination
        if project_id is None and container is not None:
            project_id = container.project_id
        before = self._latest.get(project_id)
        if before is None or before.exchange.received_at < seen.exchange.received_at:
            self._latest[project_id] = seen

    def since(self, moment: float, project_id: str | None) -> Observation | None:
        """Return the latest creation in a project, if it was answered after a moment; those of project None may be in any project."""
        latest = self._latest.get(project_id)
        return latest if latest is not None and latest.exchange.received_at > moment else None
