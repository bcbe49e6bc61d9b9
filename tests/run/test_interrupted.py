"""A run that its user ends: before what is in flight, with its whole history, a report that says so, and nothing left under way."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from forked import Forked
from whole_runs import COMMAND, SUITE, Ran, backend, clean_environment, settings_without

from conformance.client.holding import interrupt, uncut
from sandbox.server import describe, running

NEVER = 3_000.0
"""Seconds that a generation takes: a run that waited for one would not end."""


def interrupted(
    folder: Path,
    number: signal.Signals,
    *arguments: str,
    ready: Callable[[Path], bool],
    command: tuple[str, ...] = COMMAND,
    whole_group: bool = False,
    url: str | None = None,
) -> tuple[Ran, list[str]]:
    """Start a run, send it a signal when it is ready; return it, and the statuses of its jobs in the target."""
    served = backend(seconds=NEVER)
    prefix, more = (
        ("--", ()) if command == COMMAND else ("--conformance-", ("--conformance-config", "conformance.toml"))
    )
    with running(served) as at:
        (folder / "conformance.toml").write_text(settings_without(describe(served.settings, url or at)))
        keys = {"LAYERS_API_KEY": served.settings.api_key, "LAYERS_OTHER_KEY": served.settings.other_api_key}
        options = (f"{prefix}report-dir", "report", *more, *arguments)
        process = Forked(*command, *options, cwd=folder, env=clean_environment(**keys), leads_group=True)
        process.wait_until(lambda: ready(folder / "report" / "parts"))
        (os.killpg if whole_group else os.kill)(process.pid, number)
        done = process.ended()
        ran = Ran(done.returncode, folder / "report", done.stdout, done.stderr)
        states = [] if url else [_status(at, job_id, keys["LAYERS_API_KEY"]) for job_id in _jobs(ran)]
    return ran, states


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


def require_canceled(ran: Ran, states: list[str]) -> None:
    assert ran.status == 130, ran.out + ran.err
    assert (ran.report["stopped"], ran.report["defects"]) == ("it was interrupted", [])
    assert states
    assert set(states) == {"canceled"}
    assert "failed" not in ran.verdicts.values()
    assert "Traceback" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("number", "command"), [(signal.SIGINT, COMMAND), (signal.SIGTERM, SUITE)], ids=["conformance", "pytest"]
)
def test_what_is_in_flight_is_canceled(number: signal.Signals, command: tuple[str, ...], tmp_path: Path) -> None:
    ran, states = interrupted(tmp_path, number, ready=has_begun, command=command)
    require_canceled(ran, states)
    assert ran.history[-1].driver == "interruption"


@pytest.mark.parametrize("whole_group", [True, False], ids=["Ctrl-C", "kill"])
def test_workers_end_with_their_controller(whole_group: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter
    options = ("-n", "2", "--profile", "gate")
    ran, states = interrupted(tmp_path, signal.SIGINT, *options, ready=has_begun, whole_group=whole_group)
    require_canceled(ran, states)
    assert "KeyboardInterrupt" not in ran.out + ran.err


def test_an_interruption_of_the_first_contact_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        ran, _ = interrupted(tmp_path, signal.SIGTERM, ready=lambda parts: (parts / "run.json").exists(), url=url)
    assert ran.status == 130
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
