"""The sample report shows the faults that its script seeds, and its picture is small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sample_report
from pages import text_of

from sandbox.faults import all_faults


def test_the_sample_has_the_failures_of_its_faults() -> None:
    page = (sample_report.SAMPLE / "report.md").read_text("utf-8")
    failed = re.findall(r"^### ([A-Z]+-\d+) ", page.partition("## Not exercised")[0], re.MULTILINE)
    assert {all_faults()[name].requirement for name in sample_report.FAULTS} <= set(failed)


def test_the_picture_in_the_readme_is_small() -> None:
    assert "reports/sample/report.png" in text_of("README.md")
    assert (sample_report.SAMPLE / "report.png").stat().st_size < 200_000


@pytest.mark.exhaustive
def test_the_sample_can_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_report, "RUN", tmp_path / "run")
    monkeypatch.setattr(sample_report, "SAMPLE", tmp_path)
    sample_report.main()
    assert (tmp_path / "report.md").read_bytes() == (tmp_path / "run" / "report.md").read_bytes()
    assert (tmp_path / "report.png").stat().st_size < 200_000
