"""Variants with fewer or more operations, and with the other reading of a clone's path."""

from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.app import response
from sandbox.backend import Backend
from sandbox.bodies import CloneBody
from sandbox.change import Install, put_before, together, using
from sandbox.errors import ApiError, conflict, not_found, validation
from sandbox.lifecycle import encode_brief
from sandbox.operations import Call, Operations
from sandbox.records import Answer
from sandbox.variants.ids import IdsCounted

VARIANTS = """
no-approve-404: There is no approve content: it answers 404.
no-approve-405: There is no approve content: it answers 405.
no-approve-501: There is no approve content: it answers 501.
no-cancel-404: There is no cancel job: it answers 404.
no-cancel-405: There is no cancel job: it answers 405.
no-cancel-501: There is no cancel job: it answers 501.
no-archive-404: There is no archive project: it answers 404.
no-archive-405: There is no archive project: it answers 405.
no-archive-501: There is no archive project: it answers 501.
nothing-optional: No optional operation is there.
clone-path-names-the-clone: The path of a clone is the new container's id.
deletes-offered: DELETE deletes, and PATCH changes.
deletes-offered-of-counted: DELETE deletes, and ids are counted.
"""

OPTIONAL = ("approve_content", "cancel_job", "archive_project")
REFUSALS = {
    404: ApiError(404, "NOT_FOUND", "The path does not exist."),
    405: ApiError(405, "METHOD_NOT_ALLOWED", "The method is not allowed here.", headers={"Allow": "GET"}),
    501: ApiError(501, "NOT_IMPLEMENTED", "This operation is not offered."),
}


def lacking(operation: str, status: int) -> Install:
    def refuse(_: Call) -> Answer:
        raise REFUSALS[status]

    def install(backend: Backend) -> None:
        setattr(backend.operations, operation, refuse)

    return install


class ClonePathNamesTheClone(Operations):
    def clone_from_post(self, call: Call) -> Answer:
        backend = self.backend
        body, raw = backend.bodies.read(CloneBody, call.content, call.content_type)
        if not body.project_id:
            raise validation("The member projectId is required.", status=422)
        project = backend.access.project(call.org, body.project_id)
        container_id = call.path["container_id"]

        def make() -> Answer:
            if not self.source_post_known(body.source_platform_post_id):
                raise not_found("source post")
            if backend.store.container(container_id, backend.clock.now()) is not None:
                raise conflict("A container of this id exists.")
            brief = {"hook": "As seen on your feed", "themeTags": [body.mode]}
            job = backend.lifecycle.create(project, "video_remix", brief, "content_clone", container_id)  # type: ignore[arg-type]  # a brief
            return self.started(job)

        scope = backend.idempotency.scope(call.org, "cloneFromPost", f"{project.id} {container_id}")
        return backend.idempotency.answer(scope, call.idempotency_key, raw, make)


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


no_approve_404 = lacking("approve_content", 404)
no_approve_405 = lacking("approve_content", 405)
no_approve_501 = lacking("approve_content", 501)
no_cancel_404 = lacking("cancel_job", 404)
no_cancel_405 = lacking("cancel_job", 405)
no_cancel_501 = lacking("cancel_job", 501)
no_archive_404 = lacking("archive_project", 404)
no_archive_405 = lacking("archive_project", 405)
no_archive_501 = lacking("archive_project", 501)
nothing_optional = together(*(lacking(operation, 404) for operation in OPTIONAL))
deletes_offered_of_counted = together(put_before(DeletesOffered), using(IdsCounted))
