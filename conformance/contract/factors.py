"""What makes the situation of a call, as a table: factors and their values, what goes together, what a situation needs and what it costs.

Drivers plan situations from it, the history tells which of them were met, and a report shows what is left. A situation gives each factor that
applies to its operation one value; a combination is a part of a situation, such as a pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import combinations, product
from types import MappingProxyType

OPERATION, PROJECT, STATUS, APPROVAL, ORIGIN = "operation", "project", "status", "approval", "origin"
KEY, BODY, CALLER, COMPANY, TEXT, AFTERWARDS = "key", "body", "caller", "company", "text", "afterwards"

ITS_OWN, ANOTHER, NO_KEY, WRONG_KEY = "its organization", "another organization", "no API key", "wrong API key"
CREATE, LIST, ARCHIVE = "createContent", "listContent", "archiveProject"
REGENERATE, CLONE, REJECT, APPROVE, CANCEL = (
    *("regenerateContent", "cloneFromPost", "rejectContent", "approveContent"),
    "cancelJob",
)
READS_OF_ONE = ("getContent", "getContentProgress", "getAsset", "getJob")

FACTORS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        OPERATION: (*READS_OF_ONE, LIST, CREATE, REGENERATE, CLONE, REJECT, APPROVE, CANCEL, ARCHIVE),
        # Whose project it is, and whether its policy requires review.
        PROJECT: ("plain", "review", "foreign"),
        STATUS: ("in flight", "completed", "failed", "canceled"),
        APPROVAL: ("not_required", "pending", "approved", "rejected"),
        # What began the container's latest generation.
        ORIGIN: ("created", "cloned", "regenerated"),
        # What the Idempotency-Key was used for before; `refused`: for calls that were refused alone.
        KEY: (
            *("none", "fresh", "refused", "same call", "other operation", "other place"),
            "other organization",
        ),
        # `in other words` and `changed` compare with the call that the key was used for.
        BODY: ("none", "sound", "in other words", "changed", "broken", "no JSON"),
        CALLER: (ITS_OWN, ANOTHER, NO_KEY, WRONG_KEY),
        # What goes on meanwhile: nothing, another write, generations of other containers, four of them, a walk through the list.
        COMPANY: ("alone", "at once", "generations", "four generations", "a walk"),
        # The hook or the reason that is sent.
        TEXT: ("plain", "beyond ASCII", "blanks", "long", "empty"),
        # What is looked at when the call was answered, before another write names the same.
        AFTERWARDS: ("container", "job", "progress", "list", "filtered list", "replay", "foreign view"),
    }
)
"""Every factor and its values."""

_ON_ONE = {name: FACTORS[name] for name in (PROJECT, STATUS, APPROVAL, ORIGIN, CALLER)}
_WRITE = {COMPANY: FACTORS[COMPANY], AFTERWARDS: FACTORS[AFTERWARDS]}
_KEYED = {KEY: FACTORS[KEY], BODY: FACTORS[BODY]}
_DECIDED = {AFTERWARDS: tuple(name for name in FACTORS[AFTERWARDS] if name != "replay")}
APPLIES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        **dict.fromkeys(READS_OF_ONE, _ON_ONE),
        LIST: {PROJECT: FACTORS[PROJECT], CALLER: FACTORS[CALLER]},
        CREATE: {PROJECT: FACTORS[PROJECT], CALLER: FACTORS[CALLER], **_KEYED, **_WRITE, TEXT: FACTORS[TEXT]},
        REGENERATE: {**_ON_ONE, **_KEYED, **_WRITE, TEXT: FACTORS[TEXT]},
        CLONE: {**_ON_ONE, **_KEYED, **_WRITE},
        # Whether a decision takes a key is open (open reading 15).
        REJECT: {
            **_ON_ONE,
            **_WRITE,
            **_DECIDED,
            KEY: ("none", "fresh", "other operation"),
            BODY: ("none", "sound", "broken", "no JSON"),
            TEXT: FACTORS[TEXT],
        },
        APPROVE: {**_ON_ONE, **_WRITE, **_DECIDED},
        CANCEL: {**_ON_ONE, **_WRITE, **_DECIDED},
        ARCHIVE: {PROJECT: ("plain",), CALLER: FACTORS[CALLER], AFTERWARDS: ("list", "filtered list")},
    }
)
"""The factors of each operation, and which of their values."""

Values = Mapping[str, frozenset[str]]
Combination = tuple[tuple[str, str], ...]
"""Some factors with a value each, in the order of the table."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Where all of `when` holds, `then` has to."""

    when: Values
    then: Values


