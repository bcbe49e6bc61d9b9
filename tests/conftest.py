"""Leaves the exhaustive tests out, and fails a test of the checks in whose histories more fails than the test names."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from itertools import compress
from operator import not_
from pathlib import Path

import pytest
from histories import JUDGED

from conformance.checks.findings import Result

CHECKS = Path(__file__).parent / "checks"
STORIES = CHECKS / "test_stories.py"
REQUIREMENT = re.compile(r"\b[A-Z]{3}-\d+\b")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests that take an hour, unless `-m` names them."""
    if "exhaustive" in config.option.markexpr:
        return
    is_left_out = [item.get_closest_marker("exhaustive") is not None for item in items]
    config.hook.pytest_deselected(items=[*compress(items, is_left_out)])
    items[:] = compress(items, map(not_, is_left_out))


@pytest.fixture(autouse=True)
def only_named_requirements_fail(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test of the checks in whose histories a requirement fails that neither its source nor its parameters name."""
    # pytest 9.1 forgets a conftest of that folder for files named after one outside it, as mutmut does.
    if request.path.parent != CHECKS or request.path == STORIES:
        yield
        return
    JUDGED.clear()
    yield
    failed = {finding.requirement for finding in JUDGED if finding.result is Result.FAILED}
    named = REQUIREMENT.findall(f"{inspect.getsource(request.function)} {getattr(request.node, 'callspec', None)}")
    assert failed <= {*named}, "requirements fail that the test does not name"
