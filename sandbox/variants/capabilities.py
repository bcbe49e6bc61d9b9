"""Variants without an optional operation (404, 405 or 501), and with the other reading of a clone's path."""

from sandbox.backend import Backend
from sandbox.bodies import CloneBody
from sandbox.change import Install, Variant, together
from sandbox.errors import ApiError, conflict, not_found, validation
from sandbox.operations import Call, Operations
from sandbox.records import Answer
from sandbox.variants.mixing import mixed_in

OPTIONAL = ("approve_content", "cancel_job", "archive_project")
REFUSALS = {
    404: ApiError(404, "NOT_FOUND", "The path does not exist."),
    405: ApiError(405, "METHOD_NOT_ALLOWED", "The method is not allowed here.", headers={"Allow": "GET"}),
    501: ApiError(501, "NOT_IMPLEMENTED", "This operation is not offered."),
}


def _lacking(operation: str, status: int) -> Install:
    def refuse(_: Call) -> Answer:
        raise REFUSALS[status]

    def install(backend: Backend) -> None:
        setattr(backend.operations, operation, refuse)

    return install


class _FreshClones(Operations):
    """The path of clone-from-post names the new container; the caller chooses its id."""

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


VARIANTS: tuple[Variant, ...] = (
    *(
        Variant(
            f"no-{operation.partition('_')[0]}-{status}",
            f"There is no {operation.replace('_', ' ')}: it answers {status}.",
            _lacking(operation, status),
        )
        for operation in OPTIONAL
        for status in REFUSALS
    ),
    Variant(
        "nothing-optional",
        "No optional operation is there.",
        together(*(_lacking(operation, 404) for operation in OPTIONAL)),
    ),
    Variant(
        "clone-path-names-the-clone",
        "The path of a clone is the new container's id.",
        mixed_in("operations", _FreshClones),
        dialect=(("clone_id", "fresh"),),
    ),
)
