"""Faults of API keys: accepted, refused and repeated ones (AUT-1 to AUT-3, AUT-5)."""

import json
import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.access import Access, RawHeaders
from sandbox.backend import Backend
from sandbox.change import Install, together, using
from sandbox.errors import ApiError, idempotency_conflict, not_found, validation
from sandbox.faults.installers import Regenerate, before, changed, fresh, replacing
from sandbox.lifecycle import encode_brief
from sandbox.operations import Call
from sandbox.records import Answer, Brief, Job, Snapshot
from sandbox.rendering import Rendering
from sandbox.settings import OWNER

FAULTS = """
AUT-1 shallow content-get-asks-for-no-key: GET /v1/content/… is answered without a key.
AUT-1 deep key-with-more-accepted: What follows the right key is ignored.
AUT-1 deep key-cut-short-accepted: The beginning of the right key is enough.
AUT-1 deep last-character-not-compared: The last character of a key is not compared.
AUT-1 deep conditional-read-needs-no-key: A read with If-None-Match and a known tag is answered 304 before the key is
    looked at.
AUT-1 deep later-pages-cached-without-the-key: A page after the first one is kept for ten seconds and answered to
    whoever asks for its address, without a key too.
AUT-2 shallow refusal-is-403: A call without a right answers 403.
AUT-2 deep wrong-key-is-403: Only a wrong key answers 403.
AUT-2 shallow refusal-code-is-unauthorized: The code is UNAUTHORIZED.
AUT-2 deep empty-key-is-malformed: An empty key answers 400.
AUT-2 deep unknown-ids-need-no-key: Without a key, what is unknown answers 404, so that ids can be tried.
AUT-3 deep refused-cancel-cancels: A cancel without a right is refused and done.
AUT-3 deep refused-reject-without-key-rejects: A reject without a right is refused and done.
AUT-3 deep refused-regenerate-regenerates: A regenerate without a right is refused and done.
AUT-3 deep refused-clone-clones: A clone without a right is refused and done.
AUT-3 deep refused-create-creates: A create without a right is refused and leaves a draft.
AUT-3 deep refused-archiving-archives: An archiving without a right key is answered 401, and archives the project.
AUT-3 deep key-of-an-unauthenticated-call-is-taken: A call that is refused as unauthenticated takes its
    Idempotency-Key, and its owner is answered 409.
AUT-3 deep regenerate-refused-in-flight-patches: A regenerate that is refused since another one is in flight writes
    its patch all the same.
AUT-3 deep clone-into-an-unknown-project-stays-at-home: A clone into a project that the caller does not have answers
    404, and makes a clone in the project of the source.
AUT-5 deep key-in-not-found-message: A 404 repeats the caller's key.
AUT-5 shallow key-in-response-header: Every answer repeats the key in a header.
AUT-5 deep repeated-limit-answered-with-the-request: A list with two limits is refused with all headers of the request
    in the details.
"""

FEWEST_CHARACTERS = 4
CONTAINER = r"/v1/content/([^/]+)"
JOB = r"/v1/jobs/([^/]+)"
_presented = ContextVar("presented", default=b"")
Query = Sequence[tuple[str, str]]
CACHED_SECONDS = 10.0


def accepting(alike: Callable[[bytes, bytes], bool]) -> Install:
    """Return an install that accepts some wrong keys; `alike` gets the presented key and the right one."""

    class _Accepting(Access):
        def organization_of(self, key: bytes) -> str | None:
            right = super().organization_of(key)
            return right or (OWNER if alike(key, self.backend.settings.api_key.encode()) else None)

        def authenticate(self, headers: RawHeaders) -> str:
            empty = self.presented_key(headers) == b"" and self.organization_of(b"")
            return empty or super().authenticate(headers)

    return using(_Accepting)


def refusing_with(refusal: Callable[[bytes | None], ApiError | None]) -> Install:
    """Return an install that changes the refusal of some callers without a valid key."""

    class _Refusing(Access):
        def authenticate(self, headers: RawHeaders) -> str:
            try:
                return super().authenticate(headers)
            except ApiError:
                other = refusal(self.presented_key(headers))
                if other:
                    raise other from None
                raise

    return using(_Refusing)


