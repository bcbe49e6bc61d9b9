"""Runs the command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def conformance(
    *arguments: str, cwd: Path, env: dict[str, str] | None = None, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("CONFORMANCE_", "LAYERS_"))}
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", "from conformance.cli.main import main; main()", *arguments],
        cwd=cwd,
        env=clean | {"COLUMNS": "160"} | (env or {}),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """Return the only line on stderr."""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]
