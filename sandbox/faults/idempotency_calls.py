"""Faults of parallel duplicates, and of keys on the other generate calls (requirements IDM-6 and IDM-11)."""

import asyncio
import json
from collections.abc import Callable
from contextvars import ContextVar

from sandbox.change import Fault, Install
from sandbox.errors import ApiError
from sandbox.faults.idempotency import current_state
from sandbox.faults.parts import using
from sandbox.idempotency import Idempotency
from sandbox.operations import Call, Operations
from sandbox.records import Answer, Replay

RACE_SECONDS = 0.03
OPERATIONS = {"create_content": "createContent", "clone_from_post": "cloneFromPost"}

_found_free = ContextVar("found_free", default=False)


class Racing(Operations):
    """Looks up a key some time before it uses the result."""

    raced: tuple[str, ...] = ("create_content",)

    def slot_of(self, operation: str, call: Call) -> str | None:
        """Return the slot of a call that may race, or None for any other call."""
        values = call.headers.get("idempotency-key", ())
        if operation not in self.raced or len(values) != 1:
            return None
        idempotency = self.backend.idempotency
        return idempotency.slot(
            idempotency.scope(call.org, OPERATIONS[operation], next(iter(call.path.values()))), values[0]
        )

    def free(self, slot: str) -> bool:
        """Return whether a key is free now."""
        return self.backend.idempotency.lookup(slot, self.backend.clock.now()) is None

    def lost(self, operation: str, call: Call, slot: str) -> Answer:
        """Answer a call whose key was free and is now taken."""
        raise NotImplementedError

    async def perform(self, operation: str, call: Call) -> Answer:
        """Answer an operation, with a delay if its key was free."""
        slot = self.slot_of(operation, call)
        if slot is not None and self.free(slot):
            await asyncio.sleep(RACE_SECONDS)
            if not self.free(slot):
                return self.lost(operation, call, slot)
        return await super().perform(operation, call)


class _BothMake(Racing):
    def lost(self, operation: str, call: Call, slot: str) -> Answer:  # noqa: ARG002  # the slot is not looked at again
        _found_free.set(True)
        run: Callable[[Call], Answer] = getattr(self, operation)
        return run(call)


class _BothClone(_BothMake):
    raced = ("clone_from_post",)


class _BlindOnce(Idempotency):
    def lookup(self, slot: str, now: int) -> Replay | None:
        return None if _found_free.get() else super().lookup(slot, now)


class _LoserFails(Racing):
    def lost(self, operation: str, call: Call, slot: str) -> Answer:  # noqa: ARG002  # every loser
        return self.defect()


def without_replays(operation: str) -> Install:
    """Return an install that ignores the key of an operation."""

    class _Ignored(Idempotency):
        def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
            return super().answer(scope, None if scope[1] == operation else key, body, make)

    return using(_Ignored)


def comparing_in(operation: str, simplified: Callable[[object], object]) -> Install:
    """Return an install that compares the bodies of an operation only after `simplified`."""

    class _Simplified(Idempotency):
        def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
            return super().answer(scope, key, simplified(body) if scope[1] == operation else body, make)

    return using(_Simplified)


def source_only(body: object) -> object:
    """Return the source post of a clone."""
    return body.get("sourcePlatformPostId") if isinstance(body, dict) else body


def patched_names(body: object) -> object:
    """Return the names of the fields of a patch, without the values."""
    return sorted(body.get("patch", ())) if isinstance(body, dict) else body


class _ConflictRegenerates(Idempotency):
    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        try:
            return super().answer(scope, key, body, make)
        except ApiError as refusal:
            if refusal.code == "IDEMPOTENCY_CONFLICT" and scope[1] == "regenerateContent":
                super().answer(scope, None, body, make)
            raise


class _PlainConflict(Idempotency):
    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        try:
            return super().answer(scope, key, body, make)
        except ApiError as refusal:
            if refusal.code == "IDEMPOTENCY_CONFLICT" and scope[1] == "regenerateContent":
                raise ApiError(409, "CONFLICT", "The container cannot be regenerated now.") from refusal
            raise


class _LateClone200(Operations):
    def clone_from_post(self, call: Call) -> Answer:
        answer = super().clone_from_post(call)
        job = self.backend.store.job(str(json.loads(answer.body).get("jobId")))
        ended = job is not None and not self.backend.generation.in_flight(job, self.backend.clock.now())
        return answer._replace(status=200) if ended else answer


FAULTS: tuple[Fault, ...] = (
    Fault(
        "parallel-creates-both-make",
        "IDM-6",
        "deep",
        "Parallel creates with one key look it up before any of them has recorded it, and all make a container.",
        using(_BothMake, _BlindOnce),
    ),
    Fault(
        "parallel-create-loser-fails",
        "IDM-6",
        "deep",
        "A parallel duplicate runs into the record of the first one and answers 500.",
        using(_LoserFails),
    ),
    Fault(
        "parallel-clones-both-make",
        "IDM-11",
        "deep",
        "Parallel clones with one key look it up before any of them has recorded it, and all make a container.",
        using(_BothClone, _BlindOnce),
    ),
    Fault(
        "regenerate-ignores-key",
        "IDM-11",
        "stateful",
        "A retried regenerate is refused or starts again.",
        without_replays("regenerateContent"),
    ),
    Fault(
        "regenerate-compares-names-only",
        "IDM-11",
        "deep",
        "Patches of the same fields count as the same body, whatever their values.",
        comparing_in("regenerateContent", patched_names),
    ),
    Fault(
        "clone-compares-post-only",
        "IDM-11",
        "deep",
        "Clones of one post count as the same body, whatever their mode.",
        comparing_in("cloneFromPost", source_only),
    ),
    Fault(
        "regenerate-replay-shows-current-state",
        "IDM-11",
        "deep",
        "A replay of a regenerate shows the job as it is now.",
        current_state("content_regenerate"),
    ),
    Fault(
        "conflicting-regenerate-runs",
        "IDM-11",
        "deep",
        "A conflicting regenerate answers 409 and yet starts its job.",
        using(_ConflictRegenerates),
    ),
    Fault(
        "regenerate-conflict-has-plain-code",
        "IDM-11",
        "deep",
        "A regenerate with another body under its key is refused with the code of any conflict.",
        using(_PlainConflict),
    ),
    Fault(
        "late-clone-replay-answers-200",
        "IDM-11",
        "deep",
        "A clone that is retried after its job has ended answers 200.",
        using(_LateClone200),
    ),
)
