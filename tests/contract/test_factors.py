"""The table of factors: what goes together, what it needs, and what it costs."""

from __future__ import annotations

import pytest

from conformance.contract.document import load
from conformance.contract.factors import APPLIES, FACTORS, NEEDS, OPERATION, PRICES, RULES, TRIPLES, Reach, reach

FREE, PRICED, IMPOSSIBLE = Reach.FREE, Reach.PRICED, Reach.IMPOSSIBLE


def pair(**values: str) -> tuple[tuple[str, str], ...]:
    return tuple((factor, values[factor]) for factor in FACTORS if factor in values)


def test_the_table_names_every_operation_and_no_value_that_it_has_not() -> None:
    assert set(APPLIES) == set(FACTORS[OPERATION]) == set(load().operations)
    given = [*APPLIES.values(), *(side for rule in RULES for side in (rule.when, rule.then)), *PRICES]
    for each in given:
        for factor, values in each.items():
            assert set(values) <= set(FACTORS[factor]), (factor, values)
    assert all(value in FACTORS[factor] for factor, value in NEEDS)
    assert {name for triple in TRIPLES for name in triple} <= set(FACTORS)


@pytest.mark.parametrize(
    ("combination", "missing", "expected"),
    [
        (pair(operation="getContent", caller="another organization"), (), FREE),
        (pair(operation="createContent", body="sound"), (), FREE),  # as a replay
        (pair(operation="createContent", key="fresh"), (), FREE),  # with a broken body
        (pair(operation="createContent", key="fresh", body="sound"), (), FREE),  # by a caller without a right
        (pair(status="in flight", caller="no API key"), (), PRICED),
        (pair(operation="archiveProject", caller="its organization"), (), PRICED),
        (pair(status="failed", caller="no API key"), {"failing_brief"}, IMPOSSIBLE),
        (pair(project="review", approval="pending"), {"review_project"}, IMPOSSIBLE),
        (pair(status="completed", approval="approved"), {"review_project"}, IMPOSSIBLE),
        (pair(operation="cloneFromPost", key="fresh"), {"source_post"}, IMPOSSIBLE),
    ],
)
def test_a_combination_is_free_costs_a_generation_or_is_impossible(
    combination: tuple[tuple[str, str], ...], missing: set[str], expected: Reach
) -> None:
    assert reach(frozenset(missing))[combination] is expected


@pytest.mark.parametrize(
    "combination",
    [
        pair(project="plain", approval="pending"),
        pair(operation="getJob", key="fresh"),
        pair(operation="createContent", status="completed"),
        pair(key="none", body="changed"),
        pair(project="review", approval="not_required", status="completed"),
    ],
)
def test_what_nothing_can_be_is_no_combination(combination: tuple[tuple[str, str], ...]) -> None:
    assert combination not in reach()


def test_every_combination_is_one_of_the_same_table_whatever_a_target_lacks() -> None:
    whole, bare = reach(), reach(frozenset(NEEDS.values()))
    assert set(whole) == set(bare)
    assert IMPOSSIBLE not in whole.values()
    assert all(how is not FREE or whole[each] is FREE for each, how in bare.items())
