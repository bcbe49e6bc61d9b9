"""No target keeps a call past its deadline, and no answer takes more memory than an answer may have."""

from __future__ import annotations

import gzip
import itertools
import socket
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from client_sessions import OWNER_KEY, get, open_session
from listeners import Handler, head_of, raw_server

from conformance.client.budget import Limits
from conformance.client.call import Call
from conformance.client.decoding import body_of
from conformance.client.exchange import TransportError
from conformance.client.limits import LARGEST_ANSWER, Allowance, AnswerTooLarge
from conformance.client.transport import SHOWN
from conformance.exceptions import BudgetSpent
from conformance.run.settings.target import LimitsSection

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
MIB = 1024 * 1024
LIMIT = 128 * 1024


def drip(connection: socket.socket, data: bytes, every: float = 0.1) -> None:
    for byte in itertools.cycle(data):
        connection.sendall(bytes([byte]))
        time.sleep(every)


def for_ever(connection: socket.socket, data: bytes, every: float = 0.05) -> None:
    while True:
        connection.sendall(data)
        time.sleep(every)


def dripping_body(connection: socket.socket) -> None:
    head_of(connection)
    connection.sendall(HEAD + b"Content-Length: 1000000\r\n\r\n")
    drip(connection, b"{")


def dripping_headers(connection: socket.socket) -> None:
    head_of(connection)
    drip(connection, HEAD)


