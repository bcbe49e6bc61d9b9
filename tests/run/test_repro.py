"""The script of a finding: still broken on the sandbox with the fault that it was found in, and fixed on the sandbox as it is."""

from __future__ import annotations

import ast
import json
import re
import statistics
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import repro_trials
from inside import runs
from trials import ROOT, tried
from whole_runs import clean_environment, on_path

from conformance.contract.document import load
from sandbox.faults import all_faults

QUICK = (
    ("create-answers-201", "smoke"),
    ("replay-answers-200", "smoke"),
    ("page-of-limit-plus-one", "gate"),
)
"""Faults of three families, each with a profile that finds it."""
PARTS = 4
"""Cases that the sample of forty is spread over."""


TRIALS = ROOT / "scripts" / "repro_trials.py"


def reports(faults: list[tuple[str, str]], folder: Path) -> dict[str, Path]:
    """Provoke and judge what each fault breaks, and return the folder with the reports by fault."""
    jobs: list[dict[str, Any]] = []
    for name, profile in faults:
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        only = all_faults()[name].requirement
        jobs.append({"profile": profile, "only": only, "changes": [name], "folder": str(place)})
    runs(jobs)
    return {name: folder / name / "report" for name, _ in faults}


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return reports(list(QUICK), tmp_path_factory.mktemp("repro"))


@lru_cache
def finding_in(report: Path, requirement: str) -> dict[str, Any]:
    row = json.loads((report / "report.json").read_text())["requirements"][requirement]
    assert row["verdict"] == "failed"
    found: dict[str, Any] = row["findings"][0]
    return found


@pytest.mark.parametrize("name", [name for name, _ in QUICK])
def test_a_script_tells_a_fault_from_its_repair(name: str, quick: dict[str, Path]) -> None:
    requirement = all_faults()[name].requirement
    script = quick[name] / "repro" / f"{requirement}.py"
    status, lines = tried(script, name)
    assert (status, lines[-1]) == (1, "still broken"), lines
    status, lines = tried(script)
    assert (status, lines[-1]) == (0, "fixed"), lines


@pytest.mark.parametrize("name", [name for name, _ in QUICK])
def test_the_smallest_history_of_a_fault_is_small(name: str, quick: dict[str, Path]) -> None:
    found = finding_in(quick[name], all_faults()[name].requirement)
    assert found["isConfirmed"]
    assert 1 <= len(found["smallest"]) <= 12
    assert found["smallest"][-1] == found["exchanges"][-1]


def test_what_costs_is_said_and_not_sent_unasked(quick: dict[str, Path]) -> None:
    status, lines = tried(quick["create-answers-201"] / "repro" / "CRE-1.py", options=())
    assert status == 2
    assert any("starts at most 1 generation." in line for line in lines)
    assert "give --yes to start" in lines[-1]
    assert not any("->" in line for line in lines)


def test_no_script_holds_a_key_or_what_a_run_made_up(quick: dict[str, Path]) -> None:
    for name, report in quick.items():
        text = (report / "repro" / f"{all_faults()[name].requirement}.py").read_text()
        plans = plans_in(text)
        sent = json.dumps([[part["groups"], part["again"], part["stock"], part["crowd"]] for part in plans if part])
        assert not re.search(r"lk_(?!0{32})[0-9a-z]{20}", text)
        assert not re.search(r'"Idempotency-Key", "[^{]', sent, re.IGNORECASE)
        assert "lcm-" not in sent


def plans_in(text: str) -> list[dict[str, Any]]:
    """Return the smallest history of a script, the larger one, and what the check names alone."""
    assigned = [each.value for each in ast.parse(text).body if isinstance(each, ast.Assign)]
    return [ast.literal_eval(each) for each in assigned if isinstance(each, (ast.Dict, ast.Constant))][-3:]


def test_a_script_without_the_key_says_which_variable_it_needs(quick: dict[str, Path]) -> None:
    script = quick["create-answers-201"] / "repro" / "CRE-1.py"
    assert "'owner': 'LAYERS_API_KEY'" in script.read_text()


@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_a_sample_of_all_families_is_told_from_its_repair(part: int) -> None:
    command = (sys.executable, TRIALS, "--check", "--sample", "40", "--slice", f"{part}/{PARTS}")
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=clean_environment(**on_path(ROOT)))  # noqa: S603 - ours
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("faulty=still broken clean=fixed") == 40 // PARTS


def test_the_sample_holds_every_family() -> None:
    families = {name.partition("-")[0] for name in load().requirements}
    assert {all_faults()[name].requirement.partition("-")[0] for name in repro_trials.sample(40)} == families


def test_the_committed_trials_keep_their_bounds() -> None:
    results = repro_trials.read()
    found = {name: row for name, row in results.items() if row.get("found")}
    wrong = {name for name, row in found.items() if not repro_trials.is_good(row)}
    assert wrong <= set(repro_trials.NOT_SHOWN)
    assert statistics.median(row["exchanges"] for row in found.values()) <= 4
    text = repro_trials.PAGE.read_text(encoding="utf-8")
    assert repro_trials.page(text, results) == text
