"""Patches that were refused and are shown all the same, found by the marks in their hooks.

Where an accepted call meets a refused one on a container, two reads around them do not tell which of the two changed it; the mark does.
"""

from __future__ import annotations

from conformance.checks.base import Check, on
from conformance.checks.refused_calls.blame import FOR_CHANGING, blame_for_change
from conformance.checks.wording import short
from conformance.history.facts import ContainerRead, Wrote
from conformance.history.observation import MARK, Observation

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
        """Judge the hook that a read shows."""
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
        if not call.precedes(seen) or not all(each.refused for each in self.ledger.attempts[found.group()]):
            return
        message = (
            f"Container {container.id} shows the hook {short(hook)} of a patch that was refused: "
            f"{call.name()} was answered {call.status}, and no other call has sent it."
        )
        requirement = blame_for_change(call, container, self.ledger)
        self.failed(requirement, f"{call.operation_id} changed brief", message, call, seen)


CHECKS: tuple[type[Check], ...] = (RefusedPatchesAreNotShown,)
