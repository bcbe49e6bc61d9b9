"""`conformance compare`: what changed between two runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from commands import conformance, sentence
from runs import TARGET, exchange, failed, inconclusive, passed, record, report

from conformance.checks.findings import Finding
from conformance.cli.compare import show_comparison
from conformance.exceptions import ConfigurationError
from conformance.reporting import write_all
from conformance.reporting.comparison import Change, Run, compare
from conformance.reporting.report import Report
from conformance.reporting.view import View

EVIL = "It said [passed](javascript:alert\\(1\\)) | ::error::x\x1b[31m <script>"


def ran(*findings: Finding, **changes: Any) -> Report:
    return report(*findings, run=record(promised={"CRE-1": ["d"]}, **changes))


def written(folder: Path, *findings: Finding, **changes: Any) -> Path:
    made = ran(*findings, **changes)
    write_all(View(made, [exchange(1)]), folder)
    return folder


def elsewhere(url: str) -> dict[str, Any]:
    return TARGET | {"target": TARGET["target"] | {"base_url": url}}


@pytest.mark.parametrize(
    ("before", "after", "change", "is_worse"),
    [
        ([passed("CRE-1")], [passed("CRE-1")], None, False),
        ([failed("CRE-1")], [failed("CRE-1")], None, False),
        ([], [], None, False),
        ([inconclusive("CRE-1")], [], None, False),
        ([passed("CRE-1")], [failed("CRE-1")], Change.FAILS, True),
        ([], [failed("CRE-1")], Change.FAILS, True),
        ([failed("CRE-1")], [passed("CRE-1")], Change.PASSES, False),
        ([passed("CRE-1")], [], Change.SILENT, True),
        ([failed("CRE-1")], [], Change.SILENT, True),
        ([passed("CRE-1")], [inconclusive("CRE-1")], Change.SILENT, True),
        ([], [passed("CRE-1")], Change.HEARD, False),
        ([failed("CRE-1", "A.")], [failed("CRE-1", "A."), failed("CRE-1", "B.")], Change.FAILS_OTHERWISE, True),
        ([failed("CRE-1", "A."), failed("CRE-1", "B.")], [failed("CRE-1", "A.")], Change.FAILS_LESS, False),
    ],
)
def test_what_became_of_a_requirement(
    before: list[Finding], after: list[Finding], change: Change | None, *, is_worse: bool
) -> None:
    found = compare(Run(Path("before"), ran(*before)), Run(Path("after"), ran(*after)))
    assert [each.change for each in found.changes if each.requirement == "CRE-1"] == ([change] if change else [])
    assert found.is_worse is is_worse


def test_a_run_that_is_worse_is_told_and_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = written(tmp_path / "one", passed("CRE-1"), failed("CRE-2"), passed("CRE-4"))
    other = written(tmp_path / "other", failed("CRE-1", EVIL), passed("CRE-2"))
    page = tmp_path / "page.md"
    assert show_comparison([one, other], markdown_file=page) == 1
    said = capsys.readouterr().out
    assert "other is worse than one: 1 newly failing (CRE-1); 1 gone silent (CRE-4); 1 newly passing (CRE-2)." in said
    assert "\x1b" not in said
    assert "::error" not in said
    text = page.read_text()
    assert "| newly failing | [CRE-1](other/report.html#CRE-1) | passed | failed | It said" in text
    assert "<script" not in text
    assert not re.search(r"(?<!\\)\[passed(?<!\\)\]\(", text)
    assert show_comparison([other, one]) == 1, "what passed is silent now"
    again = written(tmp_path / "again", passed("CRE-1"), failed("CRE-2"), passed("CRE-4"), seed=1)
    assert show_comparison([one, again]) == 0
    assert "again is no worse than one: no requirement changed its verdict." in capsys.readouterr().out


def test_a_run_that_did_not_come_to_its_end_is_worse_than_one_that_did(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = written(tmp_path / "whole", passed("CRE-1"))
    cut = written(tmp_path / "cut", passed("CRE-1"), stopped="the budget of 1 requests is spent")
    assert show_comparison([whole, cut]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "cut is worse than whole: no requirement changed its verdict; it is incomplete, so that it proves nothing."
        in said
    )
    assert show_comparison([cut, whole]) == 0
    other = written(tmp_path / "other", passed("CRE-1"), stopped="the budget of 2 requests is spent")
    assert show_comparison([cut, other]) == 0


def test_cost_and_time_stand_beside_one_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = written(tmp_path / "one", passed("CRE-1"))
    spent = {"generations": 3, "requests": 1204, "seconds": 90.0}
    other = written(tmp_path / "other", passed("CRE-1"), spent=spent, profile="certify")
    assert show_comparison([one, other]) == 0
    said = capsys.readouterr().out
    assert re.search(r"requests +4 +1,204 +\+1,200", said)
    assert re.search(r"seconds +60 +90 +\+30", said)
    assert "The runs differ in their profile (gate and certify), which may explain a change." in said


def test_two_targets_are_compared_with_a_note_and_a_link(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a = written(tmp_path / "a", passed("CRE-1"), target=elsewhere("https://a.test"))
    b = written(tmp_path / "b c", failed("CRE-1"), target=elsewhere("https://b.test/"))
    page = tmp_path / "page.md"
    assert show_comparison([a, b], markdown_file=page) == 1
    assert "The runs differ in their target (https://a.test and https://b.test)" in capsys.readouterr().out
    assert "[CRE-1](b%20c/report.html#CRE-1)" in page.read_text()
    (b / "report.html").unlink()
    show_comparison([a, b], markdown_file=page)
    assert "[CRE-1](b%20c/report.md#CRE-1)" in page.read_text()


def test_two_embedded_sandboxes_are_one_target(tmp_path: Path) -> None:
    runs = [
        written(
            tmp_path / name, passed("CRE-1"), target=elsewhere(f"http://127.0.0.1:{port}") | {"embeddedSandbox": True}
        )
        for name, port in (("a", 1), ("b", 2))
    ]
    page = tmp_path / "page.md"
    assert show_comparison(runs, markdown_file=page) == 0
    assert "a → b: the embedded sandbox" not in page.read_text(), "nothing changed"
    assert "b is no worse than a" in page.read_text()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["one"], r"takes the folders of two runs, the earlier one first, and not 1\."),
        (["one", "two", "one"], r"takes the folders of two runs, the earlier one first, and not 3\."),
        (["one", "none"], r"Cannot read the report .*none"),
        (["one", "one"], r"one and .*one hold the same run; give two different runs\."),
        (["silent", "one"], r"The run in .*silent judged nothing, so that no later one can be worse"),
    ],
)
def test_what_cannot_be_compared(given: list[str], said: str, tmp_path: Path) -> None:
    written(tmp_path / "one", passed("CRE-1"))
    written(tmp_path / "silent")
    with pytest.raises(ConfigurationError, match=said):
        show_comparison([tmp_path / name for name in given])


def test_the_option_that_is_gone_says_what_to_use(tmp_path: Path) -> None:
    done = conformance("compare", "--trend", "reports", cwd=tmp_path)
    assert sentence(done) == "--trend is gone; compare two runs with `conformance compare EARLIER LATER`."
    assert done.returncode == 2
