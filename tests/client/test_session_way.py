"""The way to a target on a real network: a private authority, client certificates, a forward proxy, headers of a gateway, and IPv6."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from client_sessions import OWNER_KEY, create, get, ok, open_session
from listeners import OK, server
from ways import Authority, forward_proxy, tls_before

from conformance.client.call import Call
from conformance.client.exchange import TransportError
from conformance.client.route import GatewayHeader, Route

TOKEN, LOGIN = "gw_0123456789-token", "robot:pa:ss-word-4711"
GATEWAY = GatewayHeader("X-Gateway-Token", "GATEWAY_TOKEN", TOKEN)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@contextmanager
def answering(received: list[bytes] | None = None, *, host: str = "127.0.0.1") -> Iterator[str]:
    def answer(connection: socket.socket, head: bytes) -> None:
        if received is not None:
            received.append(head)
        connection.sendall(OK)

    with server(answer, host) as url:
        yield url


def test_a_private_authority_is_trusted_where_it_is_named_and_nowhere_else(
    tmp_path: Path, authority: Authority
) -> None:
    with answering() as url, tls_before(url, authority.issue("127.0.0.1")) as port:
        there = f"https://127.0.0.1:{port}"
        with open_session(tmp_path, base_url=there, route=Route(ca_bundle=authority.bundle)) as here:
            assert here.session.send(get()).response
            here.session.send(get())
        with open_session(tmp_path, base_url=there) as here:
            exchange = here.session.send(get(once=True))
            assert exchange.failed_with(TransportError.CONNECT)
            assert "CERTIFICATE_VERIFY_FAILED" in str(exchange.failure)
        with open_session(tmp_path, base_url=there, route=Route(verify=False)) as here:
            assert here.session.send(get()).response


def test_the_certificate_of_another_host_is_not_taken(tmp_path: Path, authority: Authority) -> None:
    route = Route(ca_bundle=authority.bundle)
    with (
        answering() as url,
        tls_before(url, authority.issue("elsewhere.test")) as port,
        open_session(tmp_path, base_url=f"https://127.0.0.1:{port}", route=route) as here,
    ):
        assert "IP address mismatch" in str(here.session.send(get(once=True)).failure)


def test_a_client_shows_its_certificate_where_one_is_required(tmp_path: Path, authority: Authority) -> None:
    client = authority.issue("robot@example.com")
    with answering() as url, tls_before(url, authority.issue("127.0.0.1"), clients_of=authority) as port:
        there = f"https://127.0.0.1:{port}"
        for route in (
            Route(ca_bundle=authority.bundle, client_cert=client.cert, client_key=client.key),
            Route(ca_bundle=authority.bundle, client_cert=client.both),
        ):
            with open_session(tmp_path, base_url=there, route=route) as here:
                assert here.session.send(get()).response
        with open_session(tmp_path, base_url=there, route=Route(ca_bundle=authority.bundle)) as here:
            assert here.session.send(get(once=True)).response is None


@pytest.mark.parametrize("is_encrypted", [True, False])
def test_a_proxy_leads_to_the_target(tmp_path: Path, authority: Authority, *, is_encrypted: bool) -> None:
    received: list[bytes] = []
    with (
        answering(received) as url,
        tls_before(url, authority.issue("127.0.0.1")) as port,
        forward_proxy(LOGIN) as proxy,
    ):
        there = f"https://127.0.0.1:{port}" if is_encrypted else url
        route = Route(proxy=proxy.url, proxy_auth=LOGIN, proxy_auth_env="PROXY_LOGIN", ca_bundle=authority.bundle)
        with open_session(tmp_path, base_url=there, route=route) as here:
            exchanges = [here.session.send(get()), here.session.send(create())]
            assert [each.failure for each in exchanges] == [None, None]
            assert b"X-Api-Key: " + OWNER_KEY.encode() in received[0]
            assert b"roxy-" not in b"".join(received), "what is for the proxy stays with it"
            kept = here.kept()
        if is_encrypted:
            assert proxy.asked == [f"CONNECT 127.0.0.1:{port} HTTP/1.1"], "both calls went over one tunnel"
        else:
            assert proxy.asked[0] == f"GET {url}/v1/content/cnt_1 HTTP/1.1"
        assert None not in proxy.logins
        assert "Proxy-Authorization" not in kept
        assert not [secret for secret in (*LOGIN.split(":", 1), LOGIN) if secret in kept and len(secret) > 5]


@pytest.mark.parametrize("is_encrypted", [True, False])
def test_a_proxy_that_refuses_its_login_is_told_as_the_proxy(
    tmp_path: Path, authority: Authority, *, is_encrypted: bool
) -> None:
    with answering() as url, tls_before(url, authority.issue("127.0.0.1")) as port, forward_proxy(LOGIN) as proxy:
        route = Route(proxy=proxy.url, ca_bundle=authority.bundle)
        with open_session(tmp_path, base_url=f"https://127.0.0.1:{port}" if is_encrypted else url, route=route) as here:
            exchange = here.session.send(create(once=True))
            assert exchange.failed_with(TransportError.CONNECT)
            assert str(exchange.failure) == "connect: proxy: 407 Proxy Authentication Required"
            assert here.spent.generations == 0, "it never reached the target"


def test_no_proxy_there_is_told_as_the_proxy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with (
        answering() as url,
        open_session(tmp_path, base_url=url, route=Route(proxy=f"http://127.0.0.1:{port}")) as here,
    ):
        assert str(here.session.send(get(once=True)).failure).startswith("connect: proxy: [Errno")


def test_a_deadline_holds_through_a_proxy_and_tls(tmp_path: Path, authority: Authority) -> None:
    def drip(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            connection.sendall(b" ")
            time.sleep(0.05)

    with (
        server(drip) as url,
        tls_before(url, authority.issue("127.0.0.1")) as port,
        forward_proxy() as proxy,
        forward_proxy(hangs=True) as silent,
    ):
        for asked in (proxy, silent):
            route = Route(proxy=asked.url, ca_bundle=authority.bundle)
            with open_session(tmp_path, base_url=f"https://127.0.0.1:{port}", timeout=0.6, route=route) as here:
                assert here.session.send(get(once=True)).failed_with(TransportError.TIMEOUT)


def test_a_read_timeout_ends_a_silence_before_the_deadline_does(tmp_path: Path) -> None:
    def slow(connection: socket.socket, _: bytes) -> None:
        for part in (OK[:10], OK[10:20], OK[20:]):
            time.sleep(0.2)
            connection.sendall(part)

    with server(slow) as url:
        with open_session(tmp_path, base_url=url, timeout=600, route=Route(read=60)) as here:
            assert here.session.send(get()).response, "each part is in time"
        with open_session(tmp_path, base_url=url, timeout=600, route=Route(read=0.1)) as here:
            assert here.session.send(get(once=True)).failed_with(TransportError.TIMEOUT)


def test_a_connect_timeout_may_be_longer_than_the_usual_one_or_shorter(tmp_path: Path) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        filled = [socket.socket() for _ in range(4)]
        for each in filled:
            each.settimeout(0)
            each.connect_ex(("127.0.0.1", port))
        took = []
        for connect in (0.2, 6.0):
            url, route = f"http://127.0.0.1:{port}", Route(connect=connect)
            with open_session(tmp_path, base_url=url, timeout=600, route=route) as here:
                begun = time.monotonic()
                assert here.session.send(get(once=True)).failed_with(TransportError.CONNECT)
                took.append(time.monotonic() - begun)
        assert took[0] < took[1]
        assert took[1] > 5.5
        for each in filled:
            each.close()


@pytest.mark.parametrize("is_proxied", [False, True])
@pytest.mark.parametrize("is_encrypted", [True, False])
def test_an_ipv6_address_is_reached(
    tmp_path: Path, authority: Authority, *, is_encrypted: bool, is_proxied: bool
) -> None:
    received: list[bytes] = []
    with (
        answering(received, host="::1") as url,
        tls_before(url, authority.issue("::1"), host="::1") as port,
        forward_proxy(host="::1") as proxy,
    ):
        there = f"https://[::1]:{port}" if is_encrypted else url
        route = Route(proxy=proxy.url if is_proxied else None, ca_bundle=authority.bundle)
        with open_session(tmp_path, base_url=there, route=route) as here:
            assert [here.session.send(get()).failure for _ in range(2)] == [None, None]
            assert f"Host: {there.partition('//')[2]}".encode() in received[0]
        if is_proxied and is_encrypted:
            assert proxy.asked == [f"CONNECT [::1]:{port} HTTP/1.1"]
        elif is_proxied:
            assert proxy.asked[0] == f"GET {url}/v1/content/cnt_1 HTTP/1.1"


def test_neither_variables_of_the_environment_nor_netrc_change_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    login, received = tmp_path / ".netrc", list[bytes]()
    login.write_text("default login robot password word\n")
    login.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(login))
    with forward_proxy() as proxy, answering(received) as url:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        with open_session(tmp_path, base_url=url) as here:
            assert here.session.send(get()).response
        assert proxy.asked == []
        assert b"authorization" not in received[0].lower()


@pytest.mark.parametrize("actor", ["owner", "other", "anonymous", "wrong-bearer", "harness"])
def test_every_caller_sends_the_header_of_the_gateway_and_no_record_shows_it(actor: str, tmp_path: Path) -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"seen": dict(request.headers)}, headers={"X-Seen": TOKEN})

    with open_session(tmp_path, echo, route=Route(headers=(GATEWAY,))) as here:
        exchange = here.session.send(get(actor=actor))
        assert here.sent[0].headers["X-Gateway-Token"] == TOKEN
        assert exchange.request.header("x-gateway-token") == "[secret:GATEWAY_TOKEN]"
        assert TOKEN not in here.kept()
        shown = here.kept().count("[secret:GATEWAY_TOKEN]")
        assert shown == 6, "in the request, a header and the body of the answer, of the record and of what is judged"


def test_the_header_of_the_gateway_goes_to_no_other_origin(tmp_path: Path) -> None:
    with open_session(tmp_path, ok, route=Route(headers=(GATEWAY,))) as here:
        here.session.send(Call("POST", "http://clock.test/advance", actor="harness", body=b"{}"))
        assert "X-Gateway-Token" not in here.sent[0].headers


def test_a_short_value_is_hidden_in_its_header_and_changes_no_answer(tmp_path: Path) -> None:
    route = Route(headers=(GatewayHeader("X-Region", "REGION", "eu"),))
    with open_session(tmp_path, lambda _: httpx.Response(200, json={"queue": "neural"}), route=route) as here:
        exchange = here.session.send(get())
        assert exchange.request.header("x-region") == "[secret:REGION]"
        assert exchange.response
        assert exchange.response.body == b'{"queue":"neural"}'


def test_no_representation_shows_a_secret() -> None:
    route = Route(proxy_auth=LOGIN, proxy_auth_env="PROXY_LOGIN", key_password=TOKEN[::-1], headers=(GATEWAY,))
    assert not [secret for secret in (TOKEN, "4711", TOKEN[::-1]) if secret in repr(route)]
