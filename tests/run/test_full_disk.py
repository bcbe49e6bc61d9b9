"""A disk that takes nothing more ends a command with one sentence and the exit status 2."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from forked import PATIENCE
from whole_runs import COMMAND, backend, clean_environment, settings_without

from conformance.run.journal import KILLED
from conformance.run.verdicts.record import UNWRITABLE
from sandbox.server import describe, running


def _started(folder: Path, url: str, served: object, most: int | None) -> subprocess.Popen[str]:
    """Start a run whose files may have so many bytes at most."""
    (folder / "conformance.toml").write_text(settings_without(describe(served.settings, url)))  # type: ignore[attr-defined] # a Backend
    key = served.settings.api_key  # type: ignore[attr-defined] # a Backend
    limit = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))) if most is not None else None
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, *COMMAND, "--profile", "gate", "--report-dir", "report", "-q"],
        cwd=folder,
        env=clean_environment(LAYERS_API_KEY=key),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit,  # noqa: PLW1509 - the child has one thread
    )


@pytest.mark.parametrize("most", [0, 4_000, 300_000])
def test_files_that_may_not_grow(most: int, tmp_path: Path) -> None:
    served = backend()
    with running(served) as url, _started(tmp_path, url, served, most) as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2, out + err
    assert len(err.strip().splitlines()) == 1, err
    assert err.startswith("Cannot write"), err
    assert "Traceback" not in out + err
    left = sorted((tmp_path / "report").glob("*.json"))
    assert most < 300_000 or left
    for path in left:
        story = json.loads(path.read_text())
        assert story["stopped"] in {UNWRITABLE, KILLED}, path
        assert story.get("exitStatus", 2) == 2, path


def test_a_folder_that_goes_away(tmp_path: Path) -> None:
    served = backend()
    with running(served) as url, _started(tmp_path, url, served, None) as process:
        history = tmp_path / "report" / "parts" / "main.history.jsonl"
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not (history.exists() and history.stat().st_size > 50_000):
            time.sleep(0.02)
        shutil.rmtree(tmp_path / "report")
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2, out + err
    assert len(err.strip().splitlines()) == 1, err
    assert err.startswith("Cannot write"), err
    assert "Traceback" not in out + err
