"""The way to a target in its settings: each mistake is told in one sentence, and no secret of it reaches a file of a run."""

from __future__ import annotations

import os
import re
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from commands import conformance, sentence
from settings import KEY, OTHER, written
from ways import Authority, Proxy, encrypted, forward_proxy, refusing_clients, tls_before
from whole_runs import Ran, backend, run, settings_without, text_of

from conformance.exceptions import ConfigurationError
from conformance.reporting.curl import curl
from conformance.run.settings.loading import load
from sandbox.server import describe, running

LEAST = "[target]\nbase_url = 'https://a.test'\nproject_id = 'p'\n[network]\n"
TOKEN, LOGIN, PASSWORD = "gw_0123456789-token", "robot:swordfish-4711", "open-sesame-4711"
VARIABLES = {"GATEWAY_TOKEN": TOKEN, "PROXY_LOGIN": LOGIN, "KEY_PASSWORD": PASSWORD}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ({"LAYERS_API_KEY": KEY, "LAYERS_OTHER_KEY": OTHER} | VARIABLES).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def refused(folder: Path, lines: str) -> str:
    with pytest.raises(ConfigurationError) as raised:
        load(written(folder, LEAST + lines))
    story = str(raised.value)
    assert not [secret for secret in (*VARIABLES.values(), "swordfish") if secret in story]
    return story.replace(f"{folder}/", "")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("ca_bundle = 'none.pem'", "Cannot read none.pem, which network.ca_bundle names: No such file or directory; give"),
        ("ca_bundle = 'conformance.toml'", "The file conformance.toml, which network.ca_bundle names, holds no certificate"),
        ("client_cert = '.'", "which network.client_cert names: Is a directory; give the path of a PEM file."),
        ("client_cert = 'conformance.toml'", "conformance.toml, which network.client_cert names, holds no certificate in PEM."),
        ("client_key = 'k.pem'", "The setting network.client_key in conformance.toml is given, and no network.client_cert; give both."),
        ("proxy_auth_env = 'PROXY_LOGIN'", "network.proxy_auth_env in conformance.toml is given, and no network.proxy; give both."),
        ("proxy = 'p.test:3128'", "The setting network.proxy in conformance.toml has no scheme"),
        ("proxy = 'socks5://p.test'", "network.proxy in conformance.toml begins with neither https:// nor http://"),
        ("proxy = 'https://p.test'", "network.proxy in conformance.toml begins with https://; write http:// and the port"),
        ("proxy = 'http://robot:swordfish@p.test'", "holds a user or a password (not shown here); leave them out, export"),
        (
            "proxy = 'http://p.test'\nproxy_auth_env = 'UNSET_LOGIN'",
            "The variable UNSET_LOGIN, which network.proxy_auth_env names, is not set or is empty; export UNSET_LOGIN=…",
        ),
        ("proxy = 'http://p.test'\nproxy_auth_env = 'GATEWAY_TOKEN'", "GATEWAY_TOKEN, which network.proxy_auth_env names, holds no colon"),
        ("headers = { X-Gateway-Token = 'UNSET_TOKEN' }", "The variable UNSET_TOKEN, which network.headers.X-Gateway-Token names, is not"),
        (f"headers = {{ X-Gateway-Token = '{TOKEN}' }}", "no variable has the name that it gives (which is not shown here"),
        ("headers = { 'X Gateway' = 'GATEWAY_TOKEN' }", "network.headers in conformance.toml names 'X Gateway', which is no name of a header."),
        ("headers = { x-api-key = 'GATEWAY_TOKEN' }", "network.headers in conformance.toml names x-api-key, which the suite sends itself"),
        ("headers = { Authorization = 'GATEWAY_TOKEN' }", "network.headers in conformance.toml names Authorization, which the suite sends"),
        ("connect_timeout = 0", "The setting network.connect_timeout in conformance.toml is not valid: Input should be greater than 0"),
        ("proxi = 'http://p.test'", "The setting network.proxi in conformance.toml does not exist; the nearest right one is network.proxy."),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence_without_a_secret(lines: str, said: str, tmp_path: Path) -> None:
    assert said in refused(tmp_path, lines)


