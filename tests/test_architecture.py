"""The layout that ARCHITECTURE.md tells of: facts below, judges above, each judge where its requirement's family is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import conformance
from conformance.checks.base import Check
from conformance.checks.registry import CROSSING, check_classes
from conformance.contract.document import load

ROOT = Path(conformance.__path__[0])
CONTRACT = load()
REQUIREMENT = re.compile(rf"\b(?:{'|'.join(CONTRACT.families)})-\d+\b")


def home_of(check: type[Check]) -> str:
    """Return the folder or module of `checks` that a check stands in."""
    return check.__module__.split(".")[2]


@pytest.mark.parametrize("path", sorted((ROOT / "history").rglob("*.py")), ids=lambda path: path.stem)
def test_no_requirement_is_named_below_history(path: Path) -> None:
    assert REQUIREMENT.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("check", check_classes(), ids=lambda check: check.__name__)
def test_a_check_judges_the_family_of_its_folder(check: type[Check]) -> None:
    families = {name.partition("-")[0] for name in check.judges}
    markers = {CONTRACT.families[family]["marker"] for family in families}
    assert home_of(check) == CROSSING or markers == {home_of(check)}


@pytest.mark.parametrize("requirement", CONTRACT.requirements.values(), ids=lambda requirement: requirement.id)
def test_a_requirement_is_judged_in_its_family_or_in_the_declared_crossing(requirement: object) -> None:
    name = getattr(requirement, "id", "")
    homes = {home_of(check) for check in check_classes() if name in check.judges}
    family = CONTRACT.families[name.partition("-")[0]]["marker"]
    assert homes <= {family, CROSSING}
    assert homes, "somebody judges it"


def test_every_check_is_registered_once_and_wants_some_fact() -> None:
    classes = check_classes()
    assert len(set(classes)) == len(classes)
    assert all(check.judges and check.handlers for check in classes)


def test_no_check_is_left_out_of_the_registry() -> None:
    written = set()
    for path in (ROOT / "checks").rglob("*.py"):
        written |= set(
            re.findall(r"^class (\w+)\(.*\):(?:\n(?!class ).*)*?\n    judges = ", path.read_text(), re.MULTILINE)
        )
    assert written == {check.__name__ for check in check_classes()}
