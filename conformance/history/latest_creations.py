"""The latest creation in each project, by which a list may have grown meanwhile."""

from __future__ import annotations

from conformance.history.observation import Observation
from conformance.history.records import MAKING_OPERATIONS, Container


class LatestCreations:
    """A fold over the writing calls of a history: the calls that were answered last of those that may have made a container, and surely did."""

    def __init__(self) -> None:
        self._latest: dict[str | None, Observation] = {}
        self._accepted: dict[str | None, Observation] = {}

    def note(self, seen: Observation, container: Container | None) -> None:
        """Take in one writing call and the container that it names."""
        if seen.operation_id not in MAKING_OPERATIONS or seen.refused:
            return
        project_id = seen.params.get("projectId") or seen.asked_destination
        if project_id is None and container is not None:
            project_id = container.project_id
        _keep_latest(self._latest, project_id, seen)
        if seen.ok:
            _keep_latest(self._accepted, project_id, seen)

    def since(self, moment: float, project_id: str | None) -> Observation | None:
        """Return the latest creation in a project, if it was answered after a moment; those of project None may be in any project."""
        return _after(moment, self._latest.get(project_id))

    def accepted_since(self, moment: float, project_id: str | None) -> Observation | None:
        """Return the latest creation in a project that was accepted, if it was answered after a moment."""
        return _after(moment, self._accepted.get(project_id))


def _keep_latest(kept: dict[str | None, Observation], project_id: str | None, seen: Observation) -> None:
    before = kept.get(project_id)
    if before is None or before.exchange.received_at < seen.exchange.received_at:
        kept[project_id] = seen


def _after(moment: float, call: Observation | None) -> Observation | None:
    return call if call is not None and call.exchange.received_at > moment else None
