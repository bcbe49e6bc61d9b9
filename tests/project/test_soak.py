"""Runs that go on for long on a target that limits, restarts and is shared are right, and lose nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from whole_runs import clean_environment

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("minutes", "seconds", "pace"), [(1 / 3, 1, 100), pytest.param(2, 4, 40, marks=pytest.mark.exhaustive)]
)
def test_a_soak(minutes: float, seconds: float, pace: float, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "soak.py"), "--report-dir", str(tmp_path / "soak")]
    command += ["--minutes", str(minutes), "--seconds", str(seconds), "--requests-per-second", str(pace)]
    done = subprocess.run(command, env=clean_environment(), capture_output=True, text=True, check=False)  # noqa: S603 - our own script
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the target is away" in done.stdout
    assert "gate 1: right" in done.stdout
    assert "smoke 1: right" in done.stdout
