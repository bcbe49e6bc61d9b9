"""Whole runs: what they promise, what they cost, and how they end where something goes wrong."""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest
from inside import Job, runs
from whole_runs import SUITE, Ran, backend, on_path, run, run_against, text_of

from conformance.cli.saved import read_record
from conformance.client.exchange import judging_order
from conformance.contract.document import load
from conformance.replay.dependencies import Dependencies
from conformance.run.conclude import concluded, judge_history
from conformance.run.planning.drivers import catalogue
from conformance.run.planning.plan import plan_run
from conformance.run.planning.profiles import PROFILES


def test_the_gate_ends_well_and_spends_its_price(gate: Ran) -> None:
    assert gate.status == 0, gate.out + gate.err
    assert gate.report["outcome"] == "conformant"
    price = plan_run(PROFILES["gate"]).price
    # Another target may accept the one regenerate in flight.
    assert gate.report["spent"]["generations"] == price - 1
    assert price <= 25


def test_the_gate_exercises_every_must_and_fails_none(gate: Ran) -> None:
    rows = gate.report["requirements"]
    assert {
        name: row["verdict"] for name, row in rows.items() if row["level"] == "MUST" and row["verdict"] != "passed"
    } == {}
    assert all(row["observations"] > 0 for row in rows.values() if row["verdict"] == "passed")
    assert [name for name, row in rows.items() if row["promised"] and row["verdict"] == "not exercised"] == []


def test_smoke_ends_well_and_spends_exactly_its_price(smoke: Ran) -> None:
    assert smoke.status == 0, smoke.out + smoke.err
    assert smoke.report["spent"]["generations"] == plan_run(PROFILES["smoke"]).price == 1
    assert Counter(smoke.verdicts.values())["passed"] >= 40
    rows = smoke.report["requirements"]
    assert [name for name, row in rows.items() if row["promised"] and row["verdict"] != "passed"] == []


def test_two_processes_come_to_the_verdicts_of_one(gate: Ran, gate_by_two: Ran) -> None:
    assert gate_by_two.status == 0, gate_by_two.out + gate_by_two.err
    assert gate_by_two.verdicts == gate.verdicts
    assert {exchange.id.partition("-")[0] for exchange in gate_by_two.history} == {"main", "gw0", "gw1"}


def test_a_run_leaves_its_reports_and_its_history_alone(gate_by_two: Ran) -> None:
    names = {path.name for path in gate_by_two.folder.iterdir()}
    reports = {"report.json", "report.md", "report.html", "junit.xml"}
    assert names - {"history.har"} == {"history.jsonl.gz", "run.json"} | reports


def test_two_processes_spend_one_budget_and_write_one_history(gate_by_two: Ran) -> None:
    spent = gate_by_two.report["spent"]
    price = plan_run(PROFILES["gate"], workers=2).price
    assert price - 3 <= spent["generations"] <= price, "the worker that fuzzes may need a container of its own"
    exchanges = gate_by_two.history
    assert len(exchanges) == spent["requests"]
    assert len({exchange.id for exchange in exchanges}) == len(exchanges)
    assert [judging_order(each) for each in exchanges] == sorted(judging_order(each) for each in exchanges)


def test_drivers_that_share_their_containers_run_on_one_worker(gate_by_two: Ran) -> None:
    workers: dict[str, set[str]] = {}
    for exchange in gate_by_two.history:
        module, _, name = exchange.driver.partition("::")
        if name:
            function = getattr(import_module(f"conformance.suite.{module}"), name)
            (group,) = [mark.args[0] for mark in function.pytestmark if mark.name == "xdist_group"]
            workers.setdefault(group, set()).add(exchange.id.partition("-")[0])
    assert {group: len(names) for group, names in workers.items()} == dict.fromkeys(workers, 1)
    assert {"tour", "hostile"} <= set(workers)


def test_the_key_that_the_document_shows_is_never_sent_since_an_earlier_run_may_have_used_it(gate: Ran) -> None:
    keys = Counter(exchange.request.header("idempotency-key") for exchange in gate.history)
    document = (Path(__file__).parents[2] / "openapi" / "layers.yaml").read_text(encoding="utf-8")
    assert "7c2f1a3e-0b4c-4a11-9f7e-33c0a2c1bd55" in document
    assert keys["7c2f1a3e-0b4c-4a11-9f7e-33c0a2c1bd55"] == 0
    assert len(keys) > 20


def test_every_driver_of_the_gate_has_sent_something(gate: Ran) -> None:
    sent = {exchange.driver for exchange in gate.history}
    chosen = {driver.name for driver in catalogue() if driver.chosen(PROFILES["gate"], ())}
    assert chosen - sent == set()
    assert "preflight" in sent


