from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from runs import TARGET, exchange

from conformance.client.exchange import Exchange
from conformance.reporting.curl import curl


def ask(sent: Exchange, folder: Path) -> list[str]:
    """Run the command in a real shell, with a curl that writes down what it was given."""
    stub = folder / "curl"
    stub.write_text(
        f"#!{sys.executable}\nimport sys, pathlib\nargs = [a.encode('utf-8', 'surrogateescape') for a in sys.argv[1:]]\n"
        "stdin = sys.stdin.buffer.read() if b'@-' in args else b''\n"
        f"pathlib.Path({str(folder / 'said')!r}).write_bytes(b'\\0'.join([*args, stdin]))\n"
    )
    stub.chmod(0o755)
    environ = {"PATH": f"{folder}:{os.environ['PATH']}", "LAYERS_API_KEY": "k1", "LAYERS_OTHER_KEY": "k2"}
    shell = shutil.which("sh")
    assert shell
    subprocess.run([shell, "-c", curl(sent, TARGET)], check=True, env=environ, stdin=subprocess.DEVNULL)  # noqa: S603 - the shell is what is tested
    return (folder / "said").read_bytes().decode("utf-8", "surrogateescape").split("\0")


def test_the_key_is_a_variable_and_never_a_value() -> None:
    assert curl(exchange(), TARGET) == (
        'curl -sS -i -X GET http://target.test/v1/content/cnt_1 -H "X-Api-Key: $LAYERS_API_KEY"'
    )


@pytest.mark.parametrize(("actor", "key"), [("owner", "k1"), ("other", "k2")])
def test_each_organization_has_its_own_variable(actor: str, key: str, tmp_path: Path) -> None:
    assert f"X-Api-Key: {key}" in ask(exchange(actor=actor), tmp_path)


def test_a_caller_without_a_right_keeps_the_placeholder(tmp_path: Path) -> None:
    assert "X-Api-Key: [secret:key-cut-short]" in ask(exchange(actor="key-cut-short"), tmp_path)


def test_a_variable_of_another_name_is_used() -> None:
    target = {"target": {"api_key_env": "STAGING_KEY", "other_api_key_env": None}}
    assert '"X-Api-Key: $STAGING_KEY"' in curl(exchange(), target)


def test_a_name_that_no_shell_takes_is_not_used() -> None:
    target = {"target": {"api_key_env": "x; rm -rf /", "other_api_key_env": None}}
    assert "rm -rf" not in curl(exchange(), target)


@pytest.mark.parametrize(
    "body",
    [
        b'{"hook": "plain"}',
        b"it's $(touch owned) `touch owned` \\ \"",
        b"@/etc/passwd",
        "Größe 🎬".encode(),
        b"",
    ],
)
def test_a_body_of_text_arrives_as_it_was(body: bytes, tmp_path: Path) -> None:
    said = ask(exchange(method="POST", body=body), tmp_path)
    assert said[said.index("--data-raw") + 1].encode() == body
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize(
    "body",
    [b"\x00", b"one\ntwo\n", b"::error::a", b"a ##vso[task]", b"a\x001%s\\n'\xff\xfe7", b"\x1b[31m", b"\xe2\x80\xae"],
)
def test_a_body_that_no_word_can_hold_is_piped(body: bytes, tmp_path: Path) -> None:
    said = ask(exchange(method="POST", body=body), tmp_path)
    assert "@-" in said
    piped = "\0".join(said[said.index("@-") + 1 :])
    assert piped.encode("utf-8", "surrogateescape") == body


@pytest.mark.parametrize("step", ["..", "%2E%2E", "%2e"])
def test_curl_leaves_steps_of_dots_alone(step: str) -> None:
    assert "--path-as-is" in curl(exchange(path=f"/v1/content/{step}/progress"))


def test_no_raw_control_character_reaches_the_terminal() -> None:
    command = curl(exchange(method="POST", body=b"\x1b[31m", headers=(("X-Odd", "\x1b]0;a\x07"),)), TARGET)
    assert command.isprintable()


def test_a_long_body_stays_in_the_history() -> None:
    command = curl(exchange(7, method="POST", body=b"x" * 5000), TARGET)
    assert "xxx" not in command
    assert command.endswith("# @body is the request's body, 5000 bytes: exchange main-7 in history.jsonl.gz")


def test_odd_headers_arrive(tmp_path: Path) -> None:
    said = ask(exchange(headers=(("If-None-Match", '"1"'), ("X-Empty", ""), ("X-Latin", "caf\xe9"))), tmp_path)
    assert 'If-None-Match: "1"' in said
    assert "X-Empty;" in said
    assert b"X-Latin: caf\xe9".decode("utf-8", "surrogateescape") in said


def test_a_body_without_a_content_type_gets_none_from_curl(tmp_path: Path) -> None:
    assert "Content-Type:" in ask(exchange(method="POST", body=b"{}"), tmp_path)


@pytest.mark.parametrize(
    ("path", "option"), [("/v1/content/[1-3]{a}", "--globoff"), ("/v1/../content", "--path-as-is")]
)
def test_curl_does_not_read_more_into_a_url(path: str, option: str, tmp_path: Path) -> None:
    said = ask(exchange(path=path), tmp_path)
    assert option in said
    assert f"http://target.test{path}" in said


def test_head_does_not_wait_for_a_body() -> None:
    assert curl(exchange(method="HEAD"), TARGET).startswith("curl -sS -i --head http")
