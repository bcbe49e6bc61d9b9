"""Run the command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from forked import python


def conformance(*arguments: str, cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("CONFORMANCE_", "LAYERS_"))}
    command = ("-c", "from conformance.cli.main import main; main()")
    return python(*command, *arguments, cwd=cwd, env=clean | {"COLUMNS": "160"} | (env or {}))


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """Return the only line on stderr."""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]
