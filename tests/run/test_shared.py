"""Two runs on one project at once, and somebody who creates there beside them: no false alarm, and nothing left open."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from forked import PATIENCE, Forked
from whole_runs import COMMAND, backend, clean_environment, settings_without

from sandbox.backend import Backend
from sandbox.server import describe, running

RUNS = 2
BUDGET = ("--generations", "60", "--requests", "12000", "--seconds", "3000")
"""More than one run needs by itself: keys end early, lists are longer, and a busy machine takes its time."""
OWN_ARCHIVE = "archive_project_id"
"""What only one of them is given: a project is archived once."""


def load(url: str, served: Backend, ended: threading.Event) -> None:
    """Create, read and list as another client does, every other second."""
    settings = served.settings
    project = describe(settings, url)["projectId"]
    with httpx.Client(base_url=url, headers={"X-Api-Key": settings.api_key}, timeout=PATIENCE) as client:
        while not ended.wait(2.0):
            body = {"format": "video_remix", "brief": {"hook": "Somebody else's"}}
            made = client.post(f"/v1/projects/{project}/content", json=body).json()
            client.get(f"/v1/content/{made.get('containerId')}")
            client.get(f"/v1/projects/{project}/content", params={"limit": 5})


@contextmanager
def loaded(url: str, served: Backend) -> Iterator[None]:
    ended = threading.Event()
    thread = threading.Thread(target=load, args=(url, served, ended))
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def reports_of_runs_at_once(folder: Path, profile: str, seed: int) -> list[dict[str, Any]]:
    served = backend(seconds=0.15)
    with running(served) as url, loaded(url, served):
        keys = {"LAYERS_API_KEY": served.settings.api_key, "LAYERS_OTHER_KEY": served.settings.other_api_key}
        begun = []
        for number in range(RUNS):
            config = folder / f"{number}.toml"
            config.write_text(settings_without(describe(served.settings, url), *([OWN_ARCHIVE] if number else [])))
            options = ["--profile", profile, "--seed", str(RUNS * seed + number), "--config", config.name]
            begun.append(
                Forked(
                    *(*COMMAND, *options, "--report-dir", f"run-{number}", *BUDGET),
                    cwd=folder,
                    env=clean_environment(**keys),
                )
            )
        said = [process.ended() for process in begun]
    reports = [folder / f"run-{number}" / "report.json" for number in range(RUNS)]
    assert all(path.exists() for path in reports), said
    return [json.loads(path.read_text()) for path in reports]


def require_no_alarm(reports: list[dict[str, Any]]) -> None:
    for report in reports:
        rows = report["requirements"].items()
        assert {name: row["findings"] for name, row in rows if row["verdict"] == "failed"} == {}
        assert {name: row["reason"] for name, row in rows if row["promised"] and row["verdict"] != "passed"} == {}
        assert (report["stopped"], report["exitStatus"]) == (None, 0)


def test_two_runs_at_once_raise_no_alarm(tmp_path: Path) -> None:
    require_no_alarm(reports_of_runs_at_once(tmp_path, "smoke", 0))


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(20))
def test_two_gates_at_once_raise_no_alarm(seed: int, tmp_path: Path) -> None:
    require_no_alarm(reports_of_runs_at_once(tmp_path, "gate", seed))
