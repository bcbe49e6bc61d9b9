"""Which requirement a call breaks where it changed a container although it was refused, or made one that its answer does not name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from conformance.client.actors import OWNER
from conformance.contract.document import GENERATING_OPERATIONS, IDEMPOTENCY_CONFLICT
from conformance.contract.validity import Validity, reason_fault
from conformance.history.containers import Container
from conformance.history.ledger import Ledger
from conformance.history.observation import Observation, mark_of


class Effect(Enum):
    """What a call did that it must not do."""

    CHANGED = "changed a container although it was refused"
    MADE = "made a container that its answer does not name"


class Caller(Enum):
    """Who made the call, compared with the organization whose thing it names."""

    STRANGER = "no organization"
    OTHER = "another organization"
    HOLDER = "the same organization"


class Kind(Enum):
    """What of a call and its answer decides which requirement speaks of it."""

    REFUSED = "refused for whatever reason"
    PARALLEL_CONFLICT = "409 while a call with the same key was being accepted"
    KEY_CONFLICT = "refused because its key belongs to another call"
    WRONG_REASON = "refused, and without a usable reason"
    WITH_REGENERATION = "refused, and asks for a regeneration"
    STATE_CONFLICT = "409"
    WRONG_BODY = "refused, and its body breaks the contract"
    FOREIGN_PROJECT = "refused, and its body names a project of another organization"
    WRONG_POST = "refused, and its body is valid, so that the post it names is wrong"
    NEW = "accepted, and not the replay of another call"
    REPLAY = "accepted with the job of an earlier call"
    PARALLEL_REPLAY = "accepted with the job of a call that overlaps it"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table of blame; None fits everything."""

    effect: Effect | None
    caller: Caller | None
    operations: frozenset[str] | None
    kind: Kind
    requirement: str

    def fits(self, effect: Effect, caller: Caller, call: Observation, ledger: Ledger) -> bool:
        """Return whether the row speaks of a call."""
        return (
            (self.effect is None or self.effect is effect)
            and (self.caller is None or self.caller is caller)
            and (self.operations is None or call.operation_id in self.operations)
            and _IS[self.kind](call, ledger)
        )


_CREATE, _REJECT = frozenset({"createContent"}), frozenset({"rejectContent"})
_REGENERATE, _CLONE = frozenset({"regenerateContent"}), frozenset({"cloneFromPost"})
_RESTART = _REGENERATE | _CLONE

BLAME = (
    Row(None, Caller.STRANGER, None, Kind.REFUSED, "AUT-3"),
    Row(None, Caller.OTHER, None, Kind.REFUSED, "AUT-4"),
    Row(Effect.MADE, Caller.HOLDER, _CREATE, Kind.PARALLEL_CONFLICT, "IDM-6"),
    Row(Effect.MADE, Caller.HOLDER, _RESTART, Kind.PARALLEL_CONFLICT, "IDM-11"),
    Row(None, Caller.HOLDER, _RESTART, Kind.KEY_CONFLICT, "IDM-11"),
    Row(None, Caller.HOLDER, None, Kind.KEY_CONFLICT, "IDM-4"),
    Row(Effect.CHANGED, Caller.HOLDER, _REJECT, Kind.WRONG_REASON, "REJ-3"),
    Row(Effect.CHANGED, Caller.HOLDER, _REJECT, Kind.WITH_REGENERATION, "REJ-2"),
    Row(Effect.CHANGED, Caller.HOLDER, _REJECT, Kind.STATE_CONFLICT, "APR-9"),
    Row(Effect.CHANGED, Caller.HOLDER, _REGENERATE, Kind.WRONG_BODY, "REG-6"),
    Row(None, Caller.HOLDER, _CLONE, Kind.FOREIGN_PROJECT, "AUT-3"),
    Row(Effect.CHANGED, Caller.HOLDER, _CLONE, Kind.WRONG_POST, "CLO-4"),
    Row(Effect.CHANGED, Caller.HOLDER, None, Kind.REFUSED, "AUT-3"),
    Row(Effect.MADE, Caller.HOLDER, _CREATE, Kind.REFUSED, "CRE-10"),
    Row(Effect.MADE, Caller.HOLDER, _REGENERATE, Kind.REFUSED, "REG-3"),
    Row(Effect.MADE, Caller.HOLDER, _CLONE, Kind.REFUSED, "CLO-4"),
    Row(Effect.MADE, Caller.HOLDER, _REGENERATE, Kind.NEW, "REG-3"),
    Row(Effect.MADE, Caller.HOLDER, _CREATE, Kind.REPLAY, "IDM-2"),
    Row(Effect.MADE, Caller.HOLDER, _RESTART, Kind.REPLAY, "IDM-11"),
    Row(Effect.MADE, Caller.HOLDER, _CREATE, Kind.PARALLEL_REPLAY, "IDM-6"),
    Row(Effect.MADE, Caller.HOLDER, _RESTART, Kind.PARALLEL_REPLAY, "IDM-11"),
)
"""The table of blame: the first row that fits names the requirement; where none fits, no requirement speaks of the call."""

