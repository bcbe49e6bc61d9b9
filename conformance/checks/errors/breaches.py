"""ERR-4: a body that breaks the schema is refused for that, where the container's state gives no other reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from conformance.checks.findings import Check, Finding, failed
from conformance.checks.late import LateCheck
from conformance.contract.lifecycle import OPERATIONS_BY_STATE, Answer
from conformance.contract.validity import Validity
from conformance.history.causes import Standing, standing, status_of
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation

OPERATIONS = frozenset({"regenerateContent", "rejectContent"})


class BreachesTakenForConflicts(LateCheck[Standing]):
    """A 409 to a body that breaks the schema, sent to a container at rest that would take a valid one."""

    judges: ClassVar[tuple[str, ...]] = ("ERR-4",)

    def look(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Keep such an answer."""
        if (
            seen.is_write
            and self._keys.is_fresh(seen)
            and seen.status == 409
            and seen.operation_id in OPERATIONS
            and seen.validity in {Validity.INVALID, Validity.MALFORMED}
        ):
            stood = standing(ledger.containers.get(seen.params["containerId"]), seen)
            if stood is not None and seen.actor == stood.container.owner:
                self.keep(seen, stood)
        return ()

    def judge(self, call: Observation, stood: Standing, ledger: Ledger) -> Iterator[Finding]:
        """Accuse where the container would have taken a valid body."""
        container, shown = stood.container, stood.read.fields
        project_id = container.project_id
        if stood.moved_before(call, ledger) or (project_id is not None and ledger.windows.archived(project_id)):
            return
        status, approval = status_of(shown), shown.get("approvalStatus")
        if status is None or not isinstance(approval, str):
            return
        if OPERATIONS_BY_STATE.get((status, approval, call.operation_id)) is Answer.ALLOWED:
            message = (
                f"{call.name()} answered 409 to a body that it should refuse ({call.invalid_because}), though container "
                f"{container.id} was {status} and {approval}."
            )
            yield failed("ERR-4", message, stood.read, call)


CHECKS: tuple[type[Check], ...] = (BreachesTakenForConflicts,)
