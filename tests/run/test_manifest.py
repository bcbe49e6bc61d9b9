"""A run that was killed can be judged: with what it left, and a word on what is missing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from whole_runs import COMMAND, PATIENCE, Ran, backend, clean_environment, settings_without

from conformance.run.manifest import left_in
from sandbox.server import describe, running


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Kill a run when it has made some exchanges, and return the folder of its reports."""
    folder, served = tmp_path_factory.mktemp("killed"), backend()
    recorded = folder / "report" / "parts" / "main.history.jsonl"
    with running(served) as url:
        (folder / "conformance.toml").write_text(settings_without(describe(served.settings, url)))
        keys = {"LAYERS_API_KEY": served.settings.api_key, "LAYERS_OTHER_KEY": served.settings.other_api_key}
        with subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, *COMMAND, "--profile", "gate", "--report-dir", "report"],
            cwd=folder,
            env=clean_environment(**keys),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline and process.poll() is None:
                if recorded.exists() and recorded.read_bytes().count(b"\n") >= 300:
                    break
                time.sleep(0.01)
            os.kill(process.pid, signal.SIGKILL)
        assert process.returncode == -9, "it was still running"
    return folder / "report"


def judge(report: Path) -> Ran:
    command = [sys.executable, "-m", "conformance", "judge", str(report)]
    done = subprocess.run(  # noqa: S603 - our own command
        command, env=clean_environment(), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return Ran(done.returncode, report, done.stdout, done.stderr)


def test_what_a_killed_run_has_left_is_judged(killed: Path) -> None:
    ran = judge(killed)
    assert ran.status == 2, ran.out + ran.err
    assert "The run was killed before its end; what it left in " in ran.err
    assert "The run ended early: it was killed before its end." in ran.out
    assert ran.report["stopped"] == "it was killed before its end"
    assert ran.verdicts["CRE-1"] == "passed"
    assert "failed" not in ran.verdicts.values()
    assert ran.report["spent"]["requests"] >= 300
    assert 1 <= ran.report["spent"]["generations"] <= 25
    assert ran.report["requirements"]["LST-1"]["promised"] is True
    assert (killed / "junit.xml").exists()
    assert judge(killed).status == 2, "it can be judged again"


def test_what_is_missing_is_said(killed: Path) -> None:
    parts = killed / "parts"
    for path in parts.glob("budget.sqlite*"):
        path.unlink()
    with (parts / "main.history.jsonl").open("ab") as file:
        file.write(b'{"id": "main-9')
    with (parts / "main.notes.jsonl").open("ab") as file:
        file.write(b'{"kind": "unrea')
    left = left_in(killed)
    assert left is not None
    assert any("is cut short and left out" in sentence for sentence in left.missing)
    assert any("the generations are those answers that were 202" in sentence for sentence in left.missing)
    assert left.record.spent.generations >= 1
    (parts / "main.notes.jsonl").unlink()
    left = left_in(killed)
    assert left is not None
    assert any("nothing counts as promised" in sentence for sentence in left.missing)
    assert not (parts / "budget.sqlite").exists(), "judging writes nothing there"


def test_a_run_that_ended_is_judged_by_what_it_wrote(killed: Path) -> None:
    (killed / "run.json").write_bytes((killed / "parts" / "run.json").read_bytes())
    assert left_in(killed) is None
