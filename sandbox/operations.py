"""The twelve operations, and the sandbox's own clock hook."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl

from sandbox.access import Access
from sandbox.bodies import ApproveBody, Bodies, BriefPatch, ClockBody, CloneBody, CreateBody, RegenerateBody, RejectBody
from sandbox.clock import Clock
from sandbox.errors import ApiError, conflict, not_found, validation
from sandbox.generation import Generation
from sandbox.idempotency import Idempotency
from sandbox.lifecycle import Lifecycle
from sandbox.limits import Limits
from sandbox.listing import Listing
from sandbox.part import Part
from sandbox.records import Answer, Job, Project, Snapshot
from sandbox.rendering import Rendering
from sandbox.settings import SandboxSettings
from sandbox.store import Store


@dataclass(frozen=True)
class Call:
    """One authenticated request; `headers` holds every value of a name in lower case."""

    org: str
    path: Mapping[str, str]
    query_string: str
    headers: Mapping[str, tuple[str, ...]]
    content: bytes

    def query(self) -> list[tuple[str, str]]:
        """Return the (name, value) pairs of the query, in order."""
        return parse_qsl(self.query_string, keep_blank_values=True)

    def header(self, name: str) -> str | None:
        """Return a header that may be given once. Raises a refusal if it is repeated."""
        values = self.headers.get(name, ())
        if len(values) > 1:
            raise validation(f"The header {name} may be given once.")
        return values[0] if values else None

    @property
    def content_type(self) -> str | None:
        """Return the media type of the body as sent."""
        return self.header("content-type")

    @property
    def idempotency_key(self) -> str | None:
        """Return the Idempotency-Key."""
        return self.header("idempotency-key")


class OperationsNeeds(Protocol):
    """What the operations ask of the backend."""

    settings: SandboxSettings
    store: Store
    clock: Clock
    access: Access
    limits: Limits
    bodies: Bodies
    generation: Generation
    lifecycle: Lifecycle
    idempotency: Idempotency
    listing: Listing
    rendering: Rendering


class Operations(Part[OperationsNeeds]):
    """Each method answers one operation; refusals are raised as ApiError."""

    async def perform(self, operation: str, call: Call) -> Answer:
        """Answer an operation by name. SQLite blocks only briefly, so this runs on the event loop."""
        run: Callable[[Call], Answer] = getattr(self, operation)
        return run(call)

    def started(self, job: Job) -> Answer:
        """Return the 202 that starts a job."""
        return self.backend.rendering.answer(202, self.backend.rendering.job(job, self.backend.clock.now()))

    def shown(self, snapshot: Snapshot) -> Answer:
        """Return a container."""
        return self.backend.rendering.answer(200, self.backend.rendering.container(snapshot))

    def decided(self, snapshot: Snapshot) -> Answer:
        """Return the answer of an approve, and of a reject without regeneration."""
        return self.shown(snapshot)

    def undocumented_method(self, allowed: Sequence[str]) -> Answer:
        """Answer a method that the path does not have (ERR-5)."""
        headers = {"Allow": ", ".join(allowed)}
        refusal = ApiError(405, "METHOD_NOT_ALLOWED", "The method is not allowed here.", headers=headers)
        return self.backend.rendering.error(refusal)

    def unknown_path(self) -> Answer:
        """Answer an unknown path."""
        return self.backend.rendering.error(not_found("path"))

    def defect(self) -> Answer:
        """Answer a request that hit a defect of the sandbox, without details of it (ERR-6)."""
        return self.backend.rendering.error(ApiError(500, "INTERNAL", "The sandbox met an unexpected error."))

    def create_content(self, call: Call) -> Answer:
        """Answer createContent."""
        backend = self.backend
        project = backend.access.project(call.org, call.path["project_id"])
        body, raw = backend.bodies.read(CreateBody, call.content, call.content_type)
        return backend.idempotency.answer(
            backend.idempotency.scope(call.org, "createContent", project.id),
            call.idempotency_key,
            raw,
            lambda: self.started(backend.lifecycle.create(project, body.format, body.brief.sent())),
        )

    def list_content(self, call: Call) -> Answer:
        """Answer listContent."""
        backend = self.backend
        project = backend.access.project(call.org, call.path["project_id"])
        if project.archived_at is not None:
            raise conflict("The project is archived.")
        return backend.rendering.answer(200, backend.rendering.page(backend.listing.page(project, call.query())))

    def get_content(self, call: Call) -> Answer:
        """Answer getContent."""
        return self.shown(self.backend.access.container(call.org, call.path["container_id"]))

    def get_content_progress(self, call: Call) -> Answer:
        """Answer getContentProgress."""
        snapshot = self.backend.access.container(call.org, call.path["container_id"])
        return self.backend.rendering.answer(200, self.backend.rendering.job(snapshot.job, snapshot.now))

    def get_asset(self, call: Call) -> Answer:
        """Answer getAsset."""
        backend = self.backend
        snapshot = backend.access.container(call.org, call.path["container_id"])
        for asset in backend.generation.assets_at(snapshot):
            if asset.id == call.path["asset_id"]:
                return backend.rendering.answer(200, backend.rendering.signed_asset(asset, snapshot.now))
        raise not_found("asset")

    def regenerate_content(self, call: Call) -> Answer:
        """Answer regenerateContent."""
        backend = self.backend
        container_id = backend.access.container(call.org, call.path["container_id"]).container.id
        body, raw = backend.bodies.read_optional(RegenerateBody, call.content, call.content_type)

        def make() -> Answer:
            snapshot = backend.access.container(call.org, container_id)
            return self.started(backend.lifecycle.regenerate(snapshot, body.patch.sent()))

        scope = backend.idempotency.scope(call.org, "regenerateContent", container_id)
        return backend.idempotency.answer(scope, call.idempotency_key, raw, make)

    def source_post_known(self, post_id: str) -> bool:
        """Return whether a platform post can be cloned."""
        return post_id == self.backend.settings.source_post_id

    def clone_project(self, source: Snapshot, body: CloneBody, org: str) -> Project:
        """Return the project of a clone: the one in the body, or else the project of the source."""
        return self.backend.access.project(org, body.project_id or source.container.project_id)

    def clone_from_post(self, call: Call) -> Answer:
        """Answer cloneFromPost; the path names an existing container."""
        backend = self.backend
        source = backend.access.container(call.org, call.path["container_id"])
        body, raw = backend.bodies.read(CloneBody, call.content, call.content_type)

        def make() -> Answer:
            project = self.clone_project(source, body, call.org)
            if not self.source_post_known(body.source_platform_post_id):
                raise not_found("source post")
            return self.started(backend.lifecycle.clone(source, project))

        scope = backend.idempotency.scope(call.org, "cloneFromPost", source.container.id)
        return backend.idempotency.answer(scope, call.idempotency_key, raw, make)

    def reject_content(self, call: Call) -> Answer:
        """Answer rejectContent: 200, or 202 with the new job if it regenerates."""
        backend = self.backend
        container_id = backend.access.container(call.org, call.path["container_id"]).container.id
        body, raw = backend.bodies.read(RejectBody, call.content, call.content_type)
        patch = body.regenerate

        def make() -> Answer:
            snapshot = backend.access.container(call.org, container_id)
            if patch is False:
                return self.decided(backend.lifecycle.decide(snapshot, "rejected"))
            changes = patch.sent() if isinstance(patch, BriefPatch) else {}
            return self.started(backend.lifecycle.reject_and_regenerate(snapshot, changes))

        scope = backend.idempotency.scope(call.org, "rejectContent", container_id)
        return backend.idempotency.answer(scope, call.idempotency_key, raw, make)

    def approve_content(self, call: Call) -> Answer:
        """Answer approveContent."""
        backend = self.backend
        container_id = backend.access.container(call.org, call.path["container_id"]).container.id
        _, raw = backend.bodies.read_optional(ApproveBody, call.content, call.content_type)

        def make() -> Answer:
            snapshot = backend.access.container(call.org, container_id)
            return self.decided(backend.lifecycle.decide(snapshot, "approved"))

        scope = backend.idempotency.scope(call.org, "approveContent", container_id)
        return backend.idempotency.answer(scope, call.idempotency_key, raw, make)

    def not_modified(self, call: Call, etag: str) -> bool:
        """Return whether If-None-Match names this tag (RFC 9110, section 13.1.2: weak comparison)."""
        listed = [tag.strip() for value in call.headers.get("if-none-match", ()) for tag in value.split(",")]
        return "*" in listed or etag in [tag.removeprefix("W/") for tag in listed]

    def get_job(self, call: Call) -> Answer:
        """Answer getJob, with 304 if the caller already has this state."""
        backend = self.backend
        job = backend.access.job(call.org, call.path["job_id"])
        backend.limits.check_polls(job.id)
        answer = backend.rendering.answer(200, backend.rendering.job(job, backend.clock.now()))
        etag = backend.rendering.etag(answer.body)
        if self.not_modified(call, etag):
            return Answer(304, b"", {"ETag": etag})
        return answer._replace(headers={"ETag": etag})

    def cancel_job(self, call: Call) -> Answer:
        """Answer cancelJob: 202 when it stops a running job, 200 when the job has already ended."""
        backend = self.backend
        with backend.store.transaction():
            job = backend.access.job(call.org, call.path["job_id"])
            now = backend.clock.now()
            if not backend.generation.in_flight(job, now):
                return backend.rendering.answer(200, backend.rendering.job(job, now))
            return backend.rendering.answer(202, backend.rendering.job(backend.lifecycle.cancel(job, now), now))

    def archive_project(self, call: Call) -> Answer:
        """Answer archiveProject."""
        backend = self.backend
        with backend.store.transaction():
            project = backend.access.project(call.org, call.path["project_id"])
            archived_at = backend.lifecycle.archive(project, backend.clock.now())
        return backend.rendering.answer(200, backend.rendering.archived(project, archived_at))

    def advance_clock(self, call: Call) -> Answer:
        """Answer the sandbox's own hook: move the clock forward."""
        body, _ = self.backend.bodies.read(ClockBody, call.content, call.content_type)
        now = self.backend.clock.advance(body.advance_seconds)
        return self.backend.rendering.answer(200, {"now": self.backend.rendering.timestamp(now)})
