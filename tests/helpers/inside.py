"""Many runs in one process, each against a sandbox in the same process, on a clock that no pause makes wait.

`python inside.py JOBS` takes a JSON list of objects, each with a `profile`, and if need be with `only`, with `changes` (the names of variants
and faults of the sandbox), with `settings` (of the sandbox), with `weather` (a seed of `weather.Weather`), with `containers` (earlier ones in
the project), with `foreign` (earlier ones of the other organization, of which those that changed are told), with `lacking` (settings to
leave out), with `variables` (settings in the environment), with `folder` (where its reports are kept), with `fatal` (the requirements whose
failure ends the run), with `shards` (into how many the run is divided) and with `cuts` (numbers of exchanges after which the run is cut
off and resumed, each with whether it is killed or interrupted). It prints a line of JSON for each run: what it has spent, and how it ended.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from forked import python
from weather import Weather
from whole_runs import clean_environment, settings_without

from conformance.client import session as open_session
from conformance.client.exchange import Exchange, Recorder, read, saved_in
from conformance.exceptions import ConformanceError, RunStopped
from conformance.run import process
from conformance.run.calls.generations import Generations
from conformance.run.journal import NOTES, PARTS, notes_in
from conformance.run.launch import RunOptions, execute
from conformance.run.scheduler import Scheduler
from sandbox.app import create_app
from sandbox.backend import Backend, build_backend
from sandbox.earlier import fill
from sandbox.faults import all_faults
from sandbox.server import describe
from sandbox.settings import SandboxSettings
from sandbox.variants import all_variants

GENERATION = 0.3
Job = dict[str, Any]


class Clock:
    """The time of this process: it moves on by itself, and at once by what somebody sleeps."""

    def __init__(self) -> None:
        self._slept = 0.0
        self._lock = threading.Lock()
        self._real = {name: getattr(time, name) for name in ("time", "monotonic", "time_ns")}

    def install(self) -> None:
        """Put it in the place of the clock of the process."""
        time.time = lambda: self._real["time"]() + self._slept
        time.monotonic = lambda: self._real["monotonic"]() + self._slept
        time.time_ns = lambda: self._real["time_ns"]() + int(self._slept * 1e9)
        time.sleep = self.sleep
        # What was taken as a default before would make drivers wait.
        Scheduler.__init__.__kwdefaults__ |= {"clock": time.monotonic, "sleep": self.sleep}  # type: ignore[operator]  # it has defaults
        # What a driver is told that a generation takes is the time that passes here.
        Generations.__init__.__defaults__ = (time.monotonic,)
        # The wait of a driver that keeps the turn ends early where the run does, so that it is none of `time`.
        Scheduler.hold = _hold  # type: ignore[method-assign]

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self._slept += max(0.0, seconds)


def _hold(scheduler: Scheduler, seconds: float) -> None:
    time.sleep(seconds)
    scheduler.check()


class InProcess(httpx.BaseTransport):
    """Hands requests to an ASGI application in a loop of its own."""

    loop = asyncio.new_event_loop()
    is_dead = False

    def __init__(self, backend: Backend, weather: Weather | None = None) -> None:
        self.requests = 0
        self._weather = weather
        self._application = httpx.ASGITransport(create_app(backend), raise_app_exceptions=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request, whose body may wait for those of others."""
        if self.is_dead:
            raise RunStopped("the process was killed")
        self.requests += 1
        if self._weather is not None:
            self._weather.delay()
            refusal = self._weather.refusal()
            if refusal is not None:
                refusal.request = request
                return refusal
        content = b"".join(request.stream)  # type: ignore[arg-type]  # the stream of a synchronous client
        sent = httpx.Request(request.method, request.url, headers=request.headers.raw, content=content)
        answer = asyncio.run_coroutine_threadsafe(self._answer(sent, request), self.loop).result(60)
        if self._weather is not None:
            self._weather.delay()
        return answer

    async def _answer(self, sent: httpx.Request, request: httpx.Request) -> httpx.Response:
        answer = await self._application.handle_async_request(sent)
        content = b"".join([part async for part in answer.aiter_raw()])
        if len(content) < int(answer.headers.get("content-length", 0)) and request.method != "HEAD":
            raise httpx.RemoteProtocolError("the connection was closed before the whole body came", request=request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=content, request=request)


