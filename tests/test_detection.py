from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from runs import record, report

from conformance.reporting.markdown import markdown
from conformance.reporting.terminal import render
from conformance.run import detection
from conformance.run.detection import Detection
from conformance.run.profiles import ORDER
from conformance.selftest.command import SelftestOptions, measure
from conformance.selftest.matrix import Matrix, chosen, for_figures, sampled


def committed(profile: str) -> Detection:
    found = detection.committed(profile)
    assert found is not None, f"measure it: {detection.command_of(profile)}"
    return found


@pytest.mark.parametrize("profile", ORDER)
def test_every_profile_was_measured_on_every_fault_and_variant(profile: str) -> None:
    found = committed(profile)
    every = for_figures(chosen())
    assert found.complete
    assert {each.name for each in found.faults} == {each.name for each in every.faults}
    assert {each.name for each in found.variants} == {each.name for each in every.variants}


@pytest.mark.parametrize("profile", ORDER)
def test_a_committed_measurement_accuses_nobody(profile: str) -> None:
    found = committed(profile)
    assert [each.name for each in [found.clean, *found.variants] if each.accused or each.note] == []


@pytest.mark.parametrize("profile", ORDER)
def test_the_committed_totals_are_those_of_the_committed_runs(profile: str) -> None:
    found = committed(profile)
    assert found.totals.faults == len(found.faults)
    assert found.totals.detected == sum(each.detected for each in found.faults)
    assert found.totals.variants == len(found.variants)


@pytest.mark.parametrize(("profile", "share"), [("smoke", 0.35), ("gate", 0.9), ("certify", 1.0)])
def test_a_profile_finds_as_much_as_it_is_there_for(profile: str, share: float) -> None:
    totals = committed(profile).totals
    assert totals.detected >= share * totals.faults


@pytest.mark.parametrize("profile", ORDER)
def test_every_report_carries_the_figure_of_its_profile(profile: str) -> None:
    found = committed(profile)
    told = report(run=record(profile=profile))
    assert told.detection is not None
    sentence = f"finds {found.totals.detected} of {found.totals.faults} seeded faults"
    assert sentence in told.detection.sentence
    assert detection.MEANING in told.detection.sentence
    assert sentence in " ".join(render(told, []).split())
    assert sentence in markdown(told, {})


def test_a_run_of_a_part_of_the_requirements_carries_no_figure() -> None:
    assert report(run=record(only=["IDM"])).detection is None


def test_a_profile_that_was_not_measured_has_no_figure() -> None:
    assert detection.figure("no-such-profile") is None


def test_a_figure_of_an_earlier_suite_says_so() -> None:
    found = committed("gate")
    assert "measured before the suite was last changed" in detection.figure_of(found, current=False).sentence
    assert "measured before" not in detection.figure_of(found, current=True).sentence


@pytest.mark.matrix
def test_a_sample_of_the_matrix_is_no_worse_than_the_committed_measurement(tmp_path: Path) -> None:
    recorded = {each.name: each.detected for each in committed("gate").faults}
    every = for_figures(chosen())
    part = sampled(
        Matrix(tuple(each for each in every.faults if recorded.get(each.name)), every.variants, complete=False)
    )
    found = measure(SelftestOptions(profile="gate", workers=2 * (os.cpu_count() or 1)), part, 0, tmp_path)
    assert [each.name for each in found.faults if not each.detected] == []
    assert [(run.name, run.accused) for run in [found.clean, *found.variants] if run.accused] == []


def test_the_page_of_figures_is_current() -> None:
    script = Path(__file__).parent.parent / "scripts" / "detection_page.py"
    assert subprocess.run([sys.executable, script, "--check"], check=False).returncode == 0, f"run {script}"  # noqa: S603 - our own script