FOR_CHANGING = tuple(dict.fromkeys(row.requirement for row in BLAME if row.effect is not Effect.MADE))
"""Every requirement that says of some refused call that it changes nothing."""
FOR_MAKING = tuple(dict.fromkeys(row.requirement for row in BLAME if row.effect is not Effect.CHANGED))
"""Every requirement that says of some call that it makes no container beside the one that its answer names."""


def blame_for_change(call: Observation, container: Container, ledger: Ledger) -> str:
    """Return the requirement that a refused call breaks where it changes a container."""
    caller = Caller.HOLDER
    if not call.authorized:
        caller = Caller.STRANGER
    elif container.owner is not None and call.actor != container.owner:
        caller = Caller.OTHER
    return _first(Effect.CHANGED, caller, call, ledger)


def blame_for_making(call: Observation, ledger: Ledger) -> str:
    """Return the requirement that a call breaks where it makes a container that its answer does not name; empty where there is none."""
    if call.operation_id not in GENERATING_OPERATIONS:
        return ""
    caller = Caller.HOLDER
    if not call.authorized:
        caller = Caller.STRANGER
    elif call.actor == "other":
        if ledger.project_of(call) in {None, ledger.facts.other_project_id}:
            return ""
        caller = Caller.OTHER
    return _first(Effect.MADE, caller, call, ledger)


def may_have_made(call: Observation) -> bool:
    """Return whether a call got no answer, or one that leaves it open whether it made a container."""
    return call.operation_id in GENERATING_OPERATIONS and (call.status is None or call.status >= 500)


def _first(effect: Effect, caller: Caller, call: Observation, ledger: Ledger) -> str:
    return next((row.requirement for row in BLAME if row.fits(effect, caller, call, ledger)), "")


def _is_in_parallel(call: Observation, ledger: Ledger) -> bool:
    """Return whether a call with the same key and mark was accepted while this one was under way."""
    key = call.idempotency_key
    if call.status != 409 or key is None:
        return False
    mark = mark_of(call.sent_brief.get("hook")) if call.sent_brief else None
    return any(
        other.ok and other.idempotency_key == key and other.overlaps(call)
        for other in ledger.attempts.get(mark or "", ())
    )


def _asks_for_regeneration(call: Observation) -> bool:
    return isinstance(call.body, dict) and bool(call.body.get("regenerate"))


def _names_a_foreign_project(call: Observation, ledger: Ledger) -> bool:
    facts, body = ledger.facts, call.body
    # Ids of two organizations may be equal, and then it is the caller's own that is meant.
    own = {None, facts.project_id, facts.review_project_id, facts.archive_project_id}
    if not call.refused or call.actor != OWNER or facts.other_project_id in own:
        return False
    return isinstance(body, dict) and body.get("projectId") == facts.other_project_id


def _is_new(call: Observation, ledger: Ledger) -> bool:
    first = ledger.named(call.fields.get("jobId"))
    return call.ok and (first is None or first.accepted is call)


def _is_replay(call: Observation, ledger: Ledger) -> bool:
    first = ledger.named(call.fields.get("jobId"))
    return call.ok and first is not None and first.accepted is not call and first.accepted.precedes(call)


def _is_parallel_replay(call: Observation, ledger: Ledger) -> bool:
    first = ledger.named(call.fields.get("jobId"))
    return call.ok and first is not None and first.accepted is not call and not first.accepted.precedes(call)


_IS: Mapping[Kind, Callable[[Observation, Ledger], bool]] = MappingProxyType(
    {
        Kind.REFUSED: lambda call, _: call.refused,
        Kind.PARALLEL_CONFLICT: _is_in_parallel,
        Kind.KEY_CONFLICT: lambda call, _: call.refused and call.error_code == IDEMPOTENCY_CONFLICT,
        Kind.WRONG_REASON: lambda call, _: call.refused and reason_fault(call.body) is not None,
        Kind.WITH_REGENERATION: lambda call, _: call.refused and _asks_for_regeneration(call),
        Kind.STATE_CONFLICT: lambda call, _: call.status == 409,
        Kind.WRONG_BODY: lambda call, _: call.refused and call.validity in {Validity.INVALID, Validity.MALFORMED},
        Kind.FOREIGN_PROJECT: _names_a_foreign_project,
        Kind.WRONG_POST: lambda call, _: call.validity is Validity.VALID and call.status in {400, 404, 422},
        Kind.NEW: _is_new,
        Kind.REPLAY: _is_replay,
        Kind.PARALLEL_REPLAY: _is_parallel_replay,
    }
)
