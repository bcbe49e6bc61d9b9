"""Python commands in processes that are forked from one that has imported the harness, which spares each a second of processor time.

A test whose subject is a fresh interpreter (what it loads, how it starts) takes `subprocess`.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 1_200.0
"""Seconds after which a command counts as one that never ends, on however busy a machine."""
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["conformance.selftest.preload", "conformance.cli.main", "sandbox.server", "sandbox.faults", "sandbox.variants"]
)


class Forked:
    """A process that does what `python ARGUMENTS` does, in a folder and with an environment; what it prints goes to files."""

    def __init__(self, *arguments: str, cwd: Path, env: Mapping[str, str], leads_group: bool = False) -> None:
        self._printed = tempfile.TemporaryDirectory(prefix="forked-")
        self._files = [Path(self._printed.name) / name for name in ("out", "err")]
        self._process = _CONTEXT.Process(
            target=_python,
            args=(tuple(map(os.fspath, arguments)), str(cwd), dict(env), [*map(str, self._files)], leads_group),
        )
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Wait for an event while it runs; fails if it ends first."""
        while not ready():
            assert self._process.is_alive(), self.ended()
            self._process.join(0.02)

    def kill_when(self, ready: Callable[[], bool]) -> subprocess.CompletedProcess[str]:
        """Kill it by SIGKILL at an event; return what it printed until then."""
        self.wait_until(ready)
        self._process.kill()
        done = self.ended()
        assert done.returncode == -signal.SIGKILL, "it was still running"
        return done

    def ended(self) -> subprocess.CompletedProcess[str]:
        """Wait until it ends; raises TimeoutExpired after `PATIENCE`."""
        self._process.join(PATIENCE)
        if self._process.exitcode is None:
            self._process.kill()
            raise subprocess.TimeoutExpired("python", PATIENCE)
        out, err = (path.read_text(encoding="utf-8") if path.exists() else "" for path in self._files)
        self._printed.cleanup()
        return subprocess.CompletedProcess((), self._process.exitcode, out, err)


def python(*arguments: str, cwd: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Do what `python ARGUMENTS` does, and wait for its end."""
    return Forked(*arguments, cwd=cwd, env=env).ended()


def _python(arguments: tuple[str, ...], cwd: str, env: dict[str, str], files: list[str], leads_group: bool) -> None:  # noqa: FBT001 - handed on by position
    if leads_group:
        os.setsid()
    # A shell that runs these tests in the background has SIGINT ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, path in enumerate(files, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    # The run is over soon, and looking for cycles takes an eighth of its time.
    gc.disable()
    installed = [path for path in sys.path if path and Path(path).parent not in (ROOT, ROOT / "tests")]
    sys.path[:] = ["", *filter(None, env.get("PYTHONPATH", "").split(os.pathsep)), *installed]
    kind, name, *rest = arguments
    sys.argv = [name, *rest]
    if kind == "-m":
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    elif kind == "-c":
        sys.argv[0] = "-c"
        exec(compile(name, "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102 - our own code
    else:
        sys.argv = [*arguments]
        runpy.run_path(kind, run_name="__main__")
