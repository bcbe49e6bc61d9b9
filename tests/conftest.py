"""Compares what the checks say of every history of `tests/checks` with what was approved.

A test names what it is about. The rest of what the checks say of its history, their words and their evidence, is held by the snapshots beside
the tests; after a change that is meant, `pytest tests/checks --snapshot-update` writes them anew, and their difference is to be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from histories import JUDGED
from syrupy.assertion import SnapshotAssertion

from conformance.checks.findings import Finding, Result

CHECKS = Path(__file__).parent / "checks"


@pytest.fixture(autouse=True)
def approved_findings(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test of the checks whose histories are judged in another way than was approved."""
    # pytest 9.1 forgets a conftest of that folder for files named after one outside it, as mutmut does.
    if request.path.parent != CHECKS:
        yield
        return
    snapshot: SnapshotAssertion = request.getfixturevalue("snapshot")
    JUDGED.clear()
    yield
    if JUDGED:
        assert account(JUDGED) == snapshot(name="findings")


def account(findings: list[Finding]) -> list[str]:
    """Write findings down: each that is no success in full, the successes as their number and a digest of them."""
    lines = sorted(
        f"{each.requirement} {each.result.value} {','.join(each.exchanges)}: {each.message}" for each in findings
    )
    successes = [line for line in lines if line.split()[1] == Result.PASSED.value]
    digest = sha256("\n".join(successes).encode()).hexdigest()[:16]
    return [f"{len(successes)} passed, {digest}", *(line for line in lines if line not in set(successes))]
