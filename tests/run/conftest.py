"""Lets the tests of this folder share the runs that take long."""

from __future__ import annotations

import os

import pytest
from whole_runs import Ran, backend, once, run_against


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the settings and keys of the user out of the environment."""
    for name in [name for name in os.environ if name.upper().startswith(("CONFORMANCE_", "LAYERS_"))]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return one run of the gate against a sandbox with everything."""
    return once(tmp_path_factory, "gate", lambda folder: run_against(backend(), folder, "--profile", "gate"))


@pytest.fixture(scope="session")
def gate_by_two(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return the same run by two processes."""
    return once(
        tmp_path_factory, "gate-by-two", lambda folder: run_against(backend(), folder, "--profile", "gate", "-n", "2")
    )


@pytest.fixture(scope="session")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return one run of smoke against a sandbox with everything."""
    return once(tmp_path_factory, "smoke", lambda folder: run_against(backend(), folder, "--profile", "smoke"))
