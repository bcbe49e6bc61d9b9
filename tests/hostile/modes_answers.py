"""Modes of answers that are too large, are no HTTP, or that nobody asked for."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Callable
from functools import lru_cache

from hostile_server import HEAD, Talk
from modes import MIB, MODES, PROJECT, Mode, first_contact, mode, timing


def flood(talk: Talk, head: bytes, part: bytes) -> None:
    talk.send(head)
    while not talk.server.stopped.is_set():
        talk.send(part)


CUT = r"answered the list of a project with more than an answer may have \(too-large: "


@first_contact(CUT + r"200, more than 33,554,432 bytes; it begins with '\[\[\[")
def gibibyte(talk: Talk) -> None:
    flood(talk, HEAD + b"Content-Length: 1073741824\r\n\r\n", b"[" * 65536)


@first_contact(CUT + "200, more than 33,554,432 bytes")
def endless_body(talk: Talk) -> None:
    flood(talk, HEAD + b"\r\n", b"[" * 65536)


@first_contact(CUT + "200, more than 33,554,432 bytes")
def endless_large_chunks(talk: Talk) -> None:
    flood(talk, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"[" * 65536 + b"\r\n")


@lru_cache
def squeezed(coding: str) -> bytes:
    """Return a gibibyte of spaces in a coding; each `gzip` but the first is one of what came before."""
    first, *more = coding.split(", ")
    machine = zlib.compressobj(9, wbits={"gzip": 31, "deflate": 15, "raw deflate": -15}[first])
    body = machine.compress(b"[") + machine.flush(zlib.Z_FULL_FLUSH)
    # After a full flush the same bytes mean the same again, so that one mebibyte is squeezed once.
    body += (machine.compress(b" " * MIB) + machine.flush(zlib.Z_FULL_FLUSH)) * 1024
    for _ in more:
        body = gzip.compress(body)
    return body


def give_coded(talk: Talk, coding: str, body: bytes) -> None:
    name = coding.removeprefix("raw ")
    talk.send(HEAD + f"Content-Encoding: {name}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)


@first_contact(CUT + r"200, more than 33,554,432 bytes; it begins with '\[ ")
def gzip_bomb(talk: Talk) -> None:
    give_coded(talk, "gzip", squeezed("gzip"))


@first_contact(CUT + "200, more than 33,554,432 bytes")
def gzip_bomb_in_gzip(talk: Talk) -> None:
    give_coded(talk, "gzip, gzip", squeezed("gzip, gzip"))


@first_contact(CUT + "200, more than 33,554,432 bytes")
def deflate_bomb(talk: Talk) -> None:
    give_coded(talk, "deflate", squeezed("deflate"))


@first_contact(CUT + "200, more than 33,554,432 bytes")
def raw_deflate_bomb(talk: Talk) -> None:
    give_coded(talk, "raw deflate", squeezed("raw deflate"))


@first_contact("is not the Layers API: it answered the list of a project with 200 and no JSON")
def a_coding_that_nobody_asked_for(talk: Talk) -> None:
    give_coded(talk, "br", b"\xcf\xff\xff\x7f\xf8'\x00\xe2\xb1@ \xf7\xfe\x9e\x00")


@first_contact("does not answer in HTTP .*content codings")
def more_codings_than_anybody_uses(talk: Talk) -> None:
    give_coded(talk, "gzip" + ", gzip" * 20, b"")


@first_contact(CUT + "200, more than 500 headers")
def many_headers(talk: Talk) -> None:
    talk.send(HEAD + b"".join(b"X-%d: a\r\n" % number for number in range(3000)) + PROJECT)


@first_contact(CUT + "headers of more than 100 KiB")
def endless_header(talk: Talk) -> None:
    flood(talk, HEAD + b"X-Long: ", b"a" * 65536)


@first_contact(CUT + "200, more than 750,000 values")
def more_values_than_memory_holds(talk: Talk) -> None:
    give_coded(talk, "gzip", gzip.compress(b"[" + b"[]," * (10 * MIB) + b"[]]", 1))


@first_contact(CUT + "200, more than 750,000 escapes", settings=timing(request_timeout=30))
def more_escapes_than_time_allows(talk: Talk) -> None:
    give_coded(talk, "gzip", gzip.compress(b'"' + bytes(4 * MIB) + b'"', 1))


@first_contact(CUT + "200, more than 33,554,432 bytes as text", settings=timing(request_timeout=30))
def wider_than_memory_holds(talk: Talk) -> None:
    text = '{"items": [], "nextCursor": "\U0001f680' + "x" * (12 * MIB) + '"}'
    give_coded(talk, "gzip", gzip.compress(text.encode(), 1))


@mode((0, 2), "smoke passed|incomplete", never="not conformant")
def one_operation_answers_with_a_bomb(talk: Talk) -> None:
    if talk.path.endswith("/progress"):
        give_coded(talk, "gzip", squeezed("gzip"))
    else:
        talk.give()


@first_contact("is not the Layers API|has no list|^$")
def almost_too_large(talk: Talk) -> None:
    give_coded(talk, "gzip", gzip.compress(b'{"items": [], "nextCursor": 7, "padding": "' + b"x" * (31 * MIB), 1))


@mode(2, "incomplete", never="not conformant")
def answers_twice(talk: Talk) -> None:
    answer = talk.genuine().wire()
    talk.send(answer + answer)


@mode(2, "incomplete", never="not conformant")
def answers_twice_a_little_later(talk: Talk) -> None:
    answer = talk.genuine().wire()
    talk.send(answer)
    time.sleep(0.002)
    talk.send(HEAD + b"Content-Length: 2\r\n\r\n{}")


@mode(0, "smoke passed")
def sends_more_than_it_announced(talk: Talk) -> None:
    talk.send(talk.genuine().wire() + b"\r\n\r\n<!-- served by a proxy -->")


NO_HTTP: dict[str, tuple[bytes, str]] = {
    "gibberish": (b"\x00\x01\x02 no HTTP\r\n\r\n", "does not answer in HTTP"),
    "half-json": (HEAD + b'Content-Length: 12\r\n\r\n{"items": [,', "is not the Layers API"),
    "cut-short": (HEAD + b'Content-Length: 100\r\n\r\n{"items"', "does not answer in HTTP"),
    "two-lengths": (HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "does not answer in HTTP"),
    "length-below-zero": (HEAD + b"Content-Length: -2\r\n\r\n{}", "does not answer in HTTP"),
    "bad-chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", "does not answer in HTTP"),
    "status-7": (b"HTTP/1.1 7 What\r\n\r\n", "does not answer in HTTP"),
    "nul-in-a-header": (HEAD + b"X-Odd: a\x00b\r\nContent-Length: 2\r\n\r\n{}", "does not answer in HTTP"),
    "no-gzip": (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 7\r\n\r\nno gzip", "does not answer in HTTP"),
    "a-redirect": (
        b"HTTP/1.1 307 There\r\nLocation: http://127.0.0.1:1/trap\r\nContent-Length: 0\r\n\r\n",
        "it redirects to http://127.0.0.1:1",
    ),
    "nothing": (b"", "does not answer in HTTP"),
}


def sending(data: bytes) -> Callable[[Talk], None]:
    def does(talk: Talk) -> None:
        talk.send(data)
        talk.close()

    return does


for name, (data, says) in NO_HTTP.items():
    MODES.append(Mode(f"sends-{name}", sending(data), 2, says, report=False))


@first_contact("does not answer in HTTP")
def resets_everything(talk: Talk) -> None:
    talk.reset()
