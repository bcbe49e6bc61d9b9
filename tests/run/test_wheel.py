"""The wheel carries all that a run needs: it works from an empty folder, without the checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from forked import PATIENCE
from whole_runs import COMMAND, Ran, clean_environment

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("conformance", "strategies", "sandbox", "openapi")
WHERE = f"import {', '.join(PACKAGES)}; print(*(each.__path__[0] for each in ({', '.join(PACKAGES)})))"


def asked(*command: str, cwd: Path, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, *command],
        cwd=cwd,
        env=clean_environment(**(environment or {})),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the files of the checkout, with the build tools that are installed."""
    folder = tmp_path_factory.mktemp("wheel")
    done = asked(
        *("-m", "pip", "wheel", "--quiet", "--no-deps", "--disable-pip-version-check", "-w", str(folder), str(ROOT)),
        *(("--no-build-isolation",) if has_hatchling() else ()),
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    (found,) = folder.glob("*.whl")
    return found


def has_hatchling() -> bool:
    return asked("-c", "import hatchling", cwd=ROOT).returncode == 0


def test_the_wheel_holds_the_packages_and_their_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == set(PACKAGES)
    for package in PACKAGES:
        here = {
            path.relative_to(ROOT).as_posix()
            for path in (ROOT / package).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert here - set(names) == set()
    assert not any("__pycache__" in name or name.startswith(("tests/", "reports/")) for name in names)


def test_the_wheel_holds_the_license_and_names_it(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (info,) = {name.partition("/")[0] for name in archive.namelist() if ".dist-info/" in name}
    assert archive.read(f"{info}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
    assert "License-Expression: Apache-2.0" in archive.read(f"{info}/METADATA").decode().splitlines()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel alone into an empty folder."""
    folder = tmp_path_factory.mktemp("installed")
    done = asked(
        *("-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"),
        *("--target", str(folder), str(wheel)),
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_an_installed_copy_runs_from_an_empty_folder_as_the_checkout_does(
    installed: Path, smoke: Ran, tmp_path: Path
) -> None:
    environment = {"PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1", "COLUMNS": "200"}
    where = asked("-c", WHERE, cwd=tmp_path, environment=environment)
    assert where.stdout.split() == [str(installed / package) for package in PACKAGES], where.stderr
    done = asked(*COMMAND, "--profile", "smoke", "--report-dir", "report", cwd=tmp_path, environment=environment)
    ran = Ran(done.returncode, tmp_path / "report", done.stdout, done.stderr)
    assert ran.status == smoke.status, ran.out + ran.err
    assert ran.verdicts == smoke.verdicts
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_the_commands_of_an_installed_copy_are_there(installed: Path, tmp_path: Path) -> None:
    environment = {"PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    done = asked(
        str(installed / "bin" / "conformance"),
        "requirements",
        "--format",
        "json",
        cwd=tmp_path,
        environment=environment,
    )
    assert done.returncode == 0, done.stderr
    assert '"CRE-1"' in done.stdout
