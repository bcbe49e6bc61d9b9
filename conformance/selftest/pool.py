"""The runs of the matrix in parallel: each has a sandbox and a harness process, and none can stop the others."""

from __future__ import annotations

import gc
import multiprocessing
import os
import shutil
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NoReturn

from conformance.exceptions import ConfigurationError, ConformanceError, HarnessDefect
from conformance.reporting import json_report
from conformance.reporting.report import Report
from conformance.run.embedded import config_of, keys_of, running_sandbox
from conformance.run.launch import RunOptions, execute
from conformance.run.planning.profiles import PROFILES
from conformance.run.settings.loading import ours
from conformance.selftest.matrix import Job

GRACE = 120.0
"""Seconds for starting and judging, which a run may take beyond the time of its profile."""
LONGEST = 900.0
"""The most seconds of a run against a sandbox, whose generations take a fraction of a second."""
PRELOADED = "conformance.selftest.preload"
OUTPUT = "said.txt"
"""The file in the folder of the run with its output."""
KEPT = ("report.json", OUTPUT)
"""The files that are kept of a run without problems."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that ended: its report, or why there is none."""

    job: Job
    report: Report | None
    note: str | None


class Pool:
    """Runs jobs in parallel, each in a folder of its own below `out`.

    Every run has a sandbox on a free port and a process forked from one that has imported everything. A run is killed after
    `timeout` seconds; None derives the limit from its profile.
    """

    def __init__(self, out: Path, workers: int, timeout: float | None = None) -> None:
        self._out = out
        self._workers = workers
        self._timeout = timeout
        self._stopping = threading.Event()
        self._context: BaseContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([PRELOADED])

    def run(self, jobs: Iterable[Job], ended: Callable[[Ended], None]) -> None:
        """Run every job and call `ended` for each as it ends; any exception kills the runs that are going on."""
        with ThreadPoolExecutor(self._workers) as threads:
            running: set[Future[Ended]] = {threads.submit(self._one, job) for job in jobs}
            try:
                for result in _as_they_end(running):
                    ended(result)
            except BaseException:
                self._stopping.set()
                threads.shutdown(wait=False, cancel_futures=True)
                raise

    def tidy(self, job: Job) -> None:
        """Delete everything in the folder of a run but the files in `KEPT`."""
        for path in (self._out / job.label).iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name not in KEPT:
                path.unlink()

    def _one(self, job: Job) -> Ended:
        folder = self._out / job.label
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            with running_sandbox(job.arguments) as description:
                config = config_of(description)
                (folder / "conformance.toml").write_text(config, encoding="utf-8")
                return self._judged(job, folder, keys_of(description))
        except ConformanceError as error:
            return Ended(job, None, str(error))
        except OSError as error:
            return Ended(job, None, f"The run could not be started: {error}.")

    def _judged(self, job: Job, folder: Path, keys: dict[str, str]) -> Ended:
        arguments = (folder, keys, job.profile, job.seed, job.requirement)
        process = self._context.Process(target=harness, args=arguments)  # type: ignore[attr-defined] # typeshed has it on each kind
        process.start()
        limit = self._timeout if self._timeout is not None else min(PROFILES[job.profile].seconds, LONGEST) + GRACE
        if not self._waited(process, limit):
            return Ended(job, None, f"The run was killed after {limit:g} seconds.")
        try:
            report = json_report.read(folder / "report.json")
        except ConfigurationError:
            return Ended(job, None, _last_line(folder / OUTPUT) or f"The run ended with {process.exitcode}.")
        return Ended(job, report, report.defects[0] if report.defects else None)

    def _waited(self, process: BaseProcess, limit: float) -> bool:
        waited = 0.0
        while process.is_alive() and waited < limit and not self._stopping.is_set():
            process.join(0.5)
            waited += 0.5
        if process.is_alive():
            process.kill()
            process.join()
            return False
        return True


def _as_they_end(futures: set[Future[Ended]]) -> Iterator[Ended]:
    while futures:
        done, futures = wait(futures, return_when=FIRST_COMPLETED)
        for future in done:
            yield future.result()


def _last_line(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8").strip().splitlines()
    except OSError:
        return ""
    return lines[-1] if lines else ""


def harness(folder: Path, environment: Mapping[str, str], profile: str, seed: int, stop_on: str) -> NoReturn:
    """Run a profile against the target that the folder's conformance.toml describes, and exit with its status.

    `environment` holds the keys; `fatal` is the requirement whose failure ends the run, or empty.
    """
    for name in ours(os.environ):
        del os.environ[name]
    os.environ.update(environment)
    # A run is over soon, and looking for cycles takes an eighth of its time.
    gc.disable()
    options = RunOptions(
        config=folder / "conformance.toml",
        profile=profile,
        report_dir=folder,
        seed=seed,
        quiet=True,
        stop_on=stop_on,
    )
    with (
        (folder / OUTPUT).open("w", encoding="utf-8", errors="replace") as output,
        redirect_stdout(output),
        redirect_stderr(output),
    ):
        status = _execute(options)
    sys.exit(status)


def _execute(options: RunOptions) -> int:
    try:
        return execute(options)
    except ConformanceError as error:
        print(error)  # noqa: T201 - goes to the file
        return error.exit_status
    except Exception:  # noqa: BLE001 - one broken run must not end the others
        traceback.print_exc()
        return HarnessDefect.exit_status
