"""Shards: every driver and every unit of the budget belongs to one of them, and a shard promises its own part."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import conformance, sentence
from hypothesis import given
from hypothesis import strategies as st

from conformance.client.budget import Limits
from conformance.exceptions import ConfigurationError
from conformance.run.planning.drivers import catalogue, promise_of
from conformance.run.planning.plan import budget_of, plan_run
from conformance.run.planning.price import Shard, split
from conformance.run.planning.profiles import PROFILES

ALL = [("gate", 1), ("gate", 2), ("certify", 2), ("certify", 3)]


def of(profile: str, count: int) -> list[Shard]:
    assert count <= len({driver.group for driver in catalogue() if driver.chosen(PROFILES[profile], ())})
    return [Shard(number, count) for number in range(1, count + 1)]


@pytest.mark.parametrize(("profile", "count"), ALL)
def test_the_shards_of_a_run_are_the_run(profile: str, count: int) -> None:
    chosen = [driver for driver in catalogue() if driver.chosen(PROFILES[profile], ())]
    dealt = [shard.drivers(chosen) for shard in of(profile, count)]
    assert sorted(driver.name for part in dealt for driver in part) == sorted(driver.name for driver in chosen)
    groups = [{driver.group for driver in part} for part in dealt]
    assert all(groups), "none is idle"
    assert sum(map(len, groups)) == len(set().union(*groups)), "those that share a stock stay together"


@pytest.mark.parametrize(("profile", "count"), ALL)
def test_the_budget_of_the_shards_is_that_of_the_run(profile: str, count: int) -> None:
    whole = budget_of(PROFILES[profile], None)
    plans = [plan_run(PROFILES[profile], shard=shard) for shard in of(profile, count)]
    assert sum(plan.budget.generations for plan in plans) == whole.generations
    assert sum(plan.budget.requests for plan in plans) == whole.requests
    assert {plan.budget.seconds for plan in plans} == {whole.seconds}, "they run side by side"
    assert all(plan.price <= plan.budget.generations for plan in plans), "each can pay for its drivers"


def test_a_small_budget_is_split_to_the_last_unit() -> None:
    chosen = [driver for driver in catalogue() if driver.chosen(PROFILES["certify"], ())]
    limits = [shard.limits(chosen, Limits(3, 17, 60)) for shard in of("certify", 3)]
    assert (sum(each.generations for each in limits), sum(each.requests for each in limits)) == (3, 17)


@given(st.integers(0, 10_000), st.lists(st.integers(1, 500), min_size=1, max_size=20))
def test_a_number_is_split_exactly_and_in_proportion(total: int, weights: list[int]) -> None:
    shares = split(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - total * weight / sum(weights)) < 1


def test_a_shard_promises_its_own_part() -> None:
    chosen = [driver for driver in catalogue() if driver.chosen(PROFILES["gate"], ())]
    names = {driver.name for driver in chosen}
    whole = promise_of(names, set())
    promises = []
    for shard in of("gate", 2):
        mine = {driver.name for driver in shard.drivers(chosen)}
        promised = promise_of(mine, set(), names - mine)
        assert promised, "a shard that promises nothing could not end well"
        assert all(set(drivers) <= mine for drivers in promised.values())
        promises.append(set(promised))
    assert set().union(*promises) <= set(whole)
    groups: dict[str, set[str]] = {}
    for driver in chosen:
        for requirement in driver.requirements:
            groups.setdefault(requirement, set()).add(driver.group)
    first = {driver.requirements[0] for driver in chosen}
    spread = {requirement for requirement, among in groups.items() if len(among) > 1} - first
    assert spread, "some are provoked by drivers of several groups, and are the purpose of none"
    assert spread <= set(whole)
    assert not any(spread & promised for promised in promises)


@pytest.mark.parametrize("text", ["0/5", "6/5", "2", "2/0", "a/b", "-1/5", "2/5/7", " 1/2"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"There is no shard '.*'; give the number of a shard and how many there are, such as --shard 2/5\.",
    ):
        Shard.parse(text)


def test_more_shards_than_parts_are_refused_in_one_sentence(tmp_path: Path) -> None:
    done = conformance("run", "--sandbox", "--profile", "gate", "--shard", "4/5", cwd=tmp_path)
    assert done.returncode == 2
    assert sentence(done) == (
        "The drivers of this run fall into 2 groups that cannot be divided, so that nothing is left for some of 5 shards; "
        "give --shard N/2 at most."
    )
    assert not (tmp_path / "reports").exists()
