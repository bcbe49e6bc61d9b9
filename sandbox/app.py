"""The ASGI application: a gate, and routes from requests to operations."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from typing import NamedTuple

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.backend import Backend
from sandbox.errors import ApiError, not_found
from sandbox.operations import Call
from sandbox.records import Answer

logger = logging.getLogger("sandbox")


class RouteSpec(NamedTuple):
    """The operation that answers a method on a path."""

    method: str
    path: str
    operation: str


ROUTES = (
    RouteSpec("POST", "/v1/projects/{project_id}/content", "create_content"),
    RouteSpec("GET", "/v1/projects/{project_id}/content", "list_content"),
    RouteSpec("GET", "/v1/content/{container_id}", "get_content"),
    RouteSpec("GET", "/v1/content/{container_id}/progress", "get_content_progress"),
    RouteSpec("GET", "/v1/content/{container_id}/assets/{asset_id}", "get_asset"),
    RouteSpec("POST", "/v1/content/{container_id}/regenerate", "regenerate_content"),
    RouteSpec("POST", "/v1/content/{container_id}/clone-from-post", "clone_from_post"),
    RouteSpec("POST", "/v1/content/{container_id}/reject", "reject_content"),
    RouteSpec("POST", "/v1/content/{container_id}/approve", "approve_content"),
    RouteSpec("GET", "/v1/jobs/{job_id}", "get_job"),
    RouteSpec("POST", "/v1/jobs/{job_id}/cancel", "cancel_job"),
    RouteSpec("DELETE", "/v1/projects/{project_id}", "archive_project"),
    RouteSpec("POST", "/_sandbox/clock", "advance_clock"),
)


def response(backend: Backend, answer: Answer) -> Response:
    """Return an answer as an HTTP response."""
    return Response(answer.body, answer.status, backend.rendering.headers(answer))


class Gate:
    """Authenticates every request under /v1 before other code sees it, and answers every exception.

    This is plain ASGI because starlette's BaseHTTPMiddleware costs a task and a stream per request.
    """

    def __init__(self, app: ASGIApp, backend: Backend) -> None:
        self.app = app
        self.backend = backend

    def admit(self, scope: Scope) -> None:
        """Store the caller's organization in the scope. Raises ApiError."""
        path, headers = scope["path"], scope["headers"]
        org = scope["org"] = self.backend.access.admit(scope["method"], path, headers)
        if org:
            self.backend.limits.check_rate(org)
        if path.endswith("\n"):
            # The `$` in starlette's path patterns also matches before a final line feed.
            raise not_found("path")
        self.backend.limits.check_target(scope.get("raw_path", b"") + scope["query_string"])
        self.backend.limits.check_headers(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with a refusal."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            self.admit(scope)
            await self.app(scope, receive, send)
        except ClientDisconnect:
            return
        except ApiError as error:
            await response(self.backend, self.backend.rendering.error(error))(scope, receive, send)
        except Exception:
            logger.exception("A request met a defect of the sandbox.")
            await response(self.backend, self.backend.operations.defect())(scope, receive, send)


async def read_content(request: Request, backend: Backend) -> bytes:
    """Return the request's body. Raises 413 as soon as it is too large."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        backend.limits.check_body(size)
        chunks.append(chunk)
    return b"".join(chunks)


def grouped(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, tuple[str, ...]]:
    """Return headers by name, each with all its values."""
    values: dict[str, tuple[str, ...]] = {}
    for raw_name, raw_value in headers:
        name = raw_name.decode("latin-1")
        values[name] = (*values.get(name, ()), raw_value.decode("latin-1"))
    return values


def endpoint(backend: Backend, operation: str) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of an operation."""

    async def answer(request: Request) -> Response:
        scope = request.scope
        call = Call(
            org=scope.get("org", ""),
            path=request.path_params,
            query_string=scope["query_string"].decode("latin-1"),
            headers=grouped(scope["headers"]),
            content=await read_content(request, backend),
        )
        return response(backend, await backend.operations.perform(operation, call))

    return answer


def create_app(backend: Backend) -> FastAPI:
    """Return the ASGI application of a backend."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.add_middleware(Gate, backend=backend)
    for middleware in backend.middleware:
        app.add_middleware(middleware, backend=backend)
    for spec in ROUTES:
        app.add_api_route(
            spec.path,
            endpoint(backend, spec.operation),
            methods=[spec.method],
            name=spec.operation,
            response_model=None,
        )

    async def refused(_: Request, error: Exception) -> Response:
        if not isinstance(error, ApiError):
            raise error
        return response(backend, backend.rendering.error(error))

    async def unrouted(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            matches = [route for route in app.routes if route.matches(request.scope)[0] is not Match.NONE]
            allowed = sorted({method for route in matches for method in getattr(route, "methods", ())})
            return response(backend, backend.operations.undocumented_method(allowed))
        return response(backend, backend.operations.unknown_path())

    app.add_exception_handler(ApiError, refused)
    app.add_exception_handler(HTTPException, unrouted)
    return app
