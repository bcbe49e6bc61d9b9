"""Faults of authentication: wrong keys accepted, refused calls that act, keys in answers (AUT-1 to AUT-3, AUT-5)."""

import re
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar

from sandbox.access import Access, RawHeaders
from sandbox.backend import Backend
from sandbox.change import Fault, Install
from sandbox.errors import ApiError, not_found
from sandbox.faults.parts import using
from sandbox.records import Answer, Snapshot
from sandbox.rendering import Rendering
from sandbox.settings import OWNER

FEWEST_CHARACTERS = 4
CONTAINER = r"/v1/content/([^/]+)"
JOB = r"/v1/jobs/([^/]+)"

_presented = ContextVar("presented", default=b"")


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


class _UnknownBeforeKey(Access):
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


class Acting(Access):
    """Performs the action of a caller without a valid key, and only then refuses the call."""

    backend: Backend

    def act(self, method: str, path: str) -> None:
        """Perform the action of the refused call, inside a transaction."""
        raise NotImplementedError

    def admit(self, method: str, path: str, headers: RawHeaders) -> str:
        """Return the organization of a request that may proceed."""
        try:
            return super().admit(method, path, headers)
        except ApiError:
            with suppress(ApiError), self.backend.store.transaction():
                self.act(method, path)
            raise

    def container_of(self, path: str, operation: str) -> Snapshot | None:
        """Return the container of a path of this operation."""
        found = re.fullmatch(f"{CONTAINER}/{operation}", path)
        return self.backend.store.container(found[1], self.backend.clock.now()) if found else None


class _ActsOnCancel(Acting):
    def act(self, method: str, path: str) -> None:
        found = re.fullmatch(f"{JOB}/cancel", path)
        job = self.backend.store.job(found[1]) if found and method == "POST" else None
        now = self.backend.clock.now()
        if job and self.backend.generation.in_flight(job, now):
            self.backend.lifecycle.cancel(job, now)


class _ActsOnReject(Acting):
    def act(self, method: str, path: str) -> None:
        snapshot = self.container_of(path, "reject")
        if snapshot and method == "POST":
            self.backend.lifecycle.decide(snapshot, "rejected")


class _ActsOnRegenerate(Acting):
    def act(self, method: str, path: str) -> None:
        snapshot = self.container_of(path, "regenerate")
        if snapshot and method == "POST":
            self.backend.lifecycle.regenerate(snapshot, {})


class _ActsOnClone(Acting):
    def act(self, method: str, path: str) -> None:
        source = self.container_of(path, "clone-from-post")
        project = self.backend.store.project(source.container.project_id) if source else None
        if source and project and method == "POST":
            self.backend.lifecycle.clone(source, project)


class _ActsOnArchive(Acting):
    def act(self, method: str, path: str) -> None:
        found = re.fullmatch(r"/v1/projects/([^/]+)", path)
        project = self.backend.store.project(found[1]) if found and method == "DELETE" else None
        if project:
            self.backend.lifecycle.archive(project, self.backend.clock.now())


class _ActsOnCreate(Acting):
    def act(self, method: str, path: str) -> None:
        found = re.fullmatch(r"/v1/projects/([^/]+)/content", path)
        project = self.backend.store.project(found[1]) if found and method == "POST" else None
        if project:
            self.backend.lifecycle.create(project, "slideshow_remix", {"hook": "A draft"})


class _NotesKey(Access):
    def authenticate(self, headers: RawHeaders) -> str:
        org = super().authenticate(headers)
        _presented.set(self.presented_key(headers) or b"")
        return org


def presented() -> str:
    """Return the key of the current request, or an empty string if there is none."""
    return _presented.get().decode("latin-1")


class _KeyInMessages(Rendering):
    def error(self, error: ApiError) -> Answer:
        if error.status != 404 or not presented():
            return super().error(error)
        message = f"{error.message} The caller was {presented()}."
        return super().error(ApiError(error.status, error.code, message, headers=error.headers))


class _KeyInHeader(Rendering):
    def headers(self, answer: Answer) -> dict[str, str]:
        key = presented()
        return {**super().headers(answer), **({"X-Api-Key": key} if key else {})}


