"""A server that stands before a sandbox and does to each request what its mode says, over real sockets.

A mode is a function of a `Talk`: one request, what the sandbox would have answered, and the means to answer in any other way.
"""

from __future__ import annotations

import http.client
import json
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@dataclass
class Answer:
    """An answer as the sandbox gives it, to be sent as it is or changed."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def changed(self, **members: Any) -> Answer:
        """Return the answer with members of its JSON object replaced, where it is one."""
        with suppress(ValueError):
            found = self.json
            if isinstance(found, dict):
                body = json.dumps(found | {name: value for name, value in members.items() if name in found})
                return Answer(self.status, self.headers, body.encode())
        return self

    def with_headers(self, **more: str) -> Answer:
        return Answer(self.status, [*self.headers, *((name.replace("_", "-"), more[name]) for name in more)], self.body)

    def wire(self) -> bytes:
        dropped = {"content-length", "transfer-encoding", "connection", "keep-alive"}
        lines = [f"HTTP/1.1 {self.status} Whatever"]
        lines += [f"{name}: {value}" for name, value in self.headers if name.lower() not in dropped]
        lines += [f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(lines).encode("latin-1") + self.body


@dataclass
class Talk:
    """One request that came over one connection; `count` numbers all requests of a run from 1."""

    server: HostileServer
    connection: socket.socket
    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes
    count: int
    kept: dict[str, Any]
    """What a mode keeps of this connection."""

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def is_first_contact(self) -> bool:
        """Whether it is one of the reads with which a run begins: the first page of each project."""
        return self.count <= self.server.first_contact

    def genuine(self, **headers: str) -> Answer:
        """Let the sandbox answer; `headers` replace those of the request."""
        return self.server.ask(self, headers)

    def give(self, answer: Answer | None = None) -> None:
        """Answer as the sandbox does, or with a changed answer of it."""
        self.send((answer or self.genuine()).wire())

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def give_and_die(self) -> None:
        """Answer as the sandbox does when nobody else is let in any more, over a connection that ends with the answer."""
        answer = self.genuine().wire().replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        self.server.die(but=self.connection)
        self.send(answer)

    def drip(self, data: bytes, every: float = 0.2) -> None:
        """Send a byte at a time."""
        for byte in data:
            if self.server.stopped.wait(every):
                raise OSError
            self.send(bytes([byte]))

    def hang(self) -> None:
        """Send nothing more, and keep the connection."""
        self.server.stopped.wait()
        raise OSError

    def close(self) -> None:
        """Close the connection."""
        raise OSError

    def reset(self) -> None:
        """Close the connection with RST."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise OSError


Mode = Callable[[Talk], None]


@dataclass
class HostileServer:
    """Serves one mode; `state` is what the mode keeps, and `first_contact` how many requests a run begins with."""

    upstream: str
    mode: Mode
    greet: Callable[[HostileServer, socket.socket], None] | None = None
    tls: ssl.SSLContext | None = None
    first_contact: int = 3
    state: dict[str, Any] = field(default_factory=dict)
    count: int = 0
    connections: int = 0
    port: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)
    _open: list[socket.socket] = field(default_factory=list)
    _listening: socket.socket | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def listen(self) -> None:
        """Listen, on the same port as before."""
        listening = socket.create_server(("127.0.0.1", self.port), backlog=256)
        self.port = listening.getsockname()[1]
        self._listening = listening
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()

    def die(self, but: socket.socket | None = None) -> None:
        """Go away: refuse every connection, and drop those that are open, but for one."""
        with self._lock:
            listening, self._listening = self._listening, None
            opened, self._open = [each for each in self._open if each is not but], []
        if listening is not None:
            # Closing alone leaves the thread in its accept, and the port open.
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()
        for connection in opened:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        self.stopped.set()
        self.die()

    def ask(self, talk: Talk, changes: dict[str, str]) -> Answer:
        """Forward a request to the sandbox."""
        upstream = urlsplit(self.upstream)
        own = {"host", "connection", "transfer-encoding", *(name.lower().replace("_", "-") for name in changes)}
        with self._lock:
            kept = self.state.setdefault("upstream", [])
            connection = kept.pop() if kept else None
        # What the sandbox has closed meanwhile can be read from.
        if connection is None or select.select([connection.sock], [], [], 0)[0]:
            connection = http.client.HTTPConnection(str(upstream.hostname), upstream.port, timeout=60)
        connection.putrequest(talk.method, talk.path, skip_accept_encoding=True)
        sent = [(name, value) for name, value in talk.headers if name.lower() not in own | {"content-length"}]
        for name, value in [*sent, *((name.replace("_", "-"), changes[name]) for name in changes)]:
            connection.putheader(name, value.encode("latin-1"))
        connection.putheader("Content-Length", str(len(talk.body)))
        connection.endheaders(talk.body)
        response = connection.getresponse()
        answer = Answer(response.status, response.getheaders(), response.read())
        with self._lock:
            kept.append(connection)
        return answer

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                with self._lock:
                    self._open.append(connection)
                    self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        connection = plain
        with suppress(OSError, ValueError, http.client.HTTPException):
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.greet is not None:
                self.greet(self, connection)
            if self.tls is not None:
                connection = self.tls.wrap_socket(plain, server_side=True)
            reader, kept = connection.makefile("rb"), dict[str, Any]()
            while (talk := self._read(connection, reader, kept)) is not None:
                self.mode(talk)
        with suppress(OSError):
            connection.close()

    def _read(self, connection: socket.socket, reader: Any, kept: dict[str, Any]) -> Talk | None:
        first = reader.readline(1 << 20)
        if not first.strip():
            return None
        method, target, _ = first.decode("latin-1").split(" ", 2)
        headers: list[tuple[str, str]] = []
        while (line := reader.readline(1 << 20).rstrip(b"\r\n")) != b"":
            name, _, value = line.decode("latin-1").partition(":")
            headers.append((name, value.strip()))
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        body = reader.read(length) if length else b""
        with self._lock:
            self.count += 1
            count = self.count
        return Talk(self, connection, method, target, headers, body, count, kept)


@contextmanager
def serving(server: HostileServer) -> Iterator[HostileServer]:
    server.listen()
    try:
        yield server
    finally:
        server.stop()
