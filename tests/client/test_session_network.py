"""The session on a real network: what breaks, what is late, and what is released at one instant."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from client_sessions import KEYED, OWNER_KEY, create, get, open_session
from listeners import OK, server

import conformance.client.barrier
from conformance.client.call import Call
from conformance.client.exchange import TransportError, TransportFailure
from conformance.exceptions import NotReached


def hang_up(connection: socket.socket, _: bytes) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def cut_short(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    connection.shutdown(socket.SHUT_RDWR)


def gibberish(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"\x00\x01\x02 no HTTP at all\r\n\r\n")
    connection.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("breaks", [hang_up, cut_short, gibberish])
def test_a_connection_that_breaks_is_tried_once_more(
    breaks: Callable[[socket.socket, bytes], None], tmp_path: Path
) -> None:
    with server(breaks) as url, open_session(tmp_path, base_url=url) as here:
        exchange = here.session.send(get())
        assert exchange.response is None
        assert exchange.failed_with(TransportError.BROKEN)
        assert len(here.story) == 2


def test_a_paid_call_without_a_key_is_not_sent_again_over_a_broken_connection(tmp_path: Path) -> None:
    received: list[bytes] = []

    def take_and_hang_up(connection: socket.socket, head: bytes) -> None:
        received.append(head)
        hang_up(connection, head)

    with server(take_and_hang_up) as url, open_session(tmp_path, base_url=url) as here:
        here.session.send(create())
        assert len(received) == 1, "nor does the library beneath send it again"
        assert here.spent.generations == 1
        here.session.send(create(headers=KEYED))
        assert len(received) == 3


def test_a_reused_connection_that_was_dropped_costs_no_second_create(tmp_path: Path) -> None:
    received: list[bytes] = []

    def answer_the_first(connection: socket.socket, head: bytes) -> None:
        received.append(head)
        if head.startswith(b"GET"):
            connection.sendall(OK)
        else:
            hang_up(connection, head)

    with server(answer_the_first) as url, open_session(tmp_path, base_url=url) as here:
        here.session.send(get())
        here.session.send(create())
        assert [head.partition(b" ")[0] for head in received] == [b"GET", b"POST"]


def test_no_answer_in_time_is_a_timeout_and_is_not_tried_again(tmp_path: Path) -> None:
    done = threading.Event()
    with (
        server(lambda *_: bool(done.wait()) and None) as url,
        open_session(tmp_path, base_url=url, timeout=1) as here,
    ):
        exchange = here.session.send(get())
        done.set()
        assert exchange.failure == TransportFailure(TransportError.TIMEOUT, "ReadTimeout")
        assert len(here.story) == 1
        assert exchange.received_at - exchange.sent_at >= 0.99


def test_nobody_there_is_a_connect_error(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with open_session(tmp_path, base_url=f"http://127.0.0.1:{port}", timeout=5) as here:
        exchange = here.session.send(get(once=True))
        assert exchange.failed_with(TransportError.CONNECT)
        assert len(here.story) == 1


@pytest.mark.parametrize("value", ["a\r\nX-Injected: yes", "a\nb", "a\x00b", " lead", "trail "])
def test_a_header_that_http_cannot_carry_is_not_sent(value: str, tmp_path: Path) -> None:
    received: list[bytes] = []

    def answer(connection: socket.socket, head: bytes) -> None:
        received.append(head)
        connection.sendall(OK)

    with server(answer) as url, open_session(tmp_path, base_url=url) as here:
        exchange = here.session.send(get(headers=(("X-Odd", value),)))
        assert exchange.failed_with(TransportError.UNSENT)
        assert received == []
        assert OWNER_KEY not in here.kept()
        assert here.session.send(get()).response, "the session goes on"


def test_a_key_that_http_cannot_carry_is_told_without_the_key(tmp_path: Path) -> None:
    with (
        server(lambda connection, _: connection.sendall(OK)) as url,
        open_session(tmp_path, base_url=url, owner="a key\nof two lines") as here,
    ):
        exchange = here.session.send(get())
        assert exchange.failed_with(TransportError.UNSENT)
        assert "two lines" not in here.kept()


def test_a_body_and_its_odd_bytes_arrive_as_they_are(tmp_path: Path) -> None:
    received: list[bytes] = []

    def answer(connection: socket.socket, head: bytes) -> None:
        received.append(head)
        connection.sendall(OK)

    body = b'\xef\xbb\xbf{"hook": "\\ud800 \xff \x00"}'
    with server(answer) as url, open_session(tmp_path, base_url=url) as here:
        here.session.send(Call("POST", "/v1/content/c/reject", body=body))
        assert received[0].endswith(b"\r\n\r\n" + body)
        assert f"X-Api-Key: {OWNER_KEY}".encode() in received[0]
        assert here.recorded()[0].request.body == body


def test_calls_of_one_instant_are_all_under_way_at_once(tmp_path: Path) -> None:
    width = 16
    everyone = threading.Barrier(width)

    def answer_when_all_are_here(connection: socket.socket, _: bytes) -> None:
        everyone.wait()
        connection.sendall(OK)

    with server(answer_when_all_are_here) as url, open_session(tmp_path, base_url=url) as here:
        exchanges = here.session.send_together([create(costs=0, headers=KEYED)] * width)
        assert [exchange.failure for exchange in exchanges] == [None] * width
        assert max(each.sent_at for each in exchanges) <= min(each.received_at for each in exchanges)
        assert len({each.id for each in exchanges}) == width
        assert len(here.recorded()) == width


def test_what_was_released_together_is_given_as_asked_and_judged_in_its_order(tmp_path: Path) -> None:
    has_answered = {name: threading.Event() for name in "abe"}

    def answer(request_: httpx.Request) -> httpx.Response:
        # The writes come back last, and the second read before the first.
        name = request_.url.path[-1]
        if name != "b":
            has_answered[{"a": "b", "e": "a"}[name]].wait()
            time.sleep(0.3)
        has_answered[name].set()
        return httpx.Response(200, json={})

    calls = [get("/v1/content/a"), get("/v1/content/b"), Call("POST", "/v1/content/c/approve")]
    with open_session(tmp_path, answer) as here:
        exchanges = here.session.send_together(calls)
        assert [exchange.request.url[-1] for exchange in exchanges] == ["a", "b", "e"]
        assert [exchange.request.url[-1] for exchange in here.story] == ["e", "b", "a"]
        assert here.recorded() == here.story


def test_what_lost_its_connection_is_released_again_once_where_that_cannot_cost(tmp_path: Path) -> None:
    with server(hang_up) as url, open_session(tmp_path, base_url=url) as here:
        here.session.send_together([get(), get(), create()])
        assert sorted(each.request.method for each in here.story) == ["GET"] * 4 + ["POST"]


def test_no_one_call_holds_the_others_back_where_one_of_them_cannot_be_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conformance.client.barrier, "PATIENCE", 600.0)
    begun = time.monotonic()
    with (
        server(lambda connection, _: connection.sendall(OK)) as url,
        open_session(tmp_path, base_url=url) as here,
        pytest.raises(NotReached),
    ):
        here.session.send_together([get(), get("http://elsewhere.test/v1/jobs/j")])
    assert time.monotonic() - begun < 300
