"""What a hostile mode does to a request: functions of a `Talk`, made from what they send and when."""

from __future__ import annotations

import gzip
import json
import random
import select
import socket
import threading
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from math import inf
from typing import Any

from hostile_server import HEAD, Answer, HostileServer, Talk
from odd_values import ODD, places, replaced

Does = Callable[[Talk], None]
Change = Callable[[Answer, Talk], Answer]
JSON = [("Content-Type", "application/json")]
EMPTY = b'{"items": [], "nextCursor": null}'
SESSION = "s3cr3t-session-of-the-owner"
"""A token that a mode hands out and that no file may hold."""
MIB = 1024 * 1024
ALWAYS = -inf


# When


def later(talk: Talk, than: float) -> bool:
    """Return whether a request is later than so many after the first contact."""
    return talk.count > talk.server.first_contact + than


def when(is_it: Callable[[Talk], bool], does: Does) -> Does:
    return lambda talk: (does if is_it(talk) else Talk.give)(talk)


def every(number: int) -> Callable[[Talk], bool]:
    return lambda talk: talk.count % number == 0 and not talk.is_first_contact


def is_progress(talk: Talk) -> bool:
    return talk.path.endswith("/progress")


def is_list(talk: Talk) -> bool:
    return talk.method == "GET" and talk.path.partition("?")[0].endswith("/content")


# Bytes in place of an answer


def sends(data: bytes) -> Does:
    def does(talk: Talk) -> None:
        talk.send(data)
        time.sleep(0.02)
        talk.close()

    return does


def repeats(head: bytes, part: bytes, every: float = 0) -> Does:
    """Send a part again and again, as fast as the caller reads or with a pause in seconds."""

    def does(talk: Talk) -> None:
        talk.send(head)
        while not talk.server.stopped.wait(every):
            talk.send(part)

    return does


def drips(head: bytes, body: bytes) -> Does:
    def does(talk: Talk) -> None:
        talk.send(head)
        talk.drip(body)

    return does