def endless_hints(connection: socket.socket) -> None:
    head_of(connection)
    for_ever(connection, b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")


def endless_chunks(connection: socket.socket) -> None:
    head_of(connection)
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    for_ever(connection, b"1\r\n{\r\n")


def silent(connection: socket.socket) -> None:
    head_of(connection)
    connection.recv(1)


def unread_body(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    while connection.recv(16):
        time.sleep(0.05)


def body_read_slowly(connection: socket.socket) -> None:
    while connection.recv(MIB // 4):
        time.sleep(0.05)


@pytest.mark.parametrize(
    "handle",
    [dripping_body, dripping_headers, endless_hints, endless_chunks, silent, unread_body, body_read_slowly],
    ids=lambda h: h.__name__,
)
def test_a_call_ends_with_its_deadline_wherever_the_bytes_stop(handle: Handler, tmp_path: Path) -> None:
    body = b"x" * (24 * MIB) if handle in {unread_body, body_read_slowly} else None
    with raw_server(handle) as url, open_session(tmp_path, base_url=url, timeout=0.6) as here:
        exchange = here.session.send(Call("POST", "/v1/content/c/reject", body=body) if body else get())
        assert exchange.received_at - exchange.sent_at >= 0.5
        assert exchange.failed_with(TransportError.TIMEOUT)


def test_a_tls_handshake_that_drips_ends_with_the_deadline(tmp_path: Path) -> None:
    def handshake(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"\x16\x03\x03\x40\x00")
        drip(connection, b"\x02")

    with (
        raw_server(handshake) as url,
        open_session(tmp_path, base_url=url.replace("http", "https"), timeout=0.6) as here,
    ):
        exchange = here.session.send(get(once=True))
        assert exchange.failed_with(TransportError.CONNECT)


def test_a_call_ends_with_the_run(tmp_path: Path) -> None:
    with (
        raw_server(dripping_body) as url,
        open_session(tmp_path, base_url=url, timeout=60, limits=Limits(5, 100, 1)) as here,
    ):
        exchange = here.session.send(get())
        assert str(exchange.failure) == "timeout: the budget of 1 seconds ended"
        with pytest.raises(BudgetSpent):
            here.session.send(get())


def test_a_body_that_takes_long_to_decode_ends_with_the_deadline() -> None:
    answer = httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(gzip.compress(b"{}")))
    assert b"".join(body_of(answer, Allowance(30))) == b"{}"
    with pytest.raises(httpx.ReadTimeout):
        list(body_of(answer, Allowance(0)))


def bomb(*wrapped: Callable[[bytes], bytes]) -> bytes:
    body = b"[" + b" " * (64 * MIB)
    for wrap in wrapped:
        body = wrap(body)
    return body


def raw_deflate(body: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(body) + machine.flush()


def answering(head: bytes, body: bytes, *, endless: bool = False) -> Handler:
    def handle(connection: socket.socket) -> None:
        while True:
            head_of(connection)
            connection.sendall(head)
            connection.sendall(body)
            while endless:
                connection.sendall(body)

    return handle


def coded(coding: str, body: bytes) -> Handler:
    return answering(HEAD + f"Content-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n".encode(), body)


TOO_LARGE: dict[str, tuple[Handler, str]] = {
    "endless body": (
        answering(HEAD + b"\r\n", b"[" * 65536, endless=True),
        "200, more than 131,072 bytes; it begins with",
    ),
    "announced": (
        answering(HEAD + b"Content-Length: 1073741824\r\n\r\n", b"[" * 65536, endless=True),
        "200, more than 131,072 bytes; it begins with '[[[[",
    ),
    "chunks": (
        answering(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n[\r\n" * 4096, endless=True),
        "200, more than 131,072 bytes; it begins with",
    ),
    "gzip": (coded("gzip", bomb(gzip.compress)), "200, more than 131,072 bytes; it begins with '[   "),
    "gzip twice": (coded("gzip, gzip", bomb(gzip.compress, gzip.compress)), "200, more than 131,072 bytes"),
    "gzip that holds a small gzip": (
        coded("gzip, gzip", gzip.compress(gzip.compress(b"{}") + b"0" * LIMIT)),
        "200, more than 131,072 bytes",
    ),
    "deflate": (coded("deflate", bomb(zlib.compress)), "200, more than 131,072 bytes; it begins with"),
    "raw deflate": (coded("deflate", bomb(raw_deflate)), "200, more than 131,072 bytes; it begins with"),
    "many headers": (
        answering(HEAD + b"".join(b"X-%d: a\r\n" % n for n in range(600)) + b"\r\n", b""),
        "200, more than 500 headers",
    ),
    "a long header": (
        answering(HEAD + b"X-Long: " + b"a" * 300_000 + b"\r\n\r\n", b""),
        "headers of more than 100 KiB",
    ),
    "endless header": (answering(HEAD + b"X-Long: ", b"a" * 65536, endless=True), "headers of more than 100 KiB"),
    "hints": (
        answering(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 1000, endless=True),
        "more than 131,072 bytes",
    ),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_what_is_too_large_is_cut_off(name: str, tmp_path: Path) -> None:
    handle, said = TOO_LARGE[name]
    with raw_server(handle) as url, open_session(tmp_path, base_url=url, largest_answer=LIMIT) as here:
        tracemalloc.start()
        exchange = here.session.send(get())
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert exchange.failed_with(TransportError.TOO_LARGE)
        assert exchange.failure
        assert exchange.failure.detail.startswith(said)
        assert exchange.response is None
        assert here.recorded() == here.story
        assert peak < 8 * MIB


@pytest.mark.parametrize("mark", [b"1,", b"[ ", b"{ "])
@pytest.mark.parametrize(("marks", "is_cut"), [(750_001, True), (749_000, False)])
def test_json_of_more_values_than_memory_holds_is_cut_off(
    marks: int, mark: bytes, *, is_cut: bool, tmp_path: Path
) -> None:
    body = gzip.compress(mark * marks, 1)
    with raw_server(coded("gzip", body)) as url, open_session(tmp_path, base_url=url) as here:
        exchange = here.session.send(get())
        assert exchange.failed_with(TransportError.TOO_LARGE) == is_cut


@pytest.mark.parametrize("sign", [b"%", b"\\", b"&", b"\0"])
@pytest.mark.parametrize(("signs", "is_cut"), [(750_001, True), (749_000, False)])
def test_more_escapes_than_can_be_taken_off_soon_are_cut_off(
    signs: int, sign: bytes, *, is_cut: bool, tmp_path: Path
) -> None:
    body = gzip.compress((sign + b"41") * signs, 1)
    with raw_server(coded("gzip", body)) as url, open_session(tmp_path, base_url=url) as here:
        assert here.session.send(get()).failed_with(TransportError.TOO_LARGE) == is_cut


@pytest.mark.parametrize(
    ("part", "times"),
    [
        ("x", 1),
        ('"', 2),
        ("\n", 2),
        ("\x01", 6),
        ("\u00e9", 3),
        ("\u6f22", 2),
        ("x" * 65_533 + "\u20ac", 2),
        ("x" * 65_532 + "\U0001f680", 4),
    ],
    ids=["ascii", "quotes", "lines", "control codes", "latin", "chinese", "one wide", "one wider"],
)
@pytest.mark.parametrize("more", [-0.1, 0.1])
def test_what_takes_more_room_as_text_than_an_answer_may_have_is_cut_off(part: str, times: int, more: float) -> None:
    """A history writes it with escapes of JSON, and Python keeps each character as wide as the widest."""
    unit, limit = part.encode(), 6 * MIB
    body = bytearray(unit * int((1 + more) * limit / times / len(unit)))
    allowance = Allowance(30, limit)
    if more < 0:
        allowance.require_light(body)
    else:
        with pytest.raises(AnswerTooLarge, match="6,291,456 bytes as text"):
            allowance.require_light(body)


def test_calls_that_are_released_together_share_the_room_of_one_answer(tmp_path: Path) -> None:
    body = gzip.compress(b" " * (3 * MIB), 1)
    with raw_server(coded("gzip", body)) as url, open_session(tmp_path, base_url=url, largest_answer=8 * MIB) as here:
        assert here.session.send(get()).response
        assert all(each.response for each in here.session.send_together([get()] * 2))
        assert all(each.failed_with(TransportError.TOO_LARGE) for each in here.session.send_together([get()] * 3))


@pytest.mark.parametrize("more", [0, 1])
def test_an_answer_may_have_32_mib_unless_the_configuration_says_otherwise(more: int, tmp_path: Path) -> None:
    assert LimitsSection().answer_bytes == LARGEST_ANSWER
    body = gzip.compress(b" " * (32 * MIB + more), 1)
    with raw_server(coded("gzip", body)) as url, open_session(tmp_path, base_url=url) as here:
        assert here.session.send(get()).failed_with(TransportError.TOO_LARGE) == bool(more)


@pytest.mark.parametrize("before", [0, SHOWN - len(OWNER_KEY) + 3], ids=["whole", "across the end of what is shown"])
def test_a_key_in_what_was_cut_off_is_a_secret(before: int, tmp_path: Path) -> None:
    body = b" " * before + f'{OWNER_KEY}", '.encode() * 1000
    with (
        raw_server(answering(HEAD + b"\r\n", body, endless=True)) as url,
        open_session(tmp_path, base_url=url, largest_answer=LIMIT) as here,
    ):
        exchange = here.session.send(get())
        assert "[secret:owner]" in str(exchange.failure)
        assert OWNER_KEY[: len(OWNER_KEY) // 2] not in here.kept()


@pytest.mark.parametrize(
    ("coding", "wrap"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", raw_deflate),
        ("identity", bytes),
        ("br", bytes),
    ],
)
def test_a_body_is_decoded(coding: str, wrap: Callable[[bytes], bytes], tmp_path: Path) -> None:
    body = b'{"id": "%s"}' % (b"cnt" * 300_000)
    with raw_server(coded(coding, wrap(body))) as url, open_session(tmp_path, base_url=url) as here:
        exchange = here.session.send(get())
        assert exchange.response
        assert exchange.response.body == body


@pytest.mark.parametrize(
    ("coding", "body"), [("gzip", b"no gzip"), ("deflate", b"\xff\xff no deflate"), ("gzip" + ", gzip" * 9, b"")]
)
def test_a_body_that_cannot_be_decoded_is_no_answer(coding: str, body: bytes, tmp_path: Path) -> None:
    with raw_server(coded(coding, body)) as url, open_session(tmp_path, base_url=url) as here:
        assert here.session.send(get(once=True)).failed_with(TransportError.BROKEN)
