"""The table of hostile modes: what each does, and what must come out of a run against it.

To add one, write what it does to a `Talk` as a function below and put it into a `Mode`. What holds for all of them (no traceback, no key in
any file, memory, a report that can be read) is asserted by the test; a mode says the rest.
"""

from __future__ import annotations

import gzip
import json
import random
import socket
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

from hostile_server import HEAD, Answer, HostileServer, Talk

SMOKE = ("--profile", "smoke")
SESSION = "s3cr3t-session-of-the-owner"
"""A token that a mode hands out and that no file may hold."""
SEVERAL_SECONDS = (*SMOKE, "--seconds", "5")
MIB = 1024 * 1024
PROJECT = b"Content-Length: 0\r\n\r\n"
QUICK = {"timing": {"request_timeout": 2, "outage_timeout": 2, "generation_timeout": 5, "poll_interval": 0.02}}
GONE = r"the target has not answered since \d\d:\d\d:\d\d UTC, first on [A-Z]+ /v1/\S+, in \d+ tries"


@dataclass(frozen=True)
class Mode:
    """One mode.

    `status` is the exit status, or those of which one must come out; `says` and `never` are regular expressions over what the command
    prints; `seconds` is the time that the run may take beyond start-up; `report` is False where the run ends in first contact and leaves
    none, and None where it may leave some; `settings` are added to the configuration, by table.
    """

    name: str
    does: Callable[[Talk], None]
    status: int | tuple[int, ...]
    says: str
    never: str | None = None
    seconds: float = 20
    report: bool | None = True
    arguments: tuple[str, ...] = SMOKE
    settings: dict[str, dict[str, Any]] | None = None
    greets: Callable[[HostileServer, socket.socket], None] | None = None
    tls: bool = False
    file_bytes: int | None = None


MODES: list[Mode] = []


def timing(**more: float) -> dict[str, dict[str, Any]]:
    """Return the settings of time that a mode needs beside the quick ones."""
    return {"timing": QUICK["timing"] | more}


def mode(
    status: int | tuple[int, ...], says: str, **more: Any
) -> Callable[[Callable[[Talk], None]], Callable[[Talk], None]]:
    """Put a function into the table, under its own name."""

    def put(does: Callable[[Talk], None]) -> Callable[[Talk], None]:
        MODES.append(Mode(does.__name__.replace("_", "-"), does, status, says, **more))
        return does

    return put


def first_contact(says: str, **more: Any) -> Callable[[Callable[[Talk], None]], Callable[[Talk], None]]:
    """Put a mode into the table whose run ends in first contact: exit status 2, and no report."""
    return mode(2, says, report=False, **({"seconds": 10} | more))


# A target that goes away


@mode(2, rf"The run ended early: {GONE} \(connect: .*refused\)", seconds=6)
def dies(talk: Talk) -> None:
    if talk.count == talk.server.first_contact + 4:
        talk.server.die()
    talk.give()


@mode(2, rf"The run ended early: {GONE} \(connect: .*refused\)", seconds=12, arguments=("--profile", "gate", "-n", "2"))
def dies_under_two_workers(talk: Talk) -> None:
    if talk.count == 40:
        talk.server.die()
    talk.give()


@mode(0, "smoke passed", settings=timing(outage_timeout=30))
def dies_and_comes_back(talk: Talk) -> None:
    talk.give()
    if talk.count == 20:
        talk.server.die_for(1.5)


@mode(
    2,
    rf"The run ended early: {GONE} \(timeout: ReadTimeout\)",
    seconds=15,
    settings=timing(request_timeout=0.5),
)
def hangs_for_ever(talk: Talk) -> None:
    if talk.count > talk.server.first_contact + 5:
        talk.hang()
    talk.give()


@mode(
    (0, 2),
    "smoke passed|incomplete",
    never="has not answered since",
    settings=timing(request_timeout=0.3),
)
def hangs_in_one_operation(talk: Talk) -> None:
    if talk.path.endswith("/progress"):
        talk.hang()
    talk.give()


@first_contact("The run ended before its first driver: the target has not answered since")
def dies_before_the_first_driver(talk: Talk) -> None:
    talk.give()
    if talk.count == talk.server.first_contact:
        talk.server.die()


# What belongs to one caller


@mode(0, "partial", arguments=("--profile", "gate", "--only", "AUT-1"))
def sets_a_cookie_that_opens_everything(talk: Talk) -> None:
    known = SESSION in (talk.header("cookie") or "")
    owner = {"X_Api_Key": talk.server.state["key"]} if known else {}
    talk.give(talk.genuine(**owner).with_headers(Set_Cookie=f"session={SESSION}; Path=/; HttpOnly"))


