"""The budgets of pyproject.toml (`[tool.budgets]`) hold: a folder grows by a decision, not by accident."""

from __future__ import annotations

import tomllib

import pytest
from pages import ROOT

BUDGETS: dict[str, dict[str, int]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["budgets"]


@pytest.mark.parametrize(("pattern", "budget"), BUDGETS.items(), ids=BUDGETS)
def test_a_folder_is_within_its_budget(pattern: str, budget: dict[str, int]) -> None:
    found = [path for path in ROOT.glob(pattern) if path.is_file() and path.suffix != ".png"]
    lines = sum(len(path.read_bytes().splitlines()) for path in found)
    assert lines <= budget["lines"]
    assert len(found) <= budget.get("files", len(found))