def test_no_key_is_in_anything_that_a_run_leaves(gate_by_two: Ran) -> None:
    for path in gate_by_two.folder.rglob("*"):
        if path.is_file():
            assert "lp_" not in text_of(path), path


def test_a_marker_selects_the_drivers_of_its_family(tmp_path: Path) -> None:
    ran = run_against(backend(), tmp_path, "-m", "idempotency", "--collect-only", command=SUITE)
    chosen = set(re.findall(r"(test_\w+)\.py::(test_\w+)", ran.out))
    wanted = {
        tuple(driver.name.split("::"))
        for driver in catalogue()
        if driver.chosen(PROFILES["gate"], ()) and any(name.startswith("IDM") for name in driver.requirements)
    }
    assert chosen == wanted, ran.out + ran.err


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """Return narrow runs by what they show."""
    jobs: dict[str, Job] = {
        "family": {"profile": "smoke", "only": "AST,JOB-8"},
        "requests": {"profile": "gate", "only": "LST,CRE", "variables": {"CONFORMANCE_BUDGET__REQUESTS": "60"}},
        "generations": {"profile": "smoke", "variables": {"CONFORMANCE_BUDGET__GENERATIONS": "0"}},
        "nothing": {"profile": "smoke", "only": "ERR-7"},
    }
    folders = {name: tmp_path_factory.mktemp(name) for name in jobs}
    ended = runs(job | {"folder": str(folders[name])} for name, job in jobs.items())
    return {name: Ran(job["status"], folders[name] / "report", "", "") for name, job in zip(jobs, ended, strict=True)}


def test_a_run_of_one_family_sends_and_promises_only_what_that_family_needs(narrow: dict[str, Ran]) -> None:
    ran = narrow["family"]
    assert ran.status == 0
    rows = ran.report["requirements"]
    assert {name for name, row in rows.items() if row["promised"]} == {*(f"AST-{n}" for n in (1, 2, 3, 4, 5)), "JOB-8"}
    assert "partial: --only AST,JOB-8; 0 failures in " in ran.report["scope"]["sentence"]
    drivers = {exchange.driver for exchange in ran.history}
    assert "test_life::test_assets_of_a_completed_container" in drivers
    assert not any(driver.startswith("test_listing") for driver in drivers)


CHECK = """
from conformance.checks import judge
from conformance.checks.errors import outages
from conformance.checks.base import Check, on
from conformance.history.facts import AssetRequest


class Breaks(Check):
    judges = ("ERR-2", "AST-1")

    @on(AssetRequest)
    def asked(self, fact):
        raise RuntimeError("no luck")


Breaks.__module__ = outages.__name__
outages.Breaks = Breaks
judge.check_classes.cache_clear()
"""
DRIVER = """
from conformance.run.calls.api import Api


def asset(self, *arguments, **more):
    raise RuntimeError("no luck")


Api.asset = asset
"""
DEFECT = """
from conformance.suite import stock


def again(call):
    from dataclasses import replace
    return replace(call, body=b'{"format": 7}', costs=0)


stock.again = again
"""


def broken(folder: Path, plugin: str, only: str) -> Ran:
    """Run smoke with a plugin that breaks the harness."""
    folder.joinpath("breaks_it.py").write_text(plugin)
    return run_against(
        backend(),
        folder,
        *("--conformance-profile", "smoke", "--conformance-only", only),
        command=(*SUITE[:2], "-p", "breaks_it", *SUITE[2:]),
        environment=on_path(folder),
    )


def test_a_check_that_raises_leaves_its_requirements_inconclusive(tmp_path: Path) -> None:
    ran = broken(tmp_path, CHECK, "ERR-2,AST-1,AST-2")
    assert ran.status == 3, ran.out + ran.err
    assert (ran.verdicts["ERR-2"], ran.verdicts["AST-1"], ran.verdicts["AST-2"]) == (
        "inconclusive",
        "inconclusive",
        "passed",
    )
    reason = ran.report["requirements"]["AST-1"]["reason"]
    assert re.fullmatch(r"The check Breaks broke down at exchange main-\d+: RuntimeError: no luck", reason)
    assert reason in ran.report["defects"]
    assert ran.report["outcome"] == "incomplete"


def test_a_driver_that_raises_is_a_defect_of_ours(tmp_path: Path) -> None:
    ran = broken(tmp_path, DRIVER, "AST-1,ERR-2,CRE-1")
    assert ran.status == 3, ran.out + ran.err
    assert ran.report["defects"] == [
        f"The driver {name} broke down: RuntimeError: no luck"
        for name in ("test_life::test_assets_of_a_completed_container", "test_errors::test_ids_that_name_nothing")
    ]
    assert ran.verdicts["CRE-1"] == "passed", "what the other drivers showed is judged all the same"
    assert ran.verdicts["AST-1"] == "not exercised"


