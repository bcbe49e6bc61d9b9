"""Every story of `stories/`, and of the examples of `conformance explain`, is judged as it says, and nothing else fails in it."""

from __future__ import annotations

from collections import Counter

import pytest
from histories import judged
from notation import EXAMPLES, STORIES, Case, cases_of

from conformance.checks.findings import Result

FILES = {path.stem: cases_of(path) for path in [*sorted(STORIES.glob("*.txt")), EXAMPLES]}
TITLES = [(name, title) for name, cases in FILES.items() for title in cases]


@pytest.mark.parametrize(("name", "title"), TITLES, ids=[f"{name}: {title}" for name, title in TITLES])
def test_a_story_is_judged_as_it_says(name: str, title: str) -> None:
    assert FILES[name][title], "it has a case"
    for case in FILES[name][title]:
        _require(case)


def _require(case: Case) -> None:
    findings = judged(case.history(), case.facts)
    counted = Counter((finding.requirement, finding.result.value) for finding in findings)
    wanted = {(name, result): times for name, results in case.found.items() for result, times in results.items()}
    found = {
        key: times
        for key, times in counted.items()
        if key[1] != Result.PASSED or key[0] in case.silent or key in wanted
    }
    assert found == wanted, "; ".join(case.calls)
    for name, sentence in case.sentences.items():
        assert sentence in [finding.message for finding in findings if finding.requirement == name]
