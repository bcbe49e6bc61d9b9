"""`conformance judge`: what it says of a saved run, and what it leaves alone."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from certified_runs import now, write
from runs import exchange, record

from conformance.cli.saved import judge_again, merge_runs, show
from conformance.client.exchange import keep
from conformance.client.saved import LARGEST_SHOWN
from conformance.contract.document import load
from conformance.exceptions import ConfigurationError
from conformance.reporting import json_report
from conformance.reporting.report import Verdict
from conformance.run.journal import MANIFEST, end_of_chain
from conformance.run.verdicts.detection import suite_digest
from conformance.run.verdicts.record import RunRecord


def saved(folder: Path, **changes: object) -> RunRecord:
    """Leave a run of one exchange whose answer no schema allows."""
    keep([exchange(1, answer=b"not JSON")], folder)
    facts = {"promised": {"CRE-1": ["d"]}, "harness": now(), "suite": suite_digest(), "history": end_of_chain(folder)}
    run = record(**facts | changes)
    run.write(folder / MANIFEST)
    return run


def test_a_report_is_written_where_there_is_none_and_replaced_where_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved(tmp_path)
    judge_again(tmp_path, quiet=True)
    path = tmp_path / "report.json"
    made = path.read_bytes()
    assert capsys.readouterr().err == ""
    other = json_report.read(path)
    other.requirements["CRE-2"].verdict = Verdict.PASSED
    json_report.write(other, path)
    before = path.read_bytes()
    judge_again(tmp_path, quiet=True)
    assert path.read_bytes() == before
    assert capsys.readouterr().err == f"{path} tells other verdicts and was left as it is; --write replaces it.\n"
    judge_again(tmp_path, quiet=True, write=True)
    assert path.read_bytes() == made
    assert capsys.readouterr().err == ""


def test_another_contract_and_another_suite_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    harness = now().model_copy(update={"contract_version": "2020.1", "contract_digest": "0" * 64})
    saved(tmp_path, harness=harness, suite="f" * 64)
    judge_again(tmp_path, quiet=True)
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("The run was judged by the contract 2020.1 (000000000000), and is judged now by ")
    assert load().version in first
    assert second.startswith("The checks or drivers of the run, of layers-conformance ")
    assert "(ffffffffffff)" in second


@pytest.mark.parametrize("command", ["judge", "merge", "show"])
def test_a_history_is_read_from_the_disk(command: str, tmp_path: Path) -> None:
    body = b'{"error": {"code": "CONFLICT", "message": "' + b"x" * LARGEST_SHOWN + b'"}}'
    calls = [exchange(number, status=409, answer=body) for number in range(1, 31)]
    folder = write(tmp_path / "run", calls, profile="gate")
    (folder / "report.json").unlink()
    tracemalloc.start()
    try:
        match command:
            case "judge":
                judge_again(folder, quiet=True)
            case "merge":
                merge_runs([folder, write(tmp_path / "other", profile="gate")], tmp_path / "merged", quiet=True)
            case _:
                show(report_dir=folder, exchange="main-7")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 15 * len(body)


def test_a_history_that_is_not_the_recorded_one_is_not_judged(tmp_path: Path) -> None:
    saved(tmp_path)
    keep([exchange(1)], tmp_path)
    with pytest.raises(ConfigurationError, match="not the one that the run has recorded: its chain of hashes ends"):
        judge_again(tmp_path)
    assert not (tmp_path / "report.json").exists()
