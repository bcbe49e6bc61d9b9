"""Variants of HTTP that the documents leave open."""

import asyncio
import random
from collections.abc import Callable

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.app import response
from sandbox.backend import Backend
from sandbox.change import put_before
from sandbox.errors import ApiError
from sandbox.operations import Call, Operations
from sandbox.records import Answer
from sandbox.rendering import Rendering

VARIANTS = """
headers-in-title-case: Content-Type: is written so.
headers-in-upper-case: CONTENT-TYPE: is written so.
connection-closed: Each answer closes its connection.
headers-beyond-need: Answers carry headers nobody asked for.
bodies-chunked: Bodies come in chunks.
bodies-gzipped: Bodies are compressed.
answers-jittery: Each way takes up to 30 ms.
head-answered: HEAD answers as GET.
preflight-answered: HEAD and OPTIONS are answered.
duplicates-in-flight-409: REQUEST_IN_PROGRESS instead of waiting.
duplicates-in-flight-conflict: IDEMPOTENCY_CONFLICT instead.
charset-named: The media type names UTF-8.
charset-loud: The media type is in odd case with a quoted charset.
gateway-of-one-host: Other hosts are 404, overrides 405.
etags-everywhere: Containers and lists have weak ETags.
polls-hinted: Successes have Retry-After.
"""

Headers = list[tuple[bytes, bytes]]
KNOWN_HOSTS = frozenset({b"127.0.0.1", b"localhost", b"[", b"sandbox.test"})
OVERRIDES = frozenset({b"x-http-method-override", b"x-http-method", b"x-method-override"})


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


class BodiesChunked(_Before):
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


class BodiesGzipped(GZipMiddleware):
    def __init__(self, app: ASGIApp, *, backend: Backend) -> None:  # noqa: ARG002  # the signature of every middleware
        super().__init__(app, minimum_size=1)


class AnswersJittery(_Before):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def late(message: Message) -> None:
            if message["type"] == "http.response.start":
                await asyncio.sleep(random.uniform(0, 0.03))  # noqa: S311  # not for security
            await send(message)

        await asyncio.sleep(random.uniform(0, 0.03))  # noqa: S311  # not for security
        await self.app(scope, receive, late)


class HeadAnswered(_Before):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def bodiless(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        head = scope["type"] == "http" and scope["method"] == "HEAD"
        await self.app({**scope, "method": "GET"} if head else scope, receive, bodiless if head else send)


class PreflightAnswered(HeadAnswered):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "OPTIONS":
            allowed = "GET, HEAD, POST, DELETE"
            headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": allowed, "Allow": allowed}
            await response(self.backend, Answer(204, b"", headers))(scope, receive, send)
            return
        await super().__call__(scope, receive, send)


class DuplicatesInFlight409(_Before):
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


class DuplicatesInFlightConflict(DuplicatesInFlight409):
    code = "IDEMPOTENCY_CONFLICT"


class CharsetNamed(Rendering):
    def headers(self, answer: Answer) -> dict[str, str]:
        return {
            **super().headers(answer),
            **({"content-type": "application/json; charset=utf-8"} if answer.body else {}),
        }


class CharsetLoud(Rendering):
    def headers(self, answer: Answer) -> dict[str, str]:
        return {
            **super().headers(answer),
            **({"content-type": 'Application/JSON;Charset="UTF-8"'} if answer.body else {}),
        }


class GatewayOfOneHost:
    def __init__(self, app: ASGIApp, *, backend: Backend) -> None:  # noqa: ARG002  # the signature of every middleware
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        host = headers.get(b"x-forwarded-host", headers.get(b"host", b""))
        if headers.keys() & OVERRIDES:
            await PlainTextResponse("405 Method Not Allowed", 405)(scope, receive, send)
        elif host.partition(b":")[0] not in KNOWN_HOSTS:
            await PlainTextResponse("404 Not Found", 404)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class EtagsEverywhere(Operations):
    async def perform(self, operation: str, call: Call) -> Answer:
        answer = await super().perform(operation, call)
        if operation not in {"get_content", "get_content_progress", "list_content"} or answer.status != 200:
            return answer
        etag = f"W/{self.backend.rendering.etag(answer.body)}"
        if etag in {tag.strip() for value in call.headers.get("if-none-match", ()) for tag in value.split(",")}:
            return Answer(304, b"", {"ETag": etag})
        return answer._replace(headers={**answer.headers, "ETag": etag, "Cache-Control": "private, no-cache"})


class PollsHinted(_Before):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def hinted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in {200, 202}:
                message = {**message, "headers": [*message["headers"], (b"retry-after", b"20"), (b"refresh", b"20")]}
            await send(message)

        await self.app(scope, receive, hinted)


def _titled(headers: Headers) -> Headers:
    return [(name.title(), value) for name, value in headers]


headers_in_title_case = put_before(_with_headers(_titled))


def _shouted(headers: Headers) -> Headers:
    return [(name.upper(), value) for name, value in headers]


headers_in_upper_case = put_before(_with_headers(_shouted))


def _closing(headers: Headers) -> Headers:
    return [*headers, (b"connection", b"close")]


connection_closed = put_before(_with_headers(_closing))


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


headers_beyond_need = put_before(_with_headers(_more))
