"""What GitHub Actions is told, and that a target commands nothing there."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from runs import exchange, failed, passed, record, report

from conformance.contract.document import load
from conformance.reporting.github import CUT, LONGEST_MESSAGE, LONGEST_SUMMARY, annotated, tell, write_summary
from conformance.reporting.junit import tree
from conformance.reporting.model import KnownFailure
from conformance.reporting.report import Report
from conformance.reporting.view import View

EVIL = "100% wrong\r\n::set-output name=x::y\n::error::boo %0A::stop-commands::t ##[error] \x1b[31m,:"
MUSTS = [name for name, row in load().requirements.items() if row.level == "MUST"]


def red(*messages: str) -> Report:
    return report(*(failed("CRE-1", message) for message in messages), run=record(promised={"CRE-1": ["d"]}))


def test_a_failure_is_an_annotation_that_says_only_what_was_meant() -> None:
    lines = list(annotated(View(red(EVIL))))
    assert len(lines) == 2
    assert lines[0].startswith(
        "::error title=CRE-1 MUST::100%25 wrong\\r\\n\\x3a:set-output name=x\\x3a:y\\n\\x3a:error"
    )
    assert "%250A" in lines[0]
    assert lines[1].startswith("::error title=layers-conformance::not conformant: 1 failure in 1 of 104 requirements")
    for line in lines:
        assert line.isprintable()
        head, _, data = line.removeprefix("::").partition("::")
        assert head.split(" ")[0] == "error"
        assert "\n" not in data
        assert "##[" not in data


def test_the_sentence_of_an_outcome_says_only_what_was_meant() -> None:
    made = red("It broke.")
    said = made.scope.model_copy(update={"sentence": EVIL + "x" * 5_000})
    *_, line = annotated(View(made.model_copy(update={"scope": said})))
    assert line.startswith("::error title=layers-conformance::100%25 wrong\\r\\n\\x3a:set-output name=x\\x3a:y")
    assert line.isprintable()
    assert len(line) < 2_500


def test_a_long_text_of_the_target_leaves_room_for_what_was_to_be_kept() -> None:
    line = next(annotated(View(red("\u0436" * 5_000))))
    assert line.count("\u0436") == LONGEST_MESSAGE
    assert line.endswith(f"({load().requirements['CRE-1'].sentence})")


def test_a_title_holds_no_separator(monkeypatch: pytest.MonkeyPatch) -> None:
    made = red("It broke.")
    monkeypatch.setattr(type(made), "counts", lambda *_: True)
    made.requirements["a:b,c"] = made.requirements.pop("CRE-1")
    assert next(iter(annotated(View(made)))).startswith("::error title=a%3Ab%2Cc MUST::")


def test_a_failure_that_does_not_count_is_a_warning() -> None:
    made = report(passed("CRE-1"), failed("CRE-8"), run=record(promised={"CRE-1": ["d"]}))
    (line,) = annotated(View(made))
    assert line.startswith("::warning title=CRE-8 SHOULD::It was broken.")


def test_a_known_failure_is_a_warning_and_so_is_its_outcome() -> None:
    entry = KnownFailure(requirement="CRE-1", key=": It was broken.", reason="r", owner="o", until="2026-07-01")
    made = report(failed("CRE-1"), run=record(promised={"CRE-1": ["d"]}, known_failures=[entry]))
    assert [line.split("::")[1] for line in annotated(View(made))] == [
        "warning title=CRE-1 MUST",
        "warning title=layers-conformance",
    ]


def test_no_more_is_told_than_is_shown() -> None:
    lines = list(annotated(View(report(*(failed(name) for name in MUSTS)))))
    assert sum(line.startswith("::error") for line in lines) == 10
    assert f"::notice title=layers-conformance::{len(MUSTS) - 9} more errors are in the report." in lines


def test_a_green_run_has_no_annotation() -> None:
    assert list(annotated(View(report(passed("CRE-1"), run=record(promised={"CRE-1": ["d"]}))))) == []


def test_the_page_is_appended_to_the_summary_of_the_step(tmp_path: Path) -> None:
    page, summary = tmp_path / "report.md", tmp_path / "summary"
    page.write_text("# Page\n")
    summary.write_text("before\n")
    made = red("It broke.")
    assert tell(View(made), page, {"GITHUB_STEP_SUMMARY": str(summary)}) == ([], [])
    assert summary.read_text() == "before\n# Page\n\n"
    lines, troubles = tell(
        View(made), page, {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "no" / "file")}
    )
    assert len(lines) == 2
    assert troubles[0].startswith("Cannot write the summary of this step to ")
    assert tell(View(made), page, {}) == ([], [])


def test_a_page_that_is_too_large_is_cut_at_a_line(tmp_path: Path) -> None:
    write_summary("é" * 99 + "\n" + ("x" * 999 + "\n") * 1_100, tmp_path / "summary")
    text = (tmp_path / "summary").read_bytes()
    assert len(text) <= LONGEST_SUMMARY + len(CUT.encode()) + 1
    assert text.decode().endswith("x" * 999 + CUT + "\n")


def cases(made: Report) -> dict[str, Element]:
    found = tree(View(made, [exchange(1), exchange(4)])).getroot().iter("testcase")
    return {str(each.get("name")).partition(" ")[0]: each for each in found}


def test_a_case_of_junit_has_the_time_of_the_exchanges_that_show_it() -> None:
    made = cases(report(passed("CRE-1", "main-1"), failed("CRE-2", "It broke.", "main-1", "main-4"), passed("CRE-4")))
    assert {name: made[name].get("time") for name in ("CRE-1", "CRE-2", "CRE-4", "CRE-5")} == {
        "CRE-1": "0.250",
        "CRE-2": "3.250",
        "CRE-4": "0.000",
        "CRE-5": "0.000",
    }
