"""Modes of HTTP itself: answers that are legal and rare, and answers that no server may send."""

from __future__ import annotations

import gzip
import json
import select
import socket
import time
from collections.abc import Callable

from hostile_server import HEAD, Answer, HostileServer, Talk
from modes import GONE, MIB, MODES, Mode, first_contact, mode, timing

NARROW = ("--profile", "smoke", "--only", "CRE-1,LIF-1")
"""A run of a few calls, enough for what concerns every answer alike."""
EMPTY = b'{"items": [], "nextCursor": null}'


def coded(answer: Answer, head: str, body: bytes) -> bytes:
    """Return the bytes of an answer whose status line and headers on length are given."""
    dropped = {"content-length", "transfer-encoding", "connection"}
    lines = [f"{name}: {value}" for name, value in answer.headers if name.lower() not in dropped]
    return "\r\n".join([*head.split("\n"), *lines, "", ""]).encode("latin-1") + body


def chunk(data: bytes, extension: bytes = b"") -> bytes:
    return b"%x%b\r\n%b\r\n" % (len(data), extension, data)


def wire(make: Callable[[Answer], bytes], *, closes: bool = False) -> Callable[[Talk], None]:
    """Send each genuine answer in another writing."""

    def does(talk: Talk) -> None:
        talk.send(make(talk.genuine()))
        if closes:
            talk.close()

    return does


def status(answer: Answer) -> str:
    return f"HTTP/1.1 {answer.status} OK"


LEGAL: dict[str, Callable[[Talk], None]] = {
    "answers-in-http-1-0": wire(lambda a: coded(a, f"HTTP/1.0 {a.status} OK", a.body), closes=True),
    "closes-after-each-answer": wire(
        lambda a: coded(a, f"{status(a)}\nConnection: close\nContent-Length: {len(a.body)}", a.body), closes=True
    ),
    "ends-bodies-by-closing": wire(lambda a: coded(a, f"{status(a)}\nConnection: close", a.body), closes=True),
    "folds-a-header": wire(
        lambda a: coded(a, f"{status(a)}\nX-Folded: one\n two\n\tthree\nContent-Length: {len(a.body)}", a.body)
    ),
    "has-no-reason-phrase": wire(lambda a: coded(a, f"HTTP/1.1 {a.status} \nContent-Length: {len(a.body)}", a.body)),
    "has-a-reason-phrase-in-latin-1": wire(
        lambda a: coded(a, f"HTTP/1.1 {a.status} \xe9\xff\nContent-Length: {len(a.body)}", a.body)
    ),
    "chunks-of-one-byte": wire(
        lambda a: coded(
            a,
            f"{status(a)}\nTransfer-Encoding: chunked",
            b"".join(chunk(a.body[n : n + 1]) for n in range(len(a.body))) + b"0\r\n\r\n",
        )
    ),
    "has-trailers": wire(
        lambda a: (
            coded(
                a,
                f"{status(a)}\nTransfer-Encoding: chunked",
                chunk(a.body) + b"0\r\nX-Api-Key: x\r\nRetry-After: 9\r\n\r\n",
            )
            if a.body
            else a.wire()
        )
    ),
    "has-chunk-extensions": wire(
        lambda a: (
            coded(a, f"{status(a)}\nTransfer-Encoding: chunked", chunk(a.body, b';a="b"') + b"0;c\r\n\r\n")
            if a.body
            else a.wire()
        )
    ),
    "hints-before-each-answer": wire(
        lambda a: (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 20) + b"HTTP/1.1 100 Continue\r\n\r\n" + a.wire()
    ),
    "gzips-every-answer": wire(
        lambda a: coded(
            a,
            f"{status(a)}\nContent-Encoding: gzip\nContent-Length: {len(gzip.compress(a.body))}",
            gzip.compress(a.body),
        )
    ),
    "says-identity": wire(
        lambda a: coded(a, f"{status(a)}\nContent-Encoding: identity\nContent-Length: {len(a.body)}", a.body)
    ),
    "writes-headers-in-odd-case": wire(
        lambda a: coded(a, f"{status(a)}\ncOnTeNt-LeNgTh: {len(a.body)}\nCONNECTION: KEEP-ALIVE", a.body)
    ),
    "repeats-the-length-alike": wire(
        lambda a: coded(a, f"{status(a)}\nContent-Length: {len(a.body)}\nContent-Length: {len(a.body)}", a.body)
    ),
    "lists-the-length-alike": wire(
        lambda a: coded(a, f"{status(a)}\nContent-Length: {len(a.body)}, {len(a.body)}", a.body)
    ),
    "has-headers-in-utf-8": wire(
        lambda a: coded(a, f"{status(a)}\nX-Name: \xc3\xa9\xe2\x82\xac\nContent-Length: {len(a.body)}", a.body)
    ),
    "has-an-etag-of-64-kib": wire(
        lambda a: coded(a, f'{status(a)}\nETag: "{"e" * 65_000}"\nContent-Length: {len(a.body)}', a.body)
    ),
    "offers-http-2": wire(
        lambda a: coded(a, f'{status(a)}\nUpgrade: h2c\nAlt-Svc: h2=":1"\nContent-Length: {len(a.body)}', a.body)
    ),
}
for name, does in LEGAL.items():
    MODES.append(Mode(name, does, 0, "partial", never="not conformant", arguments=NARROW))