@mode(0, "partial", arguments=("--profile", "gate", "--only", "AUT-1"))
def authenticates_connections(talk: Talk) -> None:
    if talk.header("x-api-key") == talk.server.state["key"]:
        talk.kept["owner"] = True
    owner = {"X_Api_Key": talk.server.state["key"]} if talk.kept.get("owner") else {}
    talk.give(talk.genuine(**owner))


# Time


LONG = json.dumps({"items": [], "nextCursor": None, "padding": "x" * 100_000}).encode()


@first_contact(r"Cannot reach the target at .* \(timeout: ReadTimeout\)")
def drips_the_body(talk: Talk) -> None:
    talk.send(HEAD + b"Content-Length: %d\r\n\r\n" % len(LONG))
    talk.drip(LONG)


@first_contact(r"Cannot reach the target at .* \(timeout: ReadTimeout\)")
def drips_the_headers(talk: Talk) -> None:
    talk.drip(HEAD * 100)


@first_contact(r"Cannot reach the target at .* \(timeout: ReadTimeout\)")
def hints_for_ever(talk: Talk) -> None:
    while not talk.server.stopped.wait(0.05):
        talk.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")


@first_contact(r"Cannot reach the target at .* \(timeout: ReadTimeout\)")
def chunks_for_ever(talk: Talk) -> None:
    talk.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while not talk.server.stopped.wait(0.05):
        talk.send(b"1\r\n{\r\n")


@first_contact(r"Cannot reach the target at .* \(timeout: ReadTimeout\)")
def never_answers(talk: Talk) -> None:
    talk.hang()


def drip_a_handshake(server: HostileServer, connection: socket.socket) -> None:
    connection.recv(65536)
    for byte in b"\x16\x03\x03\x40\x00" + b"\x02" * 1000:
        connection.sendall(bytes([byte]))
        if server.stopped.wait(0.2):
            raise OSError


@first_contact(
    r"Cannot reach the target at https://.* \(connect: ConnectTimeout\)",
    greets=drip_a_handshake,
    tls=True,
)
def drips_the_handshake(talk: Talk) -> None:
    talk.give()


@mode(
    2,
    "The run ended early: .*(seconds is spent|has not answered since)",
    seconds=7,
    arguments=SEVERAL_SECONDS,
    settings=timing(request_timeout=60),
)
def drips_every_body_of_a_run(talk: Talk) -> None:
    if talk.count <= talk.server.first_contact + 2:
        talk.give()
        return
    answer = talk.genuine().wire()
    talk.send(answer[:-2])
    talk.drip(answer[-2:], every=30)


# Size


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


@mode((0, 2), "smoke passed|incomplete", never="not conformant", seconds=40)
def one_operation_answers_with_a_bomb(talk: Talk) -> None:
    if talk.path.endswith("/progress"):
        give_coded(talk, "gzip", squeezed("gzip"))
    else:
        talk.give()


@first_contact("is not the Layers API|has no list|^$", seconds=25)
def almost_too_large(talk: Talk) -> None:
    give_coded(talk, "gzip", gzip.compress(b'{"items": [], "nextCursor": 7, "padding": "' + b"x" * (31 * MIB), 1))


# Answers that nobody asked for


@mode(0, "smoke passed")
def answers_twice(talk: Talk) -> None:
    answer = talk.genuine().wire()
    talk.send(answer + answer)


@mode(0, "smoke passed")
def answers_twice_a_little_later(talk: Talk) -> None:
    answer = talk.genuine().wire()
    talk.send(answer)
    time.sleep(0.002)
    talk.send(HEAD + b"Content-Length: 2\r\n\r\n{}")


@mode(0, "smoke passed")
def sends_more_than_it_announced(talk: Talk) -> None:
    talk.send(talk.genuine().wire() + b"\r\n\r\n<!-- served by a proxy -->")


# What the target says


def limited(value: str) -> Callable[[Talk], None]:
    def does(talk: Talk) -> None:
        if talk.count > talk.server.first_contact:
            body = b'{"error": {"code": "RATE_LIMITED", "message": "No.", "requestId": "r"}}'
            talk.give(Answer(429, [("Content-Type", "application/json"), ("Retry-After", value)], body))
        else:
            talk.give()

    return does


