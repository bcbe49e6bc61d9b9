"""What an outcome holds for: `conformant` alone is that of an unrestricted certify that judged all that the target has."""

from __future__ import annotations

import json
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from runs import TARGET, failed, inconclusive, passed, record, report

from conformance.contract.document import load
from conformance.reporting.junit import tree
from conformance.reporting.markdown import markdown
from conformance.reporting.report import Outcome, Report
from conformance.reporting.terminal import render
from conformance.reporting.view import View
from conformance.run.settings.target import SETTING_OF_NEED

NAMES = list(load().requirements)
WHOLE: dict[str, Any] = {
    "profile": "certify",
    "configured": list(SETTING_OF_NEED),
    "promised": {name: ["d"] for name in NAMES},
}


def ran(*without: str, capabilities: dict[str, bool] | None = None, **changes: Any) -> Report:
    """Return the report of a run that passed every requirement but some."""
    shown = [passed(name) for name in NAMES if name not in without]
    return report(*shown, run=record(**WHOLE | changes), capabilities=capabilities)


def test_a_whole_certify_is_conformant_without_more_words() -> None:
    made = ran()
    assert (made.outcome, made.scope.complete, made.scope.title) == (Outcome.CONFORMANT, True, "conformant")
    assert made.scope.sentence == "conformant: 0 failures in 104 of 104 requirements"


def test_what_the_target_lacks_is_no_gap_and_yet_not_covered() -> None:
    needing = [name for name, row in load().requirements.items() if "approve" in row.needs]
    made = ran(*needing, capabilities={"approve": False})
    assert (made.scope.complete, made.scope.gaps, made.scope.lacking) == (True, [], needing)
    assert made.figures.coverage.count == made.figures.divergence.of == 104 - len(needing)
    assert made.scope.sentence.endswith(f"{len(needing)} of what the target lacks")


@pytest.mark.parametrize(
    ("without", "changes", "sentence"),
    [
        ([], {"profile": "gate"}, "gate passed: 0 failures in 104 of 104 requirements"),
        ([], {"profile": "smoke"}, "smoke passed: 0 failures in 104 of 104 requirements"),
        (
            ["CLO-1", "CLO-2"],
            {"configured": []},
            "certify passed: 0 failures in 102 of 104 requirements; 2 were not asked for or not possible: CLO-1, CLO-2",
        ),
        ([], {"only": ["CRE-5"]}, "partial: --only CRE-5; 0 failures in 104 of 104 requirements"),
        (["LST-1"], {"only": ["CRE-5", "IDM"]}, "partial: --only CRE-5,IDM; 0 failures in 103 of 104 requirements"),
        (
            [],
            {"deselected": ["a", "b"]},
            "partial: pytest left out 2 drivers (-m, -k, names or skips); 0 failures in 104 of 104 requirements",
        ),
        (
            [],
            {"stopped": "pytest ended it, stopping after 1 failures"},
            "incomplete: 0 failures in 104 of 104 requirements; partial: it ended early, pytest ended it, stopping after 1 failures",
        ),
        (
            [],
            {"stopped": "it was interrupted"},
            "incomplete: 0 failures in 104 of 104 requirements; partial: it ended early, it was interrupted",
        ),
        (
            [],
            {"target": TARGET | {"embeddedSandbox": True}},
            "conformant (the embedded sandbox): 0 failures in 104 of 104 requirements",
        ),
        (
            ["CRE-1"],
            {},
            "incomplete: 0 failures in 103 of 104 requirements; 1 was promised and not exercised: CRE-1",
        ),
        (
            ["CRE-1"],
            {"only": ["CRE-1"], "promised": {}},
            "incomplete: 0 failures in 103 of 104 requirements; partial: --only CRE-1; it promised nothing",
        ),
        ([], {"promised": {}}, "incomplete: 0 failures in 104 of 104 requirements; it promised nothing"),
    ],
)
def test_all_else_says_what_it_is(without: list[str], changes: dict[str, Any], sentence: str) -> None:
    made = ran(*without, **changes)
    assert made.scope.sentence == sentence
    assert made.scope.complete is sentence.startswith("conformant")


def test_a_failed_should_is_no_green_without_words() -> None:
    made = report(*(passed(name) for name in NAMES), failed("CRE-8"), run=record(**WHOLE))
    assert (made.exit_status, made.scope.complete) == (0, True)
    assert made.scope.sentence == "conformant: 1 failure (no MUST) in 104 of 104 requirements"


def test_a_skip_improves_neither_figure() -> None:
    whole = report(*(passed(name) for name in NAMES), failed("CRE-8"), run=record(**WHOLE)).figures
    less = report(*(passed(name) for name in NAMES[1:]), failed("CRE-8"), run=record(**WHOLE)).figures
    assert (str(whole.divergence), str(whole.coverage)) == ("1 of 104", "104 of 104")
    assert (str(less.divergence), str(less.coverage)) == ("1 of 103", "103 of 104")


def test_what_stayed_inconclusive_was_not_judged() -> None:
    made = report(*(passed(name) for name in NAMES if name != "CRE-8"), inconclusive("CRE-8"), run=record(**WHOLE))
    assert (made.exit_status, made.scope.complete, made.scope.gaps) == (0, False, ["CRE-8"])
    assert made.scope.sentence == ("certify passed: 0 failures in 103 of 104 requirements; 1 was inconclusive: CRE-8")


def test_every_form_of_the_report_tells_the_scope_and_the_two_figures() -> None:
    made = ran("LST-1", only=["CRE-5"], target=TARGET | {"embeddedSandbox": True})
    title, figures = "artial: --only CRE-5 (the embedded sandbox)", ("0 of 103", "103 of 104")
    page, shown = markdown(View(made)), render(View(made))
    assert page.startswith(f"# ☑️ P{title}\n")
    lines = shown.splitlines()
    assert lines[0] == f"P{title}"
    assert lines[-1].startswith(f"p{title}; 0 failures in 103 of 104 requirements (exit status 0:")
    root: Element = tree(View(made)).getroot()
    properties = {each.attrib["name"]: each.attrib["value"] for each in root.iter("property")}
    assert title in root.attrib["name"]
    assert (properties["outcome"], properties["scope"]) == (f"P{title}", made.scope.sentence)
    for text in (page, shown, json.dumps(properties)):
        assert all(figure in text for figure in figures)
    written = json.loads(made.model_dump_json(by_alias=True))
    assert written["scope"]["complete"] is False
    assert written["scope"]["only"] == ["CRE-5"]
    assert written["figures"] == {"divergence": {"count": 0, "of": 103}, "coverage": {"count": 103, "of": 104}}


def test_only_a_complete_run_has_the_green_sign() -> None:
    assert markdown(View(ran())).startswith("# ✅ Conformant\n")
    assert markdown(View(ran(profile="gate"))).startswith("# ☑️ Gate passed\n")