class Acting(Access):
    """Performs the action of a caller without a valid key, and only then refuses the call."""

    backend: Backend

    def act(self, method: str, path: str) -> None:
        """Perform the action of the refused call, inside a transaction."""
        raise NotImplementedError

    def admit(self, method: str, path: str, headers: RawHeaders) -> str:
        try:
            return super().admit(method, path, headers)
        except ApiError:
            with suppress(ApiError), self.backend.store.transaction():
                self.act(method, path)
            raise

    def container_of(self, path: str, operation: str) -> Snapshot | None:
        found = re.fullmatch(f"{CONTAINER}/{operation}", path)
        return self.backend.store.container(found[1], self.backend.clock.now()) if found else None


class _NotesKey(Access):
    def authenticate(self, headers: RawHeaders) -> str:
        org = super().authenticate(headers)
        _presented.set(self.presented_key(headers) or b"")
        return org


def presented() -> str:
    """Return the key of the current request, or an empty string if there is none."""
    return _presented.get().decode("latin-1")


def forbidden(_: bytes | None) -> ApiError:
    """Refuse with 403."""
    return ApiError(403, "FORBIDDEN_SCOPE", "The API key has no right to this.")


key_with_more_accepted = accepting(lambda key, secret: key.startswith(secret))


key_cut_short_accepted = accepting(lambda key, secret: len(key) >= FEWEST_CHARACTERS and secret.startswith(key))


last_character_not_compared = accepting(lambda key, secret: len(key) == len(secret) and key[:-1] == secret[:-1])


wrong_key_is_403 = refusing_with(lambda key: forbidden(key) if key else None)


@refusing_with
def refusal_code_is_unauthorized(_: bytes | None) -> ApiError:
    return ApiError(401, "UNAUTHORIZED", "The API key is missing or wrong.")


@refusing_with
def empty_key_is_malformed(key: bytes | None) -> ApiError | None:
    return ApiError(400, "VALIDATION", "The header X-Api-Key must not be empty.") if key == b"" else None


class UnknownIdsNeedNoKey(Access):
    def admit(self, method: str, path: str, headers: RawHeaders) -> str:
        try:
            return super().admit(method, path, headers)
        except ApiError:
            container, job = re.match(CONTAINER, path), re.match(JOB, path)
            if container and not self.backend.store.container(container[1], 0):
                raise not_found("container") from None
            if job and not self.backend.store.job(job[1]):
                raise not_found("job") from None
            raise


class RefusedCancelCancels(Acting):
    def act(self, method: str, path: str) -> None:
        found = re.fullmatch(f"{JOB}/cancel", path)
        job = self.backend.store.job(found[1]) if found and method == "POST" else None
        now = self.backend.clock.now()
        if job and self.backend.generation.in_flight(job, now):
            self.backend.lifecycle.cancel(job, now)


class RefusedRejectWithoutKeyRejects(Acting):
    def act(self, method: str, path: str) -> None:
        snapshot = self.container_of(path, "reject")
        if snapshot and method == "POST":
            self.backend.lifecycle.decide(snapshot, "rejected")


class RefusedRegenerateRegenerates(Acting):
    def act(self, method: str, path: str) -> None:
        snapshot = self.container_of(path, "regenerate")
        if snapshot and method == "POST":
            self.backend.lifecycle.regenerate(snapshot, {})


class RefusedCloneClones(Acting):
    def act(self, method: str, path: str) -> None:
        source = self.container_of(path, "clone-from-post")
        project = self.backend.store.project(source.container.project_id) if source else None
        if source and project and method == "POST":
            self.backend.lifecycle.clone(source, project)


class RefusedCreateCreates(Acting):
    def act(self, method: str, path: str) -> None:
        found = re.fullmatch(r"/v1/projects/([^/]+)/content", path)
        project = self.backend.store.project(found[1]) if found and method == "POST" else None
        if project:
            self.backend.lifecycle.create(project, "slideshow_remix", {"hook": "A draft"})


class RefusedArchivingArchives(Acting):
    def act(self, method: str, path: str) -> None:
        found = re.fullmatch(r"/v1/projects/([^/]+)", path)
        project = self.backend.store.project(found[1]) if found and method == "DELETE" else None
        if project:
            self.backend.lifecycle.archive(project, self.backend.clock.now())


