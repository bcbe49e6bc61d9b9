"""The wheel carries all that a run needs, and nothing else: it works from an empty folder, without the checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from whole_runs import COMMAND, Ran, clean_environment

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("conformance", "strategies", "sandbox", "openapi")
WHERE = f"import {', '.join(PACKAGES)}; print(*(each.__path__[0] for each in ({', '.join(PACKAGES)})))"


def asked(*command: str, cwd: Path, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
    env = clean_environment(**environment)
    return subprocess.run([sys.executable, *command], cwd=cwd, env=env, capture_output=True, text=True, check=check)  # noqa: S603 - our own commands


def built(folder: Path) -> Path:
    """Build the wheel from the files of the checkout, with the build tools that are installed."""
    options = ["--quiet", "--no-deps", "--disable-pip-version-check", "-w", str(folder), str(ROOT)]
    if asked("-c", "import hatchling", cwd=ROOT, check=False).returncode == 0:
        options.append("--no-build-isolation")
    asked("-m", "pip", "wheel", *options, cwd=folder)
    (found,) = folder.glob("*.whl")
    return found


def require_contents(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    names = archive.namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == set(PACKAGES)
    for package in PACKAGES:
        files = [path for path in (ROOT / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        assert {path.relative_to(ROOT).as_posix() for path in files} - set(names) == set()
    assert not any("__pycache__" in name for name in names)
    (info,) = {name.partition("/")[0] for name in names if ".dist-info/" in name}
    assert archive.read(f"{info}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
    assert "License-Expression: Apache-2.0" in archive.read(f"{info}/METADATA").decode().splitlines()


def test_an_installed_wheel_runs_from_an_empty_folder_as_the_checkout_does(smoke: Ran, tmp_path: Path) -> None:
    wheel, installed, empty = (tmp_path / name for name in ("wheel", "installed", "empty"))
    for folder in (wheel, installed, empty):
        folder.mkdir()
    file = built(wheel)
    require_contents(file)
    options = ("--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", "--target", str(installed))
    asked("-m", "pip", "install", *options, str(file), cwd=installed)
    environment = {"PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1", "COLUMNS": "200"}
    where = asked("-c", WHERE, cwd=empty, **environment)
    assert where.stdout.split() == [str(installed / package) for package in PACKAGES], where.stderr
    command = (*COMMAND, "--profile", "smoke", "--report-dir", "report")
    done = asked(*command, cwd=empty, check=False, **environment)
    ran = Ran(done.returncode, empty / "report", done.stdout, done.stderr)
    assert ran.status == smoke.status, ran.out + ran.err
    assert ran.verdicts == smoke.verdicts
    assert [path.name for path in empty.iterdir()] == ["report"]
    script = asked(str(installed / "bin" / "conformance"), "requirements", "--format", "json", cwd=empty, **environment)
    assert '"CRE-1"' in script.stdout
