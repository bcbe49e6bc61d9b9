"""Variants of keys, cursors, decisions and cancels that the documents leave open."""

import secrets
from collections.abc import Callable, Sequence
from functools import cached_property

from sandbox.approval import Approval
from sandbox.backend import Backend
from sandbox.change import Variant
from sandbox.errors import ApiError, conflict, idempotency_conflict
from sandbox.idempotency import Idempotency
from sandbox.listing import Filters, Listing, Page
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Container, Project, Snapshot
from sandbox.variants.mixing import mixed_in

Query = Sequence[tuple[str, str]]

# The operations that know a key before they read the body: their names among the keys, and the parameters of their paths.
KEYED = {
    "create_content": ("createContent", "project_id"),
    "regenerate_content": ("regenerateContent", "container_id"),
    "clone_from_post": ("cloneFromPost", "container_id"),
}


class _KeyBeforeBody(Operations):
    """A key that was used with another body is a conflict, even where the body is not valid."""

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


class _KeysOfTheOrganization(Idempotency):
    """A key belongs to one call of an organization: on another path it is a conflict."""

    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        return super().answer(scope[:1], key, [list(scope), body], make)


class _KeptRefusals(Idempotency):
    """A key stands for a conflict too: what was refused for its state is refused again."""

    backend: Backend

    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        try:
            return super().answer(scope, key, body, make)
        except ApiError as error:
            slot, now = self.slot(scope, key or ""), self.backend.clock.now()
            if key is not None and error.code == "CONFLICT" and self.lookup(slot, now) is None:
                self.remember(slot, self.fingerprint(body), self.backend.rendering.error(error), now)
            raise


class _DecisionsUndated(Approval):
    """A decision does not move updatedAt."""

    def moment(self, snapshot: Snapshot) -> int:
        return snapshot.container.updated_at


class _DecidesInFlight(Approval):
    """What is pending can be decided on while it regenerates; the decision stands until the new result is pending."""

    def ensure_decidable(self, snapshot: Snapshot) -> None:
        if self.status_at(snapshot) != "pending":
            raise conflict("Only what is pending can be decided on.")

    def decided(self, snapshot: Snapshot, decision: str) -> Container:
        container = super().decided(snapshot, decision)
        running = self.backend.generation.in_flight(snapshot.job, snapshot.now)
        return container._replace(approval_job=None) if running else container


class _ChangesItsMind(Approval):
    """What was rejected can be approved."""

    def decided(self, snapshot: Snapshot, decision: str) -> Container:
        rejected = self.status_at(snapshot) == "rejected"
        if decision == "approved" and rejected and not self.backend.generation.in_flight(snapshot.job, snapshot.now):
            return snapshot.container._replace(approval="approved", updated_at=self.moment(snapshot))
        return super().decided(snapshot, decision)


class _SealedCursors(Listing):
    """Each answer names its next page by a new cursor, also where it is an answer that was given before."""

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


class _CursorsOfALimit(Listing):
    """A cursor is good for the page size with which it was issued."""

    limit = 0

    def page(self, project: Project, query: Query) -> Page:
        self.limit = self.page_limit(self.single(query, "limit"))
        return super().page(project, query)

    def binding(self, project_id: str, filters: Filters) -> object:
        return [super().binding(project_id, filters), self.limit]


class _SilentCancels(Operations):
    """An accepted cancel is answered with nothing."""

    def cancel_job(self, call: Call) -> Answer:
        return super().cancel_job(call)._replace(body=b"")


VARIANTS: tuple[Variant, ...] = (
    Variant("key-read-before-the-body", "A used key is 409 first.", mixed_in("operations", _KeyBeforeBody)),
    Variant(
        "keys-of-the-organization", "A key on another path is 409.", mixed_in("idempotency", _KeysOfTheOrganization)
    ),
    Variant("conflicts-kept-by-keys", "A refusal for a state is replayed.", mixed_in("idempotency", _KeptRefusals)),
    Variant("decisions-undated", "A decision leaves updatedAt.", mixed_in("approval", _DecisionsUndated)),
    Variant("decisions-in-flight", "Pending is decidable in flight.", mixed_in("approval", _DecidesInFlight)),
    Variant("rejected-may-be-approved", "Approving what was rejected is 200.", mixed_in("approval", _ChangesItsMind)),
    Variant("cursors-sealed-anew", "A cursor is new in every answer.", mixed_in("listing", _SealedCursors)),
    Variant("cursors-of-one-limit", "Another limit refuses the cursor.", mixed_in("listing", _CursorsOfALimit)),
    Variant("cancels-answer-nothing", "A cancel has an empty answer.", mixed_in("operations", _SilentCancels)),
)
