"""The layout that ARCHITECTURE.md tells of: facts below, judges above, each judge where its requirement's family is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import conformance
from conformance.checks.base import Check
from conformance.checks.judge import CROSSING, check_classes
from conformance.contract.document import load
from conformance.contract.paths import VERSION

ROOT = Path(conformance.__path__[0])
CONTRACT = load()
REQUIREMENT = re.compile(rf"\b(?:{'|'.join(CONTRACT.families)})-\d+\b")

SPEAK_OF_PATHS = {"trouble"}
"""Modules in which a text may begin like a path: they explain one to the user."""


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


class _Texts(ast.NodeVisitor):
    """Collects the string constants of a module but for docstrings; those of an f-string too."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.found.append(node.value)


@pytest.mark.parametrize(
    "path",
    sorted(
        path
        for part in ("client", "history", "run", "suite", "cli", "reporting")
        for path in (ROOT / part).rglob("*.py")
        if path.stem not in SPEAK_OF_PATHS
    ),
    ids=lambda path: f"{path.parent.stem}/{path.stem}",
)
def test_paths_are_built_by_one_function(path: Path) -> None:
    texts = _Texts()
    texts.visit(ast.parse(path.read_text(encoding="utf-8")))
    begun = [text for text in texts.found if text.startswith(f"{VERSION}/")]
    assert begun == [], "contract.paths.path_to quotes the ids in a path"
    quotes = re.search(r"import [\w, ]*\bquote\b", path.read_text(encoding="utf-8"))
    assert quotes is None or path.parent.stem == "client", "contract.paths.quoted quotes an id"
