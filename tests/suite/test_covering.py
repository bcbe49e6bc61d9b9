"""Covering arrays: every pair that the containers allow, at no price, and nothing that was met before."""

from __future__ import annotations

import pytest

from conformance.contract.factors import (
    APPLIES,
    KEY,
    NEEDS,
    OPERATION,
    Combination,
    Reach,
    combinations_in,
    is_possible,
    price_of,
    reach,
)
from conformance.suite.situations import STANDING, Covering, Standing

PLAIN: Standing = ("plain", "completed", "not_required", "created")
STANDINGS = frozenset(
    {
        PLAIN,
        ("plain", "completed", "not_required", "regenerated"),
        ("plain", "canceled", "not_required", "created"),
        ("review", "completed", "approved", "regenerated"),
        ("review", "completed", "pending", "created"),
    }
)
REPLAYED = frozenset(
    {("createContent", PLAIN), ("regenerateContent", ("plain", "completed", "not_required", "regenerated"))}
)


def covered(situations: list[Combination], size: int = 2) -> set[Combination]:
    return {each for situation in situations for each in combinations_in(situation) if len(each) == size}


@pytest.fixture(scope="module")
def pairs() -> list[Combination]:
    return list(Covering(STANDINGS, REPLAYED).situations())


def test_every_situation_is_whole_possible_and_free(pairs: list[Combination]) -> None:
    for situation in pairs:
        given = dict(situation)
        assert set(given) == {OPERATION, *APPLIES[given[OPERATION]]}
        assert is_possible(given)
        assert price_of(given) == 0


def test_calls_are_made_on_what_stands_and_sent_again_where_they_were_made(pairs: list[Combination]) -> None:
    for situation in pairs:
        given = dict(situation)
        stands = tuple(given[name] for name in STANDING if name in given)
        assert any(each[: len(stands)] == stands for each in STANDINGS)
        if given.get(KEY) == "same call":
            made = (each for operation, each in REPLAYED if operation == given[OPERATION])
            assert any(each[: len(stands)] == stands for each in made)
        assert given[OPERATION] != "archiveProject"


def test_pairs_of_what_stands_are_covered_in_far_fewer_situations_than_there_are_pairs(
    pairs: list[Combination],
) -> None:
    found = covered(pairs)
    here = {value for each in STANDINGS for value in zip(STANDING, each, strict=True)}
    for values in ({"operation": "regenerateContent", "key": "refused"}, {"key": "fresh", "body": "broken"}):
        assert tuple(values.items()) in found
    for name, value in sorted(here):
        assert any((name, value) in each for each in found), (name, value)
    free = [each for each, how in reach().items() if how is Reach.FREE and len(each) == 2]
    assert len(found) > 0.8 * len(free)
    assert len(pairs) < len(found) / 6


def test_what_was_met_is_not_met_again(pairs: list[Combination]) -> None:
    met = covered(pairs[: len(pairs) // 2])
    left = list(Covering(STANDINGS, REPLAYED, met=met).situations())
    assert len(left) < len(pairs)
    assert all(set(combinations_in(each)) - met for each in left)
    everything = covered(pairs)
    assert list(Covering(STANDINGS, REPLAYED, met=everything).situations()) == []


def test_triples_of_the_contract_are_covered_where_they_are_asked_for() -> None:
    situations = list(Covering(STANDINGS, REPLAYED, triples=True).situations())
    triple = (("operation", "createContent"), ("key", "same call"), ("body", "changed"))
    assert triple in covered(situations, 3)
    assert len(covered(situations, 3)) > len(covered(list(Covering(STANDINGS, REPLAYED).situations()), 3))


def test_what_a_target_lacks_is_left_out() -> None:
    missing = frozenset({"other_key", "source_post", "approve"})
    plain = frozenset({PLAIN})
    for situation in Covering(plain, frozenset(), missing).situations():
        assert not any(NEEDS.get(each) in missing for each in situation)


def test_nothing_is_planned_where_nothing_stands() -> None:
    assert list(Covering(frozenset(), frozenset()).situations()) == []
