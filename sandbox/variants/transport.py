"""Variants of HTTP that the documents leave open."""

import asyncio
import random
from collections.abc import Callable

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.app import response
from sandbox.backend import Backend
from sandbox.change import Variant, put_before
from sandbox.errors import ApiError
from sandbox.records import Answer
from sandbox.rendering import Rendering
from sandbox.variants.mixing import mixed_in

Headers = list[tuple[bytes, bytes]]


class _Before:
    """An ASGI application that wraps the backend's and passes everything on."""

    def __init__(self, app: ASGIApp, *, backend: Backend) -> None:
        self.app = app
        self.backend = backend

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


def _with_headers(change: Callable[[Headers], Headers]) -> type[_Before]:
    """Return an application that changes the headers of every answer."""

    class Changed(_Before):
        """Changes headers."""

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            async def changed(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message = {**message, "headers": change(list(message["headers"]))}
                await send(message)

            await self.app(scope, receive, changed)

    return Changed


def _titled(headers: Headers) -> Headers:
    return [(name.title(), value) for name, value in headers]


def _shouted(headers: Headers) -> Headers:
    return [(name.upper(), value) for name, value in headers]


def _closing(headers: Headers) -> Headers:
    return [*headers, (b"connection", b"close")]


def _more(headers: Headers) -> Headers:
    return [
        *headers,
        (b"x-ratelimit-remaining", b"0"),
        (b"retry-after", b"0"),
        (b"cache-control", b"private, no-cache"),
        (b"set-cookie", b"session=1; HttpOnly"),
        (b"set-cookie", b"region=eu"),
        (b"content-language", b"de"),
    ]


class _Chunked(_Before):
    """Bodies are sent in chunks of a few bytes, without a Content-Length."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def pieces(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [pair for pair in message["headers"] if pair[0].lower() != b"content-length"]
                await send({**message, "headers": headers})
                return
            body = message.get("body", b"")
            size = max(7, len(body) // 5)
            for begin in range(0, len(body), size):
                await send({**message, "body": body[begin : begin + size], "more_body": True})
            await send({**message, "body": b""})

        await self.app(scope, receive, pieces)


class _Zipped(GZipMiddleware):
    """Bodies are compressed for clients that accept it."""

    def __init__(self, app: ASGIApp, *, backend: Backend) -> None:  # noqa: ARG002  # the signature of every middleware
        super().__init__(app, minimum_size=1)


class _Jittery(_Before):
    """Requests and answers are delayed by random times, so their order changes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def late(message: Message) -> None:
            if message["type"] == "http.response.start":
                await asyncio.sleep(random.uniform(0, 0.03))  # noqa: S311  # not for security
            await send(message)

        await asyncio.sleep(random.uniform(0, 0.03))  # noqa: S311  # not for security
        await self.app(scope, receive, late)


class _Heads(_Before):
    """HEAD answers like GET, without the body (RFC 9110, section 9.3.2)."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def bodiless(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        head = scope["type"] == "http" and scope["method"] == "HEAD"
        await self.app({**scope, "method": "GET"} if head else scope, receive, bodiless if head else send)


class _Preflights(_Heads):
    """OPTIONS is answered with 204 and CORS headers, for the preflight of a browser."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "OPTIONS":
            allowed = "GET, HEAD, POST, DELETE"
            headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": allowed, "Allow": allowed}
            await response(self.backend, Answer(204, b"", headers))(scope, receive, send)
            return
        await super().__call__(scope, receive, send)


class _Busy(_Before):
    """The first request of an Idempotency-Key takes 30 ms, and a second one is refused during that time."""

    code = "REQUEST_IN_PROGRESS"

    def __init__(self, app: ASGIApp, *, backend: Backend) -> None:
        super().__init__(app, backend=backend)
        self._under_way: set[tuple[str, str, bytes]] = set()
        self._known: set[tuple[str, str, bytes]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        keys = [value for name, value in scope.get("headers", ()) if name == b"idempotency-key"]
        try:
            org = self.backend.access.authenticate(scope["headers"])
        except ApiError:
            keys = []
        if len(keys) != 1 or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        name = (org, scope["path"], keys[0])
        if name in self._under_way:
            refusal = ApiError(409, self.code, "The first one is under way.", headers={"Retry-After": "1"})
            await response(self.backend, self.backend.rendering.error(refusal))(scope, receive, send)
            return
        if name in self._known:
            await self.app(scope, receive, send)
            return

        async def settled(message: Message) -> None:
            # A client that has the answer must not get the refusal for a running request.
            self._under_way.discard(name)
            if message.get("status") == 202:
                self._known.add(name)
            await send(message)

        self._under_way.add(name)
        try:
            await asyncio.sleep(0.03)
            await self.app(scope, receive, settled)
        finally:
            self._under_way.discard(name)


class _BusyIsConflict(_Busy):
    """The refusal has the code of a key that another body has used."""

    code = "IDEMPOTENCY_CONFLICT"


class _Charset(Rendering):
    def headers(self, answer: Answer) -> dict[str, str]:
        return {
            **super().headers(answer),
            **({"content-type": "application/json; charset=utf-8"} if answer.body else {}),
        }


class _LoudCharset(Rendering):
    def headers(self, answer: Answer) -> dict[str, str]:
        return {
            **super().headers(answer),
            **({"content-type": 'Application/JSON;Charset="UTF-8"'} if answer.body else {}),
        }


VARIANTS: tuple[Variant, ...] = (
    Variant("headers-in-title-case", "Content-Type: is written so.", put_before(_with_headers(_titled))),
    Variant("headers-in-upper-case", "CONTENT-TYPE: is written so.", put_before(_with_headers(_shouted))),
    Variant("connection-closed", "Each answer closes its connection.", put_before(_with_headers(_closing))),
    Variant("headers-beyond-need", "Answers carry headers nobody asked for.", put_before(_with_headers(_more))),
    Variant("bodies-chunked", "Bodies come in chunks.", put_before(_Chunked)),
    Variant("bodies-gzipped", "Bodies are compressed.", put_before(_Zipped)),
    Variant("answers-jittery", "Each way takes up to 30 ms.", put_before(_Jittery)),
    Variant("head-answered", "HEAD answers as GET.", put_before(_Heads)),
    Variant("preflight-answered", "HEAD and OPTIONS are answered.", put_before(_Preflights)),
    Variant("duplicates-in-flight-409", "REQUEST_IN_PROGRESS instead of waiting.", put_before(_Busy)),
    Variant("duplicates-in-flight-conflict", "IDEMPOTENCY_CONFLICT instead.", put_before(_BusyIsConflict)),
    Variant("charset-named", "The media type names UTF-8.", mixed_in("rendering", _Charset)),
    Variant(
        "charset-loud", "The media type is in odd case with a quoted charset.", mixed_in("rendering", _LoudCharset)
    ),
)
