"""No file of a run holds a key, however the target writes it: of a run that ends, of one that breaks down, and of one that is killed."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import conformance
from forked import Forked
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from whole_runs import COMMAND, SUITE, clean_environment, on_path, run, settings_without

from sandbox.backend import Backend, build_backend
from sandbox.change import put_before
from sandbox.server import describe, running
from sandbox.settings import SandboxSettings
from tests.client.test_redaction import WRITINGS, traces

KEY, OTHER = 'sk+Live/9f=%41"-Qz_7.xYabc', "Other!Key-fedcba9876543210"


class _Echoing:
    """Writes the key of the request into every answer, each time in another way: in the body, in a header, in an error, in an id."""

    def __init__(self, app: ASGIApp, *, backend: Backend) -> None:
        self.app = app
        self.backend = backend
        self.writings = itertools.cycle(WRITINGS.values())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = next((value for name, value in scope["headers"] if name == b"x-api-key"), b"").decode("latin-1")
        one, other = next(self.writings)(given), next(self.writings)(given)

        if scope["method"] == "HEAD":
            await self.app(scope, receive, send)
            return

        async def echoed(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message["headers"] if pair[0].lower() != b"content-length"]
                kept.append((b"content-encoding", b"gzip"))
                if given and not set(one) & set(b"\r\n\0"):
                    kept.append((b"x-echo", one))
                    if b";" not in one:
                        kept.append((b"set-cookie", b"key=" + one))
                message = {**message, "headers": kept}
            elif message["type"] == "http.response.body":
                body = message.get("body", b"")
                text = json.dumps(other.decode("latin-1"))[1:-1].encode()
                for member in (b'"message":', b'"id":', b'"jobId":'):
                    body = body.replace(member, b'"key": "' + text + b'", ' + member, 1)
                if b'"message":' in body and given:
                    body += b" " + other
                message = {**message, "body": gzip.compress(body, 1)}
            await send(message)

        await self.app(scope, receive, echoed)


@pytest.fixture
def target(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Serve a backend that echoes its key, and return the environment of a run against it."""
    settings = SandboxSettings(api_key=KEY, other_api_key=OTHER, generation_seconds=0.1, polls_per_second=0)
    served = build_backend(settings)
    put_before(_Echoing)(served)
    with running(served) as url:
        (tmp_path / "conformance.toml").write_text(settings_without(describe(settings, url)))
        yield {"LAYERS_API_KEY": KEY, "LAYERS_OTHER_KEY": OTHER, "TMPDIR": str(tmp_path)}


def story(folder: Path) -> dict[str, bytes]:
    """Return the content of every file below a folder."""
    files = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: gzip.decompress(data) if name.endswith(".gz") else data for name, data in files.items()}


def found_in(folder: Path) -> list[str]:
    return [
        f"{name}: {trace}"
        for name, data in story(folder).items()
        for key in (KEY, OTHER)
        for trace in traces(data, key)
    ]


def test_a_whole_run_and_its_history_judged_again(target: dict[str, str], tmp_path: Path) -> None:
    ran = run(tmp_path, "--profile", "smoke", environment=target)
    assert ran.status == 1, ran.err
    assert ran.verdicts["AUT-5"] == "failed"
    assert found_in(tmp_path) == []
    assert traces((ran.out + ran.err).encode(), KEY) == []
    live = ran.report["requirements"]
    again = conformance("judge", "--write", str(ran.folder), cwd=tmp_path)
    assert again.returncode == ran.status == 1
    assert ran.report["requirements"] == live
    assert found_in(tmp_path) == []


BREAKING = """
import conformance.run.calls.api as api
read = api.Api.read
def broken(self, *arguments, **more):
    found = read(self, *arguments, **more)
    if self.session.driver.startswith("test_life"):
        raise RuntimeError(f"odd: {found!r}\\n{found.response.body!r}")
    return found
api.Api.read = broken
"""


def test_a_run_whose_driver_breaks_down(target: dict[str, str], tmp_path: Path) -> None:
    patches = tmp_path / "patches"
    patches.mkdir()
    (patches / "breaks_it.py").write_text(BREAKING)
    command = (*SUITE[:2], "-p", "breaks_it", *SUITE[2:])
    ran = run(tmp_path, "-rA", "--conformance-profile", "smoke", command=command, environment=target | on_path(patches))
    # The echoed key is a failed MUST, which counts for more than a defect.
    assert ran.status == 1, ran.err
    assert any("odd: " in defect for defect in ran.report["defects"])
    assert found_in(tmp_path) == []
    assert traces((ran.out + ran.err).encode(), KEY) == []


BREAKING_AT_ONCE = """
import conformance.run.contact.probes as probes
def broken(api, exchange, *_):
    raise RuntimeError(f"odd: {exchange!r}")
probes.trouble_of = broken
"""


@pytest.mark.parametrize(
    "command",
    [
        ("-c", BREAKING_AT_ONCE + COMMAND[1], *COMMAND[2:]),
        ("-c", BREAKING_AT_ONCE + "import sys, pytest; sys.exit(pytest.console_main())", *SUITE[2:]),
    ],
    ids=["conformance", "pytest"],
)
def test_a_run_that_breaks_down_before_its_first_driver(
    command: tuple[str, ...], target: dict[str, str], tmp_path: Path
) -> None:
    ran = run(tmp_path, command=command, environment=target)
    assert ran.status == 3, ran.out + ran.err
    assert found_in(tmp_path) == []
    assert traces((ran.out + ran.err).encode(), KEY) == []


def test_a_run_that_is_killed(target: dict[str, str], tmp_path: Path) -> None:
    history = tmp_path / "report" / "parts" / "main.history.jsonl"
    process = Forked(
        *COMMAND, "--report-dir", "report", "--profile", "gate", cwd=tmp_path, env=clean_environment(**target)
    )
    done = process.kill_when(lambda: history.exists() and history.stat().st_size > 100_000)
    assert "[secret:owner]" in history.read_text()
    assert found_in(tmp_path) == []
    assert traces((done.stdout + done.stderr).encode(), KEY) == []


@pytest.mark.parametrize("key", ["hook", "v1"])
def test_a_short_key_changes_no_verdict_and_is_warned_of(key: str, tmp_path: Path) -> None:
    settings = SandboxSettings(api_key=key, other_api_key=OTHER, generation_seconds=0.1, polls_per_second=0)
    with running(build_backend(settings)) as url:
        (tmp_path / "conformance.toml").write_text(settings_without(describe(settings, url)))
        ran = run(tmp_path, "--profile", "smoke", environment={"LAYERS_API_KEY": key, "LAYERS_OTHER_KEY": OTHER})
    assert ran.status == 0, ran.out + ran.err
    assert "The key in LAYERS_API_KEY has fewer than 12 characters" in " ".join(ran.err.split())
    assert {each.request.header("x-api-key") for each in ran.history if each.actor == "owner"} == {"[secret:owner]"}
    assert not [each for each in ran.history if "secret" in each.request.url or b"secret" in (each.request.body or b"")]
