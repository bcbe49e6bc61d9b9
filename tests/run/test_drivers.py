"""The catalogue of drivers: nothing without a driver, nothing without a judge, and what each profile promises and costs."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

import conformance.suite
from conformance.checks.judge import check_classes
from conformance.contract.document import load
from conformance.exceptions import ConfigurationError
from conformance.run.calls.ownership import fresh_id
from conformance.run.planning.drivers import MODULES, Driver, by_requirement, catalogue, parse_selection, selects
from conformance.run.planning.plan import plan_run
from conformance.run.planning.profiles import ORDER, PROFILES

SUITE = Path(conformance.suite.__path__[0])
REQUIREMENTS = load().requirements
CLIENTS = {"httpx", "requests", "urllib", "http", "aiohttp", "socket", "urllib3"}


def promised(profile: str) -> set[str]:
    return set(by_requirement(driver for driver in catalogue() if driver.chosen(PROFILES[profile], ())))


def judged() -> set[str]:
    return {name for check in check_classes() for name in check.judges}


def test_every_requirement_has_a_driver_and_a_check() -> None:
    assert set(REQUIREMENTS) - promised("certify") == set()
    assert set(REQUIREMENTS) - judged() == set()


def test_no_driver_and_no_check_names_what_is_no_requirement() -> None:
    assert promised("certify") - set(REQUIREMENTS) == set()
    assert judged() - set(REQUIREMENTS) == set()


def test_every_test_module_of_the_suite_is_in_the_catalogue() -> None:
    assert {path.stem for path in SUITE.glob("test_*.py")} == set(MODULES)
    assert len(set(MODULES)) == len(MODULES)


def test_every_test_of_the_suite_is_a_driver() -> None:
    functions = {
        f"{path.stem}::{node.name}"
        for path in SUITE.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    assert functions == {driver.name for driver in catalogue()}
    assert len(catalogue()) == len(functions)


def test_the_gate_promises_every_must() -> None:
    musts = {name for name, requirement in REQUIREMENTS.items() if requirement.level == "MUST"}
    assert musts - promised("gate") == set()


def test_a_deeper_profile_promises_no_less() -> None:
    assert [name for name in PROFILES if name in ORDER] == list(ORDER)
    assert promised("smoke") <= promised("gate") <= promised("certify")


def test_smoke_promises_forty_requirements_for_one_generation() -> None:
    assert len(promised("smoke")) >= 40
    assert plan_run(PROFILES["smoke"]).price <= 1


def test_the_gate_leaves_two_generations_of_its_budget_to_a_bad_day() -> None:
    assert 0 < plan_run(PROFILES["gate"]).price <= 23
    assert PROFILES["gate"].generations == 25


def test_no_driver_has_a_client_of_its_own_or_an_opinion() -> None:
    for path in [*SUITE.glob("*.py"), *(SUITE.parent.parent / "strategies").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not isinstance(node, ast.Assert), f"{path.name} asserts"
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}"]
            for name in names:
                allowed = name == "urllib.parse"
                assert allowed or name.partition(".")[0] not in CLIENTS, f"{path.name} imports {name}"


ASKS = {
    "first()": "first",
    'other_format("slideshow_remix")': "slideshow_remix",
    'other_format("auto")': "auto",
    "failed()": "failed",
    "across()": "across",
    "archive_project(": "archivable",
}
"""How a driver asks for what it shares, and the name under which its mark has to say so."""


def test_a_driver_declares_what_it_shares_unless_it_is_alone() -> None:
    declared = {driver.name: driver for driver in catalogue()}
    missing = []
    for path in SUITE.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            driver = declared.get(f"{path.stem}::{getattr(node, 'name', '')}")
            if driver is None or driver.alone:
                continue
            text = ast.unparse(node).replace("'", '"')
            asked = {name for words, name in ASKS.items() if words in text}
            asked -= {*driver.shares, *driver.changes, *driver.any_state}
            missing += [(driver.name, name) for name in sorted(asked)]
    assert missing == []


def test_no_driver_waits_for_more_generations_than_it_may_start_and_share() -> None:
    for driver in catalogue():
        assert driver.depth <= driver.generations + 2, driver.name


def test_only_the_package_client_imports_an_http_client() -> None:
    for path in SUITE.parent.rglob("*.py"):
        if path.parent.name == "client":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                imported = [f"{node.module}"]
            assert not {"httpx", "httpcore", "requests", "urllib.request"} & set(imported), path


def test_every_driver_says_what_it_does() -> None:
    for driver in catalogue():
        assert driver.summary.endswith("."), driver.name
        assert len(set(driver.requirements)) == len(driver.requirements), driver.name
        assert driver.generations >= 0


def test_every_driver_is_given_its_containers_and_makes_no_session() -> None:
    for driver in catalogue():
        module, _, name = driver.name.partition("::")
        function = getattr(__import__(f"conformance.suite.{module}", fromlist=[name]), name)
        assert set(inspect.signature(function).parameters) <= {"run", "api", "stock", "operation", "format"}


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ((), True),
        (("IDM",), True),
        (("IDM-1",), True),
        (("LST", "CRE-7"), True),
        (("IDM-11",), False),
        (("LST",), False),
    ],
)
def test_a_selection_chooses_a_driver_by_one_of_its_requirements(wanted: tuple[str, ...], chosen: bool) -> None:  # noqa: FBT001 - a column of the table
    assert Driver("d", ("IDM-1", "CRE-7"), "gate").chosen(PROFILES["gate"], wanted) is chosen
    assert not Driver("d", ("IDM-1", "CRE-7"), "certify").chosen(PROFILES["gate"], wanted)


def test_a_name_stands_for_whole_families_and_whole_ids() -> None:
    contract = load()
    assert selects(["LST"], contract, "LST-4")
    assert selects(["LST-4"], contract, "LST-4")
    assert not selects(["LST-1"], contract, "LST-14")
    assert not selects(["L", "LST-", ""], contract, "LST-4")


@pytest.mark.parametrize("name", ["idm", "Idm-1", "idempotency", "IDEMPOTENCY", " IDM-1 "])
def test_drivers_and_verdicts_take_a_name_in_any_form_and_case(name: str) -> None:
    contract = load()
    assert Driver("d", ("IDM-1",), "gate").chosen(PROFILES["gate"], (name,))
    assert not Driver("d", ("LST-1",), "gate").chosen(PROFILES["gate"], (name,))
    assert selects([name], contract, "IDM-1")
    assert not selects([name], contract, "LST-1")
    assert {selects([parsed], contract, "IDM-1") for parsed in parse_selection(f"{name},,", contract)} == {True}


def test_a_parsed_selection_has_the_names_of_the_register() -> None:
    assert parse_selection("idm, Lst-4,,CREATING", load()) == ("IDM", "LST-4", "creating")
    assert parse_selection(" , ", load()) == ()


@pytest.mark.parametrize("name", ["NOPE-1", "LST-", "L", "creatin"])
def test_a_name_that_stands_for_nothing_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"There is no requirement or family {name}; the families are CRE, "):
        parse_selection(f"IDM,{name}", load())


@pytest.mark.parametrize(
    ("like", "form"),
    [
        ("254a4ce1-f4ca-42b1-9e36-17ca45ef3d39", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("cnt_01M88", r"cnt_[0-9a-f]{24}"),
        ("81", r"[0-9a-f]{24}"),
    ],
)
def test_an_id_that_the_caller_chooses_has_the_form_of_the_targets_own(like: str, form: str) -> None:
    chosen = fresh_id(like)
    assert re.fullmatch(form, chosen)
    assert chosen != fresh_id(like)
