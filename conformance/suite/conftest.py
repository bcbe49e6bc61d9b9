"""What every driver is given."""

from __future__ import annotations

import json

import pytest

from conformance.run.api import CROWDED, Api
from conformance.run.process import KNOWN, Run
from conformance.suite.stock import Stock


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Run:
    """Return the run behind the drivers."""
    plugin = request.config.pluginmanager.get_plugin("conformance-suite")
    if plugin is None:
        pytest.skip("the drivers run under `pytest --pyargs conformance.suite` only")
    found: Run = plugin.run
    return found


@pytest.fixture(scope="session")
def api(run: Run) -> Api:
    """Give the calls of the API."""
    known = run.spec.parts / KNOWN
    if known.exists():
        for project, ids in json.loads(known.read_text(encoding="utf-8")).items():
            run.api.know(*ids)
            run.api.crowded.update({project} if len(ids) > CROWDED else ())
    return run.api


@pytest.fixture(scope="session")
def stock(api: Api) -> Stock:
    """Give the containers that this worker's drivers share."""
    return Stock(api)
