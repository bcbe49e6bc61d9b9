"""The lives of a container, of a job and of an approval as tables: drivers and checks ask them, and diagrams are drawn from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from types import MappingProxyType

CONTAINER_MOVES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "queued": frozenset({"generating", "canceled"}),
        "generating": frozenset({"completed", "failed", "canceled"}),
        "completed": frozenset(),
        "failed": frozenset(),
        "canceled": frozenset(),
    }
)
"""The moves of a container's status inside one generation (LIF-2)."""

JOB_MOVES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "running": frozenset({"completed", "failed", "canceled"}),
        "completed": frozenset(),
        "failed": frozenset(),
        "canceled": frozenset(),
    }
)
"""The moves of a job's status (JOB-4); no regeneration moves a job, it makes another one."""

MOMENT = 2.0
"""Seconds in which two reads around a change may differ, and in which an accepted regeneration may begin to show, unless the target is
configured otherwise (`[timing] settling`)."""
STATUSES = frozenset(CONTAINER_MOVES)
TERMINAL = frozenset(status for status, moves in CONTAINER_MOVES.items() if not moves)
IN_FLIGHT = STATUSES - TERMINAL
JOB_STATUSES = frozenset(JOB_MOVES)
JOB_ENDED = frozenset(status for status, moves in JOB_MOVES.items() if not moves)
APPROVAL_STATUSES = frozenset({"not_required", "pending", "approved", "rejected"})


class Cause(StrEnum):
    """What moves an approvalStatus."""

    COMPLETION = "completion"
    REGENERATION = "regeneration"
    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class ApprovalMove:
    """One legal move of an approvalStatus; `review` says under which policy of the project."""

    old: str
    new: str
    cause: Cause
    review: bool


APPROVAL_MOVES: tuple[ApprovalMove, ...] = (
    # APR-3 and APR-10; before completion a review project may show either (open reading 20).
    ApprovalMove("not_required", "pending", Cause.COMPLETION, review=True),
    ApprovalMove("pending", "pending", Cause.COMPLETION, review=True),
    ApprovalMove("approved", "pending", Cause.COMPLETION, review=True),
    ApprovalMove("rejected", "pending", Cause.COMPLETION, review=True),
    ApprovalMove("approved", "pending", Cause.REGENERATION, review=True),
    ApprovalMove("rejected", "pending", Cause.REGENERATION, review=True),
    ApprovalMove("pending", "approved", Cause.APPROVE, review=True),
    ApprovalMove("pending", "rejected", Cause.REJECT, review=True),
    # APR-4.
    ApprovalMove("not_required", "not_required", Cause.COMPLETION, review=False),
)
"""Every documented move of an approvalStatus."""