def _values(**values: str | tuple[str, ...]) -> Values:
    return {name: frozenset((value,) if isinstance(value, str) else value) for name, value in values.items()}


_NOT_COMPLETED = ("in flight", "failed", "canceled")
RULES: tuple[Rule, ...] = (
    Rule(_values(project=("plain", "foreign")), _values(approval="not_required")),
    Rule(_values(project="review", status="completed"), _values(approval=("pending", "approved", "rejected"))),
    # Only what has completed is decided on, so that another generation has begun since.
    Rule(_values(status=_NOT_COMPLETED, approval=("approved", "rejected")), _values(origin="regenerated")),
    Rule(_values(body=("in other words", "changed")), _values(key="same call")),
    Rule(_values(key="other organization"), _values(caller=(ITS_OWN, ANOTHER))),
    # Nothing of another organization's calls here is accepted.
    Rule(_values(key="same call"), _values(caller=(ITS_OWN, NO_KEY, WRONG_KEY))),
    Rule(_values(body=("none", "no JSON")), _values(text=("plain",))),
    # What nobody may have made has no container to look at.
    Rule(
        _values(operation=CREATE, afterwards=("container", "job", "progress", "foreign view")),
        _values(caller=ITS_OWN, body=("sound", "in other words")),
    ),
    Rule(_values(afterwards="replay"), _values(key=tuple(name for name in FACTORS[KEY] if name != "none"))),
)
"""What cannot be otherwise."""

_NEW = ("none", "fresh", "refused", "other operation", "other place", "other organization")
PRICES: tuple[Values, ...] = (
    _values(operation=CREATE, caller=ITS_OWN, body=("none", "sound"), key=_NEW),
    _values(operation=(REGENERATE, CLONE), caller=ITS_OWN, body=("none", "sound"), key=_NEW),
    _values(operation=(APPROVE, REJECT), caller=ITS_OWN, status="completed", approval="pending", body="sound"),
    _values(operation=APPROVE, caller=ITS_OWN, status="completed", approval="pending"),
    _values(operation=ARCHIVE, caller=ITS_OWN),
    _values(status="in flight"),
    _values(company=("generations", "four generations")),
    # Containers that nobody needs for anything else: they would have to be made for this.
    _values(project=("review", "foreign"), status=("failed", "canceled")),
    _values(project=("review", "foreign"), origin="cloned"),
    _values(project="foreign", origin="regenerated"),
    _values(origin="cloned", status=("failed", "canceled")),
    # Whether a target shows `pending` before completion is open (open reading 20), and what was decided has to be made anew.
    _values(status=_NOT_COMPLETED, approval=("pending", "approved", "rejected")),
)
"""What costs a generation: one that the call begins, one that has to be under way, or one that makes anew what the call uses up."""

NEEDS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        (PROJECT, "review"): "review_project",
        (PROJECT, "foreign"): "other_project",
        (CALLER, ANOTHER): "other_key",
        (KEY, "other organization"): "other_key",
        (AFTERWARDS, "foreign view"): "other_key",
        (STATUS, "failed"): "failing_brief",
        (OPERATION, CLONE): "source_post",
        (ORIGIN, "cloned"): "source_post",
        (OPERATION, ARCHIVE): "archive_project",
        (OPERATION, APPROVE): "approve",
        (APPROVAL, "approved"): "approve",
        (OPERATION, CANCEL): "cancel",
        (STATUS, "canceled"): "cancel",
    }
)
"""The setting or the optional capability without which a value is impossible."""

TRIPLES: tuple[tuple[str, str, str], ...] = (
    (OPERATION, KEY, BODY),  # IDM-1, IDM-3, IDM-10, IDM-11
    (OPERATION, STATUS, APPROVAL),  # the tables of the lifecycle; APR-9
    (OPERATION, STATUS, CALLER),  # AUT-1, AUT-3, AUT-4
    (OPERATION, BODY, AFTERWARDS),  # CRE-10, REG-6, REJ-2, REJ-3
)
"""The factors of which the contract names three together: in which state who calls what, and how keys and bodies meet."""


