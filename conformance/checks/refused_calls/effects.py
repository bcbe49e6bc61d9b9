"""The judge of refused calls: whatever answered 4xx has changed nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.checks.access import OWNER, holder_of_project
from conformance.checks.findings import Check, Finding, failed, passed
from conformance.checks.rejecting import lacks_a_reason
from conformance.checks.wording import short
from conformance.contract.lifecycle import reachable
from conformance.contract.validity import Validity
from conformance.history.causes import assets_of, causes_of, status_of, vouched
from conformance.history.fields import documented, lost
from conformance.history.ledger import Change, Container, Ledger
from conformance.history.observation import Observation
from conformance.history.settled import is_terminal
from conformance.history.walks import without_body

REFUSED_BY = ("AUT-3", "AUT-4", "REJ-2", "REJ-3", "APR-9", "REG-6", "CLO-4", "IDM-4", "IDM-11")
"""Every requirement that says of some refused call that it changes nothing."""


def requirement_of(call: Observation, container: Container) -> str:
    """Name the requirement that says most exactly that a refused call changes nothing."""
    if not call.authorized:
        return "AUT-3"
    if container.owner is not None and call.actor != container.owner:
        return "AUT-4"
    if call.error_code == "IDEMPOTENCY_CONFLICT":
        return "IDM-11" if call.operation_id in {"regenerateContent", "cloneFromPost"} else "IDM-4"
    if call.operation_id == "rejectContent":
        if lacks_a_reason(call):
            return "REJ-3"
        asked = call.body.get("regenerate") if isinstance(call.body, dict) else None
        if asked:
            return "REJ-2"
        return "APR-9" if call.status == 409 else "AUT-3"
    if call.operation_id == "regenerateContent" and call.validity in {Validity.INVALID, Validity.MALFORMED}:
        return "REG-6"
    if call.operation_id == "cloneFromPost" and call.validity is Validity.VALID and call.status in {400, 404, 422}:
        return "CLO-4"
    return "AUT-3"


class RefusedChangesNothing(Check):
    """Between two reads with only refused calls between, a container changes no more than its generation does by itself."""

    judges = REFUSED_BY

    def __init__(self) -> None:
        self._still: dict[str, str] = {}

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:  # noqa: ARG002 - the ledger holds the change
        """Compare the reads around refused calls."""
        if ledger.change is not None and vouched(ledger.change.container):
            yield from self._compare(ledger.change, ledger)
            self._note(ledger.change)

    def _note(self, change: Change) -> None:
        """Remember an updatedAt that two reads of a container at rest have shown, so that its later move means something."""
        old, new = change.old("updatedAt"), change.new("updatedAt")
        if is_terminal(change.old("status")) and old == new and isinstance(new, str):
            self._still[change.container.id] = new
        else:
            self._still.pop(change.container.id, None)

    def _compare(self, change: Change, ledger: Ledger) -> Iterator[Finding]:
        calls = [call for call in change.between if call.refused]
        if not calls or causes_of(change, ledger):
            return
        moved = _unnatural(change, ledger)
        still = self._still.get(change.container.id)
        if still is not None and still == change.old("updatedAt") and still != change.new("updatedAt"):
            moved.append("updatedAt")
        if moved:
            # Where several refused calls may be the cause, only AUT-3 speaks of all of them.
            requirements = {requirement_of(call, change.container) for call in calls}
            requirement = requirements.pop() if len(requirements) == 1 else "AUT-3"
            changes = " and ".join(
                f"{name} from {short(change.old(name))} to {short(change.new(name))}" for name in moved
            )
            names = " and ".join(dict.fromkeys(f"{call.name()} answered {call.status}" for call in calls))
            message = f"Container {change.container.id} changed its {changes} although {names}."
            yield failed(requirement, message, change.before, *calls, change.after)
        elif not change.differing and change.old("updatedAt") == change.new("updatedAt"):
            for call in calls:
                if change.before.precedes(call) and call.precedes(change.after):
                    yield passed(requirement_of(call, change.container), change.before, call, change.after)


def _unnatural(change: Change, ledger: Ledger) -> list[str]:
    """Name the fields that differ although no generation can have changed them."""
    if not change.was_in_flight:
        return sorted(name for name in change.differing if name != "assets" or _assets_differ(change))
    moved = ["brief"] if lost(change.old("brief"), change.new("brief")) else []
    old, new = status_of(change.before.fields), status_of(change.after.fields)
    # Nothing but an explicit cancel or an archive cancels.
    refused = {call.params["jobId"] for call in change.between if call.operation_id == "cancelJob"}
    canceled = new == "canceled" and bool(refused) and not _may_be_stopping(change.container, refused, ledger)
    if old is not None and new is not None and (new not in reachable(old) or canceled):
        moved.append("status")
    if "approvalStatus" in change.differing and change.new("approvalStatus") in ("approved", "rejected"):
        moved.append("approvalStatus")
    return moved


def _may_be_stopping(container: Container, job_ids: set[str], ledger: Ledger) -> bool:
    """Tell whether an earlier call may have stopped the jobs whose cancel is refused now; it may take a while to arrive (LIF-10)."""
    return (container.project_id is not None and ledger.windows.archived(container.project_id)) or any(
        call.operation_id == "cancelJob" and call.params["jobId"] in job_ids for call in container.influences
    )


def _assets_differ(change: Change) -> bool:
    # A url that alone has changed is AST-2's.
    old, new = assets_of(change.before.fields), assets_of(change.after.fields)
    first, second = ([one | {"url": None} for one in assets] for assets in (old, new))
    return bool(documented("assets", first) != documented("assets", second))


class RefusedArchivesNothing(Check):
    """AUT-3 and AUT-4: a project whose archiving was refused to whoever has no right to it is listed as before."""

    judges = ("AUT-3", "AUT-4")

    def __init__(self) -> None:
        self._listed: dict[str, Observation] = {}
        self._refused: dict[str, Observation] = {}

    def observe(self, seen: Observation, ledger: Ledger) -> Iterable[Finding]:
        """Keep a list that was shown and the refused calls after it, and judge the next answer for that list."""
        project_id = seen.params.get("projectId", "")
        if seen.operation_id == "archiveProject":
            self._note(seen, project_id, ledger)
        elif seen.operation_id == "listContent" and seen.actor == OWNER and not seen.values("cursor"):
            yield from self._judge(seen, project_id)

    def _note(self, seen: Observation, project_id: str, ledger: Ledger) -> None:
        holder = holder_of_project(project_id, ledger)
        if not seen.refused or holder != OWNER or seen.actor == OWNER:
            self._listed.pop(project_id, None)  # whoever may have archived it had a right to, or nobody knows
            self._refused.pop(project_id, None)
        elif project_id in self._listed:
            self._refused.setdefault(project_id, seen)

    def _judge(self, seen: Observation, project_id: str) -> Iterator[Finding]:
        listed, refused = self._listed.get(project_id), self._refused.pop(project_id, None)
        if seen.ok:
            self._listed[project_id] = seen.evidence
        elif listed is None or not seen.refused:
            return
        if listed is None or refused is None or not (listed.precedes(refused) and refused.precedes(seen)):
            return
        requirement = "AUT-4" if refused.authorized else "AUT-3"
        if seen.ok:
            yield passed(requirement, listed, refused, seen)
        elif seen.status in {404, 409, 410}:
            message = (
                f"The archiving of project {project_id[:80]} was refused with {refused.status}, "
                f"and its list, shown before, was answered {seen.status}."
            )
            yield failed(requirement, message, listed, refused, seen)


CHECKS: tuple[type[Check], ...] = (RefusedChangesNothing, RefusedArchivesNothing)
