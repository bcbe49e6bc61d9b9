"""The script of a finding: still broken on the sandbox with the fault that it was found in, and fixed on the sandbox as it is."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from inside import runs
from trials import tried

from sandbox.faults import all_faults

QUICK = (
    ("create-answers-201", "smoke"),
    ("content-get-asks-for-no-key", "smoke"),
    ("asset-url-is-signed", "smoke"),
    ("replay-answers-200", "smoke"),
    ("page-of-limit-plus-one", "gate"),
    ("reject-does-not-hold", "gate"),
)
"""Faults of six families, each with a profile that finds it."""
EACH_FAMILY = 4
"""Faults of each family in the larger sample; a family that has fewer gives all."""
PARTS = 4
"""Cases that the larger sample is spread over."""


def sample() -> list[str]:
    """Return faults of every family, about forty, the same ones each time."""
    families: dict[str, list[str]] = defaultdict(list)
    for name, fault in all_faults().items():
        families[fault.requirement.partition("-")[0]].append(name)
    chosen = random.Random(16)  # noqa: S311 - a sample, no secret
    return [name for names in families.values() for name in chosen.sample(names, min(EACH_FAMILY, len(names)))]


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
        sent = text.partition("'groups':")[2].partition("IN_FLIGHT =")[0]
        assert not re.search(r"lk_(?!0{32})[0-9a-z]{20}", text)
        assert not re.search(r"'Idempotency-Key', '[^{]", sent, re.IGNORECASE)
        assert "lcm-" not in sent


def test_a_script_without_the_key_says_which_variable_it_needs(quick: dict[str, Path]) -> None:
    script = quick["create-answers-201"] / "repro" / "CRE-1.py"
    assert "'owner': 'LAYERS_API_KEY'" in script.read_text()


@pytest.mark.exhaustive
@pytest.mark.parametrize("part", range(PARTS))
def test_a_sample_of_all_families_is_told_from_its_repair(part: int, tmp_path: Path) -> None:
    """Faults that certify finds; of those that it finds by another requirement nothing is asked."""
    names = sample()[part::PARTS]
    sizes, wrong = [], []
    for name, report in reports([(name, "certify") for name in names], tmp_path).items():
        requirement = all_faults()[name].requirement
        script = report / "repro" / f"{requirement}.py"
        if not script.exists():
            continue
        sizes.append(len(finding_in(report, requirement)["smallest"]))
        ends = tried(script, name)[1][-1], tried(script)[1][-1]
        if ends != ("still broken", "fixed"):
            wrong.append((name, *ends))
    assert wrong == []
    assert max(sizes) <= 12
    assert sorted(sizes)[len(sizes) // 2] <= 4
