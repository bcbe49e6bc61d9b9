"""The sample report is what the code of this checkout makes of its history."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import sample_report
from pages import text_of

from conformance.cli.judge import judge_again
from conformance.client.exchange import read, saved_in
from conformance.contract.document import load
from conformance.reporting import json_report
from conformance.reporting.page import page
from conformance.reporting.text import by_id
from sandbox.faults import all_faults

STALE = "reports/sample is out of date; make it anew with: python scripts/sample_report.py --judge"


def without_the_figure(path: Path) -> object:
    """Return a report but for the figure of detection, which any change of the suite makes an earlier one."""
    return {name: value for name, value in json.loads(path.read_text("utf-8")).items() if name != "detection"}


def test_the_sample_is_what_judging_its_history_gives(tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    shutil.copytree(sample_report.SAMPLE, folder)
    assert judge_again(folder, quiet=True, write=True) == 1
    for path in sorted(each for each in sample_report.SAMPLE.rglob("*") if each.suffix in {".md", ".xml", ".py"}):
        made = folder / path.relative_to(sample_report.SAMPLE)
        assert made.read_bytes() == path.read_bytes(), f"{path.name}: {STALE}"
    report = json_report.read(sample_report.SAMPLE / "report.json")
    shown = (sample_report.SAMPLE / "report.html").read_text("utf-8")
    assert shown == page(report, by_id(read(saved_in(folder)))), STALE
    assert without_the_figure(folder / "report.json") == without_the_figure(sample_report.SAMPLE / "report.json"), STALE


def test_the_sample_has_the_failures_of_its_faults() -> None:
    report = json_report.read(sample_report.SAMPLE / "report.json")
    assert report.harness.contract_digest == load().digest, STALE
    for name in sample_report.FAULTS:
        assert report.requirements[all_faults()[name].requirement].failures, name


def test_the_picture_in_the_readme_is_small() -> None:
    assert "docs/report.png" in text_of("README.md")
    assert sample_report.PICTURE.stat().st_size < 200_000
