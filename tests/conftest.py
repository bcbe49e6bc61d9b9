"""Leaves the exhaustive tests out, and compares what the checks say of every history of `tests/checks` with what was approved.

A test names what it is about. The rest of what the checks say of its history about the requirements that its module names, their words and
their evidence, is held by the snapshots beside the tests; after a change that is meant, `pytest tests/checks --snapshot-update` writes them
anew, and their difference is to be read.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import compress
from operator import not_
from pathlib import Path

import pytest
from histories import JUDGED
from syrupy.assertion import SnapshotAssertion

from conformance.checks.findings import Finding, Result

CHECKS = Path(__file__).parent / "checks"
REQUIREMENT = re.compile(r"\b[A-Z]{3}-\d+\b")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests that take an hour, unless `-m` names them."""
    if "exhaustive" in config.option.markexpr:
        return
    is_left_out = [item.get_closest_marker("exhaustive") is not None for item in items]
    config.hook.pytest_deselected(items=[*compress(items, is_left_out)])
    items[:] = compress(items, map(not_, is_left_out))


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
    named = requirements_named(request.path)
    said = Account(finding for finding in JUDGED if finding.requirement in named)
    if said.lines:
        assert said == snapshot(name="findings")


@lru_cache
def requirements_named(module: Path) -> frozenset[str]:
    """Return the requirements that a test module names."""
    return frozenset(REQUIREMENT.findall(module.read_text(encoding="utf-8")))


class Account:
    """What checks said: the successes by requirement with the exchanges that show each, then every other finding with its sentence.

    Its representation is what a snapshot holds.
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        passed: dict[str, list[str]] = defaultdict(list)
        rest: Counter[str] = Counter()
        for each in findings:
            shown_by = "+".join(each.exchanges)
            if each.result is Result.PASSED:
                passed[each.requirement].append(shown_by)
            else:
                rest[f"{each.requirement} {each.result} {shown_by}: {each.message}"] += 1
        successes = [f"{name} {' '.join(sorted(shown))}".rstrip() for name, shown in sorted(passed.items())]
        lines = [line if count == 1 else f"{line} ({count} times)" for line, count in sorted(rest.items())]
        self.lines = [*([f"passed {', '.join(successes)}"] if successes else []), *lines]

    def __repr__(self) -> str:
        return "\n".join(self.lines)
