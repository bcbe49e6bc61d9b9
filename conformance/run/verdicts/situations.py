"""How much of the table of factors a run met: what was in its reach, at which price, and what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from conformance.checks.judge import Judge
from conformance.contract.factors import NEEDS, Combination, Reach, reach
from conformance.contract.lifecycle import is_terminal
from conformance.history.situations import kind_of, origin_of
from conformance.reporting.situations import SHOWN, Met, Situations
from conformance.run.settings.target import SETTING_OF_NEED, Target

PAIR = 2
Standing = tuple[str, ...]
"""Project, status, approval and origin of a container, as the table of factors names them."""
OTHER_PROJECT = "other_project"
"""A need of situations that no requirement has."""
_SETTINGS = {**SETTING_OF_NEED, OTHER_PROJECT: "target.other_project_id"}


def missing_needs(
    configured: Collection[str], target: Mapping[str, Any], capabilities: Mapping[str, bool]
) -> frozenset[str]:
    """Return the needs of situations that a target does not meet; `target` holds that section of its configuration."""
    given = {*configured, *([OTHER_PROJECT] if target.get("other_project_id") else [])}
    lacking = {name for name, has in capabilities.items() if not has}
    return frozenset(need for need in NEEDS.values() if need in lacking or (need in _SETTINGS and need not in given))


def expectation(missing: frozenset[str]) -> str:
    """Return in a sentence what a run can meet."""
    within = situations_met((), missing)
    lacking = sum(within.impossible.values())
    out = f", {lacking:,} pairs and triples are out of reach" if lacking else ""
    return f"{within.pairs.of:,} pairs of factors are possible at no price{out}"


def standing_of(judge: Judge, container_id: str) -> Standing | None:
    """Return how a container stands as far as it was read, None where it is in flight or unknown."""
    container = judge.ledger.containers.get(container_id)
    if container is None or container.read is None or container.latest is None or container.project_id is None:
        return None
    facts, shown = judge.ledger.facts, container.read.fields
    known = {facts.project_id, facts.review_project_id, facts.other_project_id}
    status, approval = shown.get("status"), shown.get("approvalStatus")
    if container.project_id not in known or not is_terminal(status) or not isinstance(approval, str):
        return None
    return (kind_of(container.project_id, facts), str(status), approval, origin_of(container.latest))


def missing_of(target: Target | None, capabilities: Mapping[str, bool] | None = None) -> frozenset[str]:
    """Return the needs of situations that a target does not meet; one that is not given meets all."""
    if target is None:
        return frozenset()
    section = {"other_project_id": target.target.other_project_id}
    return missing_needs(target.configured(), section, capabilities or {})


def situations_met(covered: Collection[Combination], missing: frozenset[str] = frozenset()) -> Situations:
    """Return the figures of a run that met some combinations, on a target that lacks some needs."""
    within = reach(missing)
    count: Counter[tuple[Reach, bool]] = Counter((how, len(each) == PAIR) for each, how in within.items())
    met = Counter((within[each], len(each) == PAIR) for each in covered if each in within)
    left = [each for each, how in within.items() if how is Reach.FREE and len(each) == PAIR and each not in covered]
    return Situations(
        pairs=Met(count=met[Reach.FREE, True], of=count[Reach.FREE, True]),
        triples=Met(count=met[Reach.FREE, False], of=count[Reach.FREE, False]),
        priced=Met(
            count=met[Reach.PRICED, True] + met[Reach.PRICED, False],
            of=count[Reach.PRICED, True] + count[Reach.PRICED, False],
        ),
        impossible=_impossible(within, missing),
        left=[name_of(each) for each in left[:SHOWN]],
        more=len(left[SHOWN:]),
    )


def name_of(combination: Combination) -> str:
    """Return a combination in words."""
    return ", ".join(f"{factor}: {value}" for factor, value in combination)


def _impossible(within: Mapping[Combination, Reach], missing: frozenset[str]) -> dict[str, int]:
    """Return how many combinations are impossible, by the setting or capability that is missing first."""
    found: Counter[str] = Counter()
    for combination, how in within.items():
        if how is Reach.IMPOSSIBLE:
            lacks = (NEEDS[each] for each in combination if NEEDS.get(each) in missing)
            need = next(lacks, "what goes with it")
            found[_SETTINGS.get(need, need)] += 1
    return dict(sorted(found.items()))