def ran(job: Job, folder: Path) -> Job:
    """Make one run and return what it came to."""
    settings = {"generation_seconds": GENERATION, "polls_per_second": 0} | job.get("settings", {})
    backend = build_backend(SandboxSettings(**settings))
    changes = [{**all_variants(), **all_faults()}[name] for name in job.get("changes", ())]
    for change in changes:
        change.install(backend)
    if "containers" in job:
        fill(backend, backend.settings.project_id, job["containers"])
    if "foreign" in job:
        fill(backend, backend.settings.other_project_id, job["foreign"])
    earlier = _foreign(backend) if "foreign" in job else {}
    transport = InProcess(backend, Weather(job["weather"]) if "weather" in job else None)
    if earlier:
        # A backend that numbers what it shows has numbered them before the run.
        url = f"http://inside.test/v1/projects/{backend.settings.other_project_id}/content?limit=200"
        headers = {"X-Api-Key": backend.settings.other_api_key}
        transport.handle_request(httpx.Request("GET", url, headers=headers))

    class Inside(open_session.Session):
        def __init__(self, *arguments: Any, **more: Any) -> None:
            super().__init__(*arguments, **more, transport=transport)

    process.Session = Inside  # type: ignore[misc]
    before = transport.requests
    described = describe(backend.settings, "http://inside.test")
    for name in ("dialect", "timing"):
        chosen = dict(pair for change in changes for pair in getattr(change, name, ()))
        described[name] = chosen or described[name]
    for change in changes:
        described |= getattr(change, "named", lambda _: {})(backend.settings)
    config = folder / "conformance.toml"
    config.write_text(settings_without(described, *job.get("lacking", ())))
    os.environ |= {"LAYERS_API_KEY": backend.settings.api_key, "LAYERS_OTHER_KEY": backend.settings.other_api_key}
    report_dir = folder / "report"
    options = RunOptions(
        config=config,
        profile=job["profile"],
        only=job.get("only", ""),
        report_dir=report_dir,
        quiet=True,
        overrides=job.get("variables", {}),
        stop_on=job.get("fatal", ""),
    )
    with redirect_stdout(io.StringIO()):
        ended: set[str] = set()
        for how, exchanges in job.get("cuts", ()):
            with cut_off(how, exchanges, report_dir), suppress(ConformanceError):
                execute(options)
            ended |= _ended(report_dir)
            options = replace(options, profile=None, only="", report_dir=None, resume=report_dir)
            time.sleep(job.get("gap", 0.0))
        for number in range(1, job.get("shards", 0) + 1):
            report_dir = folder / f"report-shard{number}"
            status = execute(replace(options, shard=f"{number}/{job['shards']}", report_dir=report_dir))
        if "shards" not in job:
            status = execute(options)
    report = json.loads((report_dir / "report.json").read_text())
    spent, last = report["spent"], f"part{len(report['parts'])}main-"
    again = ended & {each.driver for each in read(saved_in(report_dir)) if each.id.startswith(last)}
    return job | {
        "status": status,
        "generations": spent["generations"],
        "requests": spent["requests"],
        "seconds": spent["seconds"],
        "stopped": report["stopped"],
        "defects": report["defects"],
        "warnings": report["warnings"],
        "parts": report["parts"],
        "sent": transport.requests - before,
        "again": sorted(again),
        "verdicts": {name: row["verdict"] for name, row in report["requirements"].items()},
        "changed": [name for name, rows in earlier.items() if _foreign(backend).get(name) != rows],
        "failed": [name for name, row in report["requirements"].items() if row["verdict"] == "failed"],
    }


def _foreign(backend: Backend) -> dict[str, tuple[object, ...]]:
    """Return what the other organization's project holds: by the id of each container, what is stored of it and of its job."""
    found = backend.store.containers(backend.settings.other_project_id, None, "seq", backend.clock.now())
    return {snapshot.container.id: (snapshot.container, snapshot.job) for snapshot in found}


def _ended(report_dir: Path) -> set[str]:
    """Return the drivers that have ended in a run that was cut off."""
    parts = report_dir / PARTS
    notes = notes_in(parts) if parts.exists() else map(json.loads, (report_dir / NOTES).read_text().splitlines())
    return {note["driver"] for note in notes if note["kind"] == "ended"}


@contextmanager
def cut_off(how: str, exchanges: int, report_dir: Path) -> Iterator[None]:
    """End a run when it has recorded so many exchanges: by Ctrl-C, or so that it leaves what a process that is killed leaves."""
    whole, kept, count = Recorder.record, report_dir.with_name("killed"), 0

    def record(recorder: Recorder, exchange: Exchange) -> None:
        nonlocal count
        whole(recorder, exchange)
        count += 1
        if count == exchanges and how == "kill":
            shutil.copytree(report_dir, kept)
            InProcess.is_dead = True
        elif count == exchanges:
            signal.raise_signal(signal.SIGINT)

    Recorder.record = record  # type: ignore[method-assign]
    try:
        yield
    finally:
        Recorder.record = whole  # type: ignore[method-assign]
        InProcess.is_dead = False
    if kept.exists():
        shutil.rmtree(report_dir)
        kept.rename(report_dir)


def runs(jobs: Iterable[Job]) -> list[Job]:
    """Make runs one after the other in a process of their own, and return each job with what its run came to."""
    given = list(jobs)
    there = Path(__file__).parent
    done = python(__file__, json.dumps(given), cwd=there, env=clean_environment(PYTHONPATH=str(there)))
    found = [json.loads(line) for line in done.stdout.splitlines()]
    if len(found) != len(given):
        raise AssertionError(f"{given[len(found)]} broke down: {done.stderr}")
    return found


def main() -> None:
    """Make the runs."""
    Clock().install()
    threading.Thread(target=InProcess.loop.run_forever, daemon=True).start()
    for job in json.loads(sys.argv[1]):
        with tempfile.TemporaryDirectory(prefix="inside-") as folder:
            print(json.dumps(ran(job, Path(job.get("folder", folder)))), flush=True)  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main()
