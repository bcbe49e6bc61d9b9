"""What every driver is given."""

from __future__ import annotations

import json

import pytest

from conformance.running import Run
from conformance.suite.api import Api
from conformance.suite.stock import Stock


@pytest.fixture(scope="session")
def api(run: Run) -> Api:
    """Give the calls of the API."""
    known = run.plan.parts / "known.json"
    if known.exists():
        run.api.know(*json.loads(known.read_text(encoding="utf-8")))
    return run.api


@pytest.fixture(scope="session")
def stock(api: Api) -> Stock:
    """Give the containers that this worker's drivers share."""
    return Stock(api)
