"""Faults of keys: mixed up, or with a wrong scope or lifetime (requirements IDM-5, IDM-7 to IDM-10, IDM-12)."""

import json
from collections.abc import Callable

from sandbox.change import Fault, Install
from sandbox.faults.idempotency import ReplayOfJob
from sandbox.faults.parts import using
from sandbox.idempotency import WINDOW_MS, Idempotency
from sandbox.records import Answer, Replay

HOUR_MS = 60 * 60 * 1000
DAY_MS = 24 * HOUR_MS
MERGED_FOR_MS = 5_000
ANY_BODY = "any body"

Slot = list[str]
"""Organization, operation, resource and key."""


def keyed(simplified: Callable[[str], str]) -> Install:
    """Return an install that compares keys only after `simplified`."""

    class _Keyed(Idempotency):
        def slot(self, scope: tuple[str, ...], key: str) -> str:
            return super().slot(scope, simplified(key))

    return using(_Keyed)


def lasting(window_ms: int) -> Install:
    """Return an install that keeps records for another time than 24 hours."""

    class _Window(Idempotency):
        def expired(self, replay: Replay, now: int) -> bool:
            return now - replay.created_at >= window_ms

    return using(_Window)


class Sharing(ReplayOfJob):
    """Falls back to the record of the same key in another scope."""

    any_body = False

    def shares(self, mine: Slot, other: Slot) -> bool:
        """Return whether a record of another scope is used for this one."""
        raise NotImplementedError

    def lookup(self, slot: str, now: int) -> Replay | None:
        """Return the record of a key in this scope, or else in another one."""
        replay = super().lookup(slot, now)
        if replay:
            return replay
        mine = json.loads(slot)
        ending = ", " + json.dumps(mine[-1]) + "]"
        query = "SELECT scope FROM replays WHERE substr(scope, -length(?)) = ?"
        for (name,) in self.backend.store.connection.execute(query, (ending, ending)).fetchall():
            other = json.loads(name)
            found = super().lookup(name, now) if other != mine and self.shares(mine, other) else None
            if found:
                return found._replace(fingerprint=ANY_BODY) if self.any_body else found
        return None

    def replayed(self, replay: Replay, fingerprint: str) -> Answer:
        """Return the first answer; accept any body if the record is marked for that."""
        return super().replayed(replay, replay.fingerprint if replay.fingerprint == ANY_BODY else fingerprint)


class _AcrossOrganizations(Sharing):
    def shares(self, mine: Slot, other: Slot) -> bool:
        return other[0] != mine[0] and other[1] == mine[1]


class _AcrossOrganizationsAnyBody(_AcrossOrganizations):
    any_body = True


class _AcrossProjects(Sharing):
    def shares(self, mine: Slot, other: Slot) -> bool:
        return other[:2] == mine[:2] and mine[1] == "createContent"


class _AcrossProjectsRelabeled(_AcrossProjects):
    def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
        answer = super().answer(scope, key, body, make)
        return self.rewritten(answer, projectId=scope[2]) if scope[1] == "createContent" else answer


class _AcrossOperations(Sharing):
    any_body = True

    def shares(self, mine: Slot, other: Slot) -> bool:
        return other[0] == mine[0] and other[1] != mine[1]


class _CloneAndRegenerate(_AcrossOperations):
    def shares(self, mine: Slot, other: Slot) -> bool:
        pair = {"cloneFromPost", "regenerateContent"}
        return super().shares(mine, other) and {mine[1], other[1]} == pair and mine[2] == other[2]


class _RejectAnswersLikeRegenerate(_AcrossOperations):
    def shares(self, mine: Slot, other: Slot) -> bool:
        return super().shares(mine, other) and mine[1] == "rejectContent" and other[1] == "regenerateContent"


def merging(operation: str) -> Install:
    """Return an install that answers a request without a key like a recent one with the same body."""

    class _Merged(Idempotency):
        def answer(self, scope: tuple[str, ...], key: str | None, body: object, make: Callable[[], Answer]) -> Answer:
            if key is None and scope[1] == operation:
                return super().answer((*scope, "keyless"), self.fingerprint(body), body, make)
            return super().answer(scope, key, body, make)

        def lookup(self, slot: str, now: int) -> Replay | None:
            replay = super().lookup(slot, now)
            old = replay is not None and now - replay.created_at > MERGED_FOR_MS
            return None if old and '"keyless"' in slot else replay

    return using(_Merged)


FAULTS: tuple[Fault, ...] = (
    Fault("key-compared-without-case", "IDM-5", "deep", "Keys that differ only in case are one key.", keyed(str.lower)),
    Fault(
        "keyless-creates-merged",
        "IDM-7",
        "deep",
        "Two creates without a key and with the same body within five seconds are one.",
        merging("createContent"),
    ),
    Fault(
        "keyless-clones-merged",
        "IDM-7",
        "deep",
        "Two clones without a key and with the same body within five seconds are one.",
        merging("cloneFromPost"),
    ),
    Fault(
        "keyless-regenerates-merged",
        "IDM-7",
        "deep",
        "Two regenerates without a key and with the same body within five seconds are one.",
        merging("regenerateContent"),
    ),
    Fault(
        "key-known-across-organizations",
        "IDM-8",
        "deep",
        "A key and body that another organization used are answered with its job.",
        using(_AcrossOrganizations),
    ),
    Fault(
        "key-answers-other-organization-to-any-body",
        "IDM-8",
        "deep",
        "A key that another organization used is answered with its job, whatever the body.",
        using(_AcrossOrganizationsAnyBody),
    ),
    Fault(
        "key-known-across-projects",
        "IDM-9",
        "deep",
        "A key and body that were used in another project are answered with its container.",
        using(_AcrossProjects),
    ),
    Fault(
        "key-known-across-projects-relabeled",
        "IDM-9",
        "deep",
        "A key used in another project is answered with its container, under this project's id.",
        using(_AcrossProjectsRelabeled),
    ),
    Fault(
        "key-known-across-operations",
        "IDM-10",
        "deep",
        "A key that another operation used is answered with that operation's result.",
        using(_AcrossOperations),
    ),
    Fault(
        "key-shared-by-clone-and-regenerate",
        "IDM-10",
        "deep",
        "Clone and regenerate of one container answer each other's keys.",
        using(_CloneAndRegenerate),
    ),
    Fault(
        "key-of-regenerate-answers-reject",
        "IDM-10",
        "deep",
        "A reject under the key of a regenerate is answered with that regenerate's job.",
        using(_RejectAnswersLikeRegenerate),
    ),
    Fault("window-of-one-hour", "IDM-12", "deep", "A key is free again after an hour.", lasting(HOUR_MS)),
    Fault("window-of-23-hours", "IDM-12", "deep", "A key is free again after 23 hours.", lasting(WINDOW_MS - HOUR_MS)),
    Fault(
        "window-of-25-hours", "IDM-12", "deep", "A key is free again only after 25 hours.", lasting(WINDOW_MS + HOUR_MS)
    ),
    Fault("window-without-end", "IDM-12", "deep", "A key is never free again.", lasting(10**15)),
)
