"""A repro script, tried on a sandbox with a fault and on the sandbox as it is."""

from __future__ import annotations

import io
import json
import runpy
import subprocess
import sys
import time
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
from inside import GENERATION, InProcess, ran
from whole_runs import clean_environment, on_path

from conformance.checks.findings import Finding
from conformance.cli.saved import saved_run
from conformance.client import resending
from conformance.client.saved import for_reports
from conformance.contract.document import load
from conformance.replay.dependencies import Dependencies
from conformance.replay.smallest import Shrinker
from conformance.run.conclude import judge_history
from sandbox.backend import Backend, build_backend
from sandbox.earlier import fill
from sandbox.faults import all_faults
from sandbox.server import running
from sandbox.settings import SandboxSettings

ROOT = Path(__file__).parents[2]
PATIENCE = 300
GOOD = ("still broken", "fixed")
Row = dict[str, Any]


def trial(fault: str, folder: Path, *, whole: bool = False) -> Row:
    """Find a fault by the requirement that it breaks, and try the script of the first failure of it.

    The drivers of that requirement look for it under certify, and with `whole`, where they do not find it, all drivers under gate and then
    under certify; the run ends at the failure. Everything is in the memory of this process, on the clock of `inside`.
    """
    requirement = all_faults()[fault].requirement
    row: Row = {"requirement": requirement}
    for drivers, profile in (("its own", "certify"), ("all", "gate"), ("all", "certify"))[: 3 if whole else 1]:
        row |= {"drivers": drivers, "profile": profile, "found": False}
        job = {
            "profile": profile,
            "only": requirement if drivers == "its own" else "",
            "changes": [fault],
            "containers": all_faults()[fault].containers,
        }
        # A run that ends at once may lack what was under way with the failure.
        for name, fatal in (("short", requirement), ("long", "")):
            place = folder / f"{drivers}-{profile}-{name}"
            place.mkdir()
            if requirement not in ran(job | {"fatal": fatal}, place)["failed"]:
                break
            row |= {"found": True} | played_on_both(place / "report", requirement, fault)
            if (row["faulty"], row["clean"]) == GOOD:
                break
        if row["found"]:
            break
    return row


def played_on_both(report: Path, requirement: str, fault: str) -> Row:
    """Return what is known of the first failure of a requirement, and what its script says."""
    story = json.loads((report / "report.json").read_text())["requirements"][requirement]["findings"][0]
    containers = all_faults()[fault].containers
    script = report / "repro" / f"{requirement}.py"
    return {
        "kind": story["kind"],
        "exchanges": len(story["smallest"]),
        "confirmed": story["isConfirmed"],
        "seconds": seconds_of_shrinking(report, requirement),
        "faulty": played(script, fault, containers=containers)[-1],
        "clean": played(script, containers=containers)[-1],
    }


def seconds_of_shrinking(report: Path, requirement: str) -> float:
    """Return the processor time that the smallest history of a first failure takes."""
    run = saved_run(report)
    contract = load()
    judge = judge_history(contract, run.record, run.exchanges)
    exchanges = for_reports(run.exchanges)
    finding: Finding = judge.tallies[requirement].failures[0]
    before = time.thread_time()
    Shrinker(contract, judge.target, Dependencies(exchanges, judge.target.clock_url), judge.tallies).smallest(finding)
    return round(time.thread_time() - before, 3)


def played(script: Path, *faults: str, containers: int = 0) -> list[str]:
    """Run a script in this process against a sandbox of its own, whose project holds some containers, and return the lines that it prints."""
    served = sandbox_with(*faults, seconds=GENERATION)
    fill(served, served.settings.project_id, containers)
    client = partial(httpx.Client, transport=InProcess(served))
    said = io.StringIO()
    with (
        mock.patch.object(httpx, "Client", client),
        mock.patch.object(sys, "argv", [str(script), "--yes"]),
        mock.patch.dict(sys.modules, {resending.__name__.rpartition(".")[2]: resending}),
        mock.patch.dict("os.environ", keys_of(served)),
        redirect_stdout(said),
    ):
        try:
            runpy.run_path(str(script))
        except SystemExit as end:
            if isinstance(end.code, str):
                print(end.code)  # noqa: T201 - as Python does with it
    return said.getvalue().strip().splitlines()


def tried(script: Path, *faults: str, options: tuple[str, ...] = ("--yes",)) -> tuple[int, list[str]]:
    """Run a script over HTTP against a sandbox of its own, and return its exit status and the lines that it prints."""
    served = sandbox_with(*faults, seconds=0.1)
    with running(served) as url:
        done = subprocess.run(  # noqa: S603 - our own script
            [sys.executable, script, "--base-url", url, *options],
            env=clean_environment(**keys_of(served), **on_path(ROOT)),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    return done.returncode, (done.stdout + done.stderr).strip().splitlines()


def sandbox_with(*faults: str, seconds: float) -> Backend:
    """Build a sandbox with faults, or without, that limits how fast a job is polled as the sandbox does."""
    served = build_backend(SandboxSettings(generation_seconds=seconds))
    for name in faults:
        all_faults()[name].install(served)
    return served


def keys_of(served: Backend) -> dict[str, str]:
    """Return the variables in which a script looks for the keys of a sandbox."""
    return {"LAYERS_API_KEY": served.settings.api_key, "LAYERS_OTHER_KEY": served.settings.other_api_key}
