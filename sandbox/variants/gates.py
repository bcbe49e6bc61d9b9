"""Variants of keys, cursors, decisions and cancels that the documents leave open."""

import secrets
from collections.abc import Callable, Sequence
from functools import cached_property

from sandbox.approval import Approval
from sandbox.backend import Backend
from sandbox.errors import ApiError, conflict, idempotency_conflict
from sandbox.idempotency import Idempotency
from sandbox.listing import Filters, Listing, Page
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Container, Project, Snapshot

VARIANTS = """
key-read-before-the-body: A used key is 409 first.
keys-of-the-organization: A key on another path is 409.
conflicts-kept-by-keys: A refusal for a state is replayed.
decisions-undated: A decision leaves updatedAt.
decisions-in-flight: Pending is decidable in flight.
rejected-may-be-approved: Approving what was rejected is 200.
cursors-sealed-anew: A cursor is new in every answer.
cursors-of-one-limit: Another limit refuses the cursor.
cancels-answer-nothing: A cancel has an empty answer.
"""


Query = Sequence[tuple[str, str]]

# The operations that know a key before they read the body: their names among the keys, and the parameters of their paths.
KEYED = {
    "create_content": ("createContent", "project_id"),
    "regenerate_content": ("regenerateContent", "container_id"),
    "clone_from_post": ("cloneFromPost", "container_id"),
}


class KeyReadBeforeTheBody(Operations):
    async def perform(self, operation: str, call: Call) -> Answer:
        key = call.idempotency_key
        if operation in KEYED and key:
            self.ensure_same(operation, call, key)
        return await super().perform(operation, call)

    def ensure_same(self, operation: str, call: Call, key: str) -> None:
        """Raise a conflict where the key belongs to another body."""
        idempotency = self.backend.idempotency
        name, parameter = KEYED[operation]
        slot = idempotency.slot(idempotency.scope(call.org, name, call.path[parameter]), key)
        replay = idempotency.lookup(slot, self.backend.clock.now())
        if replay is None:
            return
        try:
            fingerprint = idempotency.fingerprint(self.backend.bodies.parse(call.content) if call.content else {})
        except ApiError:
            fingerprint = ""
        if fingerprint != replay.fingerprint:
            raise idempotency_conflict()


class KeysOfTheOrganization(Idempotency):
    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        return super().answer(scope[:1], key, [list(scope), body], make)


class ConflictsKeptByKeys(Idempotency):
    backend: Backend

    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        try:
            return super().answer(scope, key, body, make)
        except ApiError as error:
            slot, now = self.slot(scope, key or ""), self.backend.clock.now()
            if key is not None and error.code == "CONFLICT" and self.lookup(slot, now) is None:
                self.remember(slot, self.fingerprint(body), self.backend.rendering.error(error), now)
            raise


class DecisionsUndated(Approval):
    def moment(self, snapshot: Snapshot) -> int:
        return snapshot.container.updated_at


class DecisionsInFlight(Approval):
    def ensure_decidable(self, snapshot: Snapshot) -> None:
        if self.status_at(snapshot) != "pending":
            raise conflict("Only what is pending can be decided on.")

    def decided(self, snapshot: Snapshot, decision: str) -> Container:
        container = super().decided(snapshot, decision)
        running = self.backend.generation.in_flight(snapshot.job, snapshot.now)
        return container._replace(approval_job=None) if running else container


class RejectedMayBeApproved(Approval):
    def decided(self, snapshot: Snapshot, decision: str) -> Container:
        rejected = self.status_at(snapshot) == "rejected"
        if decision == "approved" and rejected and not self.backend.generation.in_flight(snapshot.job, snapshot.now):
            return snapshot.container._replace(approval="approved", updated_at=self.moment(snapshot))
        return super().decided(snapshot, decision)


class CursorsSealedAnew(Listing):
    @cached_property
    def sealed(self) -> dict[str, str]:
        """The cursors of the sandbox by the cursors that clients see."""
        return {}

    def page(self, project: Project, query: Query) -> Page:
        cursor = self.single(query, "cursor")
        if cursor is not None and cursor not in self.sealed:
            raise self.bad_cursor()
        rest = [pair for pair in query if pair[0] != "cursor"]
        page = super().page(project, [*rest, *([("cursor", self.sealed[cursor])] if cursor else [])])
        if page.next_cursor is None:
            return page
        seal = secrets.token_urlsafe(24)
        self.sealed[seal] = page.next_cursor
        return page._replace(next_cursor=seal)


class CursorsOfOneLimit(Listing):
    limit = 0

    def page(self, project: Project, query: Query) -> Page:
        self.limit = self.page_limit(self.single(query, "limit"))
        return super().page(project, query)

    def binding(self, project_id: str, filters: Filters) -> object:
        return [super().binding(project_id, filters), self.limit]


class CancelsAnswerNothing(Operations):
    def cancel_job(self, call: Call) -> Answer:
        return super().cancel_job(call)._replace(body=b"")