def test_a_value_that_no_header_can_have_is_told_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_TOKEN", f"{TOKEN}\nX-Injected: yes")
    story = refused(tmp_path, "headers = { X-Gateway-Token = 'GATEWAY_TOKEN' }")
    assert story.startswith(
        "The variable GATEWAY_TOKEN, which network.headers.X-Gateway-Token names, holds no valid value"
    )


def test_certificates_that_do_not_fit_are_told_by_their_files(tmp_path: Path, authority: Authority) -> None:
    one, two = authority.issue("one.test"), authority.issue("two.test")
    locked = encrypted(one.key, PASSWORD)
    for files, said in (
        (
            f"client_cert = '{one.cert}'\nclient_key = '{two.key}'",
            "does not belong to the certificate in ca-one.test.pem",
        ),
        (
            f"client_cert = '{one.cert}'",
            "ca-one.test.pem, which network.client_cert names, holds no private key in PEM",
        ),
        (f"client_cert = '{one.cert}'\nclient_key = '{locked}'", "is encrypted; export its password as a variable"),
        (
            f"client_cert = '{one.cert}'\nclient_key = '{locked}'\nclient_key_password_env = 'GATEWAY_TOKEN'",
            "The password in the variable GATEWAY_TOKEN (network.client_key_password_env) does not open the key in",
        ),
    ):
        assert said in refused(tmp_path, files)
    fits = f"client_cert = '{one.cert}'\nclient_key = '{locked}'\nclient_key_password_env = 'KEY_PASSWORD'"
    assert load(written(tmp_path, LEAST + fits))


def test_a_path_of_the_file_is_from_its_folder_and_one_of_a_variable_from_the_current_one(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, LEAST + "ca_bundle = 'ca.pem'")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert load(path).network.ca_bundle == str(authority.bundle)
    monkeypatch.setenv("CONFORMANCE_NETWORK__CA_BUNDLE", "../ca.pem")
    assert load(path).network.ca_bundle == "../ca.pem"


def test_nothing_of_the_way_is_needed_where_nothing_is_sent(tmp_path: Path) -> None:
    path = written(tmp_path, LEAST + "ca_bundle = 'none.pem'\nheaders = { X-Gateway-Token = 'UNSET_TOKEN' }")
    assert load(path, needs_key=False).network.ca_bundle == str(tmp_path / "none.pem")


def test_a_variable_with_a_secret_may_begin_as_ours_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_GATEWAY", TOKEN)
    assert load(written(tmp_path, LEAST + "headers = { X-Gateway-Token = 'CONFORMANCE_GATEWAY' }"))


@dataclass(frozen=True)
class Place:
    """A sandbox behind TLS; `run` and `doctor` are given lines of `[network]`."""

    folder: Path
    settings: str
    plain: str
    environment: dict[str, str]

    def write(self, lines: str, base_url: str | None = None) -> None:
        text = self.settings.replace("BASE_URL", base_url or self.plain)
        (self.folder / "conformance.toml").write_text(f"{text}\n[network]\n{lines}\n", encoding="utf-8")

    def story(self, lines: str, base_url: str) -> str:
        """Return the sentence with which a run ends before its first driver."""
        self.write(lines, base_url)
        done = conformance("run", "--profile", "smoke", cwd=self.folder, env=self.environment)
        assert done.returncode == 2, done.stdout
        assert not (self.folder / "reports").exists()
        return sentence(done)

    def run(self, *arguments: str) -> Ran:
        return run(self.folder, *arguments, environment=self.environment)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with served(tmp_path) as found:
        yield found