def test_a_request_that_should_be_valid_and_is_not_is_a_defect_of_ours(tmp_path: Path) -> None:
    ran = broken(tmp_path, DEFECT, "IDM-1")
    assert ran.status == 3, ran.out + ran.err
    assert all(
        defect.startswith("createContent was meant to be valid, but is not: ") for defect in ran.report["defects"]
    )
    assert ran.report["defects"]
    assert ran.report["summary"]["failed"] == 0, "the target is not accused"


def test_a_budget_that_is_spent_ends_a_run_as_incomplete(narrow: dict[str, Ran]) -> None:
    ran = narrow["requests"]
    assert ran.status == 2
    assert ran.report["stopped"] == "the budget of 60 requests is spent"
    # Calls that are released together are sent all or none, so that the last requests may be too few for them.
    assert 50 < len(ran.history) <= 60
    assert ran.report["spent"]["requests"] == len(ran.history)
    assert "The run ended early: the budget of 60 requests is spent." in ran.not_exercised.values()


def test_no_generation_is_spent_where_none_may_be(narrow: dict[str, Ran]) -> None:
    ran = narrow["generations"]
    assert (ran.status, ran.report["spent"]["generations"], ran.report["containers"]) == (2, 0, [])
    assert ran.report["stopped"] == "the budget of 0 generations is spent"


def test_a_run_whose_promise_is_empty_is_incomplete(narrow: dict[str, Ran]) -> None:
    assert narrow["nothing"].status == 2
    assert narrow["nothing"].report["scope"]["sentence"].endswith("partial: --only ERR-7; it promised nothing")


def test_a_run_loads_nothing_of_the_project_that_its_user_stands_in(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "tests"):
        place.mkdir(exist_ok=True)
        (place / "conftest.py").write_text("raise ImportError('This is another project.')")
    ran = run_against(backend(), tmp_path, "--profile", "smoke", "--only", "JOB-5")
    assert ran.status == 0, ran.out + ran.err


def test_settings_that_do_not_fit_end_pytest_with_2_and_one_sentence(tmp_path: Path) -> None:
    settings = '[target]\nbase_url = "http://127.0.0.1:9"\nproject_id = "p"\n[dialect]\nclone_id = "both"\n'
    (tmp_path / "conformance.toml").write_text(settings)
    ran = run(tmp_path, command=SUITE, environment={"LAYERS_API_KEY": "key"})
    assert ran.status == 2
    assert "Exit: The setting dialect.clone_id in conformance.toml is not valid: " in ran.out + ran.err
    assert "Traceback" not in ran.out + ran.err
    assert not ran.folder.exists()


def test_a_family_that_pytest_selects_promises_what_all_of_its_drivers_were_selected_for(tmp_path: Path) -> None:
    ran = run_against(backend(), tmp_path, "-m", "idempotency", "--conformance-profile", "smoke", command=SUITE)
    assert ran.status == 0, ran.out + ran.err
    rows = ran.report["requirements"].items()
    assert {row["verdict"] for name, row in rows if name.startswith("IDM-") and row["promised"]} == {"passed"}
    reason = "Not every driver that provokes it was selected."
    left = [name for name, why in ran.not_exercised.items() if why == reason]
    assert left
    assert not any(ran.report["requirements"][name]["promised"] for name in left)


@pytest.mark.parametrize("selection", [("-m", "idempotncy"), ("-k", "no_such_driver")])
def test_a_selection_of_no_driver_ends_pytest_with_5_and_nothing_calls_it_conformant(
    selection: tuple[str, str], tmp_path: Path
) -> None:
    ran = run_against(backend(), tmp_path, *selection, "-o", "addopts=", command=SUITE)
    assert ran.status == 5, ran.out + ran.err
    assert (ran.report["outcome"], ran.report["exitStatus"]) == ("incomplete", 2)
    assert "it promised nothing" in ran.report["scope"]["sentence"]
    for text in (ran.out, (ran.folder / "report.md").read_text(), (ran.folder / "junit.xml").read_text()):
        assert "conformant" not in text.lower().replace("layers-conformance", "")


def test_a_saved_run_is_judged_as_it_was_judged_live(gate_by_two: Ran) -> None:
    ran = gate_by_two
    record = read_record(ran.folder / "run.json")
    again = concluded(load(), judge_history(load(), record, ran.history), record, Dependencies(ran.history))
    assert json.loads(again.model_dump_json(by_alias=True))["requirements"] == ran.report["requirements"]
    assert again.exit_status == ran.status
