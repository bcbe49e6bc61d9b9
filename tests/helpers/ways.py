"""What may stand between a run and its target: TLS with a certification authority of its own, and a forward proxy."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

Answerer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Files:
    """A certificate and its key, in two files and in one."""

    cert: Path
    key: Path
    both: Path


class Authority:
    """A private certification authority; `bundle` is the file that trusts it."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self._folder, self._name = folder, name
        self._ca = trustme.CA(organization_name=name)
        self.bundle = folder / f"{name}.pem"
        self._ca.cert_pem.write_to_path(str(self.bundle))

    def issue(self, *hosts: str) -> Files:
        """Issue a certificate to a server or a client."""
        issued = self._ca.issue_cert(*hosts)
        stem = f"{self._name}-{hosts[0].replace(':', '_')}"
        files = Files(*(self._folder / f"{stem}{end}.pem" for end in ("", "-key", "-both")))
        issued.cert_chain_pems[0].write_to_path(str(files.cert))
        issued.private_key_pem.write_to_path(str(files.key))
        issued.private_key_and_cert_chain_pem.write_to_path(str(files.both))
        return files


def encrypted(key: Path, password: str) -> Path:
    """Write a key again, encrypted."""
    loaded = load_pem_private_key(key.read_bytes(), None)
    written = key.with_name(f"encrypted-{key.name}")
    how = BestAvailableEncryption(password.encode())
    written.write_bytes(loaded.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how))
    return written


@contextmanager
def tls_before(
    url: str,
    files: Files,
    *,
    clients_of: Authority | None = None,
    host: str = "127.0.0.1",
) -> Iterator[int]:
    """Serve TLS on a free port before the server at `url`, for clients with a certificate of `clients_of` if that is given."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.cert, files.key)
    if clients_of is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients_of.bundle)
    behind = urlsplit(url)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _joined(reader, writer, *await asyncio.open_connection(behind.hostname, behind.port))

    with _served(answer, host, context) as port:
        yield port


@contextmanager
def refusing_clients(files: Files, clients_of: Authority, version: ssl.TLSVersion) -> Iterator[int]:
    """Serve TLS that OpenSSL itself ends, with the alert that asyncio keeps for itself, where the certificate of a client is no good."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=clients_of.bundle)
    context.maximum_version, context.verify_mode = version, ssl.CERT_REQUIRED
    context.load_cert_chain(files.cert, files.key)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), connection:
                context.wrap_socket(connection, server_side=True)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]


@dataclass
class Proxy:
    """A forward proxy; `asked` are the request lines that came, `logins` what they authenticated with."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    logins: list[str | None] = field(default_factory=list)


@contextmanager
def forward_proxy(
    login: str | None = None, *, refuses: bool = False, host: str = "127.0.0.1", hangs: bool = False
) -> Iterator[Proxy]:
    """Serve a proxy that tunnels CONNECT and forwards plain HTTP, for those who know its login if it has one."""
    proxy = Proxy()
    wanted = None if login is None else f"Basic {base64.b64encode(login.encode()).decode()}"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *lines = head.rstrip("\r\n").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
        proxy.asked.append(line)
        proxy.logins.append(headers.get("proxy-authorization"))
        if hangs:
            await asyncio.sleep(30)
        elif wanted is not None and headers.get("proxy-authorization") != wanted:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        elif refuses:
            writer.write(b"HTTP/1.1 403 Not On The List\r\nContent-Length: 0\r\n\r\n")
        elif line.startswith("CONNECT "):
            await _tunnel(line, reader, writer)
        else:
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            await _forward(line, lines, body, writer)

    with _served(answer, host) as port:
        proxy.url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        yield proxy


async def _tunnel(line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    there = urlsplit(f"//{line.split()[1]}")
    joined = await asyncio.open_connection(there.hostname, there.port)
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    await _joined(reader, writer, *joined)


async def _forward(line: str, lines: list[str], body: bytes, writer: asyncio.StreamWriter) -> None:
    method, url, version = line.split(" ", 2)
    there = urlsplit(url)
    kept = [each for each in lines if not each.lower().startswith(("proxy-", "connection:"))]
    path = url.partition(there.netloc)[2]
    head = "\r\n".join([f"{method} {path} {version}", *kept, "Connection: close", "", ""])
    reader, origin = await asyncio.open_connection(there.hostname, there.port)
    origin.write(head.encode("latin-1") + body)
    writer.write((await reader.readline()) + b"Connection: close\r\n")
    while data := await reader.read(65536):
        writer.write(data)
    origin.close()


async def _joined(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, far: asyncio.StreamReader, to: asyncio.StreamWriter
) -> None:
    await asyncio.gather(_pumped(reader, to), _pumped(far, writer))


async def _pumped(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    sink.close()


@contextmanager
def _served(answer: Answerer, host: str, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve from a thread on a free port until the block ends."""
    loop = asyncio.new_event_loop()

    async def gently(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await answer(reader, writer)
        writer.close()

    server = loop.run_until_complete(asyncio.start_server(gently, host, 0, ssl=context))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_ended(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _ended(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