class Reach(StrEnum):
    """Whether a combination can be met on a target: at no price once containers stand, for a generation, or not at all."""

    FREE = "free"
    PRICED = "priced"
    IMPOSSIBLE = "impossible"


def is_possible(situation: Mapping[str, str]) -> bool:
    """Return whether no rule forbids a situation, or what is given of one."""
    applies = APPLIES.get(situation.get(OPERATION, ""))
    if applies is not None and any(
        value not in applies.get(factor, ()) for factor, value in situation.items() if factor != OPERATION
    ):
        return False
    return not any(_breaks(situation, rule) for rule in RULES)


def price_of(situation: Mapping[str, str]) -> int:
    """Return how many generations a situation costs at least."""
    return sum(_holds(situation, price) for price in PRICES)


def _holds(situation: Mapping[str, str], values: Values) -> bool:
    return all(situation.get(factor) in allowed for factor, allowed in values.items())


def _breaks(situation: Mapping[str, str], rule: Rule) -> bool:
    return _holds(situation, rule.when) and any(
        factor in situation and situation[factor] not in allowed for factor, allowed in rule.then.items()
    )


_RULES_OF = {name: tuple(rule for rule in RULES if name in {**rule.when, **rule.then}) for name in FACTORS}
_PRICES_OF = {name: tuple(price for price in PRICES if name in price) for name in FACTORS}


def can_be_met(
    situation: dict[str, str],
    missing: frozenset[str],
    *,
    free: bool,
    allows: Callable[[Mapping[str, str]], bool] = lambda _: True,
) -> bool:
    """Return whether what is given can be completed to a whole situation that a target has, at no price if `free`.

    `allows` is asked of each part of a situation on the way. The situation is handed back as it was.
    """
    operation = situation.get(OPERATION)
    names = FACTORS if operation is None else APPLIES[operation]
    factor = next((name for name in names if name not in situation), None)
    if factor is None:
        return True
    for value in FACTORS[OPERATION] if operation is None else APPLIES[operation][factor]:
        if NEEDS.get((factor, value)) in missing:
            continue
        situation[factor] = value
        found = (
            may_go_on(situation, factor, free=free)
            and allows(situation)
            and can_be_met(situation, missing, free=free, allows=allows)
        )
        del situation[factor]
        if found:
            return True
    return False


def may_go_on(situation: dict[str, str], latest: str, *, free: bool) -> bool:
    """Return whether the latest value goes with those before it."""
    if latest == OPERATION and not is_possible(situation):
        return False
    if any(_breaks(situation, rule) for rule in _RULES_OF[latest]):
        return False
    return not free or not any(_holds(situation, price) for price in _PRICES_OF[latest])


@lru_cache(maxsize=8)
def reach(missing: frozenset[str] = frozenset()) -> Mapping[Combination, Reach]:
    """Return every pair, and every triple that the contract names, with whether a target that lacks the `missing` needs can meet it.

    What no target can meet is left out.
    """
    found: dict[Combination, Reach] = {}
    for combination in _combinations():
        part = dict(combination)
        if not is_possible(part):
            continue
        lacks = any(NEEDS.get(pair) in missing for pair in combination)
        if not lacks and not price_of(part) and can_be_met(part, missing, free=True):
            found[combination] = Reach.FREE
        elif not lacks and can_be_met(part, missing, free=False):
            found[combination] = Reach.PRICED
        elif can_be_met(part, frozenset(), free=False):
            found[combination] = Reach.IMPOSSIBLE
    return MappingProxyType(found)


def _combinations() -> Iterator[Combination]:
    for factors in (*combinations(FACTORS, 2), *TRIPLES):
        for values in product(*(FACTORS[name] for name in factors)):
            yield tuple(zip(factors, values, strict=True))


def combinations_in(situation: Combination) -> Iterator[Combination]:
    """Yield the pairs of a situation, and the triples that the contract names."""
    yield from combinations(situation, 2)
    part = dict(situation)
    for factors in TRIPLES:
        if all(name in part for name in factors):
            yield tuple((name, part[name]) for name in factors)


def in_order(part: Mapping[str, str]) -> Combination:
    """Return factors and their values in the order of the table."""
    return tuple((factor, part[factor]) for factor in FACTORS if factor in part)
