"""Runs that go on for long on a target that limits, restarts and is shared are right, and lose nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from whole_runs import clean_environment

ROOT = Path(__file__).parent.parent.parent


def test_two_minutes_of_the_soak(tmp_path: Path) -> None:
    pace = ["--minutes", "1", "--seconds", "4", "--requests-per-second", "40"]
    arguments = [*pace, "--report-dir", str(tmp_path / "soak")]
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(ROOT / "benchmarks" / "soak.py"), *arguments],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the target is away" in done.stdout
    assert "gate 1: right" in done.stdout
    assert "smoke 2: right" in done.stdout
