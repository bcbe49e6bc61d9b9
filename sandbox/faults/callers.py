"""Faults in which the answer to one caller depends on what another caller sent, or on a header or body that nobody looks for."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.backend import Backend
from sandbox.bodies import CreateBody
from sandbox.change import Fault, Install
from sandbox.errors import ApiError
from sandbox.faults.replacing import Doc, edited, fresh, refusing, replacing, together
from sandbox.listing import Page
from sandbox.operations import Call
from sandbox.records import Answer, Project

Perform = Callable[[str, Call], Awaitable[Answer]]


def _last_body_in_details(*, conflicts: bool) -> Install:
    """Return an install that shows the last valid body of any caller beside the reasons of a refusal."""
    seen: list[str] = []

    def read(_: Backend, read: Callable[..., Any], model: Any, content: bytes, media_type: str | None) -> Any:
        body, raw = read(model, content, media_type)
        if isinstance(body, CreateBody):
            seen[:] = [body.brief.hook]
        return body, raw

    def refuse(answer: Answer, error: ApiError, _: Backend) -> Answer:
        wanted = error.status == 409 if conflicts else error.status == 422
        return edited(answer, _with_details(seen)) if wanted and seen else answer

    return together(replacing("bodies", "read", read), refusing(refuse))


def _with_details(texts: list[str]) -> Callable[[Doc], Doc]:
    def change(document: Doc) -> Doc:
        details = [{"field": "brief.hook", "message": f"The last value was {text}"} for text in texts]
        return {"error": {**document["error"], "details": details}}

    return change


def _cursor_of_any_organization() -> Install:
    """Return an install whose cursors know their project, so that the list of another organization is left by them."""
    homes: dict[str, Project] = {}

    def page(_: Backend, page: Callable[..., Page], project: Project, query: list[tuple[str, str]]) -> Page:
        home = next((homes[value] for name, value in query if name == "cursor" and value in homes), project)
        found = page(home if home.org != project.org else project, query)
        if found.next_cursor is not None:
            homes[found.next_cursor] = home
        return found

    return replacing("listing", "page", page)


class _ConditionalReadsForAll:
    """A cache before the access control: it confirms an ETag to whoever sends it."""

    def __init__(self, app: ASGIApp, *, backend: Backend) -> None:  # noqa: ARG002  # the signature of every middleware
        self.app = app
        self.tags: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        names = [value for name, value in scope.get("headers", ()) if name == b"if-none-match"]
        if scope["type"] == "http" and scope["method"] == "GET" and self.tags.intersection(names):
            await send({"type": "http.response.start", "status": 304, "headers": [(b"etag", names[0])]})
            await send({"type": "http.response.body", "body": b""})
            return

        async def noted(message: Any) -> None:
            self.tags.update(value for name, value in message.get("headers", ()) if name.lower() == b"etag")
            await send(message)

        await self.app(scope, receive, noted)


FAULTS: tuple[Fault, ...] = (
    Fault(
        "details-show-the-last-callers-hook",
        "AUT-4",
        "deep",
        "The details of a schema breach show the hook of the latest create that was read, whoever sent it.",
        fresh(lambda: _last_body_in_details(conflicts=False)),
    ),
    Fault(
        "conflict-shows-the-last-callers-hook",
        "AUT-4",
        "deep",
        "The details of a conflict show the hook of the latest create that was read, whoever sent it.",
        fresh(lambda: _last_body_in_details(conflicts=True)),
    ),
    Fault(
        "cursor-leads-to-another-organization",
        "AUT-4",
        "deep",
        "A cursor of one organization's list brings its containers in another organization's list.",
        fresh(_cursor_of_any_organization),
    ),
    Fault(
        "conditional-read-needs-no-key",
        "AUT-1",
        "deep",
        "A read with If-None-Match and a known tag is answered 304 before the key is looked at.",
        lambda backend: backend.middleware.append(_ConditionalReadsForAll),
    ),
)
