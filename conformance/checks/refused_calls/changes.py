"""Whatever was refused with a 4xx has changed nothing and used up no key (AUT-3, AUT-4, REJ-2, REJ-3, APR-9, REG-6, CLO-4, IDM-4, IDM-11)."""

from __future__ import annotations

from collections import defaultdict

from conformance.checks.base import Check, changes, failure, on, short
from conformance.checks.findings import Finding
from conformance.checks.refused_calls.blame import FOR_CHANGING, blame_for_change
from conformance.client.actors import OWNER
from conformance.contract.document import GENERATING_OPERATIONS, IDEMPOTENCY_CONFLICT
from conformance.contract.lifecycle import is_terminal, reachable
from conformance.contract.validity import Validity
from conformance.history.containers import Container
from conformance.history.facts import (
    ArchiveSent,
    Called,
    CallSettled,
    Changed,
    ContainerRead,
    ListRequest,
    PageRead,
    ProgressRead,
    RefusedKeyUsed,
    Wrote,
)
from conformance.history.fields import assets_of, instant, kept, lost, status_of
from conformance.history.ledger import Ledger
from conformance.history.observation import MARK, Observation
from conformance.history.windows import Change

COARSE = (60_000_000, 1_000_000, 100_000)
"""Microseconds that a target may count its times by, the coarsest first."""
TICK = 20_000
"""Microseconds by which the clocks of many operating systems move on at once."""


class RefusedCallsChangeNothing(Check):
    """Between two reads with nothing but refused calls in between, a container changes only as its generation changes it.

    An updatedAt that alone has moved is held back until the end, since only a later read may show that the target moves them by itself.
    """

    judges = FOR_CHANGING

    def __init__(self) -> None:
        self._still: dict[str, str] = {}
        self._moves_alone = False
        self._held: dict[tuple[str, str], tuple[Change, list[Observation]]] = {}

    def finish(self) -> None:
        """Accuse the calls after which an updatedAt alone has moved, unless the target has moved one without any call."""
        if not self._moves_alone:
            for change, calls in self._held.values():
                self._accuse(change, calls, ["updatedAt"])

    @on(Changed)
    def changed(self, fact: Changed) -> None:
        change = fact.change
        if change.container.is_vouched:
            self._compare(change)
            self._note(change)

    def _note(self, change: Change) -> None:
        """Remember an updatedAt that two reads of a container at rest have shown, so that its later move means something.

        The reads have to lie further apart than what the target's times tell apart: every read may count as an update. Where one of a
        container at rest moves although nothing was called, the target moves them by itself, and none means anything.
        """
        old, new = change.old("updatedAt"), change.new("updatedAt")
        is_at_rest = is_terminal(change.old("status"))
        if is_at_rest and old != new and not (change.between or change.causes or change.differing):
            self._moves_alone = True
        if not (is_at_rest and old == new and isinstance(new, str)):
            self._still.pop(change.container.id, None)
        elif change.after.exchange.sent_at - change.before.exchange.received_at > _resolution(new):
            self._still[change.container.id] = new

    def _compare(self, change: Change) -> None:
        calls = [call for call in change.between if call.refused]
        if not calls or change.causes:
            return
        moved = _unnatural(change, self.ledger)
        still = self._still.get(change.container.id)
        is_still = still is not None and still == change.old("updatedAt") and not self._moves_alone
        if is_still and still != change.new("updatedAt"):
            moved.append("updatedAt")
        if moved == ["updatedAt"]:
            key = _named(calls), self._requirement(change, calls)
            self._held.setdefault(key, (change, calls))
        elif moved:
            self._accuse(change, calls, moved)
        elif not change.differing and (self._moves_alone or change.old("updatedAt") == change.new("updatedAt")):
            for call in calls:
                if change.before.precedes(call) and call.precedes(change.after):
                    requirement = blame_for_change(call, change.container, self.ledger)
                    self.passed(requirement, change.before, call, change.after)

    def _accuse(self, change: Change, calls: list[Observation], moved: list[str]) -> None:
        requirement = self._requirement(change, calls)
        changed = changes(change.values_of(moved))
        names = " and ".join(dict.fromkeys(f"{call.name()} was answered {call.status}" for call in calls))
        message = f"Container {change.container.id} changed its {changed} although {names}."
        kind = f"{_named(calls)} changed {' and '.join(moved)}"
        self.failed_by(requirement, kind, message, change, *calls)

    def _requirement(self, change: Change, calls: list[Observation]) -> str:
        # Where several refused calls may be the cause, only AUT-3 speaks of all of them.
        requirements = {blame_for_change(call, change.container, self.ledger) for call in calls}
        return requirements.pop() if len(requirements) == 1 else "AUT-3"


