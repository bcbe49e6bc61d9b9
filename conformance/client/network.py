"""Connections that end with the deadline of the call that they serve, wherever its bytes stop.

httpx limits each read and each write, so that a byte a second may go on for ever. Here each waits only for what is left of the whole call.
"""

from __future__ import annotations

import re
import select
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore

from conformance.client.limits import SERVED, Allowance
from conformance.client.unsolicited import Unsolicited, may_be_an_answer

_TIMED_OUT = re.compile(rb"HTTP/1\.[01] 408\b")
"""What a server may say of an idle connection before it closes it (RFC 9110, section 15.5.9)."""
MOST_SURPLUS = 64 * 1024
"""The most bytes that are kept of what came over a connection unasked."""


class Stream(httpcore.NetworkStream):
    """One connection; one that holds what nobody asked for is not used again. `parser` is that of httpcore's connection, once it has one."""

    def __init__(self, connected: socket.socket, unsolicited: Unsolicited) -> None:
        self.parser: Any = None
        self.active = time.monotonic()
        self._socket = connected
        self._unsolicited = unsolicited
        self._calls: list[Allowance] = []
        self._surplus = b""
        self._is_doubted = False
        self._has_said_more = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come."""
        allowance = SERVED.get()
        try:
            self._socket.settimeout(_least(timeout))
            data = self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error
        self.active = time.monotonic()
        allowance.take(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the deadline rules
        """Send all of it, however slowly the other side takes it."""
        allowance, rest = SERVED.get(), memoryview(buffer)
        if not self._calls:
            self._require_silence()
        if not self._calls or self._calls[-1] is not allowance:
            self._calls.append(allowance)
            allowance.connection = self
        try:
            while rest:
                self._socket.settimeout(allowance.seconds())
                rest = rest[self._socket.send(rest) :]
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def _require_silence(self) -> None:
        """Send nothing over a new connection on which the other side has spoken first."""
        if not _is_readable(self._socket):
            return
        early = self._received()
        if early:
            if not _TIMED_OUT.match(early):
                self._unsolicited.spoke_first = True
                self._unsolicited.add(len(early))
            raise httpcore.ConnectError(f"{len(early)} bytes came before anything was asked")

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Stream:
        """Return the connection in TLS; Python limits the whole handshake, not each of its reads."""
        with _connecting():
            try:
                self._socket.settimeout(_least(timeout))
                # An IPv6 address stands in brackets in a URL, and in none in a certificate.
                name = server_hostname.strip("[]") if server_hostname else None
                return Stream(ssl_context.wrap_socket(self._socket, server_hostname=name), self._unsolicited)
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """Use the connection no more; where its last answer was whole, what comes now is nobody's answer, or that answer's own."""
        if self._calls and self._calls[-1].is_answered and not self.look():
            self._unsolicited.linger(self)
        else:
            self.end()

    def end(self) -> None:
        """Close the connection."""
        self._socket.close()

    def look(self) -> bool:
        """Note what came over the connection while nobody used it, and return whether nothing more can come."""
        self.look_behind()
        data = self._received()
        if data and (self._surplus or not _TIMED_OUT.match(data)):
            self._note(data)
        self._has_said_more = self._has_said_more or bool(data)
        return data == b""

    def look_behind(self) -> None:
        """Note what came together with the end of an answer, which lies in the parser, where httpcore does not look."""
        if self.parser is not None and not self._surplus and (left := self.parser.trailing_data[0]):
            self._has_said_more = True
            if not _TIMED_OUT.match(left):
                self._note(left)

    def _note(self, data: bytes) -> None:
        self._unsolicited.add(len(data))
        self._surplus = (self._surplus + data)[-MOST_SURPLUS:]
        if not self._is_doubted and may_be_an_answer(self._surplus):
            self._is_doubted = True
            self._unsolicited.doubt(call.exchange for call in self._calls)

    def _received(self) -> bytes | None:
        """Return what has come, nothing at the end, and None where only time will tell, as where TLS has told more of itself."""
        try:
            self._socket.settimeout(0)
            return self._socket.recv(65536)
        except (BlockingIOError, ssl.SSLWantReadError):
            return None
        except OSError:
            return b""

    def _has_ended(self) -> bool:
        """Return whether an idle connection cannot be used again: the other side has closed it, or has sent what nobody asked for."""
        if self._unsolicited.ever or self._has_said_more:
            # Others may come while the next request is on its way, where nothing tells them from its answer.
            return True
        if self._socket.fileno() >= 0 and not _is_readable(self._socket):
            return False
        return self.look() or self._has_said_more

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore asks of a connection."""
        match info:
            case "is_readable":
                return self._has_ended()
            case "socket":
                return self._socket
            case "ssl_object":
                return self._socket if isinstance(self._socket, ssl.SSLSocket) else None
            case "server_addr":
                return self._socket.getpeername()
            case _:
                return None


class Backend(httpcore.NetworkBackend):
    """Makes such connections: to a target, or to a proxy that leads there."""

    def __init__(self, unsolicited: Unsolicited, *, is_proxied: bool = False) -> None:
        self._unsolicited = unsolicited
        self._late = httpcore.ProxyError if is_proxied else httpcore.ConnectTimeout
        self._refused = httpcore.ProxyError if is_proxied else httpcore.ConnectError

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - nobody gives one
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - nobody gives any
    ) -> Stream:
        """Connect to the first address of a host that takes the connection; all of them share the time."""
        problem: OSError = TimeoutError()
        with _connecting(self._late, self._refused):
            ends = time.monotonic() + _least(timeout)
            for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                left = ends - time.monotonic()
                if left <= 0:
                    break
                try:
                    connected = socket.create_connection((str(address[0]), port), left)
                except OSError as error:
                    problem = error
                else:
                    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    return Stream(connected, self._unsolicited)
            raise problem


def _least(timeout: float | None) -> float:
    left = SERVED.get().seconds()
    return left if timeout is None else min(left, timeout)


def _is_readable(connected: socket.socket) -> bool:
    poll = select.poll()
    poll.register(connected.fileno(), select.POLLIN)
    return bool(poll.poll(0))


@contextmanager
def _connecting(
    late: type[Exception] = httpcore.ConnectTimeout, refused: type[Exception] = httpcore.ConnectError
) -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except OSError as error:
        raise refused(str(error)) from error
