import json
import signal
import socket
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from sandbox.backend import build_backend
from sandbox.server import config_toml, describe
from sandbox.settings import SandboxSettings, from_environment

Description = dict[str, str]


@contextmanager
def process(*flags: str) -> Iterator[tuple[subprocess.Popen[str], Description]]:
    command = [sys.executable, "-m", "sandbox", "--json", *flags]
    with subprocess.Popen(  # noqa: S603  # our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        try:
            yield running, json.loads(running.stdout.readline())
        finally:
            running.terminate()


def refusal(*flags: str) -> str:
    ended = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "sandbox", *flags], capture_output=True, text=True, timeout=20, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.count("\n") == 1
    return ended.stderr


def create(description: Description, key: str) -> httpx.Response:
    return httpx.post(
        f"{description['baseUrl']}/v1/projects/{description['projectId']}/content",
        json={"format": "auto", "brief": {"hook": key}},
        headers={"X-Api-Key": description["apiKey"], "Idempotency-Key": key},
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_its_description_and_exits_quietly(number: signal.Signals) -> None:
    with process() as (running, description):
        assert create(description, "k").status_code == 202
        running.send_signal(number)
        out, err = running.communicate(timeout=10)
    assert (running.returncode, out, err) == (0, "", "")


def test_two_processes_share_a_file_without_loss(tmp_path: Path) -> None:
    database = str(tmp_path / "sandbox.db")
    with ExitStack() as stack:
        described = [stack.enter_context(process("--db", database))[1] for _ in range(2)]
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda n: create(described[n % 2], f"k{n // 4}"), range(80)))
        assert {answer.status_code for answer in answers} == {202}
        assert len({answer.content for answer in answers}) == 20
        cursors = []
        for description in described:
            url = f"{description['baseUrl']}/v1/projects/{description['projectId']}/content?limit=19"
            page = httpx.get(url, headers={"X-Api-Key": description["apiKey"]}).json()
            assert len(page["items"]) == 19
            cursors.append(page["nextCursor"])
        assert cursors[0] == cursors[1]
    assert sqlite3.connect(database).execute("SELECT count(*) FROM containers").fetchone() == (20,)


def test_a_restart_keeps_data_and_clock(tmp_path: Path) -> None:
    settings = SandboxSettings(database=str(tmp_path / "sandbox.db"))
    first = build_backend(settings)
    project = first.store.project(settings.project_id)
    assert project is not None
    with first.store.transaction():
        job = first.lifecycle.create(project, "auto", {"hook": "x"})
    moved = first.clock.advance(3600)
    first.store.close()
    second = build_backend(settings)
    assert second.store.job(job.id) == job
    assert second.clock.now() >= moved
    second.store.close()


def test_a_failed_start_is_reported_in_one_sentence(tmp_path: Path) -> None:
    text, foreign = tmp_path / "notes.txt", tmp_path / "other.db"
    text.write_text("no database " * 100)
    with sqlite3.connect(foreign) as other:
        other.execute("CREATE TABLE theirs (x)")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"Port {port}" in refusal("--port", port)
    assert "loopback" in refusal("--host", "0.0.0.0")  # noqa: S104  # it is refused
    assert "notes.txt" in refusal("--db", str(text))
    assert "another program" in refusal("--db", str(foreign))
    assert "--port" in refusal("--port", "70000")
    assert "--generation-seconds" in refusal("--generation-seconds", "nan")
    assert "--nonsense" in refusal("--nonsense")
    assert "faults" in refusal("--fault", "no-such")
    assert "variants" in refusal("--variant", "no-such")


def test_the_printed_configuration_is_toml_and_holds_no_key_but_in_comments() -> None:
    settings = SandboxSettings()
    text = config_toml(describe(settings, "http://127.0.0.1:1"))
    read = tomllib.loads(text)
    assert read["target"]["project_id"] == settings.project_id
    assert read["fixtures"]["failing_brief"] == {"hook": settings.failing_hook}
    assert read["hooks"]["clock_url"] == "http://127.0.0.1:1/_sandbox/clock"
    assert settings.api_key not in json.dumps(read)
    assert f"# export LAYERS_API_KEY='{settings.api_key}'" in text


def test_keys_come_from_the_environment_or_are_new_each_time() -> None:
    assert SandboxSettings().api_key != SandboxSettings().api_key
    given = from_environment({"SANDBOX_API_KEY": "mine", "SANDBOX_PROJECT_ID": "", "SANDBOX_SOURCE_POST_ID": "7"})
    assert given == {"api_key": "mine", "source_post_id": "7"}
    assert "mine" not in repr(SandboxSettings(api_key="mine"))