@contextmanager
def served(folder: Path) -> Iterator[Place]:
    sandbox = backend()
    with running(sandbox) as url:
        described = describe(sandbox.settings, url)
        keys = {"LAYERS_API_KEY": sandbox.settings.api_key, "LAYERS_OTHER_KEY": sandbox.settings.other_api_key}
        text = settings_without(described).replace(f'base_url = "{url}"', 'base_url = "BASE_URL"')
        assert "BASE_URL" in text
        yield Place(folder, text, url, keys | VARIABLES)


def test_each_refusal_on_the_way_names_its_setting(place: Place, authority: Authority) -> None:
    files, trusted = authority.issue("127.0.0.1"), f"ca_bundle = '{authority.bundle}'"
    foreign = Authority(place.folder, "foreign")
    with tls_before(place.plain, files) as port, forward_proxy(LOGIN) as proxy, forward_proxy(refuses=True) as strict:
        there = f"https://127.0.0.1:{port}"
        story = place.story("", there)
        assert "is not trusted (" in story
        assert story.endswith("give the file with its certificate in network.ca_bundle.")
        assert f"is not trusted by what {foreign.bundle} holds" in place.story(f"ca_bundle = '{foreign.bundle}'", there)
        story = place.story(trusted, f"https://localhost:{port}")
        assert "is that of another host" in story
        assert "write the host in target.base_url" in story
        story = place.story(f"{trusted}\nproxy = '{proxy.url}'", there)
        assert story.startswith(f"The proxy at {proxy.url} asks for a user and a password (407)")
        assert "network.proxy_auth_env" in story
        story = place.story(f"{trusted}\nproxy = '{proxy.url}'", place.plain)
        assert story.startswith(f"The proxy at {proxy.url} asks for a user and a password (407)")
        place.environment["PROXY_LOGIN"] = "robot:wrong-0815"
        story = place.story(f"{trusted}\nproxy = '{proxy.url}'\nproxy_auth_env = 'PROXY_LOGIN'", there)
        assert f"The proxy at {proxy.url} refused the user and password in the variable PROXY_LOGIN with 407" in story
        assert "0815" not in story
        story = place.story(f"{trusted}\nproxy = '{strict.url}'", there)
        assert story.startswith(f"The proxy at {strict.url} does not lead to {there} (403 Not On The List)")
        story = place.story(f"{trusted}\nproxy = 'http://127.0.0.1:9'", there)
        assert story.startswith(
            "Cannot reach the proxy at http://127.0.0.1:9 ([Errno 111] Connection refused); check network.proxy"
        )


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_client_certificate_that_is_missing_or_wrong_is_told(
    place: Place, authority: Authority, version: ssl.TLSVersion
) -> None:
    files, trusted = authority.issue("127.0.0.1"), f"ca_bundle = '{authority.bundle}'"
    other = Authority(place.folder, "other").issue("robot@example.com")
    with refusing_clients(files, authority, version) as port:
        story = place.story(trusted, f"https://127.0.0.1:{port}")
        assert "client certificate" in story
        assert story.endswith("in network.client_cert and network.client_key.")
        story = place.story(f"{trusted}\nclient_cert = '{other.both}'", f"https://127.0.0.1:{port}")
        assert "client certificate" in story
        assert "network.client_cert" in story


@contextmanager
def whole_way(place: Place, authority: Authority) -> Iterator[tuple[int, Proxy]]:
    """Configure a way with all that there is: a proxy with a login, a private CA, mTLS with a locked key, and a gateway's header."""
    client = authority.issue("robot@example.com")
    locked = encrypted(client.key, PASSWORD)
    with (
        tls_before(place.plain, authority.issue("127.0.0.1"), clients_of=authority) as port,
        forward_proxy(LOGIN) as proxy,
    ):
        place.write(
            f"proxy = '{proxy.url}'\nproxy_auth_env = 'PROXY_LOGIN'\nca_bundle = 'ca.pem'\nclient_cert = '{client.cert}'\n"
            f"client_key = '{locked}'\nclient_key_password_env = 'KEY_PASSWORD'\nheaders = {{ X-Gateway-Token = 'GATEWAY_TOKEN' }}",
            f"https://127.0.0.1:{port}",
        )
        yield port, proxy