BROKEN: dict[str, tuple[bytes, str]] = {
    "status-099": (b"HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n", "does not answer in HTTP"),
    "status-999": (b"HTTP/1.1 999 High\r\nContent-Length: 0\r\n\r\n", "."),
    "status-600": (b"HTTP/1.1 600 High\r\nContent-Length: 2\r\n\r\n{}", "."),
    "http-3-0": (b"HTTP/3.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", "."),
    "control-codes-in-the-reason": (
        b"HTTP/1.1 200 \x1b[31m\x07\x08\r\nContent-Length: 2\r\n\r\n{}",
        ".",
    ),
    "a-header-without-a-colon": (HEAD + b"Nonsense\r\nContent-Length: 2\r\n\r\n{}", "does not answer in HTTP"),
    "a-space-before-the-colon": (HEAD + b"Content-Length : 2\r\n\r\n{}", "does not answer in HTTP"),
    "bare-line-feeds": (b"HTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 2\n\n{}", "."),
    "lengths-in-a-list": (HEAD + b"Content-Length: 2, 3\r\n\r\n{}", "does not answer in HTTP"),
    "a-length-with-a-plus": (HEAD + b"Content-Length: +2\r\n\r\n{}", "does not answer in HTTP"),
    "a-length-in-hexadecimal": (HEAD + b"Content-Length: 0x2\r\n\r\n{}", "does not answer in HTTP"),
    "a-length-of-400-digits": (HEAD + b"Content-Length: " + b"9" * 400 + b"\r\n\r\n{}", "."),
    "length-and-chunks": (HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "."),
    "an-unknown-transfer-coding": (HEAD + b"Transfer-Encoding: zip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "."),
    "a-chunk-below-zero": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
        "does not answer in HTTP",
    ),
    "a-chunk-of-30-digits": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 30 + b"\r\n{}", "."),
    "a-chunk-extension-of-2-mebibytes": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2;" + b"x" * (2 * MIB) + b"\r\n{}\r\n0\r\n\r\n",
        "more than an answer may have|does not answer in HTTP",
    ),
    "trailers-of-2-mebibytes": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-T: " + b"x" * (2 * MIB) + b"\r\n\r\n",
        "more than an answer may have|does not answer in HTTP",
    ),
    "switching-protocols": (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "."),
    "a-304-to-everything": (b"HTTP/1.1 304 Not Modified\r\n\r\n", "."),
    "a-204-to-everything": (b"HTTP/1.1 204 No Content\r\n\r\n", "is not the Layers API"),
    "a-redirect-to-a-file": (
        b"HTTP/1.1 302 There\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
        "it redirects to file:///etc",
    ),
    "a-redirect-to-nowhere": (b"HTTP/1.1 302 There\r\nLocation: http://[::\r\nContent-Length: 0\r\n\r\n", "."),
    "a-redirect-with-control-codes": (
        b"HTTP/1.1 301 There\r\nLocation: http://a/\x1b[2J\xff\r\nContent-Length: 0\r\n\r\n",
        ".",
    ),
    "a-redirect-without-a-location": (b"HTTP/1.1 307 There\r\nContent-Length: 0\r\n\r\n", "."),
    "json-in-utf-16": (
        HEAD + b"Content-Length: %d\r\n\r\n" % len(EMPTY.decode().encode("utf-16")) + EMPTY.decode().encode("utf-16"),
        "no JSON",
    ),
    "json-in-utf-7": (
        HEAD.replace(b"json", b"json; charset=utf-7") + b"Content-Length: 9\r\n\r\n+AHsAfQ-\n",
        "no JSON",
    ),
    "a-html-page": (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 29\r\n\r\n<script>alert(1)</script>\n::e",
        "no JSON",
    ),
    "deep-json": (
        HEAD + b"Content-Length: 200000\r\n\r\n" + b"[" * 100_000 + b"]" * 100_000,
        ".",
    ),
    "half-gzip": (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 15\r\n\r\n" + gzip.compress(EMPTY)[:15], "."),
    "gzip-of-nothing": (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n", "no JSON"),
    "a-tls-alert": (b"\x15\x03\x03\x00\x02\x02\x28", "does not answer in HTTP"),
    "an-ssh-banner": (b"SSH-2.0-OpenSSH_9.6\r\n", "does not answer in HTTP"),
    "http-2-frames": (b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + b"\x00" * 18, "does not answer in HTTP"),
}


def sending(data: bytes) -> Callable[[Talk], None]:
    def does(talk: Talk) -> None:
        talk.send(data)
        time.sleep(0.02)
        talk.close()

    return does


for name, (data, says) in BROKEN.items():
    # Some of them are answers all the same, if not those of the API.
    MODES.append(Mode(f"sends-{name}", sending(data), (1, 2), says, report=None, arguments=NARROW))


def half_close(_: HostileServer, connection: socket.socket) -> None:
    """End the side that sends before anything was asked."""
    connection.shutdown(socket.SHUT_WR)


@first_contact("does not answer in HTTP", greets=half_close)
def closes_its_half_first(talk: Talk) -> None:
    talk.close()


def speak_first(_: HostileServer, connection: socket.socket) -> None:
    """Answer before anything was asked."""
    connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(EMPTY) + EMPTY)


