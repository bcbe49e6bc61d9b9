"""How a request travels: over connections of its caller alone, within a deadline, and with a bound on its answer."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from conformance.client.decoding import body_of
from conformance.client.exchange import TransportError
from conformance.client.limits import LARGE, LARGEST_ANSWER, SERVED, Allowance, AnswerTooLarge
from conformance.client.network import Backend, Stream
from conformance.client.route import DIRECT, Route
from conformance.client.unsolicited import Unsolicited

KEPT_OPEN = 32
"""The most idle connections of one caller."""
BEGINNING = 64 * 1024
"""The most bytes that are kept of an answer that is too large."""
LAST_LOOK = 0.1
"""Seconds after its last use for which a connection to a target that sends what nobody asked for is looked at, at least."""
SHOWN = 200
"""How many of them are shown."""
_OF_PROXY = 407
"""The status that a proxy alone answers with, where it forwards a request in plain HTTP (RFC 9110, section 15.5.8)."""
TOO_LONG = 431
"""The status that h11 suggests where the headers of a message, or another part without an end, pass its bound."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; `unasked` counts the bytes that came until then although nobody had asked for them."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    unsolicited: int = 0


class Wire:
    """The connections to a target. Those of one caller are never used for another: what a target ties to one stays with it."""

    def __init__(
        self,
        transport: httpx.BaseTransport | None = None,
        largest_answer: int = LARGEST_ANSWER,
        route: Route = DIRECT,
    ) -> None:
        self._given = transport
        self._largest_answer = largest_answer
        self._route = route
        self._context: ssl.SSLContext | None = None
        self._of: dict[str, httpx.BaseTransport] = {}
        self._lock = threading.Lock()
        self._unsolicited = Unsolicited()
        self._made: list[str] = []

    @property
    def doubted(self) -> list[str]:
        """The ids of the exchanges whose answers may be those of other calls: of all of them where the target has spoken first."""
        return list(dict.fromkeys(self._made if self._unsolicited.spoke_first else self._unsolicited.doubted))

    def allow(self, seconds: float, exchange: str, together: int = 1) -> Allowance:
        """Return what one call may take, by the id of its exchange; as many as are released together share the room of one answer."""
        self._made.append(exchange)
        return Allowance(seconds, max(self._largest_answer // together, min(self._largest_answer, LARGE)), exchange)

    def receive(self, request: httpx.Request, actor: str, allowance: Allowance) -> Answer:
        """Send a request and return its whole answer; raises an error of httpx or AnswerTooLarge where there is none.

        It goes to the transport directly: what a client does around it, such as looking for a redirect, costs a third more. A client
        would also keep cookies, which no driver has asked for.
        """
        served = SERVED.set(allowance)
        try:
            transport = self._transport_of(actor)
            status, headers, body = _whole(transport.handle_request(request), allowance)
            if status == _OF_PROXY and self._route.proxy:
                raise httpx.ProxyError("407 Proxy Authentication Required")
            if allowance.connection is not None:
                allowance.connection.look_behind()
            self._unsolicited.look()
            return Answer(status, headers, body, self._unsolicited.take())
        finally:
            SERVED.reset(served)

    def close(self, seconds: float = 0.0) -> None:
        """Close every connection, after a look at what comes over it unasked within so many seconds of its last use."""
        made = [each for each in self._of.values() if isinstance(each, Connections)]
        idle = [stream for each in made for stream in each.idle()]
        self._unsolicited.look_a_last_time(idle, max(seconds, LAST_LOOK) if self._unsolicited.ever else seconds)
        for transport in self._of.values():
            transport.close()

    def _transport_of(self, actor: str) -> httpx.BaseTransport:
        found = self._of.get(actor)
        if found is None:
            with self._lock:
                # Loading the certificates takes longer than many calls.
                if self._given is None and self._context is None:
                    self._context = self._route.context()
                found = self._of.setdefault(
                    actor, self._given or Connections(self._context, self._unsolicited, self._route)
                )
        return found


class Connections(httpx.HTTPTransport):
    """The connections of one caller."""

    def __init__(self, context: ssl.SSLContext | None, unsolicited: Unsolicited, route: Route = DIRECT) -> None:
        super().__init__(verify=context or True, trust_env=False)
        kept: dict[str, Any] = {
            "ssl_context": context,
            "max_connections": None,
            "max_keepalive_connections": KEPT_OPEN,
            "keepalive_expiry": 5.0,
        }
        if route.proxy is None:
            self._pool = httpcore.ConnectionPool(**kept, network_backend=Backend(unsolicited))
        else:
            backend = Backend(unsolicited, is_proxied=True)
            self._pool = _Proxied(route.proxy, route.proxy_login(), **kept, network_backend=backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and let its connection know the parser of the answer, before the end of the answer closes either."""
        answer = super().handle_request(request)
        allowance = SERVED.get()
        if isinstance(allowance.connection, Stream) and allowance.connection.parser is None:
            for _, stream, inner in self._streams():
                stream.parser = inner._h11_state  # noqa: SLF001 - httpcore offers no other way to it
        return answer

    def idle(self) -> Iterator[Stream]:
        """Yield the connections that wait for the next call."""
        return (stream for connection, stream, _ in self._streams() if connection.is_idle())

    def _streams(self) -> Iterator[tuple[httpcore.ConnectionInterface, Stream, Any]]:
        """Yield each connection of the pool, its stream, and the innermost connection, which has the stream."""
        for connection in self._pool.connections:
            inner: Any = connection
            # A proxy's connection holds one of its own.
            while (deeper := getattr(inner, "_connection", None)) is not None:
                inner = deeper
            stream = getattr(inner, "_network_stream", None)
            if isinstance(stream, Stream):
                yield connection, stream, inner


class _Proxied(httpcore.HTTPProxy):
    """Connections through a proxy, to which httpcore names an IPv6 address without its brackets (RFC 9112, section 3.2.3)."""

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request through the proxy."""
        if b":" in request.url.host:
            request.url.host = b"[%b]" % request.url.host
        return super().handle_request(request)


def _whole(answer: httpx.Response, allowance: Allowance) -> tuple[int, list[tuple[str, str]], bytes]:
    body = bytearray()
    try:
        if answer.is_stream_consumed:
            body += answer.content  # a transport that a caller gave may have read it
        else:
            allowance.require_few(len(answer.headers.raw))
            for part in body_of(answer, allowance):
                body += part
                allowance.require_room(len(body))
            allowance.require_light(body)
        allowance.is_answered = True
    except AnswerTooLarge as cut:
        cut.status, cut.beginning = answer.status_code, bytes(body[:BEGINNING])
        raise
    finally:
        answer.close()
    return answer.status_code, answer.headers.multi_items(), bytes(body)


def error_of(problem: httpx.TransportError | httpx.DecodingError | AnswerTooLarge) -> tuple[TransportError, str]:
    """Return why a request has no answer, and what the HTTP library says of it."""
    match problem:
        case AnswerTooLarge():
            status = f"{problem.status}, " if problem.status else ""
            return TransportError.TOO_LARGE, f"{status}{problem}"
        case httpx.ConnectTimeout():
            return TransportError.CONNECT, type(problem).__name__
        case httpx.ProxyError():
            return TransportError.CONNECT, f"proxy: {problem}"
        case httpx.TimeoutException():
            return TransportError.TIMEOUT, type(problem).__name__
        case httpx.ConnectError():
            return TransportError.CONNECT, str(problem)
        case httpx.LocalProtocolError():
            return TransportError.UNSENT, str(problem)
        case httpx.RemoteProtocolError() if _is_too_long(problem):
            return TransportError.TOO_LARGE, "headers of more than 100 KiB"
        case _:
            return TransportError.BROKEN, str(problem) or type(problem).__name__


def _is_too_long(problem: httpx.RemoteProtocolError) -> bool:
    cause = problem.__cause__
    said = cause.args[0] if cause is not None and cause.args else None
    return getattr(said, "error_status_hint", None) == TOO_LONG
