"""A run that is killed in its middle leaves a history that can be read."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from whole_runs import COMMAND, PATIENCE, backend, clean_environment, settings_without

from conformance.checks.judge import Judge
from conformance.contract.document import load
from conformance.door.exchange import merge, read
from conformance.history.observation import TargetFacts
from conformance.run.target import load as load_target
from sandbox.server import describe, running


def test_a_run_that_is_killed_leaves_a_readable_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served = backend()
    recorded = tmp_path / "report" / "parts" / "main.history.jsonl"
    with running(served) as url:
        (tmp_path / "conformance.toml").write_text(settings_without(describe(served.settings, url)))
        keys = {"LAYERS_API_KEY": served.settings.api_key, "LAYERS_OTHER_KEY": served.settings.other_api_key}
        with subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, *COMMAND, "--profile", "gate", "--report-dir", "report"],
            cwd=tmp_path,
            env=clean_environment(**keys),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline and process.poll() is None:
                if recorded.exists() and recorded.read_bytes().count(b"\n") >= 40:
                    break
                time.sleep(0.01)
            process.kill()
        assert process.returncode == -9, "it was still running"
    exchanges = list(read(recorded))
    assert len(exchanges) >= 40
    assert exchanges[0].driver == "preflight"
    assert served.settings.api_key not in recorded.read_text()
    monkeypatch.setenv("LAYERS_API_KEY", "key")
    judge = Judge(load(), TargetFacts.of(load_target(tmp_path / "conformance.toml").public_facts()))
    for exchange in merge([recorded], tmp_path / "history.jsonl"):
        judge.observe(exchange)
    judge.finish()
    assert judge.tallies["CRE-1"].passed >= 1
    assert sum(tally.failed for tally in judge.tallies.values()) == 0
