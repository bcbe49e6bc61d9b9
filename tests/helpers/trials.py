"""A repro script, tried on a sandbox with a fault and on the sandbox as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from whole_runs import clean_environment, on_path

from sandbox.backend import build_backend
from sandbox.faults import all_faults
from sandbox.server import running
from sandbox.settings import SandboxSettings

ROOT = Path(__file__).parents[2]
PATIENCE = 300


def tried(script: Path, *faults: str, options: tuple[str, ...] = ("--yes",)) -> tuple[int, list[str]]:
    """Run a script against a sandbox of its own, and return its exit status and the lines that it prints."""
    served = build_backend(SandboxSettings(generation_seconds=0.1, polls_per_second=0))
    for name in faults:
        all_faults()[name].install(served)
    keys = {"LAYERS_API_KEY": served.settings.api_key, "LAYERS_OTHER_KEY": served.settings.other_api_key}
    with running(served) as url:
        done = subprocess.run(  # noqa: S603 - our own script
            [sys.executable, script, "--base-url", url, *options],
            env=clean_environment(**keys, **on_path(ROOT)),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    return done.returncode, (done.stdout + done.stderr).strip().splitlines()
