"""A run that its user ends: soon, with its whole history, a report that says so, and nothing left under way."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from whole_runs import COMMAND, PATIENCE, SUITE, Ran, backend, clean_environment, settings_without

from conformance.client.holding import interrupt, uncut
from sandbox.server import describe, running

SOON = 2.0
"""Seconds from the signal to the end on a quiet machine."""
STARTS = 5.0
"""For how many starts of the command the machine may keep a run waiting beyond that: what it does on a quiet one takes less."""


def soon_enough() -> float:
    """Return the seconds that an end may take on this machine as busy as it is now."""
    began = time.monotonic()
    subprocess.run([sys.executable, *COMMAND, "--help"], capture_output=True, check=True, timeout=PATIENCE)  # noqa: S603 - our own command
    subprocess.run([sys.executable, "-c", "import conformance.run.suite_plugin"], check=True, timeout=PATIENCE)
    return SOON + STARTS * (time.monotonic() - began)


def interrupted(
    folder: Path,
    number: signal.Signals,
    *arguments: str,
    seconds: float = 0.1,
    ready: Callable[[Path], bool],
    command: tuple[str, ...] = COMMAND,
    whole_group: bool = False,
    url: str | None = None,
) -> tuple[Ran, float, list[str]]:
    """Start a run, send it a signal when it is ready; return it, the seconds that it took, and the statuses in the target."""
    served = backend(seconds=seconds)
    prefix = "--" if command == COMMAND else "--conformance-"
    more = () if command == COMMAND else ("--conformance-config", "conformance.toml")
    with running(served) as at:
        (folder / "conformance.toml").write_text(settings_without(describe(served.settings, url or at)))
        keys = {"LAYERS_API_KEY": served.settings.api_key, "LAYERS_OTHER_KEY": served.settings.other_api_key}
        with subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, *command, f"{prefix}report-dir", "report", *more, *arguments],
            cwd=folder,
            env=clean_environment(**keys),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline and process.poll() is None and not ready(folder / "report" / "parts"):
                time.sleep(0.02)
            assert process.poll() is None, "it was still running"
            began = time.monotonic()
            (os.killpg if whole_group else os.kill)(process.pid, number)
            out, err = process.communicate(timeout=PATIENCE)
            took = time.monotonic() - began
        ran = Ran(process.returncode, folder / "report", out, err)
        states = [] if url else [_status(at, job_id, keys["LAYERS_API_KEY"]) for job_id in _jobs(ran)]
    return ran, took, states


def _jobs(ran: Ran) -> list[str]:
    """Return the jobs that the accepted calls of the owner have started."""
    accepted = [each for each in ran.history if each.response and each.response.status == 202 and each.actor == "owner"]
    bodies = [json.loads(each.response.body) for each in accepted if each.response]
    return list(dict.fromkeys(body["jobId"] for body in bodies))


def _status(base_url: str, job_id: str, key: str) -> str:
    return str(httpx.get(f"{base_url}/v1/jobs/{job_id}", headers={"X-Api-Key": key}).json()["status"])


def has_begun(parts: Path) -> bool:
    """Return whether a process of the run has started a generation."""
    return any(b'"jobId' in path.read_bytes() for path in parts.glob("*.history.jsonl"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", [COMMAND, SUITE], ids=["conformance", "pytest"])
def test_what_is_in_flight_is_canceled(number: signal.Signals, command: tuple[str, ...], tmp_path: Path) -> None:
    ran, took, states = interrupted(tmp_path, number, seconds=60, ready=has_begun, command=command)
    assert ran.status == 130, ran.out + ran.err
    assert took < soon_enough()
    assert ran.report["stopped"] == "it was interrupted"
    assert states
    assert set(states) == {"canceled"}
    assert ran.history[-1].driver == "interruption"
    assert "Traceback" not in ran.out + ran.err
    assert "failed" not in ran.verdicts.values()


@pytest.mark.parametrize("whole_group", [True, False], ids=["Ctrl-C", "kill"])
def test_workers_end_with_their_controller(whole_group: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter
    ran, took, states = interrupted(
        tmp_path, signal.SIGINT, "-n", "2", "--profile", "gate", seconds=60, ready=has_begun, whole_group=whole_group
    )
    assert ran.status == 130, ran.out + ran.err
    assert took < soon_enough()
    assert ran.report["stopped"] == "it was interrupted"
    assert states
    assert set(states) == {"canceled"}
    assert "Traceback" not in ran.out + ran.err
    assert "KeyboardInterrupt" not in ran.out + ran.err


def test_an_interruption_of_the_first_contact_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        ran, took, _ = interrupted(tmp_path, signal.SIGTERM, ready=lambda parts: (parts / "run.json").exists(), url=url)
    assert ran.status == 130
    assert took < soon_enough()
    assert ran.err == "The run was interrupted before its first driver: nothing was judged, and nothing is proved.\n"
    assert not ran.folder.exists()


def test_an_interruption_waits_for_what_must_not_be_cut() -> None:
    done: list[str] = []

    def step() -> None:
        with uncut():
            with uncut():
                interrupt()
            done.append("the inner one and what follows")

    with pytest.raises(KeyboardInterrupt):
        step()
    assert done
    with uncut():
        pass