def lengthened(key: bytes, secret: bytes) -> bool:
    """Return whether a key starts with the right key."""
    return key.startswith(secret)


def shortened(key: bytes, secret: bytes) -> bool:
    """Return whether a key is a prefix of the right key."""
    return len(key) >= FEWEST_CHARACTERS and secret.startswith(key)


def but_for_last(key: bytes, secret: bytes) -> bool:
    """Return whether a key differs from the right key only in the last character."""
    return len(key) == len(secret) and key[:-1] == secret[:-1]


def forbidden(_: bytes | None) -> ApiError:
    """Refuse with 403."""
    return ApiError(403, "FORBIDDEN_SCOPE", "The API key has no right to this.")


def forbidden_where_wrong(key: bytes | None) -> ApiError | None:
    """Refuse a wrong key with 403."""
    return forbidden(key) if key else None


def unauthorized(_: bytes | None) -> ApiError:
    """Refuse with another code."""
    return ApiError(401, "UNAUTHORIZED", "The API key is missing or wrong.")


def malformed_where_empty(key: bytes | None) -> ApiError | None:
    """Refuse an empty key as malformed."""
    return ApiError(400, "VALIDATION", "The header X-Api-Key must not be empty.") if key == b"" else None


FAULTS: tuple[Fault, ...] = (
    Fault(
        "content-get-asks-for-no-key",
        "AUT-1",
        "shallow",
        "GET /v1/content/… is answered without a key.",
        open_to_all("GET", CONTAINER),
    ),
    Fault("key-with-more-accepted", "AUT-1", "deep", "What follows the right key is ignored.", accepting(lengthened)),
    Fault("key-cut-short-accepted", "AUT-1", "deep", "The beginning of the right key is enough.", accepting(shortened)),
    Fault(
        "last-character-not-compared",
        "AUT-1",
        "deep",
        "The last character of a key is not compared.",
        accepting(but_for_last),
    ),
    Fault("refusal-is-403", "AUT-2", "shallow", "A call without a right answers 403.", refusing_with(forbidden)),
    Fault("wrong-key-is-403", "AUT-2", "deep", "Only a wrong key answers 403.", refusing_with(forbidden_where_wrong)),
    Fault("refusal-code-is-unauthorized", "AUT-2", "shallow", "The code is UNAUTHORIZED.", refusing_with(unauthorized)),
    Fault("empty-key-is-malformed", "AUT-2", "deep", "An empty key answers 400.", refusing_with(malformed_where_empty)),
    Fault(
        "unknown-ids-need-no-key",
        "AUT-2",
        "deep",
        "Without a key, what is unknown answers 404, so that ids can be tried.",
        using(_UnknownBeforeKey),
    ),
    Fault(
        "refused-cancel-cancels", "AUT-3", "deep", "A cancel without a right is refused and done.", using(_ActsOnCancel)
    ),
    Fault(
        "refused-reject-without-key-rejects",
        "AUT-3",
        "deep",
        "A reject without a right is refused and done.",
        using(_ActsOnReject),
    ),
    Fault(
        "refused-regenerate-regenerates",
        "AUT-3",
        "deep",
        "A regenerate without a right is refused and done.",
        using(_ActsOnRegenerate),
    ),
    Fault("refused-clone-clones", "AUT-3", "deep", "A clone without a right is refused and done.", using(_ActsOnClone)),
    Fault(
        "refused-create-creates",
        "AUT-3",
        "deep",
        "A create without a right is refused and leaves a draft.",
        using(_ActsOnCreate),
    ),
    Fault(
        "refused-archiving-archives",
        "AUT-3",
        "deep",
        "An archiving without a right key is answered 401, and archives the project.",
        using(_ActsOnArchive),
    ),
    Fault(
        "key-in-not-found-message", "AUT-5", "deep", "A 404 repeats the caller's key.", using(_NotesKey, _KeyInMessages)
    ),
    Fault(
        "key-in-response-header",
        "AUT-5",
        "shallow",
        "Every answer repeats the key in a header.",
        using(_NotesKey, _KeyInHeader),
    ),
)
