"""The fixtures of every driver."""

from __future__ import annotations

import gc
import json

import pytest

from conformance.exceptions import ConfigurationError
from conformance.run.calls.api import Api
from conformance.run.process import KNOWN, Run
from conformance.suite.shelf import Shelf
from conformance.suite.stock import Stock

UNREGISTERED = (
    "No driver ran, so nothing was sent and nothing is judged: the drivers need the plugin of layers-conformance, which stands by for "
    "`conformance run` and `pytest --pyargs conformance.suite`; give the suite by that name, and leave out -p no:layers_conformance."
)


def pytest_runtestloop() -> None:
    """Exclude what was loaded before the first driver from every garbage collection: it stays to the end."""
    gc.freeze()


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Run:
    """Return the run behind the drivers."""
    plugin = request.config.pluginmanager.get_plugin("conformance-suite")
    if plugin is None:
        # A skip would end with 0, which reads as a run that found nothing wrong.
        pytest.exit(UNREGISTERED, returncode=ConfigurationError.exit_status)
    found: Run = plugin.run
    return found


@pytest.fixture(scope="session")
def api(run: Run) -> Api:
    """Return the calls of the API."""
    known = run.spec.parts / KNOWN
    if known.exists():
        for project, ids in json.loads(known.read_text(encoding="utf-8")).items():
            run.api.know(*ids)
            run.api.lists.know(project, len(ids))
    return run.api


@pytest.fixture(scope="session")
def stock(run: Run, api: Api) -> Stock:
    """Return the containers that this worker's drivers share."""
    shelf = Shelf(run)
    return Stock(api, made=shelf.found(begun=False), begun=shelf.found(begun=True), keep=shelf.keep)


@pytest.fixture(scope="session", autouse=True)
def shared(request: pytest.FixtureRequest, run: Run, api: Api, stock: Stock) -> None:
    """Lend what all drivers share to those that begin before pytest sets up their tests."""
    plugin = request.config.pluginmanager.get_plugin("conformance-suite")
    if plugin is not None:
        plugin.overlap.lend({"run": run, "api": api, "stock": stock})
