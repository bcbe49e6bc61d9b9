"""Whole runs against a sandbox that serves from a thread of the test."""

from __future__ import annotations

import gzip
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from forked import Forked, python

from conformance.client.exchange import Exchange, read, saved_in
from sandbox.backend import Backend, build_backend
from sandbox.server import config_toml, describe, running
from sandbox.settings import SandboxSettings

COMMAND = ("-c", "from conformance.cli.main import main; main()", "run")
SUITE = ("-m", "pytest", "-p", "no:cacheprovider", "-q", "--pyargs", "conformance.suite")


def text_of(path: Path) -> str:
    """Return the text of a file that a run left, compressed or not."""
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")


@dataclass(frozen=True)
class Ran:
    """What a run came to."""

    status: int
    folder: Path
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        return found

    @property
    def history(self) -> list[Exchange]:
        return list(read(saved_in(self.folder)))

    @property
    def verdicts(self) -> dict[str, str]:
        return {name: row["verdict"] for name, row in self.report["requirements"].items()}

    @property
    def not_exercised(self) -> dict[str, str]:
        rows = self.report["requirements"].items()
        return {name: row["reason"] for name, row in rows if row["verdict"] == "not exercised"}


def clean_environment(**more: str) -> dict[str, str]:
    foreign = ("CONFORMANCE_", "LAYERS_", "PYTEST_", "SANDBOX_")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)} | more


def on_path(folder: Path) -> dict[str, str]:
    """Return the variable that puts a folder before the modules that this process finds by it."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))}


def backend(*, seconds: float = 0.1, polls_per_second: int = 0) -> Backend:
    """Build a quick sandbox that does not limit how fast a job is polled, unless it is told to."""
    return build_backend(SandboxSettings(generation_seconds=seconds, polls_per_second=polls_per_second))


def settings_without(description: dict[str, object], *lacking: str) -> str:
    """Write the settings of a sandbox without some of their lines."""
    lines = config_toml(description).splitlines()
    return "\n".join(line for line in lines if line.partition(" = ")[0] not in lacking and not line.startswith("#"))


def run_against(
    served: Backend,
    folder: Path,
    *arguments: str,
    lacking: tuple[str, ...] = (),
    command: tuple[str, ...] = COMMAND,
    environment: dict[str, str] | None = None,
) -> Ran:
    """Serve a backend, and run a command against it in a process of its own and in a folder that was empty."""
    folder.mkdir(parents=True, exist_ok=True)
    with running(served) as url:
        (folder / "conformance.toml").write_text(settings_without(describe(served.settings, url), *lacking))
        keys = {"LAYERS_API_KEY": served.settings.api_key, "LAYERS_OTHER_KEY": served.settings.other_api_key}
        return run(folder, *arguments, command=command, environment=keys | (environment or {}))


def run(folder: Path, *arguments: str, command: tuple[str, ...] = COMMAND, environment: dict[str, str]) -> Ran:
    """Run a command in a folder; its reports go to `report` below it."""
    prefix = "--conformance-" if "--pyargs" in command else "--"
    more = ("--conformance-config", "conformance.toml") if "--pyargs" in command else ()
    arguments = (*command, f"{prefix}report-dir", "report", *more, *arguments)
    done = python(*arguments, cwd=folder, env=clean_environment(**environment))
    return Ran(done.returncode, folder / "report", done.stdout, done.stderr)


def kill_a_run(served: Backend, folder: Path, exchanges: int) -> Path:
    """Kill a gate by SIGKILL when it has recorded so many exchanges, and return the folder of its reports."""
    recorded = folder / "report" / "parts" / "main.history.jsonl"
    with running(served) as url:
        (folder / "conformance.toml").write_text(settings_without(describe(served.settings, url)))
        keys = {"LAYERS_API_KEY": served.settings.api_key, "LAYERS_OTHER_KEY": served.settings.other_api_key}
        process = Forked(
            *COMMAND, "--profile", "gate", "--report-dir", "report", cwd=folder, env=clean_environment(**keys)
        )
        process.kill_when(lambda: recorded.exists() and recorded.read_bytes().count(b"\n") >= exchanges)
    return folder / "report"


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Ran]) -> Ran:
    """Make a run once, also where several workers of xdist ask for it at the same time."""
    shared = factory.getbasetemp()
    folder = (shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared) / name
    kept = folder / "ran.json"
    try:
        folder.mkdir()
    except FileExistsError:
        while not kept.exists():
            time.sleep(0.05)
    else:
        try:
            ran = make(folder / "run")
        except BaseException as error:
            _keep(kept, [-1, "", "", repr(error)])
            raise
        _keep(kept, [ran.status, str(ran.folder), ran.out, ran.err])
    status, at, out, err = json.loads(kept.read_text())
    assert at, f"The run {name} was not made: {err}"
    return Ran(status, Path(at), out, err)


def _keep(path: Path, ran: list[object]) -> None:
    """Write what a run came to, so that no reader sees a part of it."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps(ran))
    new.rename(path)
