"""Modes of a target that goes away, answers too slowly, breaks calls, or mixes up its callers."""

from __future__ import annotations

import json
import socket
import threading

from hostile_server import HEAD, Answer, HostileServer, Talk
from modes import GONE, MODES, SESSION, SEVERAL_SECONDS, SMOKE, Mode, first_contact, mode, timing


@mode(2, rf"The run ended early: {GONE} \(connect: .*refused\)")
def dies(talk: Talk) -> None:
    if talk.count == talk.server.first_contact + 4:
        talk.server.die()
    talk.give()


@mode(2, rf"The run ended early: {GONE} \(connect: .*refused\)", arguments=("--profile", "gate", "-n", "2"))
def dies_under_two_workers(talk: Talk) -> None:
    if talk.count == 40:
        talk.server.die()
    talk.give()


@mode(0, "smoke passed", settings=timing(outage_timeout=30))
def dies_and_comes_back(talk: Talk) -> None:
    if talk.count != 20:
        talk.give()
        return
    talk.give_and_die()
    threading.Timer(1.5, talk.server.listen).start()
    talk.close()


@mode(
    2,
    rf"The run ended early: {GONE} \(timeout: ReadTimeout\)",
    settings=timing(request_timeout=0.5),
)
def hangs_for_ever(talk: Talk) -> None:
    if talk.count > talk.server.first_contact + 5:
        talk.hang()
    talk.give()


@mode(
    (0, 2),
    "partial|incomplete",
    never="has not answered since|not conformant",
    arguments=(*SMOKE, "--only", "JOB-3,LIF-1"),
    # A busy machine answers late too, and is not to be taken for one that is gone.
    settings=timing(request_timeout=1, outage_timeout=30),
)
def hangs_in_one_operation(talk: Talk) -> None:
    if talk.path.endswith("/progress"):
        talk.hang()
    talk.give()


@first_contact("The run ended before its first driver: the target has not answered since")
def dies_before_the_first_driver(talk: Talk) -> None:
    if talk.count != talk.server.first_contact:
        talk.give()
        return
    talk.give_and_die()
    talk.close()


@mode(2, r"The run ended early: the target no longer accepts the API key .*: \d+ answers 401 in a row since")
def withdraws_the_key(talk: Talk) -> None:
    talk.give(talk.genuine(**({"X_Api_Key": "withdrawn"} if talk.count > 60 else {})))


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
