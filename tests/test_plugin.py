"""What a project pays for having the harness installed beside its own tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from runs import HEAVY, loaded_by

REPORT = """
import sys


def test_what_is_loaded(request):
    ours = {name for name in sys.modules if name.split(".")[0] == "conformance"}
    plugin = {"conformance", "conformance.run", "conformance.run.plugin"}
    assert ours == plugin | {"conformance.run.planning", "conformance.run.planning.profiles"}
    assert not {HEAVY} & set(sys.modules)
    assert request.config.getoption("conformance_profile") is None
    assert not request.config.pluginmanager.has_plugin("conformance-suite")
"""


def test_importing_the_plugin_loads_pytest_and_nothing_heavy(tmp_path: Path) -> None:
    assert loaded_by("import conformance.run.plugin", tmp_path) & HEAVY == {"pytest"}


def test_the_plugin_adds_two_small_modules_to_a_foreign_project(tmp_path: Path) -> None:
    (tmp_path / "test_foreign.py").write_text(REPORT.replace("{HEAVY}", repr(HEAVY - {"pytest"})))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "conformance.run.plugin", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_fixture_of_the_suite_is_not_in_the_way_of_a_foreign_project(tmp_path: Path) -> None:
    (tmp_path / "test_foreign.py").write_text("def test_of_a_run(run): pass\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env=os.environ | {"PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "fixture 'run' not found" in done.stdout
