"""Variants of what no page says: what has failed, what is not known yet, what is archived, and who stands before the backend."""

import json

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.access import Access
from sandbox.app import response
from sandbox.backend import Backend
from sandbox.change import put_before, together, using
from sandbox.errors import ApiError, conflict
from sandbox.idempotency import Idempotency
from sandbox.lifecycle import Lifecycle, encode_brief
from sandbox.records import Answer, Asset, Job, Project, Replay, Snapshot
from sandbox.rendering import Json, Rendering
from sandbox.variants.ids import IdsCounted

VARIANTS = """
ended-stays-ended: What failed or was canceled is 409.
values-known-later: Influencer and sizes are null at first.
archived-project-410: An archived project is 410.
nulls-left-out-of-replays: A replay has no null.
deletes-offered: DELETE deletes, and PATCH changes.
deletes-offered-of-counted: DELETE deletes, and ids are counted.
gateway-of-one-host: Other hosts are 404, overrides 405.
"""


UNKNOWN_MS = 120
KNOWN_HOSTS = frozenset({b"127.0.0.1", b"localhost", b"[", b"sandbox.test"})
OVERRIDES = frozenset({b"x-http-method-override", b"x-http-method", b"x-method-override"})


class EndedStaysEnded(Lifecycle):
    backend: Backend

    def ensure_whole(self, snapshot: Snapshot) -> None:
        """Raise a conflict unless the container has completed or is in flight."""
        if self.backend.generation.status_at(snapshot.job, snapshot.now) in {"failed", "canceled"}:
            raise conflict("The container has no result.")

    def ensure_at_rest(self, snapshot: Snapshot) -> None:
        super().ensure_at_rest(snapshot)
        self.ensure_whole(snapshot)

    def clone(self, source: Snapshot, project: Project) -> Job:
        self.ensure_whole(source)
        return super().clone(source, project)


class ValuesKnownLater(Rendering):
    backend: Backend

    def container(self, snapshot: Snapshot) -> Json:
        shown = super().container(snapshot)
        done = self.backend.generation.status_at(snapshot.job, snapshot.now) == "completed"
        finished = self.backend.generation.finished_at(snapshot.job, snapshot.now)
        if not done:
            return {**shown, "influencerId": None}
        if finished is not None and snapshot.now < finished + UNKNOWN_MS:
            return {
                **shown,
                "assets": [self.unmeasured(asset) for asset in self.backend.generation.assets_at(snapshot)],
            }
        return shown

    def unmeasured(self, asset: Asset) -> Json:
        """Return an asset whose file nobody has looked into yet."""
        return {**self.asset(asset), "width": None, "height": None, "durationMs": None}


class ArchivedProject410(Access):
    def may_use_project(self, org: str, project: Project) -> bool:
        may_use = super().may_use_project(org, project)
        if may_use and project.archived_at is not None:
            raise ApiError(410, "GONE", "The project is archived.")
        return may_use


class NullsLeftOutOfReplays(Idempotency):
    def replayed(self, replay: Replay, fingerprint: str) -> Answer:
        answer = super().replayed(replay, fingerprint)
        shown = {name: value for name, value in json.loads(answer.body).items() if value is not None}
        return answer._replace(body=json.dumps(shown).encode())


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


class DeletesOffered:
    def __init__(self, app: ASGIApp, *, backend: Backend) -> None:
        self.app = app
        self.backend = backend

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, steps = scope.get("method"), scope.get("path", "").split("/")
        if method not in {"DELETE", "PATCH"} or len(steps) < 4 or steps[2] not in {"content", "jobs"}:
            await self.app(scope, receive, send)
            return
        try:
            org = self.backend.access.admit(method, scope["path"], scope["headers"])
            found = steps[3] if steps[2] == "content" else self.backend.access.job(org, steps[3]).container_id
            container = self.backend.access.container(org, found).container
        except ApiError as error:
            await response(self.backend, self.backend.rendering.error(error))(scope, receive, send)
            return
        store = self.backend.store
        with store.transaction():
            if method == "DELETE":
                store.connection.execute("DELETE FROM containers WHERE id = ?", (container.id,))
                store.connection.execute("DELETE FROM jobs WHERE container_id = ?", (container.id,))
            else:
                store.update_container(container._replace(brief=encode_brief({"hook": "Changed by PATCH"})))
        await response(self.backend, Answer(204, b""))(scope, receive, send)


deletes_offered_of_counted = together(put_before(DeletesOffered), using(IdsCounted))
