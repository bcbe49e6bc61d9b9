"""APR-6: the status filter of a list ignores approvalStatus."""

from __future__ import annotations

from conformance.checks.base import Check, on
from conformance.history.facts import ContainerRead, PageRead
from conformance.history.fields import status_of
from conformance.history.observation import Observation


class FilterIgnoresApproval(Check):
    """APR-6: a walk under `status=completed` shows every completed container, whether it is pending, approved or rejected."""

    judges = ("APR-6",)

    def __init__(self) -> None:
        self._resting: dict[str, dict[str, Observation]] = {}

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        """Keep the read of a completed container that is pending or rejected."""
        seen, container = fact.seen, fact.container
        if container.project_id is None or not container.is_vouched:
            return
        resting = self._resting.setdefault(container.project_id, {})
        resting.pop(container.id, None)
        if status_of(seen.fields) == "completed" and seen.fields.get("approvalStatus") in ("pending", "rejected"):
            resting[container.id] = seen

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        """Judge a complete walk by the containers that it must show."""
        walk = fact.walk
        if walk is None or {name for name, _ in walk.filters} - {"status", "format"}:
            return
        if not walk.is_reliable or walk.values("status") != {"completed"}:
            return
        for container_id, read in self._resting.get(walk.project_id, {}).items():
            container = self.ledger.containers[container_id]
            if read.exchange.received_at > walk.began or container.owner != fact.seen.actor:
                continue
            if container_id in self.ledger.unclear:
                continue
            if any(asked != read.fields.get("format") for asked in walk.values("format")):
                continue
            if self.ledger.windows.causes(container, read, walk.ended):
                continue
            if container_id in walk.by_id:
                self.passed("APR-6", read, *walk.pages)
                continue
            approval = read.fields.get("approvalStatus")
            message = (
                f"Container {container_id} is completed and {approval}, but a list with status=completed omits it."
            )
            self.failed("APR-6", f"{approval} left out", message, read, *walk.pages)


CHECKS: tuple[type[Check], ...] = (FilterIgnoresApproval,)
