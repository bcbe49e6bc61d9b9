"""A run that was killed can be judged: with what it left, and a word on what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import conformance
from whole_runs import Ran, backend, kill_a_run

from conformance.run.journal import remains_in


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Kill a run when it has made some exchanges, and return the folder of its reports."""
    served = backend()
    report = kill_a_run(served, tmp_path_factory.mktemp("killed"), 300)
    assert served.settings.api_key not in (report / "parts" / "main.history.jsonl").read_text()
    return report


def judge(report: Path) -> Ran:
    done = conformance("judge", str(report), cwd=report)
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
    left = remains_in(killed)
    assert left is not None
    assert any("is cut short and left out" in sentence for sentence in left.missing)
    assert any("the generations are those answers that were 202" in sentence for sentence in left.missing)
    assert left.record.spent.generations >= 1
    (parts / "main.notes.jsonl").unlink()
    left = remains_in(killed)
    assert left is not None
    assert any("nothing counts as promised" in sentence for sentence in left.missing)
    assert not (parts / "budget.sqlite").exists(), "judging writes nothing there"


def test_a_run_that_ended_is_judged_by_what_it_wrote(killed: Path) -> None:
    (killed / "run.json").write_bytes((killed / "parts" / "run.json").read_bytes())
    assert remains_in(killed) is None
