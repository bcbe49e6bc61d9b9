"""The end of a run whose merged history is judged: it comes in time, and an interruption of it keeps the report."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from runs import exchange

from conformance.checks.judge import Judge
from conformance.client.exchange import Exchange, Recorder, read, saved_in
from conformance.client.holding import uncut
from conformance.contract.document import load
from conformance.run import conclude
from conformance.run.planning.profiles import PROFILES
from conformance.run.process import RunSpec
from conformance.run.settings.loading import load as load_target
from conformance.run.signals import terminated_gently


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunSpec:
    """Return a run whose two workers have left a hundred exchanges."""
    monkeypatch.setenv("LAYERS_API_KEY", "key-of-the-owner")
    target = {"base_url": "http://127.0.0.1:1", "project_id": "prj_1"}
    found = RunSpec(load_target(None, {"target": target}), PROFILES["smoke"], tmp_path, "run")
    for worker in range(2):
        recorder = Recorder(found.parts / f"gw{worker}.history.jsonl")
        for number in range(50):
            recorder.record(exchange(50 * worker + number))
        recorder.close()
    return found


def saved_report(spec: RunSpec) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((spec.folder / "report.json").read_text())
    assert len(list(read(saved_in(spec.folder)))) == 100
    assert not spec.parts.exists()
    return found


def test_a_merged_history_is_judged_whole_where_there_is_time(spec: RunSpec) -> None:
    conclude.conclude_run(spec, load())
    assert saved_report(spec)["stopped"] is None


def test_the_judgement_ends_with_the_budget_of_seconds_and_says_so(
    spec: RunSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conclude, "LEAST_GRACE", -1e9)
    monkeypatch.setattr(conclude, "GRACE", -1e9)
    conclude.conclude_run(spec, load())
    report = saved_report(spec)
    assert report["stopped"].endswith(
        "seconds was spent when 0 exchanges had been judged; `conformance judge` judges all of them"
    )
    assert report["exitStatus"] == 2
    # The run itself came to its end, so that judging it again judges all of it.
    assert json.loads((spec.folder / "run.json").read_text())["stopped"] is None


def test_an_interruption_of_the_judgement_keeps_the_report_and_the_history(
    spec: RunSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []
    observe = Judge.observe

    def interrupted(judge: Judge, each: Exchange) -> Any:
        judged.append(each.id)
        if len(judged) == 10:
            os.kill(os.getpid(), signal.SIGINT)
        return observe(judge, each)

    monkeypatch.setattr(Judge, "observe", interrupted)

    with terminated_gently(), pytest.raises(KeyboardInterrupt), uncut():
        conclude.conclude_run(spec, load())
    report = saved_report(spec)
    assert report["stopped"] == "it was interrupted"
    assert report["exitStatus"] == 130
    assert len(judged) == 10
