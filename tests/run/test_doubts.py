"""Answers that may be those of other calls are judged as none, live, again, and in a merge."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest
from certified_runs import write
from commands import conformance
from listeners import head_of, raw_server
from runs import exchange, record

from conformance.cli.saved import merge_runs
from conformance.client.call import Call
from conformance.client.exchange import UNASKED, Exchange, TransportError
from conformance.contract.document import load
from conformance.contract.paths import path_to
from conformance.reporting import json_report
from conformance.run.conclude import conclude_run, judge_history, links_of, without_doubted
from conformance.run.journal import MANIFEST, complete_record, notes_in, read_record
from conformance.run.planning.profiles import PROFILES
from conformance.run.process import Run, RunSpec
from conformance.run.settings.loading import load as load_target

WRONG = exchange(2, status=500)
CALLS = [exchange(1), WRONG, replace(exchange(3), tags={UNASKED: "45"}), exchange(4)]


def test_a_doubted_answer_is_no_answer() -> None:
    judged = list(without_doubted(CALLS, [WRONG.id, "main-3"]))
    assert [each.response is None for each in judged] == [False, True, True, False]
    assert judged[1].failed_with(TransportError.DOUBTED)
    assert judged[2].tags == {UNASKED: "45"}, "what is known of it stays"


def test_no_accusation_rests_on_a_doubted_answer() -> None:
    contract = load()
    assert judge_history(contract, record(), CALLS).tallies["ERR-1"].failed == 1
    tally = judge_history(contract, record(doubted=[WRONG.id, "main-3"]), CALLS).tallies["ERR-1"]
    assert tally.failed == 0
    (said,) = [each.message for each in tally.inconclusive]
    assert "45 bytes that nobody had asked for" in said
    assert "judged as calls without an answer" in said


def test_what_processes_doubt_stands_in_the_manifest(tmp_path: Path) -> None:
    for worker, name in (("gw0", "gw0-3"), ("gw1", "gw1-7")):
        (tmp_path / f"{worker}.notes.jsonl").write_text(f'{{"kind": "doubted", "exchanges": ["{name}"]}}\n')
    run = record()
    assert complete_record(run, tmp_path, run.spent, run.finished_at).doubted == ["gw0-3", "gw1-7"]


def test_what_is_left_over_is_waited_for_before_a_failure_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = b"HTTP/1.1 %d Whatever\r\nContent-Length: 2\r\n\r\n{}"

    def handle(connection: socket.socket) -> None:
        head_of(connection)
        connection.sendall(answer % 500)
        time.sleep(0.6)
        connection.sendall(answer % 200)

    monkeypatch.setenv("LAYERS_API_KEY", "lk_of-the-owner")
    with raw_server(handle) as url:
        target = load_target(None, {"target": {"base_url": url, "project_id": "prj"}})
        run = Run(RunSpec(target, PROFILES["smoke"], tmp_path, "run"), load(), "main")
        run.session.send(Call("GET", path_to("jobs", "job_1")))
        run.close()
    assert run.judge.tallies["ERR-1"].failed == 1
    assert [note["exchanges"] for note in notes_in(run.spec.parts) if note["kind"] == "doubted"] == [["main-1"]]
    report, _ = conclude_run(run.spec, run.contract, run.judge)
    assert report.requirements["ERR-1"].verdict != "failed", "what the run was told live is judged anew"
    assert read_record(tmp_path / MANIFEST).doubted == ["main-1"]


def test_no_evidence_rests_on_a_doubted_answer() -> None:
    run = record(doubted=[WRONG.id])
    links = links_of(CALLS, run)
    assert [each.response is None for each in links.exchanges] == [False, True, False, False]


def written(folder: Path, calls: list[Exchange], **changes: object) -> Path:
    return write(folder, calls, profile="gate", **changes)


@pytest.mark.parametrize(
    ("first", "name"),
    [
        ({}, f"run2-{WRONG.id}"),
        ({"stopped": "in the first contact: it is another server", "began": False}, WRONG.id),
    ],
    ids=["behind another run", "behind one that never began"],
)
def test_what_a_run_doubts_is_doubted_in_a_merge(first: dict[str, object], name: str, tmp_path: Path) -> None:
    one, other = written(tmp_path / "one", [exchange(2)], **first), tmp_path / "other"
    for doubted, verdict in (([], "failed"), ([WRONG.id], "passed")):
        written(other, [WRONG, exchange(4)], doubted=doubted)
        folder = tmp_path / verdict
        merge_runs([one, other], folder, quiet=True)
        assert json_report.read(folder / "report.json").requirements["ERR-1"].verdict == verdict
        assert read_record(folder / MANIFEST).doubted == [name for _ in doubted]


def test_a_doubted_answer_is_shown_as_it_came(tmp_path: Path) -> None:
    folder = written(tmp_path, CALLS, doubted=[WRONG.id])
    shown = conformance("show", folder, WRONG.id, cwd=tmp_path)
    assert "500" in shown.stdout.splitlines()
    conformance("judge", folder, "--write", "-q", cwd=tmp_path)
    assert json_report.read(folder / "report.json").requirements["ERR-1"].verdict != "failed"