FUTURE = format_datetime(datetime(9999, 12, 31, tzinfo=UTC), usegmt=True)
for name, value in {
    "a-day": "86400",
    "digits": "9" * 400,
    "a-date": FUTURE,
    "a-fraction": "1" * 30 + ".5",
}.items():
    MODES.append(
        Mode(
            f"retry-after-{name}",
            limited(value),
            2,
            "The run ended before its first driver: the target asked to wait for",
            report=False,
        )
    )


def saying(**members: Any) -> Callable[[Talk], None]:
    def does(talk: Talk) -> None:
        talk.give(talk.genuine().changed(**members))

    return does


NOON = "2026-04-18T12:00:00"
SAID: dict[str, dict[str, Any]] = {
    "an-offset-of-22-digits": {
        "createdAt": "2026-04-18T12:04:11+" + "1" * 22 + ":00",
        "startedAt": "2026-04-18T12:04:11+0000000000000000000000:00",
    },
    "a-year-of-9-digits": {"createdAt": "999999999-04-18T12:04:11Z", "updatedAt": "0000-00-00T00:00:00Z"},
    "an-impossible-location": {"locationUrl": "http://[fe80::g]:80/v1/jobs/x"},
    "a-location-with-a-port-of-9-digits": {"locationUrl": "http://127.0.0.1:999999999/v1/jobs/x"},
    "a-location-of-another-kind": {"locationUrl": "//[/v1/jobs"},
    "a-lone-surrogate-in-an-id": {"id": "cnt_\ud800", "containerId": "cnt_\ud800"},
    "a-lone-surrogate-in-a-cursor": {"nextCursor": "c\udfff"},
    "a-lone-surrogate-in-a-status": {"status": "\ud800"},
    "deep-brief": {"brief": json.loads("[" * 90 + "]" * 90)},
    "numbers-for-ids": {"id": 10**400, "jobId": 7, "containerId": 1e300},
}
for name, members in SAID.items():
    MODES.append(Mode(f"says-{name}", saying(**members), (0, 1, 2), "."))


ODD: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        -1,
        1.5,
        10**400,
        1e308,
        "",
        " ",
        "\x00",
        "\ud800",
        "\r\n::error::x",
        "../..",
        "x" * 70_000,
        "2026-13-45T99:99:99Z",
    ),
    *(
        "9999-12-31T23:59:59+23:59",
        "http://[",
        "//host:port",
        [],
        [[]],
        {},
        {"": {}},
        [None],
        [{"id": []}],
        {"error": 7},
    ),
)
"""Values that no answer of the contract has."""


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value in a JSON value, the whole one first."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for name, part in parts for found in places(part, (*path, name)))]


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    """Return a JSON value in which another one stands at a path."""
    if not path:
        return by
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], by)
    return copy


def changing_anything(seed: int) -> Callable[[Talk], None]:
    """Put odd values at places of answers that differ with the seed; half of the answers stay as they are."""

    def does(talk: Talk) -> None:
        choice, answer = random.Random(f"{seed} {talk.count}"), talk.genuine()  # noqa: S311 - it is to repeat
        if talk.count > talk.server.first_contact + 2 and choice.random() < 0.5 and answer.body:
            with suppress(ValueError):
                body = replaced(answer.json, choice.choice(places(answer.json)), choice.choice(ODD))
                answer = Answer(answer.status, answer.headers, json.dumps(body).encode())
        talk.give(answer)

    return does


MODES.extend(Mode(f"changes-anything-{seed}", changing_anything(seed), (1, 2), ".", seconds=40) for seed in range(5))


# Disks, and lapses


MODES.append(Mode("full-disk", Talk.give, 2, "Cannot write", file_bytes=60_000, report=None))


@mode(2, r"ERR-1 MUST.* of [\d,]+ calls were answered 502, 503 or 504, or broke the connection: more than 2%")
def resets_one_in_ten(talk: Talk) -> None:
    if talk.count % 10 == 0 and not talk.is_first_contact:
        talk.reset()
    talk.give()


@mode(2, r"ERR-1 MUST.* of [\d,]+ calls were answered 502, 503 or 504, or broke the connection: more than 2%")
def answers_503_one_in_ten(talk: Talk) -> None:
    if talk.count % 10 == 0 and not talk.is_first_contact:
        talk.give(
            Answer(
                503,
                [("Content-Type", "application/json")],
                b'{"error": {"code": "UNAVAILABLE", "message": "No.", "requestId": "r"}}',
            )
        )
    else:
        talk.give()


# What is no HTTP


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
    MODES.append(Mode(f"sends-{name}", sending(data), 2, says, report=False, seconds=10))


@first_contact("does not answer in HTTP")
def resets_everything(talk: Talk) -> None:
    talk.reset()
