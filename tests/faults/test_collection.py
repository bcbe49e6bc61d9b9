"""What every seeded fault must be, and what the collection must hold."""

import re
from collections import Counter
from importlib.resources import files

import pytest
import yaml
from faulty_api import api_with

from sandbox.backend import build_backend
from sandbox.change import Fault
from sandbox.faults import MODULES, all_faults, faults_of

FAULTS: list[Fault] = list(all_faults().values())
LEVELS: dict[str, str] = {
    entry["id"]: entry["level"]
    for entry in yaml.safe_load(files("openapi").joinpath("requirements.yaml").read_text())["requirements"]
}
FAMILIES_THAT_LEAVE_A_CREATE_ALONE = {"AUT", "IDM", "LST", "REG", "CLO", "REJ", "AST"}
FAULTS_THAT_LEAVE_A_CREATE_ALONE: list[Fault] = [
    fault for fault in FAULTS if fault.requirement.partition("-")[0] in FAMILIES_THAT_LEAVE_A_CREATE_ALONE
]


def family(requirement: str) -> str:
    return requirement.partition("-")[0]


def test_names_are_unique_and_in_kebab_case() -> None:
    names = [fault.name for module in MODULES for fault in faults_of(module)]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert set(names) == set(all_faults())
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in names)


def test_every_fault_breaks_a_requirement_of_the_register() -> None:
    assert {fault.requirement for fault in FAULTS} <= set(LEVELS)


def test_every_fault_says_what_it_does_in_one_sentence() -> None:
    assert all(fault.summary.endswith(".") and "\n" not in fault.summary for fault in FAULTS)
    assert all(len(fault.summary) < 140 for fault in FAULTS)


@pytest.mark.parametrize(("level", "least"), [("MUST", 2), ("SHOULD", 1), ("ADVICE", 1)])
def test_every_requirement_has_its_faults(level: str, least: int) -> None:
    seeded = Counter(fault.requirement for fault in FAULTS)
    wanted = [requirement for requirement in LEVELS if LEVELS[requirement] == level]
    assert wanted
    assert [requirement for requirement in wanted if seeded[requirement] < least] == []


def test_every_family_has_deep_faults() -> None:
    assert {family(fault.requirement) for fault in FAULTS if fault.depth == "deep"} == set(map(family, LEVELS))


def test_most_faults_hide_from_an_obvious_test() -> None:
    depths = Counter(fault.depth for fault in FAULTS)
    assert sum(depths.values()) >= 180
    assert depths["deep"] >= 75
    assert depths["shallow"] + depths["stateful"] < depths["deep"]
    assert min(depths["shallow"], depths["stateful"]) >= 15


def test_every_fault_installs_on_a_backend() -> None:
    for fault in FAULTS:
        fault.install(build_backend())


@pytest.mark.parametrize("fault", FAULTS_THAT_LEAVE_A_CREATE_ALONE, ids=lambda fault: fault.name)
def test_installs_and_lets_a_container_be_created(fault: Fault) -> None:
    assert api_with(fault.name, generation_seconds=0).create(key="k-1").status_code == 202
