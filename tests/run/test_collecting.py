"""Looking at the suite with pytest costs a target nothing and leaves nothing."""

from __future__ import annotations

import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from whole_runs import SUITE, clean_environment, run


@contextmanager
def counting_server() -> Iterator[tuple[str, list[str]]]:
    """Serve 404 to everything; yields the URL and the requests so far."""
    heard: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", heard
        server.shutdown()


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("--collect-only",), "test_one_container_from_create_to_completion"),
        (("--fixtures",), "Return the containers that this worker's drivers share."),
        (("--fixtures-per-test", "-k", "test_one_container_from_create_to_completion"), "stock"),
        (("--setup-plan", "-k", "test_one_container_from_create_to_completion"), "SETUP    S run"),
    ],
    ids=lambda given: given[0] if isinstance(given, tuple) else "",
)
def test_showing_the_suite_sends_nothing_and_leaves_nothing(
    arguments: tuple[str, ...], shown: str, tmp_path: Path
) -> None:
    with counting_server() as (url, heard):
        (tmp_path / "conformance.toml").write_text(f'[target]\nbase_url = "{url}"\nproject_id = "prj"\n')
        ran = run(tmp_path, *arguments, command=SUITE, environment={"LAYERS_API_KEY": "key"})
    assert ran.status == 0, ran.out + ran.err
    assert shown in ran.out
    assert heard == []
    assert [path.name for path in tmp_path.iterdir()] == ["conformance.toml"]


def test_the_suite_can_be_collected_without_a_configuration(tmp_path: Path) -> None:
    # `run` names a file of settings that is not there; without a key, nothing could be run.
    ran = run(tmp_path, "--collect-only", "-m", "idempotency", command=SUITE, environment={})
    assert ran.status == 0, ran.out + ran.err
    assert "test_replaying" in ran.out
    assert "nothing is judged" in ran.out
    assert list(tmp_path.iterdir()) == []


def test_drivers_without_the_plugin_are_no_green(tmp_path: Path) -> None:
    alone = ("-m", "pytest", "-p", "no:cacheprovider", "-p", "no:layers_conformance", "-q", "--pyargs")
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, *alone, "conformance.suite"],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "nothing is judged" in done.stdout


def test_the_server_counts(tmp_path: Path) -> None:
    with counting_server() as (url, heard):
        (tmp_path / "conformance.toml").write_text(f'[target]\nbase_url = "{url}"\nproject_id = "prj"\n')
        ran = run(tmp_path, command=SUITE, environment={"LAYERS_API_KEY": "key"})
    assert ran.status == 2
    assert len(heard) == 1
