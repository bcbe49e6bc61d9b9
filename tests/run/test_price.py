"""What a plan tells of generations is a bound: no run passes it, none needs more, and it is no more than what a run can come to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from inside import Job, runs

from conformance.client.budget import Limits
from conformance.contract.document import load
from conformance.run.planning.drivers import Driver, catalogue
from conformance.run.planning.plan import Plan, plan_run
from conformance.run.planning.price import SHARED, bill
from conformance.run.planning.profiles import PROFILES
from conformance.run.process import RunSpec
from conformance.run.settings.loading import load as load_target
from sandbox.variants import all_variants

MOST = ("generations-instant", "create-filled-in", "unknown-members-ignored")
"""The variants that together make every generation count: nothing is in flight that a call could be refused for, and bodies pass."""
SAMPLE = ("CRE-5", "LIF-11", "APR-7", "IDM-12")
NEVER_IN_FLIGHT = {"LIF-3", "LIF-10", "LIF-11", "LIF-12"}


def selections(profile: str) -> dict[str, Plan]:
    """Return the plan of each requirement and family alone, but one of those that choose the same drivers."""
    contract, found = load(), dict[tuple[str, ...], tuple[str, Plan]]()
    for name in (*contract.requirements, *contract.families):
        plan = plan_run(PROFILES[profile], (name,))
        if plan.drivers:
            found.setdefault(tuple(driver.name for driver in plan.drivers), (name, plan))
    return dict(found.values())


def compared(jobs: Iterable[Job]) -> list[tuple[Job, int]]:
    """Make runs that may not be ended by their budget, and return each with what is left of its bound."""
    left = []
    for ran in runs(jobs):
        only = tuple(filter(None, ran.get("only", "").split(",")))
        bound = plan_run(PROFILES[ran["profile"]], only).generations
        assert ran["stopped"] is None, ran
        assert ran["failed"] == [], ran
        left.append((ran, bound - ran["generations"]))
    return left


def job(profile: str, only: str = "", changes: Iterable[str] = (), **more: object) -> Job:
    return {"profile": profile, "only": only, "changes": list(changes)} | more


@pytest.mark.matrix
def test_a_sample_of_narrow_runs_spends_exactly_its_bound_where_every_generation_counts() -> None:
    spending = compared(job("gate", only, MOST) for only in (*SAMPLE, ""))
    assert {ran["only"]: left for ran, left in spending} == dict.fromkeys((*SAMPLE, ""), 0)


@pytest.mark.exhaustive
@pytest.mark.parametrize("part", range(2))
@pytest.mark.parametrize("changes", [(), MOST], ids=["sandbox", "most"])
def test_every_requirement_and_family_alone_stays_within_its_bound(changes: tuple[str, ...], part: int) -> None:
    for ran, left in compared(job("gate", only, changes) for only in [*selections("gate")][part::2]):
        assert 0 <= left <= (0 if changes else 3), ran
        assert ran["status"] == 0 or {ran["only"]} & NEVER_IN_FLIGHT, ran


@pytest.mark.exhaustive
def test_narrow_runs_of_certify_stay_within_their_bounds() -> None:
    for ran, left in compared(job("certify", only, MOST) for only in selections("certify")):
        assert left >= 0, ran


@pytest.mark.exhaustive
@pytest.mark.parametrize("part", range(8))
def test_no_variant_makes_the_gate_spend_more(part: int) -> None:
    for ran, left in compared(job("gate", changes=[name]) for name in [*all_variants()][part::8]):
        assert 0 <= left <= 5, ran


def test_the_bound_of_a_whole_profile_fits_into_its_budget_on_one_worker_and_on_two() -> None:
    for name, profile in PROFILES.items():
        for workers in (1, 2):
            assert plan_run(profile, workers=workers).price <= profile.generations, name


def test_what_a_mark_names_is_shared() -> None:
    for driver in catalogue():
        instead = {each for each in driver.without.values() if isinstance(each, str)}
        assert {*driver.takes, *driver.leaves, *driver.spoils, *instead} <= set(SHARED), driver.name
        assert driver.fills <= driver.generations, driver.name
    for name, shared in SHARED.items():
        assert {*shared.takes, *shared.leaves} <= set(SHARED) - {name}


def costing(name: str, **more: object) -> Driver:
    return Driver(name, ("CRE-1",), "gate", **more)  # type: ignore[arg-type]  # any field


def test_what_drivers_share_is_paid_once_by_the_first_that_takes_it() -> None:
    drivers = (costing("a", takes=("twins",), generations=1), costing("b", takes=("first", "slideshow_remix")))
    assert bill(drivers).of == {"a": 4, "b": 1}
    assert bill(drivers[::-1]).of == {"b": 2, "a": 3}


def test_workers_share_nothing() -> None:
    drivers = (costing("a", takes=("first",)), costing("b", takes=("first",), group="fuzz"))
    assert bill(drivers).of == {"a": 1, "b": 0}
    assert bill(drivers, workers=2).of == {"a": 1, "b": 1}


def test_what_a_driver_spoils_costs_the_next_one_a_generation_and_what_it_leaves_none() -> None:
    decides = costing("decides", takes=("across",), spoils=("undecided",))
    renews = costing("renews", takes=("across",), leaves=("undecided",), generations=1)
    needs = costing("needs", takes=("undecided",))
    # The container of both projects takes the create of the first one.
    assert bill((decides, needs)).of == {"decides": 2, "needs": 1}
    assert bill((decides, renews, needs)).of == {"decides": 2, "renews": 1, "needs": 0}
    assert bill((needs,)).of == {"needs": 2}


def test_what_nothing_can_make_costs_nothing_and_what_replaces_it_does() -> None:
    drivers = (costing("a", takes=("failed", "odd")), costing("b", needs=("failing_brief",), generations=9))
    assert bill(drivers, {"failing_brief"}).of == {"a": 1}
    assert bill((costing("c", without={"review_project": 2}),), {"review_project"}).of == {"c": 2}
    instead = costing("c", takes=("approved",), without={"review_project": "slideshow_remix"})
    assert bill((instead,)).shared == ("approved",)
    assert bill((instead,), {"review_project"}).shared == ("slideshow_remix",)


def test_a_project_is_filled_up_to_a_number_by_all_who_fill_it() -> None:
    drivers = (costing("some", generations=10, fills=8), costing("crowd", up_to=20))
    assert bill(drivers).total == 10 + 12


def test_a_crowd_is_paid_for_only_where_it_is_asked_for() -> None:
    drivers = (costing("some", generations=10, fills=8), costing("crowd", up_to=9, crowd=20))
    without, with_it = bill(drivers), bill(drivers, with_crowd=True)
    assert (without.total, without.crowd) == (10 + 1, False)
    assert (with_it.total, with_it.crowd) == (10 + 12, True)
    assert not bill(drivers[:1], with_crowd=True).crowd


def settings(folder: Path, generations: int) -> Path:
    path = folder / "conformance.toml"
    path.write_text(
        f'[target]\nbase_url = "http://target.test"\nproject_id = "p"\n[budget]\ngenerations = {generations}\n'
    )
    return path


@pytest.mark.matrix
def test_a_whole_certification_of_the_sandbox_costs_no_more_than_200_generations() -> None:
    (ran,) = runs([job("certify")])
    assert ran["status"] == 0
    assert ran["generations"] <= PROFILES["certify"].generations == 200
    assert ran["failed"] == []


@pytest.mark.matrix
def test_a_crowd_is_made_where_it_is_needed_and_affordable() -> None:
    own = {"CONFORMANCE_BUDGET__GENERATIONS": "230"}
    small, refusing, large, bought, missed, found = runs(
        [
            job("certify", "LST-11"),
            job("certify", "LST-11", ["large-limit-refused"]),
            job("certify", "LST-11", containers=201),
            job("certify", "LST-11", variables=own),
            job("certify", "LST-11", ["limit-without-a-cap"]),
            job("certify", "LST-11", ["limit-without-a-cap"], variables=own),
        ]
    )
    assert [each["generations"] for each in (small, refusing, large, bought)] == [26, 26, 1, 201]
    assert [each["failed"] for each in (small, refusing, large, bought, missed, found)] == [*[[]] * 5, ["LST-11"]]
    assert [len(each["warnings"]) for each in (small, refusing, large, bought, missed, found)] == [1, 0, 0, 0, 1, 0]
    assert "--generations 210 pays for them" in small["warnings"][0]


def certification(folder: Path, generations: int) -> Plan:
    """Return the plan of a certify on a target with a budget of its own."""
    return plan_run(PROFILES["certify"], target=load_target(settings(folder, generations), needs_key=False))


def test_a_budget_of_the_users_own_buys_a_crowd_where_it_leaves_room(tmp_path: Path) -> None:
    least = certification(tmp_path, 1_000).for_crowd
    assert least is not None
    bought = {given: certification(tmp_path, given) for given in (least - 1, least, 1_000)}
    assert {given: plan.bill.crowd for given, plan in bought.items()} == {least - 1: False, least: True, 1_000: True}
    assert bought[least].price <= least
    assert bought[least].price > bought[least - 1].price + 100


def test_nobody_pays_for_a_crowd_unasked() -> None:
    assert not plan_run(PROFILES["certify"]).bill.crowd
    assert not plan_run(PROFILES["certify"], ("LST-11",)).bill.crowd
    assert plan_run(PROFILES["gate"]).for_crowd is None, "no driver of gate could use one"


@pytest.mark.parametrize(("budget", "limit"), [(25, 1), (0, 0)])
def test_the_session_gets_the_plan_as_its_limit_where_the_budget_is_no_less(
    budget: int, limit: int, tmp_path: Path
) -> None:
    target = load_target(settings(tmp_path, budget), needs_key=False)
    spec = RunSpec(target, PROFILES["gate"], tmp_path, "r", only=("CRE-2",))
    assert spec.limits == Limits(limit, 4000, 900)


def test_a_run_that_one_failure_ends_is_priced_in_its_own_order() -> None:
    plan = plan_run(PROFILES["gate"], stop_on=("APR-3",))
    assert plan.drivers[0].name == "test_review::test_a_reject_of_what_is_pending"
    assert plan.price == plan_run(PROFILES["gate"]).price + 1, "its container is made before another driver makes one"


@pytest.mark.parametrize("stop_on", ["IDM-11", "IDM-12"])
def test_a_run_that_one_failure_ends_moves_the_clock_no_earlier(stop_on: str) -> None:
    drivers = plan_run(PROFILES["gate"], stop_on=(stop_on,)).drivers
    clock = next(index for index, driver in enumerate(drivers) if "clock" in driver.needs)
    assert all(driver.alone for driver in drivers[clock:])


def test_a_target_that_starts_what_it_should_not_is_not_conformant_within_a_narrow_plan() -> None:
    wrong, unreached = runs(
        [job("smoke", "CRE-9", ["unknown-format-becomes-auto"]), job("gate", "CLO-1", lacking=["source_post_id"])]
    )
    assert wrong["status"] == 1
    assert "CRE-9" in wrong["failed"]
    assert (unreached["generations"], unreached["stopped"]) == (0, None)
