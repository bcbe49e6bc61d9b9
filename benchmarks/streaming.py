"""Measure what deadlines, bounds and separate connections cost: CPU time of the client's transport over that of httpx's own.

A server in a process of its own answers every request over kept connections with the same page. Blocks of requests are sent in turns by the
client's transport (`conformance/client/transport.py`) and by `httpx.HTTPTransport`, both of which build each request and read its whole answer.
The ratio is that of the medians of their CPU time (user and system) a block. Such a request is a small part of what a run does for an
exchange: `--of-run SECONDS`, the CPU seconds that a run takes for a thousand exchanges (docs/performance.md), adds what the difference is of it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import socket
import statistics
import time
from collections.abc import Callable

import httpx

from conformance.client.transport import Wire

ITEM = {
    "id": "cnt_01M8SW555WS95C1EH50E0YYQ52",
    "status": "completed",
    "format": "auto",
    "createdAt": "2026-04-18T12:04:11Z",
}
BODY = json.dumps({"items": [ITEM] * 15, "nextCursor": None}).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
SECONDS = 30.0


def serve(listening: socket.socket) -> None:
    """Answer every request, one connection after the other."""
    connections = []
    listening.setblocking(False)  # noqa: FBT003 - the only way to say it
    while True:
        try:
            connection, _ = listening.accept()
            connection.setblocking(True)  # noqa: FBT003
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            multiprocessing.get_context("fork").Process(target=talk, args=(connection,), daemon=False).start()
            connections.append(connection)
        except BlockingIOError:
            time.sleep(0.01)


def talk(connection: socket.socket) -> None:
    """Answer the requests of one connection; none of them has a body."""
    while received := connection.recv(65536):
        connection.sendall(ANSWER * received.count(b"\r\n\r\n"))


def seconds_of(send: Callable[[], int], requests: int) -> float:
    """Return the CPU seconds that a block of requests takes this process."""
    began = time.process_time()
    for _ in range(requests):
        if send() != len(BODY):
            raise SystemExit("an answer is not whole")
    return time.process_time() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, default=30, help="blocks of each transport")
    parser.add_argument("--requests", type=int, default=500, help="requests a block")
    parser.add_argument("--at-most", type=float, help="end with 1 where the ratio is higher")
    parser.add_argument("--of-run", type=float, help="CPU seconds of a run for a thousand exchanges")
    options = parser.parse_args()
    listening = socket.create_server(("127.0.0.1", 0))
    server = multiprocessing.get_context("fork").Process(target=serve, args=(listening,))
    server.start()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1/projects/p/content"
    client, plain, wire = httpx.Client(trust_env=False), httpx.HTTPTransport(trust_env=False), Wire()

    def by_door() -> int:
        return len(wire.receive(client.build_request("GET", url), "owner", wire.allow(SECONDS, "main-1")).body)

    def by_httpx() -> int:
        answer = plain.handle_request(client.build_request("GET", url))
        try:
            return len(answer.read())
        finally:
            answer.close()

    try:
        times: dict[Callable[[], int], list[float]] = {by_door: [], by_httpx: []}
        for number in range(options.blocks + 1):
            # The first pair warms up, and each begins every second one.
            for send in (by_door, by_httpx) if number % 2 else (by_httpx, by_door):
                took = seconds_of(send, options.requests)
                if number:
                    times[send].append(took / options.requests)
    finally:
        wire.close()
        plain.close()
        server.terminate()
    ours, theirs = (statistics.median(times[send]) for send in (by_door, by_httpx))
    print(f"client {ours * 1e6:.0f} µs, httpx {theirs * 1e6:.0f} µs of CPU a request; ratio {ours / theirs:.3f}")
    if options.of_run:
        print(f"{(ours - theirs) * 1000 / options.of_run:+.2%} of the CPU of a run")
    if options.at_most is not None and ours / theirs > options.at_most:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
