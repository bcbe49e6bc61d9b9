"""The layout that ARCHITECTURE.md tells of: facts below, judges above, each judge where its requirement's family is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

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


def test_no_requirement_is_named_below_history() -> None:
    named = {path.name: REQUIREMENT.findall(path.read_text("utf-8")) for path in (ROOT / "history").rglob("*.py")}
    assert {name: found for name, found in named.items() if found} == {}


def test_a_requirement_is_judged_by_the_check_of_its_family_or_in_the_declared_crossing() -> None:
    markers = {name: CONTRACT.families[name.partition("-")[0]]["marker"] for name in CONTRACT.requirements}
    judged = [(name, check) for check in check_classes() for name in check.judges]
    assert {name for name, _ in judged} == set(markers)
    assert [(name, check) for name, check in judged if home_of(check) not in {markers[name], CROSSING}] == []


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


def test_paths_are_built_by_one_function() -> None:
    for part in ("client", "history", "run", "suite", "cli", "reporting"):
        for path in (path for path in (ROOT / part).rglob("*.py") if path.stem not in SPEAK_OF_PATHS):
            texts, text = _Texts(), path.read_text(encoding="utf-8")
            texts.visit(ast.parse(text))
            begun = [found for found in texts.found if found.startswith(f"{VERSION}/")]
            assert begun == [], f"{path}: contract.paths.path_to quotes the ids in a path"
            quotes = re.search(r"import [\w, ]*\bquote\b", text)
            assert quotes is None or part == "client", f"{path}: contract.paths.quoted quotes an id"
