"""The score of the sandbox's mutants."""

from __future__ import annotations

from typing import Any

import mutant_score
import pytest

FOUND, SURVIVED = {"end": "found", "failed": ["CRE-1"]}, {"end": "survived", "failed": []}


def row(**ends: dict[str, Any]) -> dict[str, Any]:
    return {"was": "a", "now": "b", **ends}


RESULTS = {
    "by gate": row(gate=FOUND),
    "by certify": row(gate=SURVIVED, certify=FOUND),
    "by neither": row(gate=SURVIVED, certify=SURVIVED),
    "slow": row(gate={"end": "timed out"}),
    "not there": row(gate={"end": "broken"}),
    "alike": row(gate=SURVIVED),
}


def test_the_score_counts_what_has_to_be_found() -> None:
    score = list(mutant_score.lines(RESULTS, {"alike": "equivalent"}))
    assert "| counted | 4 |" in score
    assert "| found by gate | 1 (25.0%) |" in score
    assert "| found by gate or certify | 2 (50.0%) |" in score
    assert "Missed: `by neither`, `slow`." in score


@pytest.mark.parametrize("name", ["by gate", "by certify", "nowhere"])
def test_a_reason_is_only_for_what_was_measured_and_not_found(name: str) -> None:
    assert len(list(mutant_score.problems(RESULTS, {name: "allowed"}))) == 1
    assert list(mutant_score.problems(RESULTS, {"alike": "equivalent"})) == []


def test_the_committed_score_is_current() -> None:
    assert mutant_score.main(["--check"]) == 0
