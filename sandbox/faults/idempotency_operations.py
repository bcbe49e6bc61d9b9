"""Faults of idempotency keys of regenerate and clone, and across operations (IDM-10, IDM-11)."""

import json
from collections.abc import Callable

from sandbox.backend import Backend
from sandbox.change import Install, using
from sandbox.errors import ApiError
from sandbox.faults.idempotency import Sharing, Slot, _BlindOnce, _BothMake, current_state
from sandbox.faults.installers import replacing
from sandbox.idempotency import WINDOW_MS, Idempotency
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Job, Replay

FAULTS = """
IDM-10 deep key-known-across-operations: A key that another operation used is answered with that operation's result.
IDM-10 deep key-shared-by-clone-and-regenerate: Clone and regenerate of one container answer each other's keys.
IDM-10 deep key-of-regenerate-answers-reject: A reject under the key of a regenerate is answered with that
    regenerate's job.
IDM-11 deep parallel-clones-both-make: Parallel clones with one key look it up before any of them has recorded it, and
    all make a container.
IDM-11 stateful regenerate-ignores-key: A retried regenerate is refused or starts again.
IDM-11 deep regenerate-compares-names-only: Patches of the same fields count as the same body, whatever their values.
IDM-11 deep clone-compares-post-only: Clones of one post count as the same body, whatever their mode.
IDM-11 deep regenerate-replay-shows-current-state: A replay of a regenerate shows the job as it is now.
IDM-11 deep conflicting-regenerate-runs: A conflicting regenerate answers 409 and yet starts its job.
IDM-11 deep regenerate-conflict-has-plain-code: A regenerate with another body under its key is refused with the code
    of any conflict.
IDM-11 deep late-clone-replay-answers-200: A clone that is retried after its job has ended answers 200.
IDM-11 deep regenerate-answers-for-another-container: A regenerate under a key and a body that another container's
    regenerate had is answered with that one's job.
IDM-11 deep canceled-regeneration-frees-its-key: A regenerate whose job was canceled starts anew when it is retried.
IDM-11 deep clone-key-forgotten-with-the-next-render: A clone that is retried after its source was regenerated is made
    again.
IDM-11 deep clone-answers-for-another-source: A clone under a key and a body that the clone of another container had
    is answered with that one's job.
IDM-11 deep key-of-a-regenerate-as-old-as-its-container: The 24 hours of a regenerate's key are counted from the
    container's createdAt.
"""

Lookup = Callable[[str, int], Replay | None]


def comparing_in(operation: str, simplified: Callable[[object], object]) -> Install:
    """Return an install that compares the bodies of an operation only after `simplified`."""

    class _Simplified(Idempotency):
        def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
            return super().answer(scope, key, simplified(body) if scope[1] == operation else body, make)

    return using(_Simplified)


class KeyKnownAcrossOperations(Sharing):
    any_body = True

    def shares(self, mine: Slot, other: Slot) -> bool:
        return other[0] == mine[0] and other[1] != mine[1]


class KeySharedByCloneAndRegenerate(KeyKnownAcrossOperations):
    def shares(self, mine: Slot, other: Slot) -> bool:
        pair = {"cloneFromPost", "regenerateContent"}
        return super().shares(mine, other) and {mine[1], other[1]} == pair and mine[2] == other[2]


class KeyOfRegenerateAnswersReject(KeyKnownAcrossOperations):
    def shares(self, mine: Slot, other: Slot) -> bool:
        return super().shares(mine, other) and mine[1] == "rejectContent" and other[1] == "regenerateContent"


class ConflictingRegenerateRuns(Idempotency):
    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        try:
            return super().answer(scope, key, body, make)
        except ApiError as refusal:
            if refusal.code == "IDEMPOTENCY_CONFLICT" and scope[1] == "regenerateContent":
                super().answer(scope, None, body, make)
            raise


class RegenerateConflictHasPlainCode(Idempotency):
    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        try:
            return super().answer(scope, key, body, make)
        except ApiError as refusal:
            if refusal.code == "IDEMPOTENCY_CONFLICT" and scope[1] == "regenerateContent":
                raise ApiError(409, "CONFLICT", "The container cannot be regenerated now.") from refusal
            raise


class LateCloneReplayAnswers200(Operations):
    def clone_from_post(self, call: Call) -> Answer:
        answer = super().clone_from_post(call)
        job = self.backend.store.job(str(json.loads(answer.body).get("jobId")))
        ended = job is not None and not self.backend.generation.in_flight(job, self.backend.clock.now())
        return answer._replace(status=200) if ended else answer


class RegenerateAnswersForAnotherContainer(Sharing):
    def shares(self, mine: Slot, other: Slot) -> bool:
        return other[:2] == mine[:2] and mine[1] == "regenerateContent"


@replacing("idempotency", "scope")
def clone_key_forgotten_with_the_next_render(
    backend: Backend, scope: Callable[..., tuple[str, ...]], org: str, operation: str, resource: str
) -> tuple[str, ...]:
    source = backend.store.container(resource, backend.clock.now()) if operation == "cloneFromPost" else None
    return (*scope(org, operation, resource), *([source.job.id] if source else []))


class CloneAnswersForAnotherSource(Sharing):
    def shares(self, mine: Slot, other: Slot) -> bool:
        return other[:2] == mine[:2] and mine[1] == "cloneFromPost"


@replacing("idempotency", "lookup")
def key_of_a_regenerate_as_old_as_its_container(
    backend: Backend, lookup: Callable[[str, int], Replay | None], slot: str, now: int
) -> Replay | None:
    _, operation, resource, _ = json.loads(slot)
    found = backend.store.container(resource, now) if operation == "regenerateContent" else None
    if found is not None and now - found.container.created_at >= WINDOW_MS:
        return None
    return lookup(slot, now)


class _BothClone(_BothMake):
    raced = ("clone_from_post",)


parallel_clones_both_make = using(_BothClone, _BlindOnce)


def without_replays(operation: str) -> Install:
    """Return an install that ignores the key of an operation."""

    class _Ignored(Idempotency):
        def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
            return super().answer(scope, None if scope[1] == operation else key, body, make)

    return using(_Ignored)


regenerate_ignores_key = without_replays("regenerateContent")


def patched_names(body: object) -> object:
    """Return the names of the fields of a patch, without the values."""
    return sorted(body.get("patch", ())) if isinstance(body, dict) else body


regenerate_compares_names_only = comparing_in("regenerateContent", patched_names)


def source_only(body: object) -> object:
    """Return the source post of a clone."""
    return body.get("sourcePlatformPostId") if isinstance(body, dict) else body


clone_compares_post_only = comparing_in("cloneFromPost", source_only)
regenerate_replay_shows_current_state = current_state("content_regenerate")


def forgotten(regeneration_is_over: Callable[[Backend, Job, int], bool]) -> Install:
    """Forget the key of a regenerate whose job is in a state."""

    def lookup(backend: Backend, lookup: Lookup, slot: str, now: int) -> Replay | None:
        replay = lookup(slot, now)
        job = None if replay is None else backend.store.job(str(json.loads(replay.body).get("jobId")))
        if job is None or job.kind != "content_regenerate":
            return replay
        return None if regeneration_is_over(backend, job, now) else replay

    return replacing("idempotency", "lookup")(lookup)


canceled_regeneration_frees_its_key = forgotten(lambda _, job, __: job.canceled_at is not None)
