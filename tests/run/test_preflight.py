"""First contact: what cannot be judged is told in one sentence and within ten seconds, and nothing is spent on it."""

from __future__ import annotations

import http.server
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from whole_runs import COMMAND, backend, run, settings_without

from conformance.contract.document import load
from conformance.exceptions import TargetError
from conformance.run.contact.preflight import preflight, take_stock
from conformance.run.journal import PARTS
from conformance.run.planning.profiles import PROFILES
from conformance.run.process import KNOWN, Run, RunSpec
from conformance.run.settings.loading import load as load_target
from sandbox.server import describe, running

KEY = "lk_of-the-owner"
ERROR = b'{"error": {"code": "NOT_FOUND", "message": "No.", "requestId": "r"}}'


@contextmanager
def web_server(
    status: int,
    body: bytes,
    kind: str = "application/json",
    location: str = "",
    elsewhere: tuple[int, bytes] | None = None,
) -> Iterator[str]:
    """Serve one answer to everything, or another `elsewhere` than at the project."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, content = elsewhere if elsewhere and "/prj/" not in self.path else (status, body)
            self.send_response(code)
            self.send_header("Content-Type", kind)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def tls_server() -> Iterator[str]:
    """Serve TLS; a certificate is not needed, since no client comes so far. Yields the URL with the wrong scheme."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with suppress(ssl.SSLError):
                        context.wrap_socket(connection, server_side=True)
                    connection.close()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def look(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    *,
    then: Callable[[Run], None] = lambda _: None,
    **target: str,
) -> None:
    """Look at a target as a run does before it begins."""
    monkeypatch.setenv("LAYERS_API_KEY", target.pop("key", KEY))
    settings = load_target(None, {"target": {"base_url": url, "project_id": "prj"} | target})
    spec = RunSpec(settings, PROFILES["smoke"], folder, "run", started_at=datetime.now(UTC))
    one = Run(spec, load(), "main")
    try:
        preflight(one)
        then(one)
    finally:
        one.close()


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (
            200,
            b"<html>Welcome</html>",
            "text/html",
            "is not the Layers API: it answered the list of a project with 200",
        ),
        (200, b"", "application/json", "is not the Layers API: it answered the list of a project with 200 and no JSON"),
        (404, b"File not found", "text/plain", "is not the Layers API: it answered the list of a project with 404"),
        (302, b"", "text/html", "is not the Layers API"),
        (204, b"", "application/json", "is not the Layers API"),
        (404, b'{"detail": "Not Found"}', "application/json", "has no list of content (404 without an error envelope)"),
        (404, ERROR, "application/json", "has no project with the id in target.project_id"),
        (401, ERROR, "application/json", "refused the key in the variable LAYERS_API_KEY with 401"),
        (403, b"{}", "application/json", "refused the key in the variable LAYERS_API_KEY with 403"),
    ],
)
def test_what_cannot_be_judged_is_told_in_one_sentence(
    status: int, body: bytes, kind: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web_server(status, body, kind) as url, pytest.raises(TargetError) as raised:
        look(tmp_path, monkeypatch, url)
    sentence = str(raised.value)
    assert said in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert KEY not in sentence


def test_https_to_a_port_without_tls_says_so_and_what_to_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with web_server(200, b"{}") as url, pytest.raises(TargetError) as raised:
        look(tmp_path, monkeypatch, url.replace("http:", "https:"))
    assert "does not answer in TLS" in str(raised.value)
    assert str(raised.value).endswith(f"try {url} in target.base_url.")


def test_http_to_a_port_with_tls_says_so_and_what_to_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tls_server() as url, pytest.raises(TargetError) as raised:
        look(tmp_path, monkeypatch, url)
    assert "does not answer in HTTP" in str(raised.value)
    assert str(raised.value).endswith(f"try {url.replace('http:', 'https:')} in target.base_url.")


@pytest.mark.parametrize(
    ("path", "answer", "said"),
    [
        ("", (404, b"<html>", "text/html"), "the API may be below a path, such as {url}/api."),
        (
            "/app",
            (404, b"<html>", "text/html"),
            "check the path in target.base_url, to which every call adds /v1/…, and try it without: {url}.",
        ),
        ("/v1", (404, b"{}"), "leave out the /v1 at the end of target.base_url, since every call adds it."),
        ("/api/v1/", (404, ERROR), "leave out the /v1 at the end of target.base_url, since every call adds it."),
        (
            "",
            (301, b"", "text/html", "https://right.example.com/v1?x"),
            "try https://right.example.com in target.base_url.",
        ),
        ("", (302, b"", "text/html", "/login"), "give the URL in target.base_url from which none is needed."),
        (
            "",
            (400, b"The plain HTTP request was sent to HTTPS port", "text/html"),
            "it speaks TLS, so try https:{host} in target.base_url.",
        ),
    ],
)
def test_a_url_of_another_place_says_what_to_try(
    path: str, answer: tuple[Any, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web_server(*answer) as url, pytest.raises(TargetError) as raised:
        look(tmp_path, monkeypatch, url + path)
    assert str(raised.value).endswith(said.format(url=url, host=url.removeprefix("http:")))


def test_a_password_in_the_base_url_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with web_server(404, b"no") as url, pytest.raises(TargetError) as raised:
        look(tmp_path, monkeypatch, url.replace("//", "//me:hush@"))
    assert url in str(raised.value)
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b'{"items": [], "nextCursor": null}'),
        (200, b"[]"),
        (400, ERROR),
        (422, b"{}"),
        (500, b"oops"),
        (503, b""),
        # JSON that parsers read differently: a byte order mark, a member twice, a number of 5,000 digits, a deep extra field.
        (200, b'\xef\xbb\xbf{"items": [], "nextCursor": null}'),
        (200, b'{"items": [], "items": [], "nextCursor": null}'),
        (200, b'{"items": [], "total": ' + b"9" * 5000 + b"}"),
        (200, b'{"items": [], "extra": ' + b"[" * 5000 + b"]" * 5000 + b"}"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_target_that_answers_wrongly_is_for_the_checks_to_judge(
    status: int, body: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web_server(status, body) as url:
        look(tmp_path, monkeypatch, url)


def test_a_list_without_content_is_for_the_checks_to_judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with web_server(204, b"", elsewhere=(404, ERROR)) as url:
        look(tmp_path, monkeypatch, url)


def test_each_configured_project_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served = backend()
    mine = {"project_id": served.settings.project_id, "key": served.settings.api_key}
    other = {"other_api_key_env": "LAYERS_OTHER_KEY", "other_project_id": served.settings.other_project_id}
    with running(served) as url:
        look(tmp_path / "a", monkeypatch, url, **mine)
        with pytest.raises(TargetError, match=r"no project with the id in target\.review_project_id"):
            look(tmp_path / "b", monkeypatch, url, **mine, review_project_id="nothing")
        monkeypatch.setenv("LAYERS_OTHER_KEY", "lp_wrong")
        with pytest.raises(TargetError, match="refused the key in the variable LAYERS_OTHER_KEY with 401"):
            look(tmp_path / "c", monkeypatch, url, **mine, **other)
        monkeypatch.setenv("LAYERS_OTHER_KEY", served.settings.other_api_key)
        look(tmp_path / "d", monkeypatch, url, **mine, **other)
        with pytest.raises(TargetError, match=r"no project with the id in target\.other_project_id"):
            look(
                tmp_path / "e",
                monkeypatch,
                url,
                **mine,
                **other | {"other_project_id": served.settings.review_project_id},
            )


def test_a_port_that_takes_connections_and_never_answers_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(TargetError, match="Cannot reach the target at"),
    ):
        look(tmp_path, monkeypatch, f"http://127.0.0.1:{silent.getsockname()[1]}")


@pytest.mark.parametrize(
    ("key", "lacking", "more", "said"),
    [
        ("lp_wrong-key-of-nobody", (), (), "refused the key in the variable LAYERS_API_KEY with 401"),
        (None, ("project_id",), ("--project-id", "nothing"), "has no project with the id in target.project_id"),
        (None, (), ("--base-url", "{other}"), "is not the Layers API"),
    ],
    ids=["wrong key", "unknown project", "another web server"],
)
def test_the_command_says_it_in_one_line_and_exits_2(
    key: str | None, lacking: tuple[str, ...], more: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    served = backend()
    with running(served) as url, web_server(404, b"Not here", "text/html") as other:
        settings = tmp_path / "conformance.toml"
        settings.write_text(settings_without(describe(served.settings, url), *lacking))
        ran = run(
            tmp_path,
            *("--config", "conformance.toml", *(part.format(other=other) for part in more)),
            command=COMMAND,
            environment={"LAYERS_API_KEY": key or served.settings.api_key, "LAYERS_OTHER_KEY": "lp_other"},
        )
    assert ran.status == 2
    lines = ran.err.strip().splitlines()
    assert len(lines) == 1, ran.err
    assert said in lines[0]
    assert "lp_" not in ran.err + ran.out
    assert (ran.report["outcome"], ran.report["exitStatus"]) == ("incomplete", 2)
    assert ran.report["stopped"].startswith("in the first contact: ")
    assert said in ran.report["stopped"]
    assert set(ran.verdicts.values()) == {"not exercised"}, "another server is accused of nothing"
    assert len(ran.history) == 1


def test_a_base_url_beside_a_file_overrides_that_setting_alone(tmp_path: Path) -> None:
    (tmp_path / "conformance.toml").write_text('[target]\nbase_url = "http://127.0.0.1:8"\nproject_id = "prj"\n')
    ran = run(tmp_path, "--base-url", "http://127.0.0.1:9", command=COMMAND, environment={"LAYERS_API_KEY": KEY})
    assert ran.status == 2
    assert ran.err.startswith("Cannot reach the target at http://127.0.0.1:9 ")


@pytest.mark.parametrize("location", ["/login?next=a", "//elsewhere.test/v1", "http://user:pw@elsewhere.test/\u00e9"])
@pytest.mark.parametrize("body", [b"", b"{}"])
def test_a_redirect_is_named(body: bytes, location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with web_server(307, body, location=location) as url, pytest.raises(TargetError) as raised:
        look(tmp_path, monkeypatch, url)
    assert f"it redirects to {location}" in str(raised.value)
    assert str(raised.value).endswith(".")


def test_a_key_in_a_redirect_is_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with web_server(307, b"", location=f"/login?key={KEY}") as url, pytest.raises(TargetError) as raised:
        look(tmp_path, monkeypatch, url)
    assert "it redirects to /login?key=[secret:owner]" in str(raised.value)


def test_a_key_in_the_id_of_an_earlier_container_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = json.dumps({"items": [{"id": f"cnt_{KEY}"}], "nextCursor": None}).encode()
    with web_server(200, listed) as url:
        look(tmp_path, monkeypatch, url, then=take_stock)
    assert json.loads((tmp_path / PARTS / KNOWN).read_text("utf-8")) == {"prj": ["cnt_[secret:owner]"]}
    assert not [path.name for path in (tmp_path / PARTS).iterdir() if KEY.encode() in path.read_bytes()]


def test_a_server_that_answers_everything_with_200_lets_everybody_in(tmp_path: Path) -> None:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = answer  # noqa: N815 - the names that the server calls

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        (tmp_path / "conformance.toml").write_text(f'[target]\nbase_url = "{url}"\nproject_id = "prj"\n')
        ran = run(tmp_path, "--profile", "smoke", "--only", "AUT", command=COMMAND, environment={"LAYERS_API_KEY": KEY})
        server.shutdown()
    assert ran.status == 1, ran.err
    assert ran.verdicts["AUT-1"] == "failed"
