"""A run that is killed in its middle leaves a history that can be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from whole_runs import backend, kill_a_run

from conformance.checks.judge import Judge
from conformance.client.exchange import read
from conformance.client.saved import Saved
from conformance.contract.document import load
from conformance.history.observation import TargetFacts
from conformance.run.settings.target import load as load_target


def test_a_run_that_is_killed_leaves_a_readable_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served = backend()
    recorded = kill_a_run(served, tmp_path, 40) / "parts" / "main.history.jsonl"
    exchanges = list(read(recorded))
    assert len(exchanges) >= 40
    assert exchanges[0].driver == "preflight"
    assert served.settings.api_key not in recorded.read_text()
    monkeypatch.setenv("LAYERS_API_KEY", "key")
    judge = Judge(load(), TargetFacts.of(load_target(tmp_path / "conformance.toml").public_facts()))
    for exchange in Saved([recorded]):
        judge.observe(exchange)
    judge.finish()
    assert judge.tallies["CRE-1"].passed >= 1
    assert sum(tally.failed for tally in judge.tallies.values()) == 0