def coded(coding: str, body: Callable[[], bytes]) -> Does:
    """Send a body, made once it is needed, in a content coding."""

    def does(talk: Talk) -> None:
        data = body()
        talk.send(HEAD + f"Content-Encoding: {coding}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)

    return does


def zipped(body: Callable[[], bytes]) -> Does:
    return coded("gzip", lru_cache(lambda: gzip.compress(body(), 1)))


@lru_cache
def squeezed(window: int, times: int = 0) -> bytes:
    """Return a gibibyte of spaces, compressed by zlib with a window, and again so many times by gzip."""
    machine = zlib.compressobj(9, wbits=window)
    body = machine.compress(b"[") + machine.flush(zlib.Z_FULL_FLUSH)
    # After a full flush the same bytes mean the same again, so that one mebibyte is compressed once.
    body += (machine.compress(b" " * MIB) + machine.flush(zlib.Z_FULL_FLUSH)) * 1024
    for _ in range(times):
        body = gzip.compress(body)
    return body


# A genuine answer in another writing


def chunk(data: bytes, extension: bytes = b"") -> bytes:
    return b"%x%b\r\n%b\r\n" % (len(data), extension, data)


def writes(
    head: str, body: Callable[[bytes], bytes] = bytes, *, closes: bool = False, before: bytes = b"", after: bytes = b""
) -> Does:
    """Write each answer with another head, in which STATUS and LENGTH stand for what they are, and another body, if it has one."""

    def does(talk: Talk) -> None:
        answer = talk.genuine()
        data = body(answer.body)
        first = head.replace("STATUS", str(answer.status)).replace("LENGTH", str(len(data)))
        dropped = {"content-length", "transfer-encoding", "connection"}
        lines = [f"{name}: {value}" for name, value in answer.headers if name.lower() not in dropped]
        written = "\r\n".join([*first.split("\n"), *lines, "", ""]).encode("latin-1") + data
        talk.send(before + (written if answer.body and head else answer.wire()) + after)
        if closes:
            talk.close()

    return does


# A genuine answer with something else in it


def changes(change: Change, after: float = 0) -> Does:
    """Change the answers that come later than so many after the first contact."""

    def does(talk: Talk) -> None:
        answer = talk.genuine()
        talk.give(change(answer, talk) if later(talk, after) else answer)

    return does


def members(**said: Any) -> Change:
    return lambda answer, _: answer.changed(**said)


def headers(**more: str) -> Change:
    return lambda answer, _: answer.with_headers(**more)


def answers(status: int, body: bytes, **more: str) -> Change:
    return lambda *_: Answer(status, JSON, body).with_headers(**more)


def refuses(status: int, code: str, **more: str) -> Change:
    return answers(status, b'{"error": {"code": "%b", "message": "No.", "requestId": "r"}}' % code.encode(), **more)


def limits(value: str) -> Change:
    """Answer each fifth call with 429 and a Retry-After."""
    refusal = refuses(429, "RATE_LIMITED", Retry_After=value)
    return lambda answer, talk: refusal(answer, talk) if talk.count % 5 == 0 else answer


def more_members(text: bytes) -> Change:
    """Put members, as they are written, before those of each JSON object."""

    def change(answer: Answer, _: Talk) -> Answer:
        body = answer.body
        with_more = b"{" + text + b", " + body[1:] if body.startswith(b"{") and len(body) > 2 else body
        return Answer(answer.status, answer.headers, with_more)

    return change


def another_id_each_time(answer: Answer, talk: Talk) -> Answer:
    return answer.changed(containerId=f"cnt_{talk.count}")


def as_type(value: str) -> Change:
    return lambda answer, _: Answer(answer.status, [("Content-Type", value)], answer.body)


def encoded(coding: str) -> Change:
    return lambda answer, _: Answer(
        answer.status, answer.headers, answer.body.decode("utf-8", "replace").encode(coding)
    )


def anything(seed: int) -> Change:
    """Put odd values at places of answers that differ with the seed; half of the answers stay as they are."""

    def change(answer: Answer, talk: Talk) -> Answer:
        choice = random.Random(f"{seed} {talk.count}")  # noqa: S311 - it is to repeat
        if choice.random() < 0.5 and answer.body:
            with suppress(ValueError):
                body = replaced(answer.json, choice.choice(places(answer.json)), choice.choice(ODD))
                return Answer(answer.status, answer.headers, json.dumps(body).encode())
        return answer

    return change


def pages(items: Callable[[int], str]) -> Change:
    """Answer each list with a page of such items, and with a cursor to the next."""

    def change(answer: Answer, talk: Talk) -> Answer:
        body = f'{{"items":[{items(talk.count)}],"nextCursor":"c{talk.count}"}}'
        return Answer(200, JSON, body.encode()) if is_list(talk) else answer

    return change


def wordy(text: str) -> Change:
    """Put a very long text into documented members."""

    def change(answer: Answer, _: Talk) -> Answer:
        with suppress(ValueError):
            shape: dict[str, Any] = answer.json
            names = [name for name in ("brief", "error", "lastError", "result") if isinstance(shape.get(name), dict)]
            return answer.changed(**{name: shape[name] | {"hook": text, "message": text} for name in names})
        return answer

    return change


# Connections


def dies(talk: Talk) -> None:
    talk.server.die()
    talk.give()


def dies_with_its_answer(talk: Talk) -> None:
    talk.give_and_die()
    talk.close()


def dies_for_a_while(talk: Talk) -> None:
    talk.give_and_die()
    threading.Timer(1.5, talk.server.listen).start()
    talk.close()


def withdraws_the_key(talk: Talk) -> None:
    talk.give(talk.genuine(**({"X_Api_Key": "withdrawn"} if talk.count > 60 else {})))


def sets_a_cookie_that_opens_everything(talk: Talk) -> None:
    known = SESSION in (talk.header("cookie") or "")
    owner = {"X_Api_Key": talk.server.state["key"]} if known else {}
    talk.give(talk.genuine(**owner).with_headers(Set_Cookie=f"session={SESSION}; Path=/; HttpOnly"))


def authenticates_connections(talk: Talk) -> None:
    if talk.header("x-api-key") == talk.server.state["key"]:
        talk.kept["owner"] = True
    talk.give(talk.genuine(**({"X_Api_Key": talk.server.state["key"]} if talk.kept.get("owner") else {})))


def drips_the_end(talk: Talk) -> None:
    answer = talk.genuine().wire()
    talk.send(answer[:-2])
    talk.drip(answer[-2:], every=30)


def answers_twice(talk: Talk) -> None:
    talk.send(talk.genuine().wire() * 2)


def answers_twice_a_little_later(talk: Talk) -> None:
    talk.give()
    time.sleep(0.002)
    talk.send(HEAD + b"Content-Length: 2\r\n\r\n{}")


def answers_a_second_time_while_the_next_call_is_on_its_way(talk: Talk) -> None:
    """Now and then the answer of the call before comes again, just before that of the next one over the same connection."""
    answer = talk.genuine().wire()
    if talk.count % 25 == 0 and "before" in talk.kept:
        talk.send(talk.kept["before"])
    talk.kept["before"] = answer
    talk.send(answer)


def answers_before_the_body_came(talk: Talk) -> None:
    talk.give()
    if talk.body:
        talk.reset()


def closes_soon(talk: Talk) -> None:
    talk.give()
    time.sleep(0.01)
    talk.close()


TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def says_408_while_idle(talk: Talk) -> None:
    """It comes with the end of an answer, so that it is always there before the next request."""
    talk.send(talk.genuine().wire() + TIMED_OUT)
    talk.close()


def says_408_while_the_next_request_comes(talk: Talk) -> None:
    """It is read in place of the answer, and nobody reads the request."""
    talk.give()
    select.select([talk.connection], [], [])
    talk.send(TIMED_OUT)
    talk.connection.shutdown(socket.SHUT_WR)
    while talk.connection.recv(65536):
        pass
    talk.close()


# Greetings: what a server does when a connection opens


def drip_a_handshake(server: HostileServer, connection: socket.socket) -> None:
    connection.recv(65536)
    for byte in b"\x16\x03\x03\x40\x00" + b"\x02" * 1000:
        connection.sendall(bytes([byte]))
        if server.stopped.wait(0.2):
            raise OSError


def half_close(_: HostileServer, connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_WR)


def speak_first(_: HostileServer, connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(EMPTY) + EMPTY)


def speak_unread(server: HostileServer, connection: socket.socket) -> None:
    """Answer once a request has come, without reading it."""
    select.select([connection], [], [])
    speak_first(server, connection)


def speak_of_closing(_: HostileServer, connection: socket.socket) -> None:
    """Answer once a request has come that the connection ends, so that nothing is sent over it again."""
    select.select([connection], [], [])
    connection.sendall(HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(EMPTY) + EMPTY)
