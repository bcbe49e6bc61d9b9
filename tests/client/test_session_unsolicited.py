"""Bytes that nobody asked for are nobody's answer, and no caller uses the connection of another one."""

from __future__ import annotations

import select
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from client_sessions import get, open_session
from listeners import head_of, raw_server

from conformance.client import network, transport, unsolicited
from conformance.client.exchange import TransportError
from conformance.client.session import Session

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
OK = HEAD + b"Content-Length: 2\r\n\r\n{}"
UNASKED = HEAD + b'Content-Length: 7\r\n\r\n{"a":1}'
PATIENCE = 10
"""Seconds that one side waits for the other, on however busy a machine."""


def wait_for_what_was_sent(session: Session) -> None:
    """Wait until something can be read over a connection that no call uses: it comes a moment after its sender has gone on."""
    wire = session._wire  # noqa: SLF001 - no caller has to know of its connections
    idle = [stream for each in wire._of.values() for stream in each.idle()]  # type: ignore[attr-defined]  # noqa: SLF001
    left = [stream._socket for stream in (*idle, *(wire._unsolicited._lingering or ()))]  # type: ignore[attr-defined]  # noqa: SLF001
    assert select.select(left, [], [], PATIENCE)[0]


@pytest.mark.parametrize("is_late", [False, True], ids=["at once", "a little later"])
def test_an_answer_that_nobody_asked_for_is_nobodys_answer(is_late: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter
    connections: list[socket.socket] = []
    was_read, has_come = threading.Semaphore(0), threading.Semaphore(0)

    def handle(connection: socket.socket) -> None:
        connections.append(connection)
        while True:
            head_of(connection)
            connection.sendall(OK + (b"" if is_late else UNASKED))
            if is_late:
                was_read.acquire(timeout=PATIENCE)
                connection.sendall(UNASKED)
                has_come.release()

    with raw_server(handle) as url, open_session(tmp_path, base_url=url) as here:
        for _ in range(3):
            here.session.send(get())
            if is_late:
                was_read.release()
                assert has_come.acquire(timeout=PATIENCE)
                wait_for_what_was_sent(here.session)
        assert [each.response and each.response.body for each in here.story] == [b"{}"] * 3
        first = here.story[1 if is_late else 0]
        assert first.tags == {"unasked": str(len(UNASKED))}
        assert len(connections) == 3


def test_the_calls_over_a_connection_with_unasked_bytes_are_doubted(tmp_path: Path) -> None:
    """A second answer that comes while the next call is on its way is taken for its answer, and that of the next is left over."""
    connections: list[socket.socket] = []

    def handle(connection: socket.socket) -> None:
        connections.append(connection)
        before = b""
        while True:
            path = head_of(connection).split(b" ")[1]
            answer = HEAD + b"Content-Length: %d\r\n\r\n%b" % (len(path), path)
            connection.sendall(before + answer if path == b"/v1/late" else answer)
            before = answer

    with raw_server(handle) as url, open_session(tmp_path, base_url=url) as here:
        for path in ("/v1/a", "/v1/b", "/v1/late", "/v1/c", "/v1/d"):
            here.session.send(get(path))
        bodies = [each.response and each.response.body for each in here.story]
        assert bodies == [b"/v1/a", b"/v1/b", b"/v1/b", b"/v1/c", b"/v1/d"]
        assert here.session.doubted == [each.id for each in here.story[:3]]
    assert len(connections) == 3


def test_nothing_is_sent_over_a_connection_on_which_the_server_speaks_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        connection.sendall(UNASKED)
        asked.append(connection.recv(65536))

    with raw_server(handle) as url, open_session(tmp_path, base_url=url, outage_timeout=0.5) as here:
        connect = socket.create_connection

        def slowly(*arguments: Any) -> socket.socket:
            made = connect(*arguments)
            select.select([made], [], [], PATIENCE)
            return made

        monkeypatch.setattr(network.socket, "create_connection", slowly)
        exchange = here.session.send(get(once=True))
        assert exchange.failed_with(TransportError.CONNECT)
        assert f"{len(UNASKED)} bytes came before anything was asked" in str(exchange.failure)
    assert asked in ([], [b""])


@pytest.mark.parametrize("closing", [b"", b"Connection: close\r\n"], ids=["kept", "closed"])
def test_an_answer_that_came_before_its_request_was_read_is_doubted_once_its_own_is_left_over(
    closing: bytes, tmp_path: Path
) -> None:
    """Nothing tells it from an answer when it comes: it may be on its way when the request is sent."""
    greeting = HEAD + closing + b"Content-Length: 2\r\n\r\n{}"

    has_answered = threading.Semaphore(0)

    def handle(connection: socket.socket) -> None:
        connection.recv(1, socket.MSG_PEEK)
        connection.sendall(greeting)
        while True:
            # The next request may have come by now, and has an answer of its own.
            for _ in range(head_of(connection).count(b"\r\n\r\n")):
                time.sleep(0.05)
                connection.sendall(UNASKED)
                has_answered.release()

    with raw_server(handle) as url, open_session(tmp_path, base_url=url) as here:
        for _ in range(3):
            here.session.send(get())
        for _ in here.story:
            assert has_answered.acquire(timeout=PATIENCE)
        here.session.close(2)
        # What is left over on several closed connections is seen in the order in which it comes.
        assert sorted(here.session.doubted) == [each.id for each in here.story]


def test_every_call_to_a_target_that_speaks_first_is_doubted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it says may come before a request is sent, or just after it."""
    connections: list[socket.socket] = []

    def handle(connection: socket.socket) -> None:
        connections.append(connection)
        if len(connections) == 2:
            connection.sendall(UNASKED)
        head_of(connection)
        connection.sendall(OK)

    with raw_server(handle) as url, open_session(tmp_path, base_url=url) as here:
        here.session.send(get())
        connect, waits = socket.create_connection, iter([PATIENCE])

        def spoken_to(*arguments: Any) -> socket.socket:
            made = connect(*arguments)
            select.select([made], [], [], next(waits, 0))
            return made

        monkeypatch.setattr(network.socket, "create_connection", spoken_to)
        here.session.send(get(actor="anonymous"))
        here.session.send(get(actor="other"))
        assert sorted(here.session.doubted) == sorted(each.id for each in here.story)
        assert len(here.story) > 3


def test_what_cannot_be_an_answer_doubts_none_until_an_answer_follows_it(tmp_path: Path) -> None:
    was_asserted, has_come = threading.Event(), threading.Event()

    def handle(connection: socket.socket) -> None:
        path = head_of(connection).split(b" ")[1]
        connection.sendall(OK + b"<!-- nothing -->")
        if path == b"/v1/more":
            was_asserted.wait(PATIENCE)
            connection.sendall(UNASKED)
            has_come.set()
        connection.recv(1)

    with raw_server(handle) as url, open_session(tmp_path, base_url=url) as here:
        here.session.send(get())
        here.session.send(get("/v1/more"))
        assert here.session.doubted == []
        was_asserted.set()
        assert has_come.wait(PATIENCE)
        wait_for_what_was_sent(here.session)
        here.session.close(0.3)
        assert here.session.doubted == [here.story[1].id]
        assert {*here.story[0].tags} == {"unasked"}


def comes_to(length: int, of: list[socket.socket]) -> bool:
    ends = time.monotonic() + PATIENCE
    while len(of) != length and time.monotonic() < ends:
        time.sleep(0.01)
    return len(of) == length


def test_few_closed_connections_are_looked_at_and_none_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unsolicited, "MOST_LINGERING", 3)
    open_ones: list[socket.socket] = []

    def handle(connection: socket.socket) -> None:
        open_ones.append(connection)
        head_of(connection)
        connection.sendall(HEAD + b"Connection: close\r\nContent-Length: 2\r\n\r\n{}")
        connection.recv(1)
        open_ones.remove(connection)

    with raw_server(handle) as url, open_session(tmp_path, base_url=url) as here:
        for _ in range(9):
            here.session.send(get())
        assert comes_to(3, open_ones)
        monkeypatch.setattr(unsolicited, "SHOWN_FOR", 0)
        here.session.send(get())
        assert comes_to(0, open_ones)


def test_a_closed_connection_is_looked_at_for_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed:
        active, has_ended = 100.0, False

        def look(self) -> bool:
            return False

        def end(self) -> None:
            self.has_ended = True

    watched, connection = unsolicited.Unsolicited(), Closed()
    watched.linger(connection)
    for now, has_ended in ((104.9, False), (105.1, True)):
        monkeypatch.setattr(unsolicited, "time", SimpleNamespace(monotonic=lambda now=now: now))
        watched.look()
        assert connection.has_ended is has_ended


def test_what_comes_after_the_last_call_is_seen_when_the_session_ends(tmp_path: Path) -> None:
    was_read, has_come = threading.Event(), threading.Event()

    def handle(connection: socket.socket) -> None:
        head_of(connection)
        connection.sendall(OK)
        was_read.wait(PATIENCE)
        connection.sendall(UNASKED)
        has_come.set()
        connection.recv(1)

    with raw_server(handle) as url, open_session(tmp_path, base_url=url) as here:
        here.session.send(get())
        was_read.set()
        assert has_come.wait(PATIENCE)
        wait_for_what_was_sent(here.session)
        assert here.session.doubted == []
        here.session.close()
        assert here.session.doubted == [here.story[0].id]


@pytest.mark.parametrize("is_late", [False, True], ids=["at once", "a little later"])
@pytest.mark.parametrize("is_kept", [True, False])
def test_a_server_may_say_that_an_idle_connection_ends(is_late: bool, is_kept: bool, tmp_path: Path) -> None:  # noqa: FBT001 - parameters
    """RFC 9110, section 15.5.9: a 408 that comes unasked, and the end of the connection, if late."""
    connections: list[socket.socket] = []
    was_read, has_come = threading.Semaphore(0), threading.Semaphore(0)

    def handle(connection: socket.socket) -> None:
        connections.append(connection)
        head_of(connection)
        said = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(OK + (b"" if is_late else said))
        if is_late:
            was_read.acquire(timeout=PATIENCE)
            connection.sendall(said)
            has_come.release()
        if is_kept:
            head_of(connection)

    with raw_server(handle) as url, open_session(tmp_path, base_url=url) as here:
        for _ in range(3):
            here.session.send(get())
            if is_late:
                was_read.release()
                assert has_come.acquire(timeout=PATIENCE)
                wait_for_what_was_sent(here.session)
        here.session.close()
        assert [each.tags for each in here.story] == [{}] * 3
        assert [each.response and each.response.status for each in here.story] == [200] * 3
        assert here.session.doubted == []
        assert len(connections) == 3


def test_connections_are_kept_and_each_caller_has_its_own(tmp_path: Path) -> None:
    callers: list[set[bytes]] = []

    def handle(connection: socket.socket) -> None:
        mine: set[bytes] = set()
        callers.append(mine)
        while True:
            head = head_of(connection)
            mine.add(b"".join(line for line in head.split(b"\r\n") if line.startswith(b"X-Api-Key")))
            connection.sendall(OK)

    with raw_server(handle) as url, open_session(tmp_path, base_url=url) as here:
        for actor in ("owner", "other", "anonymous") * 3:
            here.session.send(get(actor=actor))
    assert len(callers) == 3
    assert all(len(mine) == 1 for mine in callers)


def test_unasked_bytes_on_a_tls_connection_are_nobodys_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(  # noqa: S603 - a command of ours
        command,
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    monkeypatch.setattr(transport.httpx, "create_ssl_context", lambda **_: trusting)
    connections: list[ssl.SSLSocket] = []
    has_come = threading.Event()

    def handle(plain: socket.socket) -> None:
        with serving.wrap_socket(plain, server_side=True) as connection:
            connections.append(connection)
            while True:
                head = head_of(connection)
                connection.sendall(OK)
                if b"/unasked" in head:
                    connection.sendall(UNASKED)
                    has_come.set()

    with raw_server(handle) as url, open_session(tmp_path, base_url=url.replace("http", "https")) as here:
        for path in ("/v1/a", "/v1/b", "/v1/unasked", "/v1/c"):
            here.session.send(get(path))
            if "unasked" in path:
                assert has_come.wait(PATIENCE)
                wait_for_what_was_sent(here.session)
        assert [each.response and each.response.body for each in here.story] == [b"{}"] * 4
        # They may come before or after the answer that they follow was read to its end.
        named = ["unasked" in each.tags for each in here.story]
        assert named in ([False, False, True, False], [False, False, False, True])
        assert len(connections) == 2
