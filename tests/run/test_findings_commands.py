"""`conformance show`, `explain` and `repro`, on the folder of a run."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from histories import FACTS, HistoryBuilder
from runs import TARGET, record

from conformance.cli.repro import reproduce
from conformance.cli.requirements import explain, lines_of
from conformance.cli.saved import saved_run, show
from conformance.client.exchange import judging_order, keep, read
from conformance.contract.document import load
from conformance.exceptions import ConfigurationError
from conformance.replay.dependencies import Dependencies
from conformance.replay.story import write_stories
from conformance.reporting import json_report
from conformance.run.conclude import concluded, judge_history, write_reports
from conformance.run.journal import MANIFEST


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    story = HistoryBuilder()
    story.create(1)
    story.read(1, status="odd\x1b[31m::error::x")
    exchanges = sorted(story.exchanges, key=judging_order)
    where = {"base_url": FACTS.base_url, "project_id": FACTS.project_id}
    run = record(target=TARGET | {"target": TARGET["target"] | where})
    place = tmp_path_factory.mktemp("findings") / "run"
    place.mkdir()
    keep(exchanges, place)
    run.write(place / MANIFEST)
    links = Dependencies(exchanges)
    report = concluded(load(), judge_history(load(), run, exchanges), run, links)
    write_reports(report, exchanges, links, place)
    return place


def test_show_prints_an_exchange_that_commands_no_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show(report_dir=folder, exchange="x2")
    shown = capsys.readouterr().out
    assert "GET http://target.test/v1/content/cnt_1" in shown
    assert '  "status": "odd\\u001b[31m\\x3a:error\\x3a:x",' in shown
    assert "\x1b" not in shown


def test_show_says_which_exchange_there_is_not(folder: Path) -> None:
    said = f"The run in {folder} has no exchange 'x99'; the ids stand in report.md and report.json."
    with pytest.raises(ConfigurationError, match=re.escape(said)):
        show(report_dir=folder, exchange="x99")


def test_repro_names_the_failures_that_there_are(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"has no failure 'IDM-7' to send anew; it has .*LIF-1"):
        reproduce("IDM-7", folder)


def test_the_smallest_history_stands_beside_the_report(folder: Path) -> None:
    story = [*read(folder / "repro" / "LIF-1.jsonl")]
    assert [each.id for each in story] == ["x1", "x2"]
    lines = (folder / "repro" / "LIF-1.txt").read_text().splitlines()
    assert [line for line in lines if line.startswith("# x")] == ["# x1 -> 202", "# x2 -> 200"]
    assert [line.split()[0] for line in lines if line and not line.startswith("#")] == ["curl", "curl"]


def test_repro_without_a_report_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match="There is no report below reports; give"):
        reproduce("LIF-1", None)


def test_repro_asks_for_the_key_and_sends_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAYERS_API_KEY", raising=False)
    with pytest.raises(ConfigurationError, match=r"LAYERS_API_KEY holds no API key; export LAYERS_API_KEY=…"):
        reproduce("LIF-1", folder)


def test_repro_sends_nothing_that_costs_unless_somebody_agrees(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAYERS_API_KEY", "lk_0123456789abcdef")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(ConfigurationError, match="costs the owner of the target money; give --yes to start") as said:
        reproduce("LIF-1", folder)
    assert said.value.exit_status == 2
    assert "Starts at most 1 generation." in capsys.readouterr().out


def test_explain_tells_all_there_is() -> None:
    text = "\n".join(lines_of("IDM-1", load()))
    assert "A retry inside the 24-hour window replays the original 202" in text
    assert "(content-items#creating-one)" in text
    assert "KeysReplayOneAnswer: " in text
    assert "replay-answers-200: " in text
    assert "generation" in text


@pytest.mark.parametrize("name", load().requirements)
def test_every_requirement_can_be_explained(name: str) -> None:
    lines = list(lines_of(name, load()))
    assert lines[0].startswith(f"{name} (")
    assert any(line.startswith("Judged by:") for line in lines)


def test_explain_guesses_what_was_meant() -> None:
    with pytest.raises(ConfigurationError, match="There is no requirement 'IDM-77'; did you mean IDM-7"):
        explain("IDM-77")


def test_the_histories_of_an_earlier_report_go(folder: Path, tmp_path: Path) -> None:
    old = tmp_path / "repro" / "XXX-1.jsonl"
    old.parent.mkdir()
    old.write_text("")
    report = json_report.read(folder / "report.json")
    write_stories(report, Dependencies(saved_run(folder).exchanges), tmp_path)
    assert not old.exists()
    assert (old.parent / "LIF-1.jsonl").exists()