def _named(calls: list[Observation]) -> str:
    return " or ".join(sorted({call.operation_id for call in calls}))


def _resolution(timestamp: str) -> float:
    """Return the seconds that the writer of a timestamp can tell apart, for all that it shows: digits may be written that are always 0."""
    moment = instant(timestamp)
    if moment is None:
        return 0.0
    units = (unit for unit in COARSE if moment.microseconds % unit == 0)
    return max(moment.unit, TICK, next(units, 0)) / 1e6


def _unnatural(change: Change, ledger: Ledger) -> list[str]:
    """Return the names of the fields that differ although no generation can have changed them."""
    if not change.may_move_alone:
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
    """Return whether an earlier call may have stopped the jobs whose cancel is refused now; it may take a while to arrive (LIF-10)."""
    return ledger.windows.archived(container.project_id) or any(
        call.operation_id == "cancelJob" and call.params["jobId"] in job_ids for call in container.influences
    )


def _assets_differ(change: Change) -> bool:
    # A url that alone has changed is AST-2's.
    old, new = assets_of(change.before.fields), assets_of(change.after.fields)
    first, second = ([one | {"url": None} for one in assets] for assets in (old, new))
    return not kept("assets", first, second)


class RefusedCallsStartNoJob(Check):
    """No progress names a job that only a refused call can have started."""

    judges = FOR_CHANGING

    @on(ProgressRead)
    def read(self, fact: ProgressRead) -> None:
        call, container = fact.refused, fact.container
        if call is None or fact.seen.actor != container.owner:
            return
        job_id = short(fact.view["jobId"])
        message = (
            f"{call.name()} was refused with {call.status}, but container {container.id} has the new job {job_id}."
        )
        requirement = blame_for_change(call, container, self.ledger)
        self.failed(requirement, f"{call.operation_id} started a job", message, call, fact.seen)


class RefusedArchivingArchivesNothing(Check):
    """AUT-3 and AUT-4: a project whose archiving was refused to whoever has no right to it is listed as before.

    Where the lists show that others create containers meanwhile, such as a second run with the same settings, one of them may have archived it.
    """

    judges = ("AUT-3", "AUT-4")

    def __init__(self) -> None:
        self._before: dict[str, frozenset[str]] = {}
        self._others: Observation | None = None
        self._listed: dict[str, Observation] = {}
        self._refused: dict[str, Observation] = {}

    @on(ArchiveSent)
    def archive(self, fact: ArchiveSent) -> None:
        seen, project_id = fact.seen, fact.seen.params["projectId"]
        if not seen.refused or self.ledger.holder_of_project(project_id) != OWNER or seen.actor == OWNER:
            self._listed.pop(project_id, None)  # whoever may have archived it had a right to, or nobody knows
            self._refused.pop(project_id, None)
        elif project_id in self._listed:
            self._refused.setdefault(project_id, seen)

    @on(PageRead)
    def page(self, fact: PageRead) -> None:
        """Look whether a list shows a container of somebody else that an earlier list of the project did not."""
        if fact.seen.actor != OWNER or fact.walk is None:
            return
        before = self._before.get(fact.project_id)
        if before is None:
            if fact.walk.complete and not fact.walk.filters:
                self._before[fact.project_id] = frozenset(fact.walk.by_id)
            return
        for item in fact.items:
            container = self.ledger.containers.get(item.id)
            if item.id not in before and (container is None or not container.generations):
                self._others = fact.seen.evidence

    @on(ListRequest)
    def list(self, fact: ListRequest) -> None:
        """Judge the next answer to the owner, and keep a list that is shown."""
        seen = fact.seen
        if seen.actor != OWNER or seen.values("cursor"):
            return
        project_id = seen.params["projectId"]
        listed, refused = self._listed.get(project_id), self._refused.pop(project_id, None)
        if seen.ok:
            self._listed[project_id] = seen.evidence
        elif listed is None or not seen.refused:
            return
        if listed is None or refused is None or not (listed.precedes(refused) and refused.precedes(seen)):
            return
        requirement = "AUT-4" if refused.authorized else "AUT-3"
        if seen.ok:
            self.passed(requirement, listed, refused, seen)
        elif seen.status in {404, 409, 410}:
            message = (
                f"Archiving project {project_id[:80]} was refused with {refused.status}, "
                f"but its list, which could be read before, was answered {seen.status}."
            )
            if self._others is not None:
                message = f"{message[:-1]}; others are at work on this target, and one of them may have archived it."
                self.inconclusive(requirement, "archived by somebody", message, self._others, refused, seen)
                return
            self.failed(requirement, "archived nevertheless", message, listed, refused, seen)


