"""A report of a run whose target may lag says so, and what that costs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from histories import FACTS, HistoryBuilder, envelope_of_error, judged

from conformance.checks.findings import Result, Tally
from conformance.run.verdicts.warnings import is_lenient, lag_warnings, settling_warnings


def tallies_of(lag: float, waited: float) -> dict[str, Tally]:
    """Judge a read that does not find a container so long after its create."""
    story = HistoryBuilder()
    story.create()
    story.at += waited
    story.call("GET", "/v1/content/cnt_1", 404, envelope_of_error("NOT_FOUND"))
    tallies: dict[str, Tally] = {}
    for finding in judged(story, replace(FACTS, read_lag=lag)):
        if finding.result is not Result.PASSED:
            tallies.setdefault(finding.requirement, Tally()).add(finding)
    return tallies


def target(**timing: Any) -> dict[str, Any]:
    return {"timing": timing}


def test_what_the_tolerance_excused_is_counted() -> None:
    (said,) = lag_warnings(target(read_lag=2.0), tallies_of(2.0, 0.0))
    assert "up to 2 s before them (timing.read_lag), and that excused 1 read (CRE-4 1)." in said
    assert "in the first 2 s after a write alone is not found" in said


def test_a_longer_time_to_settle_is_told() -> None:
    (said,) = settling_warnings(target(settling=60.0))
    assert said.startswith("A job and its container were allowed to differ for 60 s (timing.settling, by itself 2 s).")
    assert is_lenient(target(settling=60.0))


@pytest.mark.parametrize("given", [target(settling=2.0), target(settling=0.5), target(), {}])
def test_no_longer_time_to_settle_is_not_told(given: dict[str, Any]) -> None:
    assert settling_warnings(given) == []
    assert not is_lenient(given)


def test_a_tolerance_that_nothing_needed_is_told_too() -> None:
    (said,) = lag_warnings(target(read_lag=2.0), {})
    assert "and no read was seen to lack one" in said


@pytest.mark.parametrize("given", [target(read_lag=0.0), target(), {}])
def test_without_a_tolerance_nothing_is_said(given: dict[str, Any]) -> None:
    assert lag_warnings(given, tallies_of(0.0, 0.0)) == []
