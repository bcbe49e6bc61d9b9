"""Failures that are listed are shown and do not fail a run for a time, and no outcome that they have can be read as conformant."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from runs import failed, inconclusive, passed, record, report

from conformance.checks.findings import KEPT_FINDINGS, Finding
from conformance.contract.document import load
from conformance.exceptions import ConfigurationError
from conformance.reporting.junit import tree
from conformance.reporting.markdown import markdown
from conformance.reporting.model import KnownFailure
from conformance.reporting.page import page
from conformance.reporting.report import Outcome, Report
from conformance.reporting.terminal import render
from conformance.reporting.view import View
from conformance.run.process import Run
from conformance.run.verdicts.known_failures import read_list, update

TODAY = date(2026, 4, 18)
"""The day of the runs here."""
NAMES = list(load().requirements)
BROKEN = ": It was broken."
"""The key of `failed("CRE-1")`."""


def known(requirement: str = "CRE-1", key: str = BROKEN, until: date = date(2026, 7, 1), **more: str) -> KnownFailure:
    facts = {"reason": "The gateway answers for it.", "owner": "ana"} | more
    return KnownFailure(requirement=requirement, key=key, until=until, **facts)


def ran(*findings: Finding, listed: list[KnownFailure], **changes: Any) -> Report:
    """Return the report of a whole certify that passed every requirement that no finding is about."""
    about = {finding.requirement for finding in findings}
    others = [passed(name) for name in NAMES if name not in about]
    facts = {"profile": "certify", "promised": {name: ["d"] for name in NAMES}, "known_failures": listed}
    return report(*findings, *others, run=record(**facts | changes))


def test_a_listed_failure_is_shown_and_does_not_fail_the_run() -> None:
    made = ran(failed("CRE-1"), listed=[known()])
    assert (made.outcome, made.exit_status, made.tolerated) == (Outcome.KNOWN_FAILURES, 0, ["CRE-1"])
    assert made.requirements["CRE-1"].verdict == "failed"
    assert made.scope.sentence == (
        "known failures only: 1 failure in 104 of 104 requirements; 1 known: CRE-1 until 2026-07-01"
    )
    assert View(made).summary.endswith(
        "(exit status 0: every failure that counts is a listed one, so that the target is not conformant and the run is not red)"
    )
    said = "CRE-1 (: It was broken.) is a known failure until 2026-07-01: The gateway answers for it. (ana)"
    assert [each.sentence for each in made.known_failures] == [said]
    assert said in " ".join(render(View(made)).split())
    assert "## Known failures" in markdown(View(made))
    xml = tree(View(made)).getroot()
    assert xml.get("failures") == "0"
    (case,) = [each for each in xml.iter("testcase") if str(each.get("name")).startswith("CRE-1 ")]
    assert case.find("skipped").get("message") == "A known failure until 2026-07-01: It was broken."


@pytest.mark.parametrize("form", ["terminal", "quiet", "markdown", "headline"])
def test_no_form_of_a_run_with_known_failures_says_conformant(form: str) -> None:
    made = ran(failed("CRE-1"), listed=[known()])
    text = {
        "terminal": render(View(made)),
        "quiet": View(made).summary,
        "markdown": markdown(View(made)),
        "headline": made.scope.title,
    }[form]
    assert "conformant" not in text.replace("not conformant", "").replace("layers-conformance", "")


def test_the_page_of_a_run_with_known_failures_says_so_in_its_head() -> None:
    text = page(View(ran(failed("CRE-1"), listed=[known()])))
    assert "<title>Known failures only" in text
    assert "1 known: CRE-1 until 2026-07-01" in text


def test_a_known_failure_of_what_does_not_count_is_no_conformant_run_either() -> None:
    assert ran(failed("CRE-8"), listed=[]).outcome is Outcome.CONFORMANT
    assert ran(failed("CRE-8"), listed=[known("CRE-8")]).outcome is Outcome.KNOWN_FAILURES
    both = ran(failed("CRE-8"), failed("CRE-8", "Another."), listed=[known("CRE-8")])
    assert both.outcome is Outcome.KNOWN_FAILURES


def test_a_second_defect_of_a_listed_requirement_is_red() -> None:
    made = ran(failed("CRE-1"), failed("CRE-1", "Another defect."), listed=[known()])
    assert (made.outcome, made.exit_status, made.tolerated) == (Outcome.NOT_CONFORMANT, 1, [])


def test_a_defect_of_another_requirement_is_red() -> None:
    assert ran(failed("CRE-1"), failed("CRE-2"), listed=[known()]).exit_status == 1


def test_what_is_beyond_the_findings_that_are_kept_is_not_tolerated() -> None:
    many = [failed("CRE-1", f"Kind {number}.") for number in range(KEPT_FINDINGS)]
    listed = [known(key=f": Kind {number}.") for number in range(KEPT_FINDINGS)]
    assert ran(*many, listed=listed).exit_status == 1
    assert ran(*many[1:], listed=listed[1:]).exit_status == 0


@pytest.mark.parametrize(
    ("findings", "listed", "changes", "status", "sentence"),
    [
        ([failed("CRE-1")], known(until=date(2026, 5, 3)), {}, 0, "is a known failure until 2026-05-03: The"),
        (
            [failed("CRE-1")],
            known(until=date(2026, 5, 1)),
            {},
            0,
            "until 2026-05-01, in 13 days: mend it, or agree on another date",
        ),
        ([failed("CRE-1")], known(until=TODAY), {}, 0, "until 2026-04-18, in 0 days: mend it"),
        (
            [failed("CRE-1")],
            known(until=date(2026, 4, 17)),
            {},
            1,
            "was to be mended until 2026-04-17 and still fails",
        ),
        ([], known(), {}, 2, "no longer fails: take it out of the list"),
        ([failed("CRE-8", "Another.")], known("CRE-8"), {}, 2, "no longer fails: take it out of the list"),
        ([inconclusive("CRE-8")], known("CRE-8"), {}, 2, "was not exercised, so that nobody knows whether it still"),
        ([], known("XXX-1"), {}, 2, "names no requirement: take it out of the list"),
        ([inconclusive("CRE-8")], known("CRE-8"), {"only": ["CRE-1"]}, 0, "was not asked for by this run"),
    ],
)
def test_what_became_of_a_known_failure(
    findings: list[Finding], listed: KnownFailure, changes: dict[str, Any], status: int, sentence: str
) -> None:
    made = ran(*findings, listed=[listed], **changes)
    assert made.exit_status == status
    assert sentence in made.known_failures[0].sentence
    if status == 2:
        assert made.outcome is Outcome.INCOMPLETE
        assert "of the known failures" in made.scope.sentence
        assert "the list of known failures is out of date" in View(made).summary


def test_a_known_failure_hides_nothing_that_stayed_open() -> None:
    made = ran(failed("CRE-1"), inconclusive("CRE-2"), listed=[known()])
    assert (made.outcome, made.exit_status) == (Outcome.INCOMPLETE, 2)


def entry(**changes: str) -> str:
    facts = {"requirement": '"CRE-1"', "key": '"k"', "reason": '"r"', "owner": '"o"', "until": "2026-07-01"} | changes
    return "[[failure]]\n" + "\n".join(f"{name} = {value}" for name, value in facts.items() if value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[failure]\n", r"Cannot read the known failures in .*known\.toml: Expected"),
        ("[failures]\na = 1\n", r"is to hold tables \[\[failure\]\] and nothing else"),
        (entry(reason=""), r"In entry 1 of .*, reason is wrong: field required\."),
        (entry(reason='" "'), "CRE-1 needs a reason, and an owner or an issue"),
        (entry(owner='""'), "CRE-1 needs a reason, and an owner or an issue"),
        (entry(until='"soon"'), "until is wrong: input should be a valid date"),
        (entry(until="2026-10-16"), "tolerated until 2026-10-16, more than 180 days ahead; give an earlier date"),
        (entry(requirement='"XXX-1"'), "there is no requirement XXX-1; take the entry out"),
        (entry(color='"red"'), "color is wrong: extra inputs are not permitted"),
        (entry() + "\n" + entry(), r"lists CRE-1 \(k\) twice"),
    ],
)
def test_a_list_that_cannot_be_used_is_told_in_one_sentence(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=said) as refused:
        read_list(path, TODAY)
    assert "\n" not in str(refused.value)


def test_a_list_may_name_an_issue_and_the_last_day_that_it_may(tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    path.write_text(entry(owner="", issue='"https://example.test/7"', until="2026-10-15"))
    (found,) = read_list(path, TODAY)
    assert (found.whose, found.until) == ("https://example.test/7", date(2026, 10, 15))


def test_the_list_is_written_and_pruned(tmp_path: Path) -> None:
    path = tmp_path / "known.toml"
    first = ran(failed("CRE-1", 'It said "no".\n'), failed("CRE-8"), listed=[])
    assert (
        update(path, first, TODAY)
        == f"Wrote {path}: 1 new, 0 taken out, 0 kept; give each new one a reason and an owner."
    )
    with pytest.raises(ConfigurationError, match="CRE-1 needs a reason"):
        read_list(path, TODAY)
    path.write_text(path.read_text().replace('reason = ""', 'reason = "r"').replace('owner = ""', 'owner = "o"'))
    (listed,) = read_list(path, TODAY)
    assert (listed.key, listed.until) == (': It said "no".\n', date(2026, 5, 18))
    again = ran(failed("CRE-1", 'It said "no".\n'), failed("CRE-2"), listed=[listed])
    assert update(path, again, TODAY).endswith("1 new, 0 taken out, 1 kept; give each new one a reason and an owner.")
    mended = ran(listed=[listed])
    assert update(path, mended, TODAY).endswith(": 0 new, 1 taken out, 1 kept.")
    assert [each.requirement for each in read_list(path, TODAY, lenient=True)] == ["CRE-2"]


def test_a_late_date_is_not_put_off(tmp_path: Path) -> None:
    path, late = tmp_path / "known.toml", known(until=date(2026, 4, 1))
    path.write_text(entry(key=f'"{BROKEN}"', until="2026-04-01"))
    update(path, ran(failed("CRE-1"), listed=[late]), TODAY)
    (kept,) = read_list(path, TODAY)
    assert kept.until == date(2026, 4, 1)


def test_a_driver_does_not_fail_on_what_is_known() -> None:
    def pytest_said(listed: tuple[KnownFailure, ...]) -> list[str]:
        spec = SimpleNamespace(strict=False, stop_on=(), known=listed, began_on=date(2026, 4, 18))
        run = SimpleNamespace(spec=spec, contract=load(), _fresh=[failed("CRE-1"), failed("CRE-1", "Another.")])
        return [finding.message for finding in Run.fresh_failures(run)]  # type: ignore[arg-type]  # what it asks of one

    assert pytest_said(()) == ["It was broken.", "Another."]
    assert pytest_said((known(),)) == ["Another."]
    assert pytest_said((known(until=date(2026, 4, 17)),)) == ["It was broken.", "Another."]