PATCHING = frozenset({"regenerateContent", "rejectContent"})


class RefusedPatchesAreNotShown(Check):
    """No container shows a hook whose mark only refused calls have sent, where it had shown another one before."""

    judges = FOR_CHANGING

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}
        self._refused: dict[tuple[str, str], Observation] = {}

    @on(Wrote)
    def wrote(self, fact: Wrote) -> None:
        """Keep a refused call that would have given its container another hook."""
        seen = fact.seen
        hook = seen.sent_brief.get("hook") if seen.operation_id in PATCHING and seen.sent_brief else None
        found = MARK.search(hook) if isinstance(hook, str) else None
        before = self._shown.get(seen.params.get("containerId", ""))
        if seen.refused and found and before is not None and found.group() not in before:
            self._refused.setdefault((seen.params["containerId"], found.group()), seen)

    @on(ContainerRead)
    def read(self, fact: ContainerRead) -> None:
        container = fact.container
        brief = fact.view.get("brief")
        hook = brief.get("hook") if isinstance(brief, dict) else None
        if not isinstance(hook, str):
            return
        if hook != self._shown.get(container.id):
            self._judge(fact, hook)
        self._shown[container.id] = hook

    def _judge(self, fact: ContainerRead, hook: str) -> None:
        seen, container = fact.seen, fact.container
        found = MARK.search(hook)
        call = self._refused.get((container.id, found.group())) if found else None
        if found is None or call is None or container.id in self.ledger.unclear or not container.is_vouched:
            return
        if not call.precedes(seen) or not all(sender.refused for sender in self.ledger.attempts[found.group()]):
            return
        message = (
            f"Container {container.id} shows the hook {short(hook)} of a patch that was refused: "
            f"{call.name()} was answered {call.status}, and no other call has sent it."
        )
        requirement = blame_for_change(call, container, self.ledger)
        self.failed(requirement, f"{call.operation_id} changed brief", message, call, seen)


class RefusedCallsTakeNoKey(Check):
    """The first valid call with a key, after others were refused with it, is neither a conflict nor answered with their refusal."""

    judges = ("AUT-3", "AUT-4")

    def __init__(self) -> None:
        self._waiting: dict[str, list[Finding]] = defaultdict(list)
        self._conflicts: dict[tuple[str, str | None], tuple[Observation, Finding]] = {}

    @on(RefusedKeyUsed)
    def used(self, fact: RefusedKeyUsed) -> None:
        """Judge the first call with the key by an organization that has the right to make it."""
        call, refused = fact.seen, fact.refused
        # Whether a key counts on other calls is open (open reading 15).
        if call.operation_id not in GENERATING_OPERATIONS or call.validity not in {Validity.PLAIN, Validity.VALID}:
            return
        requirement = "AUT-4" if refused.authorized else "AUT-3"
        start = f"{refused.name()} was refused with {refused.status} to whoever had no right, but {call.name()} by who has one"
        if call.ok:
            self.passed(requirement, refused, call)
        elif call.error_code == IDEMPOTENCY_CONFLICT:
            message = f"{start} met a conflict with its Idempotency-Key."
            finding = failure(requirement, "key taken", message, refused, call.evidence)
            self._conflicts[call.actor, call.idempotency_key] = call.evidence, finding
        elif call.status in {401, 403} and fact.is_same_answer:
            # The key of an organization may have been withdrawn, which its next call tells.
            message = f"{start} was answered {call.status} with the same body, under the same Idempotency-Key."
            self._waiting[call.actor].append(failure(requirement, "refusal replayed", message, refused, call.evidence))

    @on(Wrote)
    def wrote(self, fact: Wrote) -> None:
        """Drop a conflict that another call of the organization with the key may have brought about, since both were under way together."""
        place = fact.seen.actor, fact.seen.idempotency_key
        call, _ = self._conflicts.get(place, (None, None))
        if call is not None and not call.precedes(fact.seen) and fact.seen.exchange.id != call.exchange.id:
            del self._conflicts[place]

    @on(CallSettled)
    def settled(self, fact: CallSettled) -> None:
        """Report a conflict that no other call of the organization can have brought about."""
        place = fact.seen.actor, fact.seen.idempotency_key
        call, finding = self._conflicts.get(place, (None, None))
        if finding is not None and call is not None and call.exchange.id == fact.seen.exchange.id:
            del self._conflicts[place]
            self.findings.add(finding)

    @on(Called)
    def called(self, fact: Called) -> None:
        """Report what waited for a call that shows that the organization's key is a good one."""
        if fact.seen.ok and fact.seen.actor in self._waiting:
            for finding in self._waiting.pop(fact.seen.actor):
                self.findings.add(finding)