@fresh
def key_of_an_unauthenticated_call_is_taken() -> Install:
    taken: set[str] = set()

    def admit(
        _: Backend, admit: Callable[[str, str, RawHeaders], str], method: str, path: str, headers: RawHeaders
    ) -> str:
        try:
            return admit(method, path, headers)
        except ApiError:
            taken.update(value.decode("latin-1") for name, value in headers if name == b"idempotency-key")
            raise

    def answer(_: Backend, answer: Callable[..., Answer], scope: Any, key: str | None, *rest: Any) -> Answer:
        if key in taken:
            raise idempotency_conflict()
        return answer(scope, key, *rest)

    return together(replacing("access", "admit")(admit), replacing("idempotency", "answer")(answer))


@replacing("lifecycle", "regenerate")
def regenerate_refused_in_flight_patches(
    backend: Backend, regenerate: Regenerate, snapshot: Snapshot, patch: Brief
) -> Job:
    if patch and backend.generation.in_flight(snapshot.job, snapshot.now):
        brief: Brief = {**json.loads(snapshot.container.brief), **patch}
        backend.store.update_container(snapshot.container._replace(brief=encode_brief(brief)))
        # The refusal that follows rolls back what has not been committed.
        changed(backend, "COMMIT")
        changed(backend, "BEGIN IMMEDIATE")
    return regenerate(snapshot, patch)


@replacing("operations", "clone_from_post")
def clone_into_an_unknown_project_stays_at_home(
    backend: Backend, clone: Callable[[Call], Answer], call: Call
) -> Answer:
    try:
        return clone(call)
    except ApiError as refusal:
        if "project" not in refusal.message:
            raise
        source = backend.access.container(call.org, call.path["container_id"])
        project = backend.access.project(call.org, source.container.project_id)
        with backend.store.transaction():
            backend.lifecycle.clone(source, project)
        raise


def of_query(query: Query, name: str) -> list[str]:
    """Return all values of a parameter."""
    return [value for key, value in query if key == name]


@before("list_content")
def repeated_limit_answered_with_the_request(call: Call, _: Backend) -> Answer | None:
    if len(of_query(call.query(), "limit")) <= 1:
        return None
    details = [{"field": name, "message": value} for name, values in call.headers.items() for value in values]
    raise validation("The parameter limit may be given once.", details=details)


def open_to_all(method: str, path: str) -> Install:
    """Return an install that requires no key for one operation; `path` is a pattern."""

    class _Open(Access):
        def admit(self, method_: str, path_: str, headers: RawHeaders) -> str:
            try:
                return super().admit(method_, path_, headers)
            except ApiError:
                if method_ == method and re.fullmatch(path, path_):
                    return OWNER
                raise

    return using(_Open)


content_get_asks_for_no_key = open_to_all("GET", CONTAINER)


class ConditionalReadNeedsNoKey:
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


class LaterPagesCachedWithoutTheKey:
    """Keeps the later pages of lists for a while, by path and query alone."""

    def __init__(self, app: ASGIApp, *, backend: Backend) -> None:  # noqa: ARG002  # the signature of every middleware
        self.app = app
        self.kept: dict[tuple[str, bytes], tuple[float, list[Message]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or b"cursor=" not in scope["query_string"]:
            await self.app(scope, receive, send)
            return
        address = (scope["path"], scope["query_string"])
        kept_at, messages = self.kept.get(address, (0.0, []))
        if messages and time.monotonic() - kept_at < CACHED_SECONDS:
            for message in messages:
                await send(message)
            return
        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(message)
            await send(message)

        await self.app(scope, receive, keep)
        if sent and sent[0].get("status") == 200:
            self.kept[address] = (time.monotonic(), sent)


refusal_is_403 = refusing_with(forbidden)


class _KeyInMessages(Rendering):
    def error(self, error: ApiError) -> Answer:
        if error.status != 404 or not presented():
            return super().error(error)
        message = f"{error.message} The caller was {presented()}."
        return super().error(ApiError(error.status, error.code, message, headers=error.headers))


key_in_not_found_message = using(_NotesKey, _KeyInMessages)


class _KeyInHeader(Rendering):
    def headers(self, answer: Answer) -> dict[str, str]:
        key = presented()
        return {**super().headers(answer), **({"X-Api-Key": key} if key else {})}


key_in_response_header = using(_NotesKey, _KeyInHeader)
