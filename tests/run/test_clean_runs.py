"""Fifty gates on an honest target, each in other weather: none accuses it, and none ends without a verdict."""

from __future__ import annotations

import pytest
from inside import Job, runs

PACES = ({}, {"requests_per_second": 6.0}, {"polls_per_second": 5})
"""What the target limits: nothing, all requests of an organization, the reads of a job."""
CHANGES = ([], ["rolling-restart"], ["one-outage"], ["generations-uneven"], ["queue-long"], ["four-in-flight-at-most"])
SECONDS = (2.0, 10.0, 60.0)


def gate(seed: int) -> Job:
    """Return a gate in the weather of a seed."""
    return {
        "profile": "gate",
        "weather": seed,
        "changes": CHANGES[seed % len(CHANGES)],
        "settings": {"generation_seconds": SECONDS[seed % len(SECONDS)]} | PACES[seed // 2 % len(PACES)],
        "variables": {"CONFORMANCE_BUDGET__SECONDS": "20000", "CONFORMANCE_BUDGET__REQUESTS": "8000"},
    }


@pytest.mark.exhaustive
@pytest.mark.parametrize("first", range(1, 51, 5))
def test_no_gate_accuses_an_honest_target_or_ends_without_a_verdict(first: int) -> None:
    for ran in runs(gate(seed) for seed in range(first, first + 5)):
        story = {name: verdict for name, verdict in ran["verdicts"].items() if verdict != "passed"}
        assert (ran["status"], ran["failed"], ran["stopped"]) == (0, [], None), (ran["weather"], story)