def test_a_whole_run_goes_the_way_and_leaves_no_secret(place: Place, authority: Authority) -> None:
    with whole_way(place, authority) as (port, proxy):
        done = place.run("--profile", "smoke", "--only", "CRE-1")
        examined = conformance("doctor", cwd=place.folder, env=place.environment)
        as_json = conformance("doctor", "--json", cwd=place.folder, env=place.environment)
        assert done.status == 0, done.out + done.err
        assert any(line.startswith(f"CONNECT 127.0.0.1:{port}") for line in proxy.asked)
    sent = {
        exchange.request.header("x-gateway-token") for exchange in done.history if "127.0.0.1" in exchange.request.url
    }
    assert "[secret:GATEWAY_TOKEN]" in sent
    assert examined.returncode == 0, examined.stdout
    said = [done.out, done.err, examined.stdout, examined.stderr, as_json.stdout]
    left = {path.name: text_of(path) for path in done.folder.rglob("*") if path.is_file()}
    assert {
        "report.json",
        "report.md",
        "report.html",
        "history.jsonl.gz",
        "history.har",
        "run.json",
        "junit.xml",
    } <= set(left)
    hidden = (TOKEN, LOGIN, LOGIN.partition(":")[2], PASSWORD, "cm9ib3Q6c3dvcmRmaXNo")
    assert not [(name, each) for name, text in [*left.items(), *enumerate(said)] for each in hidden if each in text]
    assert re.search(r"✓\s+network\.headers\s+file\s+X-Gateway-Token from GATEWAY_TOKEN", examined.stdout)
    assert f"the target is reached through {proxy.url}" in examined.stdout
    assert "GATEWAY_TOKEN: ${{ secrets.GATEWAY_TOKEN }}" in examined.stdout
    assert "PROXY_LOGIN: ${{ secrets.PROXY_LOGIN }}" in examined.stdout


def test_a_run_without_checks_of_certificates_says_so_everywhere(place: Place, authority: Authority) -> None:
    with tls_before(place.plain, authority.issue("elsewhere.test")) as port:
        place.write("verify = false", f"https://127.0.0.1:{port}")
        done = place.run("--profile", "smoke", "--only", "JOB-5")
        examined = conformance("doctor", cwd=place.folder, env=place.environment)
    warning = "No certificate is checked (network.verify = false), so that any server on the way may answer"
    begun = " ".join(done.err.split())
    assert warning in begun
    assert begun.index(warning) < begun.index("Plan of smoke"), "before anything is spent"
    assert warning in " ".join(done.out.split())
    assert done.report["warnings"][0].startswith(warning)
    assert done.report["target"]["network"]["verify"] is False
    assert "**Warning:** No certificate is checked" in text_of(done.folder / "report.md")
    assert warning in text_of(done.folder / "junit.xml")
    assert "no certificate is checked" in examined.stdout


def test_the_curl_of_a_report_goes_the_same_way(place: Place, authority: Authority) -> None:
    with whole_way(place, authority):
        done = place.run("--profile", "smoke", "--only", "JOB-5")
        target = done.report["target"]
        look = next(each for each in done.history if each.request.method == "GET")
        command = curl(look, target)
        assert '-H "x-gateway-token: $GATEWAY_TOKEN"' in command
        assert not [secret for secret in VARIABLES.values() if secret in command]
        answered = subprocess.run(  # noqa: S603 - the command is what is tested
            ["/bin/sh", "-c", command],
            cwd=place.folder,
            env=place.environment | {"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert answered.returncode == 0, answered.stderr
    assert "HTTP/1.1 200 OK" in answered.stdout