class Answer(StrEnum):
    """What the documents say of a call in a state: accepted, refused by a 4xx, or either."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Rule:
    """The answer to some operations in some states."""

    operations: frozenset[str]
    statuses: frozenset[str]
    approvals: frozenset[str]
    answer: Answer


def _rule(operations: str, answer: Answer, statuses: Iterable[str], approvals: Iterable[str]) -> Rule:
    return Rule(frozenset(operations.split()), frozenset(statuses), frozenset(approvals), answer)


RULES: tuple[Rule, ...] = (
    _rule("getContent getContentProgress", Answer.ALLOWED, STATUSES, APPROVAL_STATUSES),
    _rule("getAsset", Answer.ALLOWED, {"completed"}, APPROVAL_STATUSES),
    # Open readings 6 and 26: in flight, or where the container failed or was canceled, either may be refused with 409.
    _rule("regenerateContent cloneFromPost", Answer.ALLOWED, {"completed"}, APPROVAL_STATUSES),
    _rule("rejectContent", Answer.ALLOWED, {"completed"}, {"pending"}),
    # APR-9; what a container reads as before it has completed binds nobody (open reading 20).
    _rule("rejectContent", Answer.REFUSED, TERMINAL, APPROVAL_STATUSES - {"pending"}),
    # Open reading 19 leaves a second approve open, and no page speaks of the other states.
    _rule("approveContent", Answer.ALLOWED, {"completed"}, {"pending"}),
)
"""What the documents state; every state and operation that no rule names is open."""

CONTAINER_OPERATIONS = (
    "getContent",
    "getContentProgress",
    "getAsset",
    "regenerateContent",
    "cloneFromPost",
    "rejectContent",
    "approveContent",
    "cancelJob",
)
"""The operations on one container; cancelJob reaches it by its latest job, and may always be refused (409)."""


def _answer(status: str, approval: str, operation: str) -> Answer:
    return next(
        (
            rule.answer
            for rule in RULES
            if operation in rule.operations and status in rule.statuses and approval in rule.approvals
        ),
        Answer.EITHER,
    )


OPERATIONS_BY_STATE: Mapping[tuple[str, str, str], Answer] = MappingProxyType(
    {
        (status, approval, operation): _answer(status, approval, operation)
        for status, approval, operation in product(CONTAINER_MOVES, sorted(APPROVAL_STATUSES), CONTAINER_OPERATIONS)
    }
)
"""What each (status, approvalStatus, operation) is answered with."""

POSSIBLE_STATES: Mapping[bool, frozenset[tuple[str, str]]] = MappingProxyType(
    {
        True: frozenset(product({"completed"}, APPROVAL_STATUSES - {"not_required"}))
        | frozenset(product(STATUSES - {"completed"}, APPROVAL_STATUSES)),
        False: frozenset(product(STATUSES, {"not_required"})),
    }
)
"""Which (status, approvalStatus) a container can show, by whether its project's policy requires review."""


def reachable(status: str, moves: Mapping[str, frozenset[str]] = CONTAINER_MOVES) -> frozenset[str]:
    """Return every status that a later read may show without a regeneration: itself, and all that follows, stages missed or not.

    A status that the table does not know reaches nothing but itself.
    """
    found, waiting = {status}, [status]
    while waiting:
        following = moves.get(waiting.pop(), frozenset()) - found
        found |= following
        waiting.extend(following)
    return frozenset(found)


def diagram() -> str:
    """Draw the life of a container, of a job and of an approval as one Mermaid `stateDiagram-v2`."""
    regenerations = [(status, "queued", Cause.REGENERATION.value) for status in sorted(TERMINAL)]
    approvals = [
        (move.old, move.new, f"{move.cause.value} ({'review' if move.review else 'no review'})")
        for move in APPROVAL_MOVES
    ]
    return "\n".join(
        [
            "stateDiagram-v2",
            *_machine("container", ["queued"], [*_arrows(CONTAINER_MOVES), *regenerations]),
            *_machine("job", ["running"], _arrows(JOB_MOVES)),
            *_machine("approval", ["not_required", "pending"], approvals),
            "",
        ]
    )


def _arrows(moves: Mapping[str, frozenset[str]]) -> list[tuple[str, str, str]]:
    return [(old, new, "") for old, following in moves.items() for new in sorted(following)]


def _machine(name: str, starts: list[str], arrows: list[tuple[str, str, str]]) -> list[str]:
    names = dict.fromkeys(state for old, new, _ in arrows for state in (old, new))
    return [
        f"    state {name} {{",
        # The parts of one diagram share their names, so each state is known by its part's name too.
        *(f'        state "{state}" as {name}_{state}' for state in names),
        *(f"        [*] --> {name}_{state}" for state in starts),
        *(f"        {name}_{old} --> {name}_{new}" + (f": {label}" if label else "") for old, new, label in arrows),
        "    }",
    ]


def is_terminal(status: object) -> bool:
    """Return whether a container's status, whatever an answer gave as it, is one that only a regeneration changes."""
    return isinstance(status, str) and status in TERMINAL
