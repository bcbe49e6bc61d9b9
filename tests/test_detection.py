from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from runs import WHOLE_TARGET, failed, inconclusive, passed, report, whole

from conformance.contract.document import load
from conformance.reporting.markdown import markdown
from conformance.reporting.terminal import render
from conformance.reporting.view import View
from conformance.run.planning.profiles import ORDER
from conformance.run.settings.target import SETTING_OF_NEED
from conformance.run.verdicts import detection
from conformance.run.verdicts.detection import Detection, Failure
from conformance.selftest.command import SelftestOptions, measure
from conformance.selftest.matrix import Matrix, chosen, for_figures, sampled
from conformance.selftest.results import compact

EVERY_PASS = [passed(name) for name in load().requirements]
FIXTURES = (("influencer_id", None), ("reference_media_ids", []))
SPENT = {"generations": 1, "requests": 1, "seconds": 1.0}
PART = {"started_at": "2026-11-27T12:00:00Z", "finished_at": "2026-11-27T12:01:00Z", "spent": SPENT}
SCRIPT = Path(__file__).parent.parent / "scripts" / "detection_page.py"


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
    story = report(*EVERY_PASS, run=whole(profile=profile))
    assert story.detection is not None
    sentence = f"finds {found.totals.detected} of {found.totals.faults} seeded faults"
    assert sentence in story.detection.sentence
    assert detection.MEANING in story.detection.sentence
    assert sentence in " ".join(render(View(story)).split())
    assert sentence in markdown(View(story))


@pytest.mark.parametrize(
    "changes",
    [
        {"only": ["IDM"]},
        {"deselected": ["test_life::test_one_life"]},
        {"stopped": "it was interrupted"},
        {"parts": [PART, PART]},
        {"target": WHOLE_TARGET | {"timing": WHOLE_TARGET["timing"] | {"read_lag": 2.0}}},
        *({"configured": [need for need in SETTING_OF_NEED if need != each]} for each in SETTING_OF_NEED),
        *(
            {"target": WHOLE_TARGET | {"fixtures": WHOLE_TARGET["fixtures"] | {name: empty}}}
            for name, empty in FIXTURES
        ),
        {"target": WHOLE_TARGET | {"target": WHOLE_TARGET["target"] | {"other_project_id": None}}},
    ],
)
def test_a_run_that_was_not_the_measured_one_carries_no_figure(changes: dict[str, Any]) -> None:
    story = report(*EVERY_PASS, run=whole(**changes))
    assert story.detection is None
    for text in (markdown(View(story)), render(View(story)), story.model_dump_json()):
        assert "seeded faults" not in text


def test_a_run_that_left_open_what_it_was_to_judge_carries_no_figure() -> None:
    assert report(*EVERY_PASS[1:], run=whole()).detection is None
    assert report(*EVERY_PASS[1:], inconclusive("CRE-1"), run=whole()).detection is None
    assert report(run=whole()).detection is None, "as of --collect-only"
    assert report(*EVERY_PASS, failed("CRE-1"), run=whole()).detection is not None


def test_a_profile_that_was_not_measured_has_no_figure() -> None:
    assert detection.figure("no-such-profile") is None


def test_a_figure_of_an_earlier_suite_says_so() -> None:
    found = committed("gate")
    assert "measured before the suite was last changed" in detection.figure_of(found, current=False).sentence
    assert "measured before" not in detection.figure_of(found, current=True).sentence


@pytest.mark.parametrize("profile", ORDER)
def test_a_committed_measurement_is_in_the_compact_form(profile: str) -> None:
    path = Path(str(files("conformance"))) / "data" / f"detection-{profile}.json"
    assert path.read_text(encoding="utf-8") == compact(committed(profile)), (
        "publish it with scripts/detection_page.py reports/selftest/detection.json"
    )


def test_the_compact_form_has_a_line_for_each_run_and_every_failure() -> None:
    found = committed("gate")
    bad = found.variants[0].model_copy(
        update={"accused": [Failure(requirement="CRE-1", level="MUST", message="é\nb")], "note": "x"}
    )
    text = compact(found.model_copy(update={"variants": [bad, *found.variants[1:]], "faults": []}))
    again = Detection.model_validate_json(text)
    assert again.variants[0] == bad
    assert (again.clean, again.totals, again.suite_digest) == (found.clean, found.totals, found.suite_digest)
    assert again.variants[1:] == found.variants[1:]
    assert sum(line.startswith('    {"name"') for line in text.splitlines()) == len(found.variants)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the files that decide what a run detects; the digest is that of the copy."""
    for package, *parts in detection.JUDGING:
        source = files(package).joinpath(*parts)
        shutil.copytree(str(source), tmp_path.joinpath(package, *parts), ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(detection, "files", lambda package: tmp_path / package)
    return tmp_path


def digest() -> str:
    return detection.suite_digest.__wrapped__()


@pytest.mark.parametrize(
    "path",
    [
        "conformance/checks/idempotency/replaying.py",
        "conformance/checks/idempotency/deeper/still/new.py",
        "conformance/history/ledger.py",
        "conformance/history/new/facts.py",
        "conformance/run/verdicts/verdict.py",
        "openapi/requirements.yaml",
    ],
)
def test_a_change_at_any_depth_changes_the_digest_of_the_suite(path: str, installed: Path) -> None:
    before = digest()
    file = installed / path
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as changed:
        changed.write("# a change\n")
    assert digest() != before


@pytest.mark.parametrize("path", [detection.MEASUREMENT, "conformance/checks/notes.md"])
def test_what_decides_nothing_is_not_in_the_digest(path: str, installed: Path) -> None:
    before = digest()
    with (installed / path).open("a") as changed:
        changed.write("# a change\n")
    assert digest() == before


@pytest.mark.usefixtures("installed")
def test_the_digest_of_a_copy_is_that_of_the_original() -> None:
    assert digest() == detection.suite_digest()


def test_a_part_of_a_measurement_is_not_published(tmp_path: Path) -> None:
    part = tmp_path / "detection.json"
    part.write_text(committed("gate").model_copy(update={"complete": False}).model_dump_json(by_alias=True))
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, SCRIPT, part], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "is the measurement of a part of the faults and variants" in done.stderr


SPACING = 8
"""Every which fault of those of each family and depth is tried; the oracle holds histories of all families."""


@pytest.mark.matrix
def test_a_sample_of_the_matrix_is_no_worse_than_the_committed_measurement(tmp_path: Path) -> None:
    recorded = {each.name: each.detected for each in committed("gate").faults}
    every = for_figures(chosen())
    found_then = tuple(each for each in every.faults if recorded.get(each.name))
    every_family = sampled(Matrix(found_then, every.variants, complete=False), variants=1)
    part = replace(every_family, faults=every_family.faults[::SPACING])
    found = measure(SelftestOptions(profile="gate", workers=os.cpu_count() or 1), part, 0, tmp_path)
    assert [each.name for each in found.faults if not each.detected] == []
    assert [(run.name, run.accused) for run in [found.clean, *found.variants] if run.accused] == []


def test_the_page_of_figures_is_current() -> None:
    assert subprocess.run([sys.executable, SCRIPT, "--check"], check=False).returncode == 0, f"run {SCRIPT}"  # noqa: S603 - our own script
