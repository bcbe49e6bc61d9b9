"""Measure which mutants of the sandbox a run finds, and keep what each run came to in reports/sandbox-mutants.json.

A run is made in the memory of a process of its own (tests/helpers/inside.py), and ends at the first MUST that fails. What is measured already
is not measured again, unless it is named. docs/detection.md says how to read the results.
"""

from __future__ import annotations

import argparse
import contextlib
import fnmatch
import importlib.util
import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import CodeType
from typing import Any

from mutants import ROOT, Mutant, every, sample

import conformance.selftest.preload  # noqa: F401 - each run is forked from what this loads
import sandbox.server  # noqa: F401 - and from what the sandbox is built on
from conformance.contract.document import load
from conformance.exceptions import ConformanceError

RESULTS = ROOT / "reports" / "sandbox-mutants.json"
SIZE = 400
CPU_SECONDS = {"gate": 60, "certify": 300}
"""Processor time after which a run is ended; without a mutant it takes five and thirty seconds."""
WALL_SECONDS = 1500

Row = dict[str, Any]


class Mutated(SourceFileLoader):
    """Loads a module from a changed text."""

    def __init__(self, name: str, path: str, code: str) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        """Compile the changed text."""
        return compile(self._code, self.get_filename(fullname), "exec", dont_inherit=True)


class Finder(MetaPathFinder):
    """Finds the module that a mutant changes."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(self, fullname: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Return the changed module, and nothing for every other one."""
        if fullname != self._mutant.module:
            return None
        path = str(self._mutant.path)
        return importlib.util.spec_from_file_location(fullname, path, loader=Mutated(fullname, path, self._mutant.code))


def judged(mutant: Mutant, profile: str, fatal: str) -> Row:
    """Run a profile against a mutant, in a process of its own, and return what it came to."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "sandbox"]:
        del sys.modules[name]
    sys.meta_path.insert(0, Finder(mutant))
    sys.path.insert(0, str(ROOT / "tests" / "helpers"))
    try:
        import inside  # noqa: PLC0415 - it imports the sandbox, which is another one in each process

        inside.create_app(inside.build_backend())
    except Exception as error:  # noqa: BLE001 - whatever keeps it from starting
        return {"end": "broken", "note": f"{type(error).__name__}: {error}"}
    inside.Clock().install()
    threading.Thread(target=inside.InProcess.loop.run_forever, daemon=True).start()
    try:
        with tempfile.TemporaryDirectory(prefix="mutant-") as folder, contextlib.chdir(folder):
            came = inside.ran({"profile": profile, "fatal": fatal}, Path(folder))
    except ConformanceError as error:
        return {"end": "refused", "note": str(error)[:300]}
    except Exception:  # noqa: BLE001 - one broken run must not end the others
        return {"end": "defect", "note": traceback.format_exc()[-600:]}
    row = {"end": "found" if came["failed"] else "survived", "status": came["status"]}
    return row | {name: came[name] for name in ("failed", "generations", "requests")}


def child(mutant: Mutant, profile: str, fatal: str, result: Path) -> None:
    """Write what a run came to; be ended by the system where it takes too long."""
    signal.alarm(WALL_SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS[profile],) * 2)
    silent = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(silent, descriptor)
    row = judged(mutant, profile, fatal)
    result.write_text(json.dumps(row), encoding="utf-8")
    os._exit(0)  # the thread with the sandbox has no end


def measured(mutants: Iterable[Mutant], profile: str, processes: int, keep: Callable[[Mutant, Row], None]) -> None:
    """Run a profile against each mutant, some at a time, and hand over what each came to."""
    context = multiprocessing.get_context("fork")
    fatal = ",".join(name for name, requirement in load().requirements.items() if requirement.level == "MUST")
    running: dict[int, tuple[BaseProcess, Mutant]] = {}
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:

        def collect() -> None:
            for sentinel in wait(list(running)):
                process, mutant = running.pop(int(sentinel))
                process.join()
                result = Path(folder) / str(process.pid)
                late: Row = {"end": "timed out", "note": f"exit code {process.exitcode}"}
                keep(mutant, json.loads(result.read_text("utf-8")) if result.exists() else late)

        for mutant in mutants:
            if len(running) == processes:
                collect()
            mutant.code  # noqa: B018 - made here, so that it costs the run no time
            process = context.Process(target=_start, args=(mutant, profile, fatal, Path(folder)))
            process.start()
            running[process.sentinel] = (process, mutant)
        while running:
            collect()


def _start(mutant: Mutant, profile: str, fatal: str, folder: Path) -> None:
    child(mutant, profile, fatal, folder / str(os.getpid()))


def read() -> dict[str, Row]:
    """Return the results, by the names of the mutants."""
    return json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}


def write(results: Mapping[str, Row]) -> None:
    """Write the results with one line a mutant, so that they can be compared."""
    lines = [f" {json.dumps(name)}: {json.dumps(row, ensure_ascii=False)}" for name, row in sorted(results.items())]
    new = RESULTS.with_suffix(".new")
    new.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    new.replace(RESULTS)


def wanted(mutants: list[Mutant], results: Mapping[str, Row], profile: str, patterns: list[str]) -> list[Mutant]:
    """Return the mutants to measure: those named, or those without a result; under `certify` those that `gate` did not find."""
    if patterns:
        return [mutant for mutant in mutants if any(fnmatch.fnmatch(mutant.name, pattern) for pattern in patterns)]
    open_ones = [mutant for mutant in mutants if profile not in results.get(mutant.name, {})]
    if profile == "gate":
        return open_ones
    return [mutant for mutant in open_ones if results.get(mutant.name, {}).get("gate", {}).get("end") == "survived"]


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names", nargs="*", help="mutants to measure (again), as patterns of a shell; default: what has no result"
    )
    parser.add_argument(
        "--profile", choices=list(CPU_SECONDS), default="gate", help="certify is run against what gate did not find"
    )
    parser.add_argument("--size", type=int, default=SIZE, help="the size of the sample")
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    arguments = parser.parse_args()
    results = read()
    head = ("git", "rev-parse", "--short", "HEAD")
    commit = subprocess.check_output(head, cwd=ROOT, text=True).strip()  # noqa: S603 - no argument is from outside
    mutants = sample(every(), arguments.size)

    def keep(mutant: Mutant, row: Row) -> None:
        was, now = mutant.change
        row["commit"] = commit
        results[mutant.name] = {"was": was, "now": now, **results.get(mutant.name, {}), arguments.profile: row}
        write(results)
        print(mutant.name, row["end"], *row.get("failed", ()), flush=True)

    measured(wanted(mutants, results, arguments.profile, arguments.names), arguments.profile, arguments.jobs, keep)


if __name__ == "__main__":
    main()