@mode(
    2,
    "came before anything was asked|incomplete",
    never="not conformant",
    greets=speak_first,
    arguments=NARROW,
    report=None,
)
def answers_before_it_is_asked(talk: Talk) -> None:
    """Nothing is sent over such a connection, or its answers are doubted."""
    talk.give()


def speak_unread(server: HostileServer, connection: socket.socket) -> None:
    """Answer once a request has come, without reading it."""
    select.select([connection], [], [])
    speak_first(server, connection)


@mode(2, "incomplete", never="not conformant", greets=speak_unread, arguments=NARROW)
def answers_what_it_has_not_read(talk: Talk) -> None:
    """The first answer of each connection is nobody's, and every other one that of the call before it."""
    talk.give()


def speak_of_closing(_: HostileServer, connection: socket.socket) -> None:
    """Answer once a request has come that the connection ends, so that nothing is sent over it again."""
    select.select([connection], [], [])
    connection.sendall(HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(EMPTY) + EMPTY)


@mode(2, "incomplete", never="not conformant", greets=speak_of_closing, arguments=NARROW)
def answers_what_it_has_not_read_that_it_closes(talk: Talk) -> None:
    talk.give()


@mode((0, 2), ".", never="not conformant", arguments=NARROW)
def answers_before_the_body_came(talk: Talk) -> None:
    talk.give()
    if talk.body:
        talk.reset()


@mode((0, 2), ".", never="not conformant")
def answers_a_second_time_while_the_next_call_is_on_its_way(talk: Talk) -> None:
    """Now and then the answer of the call before comes again, just before that of the next one over the same connection."""
    answer = talk.genuine().wire()
    if talk.count % 25 == 0 and "before" in talk.kept:
        talk.send(talk.kept["before"])
    talk.kept["before"] = answer
    talk.send(answer)


@mode((0, 2), "partial", never="not conformant", arguments=NARROW)
def closes_each_kept_connection_soon(talk: Talk) -> None:
    talk.give()
    time.sleep(0.01)
    talk.close()


TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


@mode(0, "partial", never="not conformant", arguments=NARROW)
def says_408_to_idle_connections(talk: Talk) -> None:
    """It comes with the end of an answer, so that it is always there before the next request."""
    if talk.count % 3:
        talk.give()
        return
    talk.send(talk.genuine().wire() + TIMED_OUT)
    talk.close()


@mode(0, "partial", never="not conformant", arguments=NARROW)
def says_408_while_the_next_request_comes(talk: Talk) -> None:
    """It is read in place of the answer, and the request is read by nobody."""
    talk.give()
    if talk.count % 3 == 0:
        select.select([talk.connection], [], [])
        talk.send(TIMED_OUT)
        talk.connection.shutdown(socket.SHUT_WR)
        while talk.connection.recv(65536):
            pass
        talk.close()


@mode(2, rf"The run ended early: {GONE}", settings=timing(outage_timeout=0.5), arguments=NARROW)
def accepts_and_closes_from_some_call_on(talk: Talk) -> None:
    if talk.count > talk.server.first_contact + 3:
        talk.server.die()
    talk.give()


@first_contact("no response line received|ReadTimeout", settings=timing(request_timeout=1))
def sends_empty_lines_for_ever(talk: Talk) -> None:
    while not talk.server.stopped.wait(0.02):
        talk.send(b"\r\n")


@first_contact("more than an answer may have|does not answer in HTTP|ReadTimeout", settings=timing(request_timeout=2))
def floods_with_hints(talk: Talk) -> None:
    while not talk.server.stopped.is_set():
        talk.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100)


@mode((0, 1, 2), ".", arguments=NARROW)
def answers_everything_with_an_empty_object(talk: Talk) -> None:
    talk.give(Answer(200, [("Content-Type", "application/json")], b"{}"))


@mode((1, 2), ".", arguments=NARROW)
def answers_everything_with_null(talk: Talk) -> None:
    talk.give(Answer(200, [("Content-Type", "application/json")], json.dumps(None).encode()))
